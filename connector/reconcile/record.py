"""Every policy's verdict on the records other than incidents that changed or are due, and their plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connector.reconcile.duty import with_duty
from connector.reconcile.judgement import CHUNK, Judged, legible
from connector.reconcile.library import MirroredLibrary
from connector.reconcile.precedent import MirroredPrecedents
from connector.reconcile.register import Register
from connector.reconcile.world import World
from connector.rules.base import Moment
from connector.settings import Settings
from connector.sync.change import Plan, Wish
from connector.sync.plan import make_plan, outstanding
from connector.sync.row import CALENDAR
from connector.sync.store import Mirrored
from connector.ticket import Instant, Ticket


def judge_records(world: World, settings: Settings, now: Instant, *, full: bool = False) -> dict[str, Judged]:
    """Ask the policies of each further table about its records that are due; with ``full`` about all.

    Nothing is asked about a table that the instance does not have, whatever of it is known from before.
    """
    return {
        table: _judge(world, settings, register, now, full=full)
        for table, register in world.registers.items()
        if table not in world.absent
    }


def _judge(world: World, settings: Settings, register: Register, now: Instant, *, full: bool) -> Judged:
    judged, store = Judged(), world.store
    at = replace(world.moment, now=now, precedents=MirroredPrecedents(world))
    if register.table == CALENDAR:
        library = MirroredLibrary(store, settings.instance.auth.user)
        at = replace(with_duty(world, settings, register.policies, at), library=library)
    due = store.records_due(register.table, None if full else now)
    for start in range(0, len(due), CHUNK):
        some = due[start : start + CHUNK]
        again: dict[str, Instant | None] = dict.fromkeys(some)
        for ticket in read_records(world, settings, register, some, now, judged):
            again[ticket.sys_id] = _ask(register, settings, ticket, at, judged)
        store.look_at_records_again(again)
    return judged


def read_records(
    world: World,
    settings: Settings,
    register: Register,
    sys_ids: Sequence[str],
    now: Instant,
    judged: Judged | None = None,
) -> Iterator[Ticket]:
    """Records of the mirror; one that cannot be read is quarantined with its reason, the rest go on."""
    store, adopted = world.store, settings.instance.adopt_instant

    def made(mirrored: Sequence[Mirrored]) -> list[Ticket]:
        return [register.ticket(adopted, *one) for one in mirrored]

    found = store.load_records(sys_ids)
    return legible(store, register.table, register.strange, found, made, now, judged)


def _ask(
    register: Register, settings: Settings, ticket: Ticket, at: Moment, judged: Judged
) -> Instant | None:
    """Collect what the policies want of one record; when to look at it again."""
    judged.tickets += 1
    if ticket.opened_at < settings.instance.adopt_instant:
        return None
    again: Instant | None = None
    wishes = []
    for policy in register.policies:
        if not policy.applies(ticket):
            continue
        verdict = policy.judge(ticket, at)
        judged.verdicts[policy.name, verdict.reason] += 1
        if verdict.look_again_at is not None:
            again = verdict.look_again_at if again is None else min(again, verdict.look_again_at)
        left = outstanding(ticket, verdict.intents, register.scheme)
        if left:
            since = policy.enforced_from(ticket.desk, settings.instance.zone)
            observe = (at.now if ticket.kind == CALENDAR else ticket.opened_at) < since
            wishes.append(Wish(policy.name, observe, ticket, verdict.reason, left))
    taken = judged.take(wishes, settings.safety.max_changes)
    return 0 if taken and not taken[0].observe else again


def plan_records(world: World, settings: Settings, judged: Mapping[str, Judged], now: Instant) -> list[Plan]:
    """A plan for each further table, by its own columns and against its own number of records."""
    plans = []
    for table, found in judged.items():
        if found.wishes:
            many = len(found.wishes) >= settings.safety.share_from
            plans.append(
                make_plan(
                    found.wishes,
                    world.registers[table].scheme,
                    settings.safety,
                    now=now,
                    adopt_from=settings.instance.adopt_instant,
                    population=world.store.count_records(table) if many else 0,
                    beyond=found.beyond,
                )
            )
    return plans


def joined(first: Plan, others: Sequence[Plan]) -> Plan:
    """Several plans as one; no record is in two of them."""
    if not others:
        return first
    several = (first, *others)
    return Plan(
        first.at,
        tuple(change for plan in several for change in plan.changes),
        tuple(change for plan in several for change in plan.observed),
        tuple(conflict for plan in several for conflict in plan.conflicts),
        {policy: why for plan in several for policy, why in plan.refused.items()},
        {policy: count for plan in several for policy, count in plan.unlisted.items()},
        tuple(number for plan in several for number in plan.full),
    )


def added(first: Judged, others: Mapping[str, Judged]) -> None:
    """Count the records of further tables in with the tickets, once their plans are made."""
    for found in others.values():
        first.wishes += found.wishes
        first.wished.update(found.wished)
        first.tickets += found.tickets
        first.verdicts.update(found.verdicts)
        first.quarantined += found.quarantined
