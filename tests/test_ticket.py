"""What a ticket knows of its own life, and whom the directory would hand it to."""

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ticket import ENDED_STATES, Directory, Ticket, TicketState, Tier, tickets_of
from tests.builder import DAY, FIRST, GROUPS, HOUR, MON, NETWORK, SECOND, SOUTH, WANG, spans, ticket, tickets

NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED, CLOSED = TicketState.RESOLVED, TicketState.CLOSED
DIRECTORY = Directory({group.sys_id: group for group in GROUPS})


def test_an_assignee_or_another_state_is_a_response() -> None:
    """Whichever was first; a new ticket without anybody has none."""
    assert ticket(life=spans(MON, (0, NEW))).responded_at is None
    assert ticket(life=spans(MON, (0, NEW), (60, NEW, WANG), (90, WORK, WANG))).responded_at == MON + 60
    assert ticket(life=spans(MON, (0, NEW), (60, WORK))).responded_at == MON + 60
    assert ticket(life=spans(MON, (0, TicketState.UNKNOWN), (60, HOLD))).responded_at == MON + 60


def test_it_ended_when_it_was_resolved_not_when_it_was_closed() -> None:
    """Resolved and then closed: the first instant; closed straight away: that."""
    both = ticket(life=spans(MON, (0, WORK), (HOUR, RESOLVED), (DAY, CLOSED)))
    straight = ticket(life=spans(MON, (0, WORK), (HOUR, CLOSED)), resolved_at=None)
    assert both.ended_at == straight.ended_at == MON + HOUR


def test_the_record_fills_in_where_history_is_silent() -> None:
    """No history: the stamps. The earlier of both counts, but no stamp from before a reopening."""
    silent = ticket(life=spans(MON, (0, CLOSED)), resolved_at=MON + HOUR, closed_at=MON + DAY)
    assert silent.ended_at == MON + HOUR
    seen_late = ticket(life=spans(MON, (0, WORK), (2 * HOUR, RESOLVED)), resolved_at=MON + HOUR)
    assert seen_late.ended_at == MON + HOUR
    life = spans(MON, (0, WORK), (HOUR, RESOLVED), (2 * HOUR, WORK), (3 * HOUR, RESOLVED))
    assert ticket(life=life, resolved_at=MON + HOUR).ended_at == MON + 3 * HOUR


def test_created_as_resolved_it_ended_where_it_begins() -> None:
    """Its closing was seen, so resolved was its first state; a stamp knows better, the row alone does not."""
    life = spans(MON, (0, RESOLVED), (DAY, CLOSED))
    assert ticket(life=life, resolved_at=None, closed_at=MON + DAY).ended_at == MON
    assert ticket(life=life, resolved_at=MON + HOUR, closed_at=MON + DAY).ended_at == MON + HOUR
    unseen = spans(MON, (0, CLOSED))
    assert ticket(life=unseen, resolved_at=None, closed_at=MON + DAY).ended_at == MON + DAY
    assert ticket(life=spans(MON, (0, RESOLVED)), resolved_at=None, closed_at=None).ended_at is None


@given(tickets())
def test_only_a_resolved_or_closed_ticket_has_ended(t: Ticket) -> None:
    """An open or canceled ticket never has, whatever stamps it carries."""
    if t.state not in ENDED_STATES:
        assert t.ended_at is None


@given(tickets())
def test_pauses_lie_within_its_life_and_do_not_overlap(t: Ticket) -> None:
    """In order, each after the one before."""
    edges = [edge for pause in t.pauses() for edge in pause if edge is not None]
    assert edges == sorted(edges)
    assert all(edge >= t.opened_at for edge in edges)


def test_pauses_are_holds_and_the_time_before_a_reopening() -> None:
    """With reasons named, only those holds."""
    life = spans(MON, (0, HOLD, "", "", "1"), (10, HOLD, "", "", "4"), (20, RESOLVED), (30, WORK))
    t = ticket(life=life)
    assert t.pauses() == [(MON, MON + 10), (MON + 10, MON + 20), (MON + 20, MON + 30)]
    assert t.pauses(frozenset({"4"})) == [(MON + 10, MON + 20), (MON + 20, MON + 30)]


def test_desk_and_tier_are_those_of_its_group() -> None:
    """Without a group there is neither."""
    assert (ticket(group=SOUTH).desk, ticket(group=SOUTH).tier) == ("south", Tier.FIRST_LINE)
    assert (ticket(group=None).desk, ticket(group=None).tier) == ("", None)


def test_the_speciality_comes_first_then_any_then_another_desk() -> None:
    """Network to its group, all else to the general one, and a desk without that tier borrows."""
    assert DIRECTORY.speciality(Tier.SECOND_LINE, "network", "main") == NETWORK
    assert DIRECTORY.speciality(Tier.SECOND_LINE, "printer", "main") == SECOND
    assert DIRECTORY.speciality(Tier.SECOND_LINE, "printer", "south") == SECOND
    assert DIRECTORY.speciality(Tier.FIRST_LINE, "", "south") == SOUTH
    assert Directory({NETWORK.sys_id: NETWORK}).speciality(Tier.SECOND_LINE, "printer") is None
    assert DIRECTORY.group_named("Service Desk") == FIRST
    assert DIRECTORY.group_named("Nobody") is None


@given(st.lists(tickets(), max_size=3))
def test_the_quick_way_makes_the_same_tickets(given_tickets: list[Ticket]) -> None:
    """They equal what the constructor makes, and nobody can change them."""
    made = tickets_of(*([getattr(one, each.name) for one in given_tickets] for each in fields(Ticket)))
    assert made == given_tickets
    for one in made:
        assert type(one) is Ticket
        with pytest.raises(FrozenInstanceError):
            one.number = "INC2"  # type: ignore[misc]
