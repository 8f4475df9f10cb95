"""Service levels that start before they are attached (section 4.2)."""

from typing import Any

import pytest

from tests.sandbox.contract.level import HOUR, define, make, rows


def test_retroactive_start(wire: Any, clock: Any) -> None:
    """A definition that matches later counts from the opening."""
    define(wire, start_condition="impact=1", retroactive="true")
    task = make(wire)
    clock.at += HOUR
    wire.patch(task, json={"impact": "1"})
    clock.at += 5
    (row,) = rows(wire)
    assert (row["start_time"], row["planned_end_time"], row["percentage"]) == (
        "2023-11-20 01:00:00",
        "2023-11-20 05:00:00",
        "25.00",
    )


def test_a_retroactive_start_from_an_empty_field_is_the_write(wire: Any, clock: Any) -> None:
    """Where the field that it names has no value, the write itself counts."""
    define(wire, start_condition="impact=1", retroactive="true", set_start_to="work_start")
    task = make(wire)
    clock.at += HOUR
    wire.patch(task, json={"impact": "1"})
    clock.at += 5
    assert rows(wire)[0]["start_time"] == "2023-11-20 02:00:00"


# Pauses before the start


@pytest.mark.parametrize(
    ("pauses", "planned", "paused"), [("true", "06:30", "01:30:00"), ("false", "05:00", "00:00:00")]
)
def test_retroactive_pause(wire: Any, clock: Any, pauses: str, planned: str, paused: str) -> None:
    """What the task was on hold before the level was attached counts as a pause of it, if wanted."""
    define(wire, start_condition="impact=1", retroactive="true", retroactive_pause=pauses)
    task = make(wire)
    clock.at += HOUR // 2
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += HOUR
    wire.patch(task, json={"short_description": "still waiting"})
    clock.at += HOUR // 2
    wire.patch(task, json={"state": "2"})
    clock.at += HOUR
    wire.patch(task, json={"impact": "1"})
    clock.at += 5
    (row,) = rows(wire)
    assert (row["stage"], row["start_time"]) == ("in_progress", "2023-11-20 01:00:00")
    assert row["planned_end_time"] == f"2023-11-20 {planned}:00"
    assert row["original_breach_time"] == "2023-11-20 05:00:00"
    assert (row["pause_duration"], row["business_pause_duration"]) == (f"1970-01-01 {paused}",) * 2
    assert row["percentage"] == ("37.50" if pauses == "true" else "75.00")


def test_a_pause_that_is_still_on(wire: Any, clock: Any) -> None:
    """The level is attached as paused, since the moment when the pause began; then goes on as any other."""
    define(wire, start_condition="impact=1", retroactive="true", retroactive_pause="true")
    task = make(wire)
    clock.at += HOUR
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += HOUR
    wire.patch(task, json={"impact": "1"})
    clock.at += 5
    (row,) = rows(wire)
    assert (row["stage"], row["pause_time"]) == ("paused", "2023-11-20 02:00:00")
    assert (row["duration"], row["percentage"]) == ("1970-01-01 01:00:00", "25.00")
    clock.at += HOUR - 5
    wire.patch(task, json={"state": "2"})
    clock.at += 5
    (row,) = rows(wire)
    assert (row["stage"], row["pause_duration"]) == ("in_progress", "1970-01-01 02:00:00")
    assert row["planned_end_time"] == "2023-11-20 07:00:00"


def test_only_what_lies_after_the_start_is_looked_at(wire: Any, clock: Any) -> None:
    """A level that starts at `work_start` was paused from there on, also by a pause that began before."""
    define(
        wire,
        start_condition="impact=1",
        retroactive="true",
        retroactive_pause="true",
        set_start_to="work_start",
    )
    task = make(wire)
    clock.at += HOUR
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += HOUR
    wire.patch(task, json={"state": "2"})
    clock.at += HOUR
    wire.patch(task, json={"impact": "1", "work_start": "2023-11-20 02:30:00"})
    clock.at += 5
    (row,) = rows(wire)
    assert (row["start_time"], row["pause_duration"]) == ("2023-11-20 02:30:00", "1970-01-01 00:30:00")
    assert row["planned_end_time"] == "2023-11-20 07:00:00"


def test_the_task_stays_as_it_is(wire: Any, clock: Any) -> None:
    """Looking back leaves no trace: not in the record, not in its audit."""
    define(wire, start_condition="impact=1", retroactive="true", retroactive_pause="true")
    task = make(wire)
    for change in ({"state": "3", "hold_reason": "4"}, {"state": "2"}, {"impact": "1"}):
        clock.at += HOUR
        wire.patch(task, json=change)
    before = wire.result(task), len(wire.instance.rows("sys_audit"))
    clock.at += 60
    assert len(rows(wire)) == 1
    assert (wire.result(task), len(wire.instance.rows("sys_audit"))) == before
