"""Tables, people, changes and what they leave behind."""

import threading

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox.error import Aborted, Duplicate, InvalidTable, NotFound
from connector.sandbox.instance import Instance


def test_the_same_seed_makes_the_same_world() -> None:
    """sys_ids depend on the seed alone."""

    def ids(seed: int) -> list[str]:
        made = Instance(now=lambda: 0, seed=seed)
        found = [made.insert("incident", {})["sys_id"] for _ in range(3)]
        made.close()
        return found

    assert ids(1) == ids(1) != ids(2)


def test_an_update_is_counted_and_stamped(instance: Instance, clock: object) -> None:
    """Each real update adds one and moves the stamp; creation stays."""
    row = instance.insert("incident", {})
    clock.at += 7  # type: ignore[attr-defined]
    after = instance.update("incident", row["sys_id"], {"short_description": "x"}, user="connector")
    assert (after["sys_mod_count"], after["sys_updated_by"]) == ("1", "connector")
    assert (after["sys_updated_on"], after["sys_created_on"]) == (
        "2023-11-20 01:00:07",
        row["sys_created_on"],
    )


def test_writing_what_is_there_changes_nothing(instance: Instance, clock: object) -> None:
    """Equal values and unknown fields leave stamps, count and audit alone."""
    row = instance.insert("incident", {"short_description": "x"})
    clock.at += 7  # type: ignore[attr-defined]
    same = {
        "short_description": "x",
        "nonsense": "1",
        "sys_mod_count": "9",
        "sys_updated_on": "2030-01-01 00:00:00",
    }
    assert instance.update("incident", row["sys_id"], same) == row
    assert instance.rows("sys_audit") == []


def test_a_note_alone_is_an_update(instance: Instance) -> None:
    """Each journal write appends an entry, counts as a change and never shows in the raw row."""
    sys_id = instance.insert("incident", {"work_notes": "first"})["sys_id"]
    row = instance.update("incident", sys_id, {"work_notes": "second"}, user="connector")
    instance.update("incident", sys_id, {"comments": "for the caller", "work_notes": "  "})
    assert (row["work_notes"], row["sys_mod_count"]) == ("", "1")
    assert [entry["value"] for entry in instance.journal(sys_id)] == ["first", "second"]
    assert [entry["value"] for entry in instance.journal(sys_id, "comments")] == ["for the caller"]
    assert "sys_updated_on" not in instance.journal(sys_id)[0]


def test_a_note_on_a_closed_incident(instance: Instance) -> None:
    """Kept, or lost without a word, as instances differ."""
    closed = {"state": "7", "close_code": "Duplicate", "close_notes": "-"}
    sys_id = instance.insert("incident", closed)["sys_id"]
    instance.update("incident", sys_id, {"work_notes": "kept"})
    instance.switch("journal_on_closed", False)
    instance.update("incident", sys_id, {"work_notes": "lost"})
    assert [entry["value"] for entry in instance.journal(sys_id)] == ["kept"]


def test_the_audit_tells_every_change(instance: Instance) -> None:
    """One row per changed column with raw values and the update's count, journals too, sys_ fields never."""
    group = instance.add_group("First line")
    sys_id = instance.insert("incident", {"work_notes": "seen"})["sys_id"]
    instance.update(
        "incident", sys_id, {"state": "2", "assignment_group": group, "work_notes": "mine"}, user="connector"
    )
    rows = instance.rows("sys_audit", f"documentkey={sys_id}")
    assert {(row["fieldname"], row["oldvalue"], row["newvalue"]) for row in rows} == {
        ("state", "1", "2"),
        ("incident_state", "1", "2"),
        ("assignment_group", "", group),
        ("work_notes", "", "mine"),
    }
    assert {(r["tablename"], r["user"], r["record_checkpoint"], r["sys_created_by"]) for r in rows} == {
        ("incident", "connector", "1", "connector")
    }


