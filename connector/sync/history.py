"""A ticket's life as spans without gaps, from its row and what is known of its changes.

Changes come from ``sys_audit``, from metrics (`connector.sync.metric`) or from our own observation. All can
be incomplete: audit leaves out import sets, metrics begin with their definition, observation with the first
sight. So the row has the last word, and where nothing is known of the time before a ticket was resolved, the
span says unknown rather than guess.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from connector.ticket import Instant, Span, TicketState


class Change(NamedTuple):
    """One column of one ticket changed; raw values as the platform has them."""

    at: Instant
    field: str
    old: str
    new: str
    user: str = ""
    """user_name of who did it, where known."""


class Standing(NamedTuple):
    """What a span is made of, in raw values; the order is that of `FIELDS`."""

    state: str
    hold_reason: str
    group: str
    assignee: str
    priority: str


FIELDS = ("state", "hold_reason", "assignment_group", "assigned_to", "priority")
"""Columns whose change begins a new span."""
_PLACE = {field: place for place, field in enumerate(FIELDS)}
UNKNOWN = "\x00"
"""A raw state that no instance has."""
_RESOLVED, _CLOSED, _CANCELED = TicketState.RESOLVED, TicketState.CLOSED, TicketState.CANCELED
_UNKNOWN = TicketState.UNKNOWN
_made = tuple.__new__  # a span of its values in half the time of its own constructor
_standing, _at = Standing._make, attrgetter("at")


def spans(
    opened_at: Instant,
    updated_at: Instant,
    now: Standing,
    changes: Sequence[Change],
    states: Mapping[str, TicketState],
    resolved_at: Instant | None = None,
    closed_at: Instant | None = None,
) -> tuple[Span, ...]:
    """Spans from ``opened_at`` on; the last is open and agrees with ``now``, what the row says.

    A field begins with the old value of its first change, else with the row's own. A change before
    ``opened_at`` counts from there. If the row is ahead of the changes, a span begins at ``updated_at``; if
    the changes are ahead of the row, they wait for it. A state that ``states`` does not know is UNKNOWN.
    Cost: linear in the changes; without any, one span.
    """
    relevant = [change for change in changes if change.field in _PLACE] if changes else []
    if not relevant:
        here = (states.get(now.state, TicketState.UNKNOWN), *now[1:])
        if resolved_at or closed_at:
            return untold(opened_at, here, states, resolved_at, closed_at)
        return (Span(opened_at, None, *here),)
    if (resolved_at or closed_at) and not any(c.field == "state" for c in relevant):
        ends = _ends(now.state, states, resolved_at, closed_at)
        states_before = (UNKNOWN, *(state for _, state in ends))
        relevant += [
            Change(at, "state", before, state)
            for (at, state), before in zip(ends, states_before, strict=False)
        ]
    steps = _replay(relevant, now)
    if steps[-1][1] != now:
        steps = _replay([change for change in relevant if change.at <= updated_at], now, relevant)
        if steps[-1][1] != now:
            steps.append((max(updated_at, steps[-1][0]), now))
    return _joined(opened_at, steps, states)


def untold(
    opened_at: Instant,
    here: tuple[TicketState, str, str, str, str],
    states: Mapping[str, TicketState],
    resolved_at: Instant | None,
    closed_at: Instant | None,
) -> tuple[Span, ...]:
    """The same where no change is known, only the row's own stamps: unknown up to its end.

    ``here`` is what the last span says, its state by our word.
    """
    state = here[0]
    end = closed_at
    if state is _RESOLVED:
        end = resolved_at
    elif state is not _CLOSED and state is not _CANCELED:
        end = None
    if end is None:
        return (_made(Span, (opened_at, None, *here)),)
    rest, told = here[1:], []
    since, before = opened_at, _UNKNOWN
    if state is _CLOSED and resolved_at is not None:
        if resolved_at > since:
            told.append(_made(Span, (since, resolved_at, before, *rest)))
            since = resolved_at
        if _RESOLVED in states.values():  # else no history could say so
            before = _RESOLVED
    if end > since:
        told.append(_made(Span, (since, end, before, *rest)))
        since = end
    told.append(_made(Span, (since, None, state, *rest)))
    return tuple(told)


def caught_up(now: Standing, changes: Sequence[Change]) -> bool:
    """Whether the changes, in order of time, end in what the row says: then no span of `spans` hangs on when
    the row was updated. Also False where two changes of a field share its last second, for their order is
    not told by their times.
    """
    last: dict[int, Instant] = {}
    for change in reversed(changes):
        place = _PLACE.get(change.field)
        if place is None:
            continue
        at = last.get(place)
        if at == change.at or (at is None and change.new != now[place]):
            return False
        last.setdefault(place, change.at)
    return True


def _ends(
    state: str, states: Mapping[str, TicketState], resolved_at: Instant | None, closed_at: Instant | None
) -> list[tuple[Instant, str]]:
    """(since, raw state) that the row's own stamps tell of its end, where no change of state is known."""
    here = states.get(state)
    if here is TicketState.RESOLVED:
        return [(resolved_at, state)] if resolved_at is not None else []
    if here not in (TicketState.CLOSED, TicketState.CANCELED) or closed_at is None:
        return []
    if here is TicketState.CANCELED or resolved_at is None:
        return [(closed_at, state)]
    resolved = next((raw for raw, meant in states.items() if meant is TicketState.RESOLVED), UNKNOWN)
    return [(resolved_at, resolved), (closed_at, state)]


