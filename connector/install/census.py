"""What an instance has that a configuration names: groups, choices, schedules, history.

Only reads. What may not be read is empty, and `Census.gaps` says so: a first configuration can be written all
the same.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from connector.errors import Retriable, Skippable, WrongInstance
from connector.sync.gateway import Gateway, term
from connector.sync.metric import DURATION
from connector.sync.row import Row

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_REPEATED: Mapping[str, str] = {
    "daily": "1234567",
    "weekdays": "12345",
    "weekends": "67",
    "weekMWF": "135",
    "weekTT": "24",
}
"""`repeat_type` of a schedule entry → its days, 1 is Monday; `weekly` names its own (§4.6)."""

_STAMP = re.compile(r"(\d{8})T?(\d{2})(\d{2})\d{2}Z?")


class Schedule(NamedTuple):
    """One `cmn_schedule` that can be told as a week."""

    name: str
    zone: str
    """IANA name, "" where the schedule floats."""
    week: Mapping[str, tuple[str, ...]]
    """Weekday → windows, such as ``{"mon": ("09:00-17:00",)}``."""

    @property
    def always(self) -> bool:
        """Day and night, every day."""
        return all(self.week.get(day) == ("00:00-24:00",) for day in DAYS)


@dataclass(frozen=True)
class Census:
    """What was found."""

    groups: tuple[str, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    """Value → label, as the following."""
    states: Mapping[str, str] = field(default_factory=dict)
    close_codes: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    schedules: tuple[Schedule, ...] = ()
    history: str = "observed"
    """The best that the account may read: audit, metric or observed."""
    zone: str = ""
    """Of the instance, "" where it may not be read."""
    gaps: tuple[str, ...] = ()
    """What could not be read, a sentence each."""


def census(gateway: Gateway) -> Census:
    """Raises `GatewayError` where the instance does not answer or refuses the account."""
    gaps: list[str] = []

    def rows(table: str, query: str, columns: list[str], limit: int = 1000) -> Sequence[Row]:
        try:
            return gateway.page(table, query, columns, limit=limit).rows
        except (Skippable, WrongInstance) as error:
            gaps.append(f"{table} could not be read: {error}")
            return []

    groups = rows("sys_user_group", "active=true^ORDERBYname", ["name"])
    elements = ["category", "state", "close_code", "priority"]
    chosen = rows(
        "sys_choice",
        "^".join(
            (term("name", "IN", ["incident", "task"]), term("element", "IN", elements), "inactive=false")
        ),
        ["name", "element", "value", "label", "language", "sequence"],
    )
    if not chosen:
        gaps.append("sys_choice shows nothing: categories, states and close codes are the platform's own")
    schedules = rows("cmn_schedule", "ORDERBYname", ["sys_id", "name", "time_zone"])
    spans = rows(
        "cmn_schedule_span",
        "ORDERBYstart_date_time",
        [
            "schedule", "type", "start_date_time", "end_date_time", "repeat_type", "repeat_count",
            "days_of_week", "all_day",
        ],
    )  # fmt: skip
    zone = rows("sys_properties", "name=glide.sys.default.tz", ["name", "value"], 2)
    return Census(
        groups=tuple(dict.fromkeys(row["name"] for row in groups if row.get("name"))),
        categories=_choices(chosen, "category"),
        states=_choices(chosen, "state"),
        close_codes=_choices(chosen, "close_code"),
        priorities=_choices(chosen, "priority"),
        schedules=tuple(_schedules(schedules, spans)),
        history=_history(gateway),
        zone=next((row.get("value", "") for row in zone if row.get("name") == "glide.sys.default.tz"), ""),
        gaps=tuple(gaps),
    )


def _choices(rows: Iterable[Row], element: str) -> dict[str, str]:
    """Those of incident itself win over what it inherits; English labels over others."""
    of = [row for row in rows if row.get("element") == element and row.get("value")]
    own = [row for row in of if row.get("name") == "incident"] or of
    own.sort(key=lambda row: (_number(row.get("sequence", "")), row["value"], row.get("language") != "en"))
    found: dict[str, str] = {}
    for row in own:
        found.setdefault(row["value"], row.get("label", ""))
    return found


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _history(gateway: Gateway) -> str:
    """Where the past of tickets can be read. A table that is closed shows no row, or is refused."""
    try:
        if gateway.page("sys_audit", term("tablename", "=", "incident"), ["sys_id"], limit=1).rows:
            return "audit"
    except (Skippable, WrongInstance):
        pass
    query = "^".join(
        (term("table", "=", "incident"), term("type", "=", DURATION), "active=true", "field=state")
    )
    try:
        if any(
            row.get("field") == "state" for row in gateway.page("metric_definition", query, ["field"]).rows
        ):
            return "metric"
    except (Skippable, WrongInstance, Retriable):
        pass
    return "observed"


def _schedules(rows: Iterable[Row], spans: Sequence[Row]) -> Iterable[Schedule]:
    for row in rows:
        week = week_of([span for span in spans if span.get("schedule") == row.get("sys_id")])
        if week and row.get("name"):
            zone = row.get("time_zone", "")
            yield Schedule(row["name"], "" if zone == "floating" else zone, week)


def week_of(spans: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Weekday → windows of the entries that come every week; {} where one of them cannot be told so.

    Entries that close (holidays) and those that come once or by the year are passed over.
    """
    found: dict[str, set[str]] = {}
    for span in spans:
        days = _REPEATED.get(span.get("repeat_type", ""), "")
        if span.get("repeat_type") == "weekly":
            days = span.get("days_of_week", "") or _own_day(span)
        if not days or span.get("type", "").startswith("exclu"):
            continue
        window = _window(span)
        if not window or span.get("repeat_count", "1") not in ("", "0", "1"):
            return {}
        for day in days:
            if day in "1234567":
                found.setdefault(DAYS[int(day) - 1], set()).add(window)
    return {day: tuple(sorted(found[day])) for day in DAYS if day in found}


def _own_day(span: Row) -> str:
    """The weekday on which an entry begins, which is when it comes again without days of its own."""
    begin = _STAMP.fullmatch(span.get("start_date_time", ""))
    try:
        return str(date.fromisoformat(begin[1]).isoweekday()) if begin else ""
    except ValueError:
        return ""


def _window(span: Row) -> str:
    """``09:00-17:00``; "" for what is no window of one day."""
    if span.get("all_day") == "true":
        return "00:00-24:00"
    begin, end = (_STAMP.fullmatch(span.get(name, "")) for name in ("start_date_time", "end_date_time"))
    if begin is None or end is None:
        return ""
    first, last = f"{begin[2]}:{begin[3]}", f"{end[2]}:{end[3]}"
    if begin[1] == end[1]:
        last = "24:00" if last == "23:59" else last
        return f"{first}-{last}" if first < last else ""
    return f"{first}-24:00" if last == "00:00" else f"{first}-{last}" if last <= first else ""
