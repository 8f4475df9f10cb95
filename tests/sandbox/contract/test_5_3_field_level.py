"""What a written value becomes (section 5.3), and the switches where instances differ (section 9)."""

from typing import Any

import pytest

INCIDENT = "/api/now/table/incident"


@pytest.fixture
def made(wire: Any) -> str:
    """The path of a fresh incident."""
    return f"{INCIDENT}/{wire.instance.insert('incident', {'short_description': 'x'})['sys_id']}"


def write(wire: Any, path: str, **fields: Any) -> Any:
    """PATCH, and the record as it is afterwards, without links."""
    answer = wire.patch(f"{path}?sysparm_exclude_reference_link=true", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_unknown_names_and_choices_vanish(wire: Any, made: str) -> None:
    """200, nothing changed; the property lets undefined choices in."""
    assert write(wire, made, nonsense="1", category="bananas")["category"] == "inquiry"
    wire.instance.properties["glide.rest.choice.allow_non_existing_value"] = "true"
    assert write(wire, made, category="bananas")["category"] == "bananas"


def test_a_reference_by_name(wire: Any, made: str) -> None:
    """Dropped, looked up or kept as text: reported of real instances all three."""
    group = wire.instance.add_group("Network")
    assert write(wire, made, assignment_group="Network")["assignment_group"] == ""
    assert write(wire, f"{made}", assignment_group=group)["assignment_group"] == group
    write(wire, made, assignment_group="")
    wire.instance.switch("reference_by_name", "resolve")
    assert write(wire, made, assignment_group="Network")["assignment_group"] == group
    person = wire.instance.add_user("employee", name="Eve Employee")
    for name in ("Eve Employee", "employee"):
        assert write(wire, made, caller_id=name)["caller_id"] == person
        write(wire, made, caller_id="")
    wire.instance.switch("reference_by_name", "verbatim")
    assert write(wire, made, assignment_group="Network")["assignment_group"] == "Network"


def test_a_reference_to_nothing_is_stored(wire: Any, made: str) -> None:
    """A link is made of it and it shows nothing."""
    nobody = "0" * 31 + "7"
    wire.patch(made, json={"caller_id": nobody})
    row = wire.result(made, sysparm_display_value="all")
    assert (row["caller_id"]["value"], row["caller_id"]["display_value"]) == (nobody, "")
    assert row["caller_id"]["link"].endswith(f"/sys_user/{nobody}")


def test_an_object_becomes_java_text(wire: Any, made: str) -> None:
    """Cut to the 32 characters of a reference, as recorded."""
    value = {"link": "https://instance.service-now.com/api/now/table/sys_user/1", "value": "1"}
    assert write(wire, made, caller_id=value)["caller_id"] == "{link=https://instance.service-n"
    assert write(wire, made, description={"a": [1, True]})["description"] == "{a=[1, true]}"


def test_text_is_cut_and_emptied(wire: Any, made: str) -> None:
    """To the column's length; the empty string clears."""
    assert write(wire, made, short_description="x" * 200)["short_description"] == "x" * 160
    assert write(wire, made, short_description="")["short_description"] == ""


@pytest.mark.parametrize(
    ("value", "stored"), [(True, "true"), ("1", "true"), ("0", "false"), (False, "false")]
)
def test_booleans(wire: Any, made: str, value: Any, stored: str) -> None:
    """In all spellings."""
    assert write(wire, made, knowledge=value)["knowledge"] == stored


def test_dates(wire: Any, made: str) -> None:
    """UTC without a T; ISO is dropped unless the switch reads it."""
    assert write(wire, made, due_date="2024-05-01 10:00:00")["due_date"] == "2024-05-01 10:00:00"
    assert write(wire, made, due_date="2024-06-01T10:00:00Z")["due_date"] == "2024-05-01 10:00:00"
    wire.instance.switch("iso_dates", True)
    assert write(wire, made, due_date="2024-06-01T10:00:00Z")["due_date"] == "2024-06-01 10:00:00"


def test_read_only_columns(wire: Any, made: str) -> None:
    """Left out, written as before Australia, or refused."""
    wire.instance.add_column("incident", "u_fixed", read_only=True)
    assert write(wire, made, u_fixed="1")["u_fixed"] == ""
    wire.instance.switch("read_only", "write")
    assert write(wire, made, u_fixed="2")["u_fixed"] == "2"
    wire.instance.switch("read_only", "refuse")
    answer = wire.patch(made, json={"u_fixed": "3", "description": "y"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Operation Failed")
    assert wire.result(made)["description"] == ""


def test_html_is_taken_out_of_text(wire: Any, made: str) -> None:
    """Tags go, also those hidden in others; what only looks like one stays; the property lets all in."""
    text = "a <b>bold</b> <scr<script>x</script>ipt>alert(1)</script> 1 < 2 > 0"
    assert write(wire, made, description=text)["description"] == "a bold alert(1) 1 < 2 > 0"
    wire.instance.properties["glide.rest.sanitize_request_input"] = "false"
    assert write(wire, made, description=text)["description"] == text


def test_html_columns_keep_a_safe_part(wire: Any) -> None:
    """Articles keep their form and lose scripts, handlers and dangerous addresses."""
    text = '<p onclick="x()">Hi <a href="javascript:x()">a</a><script>x()</script><a href="/kb">b</a></p>'
    answer = wire.post("/api/now/table/kb_knowledge", json={"text": text})
    assert answer.json()["result"]["text"] == '<p>Hi <a>a</a><a href="/kb">b</a></p>'


def test_a_note_on_a_closed_incident(wire: Any, made: str) -> None:
    """Kept, as recorded, or lost behind a 200, as measured."""
    write(wire, made, state="7", close_code="Duplicate", close_notes="-", work_notes="one")
    write(wire, made, work_notes="two")
    wire.instance.switch("journal_on_closed", False)
    write(wire, made, work_notes="three")
    rows = wire.result("/api/now/table/sys_journal_field", sysparm_query=f"element_id={made[-32:]}")
    assert sorted(row["value"] for row in rows) == ["one", "two"]


def test_a_switch_takes_its_own_values_only(wire: Any) -> None:
    """A name or a value that is none is an error and changes nothing."""
    before = wire.instance.switches
    for name, value in [("nonsense", True), ("read_only", "maybe"), ("iso_dates", 1), ("read_only", [])]:
        with pytest.raises(ValueError, match=r"no such switch|cannot be"):
            wire.instance.switch(name, value)
    assert wire.instance.switches == before


def test_a_subcategory_of_another_category_is_dropped(wire: Any) -> None:
    """Where choices depend on the category: the one the write gives, or else the record's own."""
    for value, category in (("vpn", "network"), ("dns", "network"), ("erp", "software")):
        choice = {"name": "incident", "element": "subcategory", "value": value, "label": value.upper()}
        wire.instance.insert("sys_choice", choice | {"dependent_value": category})
    path = "/api/now/table/incident"
    made = wire.post(path, json={"category": "network", "subcategory": "vpn"}).json()["result"]
    assert made["subcategory"] == "vpn"
    one = f"{path}/{made['sys_id']}"
    assert wire.patch(one, json={"subcategory": "erp"}).json()["result"]["subcategory"] == "vpn"
    assert wire.patch(one, json={"subcategory": "dns"}).json()["result"]["subcategory"] == "dns"
    moved = wire.patch(one, json={"category": "software", "subcategory": "erp"}).json()["result"]
    assert moved["subcategory"] == "erp"
    assert wire.post(path, json={"subcategory": "erp"}).json()["result"]["subcategory"] == ""


def test_a_record_may_change_its_class(wire: Any, made: str) -> None:
    """It keeps sys_id and number and is found under its new class; what that one has not is gone."""
    wire.patch(made, json={"severity": "1", "short_description": "x", "caller_id": "a" * 32})
    before = wire.result(made)
    changed = wire.patch(made, json={"sys_class_name": "problem", "short_description": "y"})
    assert changed.status_code == 200, changed.text
    row = changed.json()["result"]
    assert (row["sys_class_name"], row["number"], row["short_description"]) == (
        "problem",
        before["number"],
        "y",
    )
    assert int(row["sys_mod_count"]) == int(before["sys_mod_count"]) + 1
    assert wire.get(made).status_code == 404
    there = made.replace("/incident/", "/problem/")
    assert wire.result(there)["known_error"] == "false"
    back = wire.patch(there, json={"sys_class_name": "incident"}).json()["result"]
    assert (back["severity"], back["caller_id"]) == ("3", "")


@pytest.mark.parametrize("wanted", ["sys_user", "no_such_table", "incident", ""])
def test_a_class_that_cannot_be_is_ignored(wire: Any, made: str, wanted: str) -> None:
    """One that is kept elsewhere, does not exist, or is the record's own."""
    before = wire.result(made)
    assert wire.patch(made, json={"sys_class_name": wanted}).json()["result"] == before


def test_who_may_not_create_there_may_not_move_there(wire: Any, made: str) -> None:
    """403, and the record stays what it is."""
    wire.instance.add_user("li", name="Li", password="secret", roles=["sn_incident_write"])
    refused = wire.patch(made, json={"sys_class_name": "problem"}, auth=("li", "secret"))
    assert refused.status_code == 403
    assert wire.result(made)["sys_class_name"] == "incident"
