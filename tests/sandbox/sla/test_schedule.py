"""Business time of a schedule."""

import calendar
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox.sla.schedule import Schedule

WEEK = 7 * 86400
MONDAY = 1_700_442_000  # 2023-11-20 01:00:00 UTC


def entry(
    start: str, end: str, repeat: str = "weekdays", kind: str = "work", days: str = ""
) -> dict[str, str]:
    """A row of `cmn_schedule_span`."""
    told = {"start_date_time": start, "end_date_time": end, "repeat_type": repeat, "type": kind}
    return told | {"days_of_week": days, "repeat_until": ""}


OFFICE = Schedule(
    [
        entry("20230102T080000", "20230102T180000"),
        entry("20230102T120000", "20230102T130000", kind="exclude"),
        entry("20230107T220000", "20230108T020000", repeat="weekly", days="6"),
    ],
    "Europe/Berlin",
)


@limits(max_examples=60, deadline=None)
@given(st.integers(0, 3 * WEEK), st.integers(1, 200 * 3600))
def test_what_has_passed_after_is_between(start: int, seconds: int) -> None:
    """`after` is the first moment until which `between` counts that much."""
    start += MONDAY
    end = OFFICE.after(start, seconds)
    assert end is not None
    assert OFFICE.between(start, end) == seconds
    assert OFFICE.between(start, end - 1) == seconds - 1


def test_a_week_has_its_hours() -> None:
    """Five days of nine hours, and Saturday night over midnight."""
    assert OFFICE.between(MONDAY, MONDAY + WEEK) == (5 * 9 + 4) * 3600


def test_nothing_passes_without_entries() -> None:
    """An empty schedule, or one whose dates cannot be read, never comes to an end."""
    for rows in ([], [entry("soon", "later")]):
        assert Schedule(rows, "GMT").between(MONDAY, MONDAY + WEEK) == 0
        assert Schedule(rows, "GMT").after(MONDAY, 1) is None


# Clock changes, against a count that only asks what the clocks show


BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
CHANGES = [
    (BERLIN, datetime(2024, 3, 31, tzinfo=UTC)),
    (BERLIN, datetime(2024, 10, 27, tzinfo=UTC)),
    (NEW_YORK, datetime(2024, 3, 10, tzinfo=UTC)),
    (NEW_YORK, datetime(2024, 11, 3, tzinfo=UTC)),
]
"""Zone and the Sunday on which its clocks change."""


def counted(zone: str, opens: int, closes: int, start: int, end: int) -> int:
    """Seconds between two moments in a daily entry within one date (minutes of the day), minute by minute.

    The entry opens on each date when the clock first shows `opens` or later, and closes when it first shows
    `closes` or later.
    """
    total, day, opened, closed, at = 0, 0, False, False, ZoneInfo(zone)
    for minute in range(start - start % 60 - 86400, end, 60):
        shown = datetime.fromtimestamp(minute, at)
        if shown.day != day:
            day, opened, closed = shown.day, False, False
        opened = opened or shown.hour * 60 + shown.minute >= opens
        closed = closed or shown.hour * 60 + shown.minute >= closes
        if opened and not closed:
            total += max(0, min(minute + 60, end) - max(minute, start))
    return total


@pytest.mark.parametrize(("zone", "sunday"), CHANGES)
@limits(max_examples=25, deadline=None)
@given(
    hours=st.tuples(st.integers(0, 23 * 4), st.integers(1, 4 * 4)),
    start=st.integers(0, 2 * 86400),
    length=st.integers(1, 2 * 86400),
)
def test_a_clock_change_counts_what_the_clocks_show(
    zone: str, sunday: datetime, hours: tuple[int, int], start: int, length: int
) -> None:
    """Also entries that begin or end in the hour that is left out or comes twice."""
    begin, end = hours[0] * 15, min(24 * 60 - 1, (hours[0] + hours[1]) * 15)
    opens, closes = (f"20240101T{at // 60:02}{at % 60:02}00" for at in (begin, end))
    row = entry(opens, closes, repeat="daily")
    schedule = Schedule([row], zone)
    start += int(sunday.timestamp()) - 86400
    assert schedule.between(start, start + length) == counted(zone, begin, end, start, start + length)


@pytest.mark.parametrize(("zone", "sunday"), CHANGES)
def test_days_that_are_longer_or_shorter(zone: str, sunday: datetime) -> None:
    """A whole day is from midnight to midnight, whatever the clocks do in between."""
    row = entry("20240101T000000", "20240101T235959", repeat="daily") | {"all_day": "true"}
    at = ZoneInfo(zone)
    midnights = [int((sunday + timedelta(days=more)).replace(tzinfo=at).timestamp()) for more in range(-3, 5)]
    schedule = Schedule([row], zone)
    for begin, end in pairwise(midnights):
        assert schedule.between(begin, end) == end - begin
    assert sorted({end - begin for begin, end in pairwise(midnights)}) in ([82800, 86400], [86400, 90000])


def test_shifts_over_a_clock_change_leave_no_gap() -> None:
    """What one ends with the other begins with, also in the hour that comes twice."""
    rows = [
        entry("20240101T180000", "20240102T023000", repeat="daily"),
        entry("20240101T023000", "20240101T180000", repeat="daily"),
    ]
    for zone, sunday in CHANGES:
        start = int(sunday.timestamp()) - 86400
        assert Schedule(rows, zone).between(start, start + 3 * 86400) == 3 * 86400


