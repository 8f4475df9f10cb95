"""A release has a plan before it begins: its time, its scope, its content."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from connector.intent import Verdict
from connector.rules.base import Duration, Moment
from connector.rules.obligation import (
    ELSEWHERE,
    ColumnName,
    ColumnNames,
    Obligation,
    filled,
    instant_in,
    lacking,
)
from connector.ticket import Ticket, TicketState
from connector.wording import Bilingual


class ReleasePlan(Obligation):
    """A release has a plan: time, scope, content (R-G2).

    The time is planned when all columns of `time` are filled; scope and content when one of the columns of
    each is. Releases are the records of `table`: the platform's own, `rm_release`, or changes of a kind:
    ``table = "change_request"`` with `where`.

    * From `remind_before` its planned start (`planned_start`) on, a note names what the plan lacks.
    * If the release begins without it (its state leaves new), a note says so, once.

    A canceled release owes nothing. With `tracked_by` each finding becomes a task as well.

    ```toml
    [[policy]]
    rule = "release_plan"
    name = "releases-planned"
    table = "rm_release"
    remind_before = "48h"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-G2",)

    rule: Literal["release_plan"] = "release_plan"
    table: ColumnName = Field(default="rm_release", description="The platform's table of releases")
    time: ColumnNames = Field(
        default=("start_date", "end_date"), description="Columns that all must hold its time"
    )
    scope: ColumnNames = Field(
        default=("business_service", "cmdb_ci"), description="Columns of which one must tell its scope"
    )
    content: ColumnNames = Field(
        default=("description",), description="Columns of which one must tell its content"
    )
    planned_start: ColumnName = Field(default="start_date", description="When it is to begin")
    remind_before: Duration | None = Field(
        default=None,
        description="Time before that, day and night, from which on a note names what is missing",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not (self.time or self.scope or self.content):
            raise ValueError("set time, scope or content; otherwise nothing is asked of a plan")
        return self

    def columns(self) -> frozenset[str]:
        """All that is looked at."""
        return super().columns() | frozenset((*self.time, *self.scope, *self.content, self.planned_start))

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """What its plan lacks now."""
        if ticket.state is TicketState.CANCELED:
            return _OVER
        if self.elsewhere(ticket):
            return ELSEWHERE
        missing = self._missing(ticket)
        if not missing:
            return _PLANNED
        reason = f"not planned: {', '.join(missing)}"
        if ticket.state is not TicketState.NEW:
            told = {"lacks": _named(missing)}
            found = self.finding(ticket, at, ("skipped",), "release_skipped", "R-G2", **told)
            return Verdict(f"begun, {reason}", tuple(found))
        start = instant_in(ticket, self.planned_start)
        if self.remind_before is None or start is None:
            return Verdict(reason)
        near = start - self.remind_before
        if at.now < near:
            return Verdict(reason, (), near)
        lacks, begins = _named(missing), at.wording.when(start)
        found = self.finding(ticket, at, ("ready",), "release_not_ready", "R-G2", start=begins, lacks=lacks)
        return Verdict(reason, tuple(found))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """When it is to begin, and what its plan lacks."""
        if ticket.state is TicketState.CANCELED:
            return []
        if elsewhere := self.elsewhere(ticket):
            return [elsewhere]
        start = at.wording.time(instant_in(ticket, self.planned_start))
        return [
            f"planned for {start}",
            *(f"{p}: lacks {', '.join(c)}" for p, c in self._missing(ticket).items()),
        ]

    def _missing(self, ticket: Ticket) -> dict[str, list[str]]:
        """Part of the plan → columns that are to be filled: all of the time's, one of the others'."""
        found = {}
        empty = [column for column in self.time if not filled(ticket, column)]
        if empty:
            found["time"] = empty
        for part, columns in (("scope", self.scope), ("content", self.content)):
            if columns and not any(filled(ticket, column) for column in columns):
                found[part] = list(columns)
        return found


_OVER = Verdict("canceled")
_PLANNED = Verdict("planned")


def _named(missing: Mapping[str, list[str]]) -> Bilingual:
    """All columns of the time are lacking, of the others one would do."""
    return lacking(
        {part: (", " if part == "time" else " / ").join(columns) for part, columns in missing.items()}
    )
