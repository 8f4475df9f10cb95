"""Openings and closings that fall into the hour a clock change skips or repeats.

Nothing is wrong with them, but a person who counts minutes on the wall gets another sum: a window 00:00-02:30
in Berlin has 150 minutes on both change days, where the wall shows 120 and 180. So whoever wrote it is told.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.service_hours.calendar import Calendar, clock
from connector.service_hours.table import compile_table, local_instant


def doubtful(calendar: Calendar, year: int) -> Iterator[str]:
    """A sentence for every opening or closing of ``year`` that lies in a skipped or repeated hour.

    A boundary at which the hours run on (the midnights of 7×24) is none.
    """
    zone = ZoneInfo(calendar.zone)
    changing = [
        day
        for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        if _offset(zone, day, 0) != _offset(zone, day, 1440 * 2)
    ]
    if not changing:
        return
    edges = set(compile_table(calendar, year, year).edges)
    told = set()
    for day in changing:
        for opens, closes in calendar.on(date.fromordinal(day)):
            for minute in (opens, closes if closes > opens else closes + 1440):
                first, second = _offset(zone, day, minute), _offset(zone, day, minute, fold=1)
                if first == second or (at := local_instant(zone, day, minute)) not in edges or at in told:
                    continue
                told.add(at)
                reading = datetime.fromordinal(day) + timedelta(minutes=minute)
                taken = datetime.fromtimestamp(at, UTC).astimezone(zone)
                yield (
                    f'service hours "{calendar.name}": {reading:%Y-%m-%d} {clock(minute % 1440)} '
                    + (
                        f"is skipped in {calendar.zone}; {taken:%H:%M} is taken"
                        if first < second
                        else f"comes twice in {calendar.zone}; the first is taken"
                    )
                )


def _offset(zone: ZoneInfo, day: int, minute: int, fold: int = 0) -> timedelta:
    offset = zone.utcoffset((datetime.fromordinal(day) + timedelta(minutes=minute)).replace(fold=fold))
    assert offset is not None  # a ZoneInfo knows every wall time
    return offset
