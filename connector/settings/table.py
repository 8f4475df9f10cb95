"""The tables of the configuration, one class each; their fields' descriptions are the admin's reference."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from connector.kpi.dimension import Dimension
from connector.rules.base import Duration
from connector.rules.clause import CLAUSES
from connector.settings.secret import Auth
from connector.settings.spelling import nearest
from connector.sync.address import LOOPBACK, checked_proxy
from connector.ticket import Instant, TicketState, Tier

_INTERVAL = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def _parse_interval(value: object) -> object:
    if isinstance(value, str):
        match = _INTERVAL.fullmatch(value.strip().replace(" ", ""))
        if match and any(match.groups()):
            hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return hours * 3600 + minutes * 60 + seconds
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return 0
    raise ValueError('write an interval as text with its unit, such as "30s", "1m" or "24h"')


Interval = Annotated[
    int,
    BeforeValidator(_parse_interval, json_schema_input_type=str),
    Field(description='Hours, minutes and seconds, such as "30s", "1m", "24h"'),
]
"""Seconds of wall time, between two things the connector does."""


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f'no time zone "{value}"{nearest(value, _zones(), quote=True)}')
    return value


@cache
def _zones() -> frozenset[str]:
    """All names; to find them is a walk through some folders."""
    return frozenset(available_timezones())


Zone = Annotated[str, AfterValidator(_known_zone)]
"""An IANA name, such as ``Asia/Shanghai``."""

Column = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A column of the platform."""


def _a_share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError("a share lies between 0 and 1: write 0.9 for 90 %")
    return value


Share = Annotated[float, AfterValidator(_a_share)]
"""A part of a whole: 0.9 is 90 %."""


class Table(BaseModel):
    """What all tables share: once read they do not change, and what they do not know they refuse."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


STATES: Mapping[str, TicketState] = {
    "1": TicketState.NEW,
    "2": TicketState.IN_PROGRESS,
    "3": TicketState.ON_HOLD,
    "6": TicketState.RESOLVED,
    "7": TicketState.CLOSED,
    "8": TicketState.CANCELED,
}
"""The platform's own values of an incident's state."""

KnownState = Literal["new", "in_progress", "on_hold", "resolved", "closed", "canceled"]


class Choices(Table):
    """What the instance's own choice values mean."""

    state: dict[str, KnownState] = Field(
        default_factory=dict,
        description="Value of the state column → what it means; added to the platform's own "
        "(1 new, 2 in_progress, 3 on_hold, 6 resolved, 7 closed, 8 canceled)",
    )

    @property
    def states(self) -> Mapping[str, TicketState]:
        """Every known value of the state column; those of the configuration come first."""
        given = {raw: TicketState(state) for raw, state in self.state.items()}
        return given | {raw: state for raw, state in STATES.items() if raw not in given}


_MOMENT = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}


