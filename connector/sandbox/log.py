"""An incident audit log (CSV, plain or gzipped) read as events in the order in which they happened.

The format is that of the enriched event log of an incident process: one row per update, 36 columns of which
those in `COLUMNS` are used. Its traps, and what is done about them:

- dates are day-first, naive, in minutes (``29/2/2016 01:16``): read in the zone the caller names;
- ``?`` is missing: read as empty;
- rows of one incident stand together and in order, but their times now and then go back or precede
  ``opened_at``: a time is never before the one of the row above, nor before ``opened_at``;
- ``resolved_at``, ``closed_at``, ``closed_code`` and ``resolved_by`` stand on every row from the first on:
  they are kept apart (`Ending`), for the replay to tell them when their time has come.
"""

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TextIO
from zoneinfo import ZoneInfo

TOLD = (
    "incident_state",
    "reassignment_count",
    "reopen_count",
    "made_sla",
    "caller_id",
    "opened_by",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "u_symptom",
    "cmdb_ci",
    "impact",
    "urgency",
    "assignment_group",
    "assigned_to",
    "knowledge",
    "u_priority_confirmation",
    "notify",
    "problem_id",
    "rfc",
    "vendor",
    "caused_by",
)
"""Columns whose changes are events.  `active` and `priority` follow from others by the instance's rules."""

_OTHER = ("number", "opened_at", "sys_created_by", "sys_updated_by", "sys_updated_at")
_END = ("resolved_at", "closed_at", "closed_code", "resolved_by")
COLUMNS = (*TOLD, *_OTHER, *_END)


class UnreadableLog(ValueError):
    """The file is not such a log; the message says which line and what is wrong with it."""


class Ending(NamedTuple):
    """How an incident will have ended: not to be told before its time.  Instants are UTC seconds or None."""

    resolved_at: int | None
    closed_at: int | None
    closed_code: str
    resolved_by: str


class Event(NamedTuple):
    """One row: what differs from the row before it of the same incident."""

    at: int
    number: str
    first: bool
    opened_at: int
    user: str
    changes: dict[str, str]
    """Column of the log → its new text, empty for missing; on the first row all that is not empty."""
    ending: Ending


def read(path: Path, zone: str = "UTC") -> list[Event]:
    """All events of a log by time; events of one incident keep the order of the file.

    Raises `UnreadableLog`, OSError for a file that cannot be opened, and ZoneInfoNotFoundError.
    """
    where = ZoneInfo(zone)
    with _open(path) as text:
        try:
            events = list(_events(text, where))
        except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, csv.Error) as error:
            raise UnreadableLog(f"{path.name}: {error}") from None
    events.sort(key=lambda event: event.at)  # stable
    return events


def _open(path: Path) -> TextIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _events(text: TextIO, zone: ZoneInfo) -> Iterator[Event]:
    rows = csv.reader(text)
    header = next(rows, [])
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise UnreadableLog(f"line 1: no column {', '.join(missing)}")
    told = [(name, header.index(name)) for name in TOLD]
    number, opened, created_by, updated_by, updated = (header.index(name) for name in _OTHER)
    resolved_at, closed_at, closed_code, resolved_by = (header.index(name) for name in _END)
    dates: dict[str, int | None] = {"?": None, "": None}

    def instant(value: str) -> int | None:
        try:
            return dates[value]
        except KeyError:
            found = dates[value] = _instant(value, zone)
            return found

    before: Sequence[str] = ()
    at = 0
    for row in rows:
        try:
            first = not before or row[number] != before[number]
            start = instant(row[opened])
            time = instant(row[updated])
            ending = Ending(
                instant(row[resolved_at]),
                instant(row[closed_at]),
                _text(row[closed_code]),
                _text(row[resolved_by]),
            )
            user = row[updated_by]
            if first:
                at = 0
                user = _text(row[created_by]) or user
                changes = {name: row[index] for name, index in told if row[index] != "?"}
            else:
                changes = {name: _text(row[index]) for name, index in told if row[index] != before[index]}
        except (ValueError, IndexError) as error:
            raise UnreadableLog(f"line {rows.line_num}: {error}") from None
        if start is None:
            start = time or at
        at = max(at, start, time or 0)
        yield Event(at, row[number], first, start, user, changes, ending)
        before = row


def _text(value: str) -> str:
    return "" if value == "?" else value


def _instant(value: str, zone: ZoneInfo) -> int:
    day, month, rest = value.split("/")
    year, clock = rest.split(" ")
    hour, minute = clock.split(":")
    return int(datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=zone).timestamp())
