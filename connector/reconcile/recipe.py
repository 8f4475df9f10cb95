"""One pass, as a recipe. Every pass could be the first: what has been done is read from the records."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from connector.errors import Fatal, NoTable, Refused, Retriable
from connector.memory import undisturbed
from connector.reconcile.counting import keep_outcomes
from connector.reconcile.halt import Halt, halted, halted_there
from connector.reconcile.judgement import Judged, Judgement
from connector.reconcile.observation import remember
from connector.reconcile.record import added, joined, judge_records, plan_records
from connector.reconcile.world import World
from connector.settings import Settings
from connector.sync.apply import carry_out
from connector.sync.change import Plan
from connector.sync.outcome import Answer, Outcome, Written
from connector.sync.plan import make_plan
from connector.sync.poll import Swept, poll, sweep
from connector.sync.store import JournalEntry, Look
from connector.ticket import Instant

IN_SIGHT = 30 * 86400
"""Seconds after its closing for which a ticket counts in the brake's share: call-backs come after it."""

SWEPT = frozenset({"incident", "incident_task", "kb_knowledge", "m2m_kb_task"})
"""Tables that the daily sweep compares; history and calls are only ever added to."""

NEW_OBJECTS = 10_000
"""Python objects after which garbage is looked for during a pass."""

BACK_OFF = 900
"""Seconds until a ticket whose write was forbidden is tried again."""


class Watch(Protocol):
    """Told what a pass is at, by whoever wants to show it; ``of`` is 0 where nobody knows how much it is."""

    def __call__(self, what: str, done: int = 0, of: int = 0) -> None:
        """``reading incident``, 4 of 7."""
        ...


def unwatched(what: str, done: int = 0, of: int = 0) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class PassReport:
    """One pass, for people and programs."""

    at: Instant
    polled: Counter[str]
    """Source → rows that were new to us."""
    judged: int
    """Tickets."""
    verdicts: Counter[tuple[str, str]]
    """(policy, reason) → tickets."""
    plan: Plan
    outcome: Outcome
    requests: int
    quarantined: int
    trouble: str = ""
    """Why the pass ended early, or empty."""
    touched: int = 0
    """Tickets that were only touched: nothing a policy reads has changed, so their verdicts stand."""
    halt: Halt | None = None
    """Why nothing was written, or asked, whatever the plan says."""
    absent: tuple[str, ...] = ()
    """Further tables that the instance does not have, sorted: the policies about them rest."""


def run_pass(
    world: World,
    settings: Settings,
    now: Instant,
    *,
    apply: bool,
    full: bool = False,
    stop: Callable[[], bool] = lambda: False,
    watch: Watch = unwatched,
) -> PassReport:
    """Look, judge, plan and, if told to, act. The recipe; every ingredient is elsewhere.

    ``full`` judges every ticket of the mirror instead of changed ∪ due. A `Retriable` error ends the pass:
    the cursor stays, the report says so, the next pass goes on. `Fatal` and `Refused` are raised.
    While a brake is on, what the plan says is not written; during a pause a pass that would write is none.
    """
    halt = halted(settings)
    if apply and halt is not None and halt.kind != "brake":
        if halt.kind == "retired":
            raise Refused(halt.told(settings))
        return _no_pass(now, halt)
    sent, began = world.gateway.requests_sent, world.clock.monotonic()
    polled: Counter[str] = Counter()
    judged, plan, outcome, trouble = Judged(), Plan(now), Outcome(), ""
    asked = False

    def stopping() -> bool:
        nonlocal asked, halt
        halt = halt or halted(settings)
        asked = halt is not None or stop()
        return asked

    try:
        if apply and halt is None:
            halt = halted_there(world, settings)
            if halt is not None and halt.kind == "pause":
                return _no_pass(now, halt)
        world.meet_strangers(settings)
        judgement = Judgement(world, settings, now)
        judged = judgement.judged
        with undisturbed(NEW_OBJECTS):
            try:
                observe(world, settings, polled, watch, None if full else judgement.at_hand)
            except Retriable:
                judgement.take_back()
                raise
            watch("judging")
            if full:
                judgement.all()
            else:
                judgement.due()
            del judgement  # the tickets that it compared others with make room for the plan
            further = judge_records(world, settings, now, full=full)
            plan = make_plan(
                judged.wishes,
                world.scheme,
                settings.safety,
                now=now,
                adopt_from=settings.instance.adopt_instant,
                population=_population(world, settings, judged, now),
                beyond=judged.beyond,
            )
            plan = joined(plan, plan_records(world, settings, further, now))
            added(judged, further)
            remember(world, settings, judged, plan)
        if apply and plan.changes and not (halt := halt or halted(settings)):
            outcome = act(world, settings, plan, stopping, watch)
            trouble = "" if asked else outcome.stopped  # who is told to stop has not failed
    except Retriable as error:
        trouble = str(error) or type(error).__name__
    except (Fatal, Refused) as error:
        # It ends the daemon; `status` is where somebody looks for why.
        requests = world.gateway.requests_sent - sent
        took = world.clock.monotonic() - began
        world.store.record_pass(
            now, ok=False, trouble=str(error), requests=requests, judged=judged.tickets, took=took
        )
        raise
    if settings.kpi.outcomes:
        if full:
            world.store.drop_outcomes()
        keep_outcomes(world, settings, judged.seen, now)
    report = PassReport(
        now,
        polled,
        judged.tickets,
        judged.verdicts,
        plan,
        outcome,
        world.gateway.requests_sent - sent,
        judged.quarantined,
        trouble,
        judged.touched,
        halt,
        tuple(sorted(world.absent)),
    )
    world.store.record_pass(
        now,
        ok=not trouble,
        trouble=trouble or (outcome.stopped if asked else ""),
        requests=report.requests,
        judged=report.judged,
        written=outcome.done,
        took=world.clock.monotonic() - began,
    )
    return report


