"""All figures of a period as one value, from the mirror, the declared sources and what is frozen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from connector.kpi import watch
from connector.kpi.figure import Figures
from connector.kpi.freeze import digest, frozen, is_over, packed, unpacked
from connector.kpi.grade import Grade, Scheme, grades
from connector.kpi.indicator import TicketFact
from connector.kpi.period import OtherKind, Period, before
from connector.kpi.score import SCOPE_KINDS, ScopeKind, Score
from connector.kpi.scorecard import names_of, time_text
from connector.kpi.source import Gathered, State, state_of
from connector.kpi.trend import trends
from connector.reconcile.case import cases_of
from connector.reconcile.figure import facts, indicators_of, observing, scores_of, stood
from connector.reconcile.source import asked, declared_at, entries_of, gathered
from connector.reconcile.world import COMMENTS, World
from connector.rules.sla_timer import SlaTimer
from connector.settings import Settings
from connector.sync.store import FrozenFigure
from connector.ticket import Call, FaultClass, Instant, Ticket

TREND = 6
"""Periods that a trend shows, the one looked at included."""

_GRAVITY = {FaultClass.GENERAL: 1, FaultClass.IMPORTANT: 2, FaultClass.URGENT: 3}


def figures_of(
    world: World,
    settings: Settings,
    period: Period,
    now: Instant | None,
    *,
    scopes: Sequence[ScopeKind] = SCOPE_KINDS,
    trend: int = TREND,
    past: bool = False,
    lists: bool = False,
) -> Figures:
    """The figures of ``period`` and of those before it, as of ``now`` (seconds UTC; None: nothing was read).

    Periods that are frozen are taken as they were frozen; of the others the facts are counted anew. With
    ``past``, ``now`` is a moment gone by: everything is counted from history, nothing frozen is looked at.
    With ``lists`` the lists of frozen figures, which are not kept, are made again from history as of their
    freezing; where they are others now, a problem says so.
    """
    zone = ZoneInfo(settings.instance.zone)
    periods = _line(period, trend, zone)
    moment = period.start if now is None else now
    kept: dict[Period, list[Score]] = {}
    problems = list(settings.left_out)
    if not past and now is not None:
        for each in periods:
            stored, broken = _stored(world, settings, each, scopes)
            problems += broken
            if stored:
                kept[each] = stored
    anew = [each for each in periods if each not in kept or each == period]
    start, end = min(each.start for each in anew), max(each.end for each in anew)
    found, calls = facts(world, settings, start, end, moment, past=past)
    sources = gathered(settings, world.moment.directory, lambda: asked(world, settings, start, end, moment))
    problems += [problem for source in sources for problem in source.problems]
    states = [state_of(one, period, moment) for one in sources]
    problems += _stale(settings, states, period, zone)
    calls = _all_calls(calls, sources, start, end)
    counted = scores_of(
        settings,
        world.moment.directory,
        found,
        calls,
        [each for each in anew if each not in kept],
        now=moment,
        scopes=scopes,
        unread=now is None,
        entries=entries_of(settings, sources, found),
    )
    if lists and period in kept:
        kept[period], changed = _opened_again(world, settings, kept[period], sources)
        problems += changed
    scores = [score for each in periods for score in kept.get(each, ())] + counted
    of_period = [score for score in scores if score.period == period]
    known = {(line.score.indicator, line.score.scope): line for line in trends(scores)}
    inside = [fact for fact in found if _touches(fact, period)]
    return Figures(
        now,
        settings.instance.zone,
        period,
        tuple(periods),
        tuple(of_period),
        tuple(
            known[score.indicator, score.scope]
            for score in of_period
            if (score.indicator, score.scope) in known
        ),
        tuple(graded(settings, of_period)),
        tuple(watched(world, settings, inside, period, sources)),
        (*_own_sources(settings, found, calls, now), *states),
        tuple(problems),
        names_of(world.moment.directory),
        labels(found),
        _links(settings, found, calls),
        tuple(found),
        None if calls is None else tuple(calls),
        world.moment.directory,
        cases_of(world, settings, found, moment),
    )


def _opened_again(
    world: World, settings: Settings, scores: Sequence[Score], sources: Sequence[Gathered]
) -> tuple[list[Score], list[str]]:
    """Frozen scores of one period with their lists, and what the lists do not agree with any more."""
    period, at = scores[0].period, scores[0].frozen_at or 0
    found, calls = facts(world, settings, period.start, period.end, at, past=True)
    counted = scores_of(
        settings,
        world.moment.directory,
        found,
        _all_calls(calls, sources, period.start, period.end),
        [period],
        now=at,
        scopes=tuple(dict.fromkeys(score.scope.kind for score in scores)),
        entries=entries_of(settings, sources, found),
    )
    known = {(score.indicator, score.scope): score for score in counted}
    opened, changed = [], []
    for score in scores:
        anew = known.get((score.indicator, score.scope))
        if anew is not None and digest(anew) != score.digest:
            where = f"{score.scope.kind} {score.scope.key}".strip()
            changed.append(
                f"{score.indicator}, {where}, {period.label}: the records tell another figure than was "
                "frozen, and the list is theirs"
            )
        lists = (anew.numerator, anew.denominator, anew.left_out) if anew is not None else ((), (), ())
        numerator, denominator, left_out = lists
        opened.append(replace(score, numerator=numerator, denominator=denominator, left_out=left_out))
    return opened, changed


def freeze_due(world: World, settings: Settings, figures: Figures, now: Instant) -> int:
    """Freeze the scores of the period if its grace is over and nothing is missing; how many were frozen."""
    if figures.as_of is None or not figures.complete:
        return 0
    if not is_over(figures.period, settings.kpi.grace, min(now, figures.as_of)):
        return 0
    fresh = [score for score in figures.scores if score.frozen_at is None]
    return world.store.freeze(_row(frozen(score, now)) for score in fresh)


def _stale(settings: Settings, states: Sequence[State], period: Period, zone: ZoneInfo) -> list[str]:
    """A problem for each source that says too little about the period."""
    return [
        f"{declared_at(settings, number)}: its newest row is of {time_text(state.newest, zone)}, "
        f"too old for {period.label}"
        for number, state in enumerate(states)
        if state.stale and state.newest is not None
    ]


def graded(settings: Settings, scores: Sequence[Score]) -> list[Grade]:
    """The weighted scores that the configuration asks for."""
    observed = observing(settings)
    found: list[Grade] = []
    for one in settings.grading:
        scheme = Scheme(one.name, one.of, one.weights, one.bounds, one.minimum)
        found += grades(scheme, scores, observed)
    return found


def watched(
    world: World, settings: Settings, facts: Sequence[TicketFact], period: Period, sources: Iterable[Gathered]
) -> list[watch.Finding]:
    """What gaming would look like among these tickets in the period."""
    rank = {raw: _GRAVITY[kind] for raw, kind in settings.priorities.items()}
    due = _due(world, settings)
    told = _told(world, settings, facts, sources)
    return [
        watch.closed_and_reopened(facts, period),
        watch.class_lowered(facts, period, rank, due),
        watch.silent_pauses(facts, period, told),
        watch.satisfied_called(facts, period),
        watch.late_escalation(facts, period, world.moment.directory.groups, due),
    ]


def _due(world: World, settings: Settings) -> Callable[[Ticket, Instant], Instant | None] | None:
    """When a ticket's resolution was due as things stood at a moment; None without any limit."""
    timers = [one for one in settings.policies if isinstance(one, SlaTimer) and one.resolve_within]
    if not timers:
        return None

    def due(ticket: Ticket, moment: Instant) -> Instant | None:
        then = stood(settings, world.moment.directory, ticket, moment)
        timer = next((one for one in timers if then is not None and one.applies(then)), None)
        if then is None or timer is None:
            return None
        target = timer.clock(then, replace(world.moment, now=moment)).resolution
        return target.due if target is not None else None

    return due


