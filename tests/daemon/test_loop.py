"""The loop: no job ends it, it stops and reloads when told to, and the wall clock may step."""

import logging
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.clock import SimulatedClock
from connector.daemon import Daemon
from connector.errors import Refused, SettingsError, Unauthorised, Unavailable

HOUR = 3600


class Steppable:
    """A wall clock that somebody sets, over a steady one."""

    def __init__(self) -> None:
        self.wrong = 0

    def now(self) -> int:
        """Seconds since 1970, more or less."""
        return int(time.time()) + self.wrong

    def monotonic(self) -> float:
        """Steady."""
        return time.monotonic()


@pytest.fixture
def clock() -> Steppable:
    """Right, until a test makes it wrong."""
    return Steppable()


def test_a_job_that_raises_ends_nothing(clock: Steppable, caplog: pytest.LogCaptureFixture) -> None:
    """The others run, the loop goes on, and what went wrong is said."""
    daemon, done = Daemon(clock, idle=0.01), []

    def fails() -> str:
        done.append("fails")
        raise ZeroDivisionError("by zero")

    def works() -> str:
        done.append("works")
        if done.count("works") == 2:
            daemon.stop.set()
        return ""

    daemon.every(1, "fails", fails)
    daemon.every(1, "works", works)
    daemon.run()
    assert done == ["fails", "works", "fails", "works"]
    assert [record.message for record in caplog.records].count(
        "a pass failed: fails: ZeroDivisionError: by zero"
    ) == 1, "said when it begins, not each time"


def test_trouble_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    """A night without the instance is two lines in the log, not a thousand."""
    from connector.daemon import Transition

    caplog.set_level(logging.INFO)
    told = Transition()
    for trouble in ("", "down", "down", "down", "cut", "", ""):
        told.tell(trouble)
    assert [record.message for record in caplog.records] == [
        "a pass failed: down",
        "passes go on failing, now: cut",
        "recovered after 4 failed passes",
    ]


@pytest.mark.parametrize("error", [Unauthorised("401"), Refused("no marks")])
def test_what_a_person_must_decide_ends_the_loop(clock: Steppable, error: Exception) -> None:
    """It is raised to the command line, and no other job is begun after it."""
    daemon, done = Daemon(clock, idle=0.01), []

    def ends() -> str:
        raise error

    daemon.every(HOUR, "ends", ends)
    daemon.every(HOUR, "never", lambda: done.append("never") or "")
    with pytest.raises(type(error)):
        daemon.run()
    assert done == []


def test_an_instance_that_is_away_does_not_end_it(clock: Steppable) -> None:
    """Unavailable is for the next pass."""
    daemon, seen = Daemon(clock, idle=0.01), []

    def away() -> str:
        seen.append(1)
        if len(seen) == 2:
            daemon.stop.set()
        raise Unavailable("503")

    daemon.every(1, "away", away)
    daemon.run()
    assert len(seen) == 2


class FakeTime(datetime):
    """What `schedule` reads the wall clock with."""

    clock: ClassVar[SimulatedClock]

    @classmethod
    def now(cls, tz: object = None) -> "FakeTime":  # type: ignore[override]
        """The simulated wall clock."""
        return cls.fromtimestamp(cls.clock.now(), UTC).replace(tzinfo=None)  # type: ignore[return-value]