def _no_pass(now: Instant, halt: Halt) -> PassReport:
    """Nothing was asked, nothing was judged, and `status` counts no pass."""
    return PassReport(now, Counter(), 0, Counter(), Plan(now), Outcome(), 0, 0, halt=halt)


def _population(world: World, settings: Settings, judged: Judged, now: Instant) -> int:
    """Against what the brake's share is taken: tickets not closed a month ago; 0 when it cannot matter."""
    many = len(judged.wishes) >= settings.safety.share_from
    return world.store.count_alive(now - IN_SIGHT) if many else 0


def observe(
    world: World,
    settings: Settings,
    polled: Counter[str],
    watch: Watch = unwatched,
    look: Look | None = None,
) -> None:
    """Poll every source that a policy or an indicator needs; what is new is saved and its tickets are due.

    A further table that the instance does not have is asked for again in each pass, and its policies rest.
    ``look`` judges the tickets while they are at hand. They come last, so that all that belongs to them is
    known; where their past is told by observation, it is known only when they are saved.
    """
    for done, source in enumerate(world.sources):
        watch(f"reading {source.table}", done, len(world.sources))
        try:
            seen = poll(
                world.gateway,
                source,
                world.store,
                lag=settings.poll.lag,
                look=None if source.observe else look,
                now=world.clock.now(),
            )
        except NoTable:
            if source.table not in world.registers:
                raise
            world.absent.add(source.table)
            continue
        world.absent.discard(source.table)
        polled[source.name] += seen.saved


def refresh(world: World, settings: Settings, watch: Watch = unwatched) -> None:
    """Poll, and judge nothing."""
    observe(world, settings, Counter(), watch)


def sweep_world(world: World) -> dict[str, Swept]:
    """Compare what can be deleted or changed without a new stamp with the mirror; table → what was found.

    A further table that the instance does not have is left out: its plug-in may come back.
    """
    closed_since = world.clock.now() - IN_SIGHT
    found = {}
    for source in world.sources:
        if source.table in SWEPT or source.table in world.registers:
            try:
                found[source.table] = sweep(world.gateway, world.store, source, closed_since=closed_since)
            except NoTable:
                if source.table not in world.registers:
                    raise
    return found


def act(
    world: World,
    settings: Settings,
    plan: Plan,
    stop: Callable[[], bool] = lambda: False,
    watch: Watch = unwatched,
) -> Outcome:
    """Carry out the plan, with a journal entry for each write; then say when to try again what failed."""
    done = 0

    def record(steps: Sequence[Written]) -> None:
        nonlocal done
        done += len(steps)
        watch("writing", done, len(plan.changes))
        sent_at = world.clock.now()
        world.store.journal(
            JournalEntry(
                at=plan.at,
                sent_at=sent_at,
                ticket=change.ticket,
                number=change.number,
                table=change.table,
                record=change.sys_id,
                because=[list(b) for b in change.because],
                fields=[list(f) for f in change.fields],
                settings=settings.digest,
                answer=str(step.answer),
                detail=step.detail,
            )
            for step in steps
            for change in (step.change,)
        )

    marks = world.scheme.columns.get("marks", "")
    outcome = carry_out(
        plan,
        world.gateway,
        record,
        marks_column=marks,
        marks_of={table: settings.marks_of(table) for table in world.registers},
        stop=stop,
        packer=world.gateway,
    )
    if outcome.dropped_columns:
        world.scheme = replace(world.scheme, refused=world.scheme.refused | outcome.dropped_columns)
    waiting: dict[str, Instant | None] = {
        written.change.ticket: plan.at + BACK_OFF
        for written in outcome.written
        if written.answer is Answer.FORBIDDEN
    }
    world.store.look_again(waiting)
    if world.registers:
        world.store.look_at_records_again(waiting)
    _lost(world, outcome)
    _read_again(world, outcome)
    return outcome


def _read_again(world: World, outcome: Outcome) -> None:
    """Read what had changed since it was judged: it may have been out of sight when a poll went by, and no
    poll would ask for it again.
    """
    for source in world.sources:
        sys_ids = sorted(
            {
                step.change.sys_id
                for step in outcome.written
                if step.answer is Answer.CHANGED and step.change.table == source.table
            }
        )
        if sys_ids:
            with suppress(Retriable):
                rows = world.gateway.by_ids(source.table, sys_ids, source.fields)
                world.store.save(source.table, list(rows.values()), None, observe=source.observe)


def _lost(world: World, outcome: Outcome) -> None:
    """Forget the records that are gone, if they still are in the next pass that writes and at a look then.

    One 404 may have been a mistake on the way, a row may be out of sight for a moment, and a ticket that is
    forgotten misses its deadlines.
    """
    gone = {(step.change.table, step.change.ticket) for step in outcome.written if step.answer is Answer.GONE}
    again = gone & world.missing
    world.missing = gone - again
    for table in sorted({table for table, _ in again}):
        sys_ids = sorted(sys_id for one, sys_id in again if one == table)
        with suppress(Retriable):
            there = world.gateway.by_ids(table, sys_ids, ["sys_id"])
            left = [sys_id for sys_id in sys_ids if sys_id not in there]
            if table == "incident":
                world.store.forget(left)
            elif table in world.registers:
                world.store.drop(table, left)
