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
