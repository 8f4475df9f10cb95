"""Moments of a ticket's life that indicators ask for, and whose hands it was in then.

Work is credited to whoever did it, not to whoever holds the ticket now: a request that the first line could
not solve must not become the second line's miss, nor a late answer be passed on with the ticket. Where the
history is missing (no spans) the record as it stands is all there is.
"""

from collections.abc import Mapping

from connector.kpi.indicator import Owner
from connector.ticket import ENDED_STATES, OPEN_STATES, Group, Instant, Span, Ticket, TicketState, Tier

_new = tuple.__new__
"""What the constructor of a named tuple calls; it saves a call for each of three owners of every ticket."""
_RANK = {Tier.FIRST_LINE: 1, Tier.SECOND_LINE: 2, Tier.VENDOR: 3}


def holder(ticket: Ticket) -> Owner:
    """Who holds it now."""
    group = ticket.group
    return _new(Owner, (group.sys_id if group else "", ticket.assignee))


def first_hands(ticket: Ticket) -> Owner:
    """Who accepted it (R-A2): the first group that held it, and that group's first consultant on it."""
    group = ""
    for span in ticket.spans:
        if group and span.group and span.group != group:
            return Owner(group, "")
        group = group or span.group
        if span.assignee:
            # An assignee may stand there a moment before the group does.
            return _new(Owner, (group or _next_group(ticket, span), span.assignee))
    return Owner(group, "") if group else holder(ticket)


def responder(ticket: Ticket) -> Owner:
    """Who responded first (R-E3); who lets it wait, if nobody has."""
    moment = ticket.responded_at
    for span in ticket.spans:
        if span.start == moment:
            return _new(Owner, (span.group or _next_group(ticket, span), span.assignee))
    return holder(ticket)


def resolver(ticket: Ticket) -> Owner:
    """Who had it when it was resolved for good; who holds it now, if it is not."""
    span = _resolution(ticket)
    if span is None:
        return holder(ticket)
    group, consultant = span.group, span.assignee
    if not group or not consultant:
        now = holder(ticket)
        group, consultant = group or now.group, consultant or now.consultant
    return _new(Owner, (group, consultant))


def at_first_contact(ticket: Ticket, within: int, groups: Mapping[str, Group]) -> bool:
    """R-E4: resolved ``within`` seconds of opening by the tier it came to, never held, never reopened.

    Where the first group has no tier, the ticket must not have left that group.
    """
    moment = ticket.ended_at
    if moment is None or moment - ticket.opened_at > within or ticket.reopen_count:
        return False
    if not ticket.spans:
        return ticket.reassignment_count == 0
    first, tier, done = "", None, False
    for span in ticket.spans:
        if span.state is TicketState.ON_HOLD or (done and span.state not in ENDED_STATES):
            return False
        done = done or span.state in ENDED_STATES
        if not span.group or span.group == first:
            continue
        if not first:
            first, tier = span.group, _tier(span.group, groups)
        elif tier is None or _tier(span.group, groups) is not tier:
            return False
    return True


def escalation(ticket: Ticket, groups: Mapping[str, Group], left: Tier) -> tuple[Instant, Owner] | None:
    """When it first went from the tier ``left`` to a higher one (R-B2), and who passed it on.

    Groups without a tier in between are passed over: the request still left the one and reached the other.
    """
    if len(ticket.spans) < 2:
        return None  # it never changed hands, which is so of most
    hands: Span | None = None
    for span in ticket.spans:
        if not span.group:
            continue
        tier = _tier(span.group, groups)
        if hands is not None and tier is not None and _RANK[tier] > _RANK[left]:
            return span.start, Owner(hands.group, hands.assignee)
        if tier is left:
            # A hand-over clears the assignee first now and then; who had it before that passed it on.
            keep = hands is not None and hands.group == span.group and not span.assignee
            hands = hands if keep else span
        elif tier is not None:
            hands = None
    return None


def reopened(ticket: Ticket) -> bool:
    """It went back to work after it was resolved or closed: by its history, or by the record's own count."""
    return ticket.reopen_count > 0 or reopened_at(ticket) is not None


def reopened_at(ticket: Ticket) -> Instant | None:
    """When it last went back to work after it was resolved or closed, by its history."""
    found, done = None, False
    for span in ticket.spans:
        if span.state in ENDED_STATES:
            done = True
        elif done and span.state in OPEN_STATES:
            found, done = span.start, False
    return found


def reached(ticket: Ticket, groups: Mapping[str, Group], tier: Tier) -> bool:
    """A group of that tier held it at some time."""
    return ticket.tier is tier or any(_tier(span.group, groups) is tier for span in ticket.spans)


def _resolution(ticket: Ticket) -> Span | None:
    found = None
    for span in reversed(ticket.spans):
        if span.state not in ENDED_STATES:
            break
        found = span
    return found


def _next_group(ticket: Ticket, after: Span) -> str:
    for span in ticket.spans:
        if span.start >= after.start and span.group:
            return span.group
    return ticket.group.sys_id if ticket.group else ""


def _tier(group: str, groups: Mapping[str, Group]) -> Tier | None:
    known = groups.get(group)
    return known.tier if known else None
