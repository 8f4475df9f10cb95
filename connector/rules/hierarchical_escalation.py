"""The ladder: who is told when, as a resolution limit is used up and passed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connector.intent import Create, Intent, Note, Occasion, Occasions, Verdict
from connector.rules.base import Duration, HoldReasons, Moment, Policy, many
from connector.rules.sla_timer import SlaTimer
from connector.rules.target_clock import BREACHED, TargetClock
from connector.ticket import FaultClass, Instant, Ticket
from connector.wording import Bilingual, Sentence, neutral, piece, span_of_time

ESCALATION = "escalation"
_DAY = 86_400


class Step(BaseModel):
    """One rung: at which share of the limit, or how late, who is told and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: float | None = Field(
        default=None, gt=0, le=1, description="Share of the limit; 1 is the moment after it has run out"
    )
    late_by: Duration | None = Field(default=None, description="Service time after the limit has run out")
    role: Literal["consultant", "group_lead", "project_manager", "head_of_operations"] = Field(
        description="Whose turn it is; the consultant is who the ticket is assigned to"
    )
    person: str = Field(default="", description="User name; none for the consultant")
    of_group: Mapping[str, str] = Field(
        default_factory=dict, description="Group of the ticket → user name, before `person`"
    )
    by: Literal["note", "task", "both"] = Field(
        default="note", description="note: a work note; task: a task for the person; both"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.at is None) == (self.late_by is None):
            raise ValueError("a step has either at, a share of the limit, or late_by, the time after it")
        if self.role == "consultant" and (self.person or self.of_group):
            raise ValueError("the consultant is who the ticket is assigned to; name no person for that step")
        if self.by != "note" and self.role != "consultant" and not (self.person or self.of_group):
            raise ValueError(f'by = "{self.by}" needs person or of_group: whose task is it?')
        return self

    def seconds(self, limit: int) -> int:
        """Service time from the start of the clock until the step."""
        return limit + self.late_by if self.late_by is not None else round((self.at or 0) * limit)

    @property
    def late(self) -> bool:
        """It comes after the limit, and so one second later: late means after."""
        return self.late_by is not None or self.at == 1

    @property
    def words(self) -> str:
        """The step for people."""
        if self.late_by is not None:
            return f"late by {span_of_time(self.late_by)}"
        return f"{round((self.at or 0) * 100)} % of the limit"


class Rung(NamedTuple):
    """A step with what is the same for all tickets, made once."""

    step: Step
    seconds: int
    """Service time from the start of the clock until the step."""
    late: bool
    occasions: Occasions


