"""What a plan is made of: wishes, changes with their reasons, conflicts, and the columns' own names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from connector.instant import platform_time
from connector.intent import Intent, Keep, Note, Set
from connector.ticket import Instant, Ticket, TicketState

COMMENTS = "comments"
"""The journal that customers read."""

READ_BACK = frozenset({"problem_id", "watch_list"})
"""Columns of `Ticket.extra` that may be set, and whose value before is told."""

_NOTHING: Mapping[str, str] = {}


class Safety(BaseModel):
    """The brake. Over either bound nothing of that policy is written in that pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_changes: int = Field(default=500, ge=1, description="Tickets one policy may change in one pass")
    max_share: float = Field(
        default=0.5, gt=0, le=1, description="Share of the tickets open within a month one policy may change"
    )
    share_from: int = Field(default=100, ge=1, description="The share counts from this many changes on")
    switch: str = Field(
        default="",
        pattern=r"^[\w.-]*$",
        description="Name of a system property of the instance by which people there stop the connector: "
        "run, brake (nothing is written) or pause (nothing is asked); if it cannot be read, that is a brake",
    )


class Wish(NamedTuple):
    """One policy's intents for one ticket, with the reason of its verdict."""

    policy: str
    observe: bool
    ticket: Ticket
    reason: str
    intents: tuple[Intent, ...]


def bare(ticket: Ticket) -> Ticket:
    """A ticket with no more than planning asks of it: thousands of wishes are held until a pass is over.

    Of ours and of further columns that is what is not empty.
    """
    return Ticket(
        ticket.sys_id,
        ticket.number,
        ticket.opened_at,
        ticket.updated_at,
        ticket.mod_count,
        ticket.state,
        kind=intern(ticket.kind),
        group=ticket.group,
        assignee=ticket.assignee,
        tasks=ticket.tasks,
        articles=ticket.articles,
        marks=ticket.marks,
        owned={role: text for role, text in ticket.owned.items() if text} or _NOTHING,
        extra={column: text for column in READ_BACK if (text := ticket.extra.get(column))} or _NOTHING,
    )


class Because(NamedTuple):
    """Who asked for a change, and by which clause."""

    policy: str
    clause: str
    reason: str
    mark: str = ""


class FieldChange(NamedTuple):
    """One column: what the record says, what it shall say (raw text). Journals have no before."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one record."""

    table: str
    sys_id: str
    """Of the record; for a new one the id it will get, which is its occasion."""
    ticket: str
    """sys_id of the ticket it is about."""
    number: str
    """Number of that ticket, for people."""
    base: int | None
    """The record's `sys_mod_count` when it was judged; None for a new record."""
    fields: tuple[FieldChange, ...]
    because: tuple[Because, ...]
    identity: Mapping[str, str] = field(default_factory=dict)
    """For a new record: column → value by which it is recognised."""

    @property
    def creates(self) -> bool:
        """The record does not exist yet."""
        return self.base is None

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies behind it, each once."""
        return tuple(dict.fromkeys(b.policy for b in self.because))


class Conflict(NamedTuple):
    """Two policies want different values in one field of one ticket: neither is written."""

    ticket: str
    number: str
    field: str
    wanted: tuple[tuple[str, str], ...]
    """(policy, value) of each."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pass would write, and what it would not, each with its reason."""

    at: Instant
    changes: tuple[Change, ...] = ()
    observed: tuple[Change, ...] = ()
    """What policies in mode observe would change if they were enforced; never written."""
    conflicts: tuple[Conflict, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Policy → why the brake holds it."""
    unlisted: Mapping[str, int] = field(default_factory=dict)
    """Policy in mode observe → tickets it would change beyond those listed."""
    full: tuple[str, ...] = ()
    """Numbers of tickets whose marks column is full."""

    @property
    def empty(self) -> bool:
        """Nothing is to be written and nothing stands in the way."""
        return not (self.changes or self.conflicts or self.refused or self.full)

    def by_policy(self) -> Counter[str]:
        """Policy → number of changes it has a part in."""
        return Counter(policy for change in self.changes for policy in change.policies)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the instance names things: the planner's only knowledge of columns."""

    columns: Mapping[str, str]
    """Role → column of what we own: ``"clock"`` → ``"u_desk_clock"``; a missing role is not written."""
    states: Mapping[TicketState, str]
    shared: frozenset[str] = frozenset({"assignment_group", "assigned_to", "state"})
    """Columns shared with people that the configuration lets us set."""
    refused: frozenset[str] = frozenset()
    """Columns the instance was seen to drop silently; not tried again until the next start."""

    def column_of(self, wish: Keep | Set) -> str:
        """The platform's column for a field, or "" where it may not be written."""
        if isinstance(wish, Keep):
            column = self.columns.get(wish.field, "")
        else:
            column = _SHARED[wish.field]
            column = column if column in self.shared else ""
        return "" if column in self.refused else column

    def may_say(self, note: Note) -> bool:
        """A note that customers read is written only where the configuration shares their journal."""
        return not note.to_customer or COMMENTS in self.shared

    def raw(self, value: str | int | TicketState | None) -> str:
        """A value as the platform's raw text; an int is an instant."""
        if value is None:
            return ""
        if isinstance(value, TicketState):
            return self.states[value]
        return platform_time(value) if isinstance(value, int) else value


_SHARED = {
    "group": "assignment_group",
    "state": "state",
    "assignee": "assigned_to",
    "problem": "problem_id",
    "watch": "watch_list",
}
