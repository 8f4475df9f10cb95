"""A warning of the monitoring says what is wrong, how far it reaches, and what to try first."""

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.intent import Note, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy, as_tuple
from connector.rules.condition import ColumnPath, Where, further, holds, value_in
from connector.ticket import Precedent, Ticket
from connector.wording import Bilingual, piece

Part = Literal["description", "impact", "suggestion"]
PARTS: tuple[Part, ...] = ("description", "impact", "suggestion")
DESCRIPTION, SUGGESTION = "description", "suggestion"
ITEM, SOLUTION = "cmdb_ci", "close_notes"
"""Columns of the configuration item, and of an incident's solution."""
LONGEST = 400
"""Characters of an earlier ticket's solution that are told."""

_Names = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(as_tuple, json_schema_input_type=str | list[str]),
]


class MonitoringAlert(Policy):
    """A monitoring warning holds a detailed description, the extent of impact, a first suggestion (R-G3).

    It is about open incidents whose column `column` has one of `values`: on the platform, incidents that an
    event raised have ``contact_type = event``. Or, with `table = "em_alert"`, about the open alerts of Event
    Management themselves, whose note goes into the alert's own work notes; while the instance has no such
    table the policy rests. `where` narrows it: `{ maintenance = "false" }`. Each part is there when

    * one of the columns named for it is filled: `description`, `impact`, `suggestion`; or
    * a line of the description begins with one of its `labels` and a colon, and something follows.

    With `composed` a part that is missing is put together in the note from columns of the ticket and of what
    it refers to: the name of the configuration item, its service, its location, who supports it. With
    `earlier` the suggestion is what solved the last incident of the same configuration item (and category,
    if the warning has one) that was resolved within that time before: its close notes, its number, its
    published article. A part that is composed is not asked for. What else is missing when `grace` has passed
    since the opening is named in one work note, once per warning; the one note asks for all of it, and
    whoever has the warning adds it. A part for which neither a column nor a label is configured is not looked
    for, but for the suggestion of `earlier`. Measuring thresholds stays the monitoring's own work.

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
    earlier = "2160h"
    grace = "10m"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-G3",)

    rule: Literal["monitoring_alert"] = "monitoring_alert"
    table: str = Field(
        default="incident",
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Whose records are the warnings: `incident`, or `em_alert`, of which every record is one",
    )
    where: Where = Field(
        default_factory=dict, description="Column → value or values: only of these; all columns must fit"
    )
    column: str = Field(
        default="contact_type", description="Column that tells where a ticket came from; of incidents only"
    )
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
    earlier: Duration | None = Field(
        default=None,
        description="How far back a resolved incident of the same configuration item may lie from which the "
        "first suggestion is taken where it is missing; none is looked for if not given",
    )
    grace: Duration | None = Field(
        default=None,
        description="Time after the opening, day and night, before it is asked for; at once if not given",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self._sought:
            raise ValueError("set description, impact, suggestion or labels; otherwise nothing is looked for")
        if self.table != "incident" and {"column", "values"} & self.model_fields_set:
            raise ValueError(
                f"column and values are about incidents; of {self.table} say which ones by where, such as "
                'where = { source = "SolarWinds" }'
            )
        return self

    def about(self) -> str:
        """Incidents, or alerts."""
        return self.table

    def columns(self) -> frozenset[str]:
        """Where it came from, the columns of the parts, the item, and the description with its labels."""
        own = {*self.description, *self.impact, *self.suggestion, *further(self.where)}
        own |= {self.column} if self.table == "incident" else set()
        own |= {ITEM} if self.earlier is not None else set()
        composed = further(column for columns in self.composed.values() for column in columns)
        return frozenset(own | ({DESCRIPTION} if self.labels else set())) | composed

    def sorts_by(self) -> frozenset[str]:
        """Where it came from, and those of `where`."""
        return super().sorts_by() | frozenset((self.column, *self.where))

    def columns_of_incidents(self) -> frozenset[str]:
        """By what earlier ones are found, and how they were solved."""
        return frozenset({ITEM, SOLUTION} if self.earlier is not None else ())

    def looks_back(self, ticket: Ticket) -> bool:
        """It may be solved as an earlier one was."""
        return self.earlier is not None and ticket.is_open and not self._elsewhere(ticket)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether something is missing that has to be asked for."""
        if not ticket.is_open:
            return _OVER
        if elsewhere := self._elsewhere(ticket):
            return elsewhere
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
        precedent = self._precedent(ticket, at, missing, composed)
        known = {*composed, *((SUGGESTION,) if precedent else ())}
        asked = [piece(f"alert_{part}") for part in missing if part not in known]
        made = [(piece(f"alert_{part}"), text) for part, text in composed.items()]
        parts = Bilingual(
            "; ".join(f"{name.en}: {text}" for name, text in made),
            "；".join(f"{name.zh}：{text}" for name, text in made),
        )
        lacks = Bilingual(", ".join(each.en for each in asked), "、".join(each.zh for each in asked))
        name, told = ("alert_incomplete", {"lacks": lacks}) if asked else ("alert_composed", {})
        before = _told(precedent, at) if precedent else ""
        sentence = at.wording.tell(name, parts=parts if made else "", before=before, **told)
        return Verdict(reason, (Note(sentence, key, "R-G3"),))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Each part that is looked for, and where it came from."""
        if not ticket.is_open or self._elsewhere(ticket):
            return []
        missing = self._missing(ticket)
        lines = [f"{part}: {self._origin(ticket, at, part)}" for part in self._sought]
        if missing and at.now < ticket.opened_at + (self.grace or 0):
            lines.append(f"asked for from {at.wording.time(ticket.opened_at + (self.grace or 0))}")
        return lines

    def _elsewhere(self, ticket: Ticket) -> Verdict | None:
        """Why it is no warning of these; None: it is one."""
        if self.table == "incident" and ticket.extra.get(self.column, "") not in self.values:
            return _ELSEWHERE
        return None if holds(ticket, self.where) else _NARROWED

    def _precedent(
        self, ticket: Ticket, at: Moment, missing: Collection[Part], composed: Collection[Part]
    ) -> Precedent | None:
        """The earlier ticket from which a suggestion is taken that nothing else tells.

        Only what was resolved before the warning came: what happens later changes nothing about it.
        """
        item = ticket.extra.get(ITEM, "")
        if self.earlier is None or not item or SUGGESTION in composed or SUGGESTION not in missing:
            return None
        since = ticket.opened_at - self.earlier
        return at.precedents.last(item, ticket.category, since, ticket.opened_at)

    def _origin(self, ticket: Ticket, at: Moment, part: Part) -> str:
        """Where a part stands or is taken from, in words."""
        columns, line = self._sought[part]
        held = next((column for column in columns if ticket.extra.get(column, "").strip()), "")
        if held:
            return f"in column {held}"
        if line and line.search(ticket.extra.get(DESCRIPTION, "")):
            return "in a line of the description"
        if self._composed(ticket, part):
            used = [c for c in self.composed.get(part, ()) if value_in(ticket, c).strip()]
            return f"missing, composed from {', '.join(used)}"
        precedent = self._precedent(ticket, at, (part,), ())
        if precedent is not None:
            article = f", article {precedent.article}" if precedent.article else ""
            when = at.wording.time(precedent.resolved_at)
            return f"missing, composed from {precedent.number}, resolved {when}{article}"
        return "missing"

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
            if columns[part] or labels or (part == SUGGESTION and self.earlier is not None):
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
_NARROWED = Verdict("left out by where")
_COMPLETE = Verdict("complete")


def _told(precedent: Precedent, at: Moment) -> Bilingual:
    """How an earlier ticket was solved, with its number."""
    solution = precedent.solution
    if len(solution) > LONGEST:
        solution = solution[: LONGEST - 1] + "…"
    return piece(
        "alert_precedent",
        number=precedent.number,
        resolved=at.wording.time(precedent.resolved_at),
        solution=solution,
        article=precedent.article,
    )
