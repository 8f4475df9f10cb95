"""Every policy's verdict on every ticket that changed or is due."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from connector.reconcile.bench import Bench, Case, Fitting
from connector.reconcile.library import MirroredLibrary
from connector.reconcile.load import Loads
from connector.reconcile.precedent import MirroredPrecedents
from connector.reconcile.spoken import Spoken
from connector.reconcile.world import World
from connector.rules.base import Moment, Policy
from connector.rules.condition import value_in
from connector.rules.peer import Cohort, Kin, Peer
from connector.settings import Settings
from connector.sync.change import Wish, bare
from connector.sync.normalise import Normaliser, Unreadable
from connector.sync.plan import outstanding, pressing
from connector.sync.store import Mirrored, Store, Waiting
from connector.ticket import Instant, Ticket, TicketState

CHUNK = 1000
"""Tickets loaded together; what bounds the memory of a pass."""
HANDFUL = 200
"""Tickets made and judged together while a page is at hand."""


@dataclass
class Judged:
    """What judging came to, before planning."""

    tickets: int = 0
    touched: int = 0
    """Tickets of which only the stamps of the update were new: what was judged of them before stands."""
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(policy, reason) → tickets."""
    wishes: list[Wish] = field(default_factory=list)
    """Only what the records do not say already."""
    wished: Counter[str] = field(default_factory=Counter)
    """Policy → wishes, those among them that are counted and not kept: the brake holds them anyway, or nobody
    reads so long a list."""
    seen: list[str] = field(default_factory=list)
    """sys_ids of the tickets judged, whose figures may be others now; empty where no outcomes are kept."""
    quarantined: int = 0

    @property
    def beyond(self) -> Counter[str]:
        """Policy → wishes that were counted and not kept."""
        return self.wished - Counter(wish.policy for wish in self.wishes)

    def take(self, wishes: Sequence[Wish], most: int) -> list[Wish]:
        """Take in what is wished for one record and does not wait; those come first that are to be written.

        Past ``most`` of its policy a wish is only counted: the memory of a pass is bounded.
        """
        taken, wished = pressing(wishes), self.wished
        ticket: Ticket | None = None
        for wish in taken:
            policy = wish.policy
            before = wished[policy]
            wished[policy] = before + 1
            if before <= most:
                ticket = ticket or bare(wish.ticket)
                self.wishes.append(wish._replace(ticket=ticket))
        return taken


def judge(world: World, settings: Settings, now: Instant, *, full: bool = False) -> Judged:
    """Ask every policy about every ticket of the mirror that is due; with ``full`` about all of them."""
    judgement = Judgement(world, settings, now)
    return judgement.all() if full else judgement.due()


