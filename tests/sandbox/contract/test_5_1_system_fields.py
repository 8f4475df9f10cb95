"""Numbers and system fields (sections 5.1 and 1.9)."""

from typing import Any

from tests.sandbox.contract.conftest import Wire

INCIDENT = "/api/now/table/incident"


def test_the_server_keeps_its_own_columns(wire: Any) -> None:
    """A client's sys_id is kept; its number and stamps are not; ordinary dates are."""
    mine = {
        "sys_id": "a" * 32,
        "number": "INC9999999",
        "sys_created_by": "somebody",
        "sys_created_on": "2001-01-01 00:00:00",
        "sys_mod_count": "7",
        "opened_at": "2020-02-02 02:02:02",
        "active": "false",
    }
    row = wire.post(INCIDENT, json=mine).json()["result"]
    assert (row["sys_id"], row["number"], row["sys_mod_count"]) == ("a" * 32, "INC0010001", "0")
    assert (row["sys_created_by"], row["sys_created_on"]) == ("connector", "2023-11-20 01:00:00")
    assert (row["opened_at"], row["active"]) == ("2020-02-02 02:02:02", "false")


def test_what_counts_as_an_update(wire: Any, clock: Any) -> None:
    """A note alone does, equal values do not, unless the switch says so."""
    sys_id = wire.instance.insert("incident", {"short_description": "x"})["sys_id"]
    clock.at += 5

    def count(**fields: str) -> tuple[str, str]:
        row = wire.patch(f"{INCIDENT}/{sys_id}", json=fields).json()["result"]
        return row["sys_mod_count"], row["sys_updated_on"][-2:]

    assert count(short_description="x") == ("0", "00")
    assert count(work_notes="a") == ("1", "05")
    wire.instance.switch("unchanged_bumps", True)
    clock.at += 2
    assert count(short_description="x") == ("2", "07")


def _number(wire: Wire, table: str) -> str:
    made = wire.post(f"/api/now/table/{table}", json={}).json()["result"]
    return str(made["number"])


def test_numbers_follow_the_rows_of_sys_number(wire: Wire) -> None:
    """Prefix, first number and digits are an admin's to change; the counter tells the last one given."""
    assert _number(wire, "incident") == "INC0010001"
    params = {"sysparm_query": "category=incident", "sysparm_fields": "sys_id,prefix,number,maximum_digits"}
    (row,) = wire.result("/api/now/table/sys_number", **params)
    assert row == {"sys_id": row["sys_id"], "prefix": "INC", "number": "10000", "maximum_digits": "7"}
    change = {"prefix": "TKT", "number": "500", "maximum_digits": "4"}
    wire.patch(f"/api/now/table/sys_number/{row['sys_id']}", json=change)
    assert [_number(wire, "incident") for _ in range(2)] == ["TKT0501", "TKT0502"]
    (counter,) = wire.result("/api/now/table/sys_number_counter", sysparm_query="table=incident")
    assert counter["number"] == "502"
    wire.patch(f"/api/now/table/sys_number_counter/{counter['sys_id']}", json={"number": "9998"})
    assert [_number(wire, "incident") for _ in range(2)] == ["TKT9999", "TKT10000"]
    wire.delete(f"/api/now/table/sys_number/{row['sys_id']}")
    assert _number(wire, "incident") == ""


def test_a_table_of_ones_own_is_numbered_by_a_row(wire: Wire) -> None:
    """Table, column and `sys_number` by REST; a posted number is replaced from then on."""
    wire.instance.add_table("u_visit")
    wire.instance.add_column("u_visit", "number", max_length=40)
    posted = wire.post("/api/now/table/u_visit", json={"number": "mine"}).json()["result"]
    assert posted["number"] == "mine"
    wire.post("/api/now/table/sys_number", json={"category": "u_visit", "prefix": "VIS", "number": "7"})
    posted = wire.post("/api/now/table/u_visit", json={"number": "mine"}).json()["result"]
    assert posted["number"] == "VIS0000008"
    (counter,) = wire.result("/api/now/table/sys_number_counter", sysparm_query="table=u_visit")
    assert counter["number"] == "8"


def test_a_number_may_be_given_twice(wire: Wire) -> None:
    """Nothing but the counter keeps numbers apart; both records are found by it."""
    number = _number(wire, "incident")
    (counter,) = wire.result("/api/now/table/sys_number_counter", sysparm_query="table=incident")
    wire.patch(f"/api/now/table/sys_number_counter/{counter['sys_id']}", json={"number": "10000"})
    assert _number(wire, "incident") == number
    assert len(wire.result("/api/now/table/incident", sysparm_query=f"number={number}")) == 2


def test_a_refused_record_leaves_a_gap(wire: Wire) -> None:
    """A number that was given to nothing is not given again."""
    wire.instance.insert("sys_script", {
        "name": "No floods", "collection": "incident", "abort_action": "true", "action_insert": "true",
        "filter_condition": "short_description=flood",
    })  # fmt: skip
    _number(wire, "incident")
    assert wire.post(INCIDENT, json={"short_description": "flood"}).status_code == 403
    assert _number(wire, "incident") == "INC0010003"


def test_the_default_of_a_number_is_the_servers_script(wire: Any) -> None:
    """So says the dictionary; a label that is changed there does not make it a value."""
    query = {
        "sysparm_query": "element=number^nameINtask,kb_knowledge",
        "sysparm_fields": "sys_id,default_value",
    }
    found = wire.result("/api/now/table/sys_dictionary", **query)
    assert [row["default_value"] for row in found] == ["javascript:getNextObjNumberPadded();"] * 2
    for row in found:
        wire.patch(f"/api/now/table/sys_dictionary/{row['sys_id']}", json={"column_label": "No."})
    assert wire.post("/api/now/table/incident", json={}).json()["result"]["number"] == "INC0010001"
