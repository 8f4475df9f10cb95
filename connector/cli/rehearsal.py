"""A rehearsal: the connector over the sandbox on simulated time, in one process, for demo and replay."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.clock import SimulatedClock
    from connector.reconcile import PassReport, World
    from connector.sandbox.desk import Desk
    from connector.sandbox.instance import Instance
    from connector.sandbox.rest import Rest
    from connector.settings import Settings
    from connector.ticket import Instant

STEP = 300
"""Seconds of simulated time between two passes."""

PASSWORD = "rehearsal"
"""Of the connector's account on the sandbox; it is thrown away with it."""


class Player(Protocol):
    """What happens at the desk."""

    def next_at(self) -> int | None:
        """When something happens next, or None at the end."""
        ...

    def play(self, until: int) -> int:
        """Let it happen; how many events."""
        ...


@dataclass
class Tally:
    """What came of all passes together."""

    passes: int = 0
    requests: int = 0
    events: int = 0
    judged: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    created: Counter[str] = field(default_factory=Counter)
    """Kind of task or table → records."""
    notes: Counter[str] = field(default_factory=Counter)
    """Policy → work notes."""
    changes: Counter[str] = field(default_factory=Counter)
    """Policy → records it had a part in."""
    escalated: set[str] = field(default_factory=set)
    breached: set[str] = field(default_factory=set)
    quarantined: set[str] = field(default_factory=set)

    def add(self, report: "PassReport") -> None:
        """Count one pass in."""
        self.passes += 1
        self.requests += report.requests
        self.judged += report.judged
        if report.trouble:
            self.troubles[report.trouble] += 1
        for written in report.outcome.written:
            self.answers[str(written.answer)] += 1
            if written.answer not in ("written", "found", "dropped"):
                continue
            change = written.change
            self.changes.update(change.policies)
            after = {f.column: f.after for f in change.fields}
            if change.creates:
                kind = after.get("correlation_display", "").removeprefix("desk-policy:")
                self.created[kind or change.table] += 1
                continue
            if "assignment_group" in after:
                self.escalated.add(change.number)
            if "breached" in after.values() or "missed" in after.values():
                self.breached.add(change.number)
            self.notes.update({b.policy for b in change.because if b.mark})


@dataclass
class Rehearsal:
    """A sandbox, somebody who plays a desk in it, and the connector."""

    settings: "Settings"
    instance: "Instance"
    rest: "Rest"
    player: Player
    clock: "SimulatedClock"
    world: "World"
    tally: Tally = field(default_factory=Tally)

    def passes(self, until: "Instant | None" = None) -> Iterator["PassReport"]:
        """A pass per `STEP` of simulated time while anything happens or is due, up to ``until``.

        Without it: until the desk is quiet and nothing is due any more.
        """
        from connector.reconcile import run_pass

        while (now := self._next(self.clock.now())) is not None and (until is None or now <= until):
            self.tally.events += self.player.play(now)
            self.clock.set(now)
            report = run_pass(self.world, self.settings, now, apply=True)
            self.tally.add(report)
            self.rest.requests.clear()
            yield report
        if until is not None:
            self.player.play(until)
            self.clock.set(until)

    def _next(self, now: "Instant") -> "Instant | None":
        """The next tick at which anything can have happened."""
        candidates = [at for at in (self.player.next_at(), self.world.store.next_due()) if at is not None]
        if not candidates:
            return None
        ahead = max(0, min(candidates) - now)
        return now + max(1, -(-ahead // STEP)) * STEP


def enforced(settings: "Settings", *, url: str, adopt_from: "Instant") -> "Settings":
    """The same settings for the sandbox: every policy enforced, nothing too old to be touched."""
    policies = tuple(policy.model_copy(update={"mode": "enforce"}) for policy in settings.policies)
    instance = settings.instance.model_copy(update={"url": url, "adopt_from": adopt_from})
    return settings.model_copy(update={"policies": policies, "instance": instance})


def rostered(settings: "Settings", desk: "Desk", start: "Instant", days: int, folder: str) -> "Settings":
    """The same settings with the desk's own duty roster, kept in ``folder``, for each source that is one."""
    from connector.sandbox.desk import Roster

    sources = list(settings.sources)
    for index, source in enumerate(sources):
        if source.kind == "roster":
            path = Path(folder) / f"{source.name}.csv"
            Roster(desk, path, start, start + days * 86_400, source.columns)
            sources[index] = source.model_copy(update={"path": str(path), "encoding": "utf-8"})
    return settings.model_copy(update={"sources": tuple(sources)})


@contextmanager
def connected(
    settings: "Settings", instance: "Instance", rest: "Rest", player: Player, clock: "SimulatedClock"
) -> Iterator[Rehearsal]:
    """The connector, in process, on that instance, with a store in memory."""
    from connector.cli.furnish import furnish
    from connector.reconcile import open_world
    from connector.sandbox.mount import in_process
    from connector.sync.gateway import Credentials
    from connector.sync.store import Store

    furnish(instance, settings, PASSWORD)
    signed = Credentials(settings.instance.auth.user, PASSWORD)
    with (
        closing(Store()) as store,
        in_process(rest),
        open_world(settings, clock=clock, store=store, credentials=signed) as world,
    ):
        yield Rehearsal(settings, instance, rest, player, clock, world)
