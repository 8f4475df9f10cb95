"""Where the instance's own service levels say something else, and the likely cause; nothing is written."""

import pytest

from connector.instant import platform_time
from connector.reconcile import explain
from connector.reconcile.comparison import NativeLevels
from connector.rules.sla_timer import SlaTimer
from connector.ticket import TicketState
from tests.builder import HOUR, LI, MINUTE, MON, moment, spans, ticket
from tests.world import Desk

TIMER = """
[[policy]]
rule = "sla_timer"
name = "limits"
mode = "enforce"
service_hours = "onsite"
resolve_within = "4h"
"""
DEFINITION = {
    "name": "P1 resolve",
    "collection": "incident",
    "target": "resolution",
    "schedule_source": "no_schedule",
    "start_condition": "active=true",
    "stop_condition": "state=6^ORstate=7",
    "pause_condition": "state=3",
    "when_to_resume": "no_match",
}
WORK, HOLD = TicketState.IN_PROGRESS, TicketState.ON_HOLD
OURS = MON + 4 * HOUR
"""Due by the policy of the tests below, day and night."""


def row(**more: str) -> dict[str, str]:
    """A level that says what the policy says."""
    return {
        "stage": "in_progress",
        "active": "true",
        "has_breached": "false",
        "start_time": platform_time(MON),
        "planned_end_time": platform_time(OURS),
        "pause_duration": "1970-01-01 00:00:00",
        "timezone": "Asia/Shanghai",
        "sla.name": "P1 resolve",
        "sla.target": "resolution",
        "sla.duration": "1970-01-01 04:00:00",
        "sla.schedule.name": "24 x 7",
        **more,
    }


def told(*rows: dict[str, str], now: int = MON + HOUR, held: bool = False) -> list[str]:
    """What is said of these rows."""
    policy = SlaTimer(name="limits", service_hours="remote", resolve_within="4h", pause_on=("1",))
    life = spans(MON, (0, WORK, LI)) if not held else spans(MON, (0, WORK, LI), (MINUTE, HOLD, LI, "", "1"))
    return list(NativeLevels(rows).compared(policy, ticket(life=life), moment(now)))


def test_what_says_the_same_is_said_to() -> None:
    """Within a minute; a breach that the engine has not refreshed yet is named."""
    assert told(row()) == ["task_sla P1 resolve: the same due time"]
    assert told(row(planned_end_time=platform_time(OURS + 59)))[0].endswith("the same due time")
    assert told(row(), now=OURS + HOUR)[0].endswith("has_breached is not refreshed yet")
    assert told(row(has_breached="true"), now=OURS + HOUR)[0].endswith("the same due time")


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"sla.duration": "1970-01-01 08:00:00"}, "its limit is 480 min, here 240 min"),
        ({"start_time": platform_time(MON + HOUR)}, "without retroactive start"),
        ({"start_time": platform_time(MON - HOUR)}, "before the opening"),
        ({"sla.schedule.name": ""}, "counts day and night, here remote"),
        ({"timezone": "US/Pacific"}, "its time zone is US/Pacific, here Asia/Shanghai"),
        ({"pause_duration": "1970-01-01 00:30:00"}, "it paused 30 min, here 0 min"),
        ({}, "its schedule 24 x 7 has other hours or holidays than remote"),
    ],
)
def test_a_difference_has_a_likely_cause(more: dict[str, str], cause: str) -> None:
    """How far apart, which way, and what is different about the row."""
    (line,) = told(row(planned_end_time=platform_time(OURS + 2 * HOUR), **more))
    assert "due 2026-06-01 15:00, 120 min later than here; " in line
    assert cause in line
    (line,) = told(row(planned_end_time=platform_time(OURS - HOUR), **more))
    assert "60 min earlier than here" in line


def test_duplicates_pauses_and_lacks_are_told() -> None:
    """A level attached twice; one that pauses where the other runs; none at all."""
    twice = told(row(), row())
    assert twice[0] == "task_sla: P1 resolve is attached 2 times at once (KB0541990)"
    assert told(row(stage="paused"))[0].endswith("names other hold reasons than pause_on")
    assert told(row(), held=True)[0].startswith("task_sla P1 resolve: paused here and not there")
    assert told(row(stage="paused"), held=True) == ["task_sla P1 resolve: paused, as here"]
    nothing = ["task_sla: the instance has no resolution level for this ticket"]
    assert told() == told(row(stage="cancelled")) == told(row(**{"sla.target": "response"})) == nothing


def lines(desk: Desk, *, compared: bool = True) -> list[str]:
    """What `explain` says of task_sla."""
    found = explain(desk.world, desk.settings, "INC1", desk.clock.now(), compared=compared)
    assert found is not None
    return [line for answer in found.answers for line in answer.lines if line.startswith("task_sla")]


def test_r_c3_a_second_opinion_on_the_instances_own_level() -> None:
    """The engine of the instance counts day and night where the policy counts hours on site."""
    with Desk(TIMER) as desk:
        desk.instance.insert("contract_sla", {**DEFINITION, "duration": "1970-01-01 04:00:00"})
        desk.opens("INC1")
        desk.clock.advance(5 * MINUTE)
        desk.settles()
        (line,) = lines(desk)
        assert "90 min earlier than here; " in line  # the lunch break
        assert "no schedule" in line
        assert lines(desk, compared=False) == []
        before = desk.instance.rows("task_sla")
        desk.settles()
        assert desk.instance.rows("task_sla") == before
        assert not any("task_sla" in str(each) for each in desk.sent())
