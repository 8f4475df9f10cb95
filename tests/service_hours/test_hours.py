"""The laws of business time, and agreement with a slow independent count around clock changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.service_hours import Calendar, OutsideHorizon, Segment, ServiceHours

# Uneven on purpose, so that no lucky symmetry passes.
UNEVEN = {"mon-thu": ["08:30-12:00", "13:30-18:00"], "fri": ["09:15-16:45"], "sun": ["22:00-02:30"]}
NIGHT = {"mon-sat": ["22:00-06:00", "05:00-07:10"]}
CALENDARS = {
    calendar.name: calendar
    for calendar in (
        Calendar.parse("shanghai", "Asia/Shanghai", UNEVEN, holidays="CN", make_up="fri"),
        Calendar.parse("berlin", "Europe/Berlin", UNEVEN),
        Calendar.parse("berlin-early", "Europe/Berlin", {"mon-sun": ["00:00-02:30", "02:45-03:15"]}),
        Calendar.parse("new-york", "America/New_York", NIGHT),
        Calendar.parse("lord-howe", "Australia/Lord_Howe", {"mon-sun": ["01:10-01:50", "21:00-24:00"]}),
        Calendar.always("always", "Europe/London"),
    )
}
# Two UTC days around a clock change, for Shanghai around a make-up Saturday.
AROUND = {
    "shanghai": ("2026-10-08", "2026-10-09", "2026-02-13"),
    "berlin": ("2026-03-28", "2026-10-24"),
    "berlin-early": ("2026-03-28", "2026-10-24"),
    "new-york": ("2026-03-07", "2026-10-31"),
    "lord-howe": ("2026-04-04", "2026-10-03"),
    "always": ("2026-03-28", "2026-10-24"),
}
# Typed from the notice of the State Council for 2026, not asked of the code under test.
NOTICE = {date(2026, 10, day): None for day in range(1, 8)} | {
    date(2026, 2, day): None for day in range(15, 24)
}
NOTICE |= {date(2026, 10, 10): 4, date(2026, 2, 14): 4}
HOURS = {name: ServiceHours.compile(calendar) for name, calendar in CALENDARS.items()}

FIRST = int(datetime(2025, 11, 1, tzinfo=UTC).timestamp())
names = st.sampled_from(sorted(CALENDARS))
instants = st.integers(FIRST, FIRST + 400 * 86400)
budgets = st.one_of(st.integers(0, 12 * 3600), st.integers(0, 300 * 3600))
pauses_near = st.lists(
    st.tuples(st.integers(-86400, 10 * 86400), st.integers(-3600, 3 * 86400)), max_size=4
)  # (from, length) around the start: unsorted, overlapping, empty, reversed, reaching outside


def placed(start: int, pauses: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(offset, length) around ``start`` → (from, to)."""
    return [(start + offset, start + offset + length) for offset, length in pauses]


@given(names, instants, budgets, pauses_near)
@settings(max_examples=200)
def test_what_is_due_has_just_elapsed(
    name: str, start: int, budget: int, near: list[tuple[int, int]]
) -> None:
    """elapsed(t, add(t, d, p), p) == d, and a second earlier it had not."""
    hours, pauses = HOURS[name], placed(start, near)
    due = hours.add(start, budget, pauses)
    assert hours.elapsed(start, due, pauses) == budget
    if budget:
        assert hours.elapsed(start, due - 1, pauses) == budget - 1
    assert sum(segment.seconds for segment in hours.segments(start, due, pauses)) == budget


@given(names, st.lists(instants, min_size=3, max_size=3), pauses_near)
@settings(max_examples=150)
def test_elapsed_adds_up(name: str, at: list[int], near: list[tuple[int, int]]) -> None:
    """elapsed(a, b) + elapsed(b, c) == elapsed(a, c), pauses or not."""
    a, b, c = sorted(at)
    hours, pauses = HOURS[name], placed(a, near)
    assert hours.elapsed(a, b, pauses) + hours.elapsed(b, c, pauses) == hours.elapsed(a, c, pauses)
    assert 0 <= hours.elapsed(a, c, pauses) <= hours.elapsed(a, c) <= c - a


