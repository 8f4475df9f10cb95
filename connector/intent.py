"""What a policy may want, and how it says so: our eight nouns' core.

A rule returns a `Verdict`: always a reason, perhaps intents, perhaps the instant at which to look again.
`connector.sync.plan` turns intents into changes of records; nothing else may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from connector.ticket import Instant, TicketState
from connector.wording import Sentence

MARK_LENGTH = 8


class Occasion(str):
    """A hash of *what happened*, not of when we saw it: the same situation has the same key for ever.

    32 hex digits. They serve as `correlation_id` and `sys_id` of what we create; the first eight are the
    mark that is written on the ticket itself.
    """

    __slots__ = ()

    @property
    def mark(self) -> str:
        """The short form that stands on the ticket and in the note."""
        return self[:MARK_LENGTH]


def occasion(policy: str, ticket: str, *discriminator: object) -> Occasion:
    """The key of one thing that happened to one ticket under one policy.

    ``discriminator`` is the rule's own: the reopen count, the limit, the broadcast slot.
    """
    text = "\x1f".join((policy, ticket, *map(str, discriminator)))
    return Occasion(blake2b(text.encode(), digest_size=16).hexdigest())


class Occasions:
    """`occasion` for many tickets, in half the time: what is the same for all of them is put together once.

    ``Occasions(policy, *same).of(ticket, *more)`` is ``occasion(policy, ticket, *same, *more)``, and
    ``.mark(ticket, *more)`` its mark. ``ticket``: sys_id.
    """

    __slots__ = ("_begun", "_end")

    def __init__(self, policy: str, *same: object) -> None:
        self._begun = blake2b(f"{policy}\x1f".encode(), digest_size=16)
        self._end = "".join(f"\x1f{each!s}" for each in same)

    def of(self, ticket: str, *more: object) -> Occasion:
        """The key."""
        return Occasion(self._digits(ticket, more))

    def mark(self, ticket: str, *more: object) -> str:
        """`Occasion.mark` without the key: whether it was said already is asked far more often than said."""
        return self._digits(ticket, more)[:MARK_LENGTH]

    def marked(self, marks: frozenset[str], ticket: str, *more: object) -> bool:
        """Its mark is among these; where there are none, nothing is worked out."""
        return bool(marks) and self._digits(ticket, more)[:MARK_LENGTH] in marks

    def _digits(self, ticket: str, more: tuple[object, ...]) -> str:
        key = self._begun.copy()
        text = ticket + self._end
        for each in more:
            text += "\x1f" + str(each)
        key.update(text.encode())
        return key.hexdigest()


class Keep(NamedTuple):
    """An owned field that shall have this value; compared every time. An int is an instant."""

    field: str
    """The role, as in ``[columns]``: ``"clock"``, ``"respond_by"``, …"""
    value: str | Instant | None
    clause: str


class Set(NamedTuple):
    """A field shared with people, set once per occasion; a person's later word stands."""

    field: str
    """``"state"`` (value: a `TicketState`), or ``"group"``, ``"assignee"``, ``"problem"`` (value: sys_id), or
    ``"watch"`` (value: all of the watch list, sys_ids with commas between).
    """
    value: str | TicketState
    occasion: Occasion
    clause: str


class Note(NamedTuple):
    """A work note, once per occasion. The planner adds policy, clause and mark at its end."""

    text: str | Sentence
    occasion: Occasion
    clause: str
    supersedes: tuple[str, ...] = ()
    """Marks that this note makes needless: its rule will never again ask whether they were said."""
    to_customer: bool = False
    """A comment, which the customer reads, without policy, clause and mark at its end. It is written only
    where `comments` stands in ``[columns] shared``.
    """


@dataclass(frozen=True, slots=True)
class Create:
    """A record beside the ticket, once per occasion.

    ``fields`` are the platform's own columns as raw text, without those of ``key``. ``key`` tells how the
    record is found again if an answer was lost; by default its `correlation_id`.
    """

    table: str
    fields: Mapping[str, str | Sentence]
    occasion: Occasion
    clause: str
    key: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> Mapping[str, str]:
        """Column → value by which the record is recognised."""
        return self.key or {"correlation_id": str(self.occasion)}


Intent = Keep | Set | Note | Create


class Verdict(NamedTuple):
    """What a policy says of a ticket at a moment."""

    reason: str
    """In words, also for "no": "running", "breached", "priority 3 is not 1"."""
    intents: tuple[Intent, ...] = ()
    look_again_at: Instant | None = None
    """The earliest instant at which the verdict could change although the record does not."""
