"""The platform's date-times and ours: ``YYYY-MM-DD HH:MM:SS`` in UTC ↔ whole seconds since 1970.

Raw values carry no zone and are always UTC, whatever the account's own zone is (SERVICENOW.md §1.5).
"""

import re
from collections.abc import Sequence
from datetime import date
from operator import add, itemgetter

from connector.ticket import Instant

_EPOCH = date(1970, 1, 1).toordinal()
_BEGUN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([01][0-9]|2[0-3]):")
_MOST_HOURS = 20_000
_SECONDS = {f"{second // 60:02}:{second % 60:02}": second for second in range(3600)}
"""``"30:15"`` → seconds of its hour."""


class _Hours(dict[str, Instant]):
    """``"2026-01-31 08:"`` → its first second. Records share their hours, so looking up beats reckoning."""

    def __missing__(self, begun: str) -> Instant:
        match = _BEGUN.fullmatch(begun)
        if match is None:
            raise KeyError(begun)
        year, month, day, hour = map(int, match.groups())
        try:
            days = date(year, month, day).toordinal() - _EPOCH
        except ValueError:
            raise KeyError(begun) from None
        if len(self) >= _MOST_HOURS:
            self.clear()
        start = self[begun] = days * 86_400 + hour * 3600
        return start


_HOURS = _Hours()
_start_of, _second_of = _HOURS.__getitem__, _SECONDS.__getitem__
_hour_in, _rest_in = itemgetter(slice(14)), itemgetter(slice(14, None))


def instant(text: str) -> Instant | None:
    """A raw date-time → seconds since 1970 in UTC; empty → None.

    Raises ValueError for anything else, such as a date without a time or 30 February.
    """
    if not text:
        return None
    try:
        return _HOURS[text[:14]] + _SECONDS[text[14:]]
    except (KeyError, TypeError):
        raise ValueError(_wrong(text)) from None


def instants(texts: Sequence[str]) -> list[Instant | None]:
    """`instant` of each, all at once."""
    try:
        if "" in texts:
            hours, seconds = _HOURS, _SECONDS
            return [hours[text[:14]] + seconds[text[14:]] if text else None for text in texts]
        # Not a line of Python for each: a third of the time.
        return list(map(add, map(_start_of, map(_hour_in, texts)), map(_second_of, map(_rest_in, texts))))
    except (KeyError, TypeError):
        return list(map(instant, texts))  # which says what is wrong


def known_instant(text: str) -> Instant | None:
    """As `instant`, but None as well where the text is no date-time."""
    try:
        return instant(text)
    except ValueError:
        return None


def _wrong(text: object) -> str:
    if isinstance(text, str) and _BEGUN.match(text) and text[14:] in _SECONDS:
        return f"{text!r} names a day that is not in the calendar"
    return f"{text!r} is not a date-time such as 2026-01-31 08:30:00"


def platform_time(at: Instant) -> str:
    """Seconds since 1970 → the platform's raw text in UTC."""
    days, seconds = divmod(at, 86_400)
    minutes, second = divmod(seconds, 60)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return f"{day} {minutes // 60:02}:{minutes % 60:02}:{second:02}"
