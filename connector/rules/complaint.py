"""A complaint is recorded, acted on at once, solved with an improvement, and called back about."""

from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from connector.intent import Create, Verdict, occasion
from connector.rules.base import Duration, Moment
from connector.rules.obligation import ELSEWHERE, ColumnNames, Course, Followed, Stage, filled, task_fields
from connector.ticket import ENDED_STATES, DeskTask, Instant, Ticket, TicketState

COMPLAINT, CALL = "complaint", "complaint_call"
_ANSWERED = frozenset({"callback", "callback_2"})


class _Subject(NamedTuple):
    """One complaint."""

    since: Instant
    acted: bool
    proposed: bool
    solved_at: Instant | None
    dropped: bool = False


class Standing(NamedTuple):
    """How a complaint stands."""

    since: Instant
    acted: bool
    solved_at: Instant | None
    called: bool


class Complaint(Followed):
    """Complaints are recorded, acted on at once and called back about; improvement follows (R-D3).

    A complaint is a record of `table` (and `where`): of a table of their own, or incidents of a category.
    With `low_score` it is a ticket whose customer, called back, gave less than that; then the connector
    records it: a task of the kind `complaint` for `assign_to`, `assign_group` or else the ticket's own group.

    * **Acted on** within `act_within`: somebody has taken it up.
    * **Proposed**: the columns of `proposal` are filled within `propose_within`; not of a low score, whose
      task holds it in words.
    * **Solved** within `solve_within`: the record is resolved, or the task closed complete.
    * **Called back again** (R-D2): once it is solved a task to call the customer; closed within
      `call_within`.

    What is late is noted once each; the limits count in `service_hours`, or day and night. While anything is
    open, a note on each check date (`check_every`) says since when and what is owed. With `tracked_by` what
    is late becomes a task as well.

    ```toml
    [[policy]]
    rule = "complaint"
    name = "complaints"
    table = "incident"
    where = { category = "complaint" }
    act_within = "30m"
    solve_within = "40h"
    call_within = "16h"
    check_every = "24h"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-D3", "R-D2")
    follows_tasks: ClassVar[bool] = True

    rule: Literal["complaint"] = "complaint"
    low_score: float | None = Field(
        default=None, description="A call-back's score below this is a complaint; of a policy about incidents"
    )
    act_within: Duration = Field(default=30 * 60, description="Limit for taking it up")
    proposal: ColumnNames = Field(
        default=(), description="Columns that hold the improvement proposed; not looked for if not given"
    )
    propose_within: Duration | None = Field(default=None, description="Limit for them")
    solve_within: Duration | None = Field(default=None, description="Limit for solving it; none if not given")
    call_back: bool = Field(
        default=True, description="Whether the customer is called again once it is solved"
    )
    call_within: Duration | None = Field(default=None, description="Limit for that call; none if not given")
    assign_to: str = Field(default="", description="User name of who handles and calls")
    assign_group: str = Field(
        default="", description="Name of the group that does; the record's own if not given"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.low_score is not None and self.table != "incident":
            raise ValueError("low_score is about call-backs, which are of incidents; leave table out")
        if self.low_score is None and self.table == "incident" and not (self.where or self.when.asks):
            raise ValueError(
                "every incident would be a complaint; say which ones by where or when, or set low_score"
            )
        if bool(self.proposal) != (self.propose_within is not None):
            raise ValueError("proposal and propose_within go together: which columns, and by when?")
        return self

    def columns(self) -> frozenset[str]:
        """Those of the proposal."""
        return super().columns() | frozenset(self.proposal)

    def people_named(self) -> tuple[str, ...]:
        """Who handles and calls, and who follows findings."""
        return (*super().people_named(), *((self.assign_to,) if self.assign_to else ()))

    def groups_named(self) -> tuple[str, ...]:
        """The group that handles and calls."""
        return (self.assign_group,) if self.assign_group else ()

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """What is owed of the complaint now."""
        if self.elsewhere(ticket):
            return ELSEWHERE
        if self.low_score is not None:
            answer = self._low(ticket) if ticket.tasks else None
            if answer is None:
                return _CONTENT
            if _task(ticket, COMPLAINT) is None:
                return Verdict("to be recorded", (self._record(ticket, at, answer),))
        subject = self._subject(ticket)
        if subject is None or subject.dropped:
            return _OVER
        stages = self._stages(ticket, subject)
        course = Course([], [], [])
        if self.call_back and subject.solved_at is not None and _task(ticket, CALL) is None:
            course.intents.append(self._task_for(ticket, at, CALL))
        open_stages = [stage for stage in stages if not stage.done]
        if open_stages:
            course.reasons.append(f"{open_stages[0].name} owed")
        self.follow(ticket, at, stages, "R-D3", course)
        self.check(ticket, at, subject.since, open_stages, "R-D3", course)
        return course.verdict("dealt with")

    def standing(self, ticket: Ticket) -> Standing | None:
        """How the complaint stands, for figures; None: it is none, or was dropped."""
        if not self.applies(ticket) or self.elsewhere(ticket):
            return None
        subject = self._subject(ticket)
        if subject is None or subject.dropped:
            return None
        call = _task(ticket, CALL)
        called = call is not None and call.closed_at is not None
        return Standing(subject.since, subject.acted, subject.solved_at, called)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Since when it is a complaint, and its stages."""
        if elsewhere := self.elsewhere(ticket):
            return [elsewhere]
        subject = self._subject(ticket)
        if subject is None or subject.dropped:
            return []
        return [
            f"complaint since {at.wording.time(subject.since)}",
            *self.told_stages(self._stages(ticket, subject), at),
        ]

    def _subject(self, ticket: Ticket) -> _Subject | None:
        if self.low_score is not None:
            task = _task(ticket, COMPLAINT)
            if task is None:
                return None
            dropped = task.closed_at is not None and not task.complete
            return _Subject(
                task.opened_at, task.started, True, task.closed_at if task.complete else None, dropped
            )
        solved = ticket.state in ENDED_STATES
        ended = (ticket.updated_at if ticket.ended_at is None else ticket.ended_at) if solved else None
        proposed = all(filled(ticket, column) for column in self.proposal)
        acted = solved or ticket.responded_at is not None
        return _Subject(ticket.opened_at, acted, proposed, ended, ticket.state is TicketState.CANCELED)

    def _stages(self, ticket: Ticket, subject: _Subject) -> list[Stage]:
        solved = subject.solved_at
        stages = [Stage("acted", subject.acted, subject.since, self.act_within)]
        if self.proposal:
            stages.append(Stage("proposed", subject.proposed, subject.since, self.propose_within))
        stages.append(Stage("solved", solved is not None, subject.since, self.solve_within))
        if self.call_back:
            call = _task(ticket, CALL)
            stages.append(
                Stage("called", call is not None and call.closed_at is not None, solved, self.call_within)
            )
        return stages

    def _low(self, ticket: Ticket) -> DeskTask | None:
        """The first answer that is one."""
        low = self.low_score or 0
        given = (task for task in ticket.tasks if task.kind in _ANSWERED and task.complete)
        return next((task for task in given if task.score is not None and task.score < low), None)

    def _record(self, ticket: Ticket, at: Moment, answer: DeskTask) -> Create:
        return self._task_for(ticket, at, COMPLAINT, score=f"{answer.score:g}")

    def _task_for(self, ticket: Ticket, at: Moment, kind: str, **told: str) -> Create:
        person = at.directory.people.get(self.assign_to)
        named = at.directory.group_named(self.assign_group) if self.assign_group else ticket.group
        fields = task_fields(ticket, kind)
        fields["short_description"] = at.wording.title(f"{kind}_subject", number=ticket.number)
        fields["description"] = at.wording.tell(f"{kind}_task", number=ticket.number, **told)
        fields["assigned_to"] = person.sys_id if person else ""
        fields["assignment_group"] = named.sys_id if named else ""
        clause = "R-D3" if kind == COMPLAINT else "R-D2"
        return Create("incident_task", fields, occasion(self.name, ticket.sys_id, kind), clause)


_CONTENT = Verdict("no low score")
_OVER = Verdict("canceled")


def _task(ticket: Ticket, kind: str) -> DeskTask | None:
    return next((task for task in ticket.tasks if task.kind == kind), None)
