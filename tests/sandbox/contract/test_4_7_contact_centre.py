"""Section 4.7: interactions and calls."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, extends, missing

COLUMNS = {
    "interaction": (
        "number type state assigned_to assignment_group opened_for contact account channel "
        "direction opened_at closed_at queue short_description wrap_up_duration"
    ),
    "sn_openframe_phone_log": ("call_id phone_number contact start_time end_time duration call_type"),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


def test_an_interaction(wire: Wire) -> None:
    """`IMS…`, a task, with states that are words."""
    extends(wire, "interaction", "task")
    made = wire.post("/api/now/table/interaction", json={"type": "phone"}).json()["result"]
    assert (made["number"][:3], made["state"]) == ("IMS", "new")
    states = "new on_hold work_in_progress wrap_up closed_complete closed_abandoned"
    assert set(choices(wire, "interaction", "state")) == set(states.split())
    assert {"phone", "chat", "messaging", "walkup"} <= set(choices(wire, "interaction", "type"))
