"""Section 4.6: schedules and who is on call."""

import pytest

from tests.sandbox.contract.conftest import Wire, missing, rows

COLUMNS = {
    "cmn_schedule": ("name time_zone type"),
    "cmn_schedule_span": (
        "schedule name start_date_time end_date_time type repeat_type days_of_week all_day"
    ),
    "cmn_rota": ("name group schedule"),
    "cmn_rota_roster": ("rota order"),
    "cmn_rota_member": ("roster member from to order"),
    "roster_schedule_span": ("schedule name start_date_time end_date_time type roster group user"),
    "cmn_rota_escalation": ("event_name rota"),
    "on_call_escalation": ("source group rota state"),
    "cmn_relative_duration": ("name script"),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


def test_overrides_are_schedule_entries(wire: Wire) -> None:
    """An entry of a roster is found among the entries of schedules, with its class."""
    made = wire.post("/api/now/table/roster_schedule_span", json={"name": "Cover"}).json()["result"]
    assert made["type"] == "on_call"
    (found,) = rows(wire, "cmn_schedule_span", "name=Cover", "sys_id,sys_class_name")
    assert found == {"sys_id": made["sys_id"], "sys_class_name": "roster_schedule_span"}
    (table,) = rows(wire, "sys_db_object", "name=roster_schedule_span", "super_class.name")
    assert table["super_class.name"] == "cmn_schedule_span"


@pytest.mark.parametrize("view", ["v_rotation", "v_on_call"])
def test_views_are_read_only(wire: Wire, view: str) -> None:
    """Section 1.1: nobody writes to a database view, not even an admin."""
    assert wire.result(f"/api/now/table/{view}") == []
    assert wire.post(f"/api/now/table/{view}", json={}).status_code == 403
    assert rows(wire, "sys_dictionary", f"name={view}^element=roster", "reference") == [
        {"reference": "cmn_rota_roster"}
    ]
