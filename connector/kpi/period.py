"""Periods of a report: days, weeks, months, quarters and years of a zone, cut without gap or overlap.

A period is half-open in absolute time, [start, end) in epoch seconds UTC. It begins at local midnight; where
the clocks skip midnight, at the moment they skip it; where midnight comes twice, at the first. What decides
membership is only that boundary, so an instant is in exactly one period of a kind, also on the days on which
a clock goes back over midnight.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.service_hours import ServiceHours
from connector.ticket import Instant

_SHIFT_AT_MOST = 7 * 86400


class PeriodKind(StrEnum):
    """How a report cuts time. Weeks begin on Monday and are numbered as in ISO 8601."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class OtherKind(StrEnum):
    """Stretches that do not follow the calendar."""

    SHIFT = "shift"
    """One opening of some service hours."""
    ROLLING = "rolling"
    """So many days up to a moment."""
    OWN = "own"
    """From one day to another, as a contract has it."""


class Period(NamedTuple):
    """A stretch of time that a score is about."""

    kind: PeriodKind | OtherKind
    start: Instant
    """Inclusive, seconds UTC."""
    end: Instant
    """Exclusive, seconds UTC."""
    label: str
    """``2026-03-01``, ``2026-W09``, ``2026-03``, ``2026-Q1`` or ``2026``, as the zone's calendar has it; a
    shift is ``2026-03-01 08:30-12:00``, a rolling one ``30 d to 2026-03-31 12:00``."""

    def __contains__(self, instant: object) -> bool:
        return isinstance(instant, int) and self.start <= instant < self.end


def period_of(instant: Instant, kind: PeriodKind | str, zone: ZoneInfo) -> Period:
    """The period of that kind in which the instant lies.

    Raises `ValueError` for an unknown kind, and where a boundary is outside the years 1 to 9999.
    """
    kind = PeriodKind(kind)
    first = _first_day(datetime.fromtimestamp(instant, UTC).astimezone(zone).date(), kind)
    # The local date can disagree with the boundaries for some minutes where clocks change around midnight.
    while _midnight(first, zone) > instant:
        first = _first_day(first - timedelta(days=1), kind)
    while _midnight(_next_first_day(first, kind), zone) <= instant:
        first = _next_first_day(first, kind)
    return _period(first, kind, zone)


def period_on(day: date, kind: PeriodKind | str, zone: ZoneInfo) -> Period:
    """The period of that kind to which a calendar day belongs."""
    kind = PeriodKind(kind)
    return _period(_first_day(day, kind), kind, zone)


def periods_between(start: Instant, end: Instant, kind: PeriodKind | str, zone: ZoneInfo) -> Iterator[Period]:
    """The periods of that kind that share a moment with [start, end), in order; none if ``end <= start``."""
    while start < end:
        period = period_of(start, kind, zone)
        yield period
        start = period.end


def shifts_between(start: Instant, end: Instant, hours: ServiceHours) -> Iterator[Period]:
    """The openings of these service hours that begin in [start, end), in order; labels in their zone."""
    for segment in hours.segments(start - _SHIFT_AT_MOST, end + _SHIFT_AT_MOST):
        if start <= segment.start < end:
            begin, over = (_local(at, hours.zone) for at in segment)
            label = f"{begin:%Y-%m-%d %H:%M}-{over:%H:%M}"
            yield Period(OtherKind.SHIFT, segment.start, segment.end, label)


def rolling(until: Instant, days: int, zone: ZoneInfo) -> Period:
    """The ``days`` days of 24 hours that end at ``until``. Raises `ValueError` for fewer than one."""
    if days < 1:
        raise ValueError(f"{days} days are no period; give at least one")
    label = f"{days} d to {_local(until, zone):%Y-%m-%d %H:%M}"
    return Period(OtherKind.ROLLING, until - days * 86400, until, label)


def from_day_to_day(name: str, first: date, last: date, zone: ZoneInfo) -> Period:
    """From the beginning of one day to the end of another. Raises `ValueError` where they are swapped."""
    if last < first:
        raise ValueError(f"{name} ends before it begins")
    return Period(OtherKind.OWN, _midnight(first, zone), _midnight(last + timedelta(days=1), zone), name)


def before(period: Period, zone: ZoneInfo) -> Period:
    """The period of that kind just before this one.

    Raises `ValueError` for a shift, since the one before is another team's, for a period of the desk's own,
    and where the years end.
    """
    match period.kind:
        case PeriodKind():
            return period_of(period.start - 1, period.kind, zone)
        case OtherKind.ROLLING:
            return rolling(period.start, (period.end - period.start) // 86400, zone)
        case _:
            raise ValueError(f"before a period of kind {period.kind} there is none that compares with it")


def overlapping(periods: Iterable[Period]) -> tuple[Period, Period] | None:
    """Two different periods of one kind that share a moment, or None: in both a record would count twice."""
    for _, some in groupby(sorted(set(periods), key=_in_order), key=lambda period: period.kind):
        for one, other in pairwise(some):
            if one.end > other.start:
                return one, other
    return None


def _in_order(period: Period) -> tuple[str, Instant, Instant]:
    return period.kind, period.start, period.end


def _local(instant: Instant, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone)


def _period(first: date, kind: PeriodKind, zone: ZoneInfo) -> Period:
    end = _midnight(_next_first_day(first, kind), zone)
    return Period(kind, _midnight(first, zone), end, _label(first, kind))


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    # fold=0: the first of two midnights; of a skipped one, the moment of the change.
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def _first_day(day: date, kind: PeriodKind) -> date:
    match kind:
        case PeriodKind.DAY:
            return day
        case PeriodKind.WEEK:
            return day - timedelta(days=day.weekday())
        case PeriodKind.MONTH:
            return day.replace(day=1)
        case PeriodKind.QUARTER:
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        case PeriodKind.YEAR:
            return date(day.year, 1, 1)


def _next_first_day(first: date, kind: PeriodKind) -> date:
    # Longer than the period, shorter than two of them; the first day of what is hit is the next period's.
    reach = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[kind]
    return _first_day(first + timedelta(days=reach), kind)


def _label(first: date, kind: PeriodKind) -> str:
    match kind:
        case PeriodKind.DAY:
            return first.isoformat()
        case PeriodKind.WEEK:
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}"
        case PeriodKind.MONTH:
            return f"{first.year}-{first.month:02}"
        case PeriodKind.QUARTER:
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case PeriodKind.YEAR:
            return str(first.year)
