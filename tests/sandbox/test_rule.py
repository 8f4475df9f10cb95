"""What the platform does by itself when work is written."""

import pytest

from connector.sandbox.error import DataPolicyViolated
from connector.sandbox.instance import Instance

SOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Cable replaced"}


def test_a_fresh_incident(instance: Instance) -> None:
    """The recorded defaults, and 92 columns."""
    row = instance.insert("incident", {}, user="connector")
    assert len(row) == 92
    expected = {
        "number": "INC0010001",
        "state": "1",
        "incident_state": "1",
        "impact": "3",
        "urgency": "3",
        "priority": "5",
        "severity": "3",
        "category": "inquiry",
        "contact_type": "",
        "notify": "1",
        "approval": "not requested",
        "made_sla": "true",
        "active": "true",
        "knowledge": "false",
        "opened_at": "2023-11-20 01:00:00",
        "sys_created_by": "connector",
        "sys_mod_count": "0",
        "sys_domain": "global",
        "sys_class_name": "incident",
        "task_effective_number": "INC0010001",
    }
    assert expected.items() <= row.items()
    assert instance.get("sys_user", row["opened_by"]) is not None


@pytest.mark.parametrize("impact", "123")
@pytest.mark.parametrize("urgency", "123")
def test_priority_is_looked_up(instance: Instance, impact: str, urgency: str) -> None:
    """Whatever was written, priority follows impact and urgency: their sum minus one."""
    row = instance.insert("incident", {"impact": impact, "urgency": urgency, "priority": "1"})
    assert row["priority"] == str(int(impact) + int(urgency) - 1)


def test_a_desk_may_have_its_own_matrix(instance: Instance) -> None:
    """The look-up table can be changed."""
    instance.priority_lookup["3", "3"] = "4"
    assert instance.insert("incident", {})["priority"] == "4"


def test_resolving_needs_close_information(instance: Instance) -> None:
    """The refusal names the missing fields by their labels, and nothing of the write remains."""
    row = instance.insert("incident", {})
    with pytest.raises(DataPolicyViolated, match="mandatory: Resolution code, Resolution notes"):
        instance.update("incident", row["sys_id"], {"state": "6", "work_notes": "done"})
    assert instance.get("incident", row["sys_id"]) == row
    assert instance.journal(row["sys_id"]) == []
    with pytest.raises(DataPolicyViolated, match="mandatory: Resolution notes"):
        instance.insert("incident", {"state": "7", "close_code": "Duplicate"})


def test_the_way_of_an_incident(instance: Instance, clock: object) -> None:
    """Resolved, reopened, resolved, closed: stamps, counters and active follow."""
    wang = instance.add_user("wang", name="Wang Wei")
    sys_id = instance.insert("incident", {})["sys_id"]
    clock.at += 3600  # type: ignore[attr-defined]
    row = instance.update("incident", sys_id, SOLVED, user="wang")
    assert (row["resolved_by"], row["resolved_at"], row["active"]) == (wang, "2023-11-20 02:00:00", "true")
    assert (row["calendar_stc"], row["calendar_duration"]) == ("3600", "1970-01-01 01:00:00")
    clock.at += 60  # type: ignore[attr-defined]
    row = instance.update("incident", sys_id, {"incident_state": "2"}, user="wang")
    assert (row["state"], row["reopen_count"], row["reopened_by"]) == ("2", "1", wang)
    assert (row["reopened_time"], row["resolved_at"], row["resolved_by"]) == ("2023-11-20 02:01:00", "", "")
    instance.update("incident", sys_id, SOLVED)
    row = instance.update("incident", sys_id, {"state": "7"}, user="wang")
    assert (row["closed_by"], row["active"], row["incident_state"]) == (wang, "false", "7")
    assert row["resolved_at"] == "2023-11-20 02:01:00"
    row = instance.update("incident", sys_id, {"state": "2"})
    assert (row["reopen_count"], row["active"], row["closed_at"]) == ("2", "true", "")