class Judgement:
    """The judging of one pass: of the tickets that polling brings, while they are at hand, and then of all
    that is due for another reason.

    What comes of it is `judged`, and for each ticket when to look at it again: 0, at every pass, while
    something is to be written to it.
    """

    def __init__(self, world: World, settings: Settings, now: Instant) -> None:
        self.judged = Judged()
        self.spoken = Spoken()
        """The tickets at hand for which something was wished."""
        self._world = world
        self._loads = Loads(world.store)
        self._at = replace(
            world.moment,
            now=now,
            loads=self._loads,
            library=MirroredLibrary(world.store),
            precedents=MirroredPrecedents(world),
        )
        self._bench = Bench(settings.about("incident"), settings.instance.zone)
        self._adopt_from = settings.instance.adopt_instant
        self._most = settings.safety.max_changes
        self._counted = settings.kpi.outcomes
        self._cohorts: dict[Cohort, tuple[Ticket, ...]] = {}

    def at_hand(self, mirrored: Mapping[str, Mirrored], touched: Waiting) -> Waiting:
        """Judge changed tickets, by their sys_id, before they are saved; sys_id → when to look again.

        Due (0) without having been judged are those whose verdict hangs on the closed set of a period or on
        earlier tickets, for the next page may bring more of them, and those that come a second time, changed
        while pages were read.

        The verdict on a ticket that was only ``touched`` stands until the instant that was given for it: a
        verdict is a function of the ticket and the moment (law 1), and of the ticket nothing is new that a
        policy reads. But where the row is ahead of its history, a span begins at the update itself.
        """
        at = self._at
        look_again: dict[str, Instant | None] = dict.fromkeys(mirrored)
        spoken = self.spoken.among(mirrored)
        standing = self._standing(touched, spoken)
        for tickets in self._anew(mirrored, standing):
            heard = []
            for ticket, fitting in zip(tickets, self._bench.fit(tickets, at), strict=True):
                if ticket.sys_id in spoken or (fitting.compares and fitting.hangs_on_others(ticket, at)):
                    look_again[ticket.sys_id] = 0
                else:
                    heard.append((fitting, ticket))
            cases = self._hear(heard, at)
            for case in cases:
                look_again[case.ticket.sys_id] = case.again
            self.spoken.add([case.ticket.sys_id for case in cases if case.spoken])
        look_again |= standing
        self.judged.touched += len(standing)
        self._count()
        return look_again

    def _standing(self, touched: Waiting, spoken: Set[str]) -> dict[str, Instant | None]:
        """Those that were only touched, before their time, and for which nothing was wished in this pass."""
        now = self._at.now
        return {
            sys_id: when
            for sys_id, when in touched.items()
            if (when is None or when > now) and sys_id not in spoken
        }

    def _anew(
        self, mirrored: Mapping[str, Mirrored], standing: dict[str, Instant | None]
    ) -> Iterator[list[Ticket]]:
        """All but those whose verdicts stand, a handful at a time; ``standing`` shrinks to these.

        Of most a glance at the rows tells it, and no ticket is made.
        """
        settled, strange = self._world.normaliser.settled, self._world.strange
        closer: dict[str, Instant | None] = {}
        fresh = []
        for sys_id, one in mirrored.items():
            if sys_id in standing:
                if sys_id not in strange and settled(one.row, one.changes, one.metrics):
                    continue
                closer[sys_id] = standing.pop(sys_id)
            fresh.append(one)
        for start in range(0, len(fresh), HANDFUL):
            tickets = list(readable(self._world, fresh[start : start + HANDFUL], self._at.now, self.judged))
            if closer:
                stand = {
                    ticket.sys_id
                    for ticket in tickets
                    if ticket.sys_id in closer and ticket.spans[-1].start != ticket.updated_at
                }
                standing.update((sys_id, closer[sys_id]) for sys_id in stand)
                tickets = [ticket for ticket in tickets if ticket.sys_id not in stand]
            yield tickets

    def take_back(self) -> None:
        """Polling ended early, and what was wished so far goes into no plan: judge these tickets again."""
        store = self._world.store
        for chunk in store.everything(CHUNK) if self.spoken else ():
            store.look_again(dict.fromkeys(self.spoken.among(chunk), 0))

    def due(self) -> Judged:
        """Judge what is due in the mirror; for the tickets at hand with a wish that has been done."""
        store = self._world.store
        for chunk in _due(store, self._at.now):
            spoken = self.spoken.among(chunk)
            self._judge([sys_id for sys_id in chunk if sys_id not in spoken])
        return self.judged

    def all(self) -> Judged:
        """Judge every ticket of the mirror."""
        for chunk in self._world.store.everything(CHUNK):
            self._judge(chunk)
        return self.judged

    def _judge(self, sys_ids: Sequence[str]) -> None:
        at, bench, world = self._at, self._bench, self._world
        look_again: dict[str, Instant | None] = dict.fromkeys(sys_ids)
        tickets = list(read_tickets(world, sys_ids, at.now, self.judged))
        if bench.grouping:
            at = self._at = with_cohorts(world, bench.grouping, tickets, at, self._cohorts)
        for case in self._hear(zip(bench.fit(tickets, at), tickets, strict=True), at):
            look_again[case.ticket.sys_id] = case.again
        self._count()
        world.store.look_again(look_again)

    def _count(self) -> None:
        """Count the verdicts of a page."""
        for verdict, tickets in self._bench.counted():
            self.judged.verdicts[verdict] += tickets

    def _hear(self, heard: Iterable[tuple[Fitting, Ticket]], at: Moment) -> list[Case]:
        """What the policies that fit want of tickets, and when to look at each again.

        One policy after the other is asked about all of them: asked in turns about each ticket, they take a
        third longer, for what one needs drives what the other needs out of the processor's caches.
        """
        judged, scheme, bench = self.judged, self._world.scheme, self._bench
        for docket in bench.dockets:
            docket.full = judged.wished[docket.policy.name] > self._most
        cases = []
        for fitting, ticket in heard:
            if ticket.opened_at < self._adopt_from:
                cases.append(Case(ticket, None))
                continue
            case = fitting.call(ticket)
            cases.append(case)
            if not fitting.standing or fitting.all_kept(ticket):
                continue
            for docket, reason, intents in fitting.standing:
                if left := outstanding(ticket, intents, scheme):
                    docket.wish(case, reason, left)
        for docket in bench.dockets:
            judge, tell = docket.policy.judge, docket.told.append
            for case in docket.cases:
                reason, intents, again = judge(case.ticket, at)
                tell(reason)
                if again is not None and (case.again is None or again < case.again):
                    case.again = again
                if intents:
                    left = outstanding(case.ticket, intents, scheme)
                    if left and docket.wish(case, reason, left):
                        self._loads.count(case.ticket, left)  # of which the next verdict may take account
            docket.cases.clear()
        judged.tickets += len(cases)
        if self._counted:
            judged.seen.extend(case.ticket.sys_id for case in cases)
        for docket in bench.dockets:
            judged.wished[docket.policy.name] += docket.beyond
            docket.beyond = 0
        for case in cases:
            if case.wishes:
                taken = judged.take(case.wishes, self._most)
                if taken:
                    case.spoken = True
                    if not taken[0].observe:
                        case.again = 0
        return cases


