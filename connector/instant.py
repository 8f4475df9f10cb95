"""The platform's date-times and ours: ``YYYY-MM-DD HH:MM:SS`` in UTC ↔ whole seconds since 1970.

Raw values carry no zone and are always UTC, whatever the account's own zone is (SERVICENOW.md §1.5).
"""

import re
from datetime import date

from connector.ticket import Instant

_EPOCH = date(1970, 1, 1).toordinal()
_BEGUN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([01][0-9]|2[0-3]):")
_HOURS: dict[str, Instant] = {}
"""``"2026-01-31 08:"`` → its first second. Records share their hours, so looking up beats reckoning."""
_MOST_HOURS = 20_000
_SECONDS = {f"{second // 60:02}:{second % 60:02}": second for second in range(3600)}
"""``"30:15"`` → seconds of its hour."""


def instant(text: str) -> Instant | None:
    """A raw date-time → seconds since 1970 in UTC; empty → None.

    Raises ValueError for anything else, such as a date without a time or 30 February.
    """
    if not text:
        return None
    try:
        return _HOURS[text[:14]] + _SECONDS[text[14:]]
    except (KeyError, TypeError):
        return _reckon(text)


def known_instant(text: str) -> Instant | None:
    """As `instant`, but None as well where the text is no date-time."""
    try:
        return instant(text)
    except ValueError:
        return None


def _reckon(text: str) -> Instant:
    match = _BEGUN.match(text) if isinstance(text, str) else None
    if match is None or text[14:] not in _SECONDS:
        raise ValueError(f"{text!r} is not a date-time such as 2026-01-31 08:30:00")
    year, month, day, hour = map(int, match.groups())
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        raise ValueError(f"{text!r} names a day that is not in the calendar") from None
    if len(_HOURS) >= _MOST_HOURS:
        _HOURS.clear()
    start = _HOURS[text[:14]] = days * 86_400 + hour * 3600
    return start + _SECONDS[text[14:]]


def platform_time(at: Instant) -> str:
    """Seconds since 1970 → the platform's raw text in UTC."""
    days, seconds = divmod(at, 86_400)
    minutes, second = divmod(seconds, 60)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return f"{day} {minutes // 60:02}:{minutes % 60:02}:{second:02}"
