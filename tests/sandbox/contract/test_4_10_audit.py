"""Section 4.10: which changes and deletions are written down."""

from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Instance
from connector.sandbox.stock import EVENT_MANAGEMENT
from tests.sandbox.contract.conftest import Wire, rows

DICTIONARY = "/api/now/table/sys_dictionary"


def table(wire: Wire, name: str, extends: str = "") -> None:
    """A table of an admin's own, with a column."""
    above = (
        {"super_class": wire.instance.rows("sys_db_object", f"name={extends}")[0]["sys_id"]}
        if extends
        else {}
    )
    assert wire.post("/api/now/table/sys_db_object", json={"name": name, **above}).status_code == 201
    column = {"name": name, "element": "u_what", "internal_type": "string", "max_length": "40"}
    assert wire.post(DICTIONARY, json=column).status_code == 201


def collection(wire: Wire, name: str, **fields: str) -> str:
    """The row of the dictionary that is about the table itself."""
    row = {"name": name, "internal_type": "collection", **fields}
    answer = wire.post(DICTIONARY, json=row)
    assert answer.status_code == 201
    return str(answer.json()["result"]["sys_id"])


def changes(wire: Wire, name: str, **fields: Any) -> list[str]:
    """The columns that a record's change leaves in `sys_audit`; the record is deleted afterwards."""
    made = wire.post(f"/api/now/table/{name}", json={}).json()["result"]["sys_id"]
    wire.patch(f"/api/now/table/{name}/{made}", json=fields)
    found = rows(wire, "sys_audit", f"documentkey={made}^ORDERBYfieldname", "fieldname")
    wire.delete(f"/api/now/table/{name}/{made}")
    return [row["fieldname"] for row in found]


def deletions(wire: Wire, name: str) -> int:
    """How many rows of `sys_audit_delete` name the table."""
    return len(rows(wire, "sys_audit_delete", f"tablename={name}", "sys_id"))


def test_tables_inherit_no_audit(wire: Wire) -> None:
    """What extends an audited table is not audited until somebody says so, and says nothing about it."""
    table(wire, "u_outage", "incident")
    assert changes(wire, "u_outage", u_what="x", urgency="1") == []
    assert deletions(wire, "u_outage") == 0
    collection(wire, "u_outage", audit="true")
    assert changes(wire, "u_outage", u_what="x") == ["u_what"]
    assert deletions(wire, "u_outage") == 1
    assert changes(wire, "incident", description="x") == ["description"]


def test_the_flag_of_a_table(wire: Wire) -> None:
    """A table of one's own is not audited; its row in the dictionary turns it on and off."""
    table(wire, "u_badge")
    assert changes(wire, "u_badge", u_what="x") == []
    row = collection(wire, "u_badge", audit="true")
    assert changes(wire, "u_badge", u_what="x") == ["u_what"]
    wire.patch(f"{DICTIONARY}/{row}", json={"audit": "false"})
    assert changes(wire, "u_badge", u_what="x") == []


def test_no_audit_of_deletions(wire: Wire) -> None:
    """The attribute `no_audit_delete` keeps deletions out; changes are audited all the same."""
    table(wire, "u_badge")
    collection(wire, "u_badge", audit="true", attributes="update_synch=false,no_audit_delete=true")
    assert changes(wire, "u_badge", u_what="x") == ["u_what"]
    assert deletions(wire, "u_badge") == 0


@pytest.mark.parametrize("attributes", ["no_audit", "ignore=1, no_audit=true"])
def test_no_audit_of_a_column(wire: Wire, attributes: str) -> None:
    """The attribute `no_audit` of a stock column or one's own; another value than true says nothing."""
    (row,) = rows(wire, "sys_dictionary", "name=task^element=description", "sys_id")
    assert wire.patch(f"{DICTIONARY}/{row['sys_id']}", json={"attributes": attributes}).status_code == 200
    assert changes(wire, "incident", description="x", impact="1") == ["impact", "priority"]
    wire.patch(f"{DICTIONARY}/{row['sys_id']}", json={"attributes": "no_audit=false"})
    assert changes(wire, "incident", description="x") == ["description"]


def test_alerts_cannot_be_audited(wire: Wire) -> None:
    """Section 4.9: not as a whole, whatever the row says."""
    wire.instance.activate(EVENT_MANAGEMENT)
    collection(wire, "em_alert", audit="true")
    assert changes(wire, "em_alert", description="x") == []


def test_sys_columns_are_never_audited(wire: Wire) -> None:
    """Not even that of the class."""
    made = wire.post("/api/now/table/incident", json={}).json()["result"]["sys_id"]
    wire.patch(f"/api/now/table/incident/{made}", json={"sys_class_name": "problem"})
    found = rows(wire, "sys_audit", f"documentkey={made}", "fieldname")
    assert not [row for row in found if row["fieldname"].startswith("sys_")]


def test_a_file_keeps_the_flags(tmp_path: Path) -> None:
    """Of tables and of columns, over a restart."""
    path = str(tmp_path / "state")
    made = Instance(now=lambda: 1_700_000_000, state=path)
    made.add_table("u_badge")
    flag = {"name": "u_badge", "internal_type": "collection", "audit": "true"}
    made.insert("sys_dictionary", flag | {"attributes": "no_audit_delete"})
    (column,) = made.rows("sys_dictionary", "name=task^element=description")
    made.update("sys_dictionary", column["sys_id"], {"attributes": "no_audit"})
    made.close()
    again = Instance(now=lambda: 1_700_000_100, state=path)
    assert (again.dictionary["u_badge"].audited, again.dictionary["u_badge"].audits_deletion) == (True, False)
    assert again.dictionary["incident"].columns["description"].unaudited
    again.close()


def test_private_properties_keep_their_values(wire: Wire) -> None:
    """The row is there, its value is not shown, nor by a view or by name."""
    body = {"name": "my.secret", "value": "hush", "is_private": "true"}
    made = wire.post("/api/now/table/sys_properties", json=body).json()["result"]
    assert (made["name"], made["value"]) == ("my.secret", "")
    for mode in ("false", "true", "all"):
        (row,) = wire.result(
            "/api/now/table/sys_properties", sysparm_query="name=my.secret", sysparm_display_value=mode
        )
        assert "hush" not in str(row)
    wire.patch(f"/api/now/table/sys_properties/{made['sys_id']}", json={"is_private": "false"})
    assert rows(wire, "sys_properties", "name=my.secret", "value") == [{"value": "hush"}]