def _told(
    world: World, settings: Settings, facts: Sequence[TicketFact], sources: Iterable[Gathered]
) -> dict[str, list[Instant]] | None:
    """sys_id → when the caller was written or spoken to, by the comments on the ticket and by sources of
    contacts; None where neither is read.
    """
    contacts = [one for one in sources if one.declared.kind == "contacts" and one.missing is None]
    written = settings.kpi.comments and settings.instance.history == "audit"
    if not contacts and not written:
        return None
    by_number = {fact.ticket.number: fact.id for fact in facts}
    told: dict[str, list[Instant]] = {}
    if written:
        told |= world.store.changed_at(COMMENTS, [fact.id for fact in facts])
    for source in contacts:
        for entry in source.entries:
            sys_id = by_number.get(entry.values["number"])
            if sys_id is not None:
                told.setdefault(sys_id, []).append(entry.at)
    return told


def _line(period: Period, count: int, zone: ZoneInfo) -> list[Period]:
    found = [period]
    if period.kind not in (OtherKind.SHIFT, OtherKind.OWN):
        while len(found) < count:
            try:
                found.append(before(found[-1], zone))
            except (ValueError, OverflowError):
                break
    return found[::-1]


def _stored(
    world: World, settings: Settings, period: Period, scopes: Sequence[ScopeKind]
) -> tuple[list[Score], list[str]]:
    """The frozen scores of a period in the order in which they are counted, and what is broken among them."""
    scores, broken = [], []
    for text in world.store.frozen(str(period.kind), period.start, scopes):
        try:
            scores.append(unpacked(text))
        except ValueError as error:
            broken.append(f"{period.label}: {error}")
    if {score.scope.kind for score in scores} != set(scopes):
        return [], broken  # frozen for other scopes only: count it anew
    known = indicators_of(settings, world.moment.directory)
    order = {name: place for place, name in enumerate([*scopes, *(one.id for one in known)])}
    last = len(order)
    scores.sort(
        key=lambda score: (order[score.scope.kind], score.scope.key, order.get(score.indicator, last))
    )
    return scores, broken


