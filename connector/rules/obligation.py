"""What policies about other records than faults have in common: their table, and how they tell a finding."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, field_validator

from connector.instant import known_instant, platform_time
from connector.intent import Create, Intent, Note, Occasion, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy, as_tuple, many
from connector.ticket import Instant, Ticket
from connector.wording import Bilingual, Sentence, piece

NONCONFORMITY = "nonconformity"
"""Kind of the task in which a finding is followed to its end (R-H1)."""

ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A column of the platform."""

ColumnNames = Annotated[
    tuple[ColumnName, ...], BeforeValidator(as_tuple, json_schema_input_type=ColumnName | list[ColumnName])
]
"""One or several of them."""


class Obligation(Policy):
    """A policy about the records of a table, of which it notes what is not as the regulation asks.

    Each finding is noted on its record once. With `tracked_by` it becomes a task of that person as well,
    which stays open until they have seen to it.
    """

    table: ColumnName = Field(
        default="incident", description="The platform's table whose records it is about"
    )
    where: Mapping[ColumnName, many(str)] = Field(  # type: ignore[valid-type]
        default_factory=dict,
        description="Column → value or values that its records must have, beside `when`: "
        '`where = { type = ["emergency"] }`',
    )
    tracked_by: str = Field(
        default="", description="User name of who gets a task for each finding; only notes if not given"
    )

    @field_validator("table")
    @classmethod
    def _a_table_itself(cls, value: str) -> str:
        if value == "task":
            raise ValueError("name the table itself, such as change_request: of `task` all others are parts")
        return value

    def about(self) -> str:
        """The table."""
        return self.table

    def needs_tasks(self) -> bool:
        """Where findings are tracked."""
        return bool(self.tracked_by) or super().needs_tasks()

    def people_named(self) -> tuple[str, ...]:
        """Who follows findings to their end."""
        return (self.tracked_by,) if self.tracked_by else ()

    def columns(self) -> frozenset[str]:
        """Those that `where` looks at."""
        return frozenset(self.where)

    def sorts_by(self) -> frozenset[str]:
        """Those that `where` looks at."""
        return super().sorts_by() | frozenset(self.where)

    def elsewhere(self, ticket: Ticket) -> str:
        """Which condition of `where` does not hold, in words, or "": "type normal is not emergency".

        For `explain`; the verdict is `ELSEWHERE`, whatever the column holds.
        """
        for column, wanted in self._conditions:
            actual = ticket.extra.get(column, "")
            if actual not in wanted:
                return f"{column} {actual or '(none)'} is not {' or '.join(wanted)}"
        return ""

    @cached_property
    def _conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(self.where.items())

    def finding(
        self, ticket: Ticket, at: Moment, what: tuple[object, ...], sentence: str, clause: str, **told: object
    ) -> list[Intent]:
        """What is to be done about a finding: the note, once, and the task where findings are tracked.

        ``what`` tells it from other findings of the same record; ``sentence`` and ``told`` say it.
        """
        key = occasion(self.name, ticket.sys_id, *what)
        found: list[Intent] = []
        if self.tracked_by:
            person = at.directory.people.get(self.tracked_by)
            fields = task_fields(ticket, NONCONFORMITY)
            fields["short_description"] = at.wording.title("finding_subject", number=ticket.number)
            fields["description"] = at.wording.tell(sentence, **told)
            fields["assigned_to"] = person.sys_id if person else ""
            found.append(Create("incident_task", fields, key, clause))
        if key.mark not in ticket.marks:
            found.append(Note(at.wording.tell(sentence, **told), key, clause))
        return found


ELSEWHERE = Verdict("not what `where` says")
"""Of a record that `where` leaves out: one reason, so that verdicts can be counted by it."""


class Stage(NamedTuple):
    """One thing that is owed of a record, in a limit."""

    name: str
    """Of its sentence, without ``stage_``."""
    done: bool
    since: Instant | None
    """When its limit began; None: not yet."""
    limit: int | None
    """Seconds; None: no limit."""
    what: tuple[object, ...] = ()
    """Tells it from other stages of that name on the same record."""


class Course(NamedTuple):
    """What several findings come to."""

    intents: list[Intent]
    reasons: list[str]
    again: list[Instant]

    def verdict(self, otherwise: str) -> Verdict:
        """All of it; ``otherwise`` where nothing is to be said."""
        return Verdict(
            "; ".join(self.reasons) or otherwise, tuple(self.intents), min(self.again, default=None)
        )


