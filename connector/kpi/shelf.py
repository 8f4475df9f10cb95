"""Facts laid out once for all indicators that ask alike: which period they are in, and whose they are.

Many indicators date a fact by the same function and credit it by the same function. Both are asked once per
fact and the answers kept; what is left per indicator are its two predicates. All lists stay in the order in
which the facts came, so whoever lays them out by id gets lists by id.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, groupby
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


class _Order(NamedTuple):
    """Facts of a period sorted by scope: facts ``places[bounds[n]:bounds[n + 1]]`` are of ``keys[n]``."""

    keys: list[str]
    bounds: list[int]
    places: list[int]
    ids: tuple[str, ...]


@dataclass(slots=True)
class _Lot:
    """The facts that one way of dating puts into one period."""

    facts: list[Any]
    ids: tuple[str, ...]
    owners: dict[Callable[[Any], Owner], list[Owner]] = field(default_factory=dict)
    orders: dict[tuple[Any, ScopeKind], _Order] = field(default_factory=dict)


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
        self._rows = rows
        self._count = sum(len(row.numbers) for row in rows)
        self._groups = groups
        self._traits = traits
        self._lots: dict[Callable[[Any], Instant | None], list[_Lot]] = {}

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
        counted = _counted(one, lot.facts, now)
        succeeds, points = one.succeeds, one.points
        won = [counts and succeeds(fact) for counts, fact in zip(counted, lot.facts, strict=True)]
        earned = None
        if points is not None:
            earned = [points(fact) if done else 0.0 for done, fact in zip(won, lot.facts, strict=True)]
        found: dict[ScopeKind, dict[str, Cell]] = {}
        for kind in scopes:
            if kind == "whole":
                found[kind] = {"": _cell(lot.ids, counted, won, earned)}
                continue
            keys, bounds, places, ids = self._ordered(one, lot, kind)
            counted_here = [counted[place] for place in places]
            won_here = [won[place] for place in places]
            earned_here = None if earned is None else [earned[place] for place in places]
            cells = found[kind] = {}
            begin = 0
            for key, end in zip(keys, bounds, strict=True):
                cells[key] = _cell(
                    ids[begin:end],
                    counted_here[begin:end],
                    won_here[begin:end],
                    None if earned_here is None else earned_here[begin:end],
                )
                begin = end
        return found

    def _dated(self, at: Callable[[Any], Instant | None]) -> list[_Lot]:
        lots = self._lots.get(at)
        if lots is None:
            instants = [at(fact) for fact in self._facts]
            picked: list[list[Any]] = [[] for _ in range(self._count)]
            for starts, ends, numbers in self._rows:
                for fact, instant in zip(self._facts, instants, strict=True):
                    if instant is None:
                        continue
                    place = bisect_right(starts, instant) - 1
                    if place >= 0 and instant < ends[place]:
                        picked[numbers[place]].append(fact)
            lots = self._lots[at] = [_Lot(facts, tuple([fact.id for fact in facts])) for facts in picked]
        return lots

    def _ordered(self, one: Indicator[Any], lot: _Lot, kind: ScopeKind) -> _Order:
        whose = None if kind in ("customer", "service") else one.whose
        order = lot.orders.get((whose, kind))
        if order is None:
            by_key: dict[str, list[int]] = defaultdict(list)
            for place, key in enumerate(self._keys(one, lot, kind)):
                by_key[key].append(place)
            places = [place for some in by_key.values() for place in some]
            bounds, end = [], 0
            for some in by_key.values():
                end += len(some)
                bounds.append(end)
            ids = lot.ids
            order = _Order(list(by_key), bounds, places, tuple([ids[place] for place in places]))
            lot.orders[whose, kind] = order
        return order

    def _keys(self, one: Indicator[Any], lot: _Lot, kind: ScopeKind) -> list[str]:
        if kind == "customer":
            return _trait(lot.facts, self._traits.customer)
        if kind == "service":
            return _trait(lot.facts, self._traits.service)
        owners = lot.owners.get(one.whose)
        if owners is None:
            owners = lot.owners[one.whose] = [one.whose(fact) for fact in lot.facts]
        if kind == "consultant":
            return [owner[1] for owner in owners]
        if kind == "group":
            return [owner[0] for owner in owners]
        desks = {sys_id: group.desk for sys_id, group in self._groups.items()}
        return [desks.get(owner[0], "") for owner in owners]


def _counted(one: Indicator[Any], facts: Sequence[Any], now: Instant | None) -> list[bool]:
    counted = [one.counts(fact) for fact in facts]
    decided_at = one.decided_at
    if decided_at is None or now is None:
        return counted
    decided = ((at := decided_at(fact)) is None or at <= now for fact in facts)
    return [counts and known for counts, known in zip(counted, decided, strict=True)]


def _cell(
    ids: tuple[str, ...], counted: Sequence[bool], won: Sequence[bool], earned: Sequence[float] | None
) -> Cell:
    denominator = tuple(compress(ids, counted))
    left_out: tuple[str, ...] = ()
    if len(denominator) == len(ids):
        denominator = ids  # most often all count: one tuple for many scores
    else:
        left_out = tuple([one for one, counts in zip(ids, counted, strict=True) if not counts])
    numerator = tuple(compress(ids, won))
    if len(numerator) == len(denominator):
        numerator = denominator
    return Cell(numerator, denominator, left_out, () if earned is None else tuple(compress(earned, won)))


def _trait(facts: Sequence[Any], column: str) -> list[str]:
    if not facts or not hasattr(facts[0], "ticket"):
        return [""] * len(facts)  # a call and a row of a file belong to no customer that we know
    if column in TICKET_TRAITS:
        return [getattr(fact.ticket, column) for fact in facts]
    return [fact.ticket.extra.get(column, "") for fact in facts]


TICKET_TRAITS = frozenset({"company", "caller", "category", "kind"})
"""Fields of a ticket that can tell a customer or a service."""
