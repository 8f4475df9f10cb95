"""Dates as the platform writes and computes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.moment import instant, local, scripted, span, stamp, universal

NOON = 1_700_136_000  # Thursday 2023-11-16 12:00:00 UTC


@given(st.integers(0, 4_000_000_000))
def test_stamps_come_back(at: int) -> None:
    """Text and instant are the same thing twice, whatever the zone it is looked at from."""
    assert instant(stamp(at)) == at
    assert universal(local(stamp(at), "Asia/Shanghai"), "Asia/Shanghai") == stamp(at)


@pytest.mark.parametrize(
    ("call", "zone", "expected"),
    [
        ("gs.daysAgoStart(0)", "GMT", "2023-11-16 00:00:00"),
        ("gs.daysAgoEnd(1)", "GMT", "2023-11-15 23:59:59"),
        ("gs.daysAgoStart(0)", "Asia/Shanghai", "2023-11-15 16:00:00"),
        ("gs.hoursAgoStart(3)", "GMT", "2023-11-16 09:00:00"),
        ("gs.minutesAgo(30)", "GMT", "2023-11-16 11:30:00"),
        ("gs.monthsAgo(9)", "GMT", "2023-02-16 12:00:00"),
        ("gs.quartersAgoStart(1)", "GMT", "2023-07-01 00:00:00"),
        ("gs.beginningOfThisWeek()", "GMT", "2023-11-13 00:00:00"),
        ("gs.endOfThisMonth()", "GMT", "2023-11-30 23:59:59"),
        ("gs.beginningOfLastYear()", "GMT", "2022-01-01 00:00:00"),
        ("gs.endOfYesterday()", "GMT", "2023-11-15 23:59:59"),
        ("gs.dateGenerate('2026-01-31','13:00:00')", "Asia/Shanghai", "2026-01-31 05:00:00"),
        ("gs.dateGenerate('2026-01-31','end')", "GMT", "2026-01-31 23:59:59"),
        ('gs.dateGenerate("2026-01-31 13:00:00")', "Asia/Shanghai", "2026-01-31 05:00:00"),
        ("gs.now()", "GMT", "2023-11-16 12:00:00"),
        ("gs.nowDateTime()", "GMT", "2023-11-16 12:00:00"),
        ("gs.beginningOfNextWeek()", "GMT", "2023-11-20 00:00:00"),
        ("gs.endOfThisQuarter()", "GMT", "2023-12-31 23:59:59"),
        ("gs.beginningOfCurrentHour()", "GMT", "2023-11-16 12:00:00"),
        ("gs.beginningOfLast7Days()", "GMT", "2023-11-09 00:00:00"),
        ("gs.endOfLast3Months()", "GMT", "2023-11-30 23:59:59"),
    ],
)
def test_date_calls(call: str, zone: str, expected: str) -> None:
    """The whitelisted calls are computed in the user's zone and answered in UTC."""
    assert scripted(call, NOON, zone) == expected


@pytest.mark.parametrize(
    "call", ["", "gs.eval('1')", "gs.daysAgoStart(0);x", "__import__('os')", "gs.daysAgo(1e9)"]
)
def test_everything_else_is_unknown(call: str) -> None:
    """Nothing that is not on the list has a value."""
    assert scripted(call, NOON, "GMT") is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("1970-01-02 04:23:17", "1 Day 4 Hours 23 Minutes"),
        ("1970-01-01 08:00:00", "8 Hours"),
        ("1970-01-01 00:00:41", "41 Seconds"),
        ("1970-01-01 00:00:00", "0 Seconds"),
        ("soon", "soon"),
    ],
)
def test_durations_in_words(stored: str, shown: str) -> None:
    """Seconds are not shown when larger units are."""
    assert span(stored) == shown


def test_hours_pass_and_days_are_dates() -> None:
    """Where the clocks went back an hour, three hours ago is three hours, a day ago the same time."""
    at = instant("2023-11-05 08:00:00")
    assert at is not None
    assert scripted("gs.hoursAgo(3)", at, "America/New_York") == "2023-11-05 05:00:00"
    assert scripted("gs.daysAgo(1)", at, "America/New_York") == "2023-11-04 07:00:00"


def test_text_that_is_no_date_stays() -> None:
    """Display never fails on what a script has left in a date column."""
    assert local("tomorrow", "Asia/Shanghai") == "tomorrow"
    assert local("2023-11-16 12:00:00", "No/Where") == "2023-11-16 12:00:00"