class HierarchicalEscalation(Policy):
    """The ladder of people who are told when a ticket's resolution limit is used up (R-C3, R-A1, R-A6).

    The limit is that of `sla_timer`: service hours since the opening, without the time on hold and without
    the time it was resolved before a reopening. At each of the `steps` (a share of the limit with `at`, or
    the time since it ran out with `late_by`) somebody is told: the consultant, the group lead, the project
    manager, the head of operations. `by` says how: one work note that names them, a task in their name, or
    both. For a group lead `of_group` names the person of each group, `person` anybody of the others; a step
    without either is told in the note by its role only.

    * **Quiet hours.** With `told_within` people are told only while those service hours are open; what comes
      up outside waits for the opening. The classes in `told_at_once` do not wait.
    * **Once.** Each step is told once per ticket and limit, also when the ticket is reopened. Found late, or
      after the quiet hours, all steps that were reached are told in one note, which says how things stand.
    * **Waiting.** A step that a hold keeps from being reached is not told; one that was reached is.
    * Tickets that are not open tell nobody: who has resolved it in time to be spared is spared.

    It keeps no columns, so it can stand beside `sla_timer`; give both the same limit and the same hours.

    ```toml
    [[policy]]
    rule = "hierarchical_escalation"
    name = "urgent-ladder"
    when = { class = "urgent" }
    service_hours = "remote"
    resolve_within = "4h"
    told_within = "onsite"
    steps = [
      { at = 0.5, role = "consultant" },
      { at = 0.8, role = "group_lead", of_group = { "Service Desk" = "lead.zhao" } },
      { at = 1.0, role = "project_manager", person = "lead.zhao", by = "both" },
      { late_by = "4h", role = "head_of_operations", person = "lead.zhao", by = "task" },
    ]
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-C3", "R-A1", "R-A6")
    follows_tasks: ClassVar[bool] = True

    rule: Literal["hierarchical_escalation"] = "hierarchical_escalation"
    service_hours: str = Field(description="Name of the service hours in which the limit counts")
    resolve_within: Duration = Field(description="Resolution limit, in service hours")
    pause_on: HoldReasons = Field(
        default="all", description="Hold reasons that stop the limit; all of them by default"
    )
    caller_zone: bool = Field(
        default=False, description="Count the limit in the caller's own time zone, as `sla_timer` does"
    )
    told_within: str | None = Field(
        default=None, description="Service hours in which people are told; at any hour if not given"
    )
    told_at_once: many(FaultClass) = Field(  # type: ignore[valid-type]
        default=(), description="Fault classes for which nobody waits for `told_within`"
    )
    steps: tuple[Step, ...] = Field(min_length=1, description="The rungs, each later than the one before")

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        reached = [(step.seconds(self.resolve_within), step.late) for step in self.steps]
        for before, after, step in zip(reached, reached[1:], self.steps[1:], strict=False):
            if after <= before:
                raise ValueError(f"steps: {step.words} does not come after the step before it")
        if self.told_at_once and self.told_within is None:
            raise ValueError("told_at_once needs told_within: without quiet hours nobody waits anyhow")
        return self

    def hours_named(self) -> tuple[str, ...]:
        """The service hours of the limit, and those in which people are told."""
        return (self.service_hours, *((self.told_within,) if self.told_within else ()))

    def columns(self) -> frozenset[str]:
        """The caller's zone, where it counts."""
        return self._timer.columns()

    def groups_named(self) -> tuple[str, ...]:
        """The groups whose leads are named."""
        return tuple(dict.fromkeys(group for step in self.steps for group in step.of_group))

    def people_named(self) -> tuple[str, ...]:
        """Everybody on the ladder."""
        named = [user for step in self.steps for user in (step.person, *step.of_group.values()) if user]
        return tuple(dict.fromkeys(named))

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Who has to be told now."""
        if not ticket.is_open:
            return _OVER
        clock = self._clock(ticket, at)
        if clock is None:
            return _OVER
        climbed: list[Rung] = []
        upcoming: Instant | None = None
        for rung, instant in self._ladder(ticket, clock, at):
            if instant > at.now:
                upcoming = instant
                break
            climbed.append(rung)
        if not climbed:
            reason = "stopped while on hold" if upcoming is None and clock.due is None else "no step reached"
            return Verdict(reason, (), upcoming)
        reason = f"step {len(climbed)} of {len(self.steps)}"
        untold, tasks = self._owed(ticket, climbed, at)
        if not untold and not tasks:
            return Verdict(reason, (), upcoming)
        quiet, until = self._quiet(ticket, at)
        # What is owed is told as things stand: that they stand worse changes the words, the hours whether.
        look_again = min(
            (each for each in (upcoming, until, clock.next_at) if each is not None), default=None
        )
        if quiet:
            return Verdict(f"{reason}, waits for {self.told_within}", (), look_again)
        stands = self._stands(clock, climbed[-1].step, at)
        intents: list[Intent] = [self._task(*task, ticket, stands, at) for task in reversed(tasks)]
        if untold:
            intents.append(self._note(untold, ticket, stands, at))
        return Verdict(reason, tuple(intents), look_again)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The rungs with their instants, and whether people may be told now."""
        clock = self._clock(ticket, at) if ticket.is_open else None
        if clock is None:
            return []
        instants = [instant for _, instant in self._ladder(ticket, clock, at)]
        lines = []
        for step, instant in zip_longest(self.steps, instants):
            who = self._user(step, ticket) or step.role
            if instant is None:
                when = "not while on hold"
            else:
                when = ("reached" if instant <= at.now else "at") + " " + at.wording.time(instant)
            lines.append(f"{step.words}: {step.role} ({who}), {when}")
        quiet, until = self._quiet(ticket, at)
        if quiet:
            lines.append(f"nobody is told before {at.wording.time(until)}, when {self.told_within} opens")
        return lines

    @cached_property
    def _timer(self) -> SlaTimer:
        """The clock of `sla_timer` for this limit."""
        return SlaTimer(
            name=self.name,
            service_hours=self.service_hours,
            resolve_within=f"{self.resolve_within // 60}m",
            pause_on=self.pause_on,
            caller_zone=self.caller_zone,
        )

    @cached_property
    def _rungs(self) -> tuple[Rung, ...]:
        limit = self.resolve_within
        return tuple(
            Rung(
                step,
                step.seconds(limit),
                step.late,
                Occasions(self.name, step.role, step.at, step.late_by, limit),
            )
            for step in self.steps
        )

    def _clock(self, ticket: Ticket, at: Moment) -> TargetClock | None:
        return self._timer.clock(ticket, at).resolution

    def _ladder(self, ticket: Ticket, clock: TargetClock, at: Moment) -> Iterator[tuple[Rung, Instant]]:
        """Rungs with their instants, ascending; without those that a hold keeps from being reached."""
        add, since = self._timer.hours(ticket, at).add, clock.paused_since
        started, pauses = clock.started, clock.pauses
        for rung in self._rungs:
            instant = add(started, rung.seconds, pauses)
            if since is not None and instant > since:
                return
            yield rung, instant + rung.late

    def _owed(
        self, ticket: Ticket, climbed: list[Rung], at: Moment
    ) -> tuple[list[tuple[Step, Occasion]], list[tuple[Step, str, Occasion]]]:
        """Of the steps reached, the last first: those no note has told, those whose person lacks a task."""
        there = {task.occasion for task in ticket.tasks}
        untold: list[tuple[Step, Occasion]] = []
        tasks: list[tuple[Step, str, Occasion]] = []
        said = False
        for rung in reversed(climbed):
            step = rung.step
            if said and step.by == "note":  # told with a later one: its own occasion need not be worked out
                continue
            key = rung.occasions.of(ticket.sys_id)
            marked = key.mark in ticket.marks
            said = said or marked
            person = "" if step.by == "note" else self._person(step, ticket, at)
            if step.by != "task" or not person:  # a task that is nobody's becomes a note
                untold += [] if said else [(step, key)]
            elif marked:
                continue
            if person and key not in there:
                tasks.append((step, person, key))
        return untold, tasks

    def _stands(self, clock: TargetClock, step: Step, at: Moment) -> dict[str, object]:
        """How things stand, as of the last step that was reached."""
        return {
            "limit": self.resolve_within,
            "share": round((step.at or 0) * 100),
            "late": clock.state == BREACHED,
            "late_by": step.late_by or 0,
            "due": "" if clock.due is None else at.wording.when(clock.due),
        }

    def _note(
        self,
        untold: Sequence[tuple[Step, Occasion]],
        ticket: Ticket,
        stands: Mapping[str, object],
        at: Moment,
    ) -> Note:
        """One for all steps, under the last of them."""
        people = [self._told(step, ticket, at) for step, _ in reversed(untold)]
        told = Bilingual(", ".join(p.en for p in people), "、".join(p.zh for p in people))
        return Note(at.wording.tell("ladder_note", told=told, **stands), untold[0][1], "R-C3")

    def _task(
        self,
        step: Step,
        person: str,
        key: Occasion,
        ticket: Ticket,
        stands: Mapping[str, object],
        at: Moment,
    ) -> Create:
        role = piece(step.role)
        fields: dict[str, str | Sentence] = {
            "incident": ticket.sys_id,
            "parent": ticket.sys_id,
            "short_description": at.wording.title("ladder_subject", number=ticket.number, role=role),
            "description": at.wording.tell("ladder_task", number=ticket.number, role=role, **stands),
            "assigned_to": person,
            "correlation_display": f"desk-policy:{ESCALATION}",
        }
        return Create("incident_task", fields, key, "R-C3")

    def _user(self, step: Step, ticket: Ticket) -> str:
        """User name of the step's person; none for the consultant, and where nobody is named."""
        return step.of_group.get(ticket.group.name if ticket.group else "", step.person)

    def _person(self, step: Step, ticket: Ticket, at: Moment) -> str:
        """sys_id of who is told, or empty."""
        if step.role == "consultant":
            return ticket.assignee
        person = at.directory.people.get(self._user(step, ticket))
        return person.sys_id if person else ""

    def _told(self, step: Step, ticket: Ticket, at: Moment) -> Bilingual:
        """The role, and the person's name where it is known."""
        role = piece(step.role)
        person = at.directory.people.get(self._user(step, ticket))
        name = f" {neutral(person.name)}" if person else ""
        return Bilingual(role.en + name, role.zh + name)

    def _quiet(self, ticket: Ticket, at: Moment) -> tuple[bool, Instant | None]:
        """Whether people are left in peace now, and until when that stays so."""
        if self.told_within is None or ticket.fault_class in self.told_at_once:
            return False, None
        hours = at.hours[self.told_within]
        if not hours.is_open(at.now):
            return True, hours.next_open(at.now)
        return False, hours.segments(at.now, at.now + _DAY)[0][1]


_OVER = Verdict("not open")