@limits(max_examples=30, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["state", "assignment_group", "short_description", "work_notes", "urgency", "nonsense"]
            ),
            st.sampled_from(["1", "2", "3", ""]),
        ),
        max_size=8,
    )
)
def test_the_audit_plays_back_to_the_start(writes: list[dict[str, str]]) -> None:
    """Undoing the audit rows newest first leads from the record as it is to the record as it was made."""
    instance = Instance(now=lambda: 1_700_000_000)
    first = instance.insert("incident", {})
    for fields in writes:
        instance.update("incident", first["sys_id"], fields)
    last = instance.get("incident", first["sys_id"])
    assert last is not None
    undone = dict(last)
    rows = instance.rows("sys_audit", f"documentkey={first['sys_id']}^ORDERBYDESCrecord_checkpoint")
    for row in rows:
        if row["fieldname"] != "work_notes":
            assert undone[row["fieldname"]] == row["newvalue"]
            undone[row["fieldname"]] = row["oldvalue"]
    assert {**undone, "sys_mod_count": "0"} == first
    assert int(last["sys_mod_count"]) == len({row["record_checkpoint"] for row in rows})
    instance.close()


def test_a_suppressed_update_leaves_no_trace(instance: Instance, clock: object) -> None:
    """No stamps, no count, no audit, no rules: a poll by time does not see it."""
    row = instance.insert("incident", {})
    clock.at += 7  # type: ignore[attr-defined]
    after = instance.update("incident", row["sys_id"], {"state": "6", "work_notes": "x"}, suppress=True)
    assert after == row | {"state": "6"}
    assert instance.rows("sys_audit") == instance.journal(row["sys_id"]) == []


def test_a_deleted_record_leaves_its_key(instance: Instance) -> None:
    """The deletion is found under the real class, also when deleted through the parent's table."""
    row = instance.insert("incident", {"short_description": "打印机"})
    instance.delete("task", row["sys_id"])
    assert instance.get("incident", row["sys_id"]) is None
    left = instance.rows("sys_audit_delete", f"documentkey={row['sys_id']}")
    assert [(one["tablename"], one["display_value"]) for one in left] == [("incident", row["number"])]
    with pytest.raises(NotFound):
        instance.delete("incident", row["sys_id"])


def test_classes_share_a_parent(instance: Instance) -> None:
    """A task finds its extensions with the task's columns; a sibling's table does not."""
    sys_id = instance.insert("incident", {"caller_id": "x", "short_description": "s"})["sys_id"]
    row = instance.get("task", sys_id)
    assert row is not None
    assert row["sys_class_name"] == "incident"
    assert "caller_id" not in row
    assert instance.get("problem", sys_id) is None
    assert "caller_id" not in instance.update("task", sys_id, {"short_description": "t"})
    with pytest.raises(NotFound):
        instance.update("problem", sys_id, {"short_description": "u"})


def test_a_chosen_sys_id_is_honoured_once(instance: Instance) -> None:
    """The same sys_id again is an error and never a second record, in whatever class."""
    instance.insert("incident", {"sys_id": "a" * 32})
    with pytest.raises(Duplicate):
        instance.insert("incident", {"sys_id": "a" * 32})
    with pytest.raises(Duplicate):
        instance.insert("problem", {"sys_id": "a" * 32, "work_notes": "lost"})
    assert instance.count("task") == 1
    assert instance.rows("sys_journal_field") == []


def test_a_column_is_added(instance: Instance) -> None:
    """From then on it can be written, read, queried and is described, on the table and those below."""
    before = instance.insert("incident", {})
    instance.add_column("task", "u_desk_tier", choices={"1": "First"}, label="Tier", default="1")
    instance.add_column("incident", "u_desk_marks", max_length=4)
    row = instance.insert("incident", {"u_desk_marks": "abcdef"})
    assert (row["u_desk_tier"], row["u_desk_marks"]) == ("1", "abcd")
    old = instance.get("incident", before["sys_id"])
    assert old is not None
    assert old["u_desk_tier"] == ""
    assert instance.count("incident", "u_desk_marksSTARTSWITHab") == 1
    assert "u_desk_marks" not in instance.insert("problem", {})
    found = instance.rows("sys_dictionary", "elementSTARTSWITHu_desk^ORDERBYelement")
    assert [(one["name"], one["element"]) for one in found] == [
        ("incident", "u_desk_marks"),
        ("task", "u_desk_tier"),
    ]
    assert instance.rows("sys_choice", "element=u_desk_tier")[0]["label"] == "First"
    with pytest.raises(ValueError, match="no column name"):
        instance.add_column("incident", 'x"; DROP TABLE task')


