"""The contract that every rule keeps.

A *rule* is a kind of policy, a *policy* one configured wish of that kind. A policy is a frozen value whose
TOML table is its constructor, and `judge` is a pure function of (ticket, moment):

* it reads no clock, no network, no file, and rolls no dice: all it knows is in its two arguments;
* it judges the *level*, never the event: the same ticket at the same moment has the same verdict, whoever
  asks and however often, and whatever was or was not seen before;
* it always gives a reason, also for doing nothing;
* what can change without the record changing has an instant, and `look_again_at` is the earliest of them:
  a limit that will run out, a slot that will open. Too early costs a look, too late is a defect;
* it wants only four kinds of things (`connector.intent`), and what it wants once carries an occasion that
  says what happened, not when it was noticed.

`judge` is called only for tickets that `applies` accepts. Laws over all rules are in ``tests/test_laws.py``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)

from connector.intent import Verdict
from connector.rules.peer import Cohort, Kin, Peer
from connector.service_hours import ServiceHours
from connector.ticket import Directory, Duty, FaultClass, Instant, Library, Precedents, Ticket, Tier
from connector.wording import Wording


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything a rule may know beside the ticket."""

    now: Instant
    hours: Mapping[str, ServiceHours] = field(default_factory=dict)
    """Service hours by the name the configuration gives them."""
    directory: Directory = field(default_factory=Directory)
    wording: Wording = field(default_factory=Wording)
    cohorts: Mapping[Cohort, tuple[Ticket, ...]] = field(default_factory=dict)
    """The closed sets that `Policy.cohort` asked for, the tickets without their spans. Of ours and of further
    columns they have what the policies that compare name in `Policy.goes_by` and `Policy.columns`.
    """
    kin: Mapping[Kin, tuple[Peer, ...]] = field(default_factory=dict)
    """The similar tickets that `Policy.kin` asked for, canceled ones left out."""
    duty: Duty = field(default_factory=Duty)
    """Calls and roster, for policies about the calendar that ask (`Policy.sources_named`)."""
    library: Library = field(default_factory=Library)
    """The articles that are published, for `knowledge_capture`."""
    precedents: Precedents = field(default_factory=Precedents)
    """Tickets that were solved before, for `monitoring_alert`; looked up when somebody asks."""
    loads: Mapping[str, int] = field(default_factory=dict)
    """sys_id of a group → open tickets it has; counted when a policy first asks."""


_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?:in)?)?")


def parse_duration(value: object) -> object:
    """``"4h"``, ``"30m"``, ``"1h30m"`` → seconds. Days are refused: nobody agrees what a day is."""
    if isinstance(value, bool) or not isinstance(value, str):
        raise ValueError('write a limit as text with its unit, such as "4h" or "30m"')
    text = value.strip().lower().replace(" ", "")
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        if re.fullmatch(r"\d+(d|days?|w|weeks?)", text):
            raise ValueError(
                f'"{value}": limits are in minutes or hours, never days; '
                'say how many hours of service you mean, such as "8h" for one working day'
            )
        raise ValueError(f'"{value}" is not a limit; write hours and minutes, such as "4h", "30m" or "1h30m"')
    seconds = int(match[1] or 0) * 3600 + int(match[2] or 0) * 60
    if seconds == 0:
        raise ValueError(f'"{value}": a limit must be longer than nothing')
    return seconds


Duration = Annotated[
    int,
    BeforeValidator(parse_duration, json_schema_input_type=str),
    Field(description='Hours and minutes, such as "4h", "30m", "1h30m"; never days'),
]
"""Seconds, written in TOML as hours and minutes."""


def as_tuple(value: object) -> object:
    """One text → a tuple of it: a setting that is a list may be written as a single value."""
    return (value,) if isinstance(value, str) else value


def many(kind: Any) -> Any:
    """The type of a setting that takes one value or a list of them."""
    return Annotated[tuple[kind, ...], BeforeValidator(as_tuple, json_schema_input_type=kind | list[kind])]


def _as_reasons(value: object) -> object:
    return (value,) if isinstance(value, str) and value != "all" else value


HoldReasons = Annotated[
    Literal["all"] | tuple[str, ...],
    BeforeValidator(_as_reasons, json_schema_input_type=str | list[str]),
]
"""Which hold reasons stop a clock: raw values of `hold_reason`, or "all"."""


def those_held(reasons: Literal["all"] | tuple[str, ...]) -> frozenset[str] | None:
    """The same as a set to look in; None for all."""
    return None if reasons == "all" else frozenset(reasons)


