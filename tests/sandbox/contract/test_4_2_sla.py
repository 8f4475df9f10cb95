"""`task_sla` rows as the engine keeps them (section 4.2)."""

from typing import Any

import pytest

from tests.sandbox.contract.conftest import missing
from tests.sandbox.contract.level import HOUR, SLA, SOLVED, define, make, rows

COLUMNS = {
    "contract_sla": (
        "name active type target collection duration duration_type schedule schedule_source "
        "schedule_source_field timezone_source timezone start_condition pause_condition "
        "resume_condition stop_condition reset_condition cancel_condition when_to_resume "
        "when_to_cancel retroactive set_start_to retroactive_pause reset_action "
        "relative_duration_works_on flow workflow vendor enable_logging advanced_condition_type"
    ),
    "task_sla": (
        "task sla stage active has_breached start_time end_time planned_end_time "
        "original_breach_time duration percentage time_left business_duration "
        "business_percentage business_time_left pause_time pause_duration "
        "business_pause_duration schedule timezone"
    ),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Any, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


def test_a_row_appears_seconds_later(wire: Any, clock: Any) -> None:
    """Not at once; then with the time of the write, the breach time and everything still to come."""
    sla = define(wire)
    task = make(wire)
    assert rows(wire) == []
    clock.at += 5
    (row,) = rows(wire)
    expected = {
        "task": task[-32:],
        "sla": sla,
        "stage": "in_progress",
        "active": "true",
        "has_breached": "false",
        "start_time": "2023-11-20 01:00:00",
        "planned_end_time": "2023-11-20 05:00:00",
        "original_breach_time": "2023-11-20 05:00:00",
        "end_time": "",
        "time_left": "1970-01-01 04:00:00",
        "business_time_left": "1970-01-01 04:00:00",
        "percentage": "0.00",
        "sys_created_on": "2023-11-20 01:00:05",
    }
    assert expected.items() <= row.items()


def test_pause_resume_and_stop(wire: Any, clock: Any) -> None:
    """A pause moves the breach time when it ends and does not count; then the stop."""
    define(wire)
    task = make(wire)
    clock.at += HOUR
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += 2 * HOUR
    (row,) = rows(wire)
    assert (row["stage"], row["pause_time"], row["percentage"]) == ("paused", "2023-11-20 02:00:00", "25.00")
    assert row["planned_end_time"] == "2023-11-20 05:00:00"
    wire.patch(task, json={"state": "2"})
    clock.at += HOUR
    (row,) = rows(wire)
    assert (row["stage"], row["pause_duration"]) == ("in_progress", "1970-01-01 02:00:00")
    assert (row["planned_end_time"], row["original_breach_time"]) == (
        "2023-11-20 07:00:00",
        "2023-11-20 05:00:00",
    )
    wire.patch(task, json=SOLVED)
    clock.at += 9 * HOUR
    (row,) = rows(wire)
    assert (row["stage"], row["active"], row["has_breached"]) == ("completed", "false", "false")
    assert (row["end_time"], row["duration"]) == ("2023-11-20 05:00:00", "1970-01-01 02:00:00")
    assert (row["percentage"], row["business_percentage"]) == ("50.00", "50.00")


def test_percentages_are_stale_between_looks(wire: Any, clock: Any) -> None:
    """Hourly, every ten minutes, every minute as the breach nears; the breach shows next day."""
    define(wire)
    clock.at += 30
    make(wire)
    seen = []
    for ahead in (59 * 60, HOUR, 2 * HOUR - 60, 3 * HOUR + 15 * 60, 4 * HOUR - 60, 4 * HOUR + 60, 23 * HOUR):
        clock.at = 1_700_442_000 + ahead
        (row,) = rows(wire)
        seen.append((row["percentage"], row["has_breached"], row["sys_updated_on"][11:16]))
    assert seen == [
        ("0.00", "false", "01:00"),
        ("24.79", "false", "02:00"),
        ("24.79", "false", "02:00"),
        ("78.96", "false", "04:10"),
        ("99.38", "false", "04:59"),
        ("99.79", "false", "05:00"),
        ("574.79", "true", "00:00"),
    ]


def test_a_breach_before_the_stop_is_kept(wire: Any, clock: Any) -> None:
    """Completing late says so at once."""
    define(wire)
    task = make(wire)
    clock.at += 5 * HOUR
    wire.patch(task, json=SOLVED)
    clock.at += 5
    (row,) = rows(wire)
    assert (row["stage"], row["has_breached"], row["percentage"]) == ("completed", "true", "125.00")
    assert row["time_left"] == "1970-01-01 00:00:00"


def test_a_refused_write_attaches_nothing(wire: Any, clock: Any) -> None:
    """What was taken back is not judged, and an inactive or deleted definition judges nothing."""
    sla = define(wire, start_condition="impact=1")
    task = make(wire)
    assert wire.patch(task, json={"impact": "1", "state": "7"}).status_code == 403
    clock.at += 60
    assert rows(wire) == []
    wire.patch(f"{SLA}/{sla}", json={"active": "false"})
    wire.patch(task, json={"impact": "1"})
    assert wire.delete(f"{SLA}/{sla}").status_code == 204
    make(wire, impact="1")
    clock.at += 60
    assert rows(wire) == []


# Definitions that are not active


def test_what_runs_under_an_inactive_definition_goes_on_to_its_end(wire: Any, clock: Any) -> None:
    """New tasks get nothing, nor does a write within the lag; the row that runs is still completed."""
    sla = define(wire)
    task = make(wire)
    clock.at += 60
    late = make(wire)
    wire.patch(f"{SLA}/{sla}", json={"active": "false"})
    make(wire)
    clock.at += 60
    (row,) = rows(wire)
    assert row["task"] == task[-32:] != late[-32:]
    wire.patch(task, json=SOLVED)
    clock.at += 60
    (row,) = rows(wire)
    assert (row["stage"], row["active"]) == ("completed", "false")


def judges(wire: Any) -> bool:
    """Whether a write is judged at all."""
    return wire.instance.records.assessed is not None


def test_inactive_definitions_cost_nothing(wire: Any) -> None:
    """Without an active definition and without a running row no write is judged."""
    assert not judges(wire)
    sla = define(wire, active="false")
    assert not judges(wire)
    for active in ("true", "false"):
        wire.patch(f"{SLA}/{sla}", json={"active": active})
        assert judges(wire) == (active == "true")


def test_a_definition_is_for_its_very_table(wire: Any, clock: Any) -> None:
    """One on `task` attaches to no incident."""
    define(wire, collection="task")
    make(wire)
    clock.at += 60
    assert rows(wire) == []


# What the engine leaves alone


def test_a_breach_leaves_the_legacy_columns_alone(wire: Any, clock: Any) -> None:
    """`made_sla`, `sla_due` and `escalation` belong to the old engine: a breach does not touch them."""
    define(wire)
    task = make(wire)
    before = wire.result(task)
    clock.at += 5 * HOUR
    wire.patch(task, json=SOLVED)
    clock.at += 60
    (row,) = rows(wire)
    assert row["has_breached"] == "true"
    after = wire.result(task)
    assert (before["made_sla"], after["made_sla"]) == ("true", "true")
    assert (after["sla_due"], after["escalation"]) == (before["sla_due"], before["escalation"])


def test_the_stage_is_never_breached(wire: Any, clock: Any) -> None:
    """`breached` is a stage of the 2010 engine only."""
    define(wire)
    make(wire)
    clock.at += 48 * HOUR
    (row,) = rows(wire)
    assert (row["stage"], row["has_breached"], row["active"]) == ("in_progress", "true", "true")


def test_the_jobs_look_away(wire: Any, clock: Any) -> None:
    """Beyond 1000 per cent nobody looks any more, nor a year after the breach."""
    define(wire)
    make(wire)
    clock.at += 2 * 24 * HOUR
    (early,) = rows(wire)
    assert float(early["percentage"]) > 1000
    clock.at += 30 * 24 * HOUR
    assert rows(wire)[0]["percentage"] == early["percentage"]


def test_a_new_definition_has_the_stock_flow(wire: Any) -> None:
    """The default SLA flow."""
    flow = wire.result(f"{SLA}/{define(wire)}")["flow"]
    assert flow == "828f267973333300e289235f04f6a7a3"
