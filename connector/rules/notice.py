"""What policies that report to a person have in common: by a work note, a task of theirs, or both."""

from typing import Literal, Self

from pydantic import Field, model_validator

from connector.intent import Create, Intent, Note, Occasion
from connector.rules.base import Moment, Policy
from connector.rules.obligation import task_fields
from connector.ticket import Ticket


class Reporting(Policy):
    """A policy with somebody to report to."""

    person: str = Field(default="", description="User name of who is told")
    by: Literal["note", "task", "both"] = Field(
        default="note", description="note: a work note; task: a task for `person`; both"
    )

    @model_validator(mode="after")
    def _has_somebody(self) -> Self:
        if self.by != "note" and not self.person:
            raise ValueError(f'by = "{self.by}" needs person: whose task is it?')
        return self

    def people_named(self) -> tuple[str, ...]:
        """Who is told."""
        return (self.person,) if self.person else ()

    def needs_tasks(self) -> bool:
        """Where the person gets a task."""
        return self.by != "note"

    def report(
        self, ticket: Ticket, at: Moment, kind: str, key: Occasion, clause: str, **told: object
    ) -> list[Intent]:
        """The task and the note, once per ``key``.

        The sentences are ``{kind}_subject``, ``{kind}_task`` and ``{kind}_note``; ``told`` is said in them,
        with the ticket's number in the task and the person's name in the note.
        """
        person = at.directory.people.get(self.person)
        found: list[Intent] = []
        if self.by != "note":
            fields = task_fields(ticket, kind)
            fields["short_description"] = at.wording.title(f"{kind}_subject", number=ticket.number)
            fields["description"] = at.wording.tell(f"{kind}_task", number=ticket.number, **told)
            fields["assigned_to"] = person.sys_id if person else ""
            found.append(Create("incident_task", fields, key, clause))
        if self.by != "task" and key.mark not in ticket.marks:
            text = at.wording.tell(f"{kind}_note", person=person.name if person else "", **told)
            found.append(Note(text, key, clause))
        return found
