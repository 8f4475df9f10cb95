"""A major incident is reported within 30 minutes and its progress told until it is over."""

from datetime import UTC, datetime
from typing import ClassVar, Literal

from pydantic import Field

from connector.intent import Create, Intent, Note, Occasion, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy
from connector.ticket import ENDED_STATES, DeskTask, Instant, Ticket
from connector.wording import Sentence, piece

REPORT = "major_report"
HALF_AN_HOUR = 30 * 60


class MajorIncident(Policy):
    """Major crisis incidents (重大危机事件): reported to the maintenance lead and broadcast (R-C4).

    `when` says what a major incident is, by class or priority. While such a ticket is open:

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

    def people_named(self) -> tuple[str, ...]:
        """The maintenance lead."""
        return (self.report_to,)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether the report and a broadcast are owed now."""
        if not ticket.is_open:
            return _OVER
        began, now = _began(ticket), at.now
        due = began + self.report_within
        task = _task(ticket)
        reported = task is not None and task.started
        intents: list[Intent] = []
        look_again: Instant | None = None
        if task is None:
            intents.append(self._report(ticket, at, due))
        if reported:
            reason = "reported"
        elif now <= due:
            reason, look_again = "report due", due + 1
        else:
            reason = "not reported in time"
            late = occasion(self.name, ticket.sys_id, "late", self.report_within)
            if late.mark not in ticket.marks:
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
        state = "no task yet" if task is None else "confirmed" if task.started else "task not yet taken up"
        lines = [f"began {at.wording.time(began)}, day and night"]
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

    def _report(self, ticket: Ticket, at: Moment, due: Instant) -> Create:
        lead = at.directory.people.get(self.report_to)
        due_date = datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%d %H:%M:%S")
        told = {"number": ticket.number, "due": at.wording.when(due)}
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
        before = (self._slot(ticket, began, earlier).mark for earlier in range(slot - 1, 0, -1))
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

    def _slot(self, ticket: Ticket, began: Instant, slot: int) -> Occasion:
        return occasion(self.name, ticket.sys_id, "broadcast", self.broadcast_every, began, slot)


_OVER = Verdict("not open")


def _task(ticket: Ticket) -> DeskTask | None:
    """The report's task, whatever the name of the policy was that asked for it."""
    return next((task for task in ticket.tasks if task.kind == REPORT), None)


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