class Followed(Obligation):
    """A policy that follows something through its stages, each with a limit, and looks at it regularly."""

    service_hours: str | None = Field(
        default=None, description="Service hours the limits count in; day and night if not given"
    )
    check_every: Duration | None = Field(
        default=None, description="Time between two check dates, day and night; none if not given"
    )
    checks: int = Field(default=10, ge=1, description="Check dates at most, each with one note")

    def hours_named(self) -> tuple[str, ...]:
        """The service hours of the limits."""
        return (self.service_hours,) if self.service_hours else ()

    def due(self, stage: Stage, at: Moment) -> Instant | None:
        """When a stage is due; late is after it. None where it has no limit or has not begun."""
        if stage.since is None or stage.limit is None:
            return None
        hours = at.hours[self.service_hours] if self.service_hours else None
        return stage.since + stage.limit if hours is None else hours.add(stage.since, stage.limit)

    def follow(
        self, ticket: Ticket, at: Moment, stages: Iterable[Stage], clause: str, course: Course
    ) -> None:
        """What is late is noted, once each; what is not yet late is looked at again when it is."""
        for stage in stages:
            due = None if stage.done else self.due(stage, at)
            if due is None:
                continue
            if at.now <= due:
                course.again.append(due + 1)
                continue
            course.reasons.append(f"{stage.name} late")
            what = ("late", stage.name, *stage.what, stage.since)
            told = {"stage": piece(f"stage_{stage.name}"), "limit": stage.limit, "due": at.wording.when(due)}
            course.intents.extend(self.finding(ticket, at, what, "stage_late", clause, **told))

    def check(
        self,
        ticket: Ticket,
        at: Moment,
        since: Instant,
        open_stages: Sequence[Stage],
        clause: str,
        course: Course,
    ) -> None:
        """The note of the present check date, while stages are open; after downtime only the last is told."""
        if self.check_every is None or not open_stages:
            return
        slot = (at.now - since) // self.check_every
        if slot < self.checks:
            course.again.append(since + max(slot + 1, 1) * self.check_every)
        if not 1 <= slot <= self.checks:
            return
        key = self._date(ticket, since, slot)
        if key.mark in ticket.marks:
            return
        before = (self._date(ticket, since, earlier).mark for earlier in range(slot - 1, 0, -1))
        told = next((mark for mark in before if mark in ticket.marks), None)
        names = [piece(f"stage_{stage.name}") for stage in open_stages]
        lacks = Bilingual(", ".join(each.en for each in names), "、".join(each.zh for each in names))
        text = at.wording.tell(
            "check_date", slot=slot, most=self.checks, open_for=slot * self.check_every, lacks=lacks
        )
        course.intents.append(Note(text, key, clause, supersedes=(told,) if told else ()))

    def told_stages(self, stages: Iterable[Stage], at: Moment) -> list[str]:
        """Lines for `explain`."""
        lines = []
        for stage in stages:
            due = self.due(stage, at)
            by = "" if due is None else f", due {at.wording.time(due)}"
            lines.append(f"{stage.name}: {'done' if stage.done else 'open'}{by}")
        return lines

    def _date(self, ticket: Ticket, since: Instant, slot: int) -> Occasion:
        return occasion(self.name, ticket.sys_id, "check", self.check_every, since, slot)


def task_fields(ticket: Ticket, kind: str, due: Instant | None = None) -> dict[str, str | Sentence]:
    """What every task of ours beside a record has; for an incident it is the incident's own task."""
    return {
        "incident": ticket.sys_id if ticket.kind == "incident" else "",
        "parent": "" if ticket.kind == "calendar" else ticket.sys_id,
        "correlation_display": f"desk-policy:{kind}",
        **({} if due is None else {"due_date": platform_time(due)}),
    }


def instant_in(ticket: Ticket, column: str) -> Instant | None:
    """The instant that a date column of the record says; None where it is empty or no date."""
    return known_instant(ticket.extra.get(column, ""))


def lacking(missing: Mapping[str, str]) -> Bilingual:
    """Step or part → its columns, in both languages: ``the approval (approval), the assessment (risk)``."""
    parts = [(piece(f"step_{step}"), columns) for step, columns in missing.items()]
    return Bilingual(
        ", ".join(f"{name.en} ({columns})" for name, columns in parts),
        "、".join(f"{name.zh}（{columns}）" for name, columns in parts),
    )


def filled(ticket: Ticket, column: str) -> bool:
    """Whether a column of the record holds anything."""
    return bool(ticket.extra.get(column, "").strip())
