"""Facts and scores: what the indicators count, taken from the mirror."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connector.kpi.catalogue import TARGETS, Terms, indicators, per_cent
from connector.kpi.declared import SURVEY, surveyed
from connector.kpi.dimension import dimensions
from connector.kpi.indicator import Entry, Indicator, Source, TicketFact, Words
from connector.kpi.past import as_of
from connector.kpi.period import Period
from connector.kpi.score import SCOPE_KINDS, ScopeKind, Score, measure
from connector.kpi.shelf import Traits
from connector.memory import undisturbed
from connector.reconcile.judgement import CHUNK, read_tickets
from connector.reconcile.world import World
from connector.rules.base import Moment
from connector.rules.callback_sampling import CallbackSampling
from connector.rules.complaint import Complaint
from connector.rules.knowledge_capture import KnowledgeCapture
from connector.rules.sla_timer import SlaTimer
from connector.settings import Settings
from connector.sync.normalise import Normaliser, Unreadable
from connector.ticket import Call, Directory, Instant, Ticket, Tier


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
    entries: Mapping[Source, Sequence[Entry]] | None = None,
) -> list[Score]:
    """The scores as this configuration wants them: its targets and terms, and what it gives no source for.

    ``unread``: the mirror has never been filled, so nothing is measured, not even a count of 0. ``entries``:
    the rows of declared sources, of those that could be read.
    """
    known = indicators_of(settings, directory)
    nothing = Words("nothing has been read yet", "尚未读取数据")
    with undisturbed():
        return measure(
            known,
            facts,
            calls,
            periods,
            directory,
            now=now,
            scopes=scopes,
            unmeasured=dict.fromkeys((one.id for one in known), nothing)
            if unread
            else unmeasured_by(settings),
            entries=entries,
            traits=Traits(settings.kpi.customer, settings.kpi.service),
        )


def indicators_of(settings: Settings, directory: Directory) -> tuple[Indicator[Any], ...]:
    """The regulation's indicators, then those of surveys if one is declared, then the desk's own."""
    terms = terms_of(settings)
    surveys = any(source.kind == SURVEY for source in settings.sources)
    target = terms.targets.get("R-E1", TARGETS["R-E1"])
    return (
        *indicators(terms, directory),
        *((surveyed(target),) if surveys else ()),
        *(dimensions() if rates(settings) else ()),
        *(own.definition.indicator(directory.groups) for own in settings.indicators),
    )


def rates(settings: Settings) -> bool:
    """Whether anything tells of the dimensions of satisfaction (R-D4)."""
    return bool(settings.reads.dimensions) or any(source.dimensions for source in settings.sources)


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
    if not any(tier is Tier.VENDOR for _, tier, _ in settings.groups.values()):
        why["R-E8"] = Words("no desk names a group of the vendor", "未配置厂商组")
    for own in settings.indicators:
        definition = own.definition
        asked = {*definition.denominator, *(definition.numerator or {})}
        for predicate, indicator in (("responded_in_time", "R-E3"), ("resolved_in_time", "R-E6")):
            if predicate in asked and indicator in why:
                why[own.name] = why[indicator]
    return why


def observing(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Indicator → names of the policies in ``observe`` that it hangs on; nothing is scored from those."""
    watching = [policy for policy in settings.policies if not policy.enforced]
    timers = [policy for policy in watching if isinstance(policy, SlaTimer)]
    by_predicate = {
        "responded_in_time": tuple(policy.name for policy in timers if policy.respond_within),
        "resolved_in_time": tuple(policy.name for policy in timers if policy.resolve_within),
        "article": tuple(policy.name for policy in watching if isinstance(policy, KnowledgeCapture)),
        "called_back": tuple(policy.name for policy in watching if isinstance(policy, CallbackSampling)),
    }
    found = {
        "R-E1": by_predicate["called_back"],
        "R-E3": by_predicate["responded_in_time"],
        "R-E6": by_predicate["resolved_in_time"],
    }
    for own in settings.indicators:
        definition = own.definition
        asked = {*definition.denominator, *(definition.numerator or {})} & by_predicate.keys()
        if definition.source == "call_backs":
            asked.add("called_back")
        found[own.name] = tuple(dict.fromkeys(name for each in sorted(asked) for name in by_predicate[each]))
    return {indicator: names for indicator, names in found.items() if names}