@given(names, instants, st.lists(budgets, min_size=2, max_size=2), pauses_near)
@settings(max_examples=100)
def test_more_is_never_sooner(name: str, start: int, both: list[int], near: list[tuple[int, int]]) -> None:
    """A larger budget, a later start or one more pause never makes it due earlier."""
    small, large = sorted(both)
    hours, pauses = HOURS[name], placed(start, near)
    assert hours.add(start, small, pauses) <= hours.add(start, large, pauses)
    assert hours.add(start, large) <= hours.add(start, large, pauses)
    if large:
        assert hours.add(start, large) <= hours.add(start + 3600, large)


@given(names, instants, st.lists(budgets, max_size=4))
@settings(max_examples=100)
def test_several_budgets_at_once_are_each_by_itself(name: str, start: int, several: list[int]) -> None:
    """Of one start, in any order, also where the years have not been compiled yet."""
    alone = [HOURS[name].add(start, budget) for budget in several]
    assert HOURS[name].add_each(start, several) == alone
    if name == "always":  # compiling a real calendar takes too long for every example
        assert ServiceHours.compile(CALENDARS[name]).add_each(start, several) == alone


@given(instants, st.integers(0, 10**7))
@settings(max_examples=50)
def test_around_the_clock_is_absolute_time(start: int, seconds: int) -> None:
    """7×24 knows no clock change."""
    assert HOURS["always"].add(start, seconds) == start + seconds
    assert HOURS["always"].elapsed(start, start + seconds) == seconds


@given(names, instants)
@settings(max_examples=150)
def test_next_open_is_open_and_nothing_before_it(name: str, at: int) -> None:
    """The next opening is open, and from here to there nothing counts."""
    hours = HOURS[name]
    opening = hours.next_open(at)
    assert opening >= at
    assert hours.is_open(opening)
    assert hours.elapsed(at, opening) == 0
    assert hours.is_open(at) == (opening == at)


@cache
def open_minutes(name: str, first_day: str) -> frozenset[int]:
    """Which minutes of four UTC days count: each compared with every window nearby, as aware datetimes."""
    calendar = CALENDARS[name]
    zone = ZoneInfo(calendar.zone)
    midnight = datetime.fromisoformat(first_day).replace(tzinfo=UTC)
    windows = []
    for step in range(-3, 8):
        day = midnight.date() + timedelta(days=step)
        weekday: int | None = day.weekday()
        if name == "shanghai":
            weekday = NOTICE.get(day, weekday)
        for opens, closes in calendar.weekly[weekday] if weekday is not None else ():
            ends = [
                datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
                for minute in (opens, closes + 1440 * (closes <= opens))
            ]
            windows.append([end.astimezone(UTC) for end in ends])
    minutes = ((midnight + timedelta(minutes=nth)) for nth in range(4 * 1440))
    return frozenset(
        int(at.timestamp()) // 60 for at in minutes if any(begin <= at < end for begin, end in windows)
    )


def counts(name: str, first_day: str, at: int, pauses: Sequence[tuple[int, int]]) -> bool:
    """Whether the second that begins at ``at`` counts."""
    return at // 60 in open_minutes(name, first_day) and not any(begin <= at < end for begin, end in pauses)


