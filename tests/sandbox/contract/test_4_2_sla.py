"""`task_sla` rows as the engine keeps them (section 4.2)."""

from typing import Any

import pytest

from tests.sandbox.contract.conftest import missing

INCIDENT = "/api/now/table/incident"
SLA = "/api/now/table/contract_sla"
HOUR = 3600
COLUMNS = {
    "contract_sla": (
        "name active type target collection duration duration_type schedule schedule_source "
        "schedule_source_field timezone_source timezone start_condition pause_condition "
        "resume_condition stop_condition reset_condition cancel_condition when_to_resume "
        "when_to_cancel retroactive set_start_to retroactive_pause reset_action "
        "relative_duration_works_on flow workflow vendor enable_logging"
    ),
    "task_sla": (
        "task sla stage active has_breached start_time end_time planned_end_time "
        "original_breach_time duration percentage time_left business_duration "
        "business_percentage business_time_left pause_time pause_duration "
        "business_pause_duration schedule timezone"
    ),
}
SOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "-"}


def define(wire: Any, **fields: str) -> str:
    """A definition of four hours on all incidents, as an admin posts it."""
    row = {
        "name": "Resolve in 4 hours",
        "collection": "incident",
        "duration": "1970-01-01 04:00:00",
        "schedule_source": "no_schedule",
        "start_condition": "active=true",
        "stop_condition": "state=6^ORstate=7",
        "pause_condition": "state=3",
        "when_to_resume": "no_match",
    }
    answer = wire.post(SLA, json=row | fields)
    assert answer.status_code == 201
    return str(answer.json()["result"]["sys_id"])


def rows(wire: Any, **params: str) -> list[dict[str, str]]:
    """All `task_sla` rows, oldest first."""
    shown = {"sysparm_query": "ORDERBYsys_created_on", "sysparm_exclude_reference_link": "true"}
    return list(wire.result("/api/now/table/task_sla", **shown | params))


def make(wire: Any, **fields: str) -> str:
    """An incident's path."""
    return f"{INCIDENT}/{wire.post(INCIDENT, json=fields).json()['result']['sys_id']}"


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


@pytest.mark.parametrize(
    ("fields", "stages"),
    [
        ({"cancel_condition": "impact=1"}, ["cancelled"]),
        ({"when_to_cancel": "no_match", "start_condition": "impact=3"}, ["cancelled"]),
        ({"when_to_cancel": "never", "cancel_condition": "impact=1"}, ["in_progress"]),
        ({"reset_condition": "impact=1"}, ["cancelled", "in_progress"]),
        ({"reset_condition": "impact=1", "reset_action": "complete"}, ["completed", "in_progress"]),
    ],
)
def test_cancel_and_reset(wire: Any, clock: Any, fields: dict[str, str], stages: list[str]) -> None:
    """As the definition says; a reset begins anew and does so once."""
    define(wire, **fields)
    task = make(wire)
    clock.at += 60
    wire.patch(task, json={"impact": "1"})
    clock.at += 60
    wire.patch(task, json={"short_description": "again"})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == stages


@pytest.mark.parametrize("duplicates", [False, True])
def test_rapid_updates(wire: Any, clock: Any, duplicates: bool) -> None:
    """KB0541990: a second row for the same task and definition, where the switch wants it."""
    wire.instance.switch("sla_duplicates", duplicates)
    define(wire)
    task = make(wire)
    clock.at += 1
    wire.patch(task, json={"short_description": "x"})
    clock.at += 60
    wire.patch(task, json={"short_description": "y"})
    clock.at += 60
    assert len(rows(wire)) == 1 + duplicates


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


# Conditions that hold together


@pytest.mark.parametrize(
    ("fields", "stages"),
    [
        ({"stop_condition": "impact=1", "cancel_condition": "impact=1"}, ["completed"]),
        ({"stop_condition": "impact=1", "reset_condition": "impact=1"}, ["completed"]),
        ({"start_condition": "impact=3", "reset_condition": "impact=1"}, ["in_progress"]),
        ({"pause_condition": "impact=1", "cancel_condition": "impact=1"}, ["cancelled"]),
        (
            {
                "pause_condition": "impact=1",
                "resume_condition": "impact=1",
                "when_to_resume": "on_condition",
            },
            ["in_progress"],
        ),
        ({"pause_condition": "impact=1", "duration_type": "a relative one"}, ["in_progress"]),
    ],
)
def test_conditions_that_hold_together(
    wire: Any, clock: Any, fields: dict[str, str], stages: list[str]
) -> None:
    """Stop, then reset of what could start, then cancel, then pause; pause with resume is nothing."""
    define(wire, **fields)
    task = make(wire)
    clock.at += 60
    wire.patch(task, json={"impact": "1"})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == stages


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


# Business figures, zones and schedules


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


def office(wire: Any, zone: str, kind: str = "weekdays") -> str:
    """A schedule from 9 to 17."""
    head = wire.post("/api/now/table/cmn_schedule", json={"name": "Office", "time_zone": zone})
    schedule = str(head.json()["result"]["sys_id"])
    span = {"schedule": schedule, "name": "Work", "repeat_type": kind}
    span |= {"start_date_time": "20230102T090000", "end_date_time": "20230102T170000"}
    assert wire.post("/api/now/table/cmn_schedule_span", json=span).status_code == 201
    return schedule


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


# Resets and retroactive starts


def test_a_retroactive_start_from_an_empty_field_is_the_write(wire: Any, clock: Any) -> None:
    """Where the field that it names has no value, the write itself counts."""
    define(wire, start_condition="impact=1", retroactive="true", set_start_to="work_start")
    task = make(wire)
    clock.at += HOUR
    wire.patch(task, json={"impact": "1"})
    clock.at += 5
    assert rows(wire)[0]["start_time"] == "2023-11-20 02:00:00"
