"""Section 4.6: schedules and who is on call."""

import pytest

from tests.sandbox.contract.conftest import Wire, missing

COLUMNS = {
    "cmn_schedule": ("name time_zone type"),
    "cmn_schedule_span": (
        "schedule name start_date_time end_date_time type repeat_type days_of_week all_day"
    ),
    "cmn_rota": ("name group schedule"),
    "cmn_rota_roster": ("rota order"),
    "cmn_rota_member": ("roster member from to order"),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])
