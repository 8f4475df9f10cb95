"""Relative durations: "2 business days by 4pm" (rows of `cmn_relative_duration`, section 4.2).

Scripts are never run.  Of theirs two forms are understood: a number of days counted by the schedule, one more
after a time of the day, until a time of the day or the end of the last day
(`calculator.calcRelativeDueDate`); and the task's `due_date`.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.sandbox.moment import zone_of
from connector.sandbox.sla.schedule import Always, Schedule, epoch

_TIME = r"""["'](\d\d?:\d\d(?::\d\d)?)["']"""
_DAYS = re.compile(r"\bdays\s*=\s*(\d+)\s*;")
_AFTER = re.compile(
    rf"if\s*\(\s*calculator\.isAfter\(\s*calculator\.startDateTime,\s*{_TIME}\s*\)\s*\)\s*days\+\+"
)
_UNTIL = re.compile(
    rf"calculator\.calcRelativeDueDate\(\s*calculator\.startDateTime,\s*(\d+|days)\s*(?:,\s*{_TIME}\s*)?\)"
)
_DUE_DATE = re.compile(r"current\.due_date\b")
_LONGEST = 3660


class Days(NamedTuple):
    """So many business days after the first."""

    number: int
    after: time | None = None
    """Whoever begins later than this waits a day longer."""
    until: time | None = None
    """The time of the last day; None: its end."""


def understood(script: str) -> Days | None:
    """What a script says; None for one that counts no days."""
    plain = re.sub(r"//[^\n]*", "", script)
    until = _UNTIL.search(plain)
    if until is None:
        return None
    told = _DAYS.search(plain)
    if until[1] == "days" and told is None:
        return None
    after = _AFTER.search(plain)
    count = int(told[1] if told and until[1] == "days" else until[1])
    return Days(count, _time(after[1]) if after else None, _time(until[2]) if until[2] else None)


def by_due_date(script: str) -> bool:
    """Whether a script asks for the task's due date and counts no days."""
    return understood(script) is None and _DUE_DATE.search(script) is not None


def due(days: Days, start: int, hours: Schedule | Always, zone: str) -> int | None:
    """When that is for what begins at `start`; None where the schedule has not so many days in ten years."""
    where = hours.zone if isinstance(hours, Schedule) else zone_of(zone)
    begins = datetime.fromtimestamp(start, where)
    count = days.number
    if days.after is not None and _opening(hours, start) > _at(begins.date(), days.after, where):
        count += 1
    if isinstance(hours, Always):
        return _at(begins.date() + timedelta(days=count), days.until or time(23, 59, 59), where)
    day = begins.date()
    for _ in range(_LONGEST):
        spans = hours.open(day)
        if spans:
            if count == 0:
                end = _at(day, time(23, 59, 59), where)
                return _at(day, days.until, where) if days.until else min(spans[-1][1], end)
            count -= 1
        day += timedelta(days=1)
    return None


def _opening(hours: Schedule | Always, start: int) -> int:
    """The start, or the next moment that counts."""
    return start if isinstance(hours, Always) else hours.opening(start) or start


def _at(day: date, clock: time, zone: ZoneInfo) -> int:
    return epoch(datetime.combine(day, clock), zone)


def _time(text: str) -> time:
    hour, minute, *second = (int(part) for part in text.split(":"))
    return time(hour % 24, minute % 60, (second[0] if second else 0) % 60)
