"""Periods cut time without gap or overlap, in any zone."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kpi.period import PeriodKind, period_of, period_on, periods_between

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