# What an entry says


@pytest.mark.parametrize("end", ["20240101T235959", "20240101T000000", "20240102T000000"])
def test_all_day_is_the_whole_day(end: str) -> None:
    """The form stores it until 23:59:59; no second is lost."""
    row = entry("20240101T000000", end, repeat="daily") | {"all_day": "true"}
    schedule = Schedule([row], "Asia/Shanghai")
    assert schedule.between(MONDAY, MONDAY + WEEK) == 0, "before it begins"
    later = MONDAY + 20 * WEEK
    assert schedule.between(later, later + WEEK) == WEEK


@pytest.mark.parametrize("kind", ["exclude", "excluded", "Excluded"])
def test_both_names_of_an_exclusion(kind: str) -> None:
    """A holiday closes its day, whichever way its type was written."""
    holiday = entry("20231121T000000", "20231121T235959", repeat="", kind=kind) | {"all_day": "true"}
    office = Schedule([entry("20230102T080000", "20230102T180000"), holiday], "GMT")
    assert office.between(MONDAY, MONDAY + WEEK) == 4 * 10 * 3600


@limits(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(0, 59))
def test_every_so_many_days(every: int, ahead: int) -> None:
    """Daily every n: on the first day and each nth after it."""
    row = entry("20231120T080000", "20231120T090000", repeat="daily") | {"repeat_count": str(every)}
    begin = MONDAY - 3600 + ahead * 86400
    expected = 3600 if ahead % every == 0 else 0
    assert Schedule([row], "GMT").between(begin, begin + 86400) == expected


@limits(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(0, 40), st.integers(0, 6))
def test_every_so_many_weeks(every: int, ahead: int, first: int) -> None:
    """Weekly every n on Monday and Thursday: in the week of the first day and each nth after it."""
    start = date(2023, 11, 20) + timedelta(days=first)
    row = entry(f"{start:%Y%m%d}T080000", f"{start:%Y%m%d}T090000", repeat="weekly", days="14")
    schedule = Schedule([row | {"repeat_count": str(every)}], "GMT")
    day = date(2023, 11, 20) + timedelta(days=ahead)
    begin = MONDAY - 3600 + ahead * 86400
    wanted = day.isoweekday() in {1, 4} and ahead // 7 % every == 0 and day >= start
    assert schedule.between(begin, begin + 86400) == (3600 if wanted or day == start else 0)


@pytest.mark.parametrize("count", ["", "0", "-1", "many"])
def test_a_count_that_is_none_is_one(count: str) -> None:
    """Left empty on most instances."""
    row = entry("20230102T080000", "20230102T090000", repeat="daily") | {"repeat_count": count}
    assert Schedule([row], "GMT").between(MONDAY, MONDAY + WEEK) == 7 * 3600


# Yearly entries: the holidays


def closed(row: dict[str, str], year: int) -> list[date]:
    """The days of a year on which a schedule that is open all day has not a second."""
    every = entry("20000101T000000", "20000101T235959", repeat="daily") | {"all_day": "true"}
    schedule = Schedule([every, row], "GMT")
    days = (date(year, 1, 1) + timedelta(days=ahead) for ahead in range(365 + calendar.isleap(year)))
    midnights = ((day, int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())) for day in days)
    return [day for day, begin in midnights if schedule.between(begin, begin + 86400) == 0]


def holiday(start: str, **more: str) -> dict[str, str]:
    """A yearly exclusion of one day."""
    row = entry(f"{start}T000000", f"{start}T235959", repeat="yearly", kind="exclude")
    return row | {"all_day": "true"} | more


@pytest.mark.parametrize("year", [2024, 2025, 2027])
def test_a_date_comes_every_year(year: int) -> None:
    """From the year of the entry on; 29 February where there is one; every so many years."""
    assert closed(holiday("20121225"), year) == [date(year, 12, 25)]
    assert closed(holiday("20291225"), year) == []
    assert closed(holiday("20000229"), year) == ([date(year, 2, 29)] if calendar.isleap(year) else [])
    assert closed(holiday("20211003", repeat_count="2"), year) == [date(year, 10, 3)] * (year % 2)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
@pytest.mark.parametrize("week", ["1", "2", "3", "4", "last"])
@pytest.mark.parametrize(("month", "day"), [(1, 2), (5, 2), (9, 1), (11, 5), (2, 7)])
def test_a_floating_day(year: int, week: str, month: int, day: int) -> None:
    """The nth or last weekday of a month, picked out of the month's calendar; the start itself is none."""
    row = holiday("20120901", yearly_type="float", month=str(month), float_week=week, float_day=str(day))
    weekday = (day - 2) % 7  # theirs begins with Sunday as 1, the calendar's with Monday as 0
    found = [
        one
        for one in calendar.Calendar().itermonthdates(year, month)
        if one.month == month and one.weekday() == weekday
    ]
    assert closed(row, year) == [found[-1] if week == "last" else found[int(week) - 1]]


def test_a_floating_day_that_cannot_be_read_closes_nothing() -> None:
    """Like any entry that makes no sense."""
    row = holiday("20120901", yearly_type="float", month="9", float_week="first", float_day="2")
    assert closed(row, 2024) == []
