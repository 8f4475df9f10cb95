"""A major incident is reported within 30 minutes and its progress told until it is over."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from connector.instant import platform_time
from connector.intent import Create, Intent, Note, Occasion, Occasions, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy
from connector.rules.condition import ColumnPath, Where, further, holds, value_in
from connector.rules.peer import Kin, Peer
from connector.ticket import ENDED_STATES, DeskTask, Instant, Ticket
from connector.wording import Sentence, piece

REPORT = "major_report"
HALF_AN_HOUR = 30 * 60
A_DAY = 86_400
"""Seconds after its opening within which a ticket can be recognised by similar ones, after downtime too."""
SHOWN = 20
"""Numbers of similar tickets that the report lists."""


class Similar(BaseModel):
    """How many tickets of one kind within which time are one major incident."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_least: int = Field(ge=2, description="So many tickets, this one among them")
    within: Duration = Field(description="Opened within this time, day and night")
    same: tuple[ColumnPath, ...] = Field(
        min_length=1,
        description="Columns in which they are the same, and not empty: category, business_service, cmdb_ci",
    )


class MajorIncident(Policy):
    """Major crisis incidents (重大危机事件): reported to the maintenance lead and broadcast (R-C4).

    `when` says what a major incident is, by class or priority; `where` by any column, such as its service.
    With `similar` it is the ticket with which so many of its kind have been opened within a time: the report
    names the others, and those that follow while it lasts are no incidents of their own. Where only a later
    change of an earlier ticket makes them alike, that is found in the next full pass. While such a ticket is
    open:

    * **Report.** A task goes to the maintenance lead `report_to`, due `report_within` after the incident
      began. Taking the task up, or closing it, confirms the report. Without that by the limit one work note
      says so. This clock runs day and night, whatever the service hours of the ticket's other limits.
    * **Broadcast.** Every `broadcast_every` a work note tells state, group, how long it has lasted, whether
      it has been reported, and when the next one comes. After downtime only the present slot is told.
      Broadcasts end with the incident, or after `broadcast_for` if that is set: by then a person leads.
      Switch them off with ``broadcast = false``.

    The incident began when the ticket got its present priority, which is its opening unless it was raised
    later. One report per ticket: a reopened incident is broadcast anew, not reported anew. What is resolved
    before it is first seen is neither.

    ```toml
    [[policy]]
    rule = "major_incident"
    name = "major-crisis"
    when = { class = "urgent", priority = "1" }
    report_to = "lead.zhao"
    report_within = "30m"
    broadcast_every = "30m"

    [[policy]]
    rule = "major_incident"
    name = "major-outage"
    where = { "business_service.name" = ["Payroll", "Core Banking"] }
    similar = { at_least = 5, within = "30m", same = ["category", "business_service"] }
    report_to = "lead.zhao"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-C4",)
    follows_tasks: ClassVar[bool] = True

    rule: Literal["major_incident"] = "major_incident"
    report_to: str = Field(description="User name of the maintenance lead")
    report_within: Duration = Field(default=HALF_AN_HOUR, description="Limit of the report, day and night")
    broadcast: bool = Field(default=True, description="Whether progress is broadcast in work notes")
    broadcast_every: Duration = Field(default=HALF_AN_HOUR, description="Time between two broadcasts")
    broadcast_for: Duration | None = Field(
        default=None, description="How long broadcasts go on at most; until it is resolved if not given"
    )

    where: Where = Field(
        default_factory=dict,
        description="Column → value or values that it must have, beside `when`; all columns must",
    )
    similar: Similar | None = Field(
        default=None,
        description="Only with so many similar tickets within a time: { at_least, within, same }",
    )

    def columns(self) -> frozenset[str]:
        """Those of `where`, and those in which similar tickets are the same."""
        return further((*self.where, *(self.similar.same if self.similar else ())))

    def sorts_by(self) -> frozenset[str]:
        """Those of `where`."""
        return super().sorts_by() | frozenset(self.where)

    def needs(self) -> frozenset[str]:
        """Those in which similar tickets are the same."""
        return further(self.similar.same) if self.similar else frozenset()

    def compares(self) -> bool:
        """With `similar`."""
        return self.similar is not None

    def kin(self, ticket: Ticket, at: Moment) -> Kin | None:
        """Similar tickets, while it could be the one with which there are enough; not once it is reported."""
        similar = self.similar
        if similar is None or not ticket.is_open:
            return None
        same = []
        for column in similar.same:
            value = value_in(ticket, column)
            if not value:  # of most tickets one is empty, so this is asked before the rest
                return None
            same.append((column, value))
        if not self._in_question(ticket, at):
            return None
        return Kin(self.name, tuple(same), ticket.opened_at - 2 * similar.within, ticket.opened_at)

    def people_named(self) -> tuple[str, ...]:
        """The maintenance lead."""
        return (self.report_to,)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether the report and a broadcast are owed now."""
        if not ticket.is_open:
            return _OVER
        task = _task(ticket)
        others: tuple[Peer, ...] = ()
        if task is None:
            if not holds(ticket, self.where):
                return _ELSEWHERE
            if self.similar is not None:
                others = self._others(ticket, at)
                if not others:
                    return _NOT_ENOUGH
        began, now = _began(ticket), at.now
        due = began + self.report_within
        reported = task is not None and task.started
        intents: list[Intent] = []
        look_again: Instant | None = None
        if task is None:
            intents.append(self._report(ticket, at, due, others))
        if reported:
            reason = "reported"
        elif now <= due:
            reason, look_again = "report due", due + 1
        else:
            reason = "not reported in time"
            if not self._late.marked(ticket.marks, ticket.sys_id):
                late = self._late.of(ticket.sys_id)
                told = {"limit": self.report_within, "due": at.wording.when(due)}
                intents.append(Note(at.wording.tell("major_not_reported", **told), late, "R-C4"))
        if self.broadcast:
            began = _began(ticket, reopened=True)
            slot = (now - began) // self.broadcast_every
            if not self._beyond(slot):
                upcoming = began + max(slot + 1, 1) * self.broadcast_every
                look_again = upcoming if look_again is None else min(look_again, upcoming)
            if slot >= 1 and not self._beyond(slot):
                intents += self._broadcast(ticket, at, began, slot, reported)
                reason = f"{reason}, broadcast {slot}"
        return Verdict(reason, tuple(intents), look_again)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The clock of the report and of the next broadcast."""
        if not ticket.is_open:
            return []
        began, task = _began(ticket), _task(ticket)
        lines: list[str] = []
        if task is None and not holds(ticket, self.where):
            return lines
        if task is None and self.similar is not None:
            alike = self._alike(ticket, at)
            many = f"{len(alike) + 1} of {self.similar.at_least} similar tickets"
            lines = [": ".join((many, ", ".join(peer.number for peer in alike)))] if alike else [many]
            if not self._others(ticket, at):
                return lines
        state = "no task yet" if task is None else "confirmed" if task.started else "task not yet taken up"
        lines.append(f"began {at.wording.time(began)}, day and night")
        lines.append(f"report due {at.wording.time(began + self.report_within)}: {state}")
        began = _began(ticket, reopened=True)
        slot = max((at.now - began) // self.broadcast_every, 0)
        if self.broadcast and not self._beyond(slot + 1):
            next_at = at.wording.time(began + (slot + 1) * self.broadcast_every)
            lines.append(f"broadcasts so far {slot}, next {next_at}")
        return lines

    def _beyond(self, slot: int) -> bool:
        """No broadcast is told in this slot any more."""
        return self.broadcast_for is not None and slot > self.broadcast_for // self.broadcast_every

    def _in_question(self, ticket: Ticket, at: Moment) -> bool:
        """It is open, was not reported, and is young enough to begin something."""
        young = at.now - ticket.opened_at <= A_DAY
        return young and ticket.is_open and _task(ticket) is None and holds(ticket, self.where)

    def _others(self, ticket: Ticket, at: Moment) -> tuple[Peer, ...]:
        """The others of a burst if this ticket is the one that makes it full, else none.

        A burst becomes full with the ticket before which there were not enough within the time. It is the
        only one of its time: no other may have made one full since that began.
        """
        similar = self.similar
        if similar is None:
            return ()
        known = self._known(ticket, at)
        if len(known) + 1 < similar.at_least:  # so it is for nearly every ticket
            return ()
        peers = sorted((*known, Peer(ticket.opened_at, ticket.sys_id, ticket.number)))
        place = next(i for i, peer in enumerate(peers) if peer.sys_id == ticket.sys_id)
        since = [bisect_right(peers, peer.opened_at - similar.within, key=_opened) for peer in peers]
        full = [index - since[index] + 1 >= similar.at_least for index in range(place + 1)]
        edges = [index for index in range(place + 1) if full[index] and not (index and full[index - 1])]
        if not edges or edges[-1] != place or any(since[place] <= edge < place for edge in edges):
            return ()
        return tuple(peers[since[place] : place])

    def _known(self, ticket: Ticket, at: Moment) -> list[Peer]:
        """The similar tickets that were loaded, without this one."""
        kin = self.kin(ticket, at)
        return [] if kin is None else [one for one in at.kin.get(kin, ()) if one.sys_id != ticket.sys_id]

    def _alike(self, ticket: Ticket, at: Moment) -> list[Peer]:
        """Those of them within the time."""
        since = ticket.opened_at - (self.similar.within if self.similar else 0)
        return [one for one in self._known(ticket, at) if one.opened_at > since]

    def _report(self, ticket: Ticket, at: Moment, due: Instant, others: Sequence[Peer]) -> Create:
        lead = at.directory.people.get(self.report_to)
        due_date = platform_time(due)
        told = {
            "number": ticket.number,
            "due": at.wording.when(due),
            "similar": [peer.number for peer in others[-SHOWN:]],
            "count": len(others) + 1,
        }
        fields: dict[str, str | Sentence] = {
            "incident": ticket.sys_id,
            "parent": ticket.sys_id,
            "short_description": at.wording.title("major_report_subject", number=ticket.number),
            "description": at.wording.tell("major_report_task", **told),
            "assigned_to": lead.sys_id if lead else "",
            "due_date": due_date,
            "correlation_display": f"desk-policy:{REPORT}",
        }
        return Create("incident_task", fields, occasion(self.name, ticket.sys_id, REPORT), "R-C4")

    def _broadcast(
        self, ticket: Ticket, at: Moment, began: Instant, slot: int, reported: bool
    ) -> tuple[Note, ...]:
        """The note of this slot, told as of the slot's beginning, unless it has been told."""
        key = self._slot(ticket, began, slot)
        if key.mark in ticket.marks:
            return ()
        # Where nothing was ever said, no earlier slot was: the keys of up to a day of them need not be made.
        earlier = range(slot - 1, 0, -1) if ticket.marks else ()
        before = (self._slot(ticket, began, each).mark for each in earlier)
        following = began + (slot + 1) * self.broadcast_every
        text = at.wording.tell(
            "major_broadcast",
            slot=slot,
            state=piece(ticket.state.value),
            group=ticket.group.name if ticket.group else "–",
            assigned=bool(ticket.assignee),
            open_for=slot * self.broadcast_every,
            reported=reported,
            next="" if self._beyond(slot + 1) else at.wording.when(following),
        )
        # Only the last slot told needs a mark: a mark for every half hour would fill the column in days.
        told = next((mark for mark in before if mark in ticket.marks), None)
        return (Note(text, key, "R-C4", supersedes=(told,) if told else ()),)

    @cached_property
    def _late(self) -> Occasions:
        return Occasions(self.name, "late", self.report_within)

    @cached_property
    def _broadcasts(self) -> Occasions:
        return Occasions(self.name, "broadcast", self.broadcast_every)

    def _slot(self, ticket: Ticket, began: Instant, slot: int) -> Occasion:
        return self._broadcasts.of(ticket.sys_id, began, slot)


_OVER = Verdict("not open")
_ELSEWHERE = Verdict("not what `where` says")
_NOT_ENOUGH = Verdict("not the one with which there are enough similar tickets")


def _opened(peer: Peer) -> Instant:
    return peer.opened_at


def _task(ticket: Ticket) -> DeskTask | None:
    """The report's task, whatever the name of the policy was that asked for it."""
    for task in ticket.tasks:
        if task.kind == REPORT:
            return task
    return None


def _began(ticket: Ticket, *, reopened: bool = False) -> Instant:
    """Since when it has had its present priority; with ``reopened``, or since it was last opened.

    Its opening, where history does not tell.
    """
    began = ticket.opened_at
    for span in ticket.spans:
        if span.end is not None and (
            (span.priority and span.priority != ticket.priority) or (reopened and span.state in ENDED_STATES)
        ):
            began = span.end
    return began
