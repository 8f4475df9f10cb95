"""A warning of the monitoring says what is wrong, how far it reaches, and what to try first."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.intent import Note, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy, as_tuple
from connector.rules.condition import ColumnPath, further, value_in
from connector.ticket import Ticket
from connector.wording import Bilingual, piece

Part = Literal["description", "impact", "suggestion"]
PARTS: tuple[Part, ...] = ("description", "impact", "suggestion")
DESCRIPTION = "description"


_Names = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(as_tuple, json_schema_input_type=str | list[str]),
]


class MonitoringAlert(Policy):
    """A monitoring warning holds a detailed description, the extent of impact, a first suggestion (R-G3).

    It is about open tickets whose column `column` has one of `values`: on the platform, incidents that an
    event raised have ``contact_type = event``. Each of the three parts is there when

    * one of the columns named for it is filled: `description`, `impact`, `suggestion`; or
    * a line of the description begins with one of its `labels` and a colon, and something follows.

    With `composed` a part that is missing is put together in the note from columns of the ticket and of what
    it refers to: the name of the configuration item, its service, its location, who supports it. Such a part
    is not asked for. What else is missing when `grace` has passed since the opening is named in one work
    note, once per ticket; the one note asks for all of it, and whoever has the ticket adds it. A part for
    which neither a column nor a label is configured is not looked for. Measuring thresholds stays
    the monitoring's own work.

    ```toml
    [[policy]]
    rule = "monitoring_alert"
    name = "warnings-complete"
    column = "contact_type"
    values = ["event"]
    description = "description"
    impact = ["cmdb_ci", "business_service"]
    labels = { impact = ["影响范围", "Impact"], suggestion = ["初步建议", "Suggestion"] }
    composed = { impact = ["cmdb_ci.name", "business_service.name"] }
    grace = "10m"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-G3",)

    rule: Literal["monitoring_alert"] = "monitoring_alert"
    column: str = Field(default="contact_type", description="Column that tells where a ticket came from")
    values: _Names = Field(default=("event",), min_length=1, description="Its values for the monitoring")
    description: _Names = Field(
        default=(DESCRIPTION,), description="Columns of which one must hold the detailed description"
    )
    impact: _Names = Field(default=(), description="Columns of which one must tell the extent of impact")
    suggestion: _Names = Field(default=(), description="Columns of which one must hold a first suggestion")
    labels: Mapping[Part, _Names] = Field(
        default_factory=dict, description="Part → words before a colon that begin its line in the description"
    )
    composed: Mapping[Part, tuple[ColumnPath, ...]] = Field(
        default_factory=dict,
        description="Part → columns from which the note composes it where it is missing: "
        'impact = ["cmdb_ci.name", "business_service.name"]',
    )
    grace: Duration | None = Field(
        default=None,
        description="Time after the opening, day and night, before it is asked for; at once if not given",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self._sought:
            raise ValueError("set description, impact, suggestion or labels; otherwise nothing is looked for")
        return self

    def columns(self) -> frozenset[str]:
        """Where it came from, the columns of the parts, and the description with its labels."""
        own = {self.column, *self.description, *self.impact, *self.suggestion}
        composed = further(column for columns in self.composed.values() for column in columns)
        return frozenset(own | ({DESCRIPTION} if self.labels else set())) | composed

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether something is missing that has to be asked for."""
        if not ticket.is_open:
            return _OVER
        if ticket.extra.get(self.column, "") not in self.values:
            return _ELSEWHERE
        missing = self._missing(ticket)
        if not missing:
            return _COMPLETE
        reason = "missing: " + ", ".join(missing)
        due = ticket.opened_at + (self.grace or 0)
        if at.now < due:
            return Verdict(reason, (), due)
        key = occasion(self.name, ticket.sys_id, "asked")
        if key.mark in ticket.marks:
            return Verdict(reason)
        composed = {part: text for part in missing if (text := self._composed(ticket, part))}
        asked = [piece(f"alert_{part}") for part in missing if part not in composed]
        made = [(piece(f"alert_{part}"), text) for part, text in composed.items()]
        parts = Bilingual(
            "; ".join(f"{name.en}: {text}" for name, text in made),
            "；".join(f"{name.zh}：{text}" for name, text in made),
        )
        lacks = Bilingual(", ".join(each.en for each in asked), "、".join(each.zh for each in asked))
        name, told = ("alert_incomplete", {"lacks": lacks}) if asked else ("alert_composed", {})
        note = Note(at.wording.tell(name, parts=parts if made else "", **told), key, "R-G3")
        return Verdict(reason, (note,))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Each part that is looked for, and whether it is there."""
        if not ticket.is_open or ticket.extra.get(self.column, "") not in self.values:
            return []
        missing = self._missing(ticket)
        lines = [f"{part}: {'missing' if part in missing else 'there'}" for part in self._sought]
        if missing and at.now < ticket.opened_at + (self.grace or 0):
            lines.append(f"asked for from {at.wording.time(ticket.opened_at + (self.grace or 0))}")
        return lines

    def _composed(self, ticket: Ticket, part: Part) -> str:
        """What the columns named for a part say, or "" where they are empty."""
        found = (value_in(ticket, column).strip() for column in self.composed.get(part, ()))
        return ", ".join(text for text in found if text)

    @cached_property
    def _sought(self) -> Mapping[Part, tuple[tuple[str, ...], re.Pattern[str] | None]]:
        """Part → its columns, and what finds its line in a description; only parts that are looked for."""
        columns: dict[Part, tuple[str, ...]] = {
            "description": self.description,
            "impact": self.impact,
            "suggestion": self.suggestion,
        }
        found: dict[Part, Any] = {}
        for part in PARTS:
            labels = self.labels.get(part, ())
            if columns[part] or labels:
                words = "|".join(map(re.escape, labels))
                line = re.compile(rf"^\s*(?:{words})\s*[:：]\s*\S", re.IGNORECASE | re.MULTILINE)
                found[part] = columns[part], line if labels else None
        return found

    def _missing(self, ticket: Ticket) -> list[Part]:
        extra = ticket.extra
        return [
            part
            for part, (columns, line) in self._sought.items()
            if not any(extra.get(column, "").strip() for column in columns)
            and not (line and line.search(extra.get(DESCRIPTION, "")))
        ]


_OVER = Verdict("not open")
_ELSEWHERE = Verdict("not from the monitoring")
_COMPLETE = Verdict("complete")
