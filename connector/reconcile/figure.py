"""Facts and scores: what the indicators count, taken from the mirror."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from connector.kpi.catalogue import Terms, indicators, per_cent
from connector.kpi.indicator import TicketFact, Words
from connector.kpi.period import Period
from connector.kpi.score import SCOPE_KINDS, ScopeKind, Score, measure
from connector.reconcile.judgement import CHUNK, read_tickets
from connector.reconcile.world import World
from connector.rules.sla_timer import SlaTimer
from connector.settings import Settings
from connector.sync.normalise import Unreadable
from connector.ticket import Call, Directory, Instant


def scores(
    world: World,
    settings: Settings,
    periods: Sequence[Period],
    now: Instant,
    scopes: Sequence[ScopeKind] = SCOPE_KINDS,
) -> list[Score]:
    """R-E1 to R-E6 and R-E12 for these periods and scopes, from what the mirror knew at ``now``."""
    start, end = min(p.start for p in periods), max(p.end for p in periods)
    found, calls = facts(world, settings, start, end, now)
    return scores_of(settings, world.moment.directory, found, calls, periods, now=now, scopes=scopes)


def scores_of(
    settings: Settings,
    directory: Directory,
    facts: Sequence[TicketFact],
    calls: Sequence[Call] | None,
    periods: Sequence[Period],
    *,
    now: Instant | None = None,
    scopes: Sequence[ScopeKind] = SCOPE_KINDS,
    unread: bool = False,
) -> list[Score]:
    """The scores as this configuration wants them: its targets and terms, and what it gives no source for.

    ``unread``: the mirror has never been filled, so nothing is measured, not even a count of 0.
    """
    known = indicators(terms_of(settings), directory)
    nothing = Words("nothing has been read yet", "尚未读取数据")
    return measure(
        known,
        facts,
        calls,
        periods,
        directory,
        now=now,
        scopes=scopes,
        unmeasured=dict.fromkeys((one.id for one in known), nothing) if unread else unmeasured_by(settings),
    )


def terms_of(settings: Settings) -> Terms:
    """What the desk has set; targets stand as shares in the file and as per cent in scores."""
    return Terms(
        full_mark=settings.reads.full_mark,
        first_contact=settings.kpi.first_contact,
        targets={name: per_cent(share) for name, share in settings.kpi.targets.items()},
    )


def unmeasured_by(settings: Settings) -> dict[str, Words]:
    """Indicators that this configuration gives no source for → why, for a manager to read."""
    timers = [policy for policy in settings.policies if isinstance(policy, SlaTimer)]
    why = {}
    if settings.reads.score is None:
        why["R-E1"] = Words("no score column is configured", "未配置评分字段")
    if not any(timer.respond_within for timer in timers):
        why["R-E3"] = Words("no policy sets a response limit", "未设响应时限")
    if not any(timer.resolve_within for timer in timers):
        why["R-E6"] = Words("no policy sets a resolution limit", "未设处理时限")
    return why


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
