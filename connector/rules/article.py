"""What policies about the knowledge base have in common: which articles, whose task, how many at once."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import ClassVar, Self

from pydantic import Field, model_validator

from connector.instant import known_instant
from connector.intent import Create, occasion
from connector.rules.base import Moment, Policy, many
from connector.rules.obligation import ColumnName, task_fields
from connector.ticket import DeskTask, Held, Instant, Ticket

AGAIN = 3600
"""Seconds after which the shelf is looked at again: articles change beside the calendar, not in it."""

FACTS = ("author", "short_description", "sys_created_by", "valid_to")
"""Columns of `kb_knowledge` that are read for these policies beside those of every article."""


class AboutArticle(Policy):
    """A policy about the published articles, which asks people for something by tasks.

    An article is known by its number, so its next version is the same one. Nothing is written to it: the
    task's own occasion remembers what was asked.
    """

    follows_tasks: ClassVar[bool] = True

    where: Mapping[ColumnName, many(str)] = Field(  # type: ignore[valid-type]
        default_factory=dict,
        description="Column of `kb_knowledge` → value or values that an article must have: "
        "`where = { kb_knowledge_base = '<sys_id>' }`",
    )
    assign_to: str = Field(default="", description="User name of whose task it is")
    assign_group: str = Field(default="", description="Name of the group whose task it is")
    at_most: int = Field(
        default=5, ge=1, description="Tasks of this policy open at once; the next waits until one is closed"
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.assign_to and not self.assign_group:
            raise ValueError("whose task is it? Set assign_to or assign_group")
        if self.when.asks:
            raise ValueError("it is about no ticket: when has no meaning here; where narrows the articles")
        return self

    def about(self) -> str:
        """No ticket: the calendar, which owns tasks that belong to none."""
        return "calendar"

    def people_named(self) -> tuple[str, ...]:
        """Whose task it is."""
        return (self.assign_to,) if self.assign_to else ()

    def groups_named(self) -> tuple[str, ...]:
        """The group whose task it is."""
        return (self.assign_group,) if self.assign_group else ()

    def articles(self, at: Moment) -> Iterator[Held]:
        """The published articles it is about, by number."""
        conditions = self._conditions
        for article in at.library.published():
            if all(article.columns.get(column, "") in wanted for column, wanted in conditions):
                yield article

    @cached_property
    def _conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(self.where.items())

    def key(self, article: Held, *what: object) -> str:
        """The occasion of a task about this article."""
        return occasion(self.name, "calendar", *what, article.number)

    def request(
        self, ticket: Ticket, at: Moment, article: Held, kind: str, what: tuple[object, ...], clause: str,
        *, person: str = "", due: Instant | None = None, **told: object,
    ) -> Create:  # fmt: skip
        """The task, its words those of ``<kind>_subject`` and ``<kind>_task``; ``person`` is a sys_id."""
        named = at.directory.people.get(self.assign_to)
        group = at.directory.group_named(self.assign_group) if self.assign_group else None
        fields = task_fields(ticket, kind, due)
        told |= {"article": article.number, "title": article.title}
        fields["short_description"] = at.wording.title(f"{kind}_subject", **told)
        fields["description"] = at.wording.tell(f"{kind}_task", **told)
        fields["assigned_to"] = person or (named.sys_id if named else "")
        fields["assignment_group"] = group.sys_id if group else ""
        return Create("incident_task", fields, occasion(self.name, "calendar", *what, article.number), clause)


def tasks_of(ticket: Ticket) -> dict[str, DeskTask]:
    """Occasion → task of the calendar."""
    return {task.occasion: task for task in ticket.tasks}


def end_of_day(text: str) -> Instant | None:
    """The last second, in UTC, of a day as the platform writes it; None where it is none."""
    return known_instant(f"{text[:10]} 23:59:59") if text else None
