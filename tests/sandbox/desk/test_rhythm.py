"""The rhythm of a desk: hours of presence and calls over the day."""

import random
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.desk.rhythm import (
    DAY,
    EARLY,
    LATE,
    NIGHT,
    OFFICE,
    WEEKEND,
    Hours,
    arrivals,
    midnight,
    weekday,
)

CHINA = timezone(timedelta(hours=8))
MONDAY = int(datetime(2026, 3, 2, tzinfo=CHINA).timestamp())
instants = st.integers(MONDAY - 400 * DAY, MONDAY + 400 * DAY)
hours = st.sampled_from([OFFICE, EARLY, LATE, NIGHT, WEEKEND])


@given(instants)
def test_day_and_midnight_are_those_of_china(at: int) -> None:
    """Weekday and midnight agree with the standard library's in China's zone."""
    local = datetime.fromtimestamp(at, UTC).astimezone(CHINA)
    assert weekday(at) == local.weekday()
    assert midnight(at) == int(local.replace(hour=0, minute=0, second=0).timestamp())


@given(hours, instants)
def test_opening_is_the_first_open_instant(which: Hours, at: int) -> None:
    """Hours open at their opening, are shut just before it, and an open instant is its own opening."""
    opening = which.opening(at)
    assert opening >= at
    assert which.is_open(opening)
    assert which.is_open(at) == (opening == at)
    if opening > at:
        assert not which.is_open(opening - 1)


def test_a_night_shift_runs_past_midnight() -> None:
    """Who begins at 20:00 is there at 03:00 and gone at noon."""
    assert NIGHT.is_open(MONDAY + 3 * 3600)
    assert not NIGHT.is_open(MONDAY + 12 * 3600)
    assert NIGHT.opening(MONDAY + 12 * 3600) == MONDAY + 20 * 3600


@given(st.integers(0, 10_000), st.integers(0, 6))
def test_calls_lie_in_their_day_and_in_order(seed: int, day: int) -> None:
    """All of a day's calls fall into the day, sorted."""
    start = MONDAY + day * DAY
    calls = arrivals(random.Random(seed), start, 60)
    assert calls == sorted(calls)
    assert all(start <= at < start + DAY for at in calls)


def test_the_day_has_two_peaks_and_the_week_an_end() -> None:
    """More calls from nine to eleven and from two to four than at noon or night; few on Sunday."""
    rng = random.Random(1)
    monday = [(at - MONDAY) // 3600 for _ in range(40) for at in arrivals(rng, MONDAY, 60)]
    sunday = [at for _ in range(40) for at in arrivals(rng, MONDAY + 6 * DAY, 60)]
    assert monday.count(9) > 3 * monday.count(12)
    assert monday.count(14) > 2 * monday.count(12)
    assert monday.count(3) < monday.count(12)
    assert len(sunday) < len(monday) / 5
