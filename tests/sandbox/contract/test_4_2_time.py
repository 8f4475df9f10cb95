"""Business time, zones and relative durations of service levels (section 4.2)."""

from typing import Any

import pytest

from tests.sandbox.contract.level import HOUR, SOLVED, define, make, office, rows


def test_business_time(wire: Any, clock: Any) -> None:
    """Weekdays from 9 to 17 in Shanghai, without lunch: the breach moves to the next working day."""
    schedule = wire.post(
        "/api/now/table/cmn_schedule", json={"name": "Office", "time_zone": "Asia/Shanghai"}
    ).json()["result"]["sys_id"]
    for name, kind, start, end in (
        ("Work", "work", "T090000", "T170000"),
        ("Lunch", "exclude", "T120000", "T130000"),
    ):
        span = {"schedule": schedule, "name": name, "type": kind, "repeat_type": "weekdays"}
        span |= {"start_date_time": f"20230102{start}", "end_date_time": f"20230102{end}"}
        assert wire.post("/api/now/table/cmn_schedule_span", json=span).status_code == 201
    define(wire, schedule_source="sla_definition", schedule=schedule)
    clock.at += 6 * HOUR  # 15:00 in Shanghai
    task = make(wire)
    clock.at += 5
    (row,) = rows(wire)
    assert row["planned_end_time"] == "2023-11-21 03:00:00"
    clock.at += 18 * HOUR - 5
    wire.patch(task, json=SOLVED)
    clock.at += 5
    (row,) = rows(wire)
    assert (row["duration"], row["business_duration"]) == ("1970-01-01 18:00:00", "1970-01-01 02:00:00")
    assert (row["business_percentage"], row["has_breached"]) == ("50.00", "false")


def test_business_figures_without_a_schedule(wire: Any, clock: Any) -> None:
    """They equal the actual ones, unless the property says that they stay empty."""
    define(wire)
    task = make(wire)
    clock.at += HOUR + 60
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += 60
    (row,) = rows(wire)
    for plain, business in (
        ("duration", "business_duration"),
        ("time_left", "business_time_left"),
        ("percentage", "business_percentage"),
    ):
        assert row[plain] == row[business] != ""
    wire.instance.properties["com.snc.sla.always_populate_business_fields"] = "false"
    wire.patch(task, json={"state": "2"})
    clock.at += HOUR
    wire.patch(task, json=SOLVED)
    clock.at += 60
    (row,) = rows(wire)
    assert row["business_duration"] == row["business_time_left"] == row["business_percentage"] == ""
    assert (row["duration"], row["pause_duration"], row["business_pause_duration"]) == (
        "1970-01-01 02:01:00",
        "1970-01-01 00:01:00",
        "1970-01-01 00:01:00",
    )


def test_actual_figures_go_by_the_clock_and_business_figures_by_the_schedule(wire: Any, clock: Any) -> None:
    """Four hours from 15:00: 20 hours until the breach, of which ten have passed at 1:00 and two count."""
    define(wire, schedule_source="sla_definition", schedule=office(wire, "Asia/Shanghai"))
    clock.at += 6 * HOUR
    task = make(wire)
    clock.at += 10 * HOUR
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += 60
    (row,) = rows(wire)
    assert row["planned_end_time"] == "2023-11-21 03:00:00"
    assert (row["percentage"], row["time_left"]) == ("50.00", "1970-01-01 10:00:00")
    assert (row["business_percentage"], row["business_time_left"]) == ("50.00", "1970-01-01 02:00:00")
    clock.at += 14 * HOUR - 60  # until 15:00 of the next day: six hours of pause count
    wire.patch(task, json={"state": "2"})
    clock.at += 60
    (row,) = rows(wire)
    assert (row["pause_duration"], row["business_pause_duration"]) == (
        "1970-01-01 14:00:00",
        "1970-01-01 06:00:00",
    )
    assert (row["planned_end_time"], row["original_breach_time"]) == (
        "2023-11-21 09:00:00",
        "2023-11-21 03:00:00",
    )


