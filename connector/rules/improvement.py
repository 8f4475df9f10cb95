"""Improvement measures are watched until they are carried out, and verified afterwards."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from connector.intent import Create, Verdict, occasion
from connector.rules.base import Duration, Moment, many
from connector.rules.obligation import (
    ELSEWHERE,
    ColumnName,
    ColumnNames,
    Course,
    Followed,
    Stage,
    filled,
    task_fields,
)
from connector.ticket import ENDED_STATES, DeskTask, Instant, Ticket, TicketState

VERIFICATION = "verification"


class Improvement(Followed):
    """Improvement measures are watched and verified (R-H3), those after a major accident too (R-C6).

    Of a record of `table` other than incidents, such as a problem, the stages are: the cause is found (the
    columns of `cause` are filled), a measure is named (those of `measure`), it is carried out (the record is
    resolved), and verified. About incidents, and with `tasks` about others too, the improvements are the
    connector's own tasks of `kinds` beside the record: each is carried out when it is closed complete, and
    then verified; one that is dropped is over.

    Verified it is when `verified` is ticked or filled, or when the task to verify it is closed complete,
    which `verify_by` gets once the improvement is carried out. Each stage has its own limit,
    `cause_within`, `measure_within` and `done_within` from the opening and `verified_within` from the
    carrying-out, in `service_hours` or day and night; a stage that is late is noted once. On check dates
    (`check_every`) a note names what is still owed.

    ```toml
    [[policy]]
    rule = "improvement"
    name = "improvements-verified"
    table = "problem"
    cause_within = "80h"
    measure_within = "120h"
    done_within = "480h"
    verify_by = "manager.wu"
    verified_within = "240h"
    check_every = "168h"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-H3", "R-C6")
    follows_tasks: ClassVar[bool] = True

    rule: Literal["improvement"] = "improvement"
    table: ColumnName = Field(default="problem", description="The platform's table of improvements")
    kinds: many(str) = Field(  # type: ignore[valid-type]
        default=("improvement", "nonconformity"),
        description="Kinds of our tasks that are improvements",
    )
    tasks: bool = Field(
        default=False,
        description="Whether our tasks beside the records are the improvements, not the records themselves; "
        "of incidents they always are",
    )
    cause: ColumnNames = Field(default=("cause_notes",), description="Columns that hold the cause")
    cause_within: Duration | None = Field(default=None, description="Limit for it; none if not given")
    measure: ColumnNames = Field(default=("fix_notes",), description="Columns that hold the measure")
    measure_within: Duration | None = Field(default=None, description="Limit for it; none if not given")
    done_within: Duration | None = Field(
        default=None, description="Limit for carrying it out; none if not given"
    )
    verified: ColumnName | None = Field(
        default=None, description="Column that is ticked or filled when it is verified, not of incidents"
    )
    verify_by: str = Field(default="", description="User name of who gets a task to verify it")
    verified_within: Duration | None = Field(
        default=None, description="Limit for the verification after the carrying-out; none if not given"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        limits = (self.cause_within, self.measure_within, self.done_within, self.verified_within)
        if not any((*limits, self.check_every, self.verify_by)):
            raise ValueError("set a limit, check_every or verify_by; otherwise nothing is ever asked for")
        if self.verified_within is not None and not self.verify_by and not self.verified:
            raise ValueError("verified_within needs verify_by or verified: how is it known?")
        if self.by_tasks and (self.verified or self.cause_within or self.measure_within):
            raise ValueError(
                "here the improvements are our own tasks, which have no columns for cause, measure and "
                "verification; leave cause_within, measure_within and verified out"
            )
        return self

    @property
    def by_tasks(self) -> bool:
        """The improvements are our tasks beside the records."""
        return self.tasks or self.table == "incident"

    def columns(self) -> frozenset[str]:
        """Those of cause, measure and verification."""
        if self.by_tasks:
            return super().columns()
        own = (*self.cause, *self.measure, *((self.verified,) if self.verified else ()))
        return super().columns() | frozenset(own)

    def people_named(self) -> tuple[str, ...]:
        """Who verifies, and who follows findings."""
        return (*super().people_named(), *((self.verify_by,) if self.verify_by else ()))

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """What is owed of its improvements now."""
        if self.elsewhere(ticket):
            return ELSEWHERE
        if self.by_tasks and not ticket.tasks:  # so it is for nearly every ticket
            return _NOTHING
        if not self.by_tasks and ticket.state is TicketState.CANCELED:
            return _OVER
        followed = tuple(self._followed(ticket))
        if not followed:  # its tasks are of other kinds
            return _NOTHING
        course = Course([], [], [])
        for key, since, stages in followed:
            done = next(stage for stage in stages if stage.name == "done")
            verified = stages[-1]
            asked = _verification(ticket, self._key(ticket, key)) is not None
            if self.verify_by and done.done and not verified.done and not asked:
                course.intents.append(self._verify(ticket, at, key))
            open_stages = [stage for stage in stages if not stage.done]
            if open_stages:
                course.reasons.append(f"{open_stages[0].name} owed")
            self.follow(ticket, at, stages, "R-H3", course)
            if not self.by_tasks:
                self.check(ticket, at, since, open_stages, "R-H3", course)
        reasons = list(dict.fromkeys(course.reasons))
        return course._replace(reasons=reasons).verdict(_NOTHING.reason)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Each improvement with its stages."""
        if elsewhere := self.elsewhere(ticket):
            return [elsewhere]
        lines = []
        for _, since, stages in self._followed(ticket):
            lines.append(f"improvement since {at.wording.time(since)}")
            lines += self.told_stages(stages, at)
        return lines

    def _followed(self, ticket: Ticket) -> Iterator[tuple[str, Instant, list[Stage]]]:
        """Each improvement: what tells it from others, since when, its stages in order."""
        if self.by_tasks:
            for task in ticket.tasks:
                if task.kind in self.kinds and (task.closed_at is None or task.complete):
                    key = task.occasion or task.sys_id
                    ended = task.closed_at if task.complete else None
                    done = Stage("done", task.complete, task.opened_at, self.done_within, (key,))
                    yield key, task.opened_at, [done, *self._last(ticket, key, ended)]
            return
        ended = _ended(ticket)
        opened, over = ticket.opened_at, ticket.state in ENDED_STATES
        cause = all(filled(ticket, column) for column in self.cause)
        measure = all(filled(ticket, column) for column in self.measure)
        yield (
            "",
            opened,
            [
                Stage("cause", cause or self.cause_within is None, opened, self.cause_within),
                Stage("measure", measure or self.measure_within is None, opened, self.measure_within),
                Stage("done", over, opened, self.done_within),
                *self._last(ticket, "", ended),
            ],
        )

    def _last(self, ticket: Ticket, key: str, ended: Instant | None) -> list[Stage]:
        """The verification, where one is asked for."""
        if not (self.verify_by or self.verified):
            return []
        task = _verification(ticket, self._key(ticket, key))
        by_task = task is not None and task.closed_at is not None
        column = ticket.extra.get(self.verified, "") if self.verified else ""
        done = by_task or column.strip() not in ("", "false", "0")
        what = (key,) if key else ()
        return [Stage("verified", done, ended, self.verified_within, what)]

    def _key(self, ticket: Ticket, key: str) -> str:
        return occasion(self.name, ticket.sys_id, VERIFICATION, key, ticket.reopen_count)

    def _verify(self, ticket: Ticket, at: Moment, key: str) -> Create:
        person = at.directory.people.get(self.verify_by)
        fields = task_fields(ticket, VERIFICATION)
        fields["short_description"] = at.wording.title("verification_subject", number=ticket.number)
        fields["description"] = at.wording.tell("verification_task", number=ticket.number)
        fields["assigned_to"] = person.sys_id if person else ""
        which = occasion(self.name, ticket.sys_id, VERIFICATION, key, ticket.reopen_count)
        return Create("incident_task", fields, which, "R-H3")


_OVER = Verdict("canceled")
_NOTHING = Verdict("nothing owed")


def _verification(ticket: Ticket, key: str) -> DeskTask | None:
    return next((task for task in ticket.tasks if task.occasion == key), None)


def _ended(ticket: Ticket) -> Instant | None:
    """When the record was resolved; where nobody recorded it, its last update."""
    if ticket.state not in ENDED_STATES:
        return None
    return ticket.updated_at if ticket.ended_at is None else ticket.ended_at
