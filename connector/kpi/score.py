"""Scores: every indicator, per scope and period, with the records behind both sides of the fraction.

Facts are laid out by id (`connector.kpi.shelf`) and each scope of R-A5 gets the part that is its own, so the
lists of the desks, groups and consultants partition those of the whole, by construction. Nothing depends on
the order in which facts come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Any, NamedTuple, get_args

from connector.kpi.indicator import (
    CALL_BACK_KINDS,
    About,
    CallBack,
    Entry,
    Indicator,
    Ring,
    Source,
    TicketFact,
    Words,
)
from connector.kpi.period import Period
from connector.kpi.shelf import COMMON, Cell, Shelf, Traits, rows_of
from connector.kpi.shelf import ScopeKind as ScopeKind
from connector.ticket import Call, Directory, Group, Instant

ALL_SCOPES: tuple[ScopeKind, ...] = get_args(ScopeKind)
SCOPE_KINDS: tuple[ScopeKind, ...] = ALL_SCOPES[:4]
"""Those of R-A5; customers and services are asked for by name."""

SMALL = 20
"""A denominator below it is marked: one record more or less moves the value by over five points."""

_Z = 1.959963984540054  # the normal quantile of a two-sided 95 %


class Scope(NamedTuple):
    """Whose score it is (R-A5). ``key``: desk name, sys_id of group, consultant or customer, value of the
    service column; empty for nobody's.
    """

    kind: ScopeKind
    key: str = ""


WHOLE = Scope("whole")


class Sizes(NamedTuple):
    """Lengths of the three lists of a score."""

    numerator: int
    denominator: int
    left_out: int


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
    frozen_at: Instant | None = None
    """When the period was closed for corrections; None: it is not (`connector.kpi.freeze`)."""
    digest: str = ""
    """Of a frozen score: sixteen hex digits over all of it, its lists included."""
    kept: Sizes | None = None
    """How many ids the lists had where only their lengths were kept (frozen, or summed up): they are empty
    then. None: the lists are here.
    """

    @property
    def indicator(self) -> str:
        """The indicator's id."""
        return self.about.id

    @property
    def sizes(self) -> Sizes:
        """How many facts are on either side of the fraction and how many were left out."""
        return self.kept or Sizes(len(self.numerator), len(self.denominator), len(self.left_out))

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
NO_SOURCE = Words("no source is declared", "未声明数据来源")


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
    entries: Mapping[Source, Sequence[Entry]] | None = None,
    traits: Traits = COMMON,
) -> list[Score]:
    """The scores of all indicators, ordered by period, scope kind, scope and indicator.

    ``facts`` must hold every ticket that was opened, resolved, escalated or called back in a period; more do
    no harm. ``calls`` is None where none are read, ``entries`` has the rows of each declared source that
    could be read. Periods of one kind must not overlap. ``unmeasured`` says for which further indicators
    there is no source, and why. With ``now`` (seconds UTC), facts whose outcome is still open then are left
    out and running periods are marked. ``traits`` names the columns of customer and service.
    Desks and groups of the directory are present even with nothing to count, others only with something.
    """
    periods = sorted(set(periods))
    entries = entries or {}
    why = dict(unmeasured or {})
    if calls is None:
        why = {one.id: NO_CALLS for one in indicators if one.fact is Ring} | why
    why = {one.id: NO_SOURCE for one in indicators if one.fact is Entry and one.source not in entries} | why
    rows = rows_of(periods)
    sources, groups = _sources(facts, calls or (), directory)
    for name, some in entries.items():
        by_id = {entry.id: entry for entry in some}
        sources[name] = [by_id[key] for key in sorted(by_id)]
    shelves = {name: Shelf(some, rows, groups, traits) for name, some in sources.items()}
    nowhere: list[dict[ScopeKind, dict[str, Cell]]] = [{kind: {} for kind in scopes} for _ in periods]
    laid = [
        nowhere if one.id in why else shelves[one.source or one.fact].cells(one, scopes, now)
        for one in indicators
    ]
    scores = []
    for number, period in enumerate(periods):
        running = now is not None and now < period.end
        for kind in scopes:
            found = [cells[number][kind] for cells in laid]
            for key in _keys(kind, found, directory):
                scope = Scope(kind, key)
                scores += [
                    score_of(one, scope, period, cells.get(key, _NOTHING), running, why.get(one.id))
                    for one, cells in zip(indicators, found, strict=True)
                ]
    return scores


