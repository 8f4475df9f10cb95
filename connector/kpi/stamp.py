"""Times as people and programs write them into files, all those of one file read alike.

A file that writes ``3/2/2016`` throughout does not say which is the day. One time in it that can only be read
one way settles it for the whole file; where none does, the day stands first, and `Stamps.order` says so.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from connector.ticket import Instant

Order = Literal["day first", "month first"]

_TIME = re.compile(
    r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])[Mm])?)?"
    r" ?(Z|[+-]\d{2}:?\d{2})?"
)


class Stamps:
    """The times of one file. ``zone`` is that of times without an offset.

    ``texts`` are all that the file writes where a time belongs; they decide the order. ``order`` forces it.
    """

    def __init__(self, texts: Iterable[str], zone: ZoneInfo, order: Order | None = None) -> None:
        self._zone = zone
        found = {text: match for text in set(texts) if (match := _TIME.fullmatch(text.strip()))}
        self.clear: bool
        """Some time of the file could be read only one way (or all begin with the year)."""
        told = {seen for match in found.values() if (seen := _order(match)) is not None}
        self.contradicts = len(told) > 1
        """The file has times with the day first and others with the month first."""
        short = any(len(match[1]) < 3 for match in found.values())
        self.clear = bool(told) or not short
        self.order: Order = order or ("month first" if told == {"month first"} else "day first")
        self._read = {text: at for text, match in found.items() if (at := self._instant(match)) is not None}

    def get(self, text: str) -> Instant | None:
        """Seconds UTC; None for a text that is no time."""
        return self._read.get(text)

    def _instant(self, match: re.Match[str]) -> Instant | None:
        first, second, third, hour, minute, seconds, half, offset = match.groups()
        if len(first) > 2:
            year, month, day = int(first), int(second), int(third)
        else:
            year, month, day = int(third), int(second), int(first)
            if self.order == "month first":
                month, day = day, month
            if len(third) <= 2:
                year += 2000
        hours = int(hour or 0)
        if half:
            hours = hours % 12 + (12 if half in "pP" else 0)
        try:
            moment = datetime(year, month, day, hours, int(minute or 0), int(seconds or 0), tzinfo=UTC)
        except ValueError:
            return None
        return int(moment.replace(tzinfo=_zone_of(offset) or self._zone).timestamp())


def _order(match: re.Match[str]) -> Order | None:
    """What this time alone says about the order."""
    first, second = match[1], match[2]
    if len(first) > 2:
        return None
    if int(first) > 12:
        return "day first"
    return "month first" if int(second) > 12 else None


def _zone_of(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset == "Z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
