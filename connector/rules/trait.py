"""What a verdict hangs on: tickets with the same *traits* need not be asked about one by one.

A verdict is a function of the ticket and the moment (law 1). A policy that looked at nothing of a ticket but
traits says the same of every ticket that has them, as long as the moment stays. No rule has to promise that:
`Traits.verdicts` lets it judge a ticket that notes what is looked at, and what was looked at is a fact.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, TypeVar

from connector.intent import Verdict
from connector.rules.base import Moment, Policy
from connector.ticket import Ticket

_FIELDS = ("state", "priority", "fault_class", "group", "kind", "category", "close_code", "hold_reason")
"""Fields of a ticket that have few values on any desk."""
_LISTS = ("tasks", "articles", "marks")
"""Of these it is a trait that there are none."""
_TEXTS = ("extra", "owned")
"""Of these some columns and roles are traits: those by which policies tell tickets apart. Of columns without
which a policy wants nothing it is a trait that they are empty."""
_SETTLED = frozenset({"now", "hours", "directory", "wording"})
"""What stays the same throughout a pass; the rest of a moment grows while tickets are judged."""

Trait = tuple[object, ...]
"""All traits of a ticket in one value."""


class Traits:
    """The traits of tickets as far as these policies tell them apart."""

    def __init__(self, policies: Collection[Policy]) -> None:
        named = {"company"} & _united(policy.when.asks | policy.sorts_by() for policy in policies)
        names = (*_FIELDS, *sorted(named))
        asked_for = _united(policy.columns() for policy in policies)
        sorting = _united(policy.sorts_by() for policy in policies) & asked_for
        needed = _united(policy.needs() for policy in policies) & asked_for - sorting
        roles = _united(policy.goes_by() for policy in policies)
        columns, self._needed = sorted(sorting), sorted(needed)
        self.of = _reader(names, columns, self._needed, sorted(roles))
        """The traits of one ticket."""
        self._known = frozenset(
            (*names, *(("extra", column) for column in columns), *(("owned", role) for role in roles))
        )

    def verdicts(self, policies: Iterable[Policy], ticket: Ticket, at: Moment) -> Iterator[Verdict | None]:
        """What each policy says at this moment of every ticket with the traits of this one; None: it depends.

        The policies are those that apply to the ticket.
        """
        looked_at: set[object] = set()
        watched = _copied(_Watched, ticket, looked_at)
        for name in _TEXTS:
            object.__setattr__(watched, name, _Texts(name, getattr(ticket, name), looked_at))
        moment = _copied(_WatchedMoment, at, looked_at)
        known = self._known.union(
            (name for name in _LISTS if not getattr(ticket, name)),
            (("extra", column) for column in self._needed if not ticket.extra.get(column)),
        )
        for policy in policies:
            looked_at.clear()
            verdict = policy.judge(watched, moment)
            yield verdict if looked_at <= known else None


def _reader(
    names: Sequence[str], columns: Sequence[str], needed: Sequence[str], roles: Sequence[str]
) -> Callable[[Ticket], Trait]:
    """Reads all of them at once: every ticket passes through here."""
    shared = attrgetter(*names)
    texts = itemgetter(*columns) if columns else lambda extra: None

    def traits(ticket: Ticket) -> Trait:
        extra, owned = ticket.extra, ticket.owned
        key = [shared(ticket), len(ticket.spans) > 1, not ticket.tasks, not ticket.articles, not ticket.marks]
        try:
            key.append(texts(extra))
        except KeyError:  # one of them may not be read
            key.append(tuple(map(extra.get, columns)))
        for column in needed:
            key.append(extra.get(column) and True)  # noqa: PERF401  as few as there are, twice as quick
        for role in roles:
            key.append(owned.get(role))  # noqa: PERF401
        return tuple(key)

    return traits


class _Noting:
    """Notes which of its fields are looked at, whoever asks: a rule, a property of its own, a comparison."""

    __slots__ = ()
    _noted: ClassVar[frozenset[str]]
    _kind: ClassVar[type]

    def __getattribute__(self, name: str) -> Any:
        kind = type(self)
        if name in kind._noted:
            object.__getattribute__(self, "_looked_at").add(name)
        elif name == "__class__":  # who copies it or compares it to another looks at all its fields
            return kind._kind
        return object.__getattribute__(self, name)


class _Watched(_Noting, Ticket):
    """A ticket; its texts note by themselves (`_Texts`)."""

    __slots__ = ("_looked_at",)
    _noted = frozenset(field.name for field in fields(Ticket)).difference(_TEXTS)
    _kind = Ticket

    @property
    def moved(self) -> bool:
        """A trait itself, whatever it is told by."""
        return len(object.__getattribute__(self, "spans")) > 1


class _WatchedMoment(_Noting, Moment):
    """A moment, of which only counts what does not stay the same."""

    __slots__ = ("_looked_at",)
    _noted = frozenset(field.name for field in fields(Moment)) - _SETTLED
    _kind = Moment


class _Texts(Mapping[str, str]):
    """Texts that note which of them are looked at."""

    def __init__(self, name: str, texts: Mapping[str, str], looked_at: set[object]) -> None:
        self._name, self._texts, self._looked_at = name, texts, looked_at

    def __getitem__(self, key: str) -> str:
        self._looked_at.add((self._name, key))
        return self._texts[key]

    def __iter__(self) -> Iterator[str]:
        self._looked_at.add(self._name)
        return iter(self._texts)

    def __len__(self) -> int:
        self._looked_at.add(self._name)
        return len(self._texts)


_W = TypeVar("_W", _Watched, _WatchedMoment)


def _copied(kind: type[_W], value: Ticket | Moment, looked_at: set[object]) -> _W:
    """The same value as one that notes, in ``looked_at``, what is looked at."""
    made = object.__new__(kind)
    for field in fields(value):
        object.__setattr__(made, field.name, getattr(value, field.name))
    object.__setattr__(made, "_looked_at", looked_at)
    return made


def _united(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
