"""Periods cut time without gap or overlap, in any zone."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kpi.period import (
    OtherKind,
    PeriodKind,
    before,
    from_day_to_day,
    overlapping,
    period_of,
    period_on,
    periods_between,
    rolling,
    shifts_between,
)
from connector.service_hours import Calendar, ServiceHours

# Skipped midnights (Cairo, Beirut), doubled ones (Havana), clocks that went back at 00:01 (St John's),
# a day that never was (Apia, 2011-12-30), a half-hour change (Lord Howe), and none at all.
ZONES = [
    "Asia/Shanghai", "Europe/Berlin", "Africa/Cairo", "Asia/Beirut", "America/Havana",
    "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "UTC",
]  # fmt: skip

zones = st.sampled_from(ZONES).map(ZoneInfo)
kinds = st.sampled_from(PeriodKind)
instants = st.integers(
    int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2035, 1, 1, tzinfo=UTC).timestamp())
)


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    """Epoch seconds of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@settings(max_examples=300, deadline=None)
@given(instants, kinds, zones)
def test_every_instant_lies_in_its_period_and_the_next_begins_where_it_ends(instant, kind, zone):
    """A period holds the instant that asked for it, and its neighbour touches it."""
    period = period_of(instant, kind, zone)
    assert instant in period
    assert period_of(period.start, kind, zone) == period
    assert period_of(period.end - 1, kind, zone) == period
    following = period_of(period.end, kind, zone)
    assert following.start == period.end
    assert following.label > period.label or kind is PeriodKind.WEEK


@settings(max_examples=60, deadline=None)
@given(instants, zones)
def test_days_make_weeks_and_months_make_years(instant, zone):
    """The shorter periods inside a longer one fill it exactly."""
    for short, long in (("day", "week"), ("day", "month"), ("month", "quarter"), ("quarter", "year")):
        whole = period_of(instant, long, zone)
        parts = list(periods_between(whole.start, whole.end, short, zone))
        assert parts[0].start == whole.start
        assert parts[-1].end == whole.end
        assert all(a.end == b.start for a, b in pairwise(parts))


@pytest.mark.parametrize("change", ["2006-10-29 00:01", "2006-10-28 23:30", "2006-10-29 00:00"])
def test_a_clock_that_goes_back_over_midnight_does_not_reopen_yesterday(change):
    """St John's, 00:01 back to 23:01: the hour that says yesterday again belongs to the day begun."""
    zone = ZoneInfo("America/St_Johns")
    first_midnight = int(datetime(2006, 10, 29, tzinfo=zone).timestamp())
    moment = datetime.fromisoformat(change).replace(tzinfo=zone, fold=1)
    period = period_of(int(moment.timestamp()), "day", zone)
    assert (period.label, period.start) == ("2006-10-29", first_midnight)


def test_a_day_of_a_clock_change_has_23_or_25_hours():
    """Berlin's days of change are as long as they were."""
    berlin = ZoneInfo("Europe/Berlin")
    lengths = [
        (period.end - period.start) // 3600
        for period in (
            period_on(date(2026, 3, 29), "day", berlin),
            period_on(date(2026, 10, 25), "day", berlin),
        )
    ]
    assert lengths == [23, 25]


def test_where_midnight_is_skipped_the_day_begins_with_the_change():
    """Cairo, 2024-04-26: there was no 00:00; the day began at 01:00 summer time."""
    cairo = ZoneInfo("Africa/Cairo")
    day = period_on(date(2024, 4, 26), "day", cairo)
    assert day.start == int(datetime(2024, 4, 26, 1, tzinfo=cairo).timestamp())
    assert day.end - day.start == 23 * 3600


def test_a_clock_that_jumps_over_midnight_leaves_no_instant_out():
    """Toronto, 1919-03-30, 23:30 forward to 00:30: what was skipped of the 30th still is."""
    toronto = ZoneInfo("America/Toronto")
    jump = int(datetime(1919, 3, 30, 23, 30, tzinfo=toronto).timestamp())
    assert datetime.fromtimestamp(jump, UTC).astimezone(toronto).day == 31
    assert period_of(jump, "day", toronto).label == "1919-03-30"
    assert jump in period_of(jump, "day", toronto)


