"""The life of one service level as a state machine."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox.sla.schedule import Always, Schedule
from connector.sandbox.sla.stage import (
    CONDITIONS,
    RUNNING,
    Event,
    Hours,
    Level,
    Manner,
    Stage,
    advanced,
    attaches,
    begun,
    event,
    measured,
)

MONDAY = 1_700_442_000  # 2023-11-20 01:00:00 UTC
HOUR = 3600
OFFICE: Hours = Schedule(
    [
        {
            "start_date_time": "20230102T080000",
            "end_date_time": "20230102T180000",
            "repeat_type": "weekdays",
            "days_of_week": "",
            "repeat_until": "",
            "type": "work",
        }
    ],
    "Europe/Berlin",
)
HOURS = st.sampled_from([Always(), OFFICE])
HOLDS = st.frozensets(st.sampled_from(CONDITIONS))
MANNERS = st.builds(
    Manner,
    when_to_cancel=st.sampled_from(["on_condition", "no_match", "never"]),
    when_to_resume=st.sampled_from(["on_condition", "no_match"]),
    reset_to=st.sampled_from([Stage.CANCELLED, Stage.COMPLETED]),
    pauses=st.booleans(),
)
STEPS = st.lists(st.tuples(st.integers(0, 40 * HOUR), st.sampled_from([*Event, None])), max_size=12)
"""(seconds later, an event or a look of the refresh jobs)."""


def lived(hours: Hours, whole: int, steps: list[tuple[int, Event | None]]) -> list[tuple[int, Level]]:
    """(moment, level) from the start on."""
    at = MONDAY
    life = [(at, begun(at, whole, at, hours))]
    for later, what in steps:
        at += later
        level = life[-1][1]
        life.append((at, measured(level, at, hours) if what is None else advanced(level, what, at, hours)))
    return life


@limits(max_examples=100, deadline=None)
@given(HOURS, st.integers(1, 60 * HOUR), STEPS)
def test_time_only_goes_on(hours: Hours, whole: int, steps: list[tuple[int, Event | None]]) -> None:
    """Elapsed times and pauses never decrease, a breach is never taken back."""
    life = [level for _, level in lived(hours, whole, steps)]
    for before, after in pairwise(life):
        assert after.figures.elapsed >= before.figures.elapsed
        assert after.figures.business_elapsed >= before.figures.business_elapsed
        assert after.paused >= before.paused
        assert after.business_paused >= before.business_paused
        assert after.breached >= before.breached


@limits(max_examples=100, deadline=None)
@given(HOURS, st.integers(1, 60 * HOUR), STEPS)
def test_pauses_never_count(hours: Hours, whole: int, steps: list[tuple[int, Event | None]]) -> None:
    """What elapsed is the sum of the stretches that ran, counted one by one."""
    life = lived(hours, whole, steps)
    ran = business = 0
    for (begin, level), (end, _) in pairwise(life):
        if level.stage is Stage.IN_PROGRESS:
            ran += end - begin
            business += hours.between(begin, end)
    at, level = life[-1]
    if level.stage is Stage.IN_PROGRESS:
        level = measured(level, at, hours)
    assert (level.figures.elapsed, level.figures.business_elapsed) == (ran, business)


@limits(max_examples=100, deadline=None)
@given(HOURS, st.integers(1, 60 * HOUR), STEPS)
def test_the_breach_comes_when_the_time_is_up(
    hours: Hours, whole: int, steps: list[tuple[int, Event | None]]
) -> None:
    """One that runs has breached at its planned end and not a second before."""
    at, level = lived(hours, whole, steps)[-1]
    if level.stage is not Stage.IN_PROGRESS or level.planned_end is None or level.planned_end <= at:
        return
    early = measured(level, level.planned_end - 1, hours)
    late = measured(level, level.planned_end, hours)
    assert (early.breached, late.breached) == (False, True)
    assert (late.figures.left, late.figures.business_left) == (0, 0)
    assert late.figures.percentage == late.figures.business_percentage == 100
    assert early.figures.percentage < 100


@limits(max_examples=100, deadline=None)
@given(MANNERS, HOLDS, st.sampled_from(Event), st.integers(0, 9 * HOUR))
def test_what_has_ended_stays_ended(manner: Manner, holds: frozenset[str], what: Event, later: int) -> None:
    """No condition and no event moves a completed or cancelled level, nor does a look."""
    for stage in set(Stage) - RUNNING:
        level = replace(begun(MONDAY, HOUR, MONDAY, Always()), stage=stage, end=MONDAY)
        assert event(manner, stage, holds) is None
        assert advanced(level, what, MONDAY + later, Always()) == level
        assert measured(level, MONDAY + later, Always()) == level


@limits(max_examples=200, deadline=None)
@given(MANNERS, HOLDS, st.sampled_from(sorted(RUNNING)), HOURS)
def test_an_event_leads_where_it_says(
    manner: Manner, holds: frozenset[str], stage: Stage, hours: Hours
) -> None:
    """Each event changes the stage, and the same conditions again change nothing more."""
    what = event(manner, stage, holds)
    level = begun(MONDAY, HOUR, MONDAY, hours)
    if stage is Stage.PAUSED:
        level = advanced(level, Event.PAUSE, MONDAY, hours)
    if what is None:
        return
    after = advanced(level, what, MONDAY + HOUR, hours, manner.reset_to)
    expected = {
        Event.COMPLETE: Stage.COMPLETED,
        Event.RESET: manner.reset_to,
        Event.CANCEL: Stage.CANCELLED,
        Event.PAUSE: Stage.PAUSED,
        Event.RESUME: Stage.IN_PROGRESS,
    }
    assert after.stage is expected[what]
    assert event(manner, after.stage, holds) is None
    assert (after.end is None) == (after.stage in RUNNING)
    assert (after.since is None) == (after.stage is not Stage.PAUSED)


@limits(max_examples=200, deadline=None)
@given(MANNERS, HOLDS)
def test_what_attaches_is_neither_stopped_nor_cancelled_at_once(
    manner: Manner, holds: frozenset[str]
) -> None:
    """So a write cannot attach and end the same level; it can reset one, which is the task's new one."""
    if attaches(manner, holds):
        assert event(manner, Stage.IN_PROGRESS, holds - {"reset"}) in {None, Event.PAUSE}