class Instance(Table):
    """The ServiceNow instance and how the connector treats it."""

    url: str = Field(description="Address of the instance: https://<instance>.service-now.com")
    auth: Auth
    zone: Zone = Field(default="UTC", description="IANA time zone in which people are told times")
    adopt_from: Annotated[Instant | None, WithJsonSchema(_MOMENT)] = Field(
        default=None,
        description="Tickets opened before are counted, never touched; without an offset it is in `zone`",
    )
    language: Literal["zh", "en", "both"] = Field(default="both", description="Of the notes on the tickets")
    history: Literal["audit", "metric", "observed"] = Field(
        default="audit",
        description="Where a ticket's past is read: sys_audit, or metric_instance (and what no metric "
        "measures as observed), or only what the connector itself saw change",
    )
    connect_timeout: Interval = Field(
        default=10, ge=1, description="Until a connection to the instance must stand"
    )
    read_timeout: Interval = Field(
        default=60,
        ge=1,
        description="Without a byte of an answer, until it is given up; the instance's own limit is 60 s",
    )
    patience: Interval = Field(
        default=30,
        description="How long one request may be repeated, pauses included: reads, and writes that are known "
        'not to have happened; "0s": never. Where the instance asks for more, the pass ends and a later one '
        "goes on",
    )
    requests_per_minute: Annotated[int, Field(ge=10)] | None = Field(
        default=None,
        description="Our own limit, a quarter of it kept for writes; without one only the instance's hold",
    )
    batch: bool = Field(
        default=True,
        description="Pack writes into the Batch API; where the instance does not allow it, one by one",
    )
    proxy: Annotated[str, AfterValidator(checked_proxy)] = Field(
        default="",
        description="Address of a proxy; without one HTTPS_PROXY and NO_PROXY of the environment hold",
    )
    ca_file: str = Field(
        default="",
        description="PEM file of the authorities to believe instead of the usual ones; relative to this file",
    )
    choices: Choices = Choices()

    @property
    def adopt_instant(self) -> Instant:
        """Tickets opened before this instant are never touched; 0 where none is set."""
        return self.adopt_from or 0

    @field_validator("url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f'"{value}" is not an address; write "https://<instance>.service-now.com"')
        if parts.username or parts.password:
            raise ValueError("an address holds no user or password; they belong to [instance.auth]")
        if parts.query or parts.fragment or "/api/" in parts.path or parts.path.endswith(".do"):
            raise ValueError(f'the address of the instance only; write "{parts.scheme}://{parts.netloc}"')
        if parts.scheme == "http" and not LOOPBACK.fullmatch(parts.hostname):
            raise ValueError("a password would cross the network in clear; write https://")
        return value.rstrip("/")

    @field_validator("adopt_from", mode="before")
    @classmethod
    def _an_instant(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, date):  # a datetime is one too
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(info.data.get("zone", "UTC")))
            return int(moment.astimezone(UTC).timestamp())
        raise ValueError(
            "write a date or a date and time, without quotes: 2026-01-01 or 2026-01-01T08:00:00+08:00"
        )


class Columns(Table):
    """What the connector may write on a ticket: its own columns by role, and those shared with people.

    A role without a column is not kept on the record.
    """

    fault_class: Column | None = Field(default=None, alias="class", description="The fault class (R-C1)")
    tier: Column | None = Field(default=None, description="The tier that has it (R-A2 to R-A4)")
    respond_by: Column | None = Field(default=None, description="When the response limit runs out (R-E3)")
    resolve_by: Column | None = Field(default=None, description="When the resolution limit runs out (R-C3)")
    clock: Column | None = Field(default=None, description="running, paused, warned, breached, met, missed")
    knowledge: Column | None = Field(default=None, description="Where the knowledge stands (R-B5)")
    callback: Column | None = Field(default=None, description="Where the call-back stands (R-B6)")
    marks: Column | None = Field(
        default=None, description="Marks of what has been said once; without it nothing can be enforced"
    )
    shared: tuple[Column, ...] = Field(
        default=(), description="Columns that people write too: set once per occasion, then theirs"
    )

    @model_validator(mode="after")
    def _each_its_own(self) -> "Columns":
        seen: dict[str, str] = {}
        for role, column in (*self.roles.items(), *(("shared", column) for column in self.shared)):
            if column in seen:
                raise ValueError(
                    f"{column} serves both {seen[column]} and {role}; each role needs its own column"
                )
            seen[column] = role
        return self

    @property
    def roles(self) -> Mapping[str, str]:
        """Role → column, of the roles that have one."""
        return {
            role: column
            for role, column in self.model_dump(by_alias=True, exclude={"shared"}).items()
            if column
        }

    @property
    def writable(self) -> frozenset[str]:
        """Every column of a ticket that may be written."""
        return frozenset(self.roles.values()) | frozenset(self.shared)


class Reads(Table):
    """What people tell the connector, and in which columns."""

    confirmed: Column | None = Field(
        default=None, description="On the ticket: ticked when the customer has confirmed (R-B4)"
    )
    escalate: Column | None = Field(
        default=None, description="On the ticket: ticked by a consultant, “beyond me” (R-B2)"
    )
    score: Column | None = Field(
        default=None, description="On the call-back task: what the caller answered, 0 to full_mark (R-E1)"
    )
    dimensions: dict[Dimension, Column] = Field(
        default_factory=dict,
        description="On the call-back task: dimension (skill, resolution, attitude, communication) = column "
        "of what the caller answered on it, 0 to full_mark (R-D4)",
    )
    full_mark: float = Field(default=5, gt=0, description="The best score a caller can give")

    @property
    def scores(self) -> tuple[str, ...]:
        """Every column of a call-back task that holds a score."""
        return tuple(dict.fromkeys((*((self.score,) if self.score else ()), *self.dimensions.values())))


