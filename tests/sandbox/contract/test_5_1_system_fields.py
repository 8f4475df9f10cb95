"""Numbers and system fields (sections 5.1 and 1.9)."""

from typing import Any

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
