"""A major incident is looked into afterwards: a problem record, opened and linked within a limit."""

from typing import ClassVar, Literal

from pydantic import Field

from connector.intent import Create, Note, Set, Verdict, occasion
from connector.rules.base import Duration, Moment
from connector.rules.obligation import ELSEWHERE, Course, Followed, Stage
from connector.ticket import ENDED_STATES, Instant, Ticket
from connector.wording import Sentence

PROBLEM = "problem_id"
SUBJECT = "short_description"


class AfterReview(Followed):
    """Major accidents are investigated and improvement follows: an after-review is owed (R-C6).

    `when` says what a major incident is. Once it is resolved, a problem record must be linked to it
    (its column `problem_id`) `within` the limit, which counts in `service_hours` or day and night; a note
    says so where it is not. With `create` the connector opens the problem at once, for `assign_to` or
    `assign_group`, and links it, once: whoever takes the link away again has the last word, and the limit
    goes on.

    What becomes of the problem, its cause, its measures and their verification, is followed by a policy of
    rule `improvement` about the table `problem`.

    ```toml
    [[policy]]
    rule = "after_review"
    name = "major-reviewed"
    when = { class = "urgent" }
    within = "72h"
    create = false
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-C6",)

    rule: Literal["after_review"] = "after_review"
    table: Literal["incident"] = Field(default="incident", description="Major incidents are incidents")
    within: Duration = Field(
        default=72 * 3600, description="Limit for the problem record after the resolution"
    )
    create: bool = Field(default=False, description="Whether to open the problem record and link it")
    assign_to: str = Field(default="", description="User name of whose problem it is")
    assign_group: str = Field(default="", description="Name of the group whose problem it is")

    @property
    def creates_problem(self) -> bool:
        """It sets the link on the incident."""
        return self.create

    def columns(self) -> frozenset[str]:
        """The link, and what the problem is called after."""
        return super().columns() | frozenset((PROBLEM, SUBJECT))

    def people_named(self) -> tuple[str, ...]:
        """Whose problem it is, and who follows findings."""
        return (*super().people_named(), *((self.assign_to,) if self.assign_to else ()))

    def groups_named(self) -> tuple[str, ...]:
        """The group whose problem it is."""
        return (self.assign_group,) if self.assign_group else ()

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether a problem record is owed."""
        if ticket.state not in ENDED_STATES:
            return _OPEN
        if self.elsewhere(ticket):
            return ELSEWHERE
        if ticket.extra.get(PROBLEM):
            return _LINKED
        course = Course([], ["review owed"], [])
        if self.create:
            course.intents.extend(self._problem(ticket, at))
        ended = ticket.ended_at
        stages = self._stages(ticket, ended)
        self.follow(ticket, at, stages, "R-C6", course)
        if ended is not None:
            self.check(ticket, at, ended, stages, "R-C6", course)
        return course.verdict("review owed")

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Since when a review is owed, and until when."""
        if ticket.state not in ENDED_STATES:
            return []
        if elsewhere := self.elsewhere(ticket):
            return [elsewhere]
        if ticket.extra.get(PROBLEM):
            return [f"problem {ticket.extra[PROBLEM]} is linked"]
        ended = ticket.ended_at
        return [f"resolved {at.wording.time(ended)}", *self.told_stages(self._stages(ticket, ended), at)]

    def _stages(self, ticket: Ticket, ended: Instant | None) -> list[Stage]:
        return [Stage("review", bool(ticket.extra.get(PROBLEM)), ended, self.within)]

    def _problem(self, ticket: Ticket, at: Moment) -> tuple[Create | Set | Note, ...]:
        """The problem and its link, unless a person took the link away."""
        key = occasion(self.name, ticket.sys_id, "problem")
        link = occasion(self.name, ticket.sys_id, "problem", "link")
        if link.mark in ticket.marks:
            return ()
        person = at.directory.people.get(self.assign_to)
        group = at.directory.group_named(self.assign_group) if self.assign_group else None
        told = {"number": ticket.number, "subject": ticket.extra.get(SUBJECT, "")}
        fields: dict[str, str | Sentence] = {
            "short_description": at.wording.title("review_subject", number=ticket.number),
            "description": at.wording.tell("review_task", **told),
            "first_reported_by_task": ticket.sys_id,
            "assigned_to": person.sys_id if person else "",
            "assignment_group": group.sys_id if group else "",
            "correlation_display": "desk-policy:review",
        }
        return (
            Create("problem", fields, key, "R-C6"),
            Set("problem", str(key), link, "R-C6"),
            Note(at.wording.tell("review_opened"), link, "R-C6"),
        )


_OPEN = Verdict("not resolved")
_LINKED = Verdict("a problem is linked")
