"""The life of one service level as a state machine: values in, values out.

Which event a write is to a service level follows from the conditions that hold after it; what the event does
to the level follows from the level, the moment and the schedule.  Stop goes before reset, reset before
cancel, then comes pause or resume (SLA processing, section 4.2).  Moments are epoch seconds UTC,
spans are seconds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Protocol

CONDITIONS = ("start", "stop", "pause", "resume", "reset", "cancel")


class Stage(StrEnum):
    """Where a service level stands; `breached` and `achieved` belong to the 2010 engine and never appear."""

    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


RUNNING = frozenset({Stage.IN_PROGRESS, Stage.PAUSED})


class Event(StrEnum):
    """What a write can be to a running service level."""

    COMPLETE = "complete"
    RESET = "reset"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


class Manner(NamedTuple):
    """What the definition says about its conditions."""

    when_to_cancel: str = "on_condition"
    """`on_condition`, `never`; anything else: when the start condition holds no more."""
    when_to_resume: str = "on_condition"
    """`on_condition`; anything else: when the pause condition holds no more."""
    reset_to: Stage = Stage.CANCELLED
    pauses: bool = True
    """False for relative durations, which run on whatever the pause condition says."""


class Hours(Protocol):
    """The time that counts."""

    def between(self, start: int, end: int) -> int:
        """How much of it lies between two moments."""

    def after(self, start: int, seconds: int) -> int | None:
        """When so much of it has passed; None if never."""


class Figures(NamedTuple):
    """What the refresh jobs work out: seconds, and per cent of the time there is."""

    elapsed: int
    left: int
    percentage: float
    business_elapsed: int
    business_left: int
    business_percentage: float


@dataclass(frozen=True, slots=True)
class Level:
    """One service level of one task."""

    start: int
    whole: int
    """The definition's duration."""
    planned_end: int | None
    figures: Figures
    """As of the last look, not of now."""
    breached: bool = False
    stage: Stage = Stage.IN_PROGRESS
    since: int | None = None
    """When the pause began that is on."""
    paused: int = 0
    business_paused: int = 0
    """Pauses that are over, by the clock and by the schedule."""
    end: int | None = None


def cancels(manner: Manner, holds: frozenset[str]) -> bool:
    """Whether the conditions that hold cancel."""
    if manner.when_to_cancel == "never":
        return False
    if manner.when_to_cancel == "on_condition":
        return "cancel" in holds
    return "start" not in holds or "stop" in holds


def attaches(manner: Manner, holds: frozenset[str]) -> bool:
    """Whether a task without this service level gets it."""
    return "start" in holds and "stop" not in holds and not cancels(manner, holds)


def event(manner: Manner, stage: Stage, holds: frozenset[str]) -> Event | None:
    """What the conditions that hold are to a service level in this stage; None: nothing."""
    if stage not in RUNNING:
        return None
    if "stop" in holds:
        return Event.COMPLETE
    if "reset" in holds and attaches(manner, holds):
        return Event.RESET
    if cancels(manner, holds):
        return Event.CANCEL
    if not manner.pauses:
        return None
    pause = "pause" in holds
    resume = "resume" in holds if manner.when_to_resume == "on_condition" else not pause
    if stage is Stage.IN_PROGRESS and pause and not resume:
        return Event.PAUSE
    if stage is Stage.PAUSED and resume and not pause:
        return Event.RESUME
    return None


def begun(start: int, whole: int, at: int, hours: Hours, planned_end: int | None = None) -> Level:
    """A service level that runs from `start` on, attached at `at`.

    `planned_end` is told where it is not what the duration comes to (relative durations).
    """
    figures = Figures(0, whole, 0.0, 0, whole, 0.0)
    end = hours.after(start, whole) if planned_end is None else planned_end
    return measured(Level(start, whole, end, figures), at, hours)


def advanced(level: Level, what: Event, at: int, hours: Hours, reset_to: Stage = Stage.CANCELLED) -> Level:
    """The level after the event; one that has ended, or that the event does not concern, stays as it is."""
    if level.stage not in RUNNING:
        return level
    if what is Event.PAUSE:
        if level.stage is Stage.PAUSED:
            return level
        return replace(measured(level, at, hours), stage=Stage.PAUSED, since=at)
    if what is Event.RESUME and level.stage is not Stage.PAUSED:
        return level
    level = measured(_resumed(level, at, hours), at, hours)
    if what is Event.RESUME:
        return level
    ended = {Event.COMPLETE: Stage.COMPLETED, Event.RESET: reset_to, Event.CANCEL: Stage.CANCELLED}[what]
    return replace(level, stage=ended, end=at)


def measured(level: Level, at: int, hours: Hours) -> Level:
    """The level with the figures of this moment; only one that runs is measured.

    Elapsed is what passed less what was paused.  The percentage by the clock is of the time from the start to
    the planned end without the pauses, the one by the schedule of the definition's duration.
    """
    if level.stage is not Stage.IN_PROGRESS:
        return level
    start, whole = level.start, level.whole
    plain = max(0, max(0, at - start) - level.paused)
    business = max(0, hours.between(start, at) - level.business_paused)
    left, share = max(0, whole - business), 0
    if level.planned_end is not None:
        left = max(0, level.planned_end - at)
        share = level.planned_end - start
        share -= level.paused if share >= level.paused else level.business_paused
    figures = Figures(
        plain,
        left,
        100 * plain / share if share > 0 else 0.0,
        business,
        max(0, whole - business),
        100 * business / whole if whole else 0.0,
    )
    return replace(level, figures=figures, breached=level.breached or 0 < whole <= business)


def _resumed(level: Level, at: int, hours: Hours) -> Level:
    """The level with the pause that is on ended and the breach moved by it.

    What was paused before the start of the level does not count.
    """
    if level.since is None:
        return level
    since = max(level.since, level.start)
    business = level.business_paused + hours.between(since, at)
    return replace(
        level,
        stage=Stage.IN_PROGRESS,
        since=None,
        paused=level.paused + max(0, at - since),
        business_paused=business,
        planned_end=hours.after(level.start, level.whole + business),
    )
