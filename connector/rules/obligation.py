"""What policies about other records than faults have in common: their table, and how they tell a finding."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from connector.intent import Create, Intent, Note, occasion
from connector.rules.base import Moment, Policy, as_tuple, many
from connector.ticket import Instant, Ticket
from connector.wording import Sentence

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

    def elsewhere(self, ticket: Ticket) -> str:
        """Which condition of `where` does not hold, in words, or "": "type normal is not emergency"."""
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


def task_fields(ticket: Ticket, kind: str, due: Instant | None = None) -> dict[str, str | Sentence]:
    """What every task of ours beside a record has; for an incident it is the incident's own task."""
    return {
        "incident": ticket.sys_id if ticket.kind == "incident" else "",
        "parent": "" if ticket.kind == "calendar" else ticket.sys_id,
        "correlation_display": f"desk-policy:{kind}",
        **({} if due is None else {"due_date": datetime.fromtimestamp(due, UTC).strftime(_FORMAT)}),
    }


def instant_in(ticket: Ticket, column: str) -> Instant | None:
    """The instant that a date column of the record says; None where it is empty or no date."""
    text = ticket.extra.get(column, "")
    try:
        return int(datetime.strptime(text, _FORMAT).replace(tzinfo=UTC).timestamp()) if text else None
    except ValueError:
        return None


def filled(ticket: Ticket, column: str) -> bool:
    """Whether a column of the record holds anything."""
    return bool(ticket.extra.get(column, "").strip())


_FORMAT = "%Y-%m-%d %H:%M:%S"
