"""Scores: every indicator, per scope and period, with the records behind both sides of the fraction.

Facts are gone through once per indicator and laid into cells of (period, group, consultant); the scopes of
R-A5 are sums of cells. So the lists of the desks, groups and consultants partition those of the whole, by
construction. Nothing depends on the order in which facts come.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import fsum, sqrt
from typing import Any, Literal, NamedTuple, get_args

from connector.kpi.indicator import (
    CALL_BACK_KINDS,
    About,
    CallBack,
    Indicator,
    Owner,
    Ring,
    TicketFact,
    Words,
)
from connector.kpi.period import Period
from connector.ticket import Call, Directory, Group, Instant

ScopeKind = Literal["whole", "desk", "group", "consultant"]
SCOPE_KINDS: tuple[ScopeKind, ...] = get_args(ScopeKind)

SMALL = 20
"""A denominator below it is marked: one record more or less moves the value by over five points."""

_Z = 1.959963984540054  # the normal quantile of a two-sided 95 %


class Scope(NamedTuple):
    """Whose score it is (R-A5). ``key``: desk name, sys_id of group or consultant, empty for nobody's."""

    kind: ScopeKind
    key: str = ""


WHOLE = Scope("whole")


@dataclass(frozen=True, slots=True)
class Score:
    """One figure, and all it was made from. Ids are sys_ids (tickets, call-back tasks or calls), sorted."""

    about: About
    scope: Scope
    period: Period
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Of the period, but in neither list; ``about.left_out`` says why."""
    points: float = 0.0
    """What is divided: the length of the numerator, or for a mean the sum of what it earned."""
    out_of: float = 0.0
    """What it is divided by: the length of the denominator, or for a mean the most it could have earned."""
    value: float | None = None
    """Per cent, or a count; None where nothing counts and where nothing is measured. Never 0 for that."""
    target: float | None = None
    """Per cent."""
    met: bool | None = None
    """None where there is no target or no value."""
    small: bool = False
    """A rate over fewer than `SMALL` facts: read the interval, not the value."""
    interval: tuple[float, float] | None = None
    """Wilson's 95 % interval in per cent, for proportions."""
    provisional: bool = False
    """The period had not ended when it was measured."""
    unmeasured: Words | None = None
    """Why there is no source for it; None if it is measured."""

    @property
    def indicator(self) -> str:
        """The indicator's id."""
        return self.about.id

    @property
    def measured(self) -> bool:
        """There is a source for it."""
        return self.unmeasured is None


def wilson(successes: int, count: int) -> tuple[float, float]:
    """Wilson's score interval at 95 %, in per cent, for ``successes`` of ``count``; ``count`` above zero."""
    share = successes / count
    centre = share + _Z * _Z / (2 * count)
    reach = _Z * sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
    scale = 1 + _Z * _Z / count
    # At 0 and 1 the bound is the share itself; rounding must not put the share outside.
    low = max(0.0, min(share, (centre - reach) / scale))
    high = min(1.0, max(share, (centre + reach) / scale))
    return 100 * low, 100 * high


NO_CALLS = Words("no calls are read from this instance", "未接入通话记录")


def measure(
    indicators: Sequence[Indicator[Any]],
    facts: Iterable[TicketFact],
    calls: Iterable[Call] | None,
    periods: Iterable[Period],
    directory: Directory | None = None,
    *,
    now: Instant | None = None,
    scopes: Sequence[ScopeKind] = SCOPE_KINDS,
    unmeasured: Mapping[str, Words] | None = None,
) -> list[Score]:
    """The scores of all indicators, ordered by period, scope kind, scope and indicator.

    ``facts`` must hold every ticket that was opened, resolved, escalated or called back in a period; more do
    no harm. ``calls`` is None where none are read. Periods of one kind must not overlap. ``unmeasured`` says
    for which further indicators there is no source, and why. With ``now`` (seconds UTC), facts whose
    outcome is still open then are left out and running periods are marked.
    Desks and groups of the directory are present even with nothing to count, consultants only with something.
    """
    periods = sorted(set(periods))
    why = dict(unmeasured or {})
    if calls is None:
        why = {one.id: NO_CALLS for one in indicators if one.fact is Ring} | why
    sources, groups = _sources(facts, calls or (), directory)
    rows = _rows(periods)
    laid = [
        _lay(one, sources[one.fact] if one.id not in why else (), rows, now, len(periods))
        for one in indicators
    ]
    scores = []
    for number, period in enumerate(periods):
        running = now is not None and now < period.end
        for kind in scopes:
            sums = [_sum_up(cells[number], kind, groups) for cells in laid]
            for key in _keys(kind, sums, directory):
                scores += [
                    _score(one, Scope(kind, key), period, cells.get(key), running, why.get(one.id))
                    for one, cells in zip(indicators, sums, strict=True)
                ]
    return scores


@dataclass(slots=True)
class _Cell:
    numerator: list[str] = field(default_factory=list)
    denominator: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    points: list[float] = field(default_factory=list)

    def add(self, other: "_Cell") -> None:
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.left_out += other.left_out
        self.points += other.points


class _Row(NamedTuple):
    """The periods of one kind, in order of time."""

    starts: list[Instant]
    ends: list[Instant]
    numbers: list[int]
    """The place of each among all periods."""


