"""How long a ticket may wait between its escalation to a group and a person there taking it up."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from connector.intent import Intent, Note, Verdict, occasion
from connector.rules.base import Duration, Moment, as_tuple
from connector.rules.notice import Reporting
from connector.ticket import ENDED_STATES, Instant, Ticket, TicketState, Tier

WAITS = "hand_over_late"


class Wait(NamedTuple):
    """A ticket's waiting in the group that it was handed to."""

    since: Instant
    """When it came to the group."""
    taken: Instant | None
    """When a person there had it; None: nobody yet."""
    pauses: tuple[tuple[Instant, Instant], ...]
    held_since: Instant | None
    """Since when it is on hold, if it is."""


class HandOverLimit(Reporting):
    """The limit of the hand-over: an escalated ticket is taken up by a person there in time (R-C3, R-B2).

    The clock starts when an open ticket comes to a group of `tiers` from another group, and ends when a
    person there has it: it gets an assignee. It counts service hours only; on hold does not count. One
    that keeps its assignee on the way, or is given to somebody by a rota, waits for nobody.

    * At `warn_at`, a share of the limit, and when the limit has run out, a work note says so, each once per
      hand-over. Found late, only the graver is said.
    * With `person` the second becomes a task of theirs as well (`by = "both"`), or instead (`by = "task"`).
    * Taken up, handed on, resolved: it waits no longer, and nothing more is said.

    The limit is one per policy; give each fault class a policy of its own with `when`. The way is read from
    the ticket's history: with ``history = "observed"`` only hand-overs that the connector saw are known. The
    ticket's first group is `sla_timer`'s: there the response limit says how long it may wait.

    ```toml
    [[policy]]
    rule = "hand_over_limit"
    name = "urgent-hand-over"
    when = { class = "urgent" }
    within = "30m"
    warn_at = 0.5
    service_hours = "remote"
    person = "lead.zhao"
    by = "both"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-C3", "R-B2")

    rule: Literal["hand_over_limit"] = "hand_over_limit"
    within: Duration = Field(description="Time from the hand-over until a person there has it")
    service_hours: str = Field(description="Name of the service hours in which the limit counts")
    warn_at: float | None = Field(
        default=None, gt=0, lt=1, description="Share of the limit at which a note warns; none if not given"
    )
    tiers: Annotated[
        tuple[Tier, ...], BeforeValidator(as_tuple, json_schema_input_type=Tier | list[Tier])
    ] = Field(
        default=(Tier.SECOND_LINE, Tier.VENDOR),
        min_length=1,
        description="Tiers that take over; first_line: tickets that were given back, too",
    )

    def hours_named(self) -> tuple[str, ...]:
        """The service hours of the limit."""
        return (self.service_hours,)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether it waits in its group, and for how long already."""
        if not ticket.is_open:
            return _OVER
        if ticket.tier not in self._takers:
            return _ELSEWHERE
        if not ticket.moved:
            return _AT_HOME
        if ticket.assignee:
            return _TAKEN
        wait = _wait(ticket)
        if wait is None:
            return _AT_HOME
        if wait.taken is not None:
            return _TAKEN
        due = self._due(wait, at, self.within)
        if due is not None and at.now > due:
            return Verdict("nobody has taken it up", tuple(self._late(ticket, at, wait, due)))
        if self.warn_at is None:
            return Verdict("waits", (), None if due is None else due + 1)
        soon = self._due(wait, at, round(self.warn_at * self.within))
        if soon is not None and at.now >= soon:
            again = None if due is None else due + 1
            return Verdict("waits, warned", self._warned(ticket, at, wait, due), again)
        return Verdict("waits", (), soon if soon is not None else None if due is None else due + 1)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """When it came, when it was taken up, how much of the limit that took."""
        wait = _wait(ticket) if ticket.is_open and ticket.tier in self._takers else None
        if wait is None:
            return []
        until = wait.taken if wait.taken is not None else wait.held_since or at.now
        spent = at.hours[self.service_hours].elapsed(wait.since, until, wait.pauses)
        used = f"{spent // 60} of {self.within // 60} min used in service hours {self.service_hours}"
        due = self._due(wait, at, self.within)
        ends = (
            f"taken up {at.wording.time(wait.taken)}"
            if wait.taken is not None
            else "stopped while on hold"
            if due is None
            else f"to be taken up by {at.wording.time(due)}"
        )
        return [f"handed over {at.wording.time(wait.since)}; {used}; {ends}"]

    @cached_property
    def _takers(self) -> frozenset[Tier | None]:
        return frozenset(self.tiers)

    def _due(self, wait: Wait, at: Moment, budget: int) -> Instant | None:
        """The last instant in time; None while a hold keeps it from being known."""
        due = at.hours[self.service_hours].add(wait.since, budget, wait.pauses)
        return None if wait.held_since is not None and due > wait.held_since else due

    def _late(self, ticket: Ticket, at: Moment, wait: Wait, due: Instant) -> list[Intent]:
        """The note and the task for a limit that has run out."""
        key = occasion(self.name, ticket.sys_id, WAITS, wait.since, self.within)
        told = {"group": ticket.group.name if ticket.group else "", "limit": self.within}
        return self.report(ticket, at, WAITS, key, "R-C3", due=at.wording.when(due), **told)

    def _warned(self, ticket: Ticket, at: Moment, wait: Wait, due: Instant | None) -> tuple[Note, ...]:
        key = occasion(self.name, ticket.sys_id, "warning", wait.since, self.warn_at, self.within)
        if key.mark in ticket.marks or due is None:
            return ()
        told = {"group": ticket.group.name if ticket.group else "", "share": round((self.warn_at or 0) * 100)}
        text = at.wording.tell("hand_over_warned", limit=self.within, due=at.wording.when(due), **told)
        return (Note(text, key, "R-C3"),)


_OVER = Verdict("not open")
_ELSEWHERE = Verdict("not in a tier that takes over")
_AT_HOME = Verdict("not handed over")
_TAKEN = Verdict("taken up")


def _wait(ticket: Ticket) -> Wait | None:
    """The waiting in the present group; None where the ticket came from no other group.

    Since the present opening: a reopened ticket goes to who had it, and has its response.
    """
    spans = ticket.spans
    here = ticket.group.sys_id if ticket.group else ""
    begin = len(spans)
    while begin and spans[begin - 1].group == here and spans[begin - 1].state not in ENDED_STATES:
        begin -= 1
    before = spans[begin - 1] if begin else None
    if begin == len(spans) or before is None or not before.group or before.group == here:
        return None
    taken = next((span.start for span in spans[begin:] if span.assignee), None)
    held = [span for span in spans[begin:] if span.state is TicketState.ON_HOLD]
    pauses = tuple((span.start, span.end) for span in held if span.end is not None)
    return Wait(spans[begin].start, taken, pauses, next((s.start for s in held if s.end is None), None))
