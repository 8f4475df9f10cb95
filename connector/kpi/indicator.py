"""What an indicator is: which facts count, which of them succeed, whose they are, and a target.

Facts are small frozen records: a ticket with the outcome of its limits, a call-back, a call. An indicator
asks five questions of a fact, each answered by a plain function, so that every figure can be opened into the
records behind it. The indicators themselves are written out in `connector.kpi.catalogue`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from connector.ticket import Call, DeskTask, Instant, Ticket

CALL_BACK_KINDS = frozenset({"callback", "callback_2"})
"""Kinds of `DeskTask` in which a caller is rung up (R-B6, R-D2: after improvement, again)."""

Unit = Literal["per cent", "count"]
Direction = Literal["up", "down"]
"""Which way is better: ``up`` reaches a target from below, ``down`` must not pass it from below."""

Source = str
"""Where facts come from: ``tickets``, ``history``, ``call_backs``, ``calls``, or a ``[[source]]`` by name."""


class Words(NamedTuple):
    """The same text in English and Chinese."""

    en: str
    zh: str


class TicketFact(NamedTuple):
    """A ticket and how its limits ended; None: no limit applies, or it is still running."""

    ticket: Ticket
    responded_in_time: bool | None = None
    resolved_in_time: bool | None = None

    @property
    def id(self) -> str:
        """sys_id of the ticket."""
        return self.ticket.sys_id


class CallBack(NamedTuple):
    """A call-back that has ended, and the ticket it was about."""

    ticket: Ticket
    task: DeskTask

    @property
    def id(self) -> str:
        """sys_id of the task; a ticket can have two call-backs (R-D2)."""
        return self.task.sys_id


class Ring(NamedTuple):
    """An inbound call on the hotline."""

    call: Call

    @property
    def id(self) -> str:
        """sys_id of the interaction."""
        return self.call.sys_id


class Entry(NamedTuple):
    """A row of a declared source: a shift of a roster, a survey, a manual that is due, a line of a CSV."""

    id: str
    """What the file calls it, else ``file.csv:12``; unique within its source."""
    source: Source
    at: Instant
    """What puts it into a period: when the shift began, the survey was answered, the manual was due."""
    group: str = ""
    consultant: str = ""
    values: Mapping[str, str] = {}
    """Column → text, in the words of the source's kind."""
    times: Mapping[str, Instant] = {}
    """Column → instant, of those columns that hold one."""


class Owner(NamedTuple):
    """Whose a fact is: the group's and the consultant's sys_id, each empty for nobody."""

    group: str
    consultant: str


class About(NamedTuple):
    """What stands beside the number, so that a reader knows what it says."""

    id: str
    """``R-E6``; where a clause has several figures, ``R-E12-handled``."""
    clause: str
    name: Words
    formula: Words
    left_out: Words
    """Which facts of the period are in neither list."""
    unit: Unit = "per cent"
    sources: tuple[Source, ...] = ("tickets",)
    """What it is counted from, most telling first."""
    direction: Direction = "up"


F = TypeVar("F", TicketFact, CallBack, Ring, Entry)


@dataclass(frozen=True, slots=True)
class Indicator(Generic[F]):
    """Two predicates and a target. All functions are pure; instants are seconds UTC."""

    about: About
    fact: type[F]
    """The kind of fact it is about."""
    at: Callable[[F], Instant | None]
    """The instant that puts the fact into a period; None: the indicator is not about this fact."""
    counts: Callable[[F], bool]
    """Whether it is in the denominator. What `at` dates but this refuses is listed as left out."""
    succeeds: Callable[[F], bool]
    """Whether it is in the numerator; asked only of what counts."""
    whose: Callable[[F], Owner]
    """Which group and consultant answer for it."""
    target: float | None = None
    """Per cent to reach, or None where the desk has set none."""
    points: Callable[[F], float] | None = None
    """For a mean: what a fact of the numerator earned, of at most ``full_mark``. None: a proportion."""
    full_mark: float = 1.0
    decided_at: Callable[[F], Instant | None] | None = None
    """From when on the answer is known; before it the fact is left out. None: it always is."""
    source: Source = ""
    """For entries: the name of the declared source they stand in."""

    @property
    def id(self) -> str:
        """The indicator's id, ``R-E6``."""
        return self.about.id
