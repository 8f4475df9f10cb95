"""What a desk works on, in our words: the ticket, its history, its people. Frozen values.

An instant is whole seconds since 1970 in UTC. Empty is ``None`` for instants, ``""`` for text and references.
ServiceNow's column names do not occur here; `connector.sync.normalise` translates them once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, make_dataclass
from enum import StrEnum
from typing import NamedTuple, cast

Instant = int
"""Seconds since 1970-01-01T00:00:00Z."""


class TicketState(StrEnum):
    """Where a ticket stands. ``UNKNOWN`` occurs in histories only; a ticket in it is quarantined."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


OPEN_STATES = frozenset({TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD})
"""States in which somebody still owes the caller work."""


ENDED_STATES = frozenset({TicketState.RESOLVED, TicketState.CLOSED})
"""States in which the work is done."""


_ON_HOLD = TicketState.ON_HOLD
_UNTOUCHED = frozenset({TicketState.NEW, TicketState.UNKNOWN})


class FaultClass(StrEnum):
    """R-C1: general (一般), important (重要), urgent (紧急)."""

    GENERAL = "general"
    IMPORTANT = "important"
    URGENT = "urgent"


class Tier(StrEnum):
    """R-A2 to R-A4: who handles a ticket, in the order of escalation."""

    FIRST_LINE = "first_line"
    SECOND_LINE = "second_line"
    VENDOR = "vendor"


class Person(NamedTuple):
    """A person of the instance."""

    sys_id: str
    user_name: str
    name: str


class Group(NamedTuple):
    """A group of the instance and its place in the desk (R-A5).

    ``categories`` is its speciality, empty for any.
    """

    sys_id: str
    name: str
    desk: str = ""
    tier: Tier | None = None
    categories: tuple[str, ...] = ()


class Span(NamedTuple):
    """A stretch of a ticket's life in which nothing that counts changed; ``end`` is None while it lasts."""

    start: Instant
    end: Instant | None
    state: TicketState
    hold_reason: str = ""
    group: str = ""
    """sys_id of the assignment group, or empty."""
    assignee: str = ""
    """sys_id of the consultant, or empty."""
    priority: str = ""


class DeskTask(NamedTuple):
    """A task that the connector created beside a ticket: a call-back, an improvement, a report.

    ``kind`` is what the rule called it ("callback", "improvement", "major_report", …).
    """

    sys_id: str
    kind: str
    occasion: str
    """The `correlation_id`: why it was created."""
    opened_at: Instant
    closed_at: Instant | None = None
    complete: bool = False
    """Closed, and done (not closed incomplete or skipped)."""
    started: bool = False
    """Somebody has taken it up (it left its first state, or it is closed)."""
    assignee: str = ""
    group: str = ""
    score: float | None = None
    """What the caller answered, in the units of `full_mark`."""
    ratings: tuple[tuple[str, float], ...] = ()
    """The same on single dimensions (R-D4): (dimension, score)."""


class Article(NamedTuple):
    """Knowledge that belongs to a ticket: born from it (`source`) or attached to it (`m2m_kb_task`)."""

    sys_id: str
    number: str
    workflow_state: str
    linked: bool


class Alike(NamedTuple):
    """An article that says what a ticket is about already."""

    article: Article
    title: str
    share: float
    """How alike the two titles are, 0 to 1."""


class Held(NamedTuple):
    """A published article as policies about the knowledge base see it."""

    number: str
    """By which people know it, and which its versions share; its sys_id where it has none."""
    title: str
    updated_at: Instant
    valid_to: Instant | None = None
    """The last second of its validity."""
    author: str = ""
    """sys_id; empty where we wrote it."""
    columns: Mapping[str, str] = {}
    """Its columns as they were read."""


class Library:
    """The published articles, to be searched; this one is empty."""

    def published(self) -> Sequence[Held]:
        """All of them, by number."""
        return ()

    def used(self, since: Instant) -> Mapping[str, int]:
        """Number of an article → tickets opened since then that it is attached to, but for its own."""
        return {}

    def alike(self, title: str, at_least: float) -> Alike | None:
        """The article whose title is most like this one, if it is so much alike."""
        return None


class Precedent(NamedTuple):
    """An earlier ticket of the same configuration item, and how it was solved."""

    number: str
    resolved_at: Instant
    solution: str
    """Its close notes, in one line; "" where only an article tells."""
    article: str = ""
    """Number of a published article that came of it or is attached to it."""


class Precedents:
    """Tickets that were solved before, to be asked by configuration item; here there are none."""

    def last(self, item: str, category: str, start: Instant, end: Instant) -> Precedent | None:
        """The last one resolved in [start, end) that tells how; of this category, "" for any."""
        return None


class Call(NamedTuple):
    """One inbound call on the hotline (R-E2)."""

    sys_id: str
    opened_at: Instant
    answered: bool
    closed_at: Instant | None = None
    group: str = ""
    assignee: str = ""


class Shift(NamedTuple):
    """One shift of the duty roster (R-E7, R-F2)."""

    starts: Instant
    arrived: Instant | None = None
    """When its consultant checked in, if the roster says so."""
    consultant: str = ""
    """As the roster writes them."""