def test_a_row_of_the_dictionary_makes_a_column(instance: Instance) -> None:
    """Inserting into sys_dictionary and sys_choice changes the tables themselves."""
    instance.insert("sys_dictionary", {"name": "incident", "element": "u_x", "internal_type": "integer"})
    instance.insert(
        "sys_choice", {"name": "incident", "element": "close_code", "value": "Magic", "label": "Magic"}
    )
    assert instance.insert("incident", {"u_x": "5"})["u_x"] == "5"
    assert "Magic" in instance.dictionary["incident"].columns["close_code"].choices
    with pytest.raises(InvalidTable):
        instance.insert("sys_dictionary", {"name": "nowhere", "element": "u_x"})
    assert instance.count("sys_dictionary", "name=nowhere") == 0


def test_choices_of_a_parent_do_not_leak(instance: Instance) -> None:
    """A table that has choices of its own keeps them when the parent gets one more."""
    instance.add_choice("task", "state", "42", "Odd")
    instance.add_choice("task", "contact_type", "drone", "Drone")
    assert "42" not in instance.dictionary["incident"].columns["state"].choices
    assert "drone" in instance.dictionary["incident"].columns["contact_type"].choices


def test_properties_are_rows(instance: Instance) -> None:
    """Assigned in Python or written as a record, a property is the same thing."""
    instance.properties["desk.colour"] = "red"
    row = instance.rows("sys_properties", "name=desk.colour")[0]
    instance.update("sys_properties", row["sys_id"], {"value": "blue"})
    assert instance.properties["desk.colour"] == "blue"


def test_a_before_rule_aborts(instance: Instance) -> None:
    """An update that leads where the rule says is refused and undone; others pass."""
    instance.abort_on("incident", "state=2^assignment_groupISEMPTY", "No work without a group")
    row = instance.insert("incident", {})
    with pytest.raises(Aborted, match=r"aborted by Business Rule 'No work without a group\^"):
        instance.update("incident", row["sys_id"], {"state": "2", "work_notes": "x"})
    assert instance.get("incident", row["sys_id"]) == row
    assert instance.rows("sys_journal_field") == instance.rows("sys_audit") == []
    assert instance.update("incident", row["sys_id"], {"short_description": "x"})["sys_mod_count"] == "1"


def test_hidden_rows(instance: Instance) -> None:
    """A row ACL holds for one user only."""
    instance.insert("incident", {"category": "network"})
    instance.insert("incident", {"category": "software"})
    instance.hide("incident", "category=network", "connector")
    assert [row["category"] for row in instance.rows("incident", user="connector")] == ["software"]
    assert len(instance.rows("incident")) == 2


def test_members_of_a_group(instance: Instance) -> None:
    """Members are given by name or sys_id; an unknown one is an error."""
    wang = instance.add_user("wang", name="Wang Wei")
    group = instance.add_group("First line", members=["connector", wang])
    assert instance.count("sys_user_grmember", f"group={group}^user.nameLIKEw") == 1
    with pytest.raises(NotFound):
        instance.add_group("Second line", members=["nobody"])


def test_reset(instance: Instance) -> None:
    """Everything that was put in is gone, and the numbers begin anew."""
    instance.add_column("incident", "u_x")
    instance.insert("incident", {})
    instance.hide("incident", "", "admin")
    instance.reset()
    assert instance.count("incident") == 0
    assert instance.insert("incident", {})["number"] == "INC0010001"
    assert "u_x" not in instance.dictionary["incident"].columns
    assert instance.rows("sys_user", "user_name=connector") == []


def test_invalid_tables(instance: Instance) -> None:
    """A table that is not there is an error in every method."""
    with pytest.raises(InvalidTable):
        instance.rows("nowhere")
    with pytest.raises(InvalidTable):
        instance.insert("nowhere", {})


def test_threads_write_side_by_side(instance: Instance) -> None:
    """Updates of several threads are all counted, none is lost."""
    sys_id = instance.insert("incident", {})["sys_id"]

    def write(name: str) -> None:
        for at in range(50):
            instance.update("incident", sys_id, {"work_notes": f"{name} {at}"})

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = instance.get("incident", sys_id)
    assert row is not None
    assert row["sys_mod_count"] == "200"
    assert len(instance.journal(sys_id)) == 200
