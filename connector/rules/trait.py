"""What a verdict hangs on: tickets with the same *traits* need not be asked about one by one.

A verdict is a function of the ticket and the moment (law 1). A policy that looked at nothing of a ticket but
traits says the same of every ticket that has them, as long as the moment stays. No rule has to promise that:
it is let judge a ticket that notes what is looked at, and what was looked at is a fact.

What a policy looks at next follows from what it has seen. So its judgements form a tree (`Answers`): at each
fork a trait, at each branch one of its values, at the end a verdict, or that it hangs on something else.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, NamedTuple, TypeVar

from connector.intent import Verdict
from connector.rules.base import Moment, Policy
from connector.ticket import Ticket

_FIELDS = ("state", "priority", "fault_class", "group", "kind", "category", "close_code", "hold_reason")
"""Fields of a ticket that have few values on any desk."""
_LISTS = ("tasks", "articles", "marks")
"""Of these it is a trait that there are none."""
_MOVED = "moved"
_TEXTS = ("extra", "owned")
"""Of these some columns and roles are traits: those by which policies tell tickets apart. Of columns without
which a policy wants nothing it is a trait that they are empty."""
_SETTLED = frozenset({"now", "hours", "directory", "wording"})
"""What stays the same throughout a pass; the rest of a moment grows while tickets are judged."""

Trait = tuple[object, ...]
"""All traits of a ticket in one value."""
_SOME = object()
"""In the place of tasks, or of whatever else makes no trait but by its absence."""


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
        """The traits of each of several tickets."""
        self._names, self._columns, self._roles = names, columns, sorted(roles)

    def values(self, ticket: Ticket) -> dict[object, object]:
        """What a policy can look at → its value; `_SOME` where only that there is none would be a trait."""
        values: dict[object, object] = {name: getattr(ticket, name) for name in self._names}
        values[_MOVED] = ticket.moved
        for name in _LISTS:
            values[name] = _SOME if getattr(ticket, name) else None
        for column in self._columns:
            values["extra", column] = ticket.extra.get(column)
        for column in self._needed:
            values["extra", column] = _SOME if ticket.extra.get(column) else ticket.extra.get(column)
        for role in self._roles:
            values["owned", role] = ticket.owned.get(role)
        return values


class _Fork(NamedTuple):
    """A trait that is looked at, and what follows from each of its values: another, a verdict, or None."""

    trait: object
    branches: dict[object, "_Fork | Verdict | None"]


class Answers:
    """What one policy says at one moment, by the traits of tickets that it looks at."""

    __slots__ = ("_policy", "_root")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._root: dict[object, _Fork | Verdict | None] = {}

    def of(self, ticket: Ticket, values: Mapping[object, object], at: Moment) -> Verdict | None:
        """What it says of every ticket with these `Traits.values`; None: it depends.

        The policy applies to the ticket, and the moment is the same each time, but for what grows.
        """
        branches, value = self._root, None
        while value in branches:
            found = branches[value]
            if not isinstance(found, _Fork):
                return found
            branches, value = found.branches, values[found.trait]
        return self._learnt(ticket, values, at)

    def _learnt(self, ticket: Ticket, values: Mapping[object, object], at: Moment) -> Verdict | None:
        looked_at: dict[object, None] = {}
        answer: Verdict | None = self._policy.judge(*_watched(ticket, at, looked_at))
        branches, value = self._root, None
        for trait in looked_at:
            if value is _SOME or trait not in values:
                answer = None
                break
            fork = branches.get(value)
            if not isinstance(fork, _Fork):
                fork = branches[value] = _Fork(trait, {})
            branches, value = fork.branches, values[trait]
        branches[value] = answer if value is not _SOME else None
        return branches[value]  # type: ignore[return-value]


def _reader(
    names: Sequence[str], columns: Sequence[str], needed: Sequence[str], roles: Sequence[str]
) -> Callable[[Sequence[Ticket]], list[Trait]]:
    """Reads all of them at once, one trait after the other: every ticket passes through here."""
    shared = attrgetter(*names)
    columns_of, roles_of = _texts_of(columns), _texts_of(roles)

    def traits(tickets: Sequence[Ticket]) -> list[Trait]:
        extras = [ticket.extra for ticket in tickets]
        return list(
            zip(
                map(shared, tickets),
                [
                    (len(ticket.spans) > 1, not ticket.tasks, not ticket.articles, not ticket.marks)
                    for ticket in tickets
                ],
                columns_of(extras),
                *([extra.get(column) and True for extra in extras] for column in needed),
                roles_of([ticket.owned for ticket in tickets]),
                strict=True,
            )
        )

    return traits


def _texts_of(keys: Sequence[str]) -> Callable[[Sequence[Mapping[str, str]]], Iterable[object]]:
    """Of each of many mappings the texts of these keys, None for one that it has not."""
    if not keys:
        return lambda many: repeat(None, len(many))
    all_of = itemgetter(*keys)

    def some_of(one: Mapping[str, str]) -> object:
        try:
            return all_of(one)
        except KeyError:  # one of them may not be read
            return tuple(map(one.get, keys))

    def texts(many: Sequence[Mapping[str, str]]) -> list[object]:
        try:
            return list(map(all_of, many))
        except KeyError:
            return list(map(some_of, many))

    return texts


class _Noting:
    """Notes which of its fields are looked at, whoever asks: a rule, a property of its own, a comparison."""

    __slots__ = ()
    _noted: ClassVar[frozenset[str]]
    _kind: ClassVar[type]

    def __getattribute__(self, name: str) -> Any:
        kind = type(self)
        if name in kind._noted:
            object.__getattribute__(self, "_looked_at").setdefault(name)
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
        object.__getattribute__(self, "_looked_at").setdefault(_MOVED)
        return len(object.__getattribute__(self, "spans")) > 1


class _WatchedMoment(_Noting, Moment):
    """A moment, of which only counts what does not stay the same."""

    __slots__ = ("_looked_at",)
    _noted = frozenset(field.name for field in fields(Moment)) - _SETTLED
    _kind = Moment


class _Texts(Mapping[str, str]):
    """Texts that note which of them are looked at."""

    def __init__(self, name: str, texts: Mapping[str, str], looked_at: dict[object, None]) -> None:
        self._name, self._texts, self._looked_at = name, texts, looked_at

    def __getitem__(self, key: str) -> str:
        self._looked_at.setdefault((self._name, key))
        return self._texts[key]

    def __iter__(self) -> Iterator[str]:
        self._looked_at.setdefault(self._name)
        return iter(self._texts)

    def __len__(self) -> int:
        self._looked_at.setdefault(self._name)
        return len(self._texts)


def _watched(ticket: Ticket, at: Moment, looked_at: dict[object, None]) -> tuple[Ticket, Moment]:
    """Ticket and moment that note, in ``looked_at`` and in this order, what is looked at."""
    watched = _copied(_Watched, ticket, looked_at)
    for name in _TEXTS:
        object.__setattr__(watched, name, _Texts(name, getattr(ticket, name), looked_at))
    return watched, _copied(_WatchedMoment, at, looked_at)


_W = TypeVar("_W", _Watched, _WatchedMoment)


def _copied(kind: type[_W], value: Ticket | Moment, looked_at: dict[object, None]) -> _W:
    """The same value as one that notes, in ``looked_at``, what is looked at."""
    made = object.__new__(kind)
    for field in fields(value):
        object.__setattr__(made, field.name, getattr(value, field.name))
    object.__setattr__(made, "_looked_at", looked_at)
    return made


def _united(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