@pytest.mark.parametrize(
    ("own", "source", "planned"),
    [
        ("Asia/Shanghai", "", "2023-11-20 05:00:00"),
        ("floating", "sla.timezone", "2023-11-20 12:00:00"),
        ("", "task.caller_id.time_zone", "2023-11-20 18:00:00"),
        ("", "task.caller_id.location.time_zone", "2023-11-20 07:30:00"),
        ("", "task.location.time_zone", "2023-11-20 13:00:00"),
    ],
)
def test_time_zones(wire: Any, clock: Any, own: str, source: str, planned: str) -> None:
    """The schedule's own zone, else the one that the definition names, else the instance's."""
    place = wire.post("/api/now/table/cmn_location", json={"name": "Plant", "time_zone": "Asia/Kolkata"})
    person = {"user_name": "ann", "time_zone": "America/New_York"}
    person["location"] = place.json()["result"]["sys_id"]
    caller = wire.post("/api/now/table/sys_user", json=person).json()["result"]["sys_id"]
    schedule = office(wire, own)
    define(
        wire,
        schedule_source="sla_definition",
        schedule=schedule,
        timezone_source=source,
        timezone="Europe/Berlin",
    )
    make(wire, caller_id=caller)
    clock.at += 5
    (row,) = rows(wire)
    assert row["planned_end_time"] == planned


# Relative durations


def relative(wire: Any, name: str) -> str:
    """The sys_id of a stock relative duration."""
    query = {"sysparm_query": f"name={name}"}
    (row,) = wire.result("/api/now/table/cmn_relative_duration", **query)
    return str(row["sys_id"])


@pytest.mark.parametrize(
    ("name", "opened", "planned"),
    [
        ("End of next business day", 1, "2023-11-21 09:00:00"),
        ("Next business day by 4pm", 1, "2023-11-21 08:00:00"),
        ("Next business day by 4pm", 3, "2023-11-22 08:00:00"),
        ("2 business days by 4pm", 1, "2023-11-22 08:00:00"),
        ("3 business days by 4pm", 3, "2023-11-24 08:00:00"),
        ("End of next business day", 4 * 24 + 1, "2023-11-27 09:00:00"),
        ("Next business day by 4pm", 5 * 24 + 3, "2023-11-29 08:00:00"),
    ],
)
def test_relative_durations(wire: Any, clock: Any, name: str, opened: int, planned: str) -> None:
    """Days of the schedule, one more after ten; Saturday is none, but Monday comes after its ten o'clock."""
    define(
        wire,
        schedule_source="sla_definition",
        schedule=office(wire, "Asia/Shanghai"),
        duration_type=relative(wire, name),
    )
    clock.at += opened * HOUR - HOUR
    task = make(wire)
    clock.at += 60
    wire.patch(task, json={"state": "3", "hold_reason": "4"})
    clock.at += 60
    (row,) = rows(wire)
    assert (row["stage"], row["planned_end_time"]) == ("in_progress", planned)
    assert row["original_breach_time"] == planned


def test_the_figures_of_a_relative_duration(wire: Any, clock: Any) -> None:
    """Percentages are of the business time between start and breach, not of the duration beside it."""
    define(
        wire,
        schedule_source="sla_definition",
        schedule=office(wire, "Asia/Shanghai"),
        duration_type=relative(wire, "End of next business day"),
        duration="1970-01-01 00:10:00",
    )
    task = make(wire)  # 9:00 of the first of two days of eight hours
    clock.at += 4 * HOUR
    wire.patch(task, json=SOLVED)
    clock.at += 60
    (row,) = rows(wire)
    assert (row["business_percentage"], row["business_time_left"]) == ("25.00", "1970-01-01 12:00:00")
    assert row["has_breached"] == "false"


@pytest.mark.parametrize(
    ("works_on", "planned"),
    [("Task record", "2023-11-23 10:00:00"), ("SLA record", "2023-11-20 01:00:00")],
)
def test_breach_on_the_due_date(wire: Any, clock: Any, works_on: str, planned: str) -> None:
    """The task's, unless the definition works on the `task_sla` row, which has no such column."""
    define(wire, duration_type=relative(wire, "Breach on Due Date"), relative_duration_works_on=works_on)
    make(wire, due_date="2023-11-23 10:00:00")
    clock.at += 60
    assert rows(wire)[0]["planned_end_time"] == planned


def test_a_relative_duration_of_ones_own(wire: Any, clock: Any) -> None:
    """Without a schedule days are those of the calendar; of scripts only the known forms are understood."""
    script = "// in our words\nvar days = 2;\ncalculator.calcRelativeDueDate(calculator.startDateTime, days);"
    sys_ids = []
    for text in (script, "gs.log('no days')"):
        row = {"name": "Ours", "script": text}
        made = wire.post("/api/now/table/cmn_relative_duration", json=row).json()["result"]
        assert made["script"] == text
        sys_ids.append(made["sys_id"])
    define(wire, duration_type=sys_ids[0])
    define(wire, duration_type=sys_ids[1])
    make(wire)
    clock.at += 60
    assert {row["planned_end_time"] for row in rows(wire)} == {"2023-11-22 23:59:59", "2023-11-20 05:00:00"}