class Team(Table):
    """A group of a tier and, if it has one, its speciality."""

    group: str = Field(
        min_length=1, description="Name of the group on the instance; `*`: all that no desk names"
    )
    categories: tuple[str, ...] = Field(
        default=(), description="Values of the category column it is for; empty for any"
    )


def _as_team(value: object) -> object:
    return {"group": value} if isinstance(value, str) else value


AnyTeam = Annotated[Team, BeforeValidator(_as_team, json_schema_input_type=str | Team)]


class Desk(Table):
    """R-A5: one main desk and regional desks, each with its groups by tier (R-A2 to R-A4), in order."""

    name: str = Field(min_length=1, description="The desk's name in figures and in `when`")
    first_line: tuple[AnyTeam, ...] = Field(
        min_length=1, description="Groups: names, or { group, categories } (R-A2)"
    )
    second_line: tuple[AnyTeam, ...] = Field(default=(), description="Groups of the second line (R-A3)")
    vendor: tuple[AnyTeam, ...] = Field(default=(), description="Groups that stand for the vendor (R-A4)")
    other: tuple[AnyTeam, ...] = Field(default=(), description="Groups of the desk outside the tiers")

    @property
    def teams(self) -> tuple[tuple[Tier | None, Team], ...]:
        """Every group of the desk with its tier, in the order of escalation."""
        return (
            *((Tier.FIRST_LINE, team) for team in self.first_line),
            *((Tier.SECOND_LINE, team) for team in self.second_line),
            *((Tier.VENDOR, team) for team in self.vendor),
            *((None, team) for team in self.other),
        )


class Poll(Table):
    """How often the instance is asked, and how."""

    every: Interval = Field(default=60, ge=5, description="Between two passes")
    overlap: Interval = Field(default=120, description="Read again, because rows become visible late")
    lag: Interval = Field(default=5, description="How far the cursor stays behind the instance's own time")
    page: int = Field(default=1000, ge=1, le=10000, description="Rows per request")
    full: Interval = Field(
        default=86400, ge=600, description="Between two full passes, which read and judge every open ticket"
    )


def _indicator(name: str) -> str:
    if not name.startswith("R-E") or name not in CLAUSES:
        indicators = [clause for clause in CLAUSES if clause.startswith("R-E")]
        raise ValueError(f"no such indicator; there are {', '.join(indicators)}")
    return name


def _a_template(name: str) -> str:
    if not name.endswith((".md", ".html")):
        raise ValueError("the name tells the format: let it end in .md or .html")
    return name


class Kpi(Table):
    """Indicators (R-E): targets and what they need to know."""

    targets: dict[Annotated[str, AfterValidator(_indicator)], Share] = Field(
        default_factory=dict, description="Indicator → share to reach, such as R-E6 = 0.9"
    )
    first_contact: Duration = Field(
        default=1800, description="R-E4: resolved within this time by the first group is resolved at once"
    )
    calls: bool = Field(
        default=True, description="R-E2: calls are rows of `interaction`; if not, R-E2 is not measured"
    )
    comments: bool = Field(
        default=False,
        description="Read when callers were written to (sys_audit of `comments`, never what): silent pauses",
    )
    grace: Interval = Field(
        default=7 * 86400,
        description="After a period, the time for late corrections; then its figures freeze",
    )
    customer: Column = Field(
        default="company", description="Column of the ticket that tells the customer: `company`, `caller`, …"
    )
    service: Column = Field(default="category", description="Column of the ticket that tells the service")
    outcomes: bool = Field(
        default=False,
        description="Keep one narrow row a ticket, for `kpi --counts` over hundreds of thousands of them",
    )
    shifts: str = Field(default="", description="Name of the service hours whose openings are the shifts")
    templates: tuple[Annotated[str, AfterValidator(_a_template)], ...] = Field(
        default=(),
        description="Templates of the service report (R-H4), Jinja2, relative to this file: one ending in "
        ".md, one in .html; without one for a format, that of the connector",
    )
