"""The platform's date-times and ours: ``YYYY-MM-DD HH:MM:SS`` in UTC ↔ whole seconds since 1970.

Raw values carry no zone and are always UTC, whatever the account's own zone is (SERVICENOW.md §1.5).
"""

import re
from datetime import date

from connector.ticket import Instant

_EPOCH = date(1970, 1, 1).toordinal()
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ")
_DAYS: dict[str, Instant] = {}
"""``"2026-01-31 "`` → its first second. A desk's records share few days, so looking up beats reckoning."""
_MOST_DAYS = 20_000
_MINUTES = {f"{minute // 60:02}:{minute % 60:02}:": minute * 60 for minute in range(1440)}
_SECONDS = {f"{second:02}": second for second in range(60)}


def instant(text: str) -> Instant | None:
    """A raw date-time → seconds since 1970 in UTC; empty → None.

    Raises ValueError for anything else, such as a date without a time or 30 February.
    """
    if not text:
        return None
    try:
        return _DAYS[text[:11]] + _MINUTES[text[11:17]] + _SECONDS[text[17:]]
    except (KeyError, TypeError):
        return _reckon(text)


def known_instant(text: str) -> Instant | None:
    """As `instant`, but None as well where the text is no date-time."""
    try:
        return instant(text)
    except ValueError:
        return None


def _reckon(text: str) -> Instant:
    match = _DAY.match(text) if isinstance(text, str) else None
    if match is None or text[11:17] not in _MINUTES or text[17:] not in _SECONDS:
        raise ValueError(f"{text!r} is not a date-time such as 2026-01-31 08:30:00")
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        raise ValueError(f"{text!r} names a day that is not in the calendar") from None
    if len(_DAYS) >= _MOST_DAYS:
        _DAYS.clear()
    start = _DAYS[text[:11]] = (day.toordinal() - _EPOCH) * 86_400
    return start + _MINUTES[text[11:17]] + _SECONDS[text[17:]]


def platform_time(at: Instant) -> str:
    """Seconds since 1970 → the platform's raw text in UTC."""
    days, seconds = divmod(at, 86_400)
    minutes, second = divmod(seconds, 60)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return f"{day} {minutes // 60:02}:{minutes % 60:02}:{second:02}"