@given(
    st.sampled_from([(name, day) for name, days in AROUND.items() for day in days]),
    st.integers(0, 2 * 86400),
    st.integers(0, 86400),
    st.lists(st.tuples(st.integers(-7200, 86400), st.integers(-600, 20000)), max_size=3),
)
@settings(max_examples=150)
@example(("berlin-early", "2026-03-28"), 86400 - 7200, 20000, [(100, 300)])
@example(("berlin-early", "2026-10-24"), 86400 - 7200, 20000, [(100, 300)])
@example(("shanghai", "2026-10-09"), 57600, 50000, [])
@example(("shanghai", "2026-02-13"), 57600, 50000, [])
def test_agrees_with_counting_seconds(
    where: tuple[str, str], offset: int, length: int, near: list[tuple[int, int]]
) -> None:
    """Second by second through a clock change or a make-up Saturday: the same elapsed time, the same due."""
    name, day = where
    start = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) + offset
    pauses = placed(start, near)
    counted = [at for at in range(start, start + length) if counts(name, day, at, pauses)]
    assert HOURS[name].elapsed(start, start + length, pauses) == len(counted)
    if counted:
        assert HOURS[name].add(start, len(counted), pauses) == counted[-1] + 1
    assert HOURS[name].is_open(start) == counts(name, day, start, ())


