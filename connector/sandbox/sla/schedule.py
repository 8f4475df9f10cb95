"""Business time: how much of it lies between two moments, and when so much of it has passed.

A schedule is the union of its entries (`cmn_schedule_span`) less the excluded ones.  Entries are
`YYYYMMDDTHHMMSS` in the schedule's zone, or in UTC with a Z, and repeat every `repeat_count` days or weeks
(weekly on `days_of_week`, 1 is Monday; weeks begin on Monday), on weekdays or on weekends, or every so many
years: on their date, or floating on the `float_week`th `float_day` (1 is Sunday) of `month`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from connector.sandbox.moment import zone_of

_FORM = "%Y%m%dT%H%M%S"
_FOREVER = 366 * 10
_DAY = timedelta(days=1)
_EVERY = {"daily": "1234567", "weekdays": "12345", "weekends": "67"}
EXCLUDED = frozenset({"exclude", "excluded"})
"""What closes: `exclude` is what the platform stores, `Excluded` how it is labelled."""
Span = tuple[int, int]


class Entry:
    """One entry: the first occurrence and on which later days it comes again."""

    def __init__(self, row: Mapping[str, str], zone: ZoneInfo) -> None:
        start, end = row["start_date_time"], row["end_date_time"]
        self.zone = ZoneInfo("UTC") if start.endswith("Z") else zone
        self.start = datetime.strptime(start.removesuffix("Z"), _FORM)  # noqa: DTZ007  zone added per day
        finish = datetime.strptime(end.removesuffix("Z"), _FORM)  # noqa: DTZ007
        if row.get("all_day") == "true":  # stored until 23:59:59, meant until midnight
            self.start = datetime.combine(self.start, time.min)
            midnight = datetime.combine(finish, time.min)
            finish = midnight if finish == midnight > self.start else midnight + _DAY
        self.length = finish - self.start
        self.excludes = row["type"].lower() in EXCLUDED
        self.until = row["repeat_until"][:8]
        own = str(self.start.isoweekday())
        kind = row["repeat_type"]
        self.days = (row["days_of_week"] or own) if kind == "weekly" else _EVERY.get(kind, "")
        count = row.get("repeat_count", "")
        counted = count.isdecimal() and kind in {"daily", "weekly", "yearly"}
        self.every = max(1, int(count)) if counted else 1
        self.unit = 7 if kind == "weekly" else 1
        self.yearly = kind == "yearly"
        self.floats = _float(row) if self.yearly and row.get("yearly_type") == "float" else None

    def on(self, day: date) -> Span | None:
        """The occurrence that begins on this day, as epoch seconds."""
        first = self.start.date()
        if day != first or self.floats:
            late = self.until.strip("0") and day.strftime("%Y%m%d") > self.until
            if day < first or late or not (self._in_year(day) if self.yearly else self._in_week(day)):
                return None
        begin = datetime.combine(day, self.start.time())
        return epoch(begin, self.zone), epoch(begin + self.length, self.zone)

    def _in_week(self, day: date) -> bool:
        first = self.start.date()
        since = first - timedelta(days=first.weekday()) if self.unit == 7 else first
        return str(day.isoweekday()) in self.days and (day - since).days // self.unit % self.every == 0

    def _in_year(self, day: date) -> bool:
        if (day.year - self.start.year) % self.every:
            return False
        if self.floats is None:
            return (day.month, day.day) == (self.start.month, self.start.day)
        month, week, weekday = self.floats
        if (day.month, day.isoweekday()) != (month, weekday):
            return False
        return (day + 7 * _DAY).month != month if week == "last" else str((day.day + 6) // 7) == week


class Schedule:
    """All entries of one schedule in one zone; without any entry no time ever passes."""

    def __init__(self, rows: Iterable[Mapping[str, str]], zone: str) -> None:
        self.zone = zone_of(zone)
        self._entries: list[Entry] = []
        for row in rows:
            try:
                self._entries.append(Entry(row, self.zone))
            except ValueError:
                continue  # an entry whose dates cannot be read opens nothing
        self._days: dict[date, list[Span]] = {}

    def between(self, start: int, end: int) -> int:
        """Business seconds from `start` to `end`; 0 where that is not later."""
        total = 0
        for begin, finish in self._spans(start):
            if begin >= end:
                break
            total += max(0, min(finish, end) - max(begin, start))
        return total

    def after(self, start: int, seconds: int) -> int | None:
        """When `seconds` of business time have passed since `start`; None if not within ten years."""
        seconds = max(0, seconds)
        for begin, finish in self._spans(start):
            begin = max(begin, start)
            if finish - begin >= seconds:
                return begin + seconds
            seconds -= max(0, finish - begin)
        return None

    def opening(self, start: int) -> int | None:
        """`start`, or the next moment that is open; None if there is none."""
        first = next(self._spans(start), None)
        return max(first[0], start) if first else None

    def _spans(self, start: int) -> Iterator[Span]:
        """Open spans that end after `start`, in order."""
        if not self._entries:
            return
        day = datetime.fromtimestamp(start, self.zone).date() - timedelta(days=1)
        for _ in range(_FOREVER):
            for span in self.open(day):
                if span[1] > start:
                    yield span
            day += timedelta(days=1)

    def open(self, day: date) -> list[Span]:
        """What is open within the local day, cut at its midnights."""
        known = self._days.get(day)
        if known is None:
            midnight = datetime.combine(day, datetime.min.time())
            low, high = epoch(midnight, self.zone), epoch(midnight + timedelta(days=1), self.zone)
            opened, closed = self._on(day, excludes=False), self._on(day, excludes=True)
            edges = sorted({low, high, *(min(max(x, low), high) for s in opened + closed for x in s)})
            known = []
            for begin, end in pairwise(edges):
                inside = any(a <= begin and end <= b for a, b in opened)
                if inside and not any(a <= begin and end <= b for a, b in closed):
                    known.append((begin, end))
            self._days[day] = known
        return known

    def _on(self, day: date, *, excludes: bool) -> list[Span]:
        """Occurrences that may touch the day: entries may lie over midnight and in another zone."""
        found = []
        for entry in self._entries:
            if entry.excludes == excludes:
                days = range(-1, min(entry.length.days, 366) + 2)
                spans = (entry.on(day - timedelta(days=back)) for back in days)
                found += [span for span in spans if span]
        return found


class Always:
    """Without a schedule all time counts."""

    def between(self, start: int, end: int) -> int:
        """Seconds from `start` to `end`; 0 where that is not later."""
        return max(0, end - start)

    def after(self, start: int, seconds: int) -> int | None:
        """`seconds` later."""
        return start + seconds


def _float(row: Mapping[str, str]) -> tuple[int, str, int]:
    """Month, which week of it ("1" to "5", "last") and weekday (1 is Monday).  ValueError for others."""
    week, day = row.get("float_week", ""), int(row.get("float_day", ""))
    if week not in {"1", "2", "3", "4", "5", "last"} or not 1 <= day <= 7:
        raise ValueError(f"no week or day to float to: {week!r}, {day}")
    return int(row.get("month", "")), week, (day - 2) % 7 + 1


def epoch(local: datetime, zone: ZoneInfo) -> int:
    """The first moment at which clocks in the zone show this time, or have gone past it.

    A time that the clock change leaves out is the change itself, one that comes twice its first coming.
    """
    at = int(local.replace(tzinfo=zone).astimezone(UTC).timestamp())
    shown = datetime.fromtimestamp(at, zone).replace(tzinfo=None)
    if shown == local:
        return at
    early = int(local.replace(tzinfo=zone, fold=1).astimezone(UTC).timestamp())
    while at - early > 1:  # the clocks change after `early` and by `at`
        middle = (early + at) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < local:
            early = middle
        else:
            at = middle
    return at