def test_cancelling_needs_no_reason(instance: Instance) -> None:
    """Canceled is inactive and stamped as closed, without close information."""
    row = instance.insert("incident", {})
    row = instance.update("incident", row["sys_id"], {"state": "8"})
    assert (row["active"], row["closed_at"], row["resolved_at"]) == ("false", "2023-11-20 01:00:00", "")


def test_reassignment_counts_changes_of_a_group(instance: Instance) -> None:
    """The first assignment does not count, each later one does, an equal one does not."""
    one, two = instance.add_group("one"), instance.add_group("two")
    sys_id = instance.insert("incident", {})["sys_id"]
    counts = [
        instance.update("incident", sys_id, {"assignment_group": group})["reassignment_count"]
        for group in (one, two, two, one)
    ]
    assert counts == ["0", "1", "1", "2"]


def test_values_given_in_the_same_write_stand(instance: Instance) -> None:
    """A replay may say when and by whom something was resolved, and how often reopened."""
    sys_id = instance.insert("incident", {})["sys_id"]
    row = instance.update("incident", sys_id, {**SOLVED, "resolved_at": "2016-03-01 00:00:00"})
    assert row["resolved_at"] == "2016-03-01 00:00:00"
    row = instance.update("incident", sys_id, {"state": "2", "reopen_count": "5"})
    assert row["reopen_count"] == "5"


def test_hold_ends_with_its_reason(instance: Instance) -> None:
    """Leaving On Hold clears the reason; the caller's own comment ends Awaiting Caller."""
    caller = instance.add_user("li", name="Li Na")
    sys_id = instance.insert("incident", {"caller_id": caller})["sys_id"]
    instance.update("incident", sys_id, {"state": "3", "hold_reason": "1"})
    assert instance.update("incident", sys_id, {"comments": "any news?"})["state"] == "3"
    row = instance.update("incident", sys_id, {"comments": "here you are"}, user="li")
    assert (row["state"], row["incident_state"], row["hold_reason"]) == ("2", "2", "")


def test_an_unknown_state_is_kept(instance: Instance) -> None:
    """A script may store a state that no choice defines."""
    sys_id = instance.insert("incident", {})["sys_id"]
    row = instance.update("incident", sys_id, {"state": "-100"})
    assert (row["state"], row["incident_state"], row["active"]) == ("-100", "-100", "true")


@pytest.mark.parametrize(
    ("table", "done"),
    [("incident_task", "3"), ("problem", "107"), ("interaction", "closed_abandoned"), ("task", "4")],
)
def test_other_work_closes(instance: Instance, table: str, done: str) -> None:
    """Each kind of work has its own last state, and opens again from it."""
    sys_id = instance.insert(table, {})["sys_id"]
    row = instance.update(table, sys_id, {"state": done})
    assert (row["active"], row["closed_at"]) == ("false", "2023-11-20 01:00:00")
    row = instance.update(table, sys_id, {"state": instance.dictionary[table].columns["state"].default})
    assert (row["active"], row["closed_at"]) == ("true", "")


def test_an_incident_task_knows_its_incident(instance: Instance) -> None:
    """`parent` and `incident` name the same record, whichever is written."""
    incident = instance.insert("incident", {})["sys_id"]
    assert instance.insert("incident_task", {"incident": incident})["parent"] == incident
    assert instance.insert("incident_task", {"parent": incident})["incident"] == incident


def test_an_article_is_drafted_then_published(instance: Instance) -> None:
    """A new article is a draft of its author, with a date once published."""
    row = instance.insert("kb_knowledge", {"short_description": "How to", "source": "INC0010001"})
    assert (row["number"], row["workflow_state"], row["published"]) == ("KB0010001", "draft", "")
    row = instance.update("kb_knowledge", row["sys_id"], {"workflow_state": "published"})
    assert row["published"] == "2023-11-20"


def test_a_person_is_named(instance: Instance) -> None:
    """The name is put together where it was not given."""
    row = instance.insert("sys_user", {"user_name": "zhao", "first_name": "Min", "last_name": "Zhao"})
    assert row["name"] == "Min Zhao"
