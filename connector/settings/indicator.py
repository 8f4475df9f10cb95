"""``[[indicator]]``, ``[[source]]`` and ``[[score]]``: figures that a desk defines itself."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from math import fsum
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from connector.kpi.catalogue import indicators, per_cent
from connector.kpi.definition import Definition
from connector.kpi.dimension import Dimension
from connector.kpi.period import Period, from_day_to_day
from connector.kpi.source import KINDS, OWN, Declared
from connector.rules.base import Duration
from connector.rules.clause import CLAUSES
from connector.settings.finding import Finding
from connector.settings.spelling import nearest
from connector.settings.table import Interval, Table, Zone


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
"""A text or a list of them; any may fit."""

Name = Annotated[str, Field(pattern=r"^[^\s^\[\]=]+$")]


def _known_clause(value: str) -> str:
    if value not in CLAUSES:
        raise ValueError(f"no clause {value}{nearest(value, CLAUSES)}")
    return value


class Predicates(Table):
    """What must hold for a record to count: all that is set here. The set is closed."""

    class_: Texts | None = Field(default=None, alias="class", description="Fault class (R-C1)")
    priority: Texts | None = Field(default=None, description="Value of the priority column")
    category: Texts | None = Field(default=None, description="Value of the category column")
    kind: Texts | None = Field(default=None, description="Kind of ticket")
    company: Texts | None = Field(default=None, description="sys_id of the customer")
    close_code: Texts | None = Field(default=None, description="Close code")
    state: Texts | None = Field(default=None, description="State: new, in_progress, on_hold, resolved, …")
    desk: Texts | None = Field(default=None, description="Desk of the group that holds it")
    tier: Texts | None = Field(default=None, description="Tier of the group that holds it")
    group: Texts | None = Field(default=None, description="Name of the group that holds it")
    resolved: bool | None = Field(default=None, description="Resolved or closed by now")
    closed: bool | None = Field(default=None, description="Closed by now")
    canceled: bool | None = Field(default=None, description="Canceled")
    responded: bool | None = Field(default=None, description="A consultant has taken it up")
    reopened: bool | None = Field(default=None, description="Back at work after it was resolved or closed")
    reassigned: bool | None = Field(default=None, description="The reassignment count is above 0")
    held: bool | None = Field(default=None, description="It was on hold at some time")
    escalated: bool | None = Field(default=None, description="It went to a higher tier (R-B2)")
    article: bool | None = Field(default=None, description="Knowledge is linked to it (R-B5)")
    called_back: bool | None = Field(default=None, description="A call-back was completed (R-B6)")
    responded_in_time: bool | None = Field(default=None, description="Within the response limit (R-E3)")
    resolved_in_time: bool | None = Field(default=None, description="Within the resolution limit (R-E6)")
    responded_within: Duration | None = Field(default=None, description="From opening, round the clock")
    resolved_within: Duration | None = Field(default=None, description="From opening, round the clock")
    reassigned_at_most: int | None = Field(default=None, ge=0, description="Reassignment count at most")
    complete: bool | None = Field(default=None, description="Of a call-back: done, not skipped")
    score_at_least: float | None = Field(default=None, description="Of a call-back: the caller's score")
    answered: bool | None = Field(default=None, description="Of a call")
    equals: dict[str, Texts] | None = Field(default=None, description="Of a file: column = text or texts")
    filled: Texts | None = Field(default=None, description="Of a file: columns that are not empty")
    not_later: dict[str, str] | None = Field(
        default=None, description="Of a file: column of a time = column of a time it does not pass"
    )
    at_least: dict[str, float] | None = Field(default=None, description="Of a file: column = least number")
    at_most: dict[str, float] | None = Field(default=None, description="Of a file: column = most")

    @property
    def given(self) -> dict[str, Any]:
        """Predicate → value, of those that are set."""
        return self.model_dump(by_alias=True, exclude_none=True)


class OwnIndicator(Table):
    """An indicator of the desk's own: two lists of predicates and a target (R-E)."""

    name: Name = Field(description="Its id in figures, lists and weights")
    clause: Annotated[str, AfterValidator(_known_clause)] = Field(description="The clause it serves")
    title: str = Field(default="", description="What people read, in English; the name if empty")
    title_zh: str = Field(default="", description="What people read, in Chinese; the title if empty")
    source: str = Field(
        default="tickets", description="tickets, call_backs, calls, or the name of a [[source]]"
    )
    dated: Literal["opened", "responded", "resolved", "closed"] = Field(
        default="opened", description="Which moment puts a ticket into a period"
    )
    whose: Literal["first", "responder", "resolver", "holder", ""] = Field(
        default="", description="Whose ticket it is; by default who did what dates it"
    )
    denominator: Predicates = Field(default=Predicates(), description="What counts; empty: all")
    numerator: Predicates | None = Field(
        default=None, description="What of it succeeds; without it the figure is a count"
    )
    target: float | None = Field(default=None, ge=0, description="A share (0.9), or a number for a count")
    direction: Literal["up", "down"] = Field(default="up", description="Which way is better")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.numerator is not None and self.target is not None and self.target > 1:
            raise ValueError("target: a share lies between 0 and 1: write 0.9 for 90 %")
        unfit = self.definition.unfit()
        if unfit:
            raise ValueError(f"{', '.join(unfit)} cannot be asked of {self.source}")
        return self

    @property
    def definition(self) -> Definition:
        """The same without the file."""
        rate = self.numerator is not None
        target = per_cent(self.target) if rate and self.target is not None else self.target
        return Definition(
            self.name,
            self.clause,
            self.title or self.name,
            self.title_zh or self.title or self.name,
            self.source,
            self.dated,
            self.whose,
            self.denominator.given,
            self.numerator.given if self.numerator is not None else None,
            target,
            self.direction,
        )


