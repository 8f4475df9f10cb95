"""A change is classed, applied for, assessed, approved, carried out in its window, and recorded."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from connector.intent import Verdict
from connector.rules.base import Duration, Moment, many
from connector.rules.obligation import (
    ELSEWHERE,
    ColumnName,
    ColumnNames,
    Course,
    Obligation,
    filled,
    instant_in,
    lacking,
)
from connector.ticket import FaultClass, Instant, Ticket, TicketState
from connector.wording import Bilingual

Step = Literal["application", "assessment", "answer", "approval", "implementation"]


class _Work(NamedTuple):
    """When it was carried out, as far as it has come."""

    began: Instant | None
    ended: Instant | None


class ChangeControl(Obligation):
    """A change passes application, assessment, approval, implementation and record (R-G1).

    Its class is general, important or urgent, by the value of `class_column` (`classes`). A step is done when
    all its columns are filled; the approval when `approval` has one of the values `approved`; the risk is
    answered when the columns of `answer` are filled, which is asked of the values of `risk` in
    `answered_risks`, or of all. What `exempt` lists for a class is not asked of it: a standard change is
    approved in advance.

    * **Before.** From `remind_before` its planned start on, a note names what is missing.
    * **Implementation.** If it begins while a step is missing, a note says so, once. For the classes in
      `afterwards` the steps may be made up: only what is missing `record_within` the end of the
      implementation is noted.
    * **Window.** A note when it begins before `planned_start`, and one when it ends or still goes on after
      `planned_end`. It begins and ends with `actual_start` and `actual_end`, or else when the state says so.
    * **Record.** A note when it is closed and a column of `record` is empty; for the classes in `afterwards`
      only `record_within` the end of the implementation.

    A canceled change owes nothing. With `tracked_by` each finding becomes a task as well.

    ```toml
    [[policy]]
    rule = "change_control"
    name = "changes-in-order"
    remind_before = "24h"
    record_within = "72h"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-G1",)

    rule: Literal["change_control"] = "change_control"
    table: ColumnName = Field(default="change_request", description="The platform's table of changes")
    class_column: ColumnName = Field(default="type", description="Column that tells the class")
    classes: Mapping[FaultClass, many(str)] = Field(  # type: ignore[valid-type]
        default={
            FaultClass.GENERAL: ("standard",),
            FaultClass.IMPORTANT: ("normal",),
            FaultClass.URGENT: ("emergency",),
        },
        description="Class → values of that column",
    )
    application: ColumnNames = Field(
        default=("short_description", "justification"), description="Columns of the application"
    )
    assessment: ColumnNames = Field(
        default=("risk", "risk_impact_analysis"), description="Columns of the assessment"
    )
    risk: ColumnName = Field(default="risk", description="Column that tells the risk")
    answered_risks: many(str) = Field(  # type: ignore[valid-type]
        default=(), description="Values of it that must be answered; all if not given"
    )
    answer: ColumnNames = Field(default=("backout_plan",), description="Columns that answer the risk")
    approval: ColumnName = Field(default="approval", description="Column that tells the approval")
    approved: many(str) = Field(  # type: ignore[valid-type]
        default=("approved",), description="Its values for: approved"
    )
    implementation: ColumnNames = Field(
        default=("implementation_plan", "start_date", "end_date"),
        description="Columns of the plan of the implementation",
    )
    record: ColumnNames = Field(default=("close_code", "close_notes"), description="Columns of the record")
    exempt: Mapping[FaultClass, many(Step)] = Field(  # type: ignore[valid-type]
        default={FaultClass.GENERAL: ("approval",)}, description="Class → steps that are not asked of it"
    )
    planned_start: ColumnName = Field(default="start_date", description="When the window opens")
    planned_end: ColumnName = Field(default="end_date", description="When the window closes")
    actual_start: ColumnName = Field(default="work_start", description="When the implementation began")
    actual_end: ColumnName = Field(default="work_end", description="When it ended")
    remind_before: Duration | None = Field(
        default=None,
        description="Time before the window, day and night, from which on a note names what is missing",
    )
    afterwards: many(FaultClass) = Field(  # type: ignore[valid-type]
        default=(FaultClass.URGENT,), description="Classes whose steps may be made up afterwards"
    )
    record_within: Duration = Field(
        default=72 * 3600,
        description="Time for that after the end of the implementation, day and night",
    )

    def columns(self) -> frozenset[str]:
        """All that is looked at."""
        single = (self.class_column, self.risk, self.approval, self.planned_start, self.planned_end)
        actual = (self.actual_start, self.actual_end)
        steps = (*self.application, *self.assessment, *self.answer, *self.implementation, *self.record)
        return super().columns() | frozenset((*single, *actual, *steps))

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """What is not in order now."""
        if ticket.state is TicketState.CANCELED:
            return _OVER
        if self.elsewhere(ticket):
            return ELSEWHERE
        work = self._work(ticket)
        if work.began is None:
            return self._before(ticket, at)
        course = Course([], [], [])
        self._steps(ticket, at, work, course)
        self._window(ticket, at, work, course)
        return course.verdict("in order")

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Its class, its window, each step, and when it was carried out."""
        if ticket.state is TicketState.CANCELED:
            return []
        if elsewhere := self.elsewhere(ticket):
            return [elsewhere]
        kind = self._class(ticket)
        missing, work, time = self._missing(ticket), self._work(ticket), at.wording.time
        start, end = instant_in(ticket, self.planned_start), instant_in(ticket, self.planned_end)
        lines = [f"class {kind or 'unknown'}", f"window {time(start)} to {time(end)}"]
        lines += [f"{step}: lacks {', '.join(columns)}" for step, columns in missing.items()]
        if work.began is not None:
            lines.append(f"implemented {time(work.began)} to {time(work.ended)}")
            if kind in self.afterwards and work.ended is not None:
                lines.append(f"to be made up by {time(work.ended + self.record_within)}")
        return lines

    def _before(self, ticket: Ticket, at: Moment) -> Verdict:
        """It has not begun: what is missing is named when its start is near."""
        missing = self._missing(ticket)
        if not missing:
            return _READY
        reason = f"not ready: {', '.join(missing)}"
        start = instant_in(ticket, self.planned_start)
        if self.remind_before is None or start is None or self._class(ticket) in self.afterwards:
            return Verdict(reason)
        near = start - self.remind_before
        if at.now < near:
            return Verdict(reason, (), near)
        told = {"start": at.wording.when(start), "lacks": _named(missing)}
        return Verdict(
            reason, tuple(self.finding(ticket, at, ("ready",), "change_not_ready", "R-G1", **told))
        )

    def _steps(self, ticket: Ticket, at: Moment, work: _Work, course: Course) -> None:
        """It has begun, or is over: steps and record that are missing."""
        found, reasons, again = course
        missing = self._missing(ticket)
        record = [column for column in self.record if not filled(ticket, column)]
        closed = ticket.state is TicketState.CLOSED
        if self._class(ticket) in self.afterwards:
            missing |= {"record": record} if record and closed else {}
            if not missing:
                return
            due = None if work.ended is None else work.ended + self.record_within
            if due is None or at.now < due:
                reasons.append(f"to be made up: {', '.join(missing)}")
                again += [] if due is None else [due]
                return
            reasons.append(f"not made up: {', '.join(missing)}")
            told = {"limit": self.record_within, "lacks": _named(missing)}
            found += self.finding(ticket, at, ("afterwards",), "change_not_made_up", "R-G1", **told)
            return
        if missing:
            reasons.append(f"implemented without {', '.join(missing)}")
            told = {"lacks": _named(missing)}
            found += self.finding(ticket, at, ("skipped",), "change_skipped", "R-G1", **told)
        if record and closed:
            reasons.append("not recorded")
            told = {"lacks": _named({"record": record})}
            found += self.finding(ticket, at, ("record",), "change_not_recorded", "R-G1", **told)

    def _window(self, ticket: Ticket, at: Moment, work: _Work, course: Course) -> None:
        """It has begun: was that inside the window, and was or is the end?"""
        found, reasons, again = course
        when = at.wording.when
        start, end = instant_in(ticket, self.planned_start), instant_in(ticket, self.planned_end)
        if start is not None and work.began is not None and work.began < start:
            reasons.append("before its window")
            told = {"began": when(work.began), "start": when(start)}
            found += self.finding(ticket, at, ("early", start), "change_early", "R-G1", **told)
        if end is None:
            return
        if (at.now if work.ended is None else work.ended) > end:
            reasons.append("after its window")
            over = None if work.ended is None else when(work.ended)
            late = ("late", end)
            found += self.finding(ticket, at, late, "change_late", "R-G1", ended=over, end=when(end))
        elif work.ended is None:
            again.append(end + 1)

    def _work(self, ticket: Ticket) -> _Work:
        """By the record's own columns, else since its state says so."""
        began, ended = instant_in(ticket, self.actual_start), instant_in(ticket, self.actual_end)
        if began is None and ticket.state in _BEGUN:
            began = next((span.start for span in ticket.spans if span.state in _BEGUN), ticket.updated_at)
        if began is not None and ended is None and ticket.state in _DONE:
            over = [span.start for span in ticket.spans if span.state in _DONE]
            ended = max(began, over[0] if over else ticket.updated_at)
        return _Work(began, ended)

    def _class(self, ticket: Ticket) -> FaultClass | None:
        value = ticket.extra.get(self.class_column, "")
        return next((kind for kind, values in self.classes.items() if value in values), None)

    def _missing(self, ticket: Ticket) -> dict[str, list[str]]:
        """Step → its columns that are not as they should be; only steps with one."""
        kind = self._class(ticket)
        steps: dict[str, Iterable[str]] = {
            "application": self.application,
            "assessment": self.assessment,
            "answer": self.answer if self._to_be_answered(ticket) else (),
            "implementation": self.implementation,
        }
        exempt = self.exempt.get(kind, ()) if kind else ()
        found = {} if kind else {"class": [self.class_column]}
        for step, columns in steps.items():
            empty = [column for column in columns if not filled(ticket, column)]
            if empty and step not in exempt:
                found[step] = empty
        if "approval" not in exempt and ticket.extra.get(self.approval, "") not in self.approved:
            found["approval"] = [self.approval]
        return found

    def _to_be_answered(self, ticket: Ticket) -> bool:
        return not self.answered_risks or ticket.extra.get(self.risk, "") in self.answered_risks


_DONE = frozenset({TicketState.RESOLVED, TicketState.CLOSED})
_BEGUN = frozenset({TicketState.IN_PROGRESS, TicketState.ON_HOLD}) | _DONE
_OVER = Verdict("canceled")
_READY = Verdict("ready")


def _named(missing: Mapping[str, Iterable[str]]) -> Bilingual:
    return lacking({step: ", ".join(columns) for step, columns in missing.items()})