class When(BaseModel):
    """Which tickets a policy is about: equality or a list, all of them must hold. No expressions."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    fault_class: many(FaultClass) = Field(default=(), alias="class")  # type: ignore[valid-type]
    desk: many(str) = ()  # type: ignore[valid-type]
    group: many(str) = ()  # type: ignore[valid-type]
    tier: many(Tier) = ()  # type: ignore[valid-type]
    category: many(str) = ()  # type: ignore[valid-type]
    company: many(str) = ()  # type: ignore[valid-type]
    kind: many(str) = ()  # type: ignore[valid-type]
    priority: many(str) = ()  # type: ignore[valid-type]

    def why_not(self, ticket: Ticket) -> str | None:
        """The first condition that does not hold, in words ("class general is not urgent"), or None."""
        for name, wanted in self._conditions:
            actual = _ACTUAL[name](ticket)
            if actual not in wanted:
                return f"{name} {actual or '(none)'} is not {' or '.join(wanted)}"
        return None

    def matches(self, ticket: Ticket) -> bool:
        """All conditions hold."""
        return self._test(ticket)

    @property
    def asks(self) -> frozenset[str]:
        """Names of the conditions that are set, as in TOML."""
        return frozenset(name for name, _ in self._conditions)

    @cached_property
    def _test(self) -> Callable[[Ticket], bool]:
        """The conditions as one function, put together once: every ticket is asked this for every policy."""
        conditions = tuple((_ACTUAL[name], wanted) for name, wanted in self._conditions)
        if not conditions:
            return lambda ticket: True
        if len(conditions) == 1:
            ((actual, wanted),) = conditions
            return lambda ticket: actual(ticket) in wanted
        return lambda ticket: all(actual(ticket) in wanted for actual, wanted in conditions)

    @cached_property
    def _conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(
            (name, wanted)
            for name, wanted in (
                ("class", self.fault_class),
                ("priority", self.priority),
                ("desk", self.desk),
                ("tier", self.tier),
                ("group", self.group),
                ("category", self.category),
                ("company", self.company),
                ("kind", self.kind),
            )
            if wanted
        )


_ACTUAL: Mapping[str, Callable[[Ticket], str | None]] = {
    "class": attrgetter("fault_class"),
    "priority": attrgetter("priority"),
    "desk": attrgetter("desk"),
    "tier": attrgetter("tier"),
    "group": lambda ticket: ticket.group.name if ticket.group else "",
    "category": attrgetter("category"),
    "company": attrgetter("company"),
    "kind": attrgetter("kind"),
}
"""What a condition of that name looks at."""


NEVER: Instant = 1 << 62
"""An instant after all others."""


def _a_day(value: object) -> object:
    if value is None or isinstance(value, date):  # a datetime is one too
        return value
    raise ValueError("write a day or a day and time, without quotes: 2026-12-01 or 2026-12-01T08:00:00+08:00")


class Partly(BaseModel):
    """Enforced for some tickets, observed for all others: by the desk of the ticket's group, and by when the
    ticket was opened.

    `mode = { enforce = ["south"], from = 2026-12-01 }`, or `{ enforce = "everywhere", from = 2026-12-01 }`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enforce: many(str) = Field(  # type: ignore[valid-type]
        min_length=1, description='Names of the desks whose tickets are written to, or "everywhere"'
    )
    since: Annotated[
        Any,
        AfterValidator(_a_day),
        WithJsonSchema(
            {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
        ),
    ] = Field(
        default=None,
        alias="from",
        description="Tickets opened before are only observed; without an offset it is in [instance] zone",
    )

    @property
    def desks(self) -> tuple[str, ...]:
        """Names of the desks; empty for all."""
        return () if EVERYWHERE in self.enforce else tuple(self.enforce)

    def opened_from(self, zone: str) -> Instant:
        """Tickets opened from this instant on are enforced."""
        day = self.since
        if day is None:
            return -NEVER
        moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
        return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())

    def __str__(self) -> str:
        """``enforce south, from 2026-12-01``."""
        where = f" {', '.join(self.desks)}" if self.desks else ""
        return f"enforce{where}" + (f", tickets opened from {self.since}" if self.since is not None else "")


EVERYWHERE = "everywhere"


def partly(desks: Iterable[str], since: date | None) -> Partly:
    """Enforced for these desks, all of them if there are none, and tickets opened from ``since`` on."""
    return Partly.model_validate({"enforce": tuple(desks) or (EVERYWHERE,), "from": since})


def _word_or_table(value: object) -> str:
    return "table" if isinstance(value, dict | Partly) else "word"


Mode = Annotated[
    Annotated[Literal["observe", "enforce"], Tag("word")] | Annotated[Partly, Tag("table")],
    Discriminator(_word_or_table),
]


