"""A ticket's changes out of its metrics: the spans of `metric_instance` turned back into what changed when.

A metric of the type *Field value duration* says from when to when a column held a value; `field_value` is
the raw value, `value` what it shows. Only the starts are relied on: an end can be late, many rows never get
one, and on some instances all spans end when a record becomes inactive. What metrics do not tell, because no
definition measures the column or because their event has yet to run (they are about half a minute late), our
own observation does.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connector.instant import instant
from connector.sync.history import FIELDS, UNKNOWN, Change
from connector.sync.row import Row
from connector.ticket import Instant, TicketState

MEASURED: Mapping[str, str] = {"incident_state": "state", **{field: field for field in FIELDS}}
"""`field` of a metric → the column of the ticket. The stock definition measures the state's older twin."""

DURATION = "field_value_duration"
"""`type` of the definitions whose rows are spans; rows of script calculations look like them."""

BIRTH = 60
"""Seconds after a record's creation within which its first metric must begin, or metrics came later."""
SETTLING = 5
"""Seconds by which stamps of one write may differ."""
_INACTIVE = frozenset({TicketState.CLOSED, TicketState.CANCELED})
_NEVER = 2**62


class Held(NamedTuple):
    """From when to when a column held a value; ``end`` is None while it lasts, or where nobody ended it."""

    start: Instant
    end: Instant | None
    value: str


def changes_from(
    metrics: Sequence[Row],
    observed: Sequence[Change],
    created_at: Instant,
    state: str,
    states: Mapping[str, TicketState],
) -> list[Change]:
    """The changes that these rows tell of, and of the observed ones those that they do not tell.

    ``state`` is the record's raw state now. Before the first span of a column it held nothing if metrics
    were kept since ``created_at``, except that a span which begins with the record begins with it; if they
    were not, the state is unknown and other columns held the first value known. A state that ended without
    a successor became inactive then: what the record says, or closed if it was reopened since. Rows without
    a readable start are left out.
    """
    told = _held(metrics)
    if not told:
        return list(observed)
    begins = min(spans[0].start for spans in told.values())
    since_creation = begins <= created_at + BIRTH
    changes: list[Change] = []
    for field, spans in told.items():
        first, last = spans[0], spans[-1]
        if since_creation and first.start <= begins + SETTLING:
            before = first.value
        elif field == "state":
            before = UNKNOWN
        else:
            before = "" if since_creation else first.value
        changes += _chain(field, spans, before, states)
        later = [change for change in observed if change.field == field and change.at >= last.start]
        changes += later
        if field == "state" and not later and last.end is not None and last.value != state:
            changes.append(Change(last.end, field, last.value, state))
    return changes + [change for change in observed if change.field not in told]


def _held(metrics: Sequence[Row]) -> dict[str, list[Held]]:
    """Column → what it held, in order of time; of one second the shorter span first."""
    told: dict[str, list[Held]] = {}
    for row in metrics:
        field, value = MEASURED.get(row.get("field", "")), row.get("field_value", "")
        if field is None or (field == "state" and not value):
            continue
        try:
            start, end = instant(row.get("start", "")), instant(row.get("end", ""))
        except ValueError:
            continue
        if start is not None:
            told.setdefault(field, []).append(Held(start, end, value))
    for spans in told.values():
        spans.sort(key=lambda held: (held.start, _NEVER if held.end is None else held.end))
    return told


def _chain(field: str, spans: Sequence[Held], before: str, states: Mapping[str, TicketState]) -> list[Change]:
    changes, value, end = [], before, None
    for held in spans:
        gap = end is not None and end + SETTLING < held.start
        if field == "state" and end is not None and gap and states.get(value) not in _INACTIVE:
            closed = next((raw for raw, meant in states.items() if meant is TicketState.CLOSED), UNKNOWN)
            changes.append(Change(end, field, value, closed))
            value = closed
        changes.append(Change(held.start, field, value, held.value))
        value, end = held.value, held.end
    return changes