def at(text: str, zone: str) -> int:
    """A wall clock reading as an instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_window_into_the_changed_hour(day: str) -> None:
    """00:00-02:30 in Berlin is 150 minutes on both change days: skipped moves on, repeated is the first."""
    hours = ServiceHours.compile(Calendar.parse("x", "Europe/Berlin", {"sun": ["00:00-02:30"]}))
    midnight = at(f"{day} 00:00", "Europe/Berlin")
    assert hours.elapsed(midnight, midnight + 86400) == 150 * 60


def test_a_night_of_the_clock_change_has_its_real_length() -> None:
    """22:00-06:00 is seven hours in spring and nine in autumn."""
    hours = ServiceHours.compile(Calendar.parse("x", "Europe/Berlin", {"sat": ["22:00-06:00"]}))
    for day, length in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-06", 8)):
        opening = at(f"{day} 22:00", "Europe/Berlin")
        assert hours.elapsed(opening, opening + 86400) == length * 3600


def test_a_window_the_clock_skips_whole() -> None:
    """02:00-03:00 on the spring day is nothing, 02:15-02:45 moves on to 03:15-03:45."""
    midnight = at("2026-03-29 00:00", "Europe/Berlin")
    for window, seconds in (("02:00-03:00", 0), ("02:15-02:45", 1800)):
        hours = ServiceHours.compile(Calendar.parse("x", "Europe/Berlin", {"sun": [window]}))
        assert hours.elapsed(midnight, midnight + 86400) == seconds


def test_due_is_closing_time_and_not_the_next_opening() -> None:
    """A budget used up exactly at closing is due at closing."""
    hours = ServiceHours.compile(Calendar.parse("x", "Asia/Shanghai", {"mon-fri": ["09:00-17:00"]}))
    opening = at("2026-10-09 09:00", "Asia/Shanghai")
    assert hours.add(opening, 8 * 3600) == opening + 8 * 3600
    assert hours.add(opening, 8 * 3600 + 1) == opening + 3 * 86400 + 1
    assert not hours.is_open(opening + 8 * 3600)


def test_no_budget_is_used_up_at_once() -> None:
    """Zero is due at the start, also at night; less than nothing is refused."""
    assert HOURS["berlin"].add(FIRST, 0) == FIRST
    with pytest.raises(ValueError, match="cannot be used up"):
        HOURS["berlin"].add(FIRST, -1)
    with pytest.raises(ValueError, match="cannot be used up"):
        HOURS["berlin"].add_each(FIRST, (60, -1))


def test_end_before_start_is_nothing() -> None:
    """No negative time."""
    assert HOURS["always"].elapsed(FIRST, FIRST - 100) == 0
    assert HOURS["always"].segments(FIRST, FIRST - 100) == []


def test_overlapping_and_touching_windows_are_one() -> None:
    """Time does not count twice, and 24:00 meets 00:00 without a seam."""
    hours = ServiceHours.compile(
        Calendar.parse("x", "UTC", {"mon": ["08:00-12:00", "11:00-24:00"], "tue": ["00:00-01:00"]})
    )
    monday = at("2026-10-12 00:00", "UTC")
    assert hours.segments(monday, monday + 7 * 86400) == [Segment(monday + 8 * 3600, monday + 25 * 3600)]


def test_segments_tell_what_counted() -> None:
    """The explanation is cut by start, end and pauses, in order."""
    hours = ServiceHours.compile(Calendar.parse("x", "UTC", {"mon-tue": ["08:00-12:00"]}))
    eight = at("2026-10-12 08:00", "UTC")
    assert hours.segments(
        eight + 60, eight + 86400 + 60, [(eight + 300, eight + 600), (eight, eight + 120)]
    ) == [
        (eight + 120, eight + 300),
        (eight + 600, eight + 4 * 3600),
        (eight + 86400, eight + 86400 + 60),
    ]


def test_beyond_the_horizon_is_said_and_not_guessed() -> None:
    """Before, after, too large a budget, a pause without end, a calendar that never opens."""
    hours = ServiceHours.compile(Calendar.parse("x", "UTC", {"mon": ["09:00-10:00"]}), (2020, 2021))
    inside = at("2020-06-01 00:00", "UTC")
    asked = [
        lambda: hours.add(at("2019-12-31 23:59", "UTC"), 60),
        lambda: hours.add(inside, 10**7),
        lambda: hours.add_each(inside, (60, 10**7)),
        lambda: hours.add(inside, 60, [(inside, 10**15)]),
        lambda: hours.elapsed(inside, at("2022-01-01 00:00", "UTC")),
        lambda: hours.is_open(10**15),
        lambda: hours.next_open(at("2021-12-31 00:00", "UTC")),
        lambda: ServiceHours.compile(Calendar("x", "UTC", ((),) * 7)).next_open(inside),
    ]
    for ask in asked:
        with pytest.raises(OutsideHorizon, match='service hours "x"'):
            ask()
    assert hours.elapsed(inside, at("2021-12-31 23:59", "UTC"), [(0, 10**15)]) == 0


@given(names, st.permutations(range(2016, 2034)), st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_the_order_of_asking_does_not_matter(name: str, years: list[int], budget: int) -> None:
    """Years are compiled as they are asked for, and that is not seen in any answer."""
    lazy, whole = (ServiceHours.compile(CALENDARS[name]) for _ in range(2))
    whole.elapsed(at("2015-01-01 12:00", "UTC"), at("2035-12-31 12:00", "UTC"))
    for year in years[:4]:
        start = at(f"{year}-12-30 12:00", "UTC")
        assert lazy.add_each(start, (0, budget)) == whole.add_each(start, (0, budget))
        assert lazy.add(start, budget) == whole.add(start, budget)
        assert lazy.next_open(start) == whole.next_open(start)


def test_datetimes_are_instants_with_a_zone() -> None:
    """Aware datetimes answer like instants, in UTC; naive ones are refused."""
    hours = HOURS["berlin"]
    start = datetime(2026, 10, 23, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    noon = start + timedelta(hours=1)
    due = hours.add_at(start, 7200, [(start, noon)])
    assert due.tzinfo is UTC
    assert int(due.timestamp()) == hours.add(
        int(start.timestamp()), 7200, [(int(start.timestamp()), int(noon.timestamp()))]
    )
    assert hours.elapsed_between(start, due, [(start, noon)]) == 7200
    bare = start.replace(tzinfo=None)
    for ask in (
        lambda: hours.add_at(bare, 1),
        lambda: hours.elapsed_between(start, bare),
        lambda: hours.add_at(start, 1, [(start, bare)]),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            ask()


def test_equal_calendars_are_equal_hours() -> None:
    """Hours are values: what has been compiled so far does not tell them apart."""
    one, other = (ServiceHours.compile(CALENDARS["shanghai"]) for _ in range(2))
    one.is_open(FIRST)
    assert one == other
    assert hash(one) == hash(other)
    assert one != HOURS["berlin"]
    assert "shanghai" in repr(one)
