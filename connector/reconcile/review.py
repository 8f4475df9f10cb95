"""What would have been written since: per policy, with the tickets and people that would have heard most.

Made of what was kept while policies observed (`connector.reconcile.observation`); asks the instance nothing.
What a policy would have moved was not moved, so that what would have followed from it is not among this.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.reconcile.observation import digest
from connector.settings import Settings
from connector.sync.store import Observed, Store
from connector.ticket import Instant

LOUD = frozenset({"note", "set", "create"})
"""Kinds of intents that people notice; a field that is kept tells nobody."""


@dataclass
class PolicyReview:
    """One policy."""

    name: str
    rule: str
    mode: str
    tickets: set[str] = field(default_factory=set)
    """Numbers."""
    writes: int = 0
    """Tickets, once for each pass in which there was something new: each would have been one PATCH."""
    kinds: Counter[str] = field(default_factory=Counter)
    """``note``, ``set``, ``create``, ``keep`` → how many."""
    clauses: Counter[str] = field(default_factory=Counter)
    passes: Counter[Instant] = field(default_factory=Counter)
    """When a pass judged → tickets it wanted to write to."""
    reasons: Counter[str] = field(default_factory=Counter)
    notes: dict[str, str] = field(default_factory=dict)
    """Number of a ticket → the first note it would have got, of a few tickets."""
    held: str = ""
    """Which bound of the brake would have stopped it in its greatest pass, or empty."""
    other_settings: int = 0
    """Writes that are not counted: the policy was set otherwise then."""

    @property
    def first(self) -> Instant | None:
        """The pass that met the backlog."""
        return min(self.passes, default=None)

    @property
    def greatest(self) -> tuple[Instant, int] | None:
        """The pass that wanted most, and how many tickets."""
        return max(self.passes.items(), key=lambda item: (item[1], -item[0]), default=None)


@dataclass
class Noisy:
    """A ticket, a person or a group, and what it would have heard."""

    key: str
    """Number of the ticket, sys_id of the person or group."""
    heard: int = 0
    """Notes and records, and moves without a note."""
    kept: int = 0
    """Fields kept, which tell nobody."""
    policies: Counter[str] = field(default_factory=Counter)


@dataclass
class Review:
    """All of it."""

    since: Instant | None
    """From the first thing counted on; None: nothing was observed."""
    policies: list[PolicyReview]
    tickets: list[Noisy]
    """The noisiest first."""
    people: list[Noisy]
    teams: list[Noisy]


SAMPLES = 5
"""Notes kept of each policy, to read."""


def review(store: Store, settings: Settings, since: Instant = 0) -> Review:
    """Sum up what was observed from ``since`` on, for the policies as they are set now."""
    found = {
        policy.name: PolicyReview(policy.name, str(getattr(policy, "rule", "")), str(policy.mode))
        for policy in settings.policies
    }
    digests = {policy.name: digest(policy) for policy in settings.policies}
    tickets: dict[str, Noisy] = {}
    people: dict[str, Noisy] = {}
    teams: dict[str, Noisy] = {}
    begin: Instant | None = None
    for seen in store.observed(since):
        one = found.get(seen.policy)
        if one is None:  # it is no longer configured
            continue
        if seen.digest != digests[seen.policy]:
            one.other_settings += 1
            continue
        begin = seen.at if begin is None else min(begin, seen.at)
        one.passes[seen.at] += seen.beyond or 1
        if seen.ticket:
            _count(one, seen)
            for kept, key in ((tickets, seen.number), (people, seen.assignee), (teams, seen.team)):
                if key:
                    _hear(kept.setdefault(key, Noisy(key)), seen)
    for one in found.values():
        one.held = _held(one, settings)
    return Review(begin, list(found.values()), _noisiest(tickets), _noisiest(people), _noisiest(teams))


def _count(one: PolicyReview, seen: Observed) -> None:
    one.tickets.add(seen.number)
    one.writes += 1
    kinds = Counter(kind for kind, _ in {(each.kind, each.what) for each in seen.wanted})
    if kinds["set"]:  # several fields, perhaps for several reasons: people see one move
        kinds["set"] = 1
    one.kinds.update(kinds)
    one.clauses.update({each.clause for each in seen.wanted})
    one.reasons[seen.reason] += 1
    note = next((each.value for each in seen.wanted if each.kind == "note"), None)
    if note is not None and len(one.notes) < SAMPLES:
        one.notes.setdefault(seen.number, note)


def _hear(noisy: Noisy, seen: Observed) -> None:
    told = {(each.kind, each.what) for each in seen.wanted if each.kind in ("note", "create")}
    # A move is told by its note; only one without is heard of by itself.
    silent = any(each.kind == "set" for each in seen.wanted) and all(kind != "note" for kind, _ in told)
    loud = len(told) + silent
    noisy.heard += loud
    noisy.kept += sum(each.kind not in LOUD for each in seen.wanted)
    if loud:
        noisy.policies[seen.policy] += loud


def _noisiest(found: Mapping[str, Noisy]) -> list[Noisy]:
    heard = [each for each in found.values() if each.heard]
    return sorted(heard, key=lambda each: (-each.heard, -each.kept, each.key))


def _held(one: PolicyReview, settings: Settings) -> str:
    greatest = one.greatest
    most = settings.safety.max_changes
    return f"max_changes = {most}" if greatest is not None and greatest[1] > most else ""
