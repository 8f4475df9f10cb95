"""The platform's date-times and ours: ``YYYY-MM-DD HH:MM:SS`` in UTC ↔ whole seconds since 1970.

Raw values carry no zone and are always UTC, whatever the account's own zone is (SERVICENOW.md §1.5).
"""

import re
from datetime import date

from connector.ticket import Instant

_EPOCH = date(1970, 1, 1).toordinal()
_SHAPE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")
_DAYS: dict[str, Instant] = {}
"""``"2026-01-31 "`` → its first second. A desk's records share few days, so looking up beats reckoning."""
_TIMES: dict[str, int] = {}
"""``"08:30:00"`` → seconds into the day; 86,400 entries at most."""
_MOST_DAYS = 20_000


def instant(text: str) -> Instant | None:
    """A raw date-time → seconds since 1970 in UTC; empty → None.

    Raises ValueError for anything else, such as a date without a time or 30 February.
    """
    if not text:
        return None
    try:
        return _DAYS[text[:11]] + _TIMES[text[11:]]
    except (KeyError, TypeError):
        return _reckon(text)


def _reckon(text: str) -> Instant:
    match = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not a date-time such as 2026-01-31 08:30:00")
    year, month, day, hour, minute, second = map(int, match.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{text!r} has no such time of day")
    if len(_DAYS) >= _MOST_DAYS:
        _DAYS.clear()
    start = _DAYS[text[:11]] = (date(year, month, day).toordinal() - _EPOCH) * 86_400
    seconds = _TIMES[text[11:]] = hour * 3600 + minute * 60 + second
    return start + seconds


def platform_time(at: Instant) -> str:
    """Seconds since 1970 → the platform's raw text in UTC."""
    days, seconds = divmod(at, 86_400)
    minutes, second = divmod(seconds, 60)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return f"{day} {minutes // 60:02}:{minutes % 60:02}:{second:02}"
