"""As of a moment a ticket is what it was then."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.past import as_of
from connector.ticket import DeskTask, Group, Span, Ticket, TicketState

NEW, WORK = TicketState.NEW, TicketState.IN_PROGRESS
RESOLVED, CLOSED = TicketState.RESOLVED, TicketState.CLOSED
TASKS = (DeskTask("k1", "callback", "", 60, 70, True, True, score=4.0),)
LIFE = Ticket(
    "t", "INC1", 10, 90, 5, CLOSED, "2", group=Group("g2", "Net"), assignee="li",
    resolved_at=50, closed_at=80, reopen_count=1, tasks=TASKS,
    spans=(
        Span(10, 20, NEW, "", "g1", "", "3"),
        Span(20, 30, RESOLVED, "", "g1", "wang", "3"),
        Span(30, 50, WORK, "", "g2", "li", "2"),
        Span(50, 80, RESOLVED, "", "g2", "li", "2"),
        Span(80, None, CLOSED, "", "g2", "li", "2"),
    ),
)  # fmt: skip


def test_a_life_is_walked_backwards():
    """State, hands, priority, stamps, reopenings and call-backs are those of the moment."""
    assert as_of(LIFE, 9) is None
    first = as_of(LIFE, 15)
    assert (first.state, first.group.sys_id, first.assignee, first.priority) == (NEW, "g1", "", "3")
    assert (first.resolved_at, first.closed_at, first.reopen_count, first.tasks) == (None, None, 0, ())
    again = as_of(LIFE, 35)
    assert (again.state, again.ended_at, again.reopen_count) == (WORK, None, 1)
    resolved = as_of(LIFE, 65)
    assert (resolved.state, resolved.ended_at, resolved.closed_at) == (RESOLVED, 50, None)
    assert (resolved.tasks[0].closed_at, resolved.tasks[0].complete, resolved.tasks[0].score) == (
        None,
        False,
        None,
    )


def test_created_as_resolved_it_had_ended_before_it_was_closed():
    """Its closing shows it, and is believed for the days before."""
    life = (Span(10, 80, RESOLVED), Span(80, None, CLOSED))
    created = replace(LIFE, opened_at=10, resolved_at=None, closed_at=80, reopen_count=0, spans=life)
    then = as_of(created, 50)
    assert (then.state, then.ended_at, then.closed_at) == (RESOLVED, 10, None)
    assert as_of(created, 90).ended_at == 10


@given(st.integers(80, 10**9))
def test_after_the_last_event_nothing_is_different(moment):
    """The present is the past's last day."""
    assert as_of(LIFE, moment) == LIFE


@given(st.integers(10, 100), st.integers(10, 100))
def test_looking_back_twice_is_looking_back_once(one, two):
    """As of Monday, as of Tuesday's records, is as of Monday."""
    early, late = sorted((one, two))
    assert as_of(as_of(LIFE, late), early) == as_of(LIFE, early)


def test_without_a_history_the_stamps_decide():
    """Closed at 80: at 60 it was resolved, at 40 at work."""
    bare = Ticket("t", "INC1", 10, 90, 5, CLOSED, resolved_at=50, closed_at=80)
    assert [as_of(bare, at).state for at in (40, 60, 80)] == [WORK, RESOLVED, CLOSED]