def _rows(periods: Sequence[Period]) -> list[_Row]:
    rows = []
    numbered = sorted(enumerate(periods), key=lambda pair: (pair[1].kind, pair[1].start))
    for kind, some in groupby(numbered, key=lambda pair: pair[1].kind):
        row = _Row([], [], [])
        for number, period in some:
            if row.ends and row.ends[-1] > period.start:
                raise ValueError(f"periods of kind {kind} overlap: a record would count twice")
            row.starts.append(period.start)
            row.ends.append(period.end)
            row.numbers.append(number)
        rows.append(row)
    return rows


def _sources(
    facts: Iterable[TicketFact], calls: Iterable[Call], directory: Directory | None
) -> tuple[dict[type, list[Any]], dict[str, Group]]:
    groups = dict(directory.groups) if directory else {}
    newest: dict[str, TicketFact] = {}
    for fact in facts:
        seen = newest.get(fact.ticket.sys_id)
        # The same ticket given twice counts once, as it stands in the later reading.
        if seen is None or seen.ticket.mod_count < fact.ticket.mod_count:
            newest[fact.ticket.sys_id] = fact
        group = fact.ticket.group
        if group is not None:
            groups.setdefault(group.sys_id, group)
    tickets = [newest[key] for key in sorted(newest)]
    call_backs = {
        task.sys_id: CallBack(fact.ticket, task)
        for fact in tickets
        for task in fact.ticket.tasks
        if task.kind in CALL_BACK_KINDS and task.closed_at is not None
    }
    rung = {call.sys_id: Ring(call) for call in calls}
    return {TicketFact: tickets, CallBack: list(call_backs.values()), Ring: list(rung.values())}, groups


def _lay(
    one: Indicator[Any], facts: Sequence[Any], rows: Sequence[_Row], now: Instant | None, periods: int
) -> list[dict[Owner, _Cell]]:
    cells: list[dict[Owner, _Cell]] = [defaultdict(_Cell) for _ in range(periods)]
    at, counts, succeeds, whose, points = one.at, one.counts, one.succeeds, one.whose, one.points
    decided_at = one.decided_at if now is not None else None
    for starts, ends, numbers in rows:
        for fact in facts:
            instant = at(fact)
            place = -1 if instant is None else bisect_right(starts, instant) - 1
            if instant is None or place < 0 or instant >= ends[place]:
                continue
            cell = cells[numbers[place]][whose(fact)]
            sys_id = fact.id
            if not counts(fact) or (decided_at and _later(decided_at(fact), now)):
                cell.left_out.append(sys_id)
                continue
            cell.denominator.append(sys_id)
            if succeeds(fact):
                cell.numerator.append(sys_id)
                if points is not None:
                    cell.points.append(points(fact))
    return cells


def _later(decided_at: Instant | None, now: Instant | None) -> bool:
    return decided_at is not None and now is not None and now < decided_at


def _sum_up(cells: Mapping[Owner, _Cell], kind: ScopeKind, groups: Mapping[str, Group]) -> dict[str, _Cell]:
    sums: dict[str, _Cell] = defaultdict(_Cell)
    for owner, cell in cells.items():
        sums[_key(kind, owner, groups)].add(cell)
    return sums


def _key(kind: ScopeKind, owner: Owner, groups: Mapping[str, Group]) -> str:
    match kind:
        case "whole":
            return ""
        case "desk":
            group = groups.get(owner.group)
            return group.desk if group else ""
        case "group":
            return owner.group
        case "consultant":
            return owner.consultant


def _keys(kind: ScopeKind, sums: Sequence[Mapping[str, _Cell]], directory: Directory | None) -> list[str]:
    keys = {key for cells in sums for key in cells}
    if kind == "whole":
        keys.add("")
    elif directory and kind == "desk":
        keys.update(group.desk for group in directory.groups.values() if group.desk)
    elif directory and kind == "group":
        # Groups of the instance that belong to no desk are nobody's business here, unless they did something.
        keys.update(key for key, group in directory.groups.items() if group.desk)
    return sorted(keys)


def _score(
    one: Indicator[Any],
    scope: Scope,
    period: Period,
    cell: _Cell | None,
    running: bool,
    unmeasured: Words | None,
) -> Score:
    if unmeasured is not None:
        return Score(one.about, scope, period, target=one.target, provisional=running, unmeasured=unmeasured)
    cell = cell or _Cell()
    succeeded, counted = len(cell.numerator), len(cell.denominator)
    mean = one.points is not None
    points = fsum(cell.points) if mean else float(succeeded)
    out_of = counted * one.full_mark if mean else float(counted)
    rate = one.about.unit == "per cent"
    value = (100 * points / out_of if out_of else None) if rate else points
    # Without a division: 0.9 is not a sum of powers of two, and a target just reached is reached.
    met = 100 * points >= one.target * out_of if out_of and rate and one.target is not None else None
    return Score(
        one.about,
        scope,
        period,
        numerator=tuple(sorted(cell.numerator)),
        denominator=tuple(sorted(cell.denominator)),
        left_out=tuple(sorted(cell.left_out)),
        points=points,
        out_of=out_of,
        value=value,
        target=one.target,
        met=met,
        small=rate and 0 < counted < SMALL,
        interval=wilson(succeeded, counted) if rate and counted and not mean else None,
        provisional=running,
    )
