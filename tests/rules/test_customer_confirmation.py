"""Closed only after the customer has confirmed."""

import pytest
from pydantic import ValidationError

from connector.intent import Note, Set
from connector.rules.customer_confirmation import CustomerConfirmation
from connector.ticket import Ticket, TicketState
from tests.builder import DAY, HOUR, MON, WANG, marked, moment, said, spans, ticket

WORK, RESOLVED, CLOSED = TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.CLOSED


def confirmation(**more: object) -> CustomerConfirmation:
    """By the column, or by three days of silence."""
    base = {"name": "confirmed", "confirmed": "u_desk_confirmed", "silence_counts_after": "72h"}
    return CustomerConfirmation.model_validate({**base, **more})


def closed(after: int = DAY, **more: object) -> Ticket:
    """Resolved after an hour, closed by a consultant ``after`` seconds later, not confirmed."""
    base: dict[str, object] = {"closed_by": WANG, "extra": {"u_desk_confirmed": "false"}}
    life = spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG), (HOUR + after, CLOSED, WANG))
    return ticket(life=life, **{**base, **more})


def test_what_is_not_closed_is_of_no_concern() -> None:
    """Resolved tickets wait for their confirmation in peace."""
    t = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG)))
    assert confirmation().judge(t, moment(MON + DAY)).intents == ()


@pytest.mark.parametrize(
    ("t", "reason"),
    [
        (closed(extra={"u_desk_confirmed": "true"}), "confirmed"),
        (closed(closed_by="ca" * 16), "closed by the caller"),
        (closed(3 * DAY), "confirmed by silence"),
    ],
)
def test_three_ways_to_confirm(t: Ticket, reason: str) -> None:
    """The tick, the caller closing in person, silence for long enough."""
    verdict = confirmation().judge(t, moment(MON + 9 * DAY))
    assert (verdict.reason, verdict.intents) == (reason, ())


def test_closed_unconfirmed_is_flagged_once() -> None:
    """A second less than the silence asked for, and nothing else: one note."""
    t = closed(3 * DAY - 1)
    (note,) = said(confirmation(), t, moment(MON + 4 * DAY))
    assert isinstance(note, Note)
    assert "without the customer's confirmation" in str(note.text)
    assert said(confirmation(), marked(confirmation(), t, moment(MON + 4 * DAY)), moment(MON + 9 * DAY)) == []


def test_set_back_once_and_who_closes_it_again_has_the_last_word() -> None:
    """The state and the note share an occasion; closed again it stays, reopened and closed it counts anew."""
    policy, t = confirmation(then="set_back"), closed()
    state, note = said(policy, t, moment(MON + 2 * DAY))
    assert isinstance(state, Set)
    assert (state.field, state.value) == ("state", RESOLVED)
    assert state.occasion == note.occasion
    done = marked(policy, t, moment(MON + 2 * DAY))
    assert said(policy, done, moment(MON + 9 * DAY)) == []
    assert len(said(policy, closed(marks=done.marks, reopen_count=1), moment(MON + 9 * DAY))) == 2


def test_without_the_column_on_the_record_nothing_is_claimed() -> None:
    """An instance that does not give the column: no accusation."""
    verdict = confirmation().judge(closed(extra={}), moment(MON + 9 * DAY))
    assert verdict.intents == ()
    assert "nothing can be told" in verdict.reason


def test_a_policy_needs_a_way_to_confirm() -> None:
    """Neither column nor silence: refused, with the reason."""
    with pytest.raises(ValidationError, match="only callers could ever close"):
        confirmation(confirmed=None, silence_counts_after=None)
