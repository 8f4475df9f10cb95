"""A ticket as it stood at a past moment, from its history: what figures "as of" a date are made of."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from connector.ticket import ENDED_STATES, DeskTask, Group, Instant, Ticket, TicketState


def as_of(ticket: Ticket, moment: Instant, groups: Mapping[str, Group] | None = None) -> Ticket | None:
    """The ticket at ``moment``; None if it was not opened yet.

    What the history keeps is set back: state, group, consultant, priority (not the class, which the priority
    may have been overruled in), resolution, closing, call-backs and reopenings. What it does not keep stays
    as it is now: category, company, articles. Without a history the record's stamps decide.
    """
    if ticket.opened_at > moment:
        return None
    tasks = tuple(
        task if task.closed_at is None or task.closed_at <= moment else _running(task)
        for task in ticket.tasks
        if task.opened_at <= moment
    )
    spans = tuple(
        span if span.end is not None and span.end <= moment else span._replace(end=None)
        for span in ticket.spans
        if span.start <= moment
    )
    closed = ticket.closed_at is not None and ticket.closed_at <= moment
    resolved = ticket.resolved_at is not None and ticket.resolved_at <= moment
    if not spans:
        return replace(
            ticket,
            tasks=tasks,
            closed_at=ticket.closed_at if closed else None,
            resolved_at=ticket.resolved_at if resolved else None,
            state=_state(ticket, closed=closed, resolved=resolved),
        )
    last = spans[-1]
    back = sum(
        one.state in ENDED_STATES and other.state not in ENDED_STATES for one, other in pairwise(spans)
    )
    ended = last.state in ENDED_STATES
    stamp = ticket.resolved_at if resolved else None
    if (
        ticket.resolved_at is None
        and last.state is TicketState.RESOLVED
        and ticket.ended_at == spans[0].start
    ):
        stamp = spans[0].start  # created as resolved, which only its closing showed
    group = ticket.group
    if last.group and (group is None or group.sys_id != last.group):
        group = (groups or {}).get(last.group, Group(last.group, ""))
    return replace(
        ticket,
        spans=spans,
        tasks=tasks,
        state=last.state,
        hold_reason=last.hold_reason,
        group=group if last.group else None,
        assignee=last.assignee,
        priority=last.priority or ticket.priority,
        closed_at=ticket.closed_at if closed and last.state is TicketState.CLOSED else None,
        resolved_at=stamp if ended else None,
        reopen_count=min(ticket.reopen_count, back),
    )


def _running(task: DeskTask) -> DeskTask:
    return task._replace(closed_at=None, complete=False, score=None)


def _state(ticket: Ticket, *, closed: bool, resolved: bool) -> TicketState:
    if ticket.state is TicketState.CLOSED and not closed:
        return TicketState.RESOLVED if resolved else TicketState.IN_PROGRESS
    if ticket.state is TicketState.RESOLVED and not resolved:
        return TicketState.IN_PROGRESS
    return ticket.state
