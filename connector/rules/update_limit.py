"""An open ticket about which nobody has written for too long: a reminder, and not without end."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from connector.intent import Note, Occasions, Verdict
from connector.rules.base import Duration, HoldReasons, Moment, Policy, as_tuple, those_held
from connector.ticket import ENDED_STATES, Instant, Ticket

Journal = Literal["work_notes", "comments"]


class Silence(NamedTuple):
    """How long nobody has written about a ticket."""

    since: Instant
    """When somebody last wrote, or when it was opened or reopened, if that was later."""
    reminders: tuple[Instant, ...]
    """When each reminder is, or was, due; without those that a hold keeps from coming."""


class UpdateLimit(Policy):
    """Progress is written down: the limit for updates of an open ticket (R-B3, R-C2, R-C3).

    Whoever asks how a request stands can be told only what somebody has written. When no person has written
    in one of the columns `written_in` for `every` of service hours, a work note reminds; after as long again
    the next one, up to `at_most` reminders for one silence. Somebody's writing ends the silence and begins
    the count anew, and so does a reopening. The connector's own notes are nobody's.

    * **On hold** does not count, with `pause_on` only for the hold reasons named there.
    * **Found late**, only the present reminder is written, and it says how long the silence has lasted.
    * Who wrote is read from the instance's audit. With another `history` than ``audit`` it cannot be told;
      then the policy never reminds, `explain` says so, and `check` warns of it.

    Give each fault class its own policy, as for `sla_timer`.

    ```toml
    [[policy]]
    rule = "update_limit"
    name = "urgent-updates"
    when = { class = "urgent" }
    service_hours = "remote"
    every = "1h"
    at_most = 3
    written_in = ["work_notes", "comments"]
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-B3", "R-C2", "R-C3")

    rule: Literal["update_limit"] = "update_limit"
    service_hours: str = Field(description="Name of the service hours in which the silence counts")
    every: Duration = Field(description="How long nobody may write nothing, in service hours")
    at_most: int = Field(default=3, ge=1, le=20, description="Reminders for one silence")
    written_in: Annotated[
        tuple[Journal, ...],
        BeforeValidator(as_tuple, json_schema_input_type=Journal | list[Journal]),
        Field(min_length=1),
    ] = Field(
        default=("work_notes", "comments"),
        description="Columns in which writing counts: work_notes, comments (which the customer reads)",
    )
    pause_on: HoldReasons = Field(
        default="all", description="Hold reasons that do not count; all of them by default"
    )

    def journals(self) -> frozenset[str]:
        """The columns in which writing counts."""
        return frozenset(self.written_in)

    def hours_named(self) -> tuple[str, ...]:
        """The service hours in which the silence counts."""
        return (self.service_hours,)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether a reminder is owed now."""
        if not ticket.is_open:
            return _OVER
        silence = self._silence(ticket, at)
        if silence is None:
            return _UNTOLD
        reached = sum(due <= at.now for due in silence.reminders)
        look_again = silence.reminders[reached] if reached < len(silence.reminders) else None
        if not reached:
            return Verdict(
                "written in time" if look_again else "does not count while on hold", (), look_again
            )
        # A reminder that came later in this silence makes this one needless, also where the history has
        # since told of a hold.
        reason = f"silent, reminder {reached} of {self.at_most}"
        if any(self._said(ticket, silence, range(reached, self.at_most + 1))):
            return Verdict(reason, (), look_again)
        text = at.wording.tell(
            "update_reminder",
            silent=reached * self.every,
            since=at.wording.when(silence.since),
            slot=reached,
            most=self.at_most,
        )
        needless = tuple(self._said(ticket, silence, range(1, reached)))
        key = self._reminders.of(ticket.sys_id, silence.since, self.every, reached)
        return Verdict(reason, (Note(text, key, "R-B3", supersedes=needless),), look_again)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Since when nobody has written, and when reminders come."""
        if not ticket.is_open:
            return []
        silence = self._silence(ticket, at)
        if silence is None:
            return ['who wrote is not known: it is told by the audit only ([instance] history = "audit")']
        lines = [
            f"nobody has written in {' or '.join(self.written_in)} since {at.wording.time(silence.since)}"
        ]
        for number, due in enumerate(silence.reminders, 1):
            lines.append(f"reminder {number} {'was' if due <= at.now else 'is'} due {at.wording.time(due)}")
        if len(silence.reminders) < self.at_most:
            lines.append("further reminders wait while it is on hold")
        return lines

    @cached_property
    def _held(self) -> frozenset[str] | None:
        return those_held(self.pause_on)

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        return tuple(f"{column}@" for column in self.written_in)

    @cached_property
    def _reminders(self) -> Occasions:
        return Occasions(self.name, "silence")

    def _said(self, ticket: Ticket, silence: Silence, numbers: range) -> Iterator[str]:
        """Marks of those of these reminders that were written; where nothing ever was, no key is made."""
        for number in numbers if ticket.marks else ():
            mark = self._reminders.mark(ticket.sys_id, silence.since, self.every, number)
            if mark in ticket.marks:
                yield mark

    def _silence(self, ticket: Ticket, at: Moment) -> Silence | None:
        """None where nobody can tell who wrote."""
        get = ticket.extra.get
        known = [stamp for column in self._columns if (stamp := get(column)) is not None]
        if not known:
            return None
        since = max(_opened(ticket), *(int(stamp) for stamp in known if stamp), 0)
        every, stretches = self.every, ticket.pauses(self._held)
        pauses = [(start, end) for start, end in stretches if end is not None]
        held = next((start for start, end in stretches if end is None), None)
        hours, reminders = at.hours[self.service_hours], []
        for number in range(1, self.at_most + 1):
            due = hours.add(since, number * every, pauses)
            if held is not None and due > held:
                break
            reminders.append(due)
        return Silence(since, tuple(reminders))


_OVER = Verdict("not open")
_UNTOLD = Verdict("the history does not tell who wrote")


def _opened(ticket: Ticket) -> Instant:
    """When it was opened, or last reopened."""
    begin = ticket.opened_at
    for span in ticket.spans:
        if span.end is not None and span.state in ENDED_STATES:
            begin = span.end
    return begin
