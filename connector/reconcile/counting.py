"""Figures over very many tickets: outcomes kept as tickets change, and scores counted from them.

After each pass the tickets that it judged (changed or due) get a new row; nothing else is touched, so the
cost follows what changed. Scores from these rows have no lists, only their lengths.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any

from connector.kpi.indicator import Indicator
from connector.kpi.outcome import CANCELED, COUNTS, ENDED, added, outcome_of, score_from, sizes_of
from connector.kpi.period import Period
from connector.kpi.score import Scope, Score, Sizes
from connector.kpi.shelf import ScopeKind
from connector.reconcile.figure import indicators_of, limits_of, narrow, unmeasured_by
from connector.reconcile.judgement import CHUNK, read_tickets
from connector.reconcile.world import World
from connector.settings import Settings
from connector.sync.store import OutcomeRow, Store
from connector.ticket import Directory, Instant

Ask = Callable[[str, str, Instant, Instant], dict[str, dict[int, int]]]
"""`Store.outcomes`."""

COUNTED: tuple[ScopeKind, ...] = ("whole", "desk", "group")
"""Kinds of scope that outcomes can be counted by."""


def keep_outcomes(world: World, settings: Settings, sys_ids: Iterable[str], now: Instant) -> int:
    """Work out and keep the outcomes of these tickets; how many."""
    directory, kept, left = world.moment.directory, 0, iter(sys_ids)
    normaliser = narrow(world, settings)
    while chunk := list(islice(left, CHUNK)):
        tickets = read_tickets(world, chunk, now, normaliser=normaliser)
        facts = limits_of(settings, directory, tickets, now)
        rows = [outcome_of(fact, directory.groups, settings.kpi.first_contact) for fact in facts]
        kept += world.store.save_outcomes([OutcomeRow(*row) for row in rows])
    return kept


def complete_outcomes(world: World, settings: Settings, now: Instant) -> int:
    """Keep the outcome of every ticket of the mirror: at first, and after the limits have changed."""
    world.store.drop_outcomes()
    return sum(keep_outcomes(world, settings, chunk, now) for chunk in world.store.everything(CHUNK))


def counted_scores(
    store: Store,
    settings: Settings,
    directory: Directory,
    periods: Sequence[Period],
    now: Instant,
    scopes: Sequence[ScopeKind] = COUNTED,
) -> list[Score]:
    """R-E3 to R-E6, R-E8, R-E11 and the two counts of R-E12 of these periods, by period, scope and indicator.

    Raises ValueError for a kind of scope that is not in `COUNTED`.
    """
    beyond = [kind for kind in scopes if kind not in COUNTED]
    if beyond:
        raise ValueError(f"outcomes cannot be counted by {', '.join(beyond)}")
    why = unmeasured_by(settings)
    known = [one for one in indicators_of(settings, directory) if one.id in COUNTS]
    found: list[Score] = []
    for period in sorted(periods):
        ask = cache(store.outcomes)  # several indicators ask alike
        sizes = {one.id: _sizes(ask, settings, one, period, now) for one in known}
        for kind in scopes:
            parts = {name: _by_scope(kind, groups, directory) for name, groups in sizes.items()}
            found_in = {key for some in parts.values() for key in some}
            for key in sorted(found_in | {""} if kind == "whole" else found_in):
                scope = Scope(kind, key)
                for one in known:
                    if one.id in why:
                        score = Score(one.about, scope, period, target=one.target, unmeasured=why[one.id])
                    else:
                        some = parts[one.id].get(key, Sizes(0, 0, 0))
                        score = score_from(one, scope, period, some, running=now < period.end)
                    found.append(score)
    return found


def _sizes(
    ask: Ask, settings: Settings, one: Indicator[Any], period: Period, now: Instant
) -> dict[str, Sizes]:
    """Group → lengths of the lists."""
    count = COUNTS[one.id]
    groups = ask(count.dated, count.whose, period.start, period.end)
    young: dict[str, dict[int, int]] = {}
    since = max(period.start, now - settings.kpi.first_contact + 1)
    if one.decided_at is not None and since < period.end:
        young = {
            group: {value: number for value, number in bits.items() if not value & (CANCELED | ENDED)}
            for group, bits in ask(count.dated, count.whose, since, period.end).items()
        }
    return {group: sizes_of(count, bits, young.get(group)) for group, bits in groups.items()}


def _by_scope(kind: ScopeKind, groups: dict[str, Sizes], directory: Directory) -> dict[str, Sizes]:
    if kind == "group":
        return groups
    parts: dict[str, list[Sizes]] = {}
    for key, sizes in groups.items():
        group = directory.groups.get(key)
        desk = group.desk if group and kind == "desk" else ""
        parts.setdefault(desk, []).append(sizes)
    return {key: added(some) for key, some in parts.items()}
