"""Facts laid out once for all indicators that ask alike: which period they are in, and whose they are.

Many indicators date a fact by the same function and credit it by the same function. Both are asked once per
fact and the answers kept; what is left per indicator are its two predicates. All lists stay in the order in
which the facts came, so whoever lays them out by id gets lists by id.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, compress, groupby, pairwise
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from connector.kpi.indicator import Indicator, Owner
from connector.kpi.period import Period, overlapping
from connector.ticket import Group, Instant

ScopeKind = Literal["whole", "desk", "group", "consultant", "customer", "service"]


class Traits(NamedTuple):
    """Which column of a ticket tells its customer and its service: a field of `Ticket` or of ``extra``."""

    customer: str = "company"
    service: str = "category"


COMMON = Traits()


class Cell(NamedTuple):
    """What one indicator found in one period and scope: ids in order, and what the numerator earned."""

    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    points: tuple[float, ...] = ()


class Row(NamedTuple):
    """The periods of one kind, in order of time, with the place of each among all periods."""

    starts: list[Instant]
    ends: list[Instant]
    numbers: list[int]


def rows_of(periods: Sequence[Period]) -> list[Row]:
    """The periods by kind. Raises `ValueError` where two of a kind overlap: a record would count twice."""
    twice = overlapping(periods)
    if twice is not None:
        one, other = twice
        raise ValueError(
            f"periods of kind {one.kind} overlap: {one.label} and {other.label}; a record would count twice"
        )
    numbered = sorted(enumerate(periods), key=lambda pair: (pair[1].kind, pair[1].start))
    rows = []
    for _, some in groupby(numbered, key=lambda pair: pair[1].kind):
        of_kind = list(some)
        rows.append(
            Row(
                [period.start for _, period in of_kind],
                [period.end for _, period in of_kind],
                [number for number, _ in of_kind],
            )
        )
    return rows


Pick = Callable[[Sequence[Any]], Sequence[Any]]


class _Order(NamedTuple):
    """Facts of a lot sorted by scope: of ``keys[n]`` are those up to ``bounds[n]`` in what ``pick`` picks."""

    keys: list[str]
    bounds: list[int]
    numbers: tuple[int, ...]
    pick: Pick
    ids: Sequence[str]


@dataclass(slots=True)
class _Lot:
    """The facts that one way of dating puts into one period."""

    places: list[int]
    """Where they stand on the shelf."""
    facts: Sequence[Any]
    ids: tuple[str, ...]
    orders: dict[tuple[Any, ScopeKind], _Order] = field(default_factory=dict)
    counted: dict[Callable[[Any], bool], list[bool]] = field(default_factory=dict)
    """What `Indicator.counts` said of each; several indicators ask alike."""


class Shelf:
    """Facts of one kind, for these periods. ``groups`` knows the desk of a group by its sys_id."""

    def __init__(
        self,
        facts: Sequence[Any],
        rows: Sequence[Row],
        groups: Mapping[str, Group],
        traits: Traits = COMMON,
    ) -> None:
        self._facts = facts
        self._ids = [fact.id for fact in facts]
        self._numbers = list(range(len(facts)))  # one object for each number, for all lists that hold it
        self._rows = rows
        self._count = sum(len(row.numbers) for row in rows)
        self._desks = {sys_id: group.desk for sys_id, group in groups.items()}
        self._traits = traits
        self._lots: dict[Callable[[Any], Instant | None], list[_Lot]] = {}
        self._owners: dict[Callable[[Any], Owner], tuple[list[str], list[str]]] = {}
        self._keys: dict[tuple[Any, ScopeKind], list[str]] = {}

    def cells(
        self, one: Indicator[Any], scopes: Sequence[ScopeKind], now: Instant | None
    ) -> list[dict[ScopeKind, dict[str, Cell]]]:
        """For each period, kind of scope and key what the indicator finds; only where it finds a fact."""
        return [
            self._of_lot(one, lot, scopes, now) if lot.facts else {kind: {} for kind in scopes}
            for lot in self._dated(one.at)
        ]

    def _of_lot(
        self, one: Indicator[Any], lot: _Lot, scopes: Sequence[ScopeKind], now: Instant | None
    ) -> dict[ScopeKind, dict[str, Cell]]:
        facts, succeeds, points = lot.facts, one.succeeds, one.points
        counted = _counted(one, lot, now)
        won = [counts and succeeds(fact) for counts, fact in zip(counted, facts, strict=True)]
        earned = None
        if points is not None:
            earned = [points(fact) if done else 0.0 for done, fact in zip(won, facts, strict=True)]
        # Where all count or all succeed there is nothing to sort out, and most often one of both is so.
        sides = _Sides(None if all(counted) else counted, None if all(won) else won, earned)
        found: dict[ScopeKind, dict[str, Cell]] = {}
        for kind in scopes:
            if kind == "whole":
                found[kind] = {"": _cell(lot.ids, sides)}
                continue
            keys, bounds, _, pick, ids = self._ordered(one, lot, kind)
            here = sides.each(pick)
            cells = found[kind] = {}
            begin = 0
            for key, end in zip(keys, bounds, strict=True):
                cells[key] = _cell(tuple(ids[begin:end]), here.each(itemgetter(slice(begin, end))))
                begin = end
        return found

    def _dated(self, at: Callable[[Any], Instant | None]) -> list[_Lot]:
        lots = self._lots.get(at)
        if lots is None:
            instants = [at(fact) for fact in self._facts]
            picked: list[list[int]] = [[] for _ in range(self._count)]
            for starts, ends, numbers in self._rows:
                if len(starts) == 1:
                    start, end = starts[0], ends[0]
                    picked[numbers[0]] = [
                        place
                        for place, at in zip(self._numbers, instants, strict=True)
                        if at is not None and start <= at < end
                    ]
                    continue
                for place, instant in zip(self._numbers, instants, strict=True):
                    if instant is not None:
                        number = bisect_right(starts, instant) - 1
                        if number >= 0 and instant < ends[number]:
                            picked[numbers[number]].append(place)
            lots = self._lots[at] = [self._lot(places) for places in picked]
        return lots

    def _lot(self, places: list[int]) -> _Lot:
        pick = _picker(places)
        return _Lot(places, pick(self._facts), tuple(pick(self._ids)))

    def _ordered(self, one: Indicator[Any], lot: _Lot, kind: ScopeKind) -> _Order:
        whose = None if kind in ("customer", "service") else one.whose
        order = lot.orders.get((whose, kind))
        if order is None:
            by_key = self._desks_of(one, lot) if kind == "desk" else self._by_key(one, lot, kind)
            numbers = tuple(chain.from_iterable(by_key.values()))
            pick = _picker(numbers)
            bounds = list(accumulate(map(len, by_key.values())))
            order = lot.orders[whose, kind] = _Order(list(by_key), bounds, numbers, pick, pick(lot.ids))
        return order

    def _by_key(self, one: Indicator[Any], lot: _Lot, kind: ScopeKind) -> dict[str, list[int]]:
        by_key: dict[str, list[int]] = defaultdict(list)
        keys = _picker(lot.places)(self._keys_of(one, kind))
        for key, number in zip(keys, self._numbers, strict=False):
            by_key[key].append(number)
        return by_key

    def _desks_of(self, one: Indicator[Any], lot: _Lot) -> dict[str, list[int]]:
        """From the groups', of which there are few: to merge their lists is less than to go through all."""
        groups, bounds, numbers, _, _ = self._ordered(one, lot, "group")
        by_desk: dict[str, list[int]] = defaultdict(list)
        for group, (begin, end) in zip(groups, pairwise((0, *bounds)), strict=True):
            by_desk[self._desks.get(group, "")] += numbers[begin:end]
        for some in by_desk.values():
            some.sort()
        return by_desk

    def _keys_of(self, one: Indicator[Any], kind: ScopeKind) -> list[str]:
        """The scope of every fact of the shelf."""
        whose = None if kind in ("customer", "service") else one.whose
        keys = self._keys.get((whose, kind))
        if keys is None:
            keys = self._keys[whose, kind] = self._worked_out(one, kind)
        return keys

    def _worked_out(self, one: Indicator[Any], kind: ScopeKind) -> list[str]:
        if kind == "customer":
            return _trait(self._facts, self._traits.customer)
        if kind == "service":
            return _trait(self._facts, self._traits.service)
        owners = self._owners.get(one.whose)
        if owners is None:
            both = [one.whose(fact) for fact in self._facts]
            owners = self._owners[one.whose] = [owner[0] for owner in both], [owner[1] for owner in both]
        return owners[kind == "consultant"]