def facts(
    world: World, settings: Settings, start: Instant, end: Instant, now: Instant, *, past: bool = False
) -> tuple[list[TicketFact], list[Call] | None]:
    """Tickets that something happened to in [start, end), and the calls of it; None: no source of calls.

    Whether a limit was kept is asked of the first `sla_timer` policy that applies (R-E3, R-E6). ``past``:
    ``now`` is a moment gone by; tickets are set back to how they stood then, and what came later is not told.
    """
    with undisturbed():
        return _facts(world, settings, start, end, now, past=past)


def _facts(
    world: World, settings: Settings, start: Instant, end: Instant, now: Instant, *, past: bool
) -> tuple[list[TicketFact], list[Call] | None]:
    outcome = _Outcome(settings, replace(world.moment, now=now))
    found = []
    normaliser = narrow(world, settings)
    for sys_ids in _chunks(world.store.alive_between(start, end)):
        for ticket in read_tickets(world, sys_ids, now, normaliser=normaliser):
            if past:
                then = stood(settings, world.moment.directory, ticket, now)
                if then is None:
                    continue
                ticket = then
            found.append(outcome.of(ticket))
    if not settings.counts_calls:
        return found, None
    calls = []
    for row in world.store.calls_between(start, min(end, now + 1) if past else end):
        try:
            calls.append(world.normaliser.call(row))
        except Unreadable as error:
            world.store.quarantine("interaction", row.get("sys_id", ""), str(error), now)
    return found, calls


def narrow(world: World, settings: Settings) -> Normaliser:
    """What reads tickets for figures: with what those are made of, and nothing more.

    Of what policies read, that is what the clocks and the complaints do.
    """
    asked = [policy for policy in settings.policies if isinstance(policy, SlaTimer | Complaint)]
    columns = {settings.kpi.customer, settings.kpi.service, *settings.fault_class.columns}
    journals: set[str] = set()
    for policy in asked:
        columns |= policy.columns()
        journals |= policy.journals()
    return world.normaliser.narrow(("knowledge",), columns, journals)


def limits_of(
    settings: Settings, directory: Directory, tickets: Iterable[Ticket], now: Instant
) -> list[TicketFact]:
    """These tickets with how their limits ended, without an instance."""
    outcome = _Outcome(settings, Moment(now, settings.service_hours, directory))
    return [outcome.of(ticket) for ticket in tickets]


class _Outcome:
    """How limits ended, by the first `sla_timer` policy that applies (R-E3, R-E6)."""

    def __init__(self, settings: Settings, at: Moment) -> None:
        self._timers = [policy for policy in settings.policies if isinstance(policy, SlaTimer)]
        self._at = at

    def of(self, ticket: Ticket) -> TicketFact:
        for policy in self._timers:
            if policy.applies(ticket):
                clock = policy.clock(ticket, self._at)
                return TicketFact(ticket, clock.responded_in_time, clock.resolved_in_time)
        return TicketFact(ticket)


def stood(settings: Settings, directory: Directory, ticket: Ticket, moment: Instant) -> Ticket | None:
    """The ticket as it stood at ``moment``, with the class of its priority then; None: it was not there."""
    then = as_of(ticket, moment, directory.groups)
    if then is None or then.priority == ticket.priority:
        return then
    return replace(then, fault_class=settings.fault_class.of(then))


def _chunks(sys_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(sys_ids), CHUNK):
        yield sys_ids[begin : begin + CHUNK]