class Duty(NamedTuple):
    """What is known of the hotline: its calls and its roster."""

    calls: tuple[Call, ...] = ()
    """Of the last days, in order of time."""
    known_until: Instant = 0
    """Calls after this instant may not be known yet: a phone log is exported now and then."""
    shifts: tuple[Shift, ...] = ()
    """In order of time."""
    roster_read: bool = False
    """There is a roster; if not, an empty day says nothing."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An incident as the policies see it."""

    sys_id: str
    number: str
    opened_at: Instant
    updated_at: Instant
    mod_count: int
    state: TicketState
    priority: str = ""
    fault_class: FaultClass = FaultClass.GENERAL
    hold_reason: str = ""
    kind: str = "incident"
    category: str = ""
    close_code: str = ""
    group: Group | None = None
    assignee: str = ""
    caller: str = ""
    company: str = ""
    closed_by: str = ""
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    reopen_count: int = 0
    reassignment_count: int = 0
    spans: tuple[Span, ...] = ()
    """The ticket's life without gaps from ``opened_at``; the last span has no end."""
    tasks: tuple[DeskTask, ...] = ()
    articles: tuple[Article, ...] = ()
    marks: frozenset[str] = frozenset()
    """Marks of the occasions already spoken of (`connector.intent.Occasion.mark`)."""
    owned: Mapping[str, str] = field(default_factory=dict)
    """Our own fields as they stand on the record: role (``"clock"``, ``"tier"``, …) → raw text."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further columns that a policy asked for (`Policy.columns`): column → raw text."""

    @property
    def desk(self) -> str:
        """The desk of its group, or empty (R-A5)."""
        return self.group.desk if self.group else ""

    @property
    def tier(self) -> Tier | None:
        """The tier of its group (R-A2 to R-A4)."""
        return self.group.tier if self.group else None

    @property
    def is_open(self) -> bool:
        """Somebody still owes the caller work."""
        return self.state in OPEN_STATES

    @property
    def moved(self) -> bool:
        """Something that counts has changed since it was opened."""
        return len(self.spans) > 1

    @property
    def responded_at(self) -> Instant | None:
        """When a consultant first took it up: it left New, or got an assignee, whichever was first (R-E3)."""
        for span in self.spans:
            if span.assignee or span.state not in _UNTOUCHED:
                return span.start
        return None

    @property
    def ended_at(self) -> Instant | None:
        """When the work last ended: resolved, or closed without having been resolved.

        None while it is open, when it was canceled, and when neither history nor record tells the instant.
        The earlier of the two counts: setting a closed ticket back to resolved stamps `resolved_at` anew,
        which takes nothing from who resolved it in time. A stamp left from before a reopening is ignored.
        Where the history goes from resolved to closed, knows nothing before, and no `resolved_at` says
        otherwise, the ticket was created as resolved (a call answered at once): it ended where it begins.
        """
        if self.state not in ENDED_STATES:
            return None
        stamp = self.resolved_at if self.resolved_at is not None else self.closed_at
        ended = worked = None  # the spans in which its end began, and its work since it was last reopened
        backwards = reversed(self.spans)
        for span in backwards:
            if span.state not in ENDED_STATES:
                worked = span
                break
            ended = span
        if ended is None:
            return stamp
        since = ended.start
        if since == stamp:  # history and record agree, as of nearly every ticket
            return stamp
        if worked is None:
            # A history made from the row's stamps alone begins as unknown, so this change was seen.
            seen = ended.state is TicketState.RESOLVED and self.state is TicketState.CLOSED
            return since if seen and self.resolved_at is None else stamp
        for span in backwards:
            if span.state in ENDED_STATES:
                break
            worked = span
        return since if stamp is None or stamp < worked.start or stamp > since else stamp

    def pauses(self, hold_reasons: frozenset[str] | None = None) -> list[tuple[Instant, Instant | None]]:
        """Stretches that do not count for resolution: on hold, and resolved before a reopening.

        ``hold_reasons`` narrows which holds count as pauses; None means all of them.
        """
        last = len(self.spans) - 1
        return [
            (span.start, span.end)
            for index, span in enumerate(self.spans)
            if (span.state is _ON_HOLD and (hold_reasons is None or span.hold_reason in hold_reasons))
            or (span.state in ENDED_STATES and index != last)
        ]


_Draft = make_dataclass("_Draft", [each.name for each in fields(Ticket)], slots=True)


def tickets_of(*columns: Iterable[object]) -> list[Ticket]:
    """Tickets of all their values, a column for each field, in their order: several times as quick as one by
    one by the constructor.

    A frozen dataclass sets each field through ``object.__setattr__``. Here an open twin with the same slots
    takes the values and then becomes a ticket, which nobody can change any more.
    """
    drafts = list(map(_Draft, *columns))
    for draft in drafts:
        draft.__class__ = Ticket
    return cast(list[Ticket], drafts)


@dataclass(frozen=True, slots=True)
class Directory:
    """Groups and people the configuration names, found on the instance at start."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    """sys_id → group."""
    people: Mapping[str, Person] = field(default_factory=dict)
    """user_name → person."""
    others: Group | None = None
    """Desk and tier of groups that the configuration does not name; None: they have none."""

    def group_named(self, name: str) -> Group | None:
        """The group of that name, or None."""
        return next((group for group in self.groups.values() if group.name == name), None)

    def groups_of(self, tier: Tier, desk: str = "") -> Iterator[Group]:
        """Groups of a tier in the order of the configuration; of one desk, or of all with ``desk=""``."""
        return (g for g in self.groups.values() if g.tier is tier and (not desk or g.desk == desk))

    def speciality(self, tier: Tier, category: str, desk: str = "") -> Group | None:
        """Whom to hand a ticket of this category: a group of that speciality, else the first for any.

        Looks in the ticket's own desk first, then in all (a secondary desk may lack a second line).
        """
        return next(iter(self.specialists(tier, category, desk)), None)

    def specialists(self, tier: Tier, category: str, desk: str = "") -> list[Group]:
        """All groups to whom a ticket of this category can be handed as to the one of `speciality`."""
        for where in (desk, "") if desk else ("",):
            groups = list(self.groups_of(tier, where))
            for able in (
                [group for group in groups if category and category in group.categories],
                [group for group in groups if not group.categories],
            ):
                if able:
                    return able
        return []