@pytest.mark.parametrize(
    ("kind", "label", "start", "end"),
    [
        ("day", "2026-03-01", "2026-03-01", "2026-03-02"),
        ("week", "2026-W09", "2026-02-23", "2026-03-02"),
        ("month", "2026-03", "2026-03-01", "2026-04-01"),
        ("quarter", "2026-Q1", "2026-01-01", "2026-04-01"),
        ("year", "2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_periods_are_named_as_people_name_them(kind, label, start, end):
    """A Sunday of March belongs to the week that began in February, to March, to the first quarter."""
    period = period_on(date(2026, 3, 1), kind, ZoneInfo("Asia/Shanghai"))
    assert period == (kind, at(start), at(end), label)


def test_the_week_around_new_year_carries_its_iso_year():
    """1 January 2027 is a Friday of week 53 of 2026."""
    assert period_on(date(2027, 1, 1), "week", ZoneInfo("UTC")).label == "2026-W53"


def test_an_unknown_kind_is_refused():
    """A fortnight is not a period."""
    with pytest.raises(ValueError, match="fortnight"):
        period_of(0, "fortnight", ZoneInfo("UTC"))


def test_nothing_lies_between_a_moment_and_itself():
    """An empty stretch has no periods."""
    assert list(periods_between(5, 5, "day", ZoneInfo("UTC"))) == []


@given(instants, kinds, zones)
def test_the_period_before_ends_where_this_one_begins(instant, kind, zone):
    """For every kind the calendar has; a rolling one steps back by its own length."""
    period = period_of(instant, kind, zone)
    assert before(period, zone).end == period.start
    last = rolling(instant, 30, zone)
    assert (last.end, last.end - last.start) == (instant, 30 * 86400)
    assert (before(last, zone).start, before(last, zone).end) == (last.start - 30 * 86400, last.start)


def test_shifts_are_the_openings_of_service_hours():
    """Two on a working day, none on the day off, and a night shift is of the day on which it begins."""
    weekly = {"mon-fri": ["08:30-12:00", "13:30-18:00"], "sat": ["22:00-24:00"], "sun": ["00:00-06:00"]}
    hours = ServiceHours.compile(Calendar.parse("onsite", "Asia/Shanghai", weekly))
    friday = period_on(date(2026, 3, 6), "day", hours.zone)
    shifts = list(shifts_between(friday.start, friday.start + 3 * 86400, hours))
    assert [shift.label for shift in shifts] == [
        "2026-03-06 08:30-12:00",
        "2026-03-06 13:30-18:00",
        "2026-03-07 22:00-06:00",
    ]
    assert {shift.kind for shift in shifts} == {OtherKind.SHIFT}
    assert overlapping(shifts) is None
    with pytest.raises(ValueError, match="there is none that compares"):
        before(shifts[0], hours.zone)


def test_a_period_of_the_desks_own_holds_both_its_days():
    """From the first midnight to the one after the last day; swapped days are refused."""
    zone = ZoneInfo("Asia/Shanghai")
    own = from_day_to_day("contract", date(2026, 3, 1), date(2026, 3, 31), zone)
    assert (own.start, own.end) == period_on(date(2026, 3, 1), "month", zone)[1:3]
    assert overlapping([own, from_day_to_day("next", date(2026, 4, 1), date(2026, 4, 2), zone)]) is None
    late = from_day_to_day("late", date(2026, 3, 31), date(2026, 4, 2), zone)
    assert overlapping([late, own]) == (own, late)
    with pytest.raises(ValueError, match="ends before it begins"):
        from_day_to_day("x", date(2026, 3, 2), date(2026, 3, 1), zone)
    with pytest.raises(ValueError, match="give at least one"):
        rolling(0, 0, zone)