def _row(score: Score) -> FrozenFigure:
    return FrozenFigure(
        str(score.period.kind),
        score.period.start,
        score.scope.kind,
        score.scope.key,
        score.indicator,
        score.frozen_at or 0,
        packed(score),
    )


def _all_calls(
    calls: list[Call] | None, sources: Iterable[Gathered], start: Instant, end: Instant
) -> list[Call] | None:
    logs = [one for one in sources if one.declared.kind == "calls" and one.missing is None]
    if not logs:
        return calls
    return [*(calls or ()), *(call for one in logs for call in one.calls if start <= call.opened_at < end)]


def _own_sources(
    settings: Settings, facts: Sequence[TicketFact], calls: Sequence[Call] | None, now: Instant | None
) -> list[State]:
    """What the instance itself gives."""
    moved = max((fact.ticket.updated_at for fact in facts), default=None)
    rung = max((call.opened_at for call in calls or ()), default=None)
    states = [
        State("tickets", "tickets", "incident", None if now is None else len(facts), moved, now),
        State("history", "history", _HISTORY[settings.instance.history], None, moved, now),
    ]
    if settings.counts_calls:
        rows = None if calls is None or now is None else len(calls)
        states.append(State("calls", "calls", "interaction", rows, rung, now))
    return states


_HISTORY = {"audit": "sys_audit", "metric": "metric_instance", "observed": "our own polls"}


def _touches(fact: TicketFact, period: Period) -> bool:
    ticket = fact.ticket
    return ticket.opened_at < period.end and (ticket.closed_at is None or ticket.closed_at >= period.start)


def labels(facts: Iterable[TicketFact]) -> dict[str, str]:
    """sys_id of a ticket or call-back → the number people know it by."""
    found = {}
    for fact in facts:
        found[fact.ticket.sys_id] = fact.ticket.number
        for task in fact.ticket.tasks:
            found[task.sys_id] = f"{fact.ticket.number} {task.kind}"
    return found


def _links(settings: Settings, facts: Iterable[TicketFact], calls: Iterable[Call] | None) -> dict[str, str]:
    base = settings.instance.url.rstrip("/")
    links = {}
    for fact in facts:
        links[fact.ticket.sys_id] = f"{base}/incident.do?sys_id={fact.ticket.sys_id}"
        for task in fact.ticket.tasks:
            links[task.sys_id] = f"{base}/incident_task.do?sys_id={task.sys_id}"
    for call in calls or ():
        links[call.sys_id] = f"{base}/interaction.do?sys_id={call.sys_id}"
    return links
