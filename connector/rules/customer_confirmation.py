"""Closed only after the customer has confirmed."""

from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from connector.intent import Intent, Note, Occasions, Set, Verdict
from connector.rules.base import Duration, Moment, Policy
from connector.ticket import Ticket, TicketState

_CLOSED, _RESOLVED = TicketState.CLOSED, TicketState.RESOLVED


class CustomerConfirmation(Policy):
    """The customer confirms, and only then is the ticket closed (R-B4).

    A closed ticket counts as confirmed when the column `confirmed` is ticked, when the caller closed it
    in person, or, with `silence_counts_after`, when it had been resolved that long before it was closed and
    nobody objected. The instance's own auto-close is such a case: set it to no more than that job's delay.

    A ticket closed otherwise is dealt with once, and once more after each reopening: `then = "flag"` writes
    a work note, `then = "set_back"` also sets the state back to resolved. Whoever closes it again has the
    last word. The connector cannot prevent the closing; it sees it with the next poll.

    With `ask` the customer is told by a comment on the ticket as soon as it is resolved that a confirmation
    is awaited, once for each resolution, and that silence counts if it does. Comments are what the customer
    reads, so this needs `comments` in `[columns] shared`.

    ```toml
    [[policy]]
    rule = "customer_confirmation"
    name = "confirmed-before-closing"
    confirmed = "u_desk_confirmed"
    silence_counts_after = "72h"
    then = "flag"
    ask = true
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-B4",)

    rule: Literal["customer_confirmation"] = "customer_confirmation"
    confirmed: str | None = Field(
        default=None, description="Column that is ticked when the customer has confirmed"
    )
    silence_counts_after: Duration | None = Field(
        default=None, description="Resolved this long before closing counts as confirmed, day and night"
    )
    then: Literal["flag", "set_back"] = Field(
        default="flag", description="flag: a work note; set_back: also set back to resolved, once"
    )

    ask: bool = Field(
        default=False,
        description="Tell the customer by a comment, when it is resolved, that a confirmation is awaited",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.confirmed is None and self.silence_counts_after is None:
            raise ValueError(
                "set confirmed, silence_counts_after or both; else only callers could ever close"
            )
        return self

    def columns(self) -> frozenset[str]:
        """The column of the confirmation."""
        return frozenset({self.confirmed}) if self.confirmed else frozenset()

    def flags(self) -> frozenset[str]:
        """It is ticked."""
        return self.columns()

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether a closed ticket was confirmed, and by what."""
        if ticket.state is not _CLOSED:
            return self._asked(ticket, at) if ticket.state is _RESOLVED else _NOT_CLOSED
        closed_by, closed_at = ticket.closed_by, ticket.closed_at
        if closed_by and closed_by == ticket.caller:
            return _BY_CALLER
        confirmed, silence = self.confirmed, self.silence_counts_after
        if confirmed is not None:
            ticked = ticket.extra.get(confirmed)
            if ticked == "true":
                return _CONFIRMED
            if ticked is None:
                return Verdict(f"column {confirmed} is not on the record; nothing can be told")
        if silence is not None and closed_at is not None:
            resolved = ticket.ended_at
            if resolved is not None and closed_at - resolved >= silence:
                return _SILENCE
        if self._unconfirmed.marked(ticket.marks, ticket.sys_id, ticket.reopen_count):
            return _SAID
        happened = self._unconfirmed.of(ticket.sys_id, ticket.reopen_count)
        if self.then == "flag":
            return Verdict(
                "closed without confirmation", (Note(at.wording.tell("unconfirmed"), happened, "R-B4"),)
            )
        intents: tuple[Intent, ...] = (
            Set("state", _RESOLVED, happened, "R-B4"),
            Note(at.wording.tell("unconfirmed_set_back"), happened, "R-B4"),
        )
        return Verdict("closed without confirmation", intents)

    @cached_property
    def _unconfirmed(self) -> Occasions:
        return Occasions(self.name, "unconfirmed")

    @cached_property
    def _customer_asked(self) -> Occasions:
        return Occasions(self.name, "asked")

    def _asked(self, ticket: Ticket, at: Moment) -> Verdict:
        """What is told to the customer of a ticket that is resolved."""
        if not self.ask or (self.confirmed and ticket.extra.get(self.confirmed) == "true"):
            return _NOT_CLOSED
        since = ticket.ended_at
        asked = self._customer_asked
        if since is None or asked.marked(ticket.marks, ticket.sys_id, ticket.reopen_count):
            return _AWAITED
        happened = asked.of(ticket.sys_id, ticket.reopen_count)
        silence = self.silence_counts_after
        until = at.wording.when(since + silence) if silence is not None else ""
        text = at.wording.tell("confirmation_awaited", number=ticket.number, until=until)
        return Verdict("confirmation awaited", (Note(text, happened, "R-B4", to_customer=True),))


_AWAITED = Verdict("confirmation awaited")
_NOT_CLOSED = Verdict("not closed")
_BY_CALLER = Verdict("closed by the caller")
_CONFIRMED = Verdict("confirmed")
_SILENCE = Verdict("confirmed by silence")
_SAID = Verdict("closed without confirmation, dealt with already")
