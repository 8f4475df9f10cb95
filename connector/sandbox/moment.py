"""Dates as the platform writes them, and the few server-side date functions that a query may call.

Stored date-times are text, `YYYY-MM-DD HH:MM:SS` in UTC.  `javascript:` values are matched against a fixed
list of names; nothing is ever evaluated.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
WEEK = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_AGO = re.compile(r"gs\.(minute|hour|day|week|month|quarter|year)sAgo(Start|End)?\(\s*(-?\d{1,6})?\s*\)\Z")
_EDGE = re.compile(
    r"gs\.(beginning|end)Of"
    r"(?:(Today|Yesterday|Tomorrow)|(This|Current|Last|Next)(Minute|Hour|Day|Week|Month|Quarter|Year))\(\)\Z"
)
_SPAN = re.compile(
    r"gs\.(beginning|end)OfLast([1-9]\d{0,3})(Minute|Hour|Day|Week|Month|Quarter|Year)s?\(\)\Z"
)
_GIVEN = re.compile(
    r"gs\.dateGenerate\(\s*(['\"])(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)\1|\1\s*"
    r"(?:,\s*(['\"])(start|end|\d\d:\d\d:\d\d)\4\s*)?)\s*\)\Z"
)
_STEP = {"Today": 0, "Yesterday": -1, "Tomorrow": 1, "This": 0, "Current": 0, "Last": -1, "Next": 1}


@lru_cache(maxsize=4096)
def stamp(at: int) -> str:
    """Epoch seconds → `YYYY-MM-DD HH:MM:SS` in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


_PYTHON = {
    "yyyy": "%Y",
    "yy": "%y",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "a": "%p",
}
_JAVA = re.compile("|".join(_PYTHON))


