"""Every policy's verdict on every ticket that changed or is due."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from connector.reconcile.world import World
from connector.rules.base import Cohort, Moment, Policy, trait
from connector.settings import Settings
from connector.sync.change import Scheme, Wish
from connector.sync.normalise import Unreadable
from connector.sync.plan import outstanding, unhurried
from connector.sync.store import Store
from connector.ticket import Instant, Ticket

CHUNK = 1000
"""Tickets loaded and judged together; what bounds the memory of a pass."""


@dataclass
class Judged:
    """What judging came to, before planning."""

    tickets: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(policy, reason) → tickets."""
    wishes: list[Wish] = field(default_factory=list)
    """Only what the records do not say already."""
    beyond: Counter[str] = field(default_factory=Counter)
    """Policy → wishes counted and not kept: the brake holds it anyway, or nobody reads so long a list."""
    kept: Counter[str] = field(default_factory=Counter)
    """Policy → wishes kept."""
    quarantined: int = 0

    def keep(self, wish: Wish, most: int) -> None:
        """Take a wish in; past ``most`` of its policy it is only counted: the memory of a pass is bounded."""
        if self.kept[wish.policy] > most:
            self.beyond[wish.policy] += 1
        else:
            self.kept[wish.policy] += 1
            self.wishes.append(wish)


def judge(world: World, settings: Settings, now: Instant, *, full: bool = False) -> Judged:
    """Ask every policy about every ticket that changed or is due; with ``full`` about all of them.

    Sets for each ticket when to look again: 0, at every pass, while something is to be written to it.
    """
    at = replace(world.moment, now=now)
    judged = Judged()
    cohorts: dict[Cohort, tuple[Ticket, ...]] = {}
    chunks = world.store.everything(CHUNK) if full else _due(world.store, now)
    policies = settings.policies
    grouping = [policy for policy in policies if type(policy).cohort is not Policy.cohort]
    bench = Bench(policies)
    adopt_from, most = settings.instance.adopt_instant, settings.safety.max_changes
    for sys_ids in chunks:
        look_again: dict[str, Instant | None] = dict.fromkeys(sys_ids)
        tickets = list(read_tickets(world, sys_ids, now, judged))
        if grouping:
            at = with_cohorts(world, grouping, tickets, at, cohorts)
        for ticket in tickets:
            judged.tickets += 1
            if ticket.opened_at >= adopt_from:
                look_again[ticket.sys_id] = _judge_one(
                    bench.of(ticket), ticket, at, world.scheme, judged, most
                )
        world.store.look_again(look_again)
    return judged


def _due(store: Store, now: Instant) -> Iterator[list[str]]:
    """Chunks of due tickets, each asked for after the one before was judged; ids only grow."""
    after = ""
    while chunk := store.due(now, CHUNK, after):
        after = chunk[-1]
        yield chunk


def read_tickets(
    world: World, sys_ids: Sequence[str], now: Instant, judged: Judged | None = None
) -> Iterator[Ticket]:
    """Tickets of the mirror; one that cannot be read is quarantined with its reason, the rest go on."""
    strange = world.strange
    for mirrored in world.store.load(sys_ids):
        try:
            ticket = world.normaliser.ticket(*mirrored)
        except Unreadable as error:
            sys_id = mirrored.row["sys_id"]
            world.store.quarantine("incident", sys_id, str(error), now)
            strange.add(sys_id)
            if judged is not None:
                judged.quarantined += 1
            continue
        if ticket.sys_id in strange:
            strange.discard(ticket.sys_id)
            world.store.release([ticket.sys_id])
        yield ticket


class Bench:
    """The policies, ready to judge: which of them apply is worked out once for tickets of the same traits."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._policies = policies
        self._trait = trait(frozenset[str]().union(*(policy.when.asks for policy in policies)))
        self._known: dict[tuple[str | None, ...], tuple[Policy, ...]] = {}

    def of(self, ticket: Ticket) -> tuple[Policy, ...]:
        """The policies that apply to a ticket, in the order of the configuration."""
        key = self._trait(ticket)
        fitting = self._known.get(key)
        if fitting is None:
            fitting = tuple(policy for policy in self._policies if policy.applies(ticket))
            self._known[key] = fitting
        return fitting


def _judge_one(
    policies: Iterable[Policy], ticket: Ticket, at: Moment, scheme: Scheme, judged: Judged, most: int
) -> Instant | None:
    """Collect what the policies want of one ticket; say when to look at it again (0: at every pass)."""
    again: Instant | None = None
    enforced: list[Wish] = []
    observed: list[Wish] = []
    verdicts = judged.verdicts
    for policy in policies:
        reason, intents, look_again_at = policy.judge(ticket, at)
        verdicts[policy.name, reason] += 1
        if look_again_at is not None and (again is None or look_again_at < again):
            again = look_again_at
        if intents and (left := outstanding(ticket, intents, scheme)):
            observing = policy.mode == "observe"
            wish = Wish(policy.name, observing, ticket, reason, left)
            (observed if observing else enforced).append(wish)
    if enforced:
        enforced = unhurried(enforced)
    for wish in (*enforced, *unhurried(observed)):
        judged.keep(wish, most)
    return 0 if enforced else again


def with_cohorts(
    world: World,
    grouping: Sequence[Policy],
    tickets: Sequence[Ticket],
    at: Moment,
    known: dict[Cohort, tuple[Ticket, ...]],
) -> Moment:
    """Load the closed sets that verdicts on these tickets depend on; ``known`` grows."""
    wanted = {
        cohort
        for policy in grouping
        for ticket in tickets
        if policy.applies(ticket) and (cohort := policy.cohort(ticket, at)) is not None
    }
    fresh = wanted - known.keys()
    if not fresh:
        return at
    for cohort in fresh:
        members = world.store.closed_between(cohort.start, cohort.end)
        known[cohort] = tuple(read_tickets(world, members, at.now))
    return replace(at, cohorts=dict(known))