_NOTHING = Cell()


def _sources(
    facts: Iterable[TicketFact], calls: Iterable[Call], directory: Directory | None
) -> tuple[dict[type | Source, list[Any]], dict[str, Group]]:
    """All facts by kind, each in the order of its ids; and every group that is known."""
    groups = dict(directory.groups) if directory else {}
    newest: dict[str, TicketFact] = {}
    for fact in facts:
        ticket = fact.ticket
        seen = newest.get(ticket.sys_id)
        # The same ticket given twice counts once, as it stands in the later reading.
        if seen is None or seen.ticket.mod_count < ticket.mod_count:
            newest[ticket.sys_id] = fact
        group = ticket.group
        if group is not None and group.sys_id not in groups:
            groups[group.sys_id] = group
    tickets = [newest[key] for key in sorted(newest)]
    call_backs = {
        task.sys_id: CallBack(fact.ticket, task)
        for fact in tickets
        for task in fact.ticket.tasks
        if task.kind in CALL_BACK_KINDS and task.closed_at is not None
    }
    rung = {call.sys_id: Ring(call) for call in calls}
    found: dict[type | Source, list[Any]] = {
        TicketFact: tickets,
        CallBack: [call_backs[key] for key in sorted(call_backs)],
        Ring: [rung[key] for key in sorted(rung)],
    }
    return found, groups


def _keys(kind: ScopeKind, found: Sequence[Mapping[str, Cell]], directory: Directory | None) -> list[str]:
    keys = {key for cells in found for key in cells}
    if kind == "whole":
        keys.add("")
    elif directory and kind == "desk":
        keys.update(group.desk for group in directory.groups.values() if group.desk)
    elif directory and kind == "group":
        # Groups of the instance that belong to no desk are nobody's business here, unless they did something.
        keys.update(key for key, group in directory.groups.items() if group.desk)
    return sorted(keys)


def score_of(
    one: Indicator[Any],
    scope: Scope,
    period: Period,
    cell: Cell,
    running: bool = False,
    unmeasured: Words | None = None,
) -> Score:
    """The score that an indicator gives for what was found in a period and scope."""
    if unmeasured is not None:
        return Score(one.about, scope, period, target=one.target, provisional=running, unmeasured=unmeasured)
    succeeded, counted = len(cell.numerator), len(cell.denominator)
    mean = one.points is not None
    points = fsum(cell.points) if mean else float(succeeded)
    out_of = counted * one.full_mark if mean else float(counted)
    rate = one.about.unit == "per cent"
    value = (100 * points / out_of if out_of else None) if rate else points
    return Score(
        one.about,
        scope,
        period,
        cell.numerator,
        cell.denominator,
        cell.left_out,
        points,
        out_of,
        value,
        one.target,
        is_met(one, points, out_of),
        rate and 0 < counted < SMALL,
        wilson(succeeded, counted) if rate and counted and not mean else None,
        running,
    )


def is_met(one: Indicator[Any], points: float, out_of: float) -> bool | None:
    """Whether the target is reached; None without a target or anything to count.

    Without a division: 0.9 is not a sum of powers of two, and a target just reached is reached.
    """
    if one.target is None:
        return None
    if one.about.unit == "count":
        reached, wanted = points, one.target
    elif out_of:
        reached, wanted = 100 * points, one.target * out_of
    else:
        return None
    return reached >= wanted if one.about.direction == "up" else reached <= wanted
