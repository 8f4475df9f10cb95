"""Section 6.1: columns, tables and choices that an admin adds by REST."""

from tests.sandbox.contract.conftest import Wire, rows


def test_an_admin_adds_a_table_a_column_and_a_choice(wire: Wire) -> None:
    """POST to sys_db_object, sys_dictionary and sys_choice; 201, and they are there."""
    (task,) = rows(wire, "sys_db_object", "name=task", "sys_id")
    table = {"name": "u_visit", "label": "Visit", "super_class": task["sys_id"]}
    assert wire.post("/api/now/table/sys_db_object", json=table).status_code == 201
    column = {
        "name": "u_visit", "element": "u_kind", "column_label": "Kind", "internal_type": "string",
        "max_length": "40", "active": "true",
    }  # fmt: skip
    assert wire.post("/api/now/table/sys_dictionary", json=column).status_code == 201
    choice = {"name": "u_visit", "element": "u_kind", "value": "a", "label": "Announced"}
    assert wire.post("/api/now/table/sys_choice", json=choice).status_code == 201
    params = {"sysparm_display_value": "all"}
    made = wire.post("/api/now/table/u_visit", json={"u_kind": "a"}, params=params).json()["result"]
    assert made["u_kind"] == {"display_value": "Announced", "value": "a"}
    assert made["sys_class_name"] == {"display_value": "Visit", "value": "u_visit"}


def test_an_inactive_column_is_out_of_sight(wire: Wire) -> None:
    """With its row made inactive it is neither shown nor written nor asked for; active again, all is back."""
    wire.instance.add_column("task", "u_kind", choices={"a": "Announced", "b": "By chance"})
    made = wire.post("/api/now/table/incident", json={"u_kind": "a"}).json()["result"]
    path = f"/api/now/table/incident/{made['sys_id']}"
    (entry,) = rows(wire, "sys_dictionary", "name=task^element=u_kind", "sys_id")
    wire.patch(f"/api/now/table/sys_dictionary/{entry['sys_id']}", json={"active": "false"})
    assert "u_kind" not in wire.patch(path, json={"u_kind": "b"}).json()["result"]
    assert len(rows(wire, "incident", "u_kind=b", "sys_id")) == 1, "the condition is dropped"
    wire.patch(f"/api/now/table/sys_dictionary/{entry['sys_id']}", json={"active": "true"})
    shown = wire.result(path, sysparm_display_value="all")["u_kind"]
    assert shown == {"display_value": "Announced", "value": "a"}
    assert wire.patch(path, json={"u_kind": "z"}).json()["result"]["u_kind"] == "a"


def test_a_column_may_be_made_inactive(wire: Wire) -> None:
    """Posted so, it is not there until it is activated."""
    column = {"name": "incident", "element": "u_later", "internal_type": "string", "active": "false"}
    entry = wire.post("/api/now/table/sys_dictionary", json=column).json()["result"]["sys_id"]
    made = wire.post("/api/now/table/incident", json={"u_later": "x"}).json()["result"]
    assert "u_later" not in made
    wire.patch(f"/api/now/table/sys_dictionary/{entry}", json={"active": "true"})
    assert wire.result(f"/api/now/table/incident/{made['sys_id']}")["u_later"] == ""