class Policy(BaseModel):
    """One configured wish. Subclasses are rules; see the module's text for what they promise."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    clauses: ClassVar[tuple[str, ...]] = ()
    """The clauses of the regulation that the rule carries out."""
    follows_tasks: ClassVar[bool] = False
    """The rule creates tasks beside the ticket, which have to be read back (→ `Ticket.tasks`)."""

    name: str = Field(pattern=r"^[^\s\[\]^]+$", description="Appears in every work note; choose it well")
    mode: Mode = Field(
        default="observe", description="observe: plan, score and explain, never write; enforce: write"
    )
    when: When = When()

    @property
    def enforced(self) -> bool:
        """Some tickets may be written to."""
        return self.mode != "observe"

    def enforced_from(self, desk: str, zone: str) -> Instant:
        """Tickets of this desk opened from this instant on are written to; older ones are only observed.

        ``zone``: in which days begin. `NEVER` where nothing is written.
        """
        if isinstance(self.mode, Partly):
            named = self.mode.desks
            return self.mode.opened_from(zone) if not named or desk in named else NEVER
        return -NEVER if self.mode == "enforce" else NEVER

    def applies(self, ticket: Ticket) -> bool:
        """Whether the policy is about this ticket at all: what `when` says and nothing else."""
        return self._applies(ticket)

    @cached_property
    def _applies(self) -> Callable[[Ticket], bool]:
        return self.when._test

    def why_not(self, ticket: Ticket) -> str | None:
        """Why it is not about this ticket, or None if it is."""
        return self.when.why_not(ticket)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """What should be so now, why, and when to look again."""
        raise TypeError(f"{type(self).__name__} must say how it judges")

    def cohort(self, ticket: Ticket, at: Moment) -> Cohort | None:
        """The closed set this verdict depends on, if it depends on one; it will be in ``at.cohorts``."""
        return None

    def kin(self, ticket: Ticket, at: Moment) -> Kin | None:
        """The similar tickets this verdict depends on, if it depends on any; they will be in ``at.kin``."""
        return None

    def compares(self) -> bool:
        """Verdicts may depend on other tickets: it asks for a `cohort` or for `kin`."""
        return type(self).cohort is not Policy.cohort

    def looks_back(self, ticket: Ticket) -> bool:
        """The verdict may ask `Moment.precedents`, to which what is being polled may still add."""
        return False

    def about(self) -> str:
        """The platform's table whose records it judges; `calendar` for dated things without a record."""
        return "incident"

    def needs_tasks(self) -> bool:
        """Tasks of ours have to be read back for it."""
        return self.follows_tasks

    def columns(self) -> frozenset[str]:
        """Platform columns of the ticket that the policy reads beyond the usual ones (→ `Ticket.extra`)."""
        return frozenset()

    def columns_of_incidents(self) -> frozenset[str]:
        """Columns of incidents that it reads of others than the one it judges, whatever it is about."""
        return frozenset()

    def flags(self) -> frozenset[str]:
        """Those of `columns` that people tick; of each, ``"<column>@"`` in `Ticket.extra` says since when."""
        return frozenset()

    def sorts_by(self) -> frozenset[str]:
        """Columns by whose few values it tells tickets apart: so it need not be asked about each of them
        (→ `connector.rules.trait`). To name too few costs time, and nothing else.
        """
        return self.flags()

    def needs(self) -> frozenset[str]:
        """Columns that are empty on many tickets, of which it then wants nothing: so that is a trait."""
        return frozenset()

    def goes_by(self) -> frozenset[str]:
        """The same of our own fields: roles by whose few values on the record it goes. Of the tickets of a
        closed set a policy with a `cohort` is shown these, and none that it does not name.
        """
        return frozenset()

    def journals(self) -> frozenset[str]:
        """Journal columns the policy asks about; of each, ``"<column>@"`` in `Ticket.extra` says when a
        person last wrote in it: "" for never, absent where the history does not tell.
        """
        return frozenset()

    def hours_named(self) -> tuple[str, ...]:
        """Names of service hours the policy uses, so that the settings can check them."""
        return ()

    def groups_named(self) -> tuple[str, ...]:
        """Names of groups the policy uses beyond those of the desks."""
        return ()

    def people_named(self) -> tuple[str, ...]:
        """User names the policy uses."""
        return ()

    def sources_named(self) -> tuple[tuple[str, str], ...]:
        """(kind, name) of declared sources the policy reads; with the name "" all of that kind."""
        return ()

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Further lines for `explain`: the clock with its segments and pauses, the draw, what is owed."""
        return []