def _due(store: Store, now: Instant) -> Iterator[list[str]]:
    """Chunks of due tickets, each asked for after the one before was judged; ids only grow."""
    after = ""
    while chunk := store.due(now, CHUNK, after):
        after = chunk[-1]
        yield chunk


def read_tickets(
    world: World,
    sys_ids: Sequence[str],
    now: Instant,
    judged: Judged | None = None,
    normaliser: Normaliser | None = None,
) -> Iterator[Ticket]:
    """Tickets of the mirror; one that cannot be read is quarantined with its reason, the rest go on.

    ``normaliser``: another than the world's own.
    """
    for start in range(0, len(sys_ids), CHUNK):
        yield from readable(world, world.store.load(sys_ids[start : start + CHUNK]), now, judged, normaliser)


def readable(
    world: World,
    mirrored: Sequence[Mirrored],
    now: Instant,
    judged: Judged | None = None,
    normaliser: Normaliser | None = None,
) -> Iterator[Ticket]:
    """These as tickets; one that cannot be read is quarantined with its reason, the rest go on."""
    normalise = (normaliser or world.normaliser).tickets
    return legible(world.store, "incident", world.strange, mirrored, normalise, now, judged)


def legible(
    store: Store,
    table: str,
    strange: set[str],
    mirrored: Sequence[Mirrored],
    made: Callable[[Sequence[Mirrored]], list[Ticket]],
    now: Instant,
    judged: Judged | None,
) -> Iterator[Ticket]:
    """What ``made`` makes of the records and all that belongs to them.

    Those that it cannot read are quarantined and ``strange``: it says so of several if it is true of one, and
    is asked again about each half.
    """
    for start in range(0, len(mirrored), HANDFUL):
        several = mirrored[start : start + HANDFUL]
        try:
            tickets = made(several)
        except Unreadable as error:
            if len(several) > 1:
                half = len(several) // 2
                for part in (several[:half], several[half:]):
                    yield from legible(store, table, strange, part, made, now, judged)
                continue
            sys_id = several[0].row["sys_id"]
            store.quarantine(table, sys_id, str(error), now)
            strange.add(sys_id)
            if judged is not None:
                judged.quarantined += 1
            continue
        if strange and (again := [one.sys_id for one in tickets if one.sys_id in strange]):
            strange.difference_update(again)
            store.release(again)
        yield from tickets


def with_cohorts(
    world: World,
    grouping: Sequence[Policy],
    tickets: Sequence[Ticket],
    at: Moment,
    known: dict[Cohort, tuple[Ticket, ...]],
) -> Moment:
    """Load the closed sets and similar tickets that these verdicts depend on; ``known`` grows."""
    at = with_kin(world, grouping, tickets, at)
    wanted = {
        cohort
        for policy in grouping
        for ticket in tickets
        if policy.applies(ticket) and (cohort := policy.cohort(ticket, at)) is not None
    }
    fresh = wanted - known.keys()
    if not fresh:
        return at
    # They stay until the pass is over, and may be thousands: with what such verdicts go by, and no more.
    roles = {role for policy in grouping for role in policy.goes_by()}
    columns = {column for policy in grouping for column in policy.columns()}
    narrow = world.normaliser.narrow(roles, columns, ())
    for cohort in fresh:
        members = world.store.closed_between(cohort.start, cohort.end)
        known[cohort] = tuple(
            replace(one, spans=()) for one in read_tickets(world, members, at.now, normaliser=narrow)
        )
    return replace(at, cohorts=dict(known))


def with_kin(world: World, grouping: Sequence[Policy], tickets: Sequence[Ticket], at: Moment) -> Moment:
    """Load the similar tickets that verdicts on these tickets depend on, a span of time for each policy."""
    found: dict[Kin, tuple[Peer, ...]] = {}
    for policy in grouping:
        wanted = {kin for one in tickets if policy.applies(one) and (kin := policy.kin(one, at)) is not None}
        if not wanted:
            continue
        start, end = min(kin.start for kin in wanted), max(kin.end for kin in wanted)
        alike: dict[tuple[tuple[str, str], ...], list[Peer]] = {kin.same: [] for kin in wanted}
        columns = tuple(column for column, _ in next(iter(wanted)).same)
        for other in read_tickets(world, world.store.opened_between(start, end + 1), at.now):
            same = tuple((column, value_in(other, column)) for column in columns)
            if same in alike and other.state is not TicketState.CANCELED and policy.applies(other):
                alike[same].append(Peer(other.opened_at, other.sys_id, other.number))
        for kin in wanted:
            peers = (peer for peer in alike[kin.same] if kin.start <= peer.opened_at <= kin.end)
            found[kin] = tuple(sorted(peers))
    return replace(at, kin=found) if found else at
