"""Facts and scores: what the indicators count, taken from the mirror."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connector.kpi.catalogue import Terms, indicators, per_cent
from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period
from connector.kpi.score import SCOPE_KINDS, ScopeKind, Score, measure
from connector.reconcile.judgement import CHUNK, read_tickets
from connector.reconcile.world import World
from connector.rules.sla_timer import SlaTimer
from connector.settings import Settings
from connector.sync.normalise import Unreadable
from connector.ticket import Call, Instant


def scores(
    world: World,
    settings: Settings,
    periods: Iterable[Period],
    now: Instant,
    scopes: Sequence[ScopeKind] = SCOPE_KINDS,
) -> list[Score]:
    """R-E1 to R-E6 and R-E12 for these periods and scopes, from what the mirror knows."""
    periods = list(periods)
    start, end = min(p.start for p in periods), max(p.end for p in periods)
    found, calls = facts(world, settings, start, end, now)
    directory = world.moment.directory
    terms = Terms(
        full_mark=settings.reads.full_mark,
        first_contact=settings.kpi.first_contact,
        targets={name: per_cent(share) for name, share in settings.kpi.targets.items()},
    )
    return measure(indicators(terms, directory), found, calls, periods, directory, now=now, scopes=scopes)


def facts(
    world: World, settings: Settings, start: Instant, end: Instant, now: Instant
) -> tuple[list[TicketFact], list[Call] | None]:
    """Tickets that something happened to in [start, end), and the calls of it; None: no source of calls.

    Whether a limit was kept is asked of the first `sla_timer` policy that applies (R-E3, R-E6).
    """
    at = replace(world.moment, now=now)
    timers = [policy for policy in settings.policies if isinstance(policy, SlaTimer)]
    found = []
    for sys_ids in _chunks(world.store.alive_between(start, end)):
        for ticket in read_tickets(world, sys_ids, now):
            timer = next((policy for policy in timers if policy.applies(ticket)), None)
            clock = timer.clock(ticket, at) if timer else None
            found.append(
                TicketFact(
                    ticket,
                    clock.responded_in_time if clock else None,
                    clock.resolved_in_time if clock else None,
                )
            )
    if not settings.counts_calls:
        return found, None
    calls = []
    for row in world.store.calls_between(start, end):
        try:
            calls.append(world.normaliser.call(row))
        except Unreadable as error:
            world.store.quarantine("interaction", row.get("sys_id", ""), str(error), now)
    return found, calls


def _chunks(sys_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(sys_ids), CHUNK):
        yield sys_ids[begin : begin + CHUNK]