@lru_cache(maxsize=4096)
def instant(text: str) -> int | None:
    """`YYYY-MM-DD HH:MM:SS` (or a date alone) in UTC → epoch seconds; None if it is not one."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone; UTC for GMT, the empty name and names that do not exist."""
    try:
        return ZoneInfo("UTC" if name in {"", "GMT"} else name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(text: str, zone: str) -> str:
    """A stored date-time as a user of this zone sees it; text that is no date-time stays as it is."""
    at = instant(text) if len(text) == 19 else None
    if at is None:
        return text
    return datetime.fromtimestamp(at, zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S")


@lru_cache(maxsize=64)
def pattern(date_format: str, time_format: str) -> str:
    """A user's Java formats ("dd-MM-yyyy", "hh:mm:ss a") as one of Python's; "" for the system's own."""
    if not (date_format or time_format) or "\0" in date_format + time_format:
        return ""
    text = f"{date_format or 'yyyy-MM-dd'} {time_format or 'HH:mm:ss'}".replace("%", "%%")
    return _JAVA.sub(lambda found: _PYTHON[found[0]], text)


def dressed(text: str, zone: str, form: str) -> str:
    """A stored date-time as a user of this zone and with these formats sees it; a date has no zone."""
    if len(text) == 10 and len(form.split(" ", 1)) == 2:
        at, form = instant(f"{text} 00:00:00"), form.split(" ", 1)[0]
        zone = "UTC"
    else:
        at = instant(text) if len(text) == 19 else None
    return text if at is None else datetime.fromtimestamp(at, zone_of(zone)).strftime(form)


def universal(text: str, zone: str, form: str = "") -> str:
    """A date-time typed by a user of this zone and with these formats, as it is stored."""
    try:
        typed = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        return universal(text, zone) if form else text
    return typed.replace(tzinfo=zone_of(zone)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def span(text: str) -> str:
    """A stored duration (1970 plus the duration) in words: `1 Day 4 Hours 23 Minutes`.

    Seconds show only when nothing larger does (platform fact, section 1.5).
    """
    seconds = instant(text)
    if seconds is None or seconds < 0:
        return text
    parts = []
    for name, size in (("Day", 86400), ("Hour", 3600), ("Minute", 60)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if parts:
        return " ".join(parts)
    return f"{seconds} Second{'s' if seconds != 1 else ''}"


def shift(at: datetime, unit: str, count: int) -> datetime:
    """`at` moved by so many units; a month or year ends on its last day where the day does not exist.

    Hours and less are time that passes, days and more are dates: a day later is the same time of day.
    """
    if unit in {"second", "minute", "hour"}:
        return (at.astimezone(UTC) + timedelta(**{f"{unit}s": count})).astimezone(at.tzinfo)
    if unit in {"day", "week"}:
        return at + timedelta(**{f"{unit}s": count})
    months = at.year * 12 + at.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(months, 12)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month + 1)


def beginning(at: datetime, unit: str) -> datetime:
    """The first moment of the minute, hour, day, week (Monday), month, quarter or year that holds `at`."""
    at = at.replace(microsecond=0, second=0)
    if unit == "minute":
        return at
    at = at.replace(minute=0)
    if unit == "hour":
        return at
    at = at.replace(hour=0)
    if unit == "week":
        return at - timedelta(days=at.weekday())
    if unit == "month":
        return at.replace(day=1)
    if unit == "quarter":
        return at.replace(day=1, month=(at.month - 1) // 3 * 3 + 1)
    if unit == "year":
        return at.replace(day=1, month=1)
    return at


def moved(text: str, months: int) -> str:
    """A stored date-time so many months later (earlier if negative); "" for what is none."""
    at = instant(text)
    try:
        return "" if at is None else _stored(shift(here(at, "GMT"), "month", months))
    except (ValueError, OverflowError):
        return ""  # before year 1 or after 9999


def relative(offset: str, at: int, zone: str) -> str | None:
    """`@hour@ago@3` → the moment three hours before `at`; None if it cannot be read."""
    parts = offset.strip("@").split("@")
    if len(parts) != 3 or not parts[2].isdigit() or parts[1] not in {"ago", "ahead"}:
        return None
    unit = "day" if parts[0] in {"day", "dayofweek"} else parts[0]
    if unit not in UNITS:
        return None
    try:
        return _stored(shift(here(at, zone), unit, int(parts[2]) * (-1 if parts[1] == "ago" else 1)))
    except (ValueError, OverflowError):
        return None  # before year 1 or after 9999


def scripted(call: str, at: int, zone: str) -> str | None:
    """The value of a whitelisted date call such as `gs.daysAgoStart(1)`; None if it is not on the list.

    `at` is the instance's clock, `zone` the session user's; the answer is UTC text.
    """
    try:
        return _scripted(call, at, zone)
    except (ValueError, OverflowError):
        return None  # before year 1 or after 9999


def _scripted(call: str, at: int, zone: str) -> str | None:
    at_home = here(at, zone)
    if call in {"gs.nowDateTime()", "gs.now()"}:
        return stamp(at)
    if found := _AGO.match(call):
        unit, edge, count = found.groups()
        moved = shift(at_home, unit, -int(count or 0))
        if edge == "Start":
            moved = beginning(moved, unit)
        elif edge == "End":
            moved = _end(moved, unit)
        return _stored(moved)
    if found := _EDGE.match(call):
        edge, day, which, unit = found.groups()
        unit = "day" if day else unit.lower()
        moved = shift(beginning(at_home, unit), unit, _STEP[day or which])
        return _stored(beginning(moved, unit) if edge == "beginning" else _end(moved, unit))
    if found := _SPAN.match(call):
        edge, back, unit = found[1], int(found[2]), found[3].lower()
        start = beginning(shift(at_home, unit, -back), unit)
        return _stored(start if edge == "beginning" else _end(at_home, unit))
    if found := _GIVEN.match(call):
        _, date, whole, _, clock = found.groups()
        clock = whole or {"start": "00:00:00", "end": "23:59:59"}.get(clock or "start", clock)
        return universal(f"{date} {clock}", zone)
    return None


def here(at: int, zone: str) -> datetime:
    """The user's wall clock; arithmetic on it keeps local midnights across a clock change."""
    return datetime.fromtimestamp(at, zone_of(zone))


def _end(at: datetime, unit: str) -> datetime:
    return shift(beginning(at, unit), unit, 1) - timedelta(seconds=1)


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