class DeclaredSource(Table):
    """A file that figures are counted from: a phone log, a survey, a roster, manuals, anything in rows."""

    name: Name = Field(description="What indicators call it")
    kind: Literal["calls", "survey", "roster", "manual", "summary", "contacts", "records"] = Field(
        description="What its rows are, and so which columns it must have"
    )
    path: str = Field(default="", description="CSV, CSV.gz or TOML ([[row]]); beside the configuration")
    table: Literal["", "asmt_metric_result"] = Field(
        default="", description="Instead of a file: the instance's own surveys, an answer a row"
    )
    survey: Texts = Field(default=(), description="Of a table: names or sys_ids of the surveys; empty: all")
    dimensions: dict[Dimension, Texts] = Field(
        default_factory=dict,
        description="Of a survey: dimension (skill, resolution, attitude, communication) = questions, or "
        "headings of the file, that tell it (R-D4)",
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="Our word → heading in the file, where that is another"
    )
    encoding: Literal["", "utf-8", "gb18030", "utf-16"] = Field(
        default="", description="Of the text; found out if empty"
    )
    zone: Zone | None = Field(default=None, description="Of times without an offset; [instance] zone")
    fresh_within: Interval | None = Field(default=None, description="Age of the newest row that is too old")
    full_mark: float = Field(default=5, gt=0, description="Of a survey: the best score")
    optional: bool = Field(
        default=False,
        description="The file may be absent, and nothing is incomplete then",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.name in OWN or (self.name in KINDS and self.name != self.kind):
            raise ValueError(f'name: "{self.name}" is the name of another source; choose your own')
        if bool(self.path) == bool(self.table):
            raise ValueError("path: give a file, or the table of the instance's surveys, and not both")
        if self.kind != "survey" and (self.table or self.dimensions):
            raise ValueError(
                f"{'table' if self.table else 'dimensions'}: only a source of kind survey has it"
            )
        if self.survey and not self.table:
            raise ValueError("survey: only the instance's surveys have names; a file is one survey")
        unfit = [name for name in ("columns", "encoding", "zone") if self.table and getattr(self, name)]
        if unfit:
            raise ValueError(f"{unfit[0]}: it is of files, and {self.table} is none")
        told = [name for names in self.dimensions.values() for name in names]
        twice = next((name for name in told if told.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'dimensions: "{twice}" tells two of them; a question belongs to one')
        return self

    def declared(self, zone: str) -> Declared:
        """The same without the file; ``zone`` where it names none."""
        return Declared(
            self.name,
            self.kind,
            self.path,
            ZoneInfo(self.zone or zone),
            self.columns,
            self.encoding,
            self.full_mark,
            self.fresh_within,
            self.optional,
            self.table,
            self.survey,
            {str(dimension): names for dimension, names in self.dimensions.items()},
        )


class WeightedScore(Table):
    """How a post, a group or a desk is graded from its indicators (R-A1, R-H5)."""

    name: Name = Field(description="What the grade is called")
    of: Literal["desk", "group", "consultant"] = Field(description="Who gets one")
    weights: dict[str, Annotated[float, Field(gt=0)]] = Field(
        min_length=1, description="Indicator → per cent of the whole; together 100"
    )
    bounds: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        description="Indicator → values that earn 0 and 100 points; by default 0 and the target",
    )
    minimum: int = Field(default=20, ge=1, description="Cases in each part below which no person is graded")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = fsum(self.weights.values())
        if abs(total - 100) > 1e-6:
            raise ValueError(f"weights: they add up to {total:g}, not to 100")
        unused = sorted(self.bounds.keys() - self.weights.keys())
        if unused:
            raise ValueError(f"bounds: {', '.join(unused)} has no weight")
        level = [name for name, (low, high) in self.bounds.items() if low == high]
        if level:
            raise ValueError(f"bounds: both of {level[0]} are the same; a value must lie between them")
        return self


class OwnPeriod(Table):
    """A period that no calendar has, such as the year of a contract; `kpi --period NAME`."""

    name: Name = Field(description="What it is called")
    first: date = Field(description="Its first day")
    last: date = Field(description="Its last day")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.last < self.first:
            raise ValueError("last: it ends before it begins")
        return self

    def period(self, zone: ZoneInfo) -> Period:
        """The same in a zone."""
        return from_day_to_day(self.name, self.first, self.last, zone)


def figures_named(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Names of sources, indicators and service hours that must exist, and names given twice."""
    sources = [entry.get("name") for entry in _entries(document, "source")]
    own = [entry.get("name") for entry in _entries(document, "indicator")]
    known = [one.id for one in indicators()]
    yield from _overlapping(_entries(document, "period"))
    for kind in ("source", "indicator", "score", "period"):
        seen: set[str] = set(known if kind == "indicator" else ())
        for index, entry in enumerate(_entries(document, kind)):
            name = entry.get("name")
            if not isinstance(name, str):
                continue  # no name at all, which is found elsewhere
            if name in seen:
                yield Finding((kind, index, "name"), f"the name is taken by another {kind}")
            seen.add(name)
    for index, entry in enumerate(_entries(document, "indicator")):
        source = entry.get("source", "tickets")
        names = [*OWN, *(name for name in sources if isinstance(name, str))]
        if isinstance(source, str) and source not in names:
            guess = nearest(source, names, quote=True) or f"; there are {', '.join(names)}"
            yield Finding(("indicator", index, "source"), f'no source "{source}"{guess}')
    names = [*known, *(name for name in own if isinstance(name, str))]
    for index, entry in enumerate(_entries(document, "score")):
        weights = entry.get("weights")
        for name in weights if isinstance(weights, dict) else ():
            if name not in names:
                guess = nearest(name, names, quote=True) or f"; there are {', '.join(names)}"
                yield Finding(("score", index, "weights"), f'no indicator "{name}"{guess}')
    kpi, hours = document.get("kpi"), document.get("service_hours")
    shifts = kpi.get("shifts") if isinstance(kpi, dict) else None
    if isinstance(shifts, str) and shifts and shifts not in (hours if isinstance(hours, dict) else ()):
        yield Finding(("kpi", "shifts"), f'no service hours "{shifts}"')


def _overlapping(entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Periods that share a day: a record of it would count in both."""
    known = [
        (entry["first"], entry["last"], index, entry.get("name", index + 1))
        for index, entry in enumerate(entries)
        if type(entry.get("first")) is date and type(entry.get("last")) is date
    ]
    for (_, ends, _, name), (begins, _, index, _) in pairwise(sorted(known, key=lambda one: one[:3])):
        if begins <= ends:
            yield Finding(
                ("period", index, "first"),
                f'overlaps period "{name}", which ends on {ends}: a record would count in both',
            )


def _entries(document: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    value = document.get(kind)
    return [entry if isinstance(entry, dict) else {} for entry in value] if isinstance(value, list) else []
