"""What gaming of figures would look like in the records: watched and reported, never judged.

Each pattern has an honest reading as well, so a finding is a list of records to open and talk about. It says
how many there are out of how many that could be, for three of four is something else than three of 900.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from connector.kpi import life
from connector.kpi.indicator import CALL_BACK_KINDS, TicketFact, Words
from connector.kpi.period import Period
from connector.ticket import Group, Instant, Span, Ticket, TicketState, Tier

SHORTLY = 30 * 60
"""Seconds before a limit that count as its last minutes."""

FEW_CALLED = 20
"""Call-backs below which their choice says nothing."""

Due = Callable[[Ticket, Instant], Instant | None]
"""(ticket, moment) → when its resolution was due as things stood at that moment; None without a limit."""


class Finding(NamedTuple):
    """One pattern in one period."""

    pattern: str
    """``closed_and_reopened``, ``class_lowered``, ``silent_pause``, ``satisfied_called`` or
    ``late_escalation``.
    """
    said: Words
    ids: tuple[str, ...]
    """sys_ids of the tickets that show it, sorted."""
    of: int
    """How many tickets could have shown it."""
    unmeasured: Words | None = None
    """Why it could not be watched; None if it was."""


_SAID: Mapping[str, Words] = {
    "closed_and_reopened": Words("resolved or closed, and back at work later", "已解决或关闭后又重开"),
    "class_lowered": Words("class lowered shortly before its limit or after it", "临近或超过时限时降低级别"),
    "silent_pause": Words("put on hold without a word to the caller", "挂起而未告知客户"),
    "satisfied_called": Words(
        "late or reopened, and not called back, although the others are",
        "超时或重开的工单未回访，而其他工单已回访",
    ),
    "late_escalation": Words(
        "escalated in the last minutes of the limit or after it", "临近或超过时限才升级"
    ),
}
NO_LIMITS = Words("no resolution limit is configured", "未设处理时限")
NO_WORDS = Words("what is said to callers is not read", "未接入与客户的沟通记录")


def closed_and_reopened(facts: Iterable[TicketFact], period: Period) -> Finding:
    """Tickets that went back to work in the period, of those resolved or closed in it at some time."""
    hits, of = [], 0
    for fact in facts:
        ended = any(
            span.state in (TicketState.RESOLVED, TicketState.CLOSED) and span.start in period
            for span in fact.ticket.spans
        )
        back = life.reopened_at(fact.ticket)
        reopened = back is not None and back in period
        of += ended or reopened
        if reopened:
            hits.append(fact.id)
    return _found("closed_and_reopened", hits, of)


def class_lowered(
    facts: Iterable[TicketFact],
    period: Period,
    rank: Mapping[str, int],
    due: Due | None,
    shortly: int = SHORTLY,
) -> Finding:
    """Tickets whose class went down in the period with less than ``shortly`` seconds left of the limit they
    had, or none; of those whose class went down. ``rank``: priority → how grave it is, more is graver.
    """
    hits, of = [], 0
    for fact in facts if due is not None else ():
        lowered = [
            span.start
            for before, span in zip(fact.ticket.spans, fact.ticket.spans[1:], strict=False)
            if rank.get(span.priority, 0) < rank.get(before.priority, 0)
            and span.priority in rank
            and span.start in period
        ]
        of += bool(lowered)
        if due is not None and any(_pressing(due(fact.ticket, at - 1), at, shortly) for at in lowered):
            hits.append(fact.id)
    return _found("class_lowered", hits, of, None if due is not None else NO_LIMITS)


def silent_pauses(
    facts: Iterable[TicketFact],
    period: Period,
    told: Mapping[str, Sequence[Instant]] | None,
    around: int = SHORTLY,
) -> Finding:
    """Tickets put on hold in the period with no word to the caller within ``around`` seconds of it, of those
    put on hold. ``told``: sys_id → moments at which the caller was written or spoken to; None: not read.
    """
    hits, of = [], 0
    for fact in facts if told is not None else ():
        pauses = [span for span in fact.ticket.spans if _held_in(span, period)]
        of += bool(pauses)
        words = told.get(fact.id, ()) if told is not None else ()
        if any(not any(abs(at - span.start) <= around for at in words) for span in pauses):
            hits.append(fact.id)
    return _found("silent_pause", hits, of, None if told is not None else NO_WORDS)


def satisfied_called(facts: Iterable[TicketFact], period: Period) -> Finding:
    """Late or reopened tickets of the period without a call-back, where others are called at least twice as
    often. Says nothing (no ids) where the choice looks even, or under `FEW_CALLED` call-backs.
    """
    called = {True: 0, False: 0}
    missed: dict[bool, list[str]] = {True: [], False: []}
    for fact in facts:
        ended = fact.ticket.ended_at
        if ended is None or ended not in period:
            continue
        sore = fact.resolved_in_time is False or life.reopened(fact.ticket)
        if any(task.kind in CALL_BACK_KINDS and task.complete for task in fact.ticket.tasks):
            called[sore] += 1
        else:
            missed[sore].append(fact.id)
    angry, glad = called[True] + len(missed[True]), called[False] + len(missed[False])
    uneven = (
        called[True] + called[False] >= FEW_CALLED
        and angry > 0
        and glad > 0
        and 2 * called[True] * glad < called[False] * angry
    )
    return _found("satisfied_called", missed[True] if uneven else [], angry)


def late_escalation(
    facts: Iterable[TicketFact],
    period: Period,
    groups: Mapping[str, Group],
    due: Due | None,
    shortly: int = SHORTLY,
) -> Finding:
    """Tickets that left the first line upwards in the period with less than ``shortly`` seconds left of their
    limit, or none; of those that left it upwards.
    """
    hits, of = [], 0
    for fact in facts if due is not None else ():
        found = life.escalation(fact.ticket, groups, Tier.FIRST_LINE)
        if found is None or found[0] not in period:
            continue
        of += 1
        if due is not None and _pressing(due(fact.ticket, found[0]), found[0], shortly):
            hits.append(fact.id)
    return _found("late_escalation", hits, of, None if due is not None else NO_LIMITS)


def _pressing(due: Instant | None, at: Instant, shortly: int) -> bool:
    return due is not None and at > due - shortly


def _held_in(span: Span, period: Period) -> bool:
    return span.state is TicketState.ON_HOLD and span.start in period


def _found(pattern: str, ids: Iterable[str], of: int, unmeasured: Words | None = None) -> Finding:
    return Finding(pattern, _SAID[pattern], tuple(sorted(ids)), of, unmeasured)
