"""`ServiceHours`: the verbs of business time on a compiled calendar."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from math import floor
from typing import Self
from zoneinfo import ZoneInfo

from connector.errors import SettingsError
from connector.service_hours.boundary import doubtful
from connector.service_hours.calendar import Calendar
from connector.service_hours.holiday import is_unannounced
from connector.service_hours.table import EMPTY, Instant, Segment, compile_table, year_of

Pauses = Sequence[tuple[Instant, Instant]]
"""Stretches [from, to) that do not count; in any order, overlapping, empty or reaching outside."""

_OFF_TABLE = (IndexError, TypeError)  # how the table says "not compiled yet", see `Table`


class OutsideHorizon(SettingsError, ValueError):
    """The answer lies outside the years the calendar is compiled for, or the calendar never opens again."""


class ServiceHours:
    """A calendar with its table. Years are compiled when first asked for.

    All instants are seconds since 1970, UTC, all durations seconds. Equal when the calendars are equal.
    Every verb raises `OutsideHorizon` rather than guess beyond the horizon.
    """

    __slots__ = ("_elsewhere", "_lists", "calendar", "horizon", "zone")

    def __init__(self, calendar: Calendar, horizon: tuple[int, int] = (2015, 2035)) -> None:
        self.calendar = calendar
        self.horizon = horizon
        self.zone = ZoneInfo(calendar.zone)
        self._lists: tuple[list[int], ...] = tuple(EMPTY)
        """Those of the `Table`: a bare tuple is unpacked several times as quickly as a named one."""
        self._elsewhere: dict[str, ServiceHours] = {}

    @classmethod
    def compile(cls, calendar: Calendar, horizon: tuple[int, int] = (2015, 2035)) -> Self:
        """Service hours for the years ``horizon[0]`` … ``horizon[1]``, both included, in UTC."""
        return cls(calendar, horizon)

    def within(self, zone: str) -> "ServiceHours":
        """The same hours by the clocks of another zone: its days, its 08:30. Made once for each zone.

        ``zone``: an IANA name that exists.
        """
        if zone == self.calendar.zone:
            return self
        found = self._elsewhere.get(zone)
        if found is None:
            found = self._elsewhere[zone] = ServiceHours(replace(self.calendar, zone=zone), self.horizon)
        return found

    @property
    def name(self) -> str:
        """What the configuration calls them."""
        return self.calendar.name

    def add(self, start: Instant, seconds: int, pauses: Pauses = ()) -> Instant:
        """When a budget that starts to run at ``start`` is used up: the earliest such instant.

        F⁻¹(F(start) + seconds + paused). A budget of 0 is used up at ``start``, open or not.
        Raises ValueError for a negative budget.
        """
        if seconds > 0:
            edges, level, sums, shift = self._lists
            try:
                i = bisect_right(edges, start)
                target = seconds + (start - level[i] if i & 1 else level[i])
                if pauses:
                    counted_to = start
                    for begin, end in sorted(pauses):
                        if begin < counted_to:
                            begin = counted_to
                        if end > begin:
                            i = bisect_right(edges, begin, i)
                            before = begin - level[i] if i & 1 else level[i]
                            if before >= target:
                                break
                            i = bisect_right(edges, end, i)
                            target += (end - level[i] if i & 1 else level[i]) - before
                            counted_to = end
                return target + shift[bisect_left(sums, target)]
            except _OFF_TABLE:
                if not self._cover(start):
                    self._reach_further()
                return self.add(start, seconds, pauses)
        if seconds < 0:
            raise ValueError(f"a budget of {seconds} seconds cannot be used up")
        return start

    def add_each(self, start: Instant, budgets: Sequence[int]) -> list[Instant]:
        """`add` for each of several budgets that start to run at the same instant, without pauses.

        Where it is in the table is looked up once for all of them.
        """
        edges, level, sums, shift = self._lists
        dues = []
        try:
            i = bisect_right(edges, start)
            begun = start - level[i] if i & 1 else level[i]
            for seconds in budgets:
                if seconds > 0:
                    target = begun + seconds
                    dues.append(target + shift[bisect_left(sums, target)])
                else:
                    dues.append(self.add(start, seconds))
        except _OFF_TABLE:
            dues.extend(map(self.add, repeat(start), budgets[len(dues) :]))
        return dues

    def elapsed(self, start: Instant, end: Instant, pauses: Pauses = ()) -> int:
        """Open seconds between the two, without the pauses: F(end) - F(start). 0 when ``end`` is first."""
        if end <= start:
            return 0
        edges, level, _, _ = self._lists
        try:
            i = bisect_right(edges, start)
            j = bisect_right(edges, end, i)
            total = (end - level[j] if j & 1 else level[j]) - (start - level[i] if i & 1 else level[i])
        except _OFF_TABLE:
            self._cover(start, end)
            return self.elapsed(start, end, pauses)
        if pauses:
            counted_to = start
            for begin, until in sorted(pauses):
                if begin < counted_to:
                    begin = counted_to
                if until > end:
                    until = end
                if until > begin:
                    i = bisect_right(edges, begin, i, j)
                    total += begin - level[i] if i & 1 else level[i]
                    i = bisect_right(edges, until, i, j)
                    total -= until - level[i] if i & 1 else level[i]
                    counted_to = until
        return total

    def is_open(self, at: Instant) -> bool:
        """Whether time counts at ``at``; false at the instant of closing."""
        self._cover(at)
        return bisect_right(self._edges, at) % 2 == 1

    def next_open(self, at: Instant) -> Instant:
        """``at`` itself when open, else the next opening."""
        self._cover(at)
        while True:
            edges = self._edges
            i = bisect_right(edges, at)
            if i % 2 == 1:
                return at
            if i + 1 < len(edges):
                return edges[i]
            self._reach_further()

    def segments(self, start: Instant, end: Instant, pauses: Pauses = ()) -> list[Segment]:
        """The stretches that `elapsed` counts, in order: the explanation of its answer."""
        if end <= start:
            return []
        self._cover(start, end)
        edges = self._edges
        found: list[Segment] = []
        i = bisect_right(edges, start)
        while i < len(edges):
            if i & 1 and edges[i] > start:
                found.extend(_without(Segment(start, min(edges[i], end)), pauses))
            start = edges[i]
            if start >= end:
                break
            i += 1
        return found

    def add_at(
        self, start: datetime, seconds: int, pauses: Sequence[tuple[datetime, datetime]] = ()
    ) -> datetime:
        """`add` for aware datetimes; the answer is in UTC. Fractions of a second are dropped."""
        if start.tzinfo is None:
            raise _naive(start)
        due = self.add(floor(start.timestamp()), seconds, _instants(pauses) if pauses else ())
        return datetime.fromtimestamp(due, UTC)

    def elapsed_between(
        self, start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]] = ()
    ) -> int:
        """`elapsed` for aware datetimes, in seconds. Fractions of a second are dropped."""
        if start.tzinfo is None or end.tzinfo is None:
            raise _naive(start, end)
        cuts = _instants(pauses) if pauses else ()
        return self.elapsed(floor(start.timestamp()), floor(end.timestamp()), cuts)

    def unannounced(self, year: int) -> bool:
        """The calendar follows China's statutory days and those of ``year`` are not announced yet."""
        return self.calendar.holidays is not None and is_unannounced(self.calendar.holidays, year)

    def warnings(self, years: Iterable[int]) -> list[str]:
        """What an admin should know: unannounced holidays, windows cut by a clock change."""
        found: list[str] = []
        for year in years:
            if self.unannounced(year):
                found.append(
                    f'service hours "{self.name}": the make-up days of {year} are not announced yet; '
                    "update the holidays package when they are, until then weekends there are closed"
                )
            found.extend(doubtful(self.calendar, year))
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ServiceHours):
            return NotImplemented
        return self.calendar == other.calendar and self.horizon == other.horizon

    def __hash__(self) -> int:
        return hash((self.calendar, self.horizon))

    def __repr__(self) -> str:
        return f"ServiceHours({self.name!r}, {self.horizon[0]}–{self.horizon[1]})"

    @property
    def _edges(self) -> list[Instant]:
        return self._lists[0]

    def _cover(self, *instants: Instant) -> bool:
        """Compile the years of these instants; False when they were there already."""
        edges = self._edges
        low, high = min(instants), max(instants)
        if edges and edges[0] <= low and high < edges[-1]:
            return False
        try:
            first, last = year_of(low), year_of(high)
        except (ValueError, OverflowError, OSError):
            first, last = 0, 9999
        if first < self.horizon[0] or last > self.horizon[1]:
            raise OutsideHorizon(f"{self._years_known()}; the time asked for lies outside")
        if edges:
            first, last = min(first, year_of(edges[0])), max(last, year_of(edges[-1] - 1))
        # One assignment: another thread sees the shorter table or the longer one, and both are right.
        self._lists = tuple(compile_table(self.calendar, first, last))
        return True

    def _reach_further(self) -> None:
        """Compile as many years again, up to the horizon. Every caller covers its start first."""
        edges = self._edges
        first, last = year_of(edges[0]), year_of(edges[-1] - 1)
        hand_written = max((day.year for day in self.calendar.dates), default=0)
        if not self.calendar.opens_weekly and last > hand_written:
            raise OutsideHorizon(f'service hours "{self.name}" never open again; no weekday has hours')
        if last >= self.horizon[1]:
            raise OutsideHorizon(f"{self._years_known()}; the answer lies beyond, or nowhere")
        last = min(2 * last - first + 1, self.horizon[1])
        self._lists = tuple(compile_table(self.calendar, first, last))

    def _years_known(self) -> str:
        return f'service hours "{self.name}" are compiled for {self.horizon[0]} to {self.horizon[1]}'


def _without(segment: Segment, pauses: Pauses) -> Iterator[Segment]:
    """What is left of a segment outside the pauses."""
    start, end = segment
    for begin, until in sorted(pauses):
        if until > begin and until > start and begin < end:
            if begin > start:
                yield Segment(start, begin)
            start = until
    if start < end:
        yield Segment(start, end)


def _instants(pauses: Sequence[tuple[datetime, datetime]]) -> list[tuple[Instant, Instant]]:
    for pause in pauses:
        if pause[0].tzinfo is None or pause[1].tzinfo is None:
            raise _naive(*pause)
    return [(floor(begin.timestamp()), floor(end.timestamp())) for begin, end in pauses]


def _naive(*moments: datetime) -> ValueError:
    bare = next(moment for moment in moments if moment.tzinfo is None)
    return ValueError(f"{bare} has no time zone; service hours are asked for instants")
