"""The hotline's duty roster as a desk keeps it: a CSV file, a row for each shift and when who came (R-F2)."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from connector.sandbox.desk.people import MAIN, SOUTH
from connector.sandbox.desk.rhythm import DAY, OFFSET, midnight, weekday
from connector.sandbox.desk.story import MINUTE

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk

AHEAD = 7 * DAY
"""Seconds after the last call for which shifts are rostered already."""
_CHINA = timezone(timedelta(seconds=OFFSET))
_LATECOMER = "liu.yang"


class _Shift(NamedTuple):
    starts: int
    group: str
    consultant: str
    """Both by name."""


class Roster:
    """Keeps the shifts of both first lines in a file, which grows a time whenever somebody checks in.

    ``columns``: our word (starts, arrived, group, consultant) → heading in the file. Most people come some
    minutes before their shift; one changeover a week is late, Wednesday's at eleven.
    """

    def __init__(self, desk: "Desk", path: Path, start: int, end: int, columns: Mapping[str, str]) -> None:
        self._path = path
        self._columns = {
            word: columns.get(word, word) for word in ("starts", "arrived", "group", "consultant")
        }
        self._columns |= columns
        self._arrived: dict[_Shift, int | None] = {}
        for day in range(midnight(start), end + AHEAD, DAY):
            for group in (MAIN[0], SOUTH[0]):
                for person in desk.crew.members[group]:
                    for begin in person.hours.beginnings(day):
                        shift = _Shift(begin, group, person.name)
                        self._arrived[shift] = None
                        late = person.user_name == _LATECOMER and weekday(day) == 2
                        came = begin + (24 * MINUTE if late else _delay(desk, person.user_name, begin))
                        if start <= came < end:
                            desk.plan(came, self._check_in, shift)
        self._save()

    def _check_in(self, at: int, shift: _Shift) -> None:
        self._arrived[shift] = at
        self._save()

    def _save(self) -> None:
        with self._path.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.DictWriter(file, list(self._columns.values()))
            sheet.writeheader()
            for shift, arrived in sorted(self._arrived.items()):
                told = {
                    "starts": _told(shift.starts),
                    "arrived": "" if arrived is None else _told(arrived),
                    "group": shift.group,
                    "consultant": shift.consultant,
                }
                sheet.writerow({heading: told.get(word, "") for word, heading in self._columns.items()})


def _delay(desk: "Desk", person: str, begin: int) -> int:
    """Seconds from the beginning of a shift to the check-in; mostly before it."""
    rng = desk.dice_for(f"shift {person} {begin}")
    return rng.randint(1, 6) * MINUTE if rng.random() < 0.04 else -rng.randint(2, 20) * MINUTE


def _told(at: int) -> str:
    """``2026-03-02 08:00+08:00``."""
    return datetime.fromtimestamp(at, UTC).astimezone(_CHINA).isoformat(" ", "minutes")
