"""What an admin wrote about service hours, as one frozen value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from re import fullmatch
from typing import Self
from zoneinfo import ZoneInfo

from connector.errors import SettingsError
from connector.service_hours.holiday import is_supported, statutory

Windows = tuple[tuple[int, int], ...]
"""Openings of one day, (start, end) in minutes of the local day: start 0..1439, end 0..1440.

An end at or before its start lies on the next day; 1440 is ``24:00``.
"""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALL_DAY: Windows = ((0, 1440),)


@dataclass(frozen=True)
class Calendar:
    """Service hours of one name. Equal calendars are equal hours; hashable.

    What counts on a date, first match wins: ``dates`` (written by hand), a statutory holiday (closed), a
    statutory make-up day (the hours of weekday ``make_up``), the weekday.

    Raises `SettingsError` with a line for everything that is wrong.
    """

    name: str
    zone: str
    """IANA name, such as ``Asia/Shanghai``."""
    weekly: tuple[Windows, ...]
    """Seven, Monday first; ``()`` is a closed day."""
    dates: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    """Replace the whole day: ``()`` for a day off, windows for a make-up day."""
    holidays: str | None = None
    """ISO country code (``CN``), or country and subdivision (``DE-BY``); None: no statutory days."""
    make_up: int | None = None
    """Weekday (0 = Monday) whose hours a make-up day has; None: the first weekday that has any."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "dates", dict(self.dates))
        problems = [f'service hours "{self.name}": {problem}' for problem in self._problems()]
        if problems:
            raise SettingsError(*problems)

    def _problems(self) -> Iterator[str]:
        if not _is_zone(self.zone):
            yield f'zone "{self.zone}" is not an IANA time zone; write one such as "Asia/Shanghai"'
        if len(self.weekly) != 7:
            yield f"weekly has {len(self.weekly)} days, not 7"
        for windows in (*self.weekly, *self.dates.values()):
            for start, end in windows:
                if not (0 <= start < 1440 and 0 <= end <= 1440 and start != end):
                    yield f"window {clock(start)}-{clock(end)} is empty or outside the day"
        if self.holidays is not None and not is_supported(self.holidays):
            yield f'holidays "{self.holidays}" is not a country we have statutory days of, such as "CN"'
        if self.make_up is not None and not 0 <= self.make_up < 7:
            yield f"make_up {self.make_up} is not a weekday"

    @classmethod
    def always(cls, name: str, zone: str = "UTC") -> Self:
        """7×24: business time is absolute time."""
        return cls(name, zone, (_ALL_DAY,) * 7)

    @classmethod
    def parse(
        cls,
        name: str,
        zone: str,
        weekly: Mapping[str, Iterable[str | Sequence[str]]],
        *,
        dates: Mapping[str | date, Iterable[str | Sequence[str]]] | None = None,
        closed: Iterable[str | date] = (),
        holidays: str | None = None,
        make_up: str | None = None,
    ) -> Self:
        """Read what people write.

        ``weekly``: ``{"mon-fri": ["08:30-12:00", "13:30-18:00"], "sat,sun": []}``; a day that is not named is
        closed, a day named twice is an error. A window is ``"08:30-12:00"`` or ``["08:30", "12:00"]``.
        ``dates``: hours by ISO date. ``closed``: whole days off; they win over ``dates``.

        Raises `SettingsError` naming every problem.
        """
        problems: list[str] = []
        week: dict[int, Windows] = {}
        for key, texts in weekly.items():
            windows = _windows(texts, f'"{key}"', problems)
            for day in _weekdays(key, problems):
                if day in week:
                    problems.append(f'"{key}": {WEEKDAYS[day]} is given twice')
                week[day] = windows
        days: dict[date, Windows] = {}
        for stamp, texts in (dates or {}).items():
            windows = _windows(texts, str(stamp), problems)
            if (special := _date(stamp, problems)) is not None:
                days[special] = windows
        for stamp in closed:
            if (special := _date(stamp, problems)) is not None:
                days[special] = ()
        like = _weekdays(make_up, problems) if make_up is not None else [None]
        if len(like) != 1:
            problems.append(f'make_up "{make_up}" is not one weekday')
        if problems:
            raise SettingsError(*(f'service hours "{name}": {problem}' for problem in problems))
        return cls(name, zone, tuple(week.get(day, ()) for day in range(7)), days, holidays, like[0])

    @property
    def opens_weekly(self) -> bool:
        """Some weekday has hours, so it opens again and again."""
        return any(self.weekly)

    def on(self, day: date) -> Windows:
        """The windows that begin on ``day``."""
        special = self.dates.get(day)
        if special is not None:
            return special
        if self.holidays is not None:
            days = statutory(self.holidays, day.year)
            if day in days.off:
                return ()
            if day in days.make_up:
                return self._make_up_hours()
        return self.weekly[day.weekday()]

    def _make_up_hours(self) -> Windows:
        if self.make_up is not None:
            return self.weekly[self.make_up]
        return next((windows for windows in self.weekly if windows), ())


def clock(minute: int) -> str:
    """Minutes of the day as people write them: 510 → ``08:30``, 1440 → ``24:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        # Not found, a path that leaves the folder, a folder ("Asia"), not text at all.
        return False
    return True


def _minute(text: object) -> int | None:
    match = fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", text.strip()) if isinstance(text, str) else None
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= 1440 else None


def _windows(texts: object, where: str, problems: list[str]) -> Windows:
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        problems.append(f'{where}: write a list of windows, such as ["08:30-12:00"], not {texts!r}')
        return ()
    found = []
    for text in texts:
        parts = text.split("-") if isinstance(text, str) else text
        pair = [_minute(part) for part in parts] if isinstance(parts, Sequence) else []
        if len(pair) != 2 or (start := pair[0]) is None or (end := pair[1]) is None:
            problems.append(f'{where}: {text!r} is not a window such as "08:30-12:00"')
        elif start == end or start == 1440:
            problems.append(f'{where}: window {text!r} is empty; a whole day is "00:00-24:00"')
        else:
            found.append((start, end))
    return tuple(found)


def _weekdays(key: str, problems: list[str]) -> list[int]:
    """``"mon"``, ``"mon-fri"``, ``"sat,sun"`` → weekday numbers; a range may run over Sunday."""
    days: list[int] = []
    for part in str(key).lower().replace(" ", "").split(","):
        ends = [_weekday(name) for name in part.split("-")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2:
            problems.append(f'"{key}" is not a weekday; write "mon", "mon-fri" or "sat,sun"')
            return []
        days.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    return days


def _weekday(name: str) -> int | None:
    for names in (WEEKDAYS, _FULL_NAMES):
        if name in names:
            return names.index(name)
    return None


def _date(stamp: object, problems: list[str]) -> date | None:
    if type(stamp) is date:
        return stamp
    try:
        return date.fromisoformat(str(stamp))
    except ValueError:
        problems.append(f'"{stamp}" is not a date; write it as "2026-10-10"')
        return None