class Simulated(Daemon):
    """Its waits move a simulated clock, and so do its jobs; it ends after so many real seconds."""

    def __init__(self, clock: SimulatedClock, lasts: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(clock)
        FakeTime.clock = clock
        monkeypatch.setattr("schedule.datetime", SimpleNamespace(datetime=FakeTime, timedelta=timedelta))
        self.steady = clock
        self._end = clock.monotonic() + lasts

    def pause(self, seconds: float) -> None:
        """At least a second, the grain of the clock."""
        self.steady.wait(max(1, round(seconds)))
        if self.steady.monotonic() >= self._end:
            self.stop.set()


class Wall(SimulatedClock):
    """Simulated time whose time of day somebody sets, while real time goes on as it does."""

    def __init__(self) -> None:
        super().__init__(1_772_409_600)
        self._set_by = 0

    def now(self) -> int:
        """As it was set."""
        return super().now() + self._set_by

    def step(self, seconds: int) -> None:
        """Somebody sets the clock."""
        self._set_by += seconds


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1800), st.sampled_from([-HOUR, HOUR, -90_000, 90_000, -30, 45])), max_size=4
    ),
    during=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_a_wall_clock_that_jumps_does_no_harm(steps: list[tuple[int, int]], during: bool) -> None:
    """Whenever, by whatever and in whatever direction it is set, within a job or between two: passes are a
    minute of real time apart, never two at once, never a gap longer than that and the loop's own rest.
    """
    clock, ran = Wall(), []
    planned = sorted(steps)

    def set_clock() -> None:
        while planned and planned[0][0] <= clock.monotonic():
            clock.step(planned.pop(0)[1])

    def job() -> str:
        ran.append(clock.monotonic())
        if during:
            set_clock()
        clock.wait(2)
        return ""

    with pytest.MonkeyPatch.context() as patch:
        daemon = Simulated(clock, 1800, patch)
        daemon.every(60, "pass", job)
        if not during:
            daemon.alive = set_clock
        daemon.run()
    gaps = [after - before for before, after in pairwise(ran)]
    assert ran[0] <= 1
    assert min(gaps) >= 59
    assert max(gaps) <= 62 + 6


def test_late_jobs_do_not_pile_up_and_none_starves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass takes ten intervals: it runs once in that time, and the other job gets its turn after each."""
    clock, ran = SimulatedClock(0), []

    def slow() -> str:
        ran.append(("slow", clock.now()))
        clock.wait(600)
        return ""

    daemon = Simulated(clock, 3600, monkeypatch)
    daemon.every(60, "slow", slow)
    daemon.every(60, "other", lambda: ran.append(("other", clock.now())) or "")
    daemon.run()
    slow_at = [at for what, at in ran if what == "slow"]
    assert all(after - before >= 660 for before, after in pairwise(slow_at))
    assert len(slow_at) >= 5
    assert sum(what == "other" for what, _ in ran) >= len(slow_at)


def test_a_job_that_always_raises_is_run_at_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not again and again at once, and the job after it as often."""
    clock, ran = SimulatedClock(0), []

    def fails() -> str:
        ran.append("fails")
        raise MemoryError("whatever")

    daemon = Simulated(clock, 3600, monkeypatch)
    daemon.every(60, "fails", fails)
    daemon.every(60, "works", lambda: ran.append("works") or "")
    daemon.run()
    assert 55 <= ran.count("fails") <= 61
    assert ran.count("works") == ran.count("fails")


def test_the_loop_gives_a_sign_of_life_at_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """At least every few seconds, also while nothing is due."""
    clock, signs = SimulatedClock(0), []
    daemon = Simulated(clock, 600, monkeypatch)
    daemon.alive = lambda: signs.append(clock.monotonic())
    daemon.every(HOUR, "pass", lambda: "")
    daemon.run()
    assert max(after - before for before, after in pairwise(signs)) <= 5


@pytest.mark.parametrize("error", [SettingsError("config.toml:3: no"), Unavailable("503")])
def test_settings_that_cannot_be_taken_leave_the_old_ones(
    clock: Steppable, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """A bad file, or an instance that is away just now: it is said, and the loop goes on."""
    daemon, passes = Daemon(clock, idle=0.01), []

    def reload() -> None:
        raise error

    def a_pass() -> str:
        passes.append(1)
        daemon.reload.set()
        if len(passes) == 2:
            daemon.stop.set()
        return ""

    daemon.every(1, "pass", a_pass)
    daemon.run(reload)
    assert len(passes) == 2
    assert "the old ones stay" in caplog.text
    assert str(error) in caplog.text