@pytest.mark.parametrize(
    ("holds", "what"),
    [
        ("start stop reset cancel pause", Event.COMPLETE),
        ("start reset pause", Event.RESET),
        ("start reset cancel", Event.CANCEL),
        ("reset", None),
        ("start cancel pause", Event.CANCEL),
        ("start pause", Event.PAUSE),
        ("start pause resume", None),
        ("start resume", None),
        ("start", None),
    ],
)
def test_which_condition_goes_first(holds: str, what: Event | None) -> None:
    """Stop, reset where the level could attach, cancel, pause unless it is to resume as well."""
    assert event(Manner(), Stage.IN_PROGRESS, frozenset(holds.split())) is what


def test_a_pause_before_the_start_does_not_count() -> None:
    """A level that starts later than it was attached, paused meanwhile."""
    level = begun(MONDAY + 5 * HOUR, HOUR, MONDAY, Always())
    level = advanced(level, Event.PAUSE, MONDAY + HOUR, Always())
    level = advanced(level, Event.RESUME, MONDAY + 7 * HOUR, Always())
    assert (level.paused, level.figures.elapsed, level.planned_end) == (2 * HOUR, 0, MONDAY + 8 * HOUR)


def test_a_relative_duration_never_pauses() -> None:
    """Whatever its pause condition says."""
    assert event(Manner(pauses=False), Stage.IN_PROGRESS, frozenset({"start", "pause"})) is None