def _replay(
    changes: Sequence[Change], now: Standing, all_changes: Sequence[Change] | None = None
) -> list[tuple[Instant, Standing]]:
    """(since, values) in order of time, beginning with the values before the first change."""
    ordered = changes if _told_in_order(changes) else _ordered(changes)
    values, known = list(now), set[str]()
    for change in (*ordered, *sorted(all_changes or (), key=_at)):
        if change.field not in known:
            known.add(change.field)
            values[_PLACE[change.field]] = change.old
    last = -(2**62)
    steps = [(last, _standing(values))]
    for change in ordered:
        at = change.at
        values[_PLACE[change.field]] = change.new
        if at == last:
            steps[-1] = (at, _standing(values))
        else:
            steps.append((at, _standing(values)))
            last = at
    return steps


def _told_in_order(changes: Sequence[Change]) -> bool:
    """They are in order of time already, and no field changes twice within a second: the usual case."""
    at, fields = -(2**62), set[str]()
    for change in changes:
        if change.at > at:
            at, fields = change.at, {change.field}
        elif change.at < at or change.field in fields:
            return False
        else:
            fields.add(change.field)
    return True


def _ordered(changes: Sequence[Change]) -> list[Change]:
    return [
        change for _, same in groupby(sorted(changes, key=_at), key=_at) for change in _chained(list(same))
    ]


def _chained(same: list[Change]) -> list[Change]:
    """Changes of one second in the order in which each begins where the one before ended.

    The audit's grain is a second and its ids are random, so two changes of a field in one second come in
    any order; their old and new values tell which was first.
    """
    if len(same) == 1:
        return same
    ordered: list[Change] = []
    for field in dict.fromkeys(change.field for change in same):
        left = [change for change in same if change.field == field]
        ends = {change.new for change in left}
        # The first is the one whose beginning nobody else made; in a circle, the one that came first.
        link = next((change for change in left if change.old not in ends), left[0])
        while True:
            left.remove(link)
            ordered.append(link)
            if not left:
                break
            link = next((change for change in left if change.old == link.new), left[0])
    return ordered


def _joined(
    opened_at: Instant, steps: Sequence[tuple[Instant, Standing]], states: Mapping[str, TicketState]
) -> tuple[Span, ...]:
    """Spans of the steps: clamped to the opening, without empty ones, equal neighbours as one."""
    clamped: list[tuple[Instant, Standing]] = []
    for since, values in steps:
        at = max(since, opened_at)
        if clamped and clamped[-1][0] == at:
            clamped.pop()
        if not clamped or clamped[-1][1] != values:
            clamped.append((at, values))
    ends: list[Instant | None] = [at for at, _ in clamped[1:]]
    meaning = states.get
    return tuple(
        [
            _made(Span, (at, end, meaning(values[0], _UNKNOWN), *values[1:]))
            for (at, values), end in zip(clamped, [*ends, None], strict=True)
        ]
    )