class _Sides(NamedTuple):
    """For each fact whether it counts, whether it succeeds, what it earns. None: all do, or nothing earns."""

    counted: Sequence[bool] | None
    won: Sequence[bool] | None
    earned: Sequence[float] | None

    def each(self, pick: Pick) -> "_Sides":
        """The same of some of the facts."""
        counted, won, earned = self
        return _Sides(
            None if counted is None else pick(counted),
            None if won is None else pick(won),
            None if earned is None else pick(earned),
        )


def _picker(places: Sequence[int]) -> Pick:
    """What stands in these places of a sequence, in this order."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda some: tuple([some[place] for place in places])


def _counted(one: Indicator[Any], lot: _Lot, now: Instant | None) -> list[bool]:
    facts = lot.facts
    counted = lot.counted.get(one.counts)
    if counted is None:
        counted = lot.counted[one.counts] = [one.counts(fact) for fact in facts]
    decided_at = one.decided_at
    if decided_at is None or now is None:
        return counted
    decided = ((at := decided_at(fact)) is None or at <= now for fact in facts)
    return [counts and known for counts, known in zip(counted, decided, strict=True)]


def _cell(ids: tuple[str, ...], sides: _Sides) -> Cell:
    counted, won, earned = sides
    denominator = ids
    left_out: tuple[str, ...] = ()
    if counted is not None:
        denominator = tuple(compress(ids, counted))
        if len(denominator) == len(ids):
            denominator = ids  # one tuple for many scores
        else:
            left_out = tuple([one for one, counts in zip(ids, counted, strict=True) if not counts])
    numerator = ids if won is None else tuple(compress(ids, won))
    if len(numerator) == len(denominator):
        numerator = denominator
    points: Sequence[float] = (
        () if earned is None else earned if won is None else tuple(compress(earned, won))
    )
    return Cell(numerator, denominator, left_out, tuple(points))


def _trait(facts: Sequence[Any], column: str) -> list[str]:
    if not facts or not hasattr(facts[0], "ticket"):
        return [""] * len(facts)  # a call and a row of a file belong to no customer that we know
    if column in TICKET_TRAITS:
        return [getattr(fact.ticket, column) for fact in facts]
    return [fact.ticket.extra.get(column, "") for fact in facts]


TICKET_TRAITS = frozenset({"company", "caller", "category", "kind"})
"""Fields of a ticket that can tell a customer or a service."""
