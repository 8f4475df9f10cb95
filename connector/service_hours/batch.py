"""Business time for programs: a JSON object a line in, a JSON object a line out.

A line brings its own calendar:

    {"id": 1, "zone": "Asia/Shanghai", "weekly": {"mon": [["08:30", "12:00"]]}, "holidays": ["2026-10-01"],
     "dates": {"2026-10-10": [["08:30", "12:00"]]}, "op": "due", "start": "2026-09-30T11:00",
     "seconds": 7200, "pauses": []}

and is answered by ``{"id", "instant"}`` (op ``due``, ``next_open``), ``{"id", "seconds"}`` (op ``elapsed``)
or ``{"id", "error"}``. Times are ISO 8601; one without an offset is a local time of the zone. Instants in
answers are UTC: ``2026-10-08T01:00:00Z``. A holiday closes its date even where ``dates`` gives it hours.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from math import floor
from typing import Any

from connector.errors import SettingsError
from connector.service_hours.calendar import Calendar
from connector.service_hours.hours import ServiceHours
from connector.service_hours.table import Instant

_HORIZON = (1900, 2199)
_LONGEST = (_HORIZON[1] - _HORIZON[0]) * 366 * 86400
_REMEMBERED = 500


class Batch:
    """Answers lines; remembers the calendars it has seen lately, so that the same one is compiled once."""

    def __init__(self) -> None:
        self._seen: dict[str, ServiceHours] = {}

    def answer(self, line: str | bytes) -> str:
        """The answer to one line, without a line end. What is wrong with it is the answer; never raises."""
        name: object = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("a line is one JSON object")
            name = request.get("id")
            reply = self._reply(request)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            reply = {"error": f"not JSON: {error}"}
        except SettingsError as error:
            reply = {"error": "; ".join(error.problems)}
        except (ValueError, OverflowError, RecursionError) as error:
            reply = {"error": str(error) or type(error).__name__}
        return json.dumps({"id": name, **reply})

    def _reply(self, request: Mapping[str, Any]) -> dict[str, object]:
        op = request.get("op")
        if op not in ("due", "elapsed", "next_open"):
            raise ValueError(f'op {json.dumps(op)} is none of "due", "elapsed", "next_open"')
        hours = self._hours(request)
        start = _instant(request, "start", hours)
        if op == "next_open":
            return {"instant": _iso(hours.next_open(start))}
        pauses = _pauses(request.get("pauses"), hours)
        if op == "elapsed":
            return {"seconds": hours.elapsed(start, _instant(request, "end", hours), pauses)}
        return {"instant": _iso(hours.add(start, _seconds(request.get("seconds")), pauses))}

    def _hours(self, request: Mapping[str, Any]) -> ServiceHours:
        parts = [request.get(key) for key in ("zone", "weekly", "holidays", "dates")]
        text = json.dumps(parts)
        hours = self._seen.pop(text, None)
        if hours is None:
            hours = ServiceHours.compile(_calendar(*parts), _HORIZON)
            if len(self._seen) >= _REMEMBERED:
                del self._seen[next(iter(self._seen))]  # the one not asked for the longest
        self._seen[text] = hours
        return hours


def _calendar(zone: object, weekly: object, holidays: object, dates: object) -> Calendar:
    if not isinstance(zone, str):
        raise ValueError('zone is missing; write an IANA name such as "Asia/Shanghai"')
    weekly = {} if weekly is None else weekly
    dates = {} if dates is None else dates
    holidays = [] if holidays is None else holidays
    if not isinstance(weekly, dict) or not isinstance(dates, dict):
        raise ValueError("weekly and dates are objects: a day or a date, and a list of windows")
    if not isinstance(holidays, list):
        raise ValueError('holidays is a list of dates, such as ["2026-10-01"]')
    return Calendar.parse("given", zone, weekly, dates=dates, closed=holidays)


def _instant(request: Mapping[str, Any], key: str, hours: ServiceHours) -> Instant:
    if request.get(key) is None:
        raise ValueError(f"{key} is missing")
    return instant(request[key], hours, key)


def instant(value: object, hours: ServiceHours, what: str = "time") -> Instant:
    """ISO 8601 text → instant; without an offset it is local in the calendar's zone. Fractions are dropped.

    Raises ValueError saying which time cannot be read.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value  # seconds since 1970 already
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'{what} "{value}" is not a time such as "2026-10-08T09:00:00+08:00"') from None
    return floor((moment if moment.tzinfo else moment.replace(tzinfo=hours.zone)).timestamp())


def _pauses(value: object, hours: ServiceHours) -> list[tuple[Instant, Instant]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ValueError("pauses is a list of [start, end]")
    return [(instant(begin, hours, "pause"), instant(end, hours, "pause")) for begin, end in value]


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise ValueError(f"seconds {json.dumps(value)} is not a whole number")
    if value > _LONGEST:
        raise ValueError(f"seconds {json.dumps(value)} is longer than all the years we know")
    return int(value)


def _iso(at: Instant) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
