"""The bench before which tickets come: which policies have to be asked about a ticket, and and which not."""

from collections.abc import Callable, Iterator, Sequence

from connector.intent import Intent, Verdict
from connector.rules.base import Moment, Partly, Policy, trait
from connector.rules.trait import Trait, Traits
from connector.ticket import Instant, Ticket

MET = 8
"""Tickets of the same traits after which it is worth finding out who need not be asked: it takes as long as
to judge about ten of them."""
MOST = 4096
"""Different traits remembered; tickets with others are judged by every policy that applies."""

Asked = tuple[Instant, str, Callable[[Ticket, Moment], Verdict], Callable[[str], None]]
"""A policy to ask: enforced for tickets opened since when, its name, `Policy.judge`, whom to tell reasons."""
Standing = tuple[Instant, str, str, tuple[Intent, ...]]
"""A verdict that stands: enforced from when, the policy's name, the reason, what it wants."""


class Tally:
    """Verdicts that stand, and for how many tickets they have been given."""

    __slots__ = ("given", "tickets")

    def __init__(self, given: tuple[tuple[str, str], ...] = ()) -> None:
        self.given = given
        """(policy, reason) of each."""
        self.tickets = 0


class Fitting:
    """The policies that apply to tickets of the same traits, in the order of the configuration."""

    __slots__ = ("_back", "_grouping", "again", "asked", "known", "met", "standing", "tally")

    def __init__(
        self, policies: Sequence[tuple[Policy, Asked]], tally: Tally, *, known: bool = False
    ) -> None:
        self.asked = tuple(asked for _, asked in policies)
        self.tally = tally
        self.known = known
        """It was found out who need not be asked."""
        self.standing: tuple[Standing, ...] = ()
        """The verdicts that stand and want something."""
        self.again: Instant | None = None
        """When the first of the verdicts that stand could change."""
        self.met = 0
        self._grouping = tuple((one.cohort, one.kin) for one, _ in policies if one.compares())
        looks_back = Policy.looks_back
        self._back = tuple(one.looks_back for one, _ in policies if type(one).looks_back is not looks_back)

    def hangs_on_others(self, ticket: Ticket, at: Moment) -> bool:
        """A verdict depends on the closed set of a period, on similar tickets or on earlier ones."""
        for cohort, kin in self._grouping:  # three times as quick as any() for the one policy there is
            if cohort(ticket, at) is not None or kin(ticket, at) is not None:
                return True
        return bool(self._back) and any(looks_back(ticket) for looks_back in self._back)


class Bench:
    """The policies, ready to judge at one moment.

    Which of them apply is worked out once for tickets of the same traits. Where many have the same traits,
    verdicts that hang on nothing else are found as well (`connector.rules.trait`): they stand for the rest.
    ``zone``: in which days begin; ``met``: how many are many, `MET` if not given.
    """

    def __init__(self, policies: Sequence[Policy], zone: str, met: int | None = None) -> None:
        self.grouping = [policy for policy in policies if policy.compares()]
        """Those that ask for other tickets at all."""
        self.told: dict[str, list[str]] = {policy.name: [] for policy in policies}
        """Policy → the reasons of its verdicts that are still to be counted."""
        self._policies = policies
        self._zone = zone
        self._enough = MET if met is None else met
        by_desk = any(isinstance(policy.mode, Partly) and policy.mode.desks for policy in policies)
        asked = frozenset({"desk"} if by_desk else ()).union(*(policy.when.asks for policy in policies))
        self._condition = trait(asked)
        self._applying: dict[tuple[str | None, ...], list[tuple[Policy, Asked]]] = {}
        self._traits = Traits(policies)
        self._met: dict[Trait, Fitting] = {}
        self._tallies: dict[tuple[tuple[str, str], ...], Tally] = {}

    def of(self, ticket: Ticket, at: Moment) -> Fitting:
        """The policies that apply to a ticket."""
        key = self._traits.of(ticket)
        fitting = self._met.get(key)
        if fitting is None or not fitting.known:
            return self._meet(key, fitting, ticket, at)
        return fitting

    def counted(self) -> Iterator[tuple[tuple[str, str], int]]:
        """(policy, reason) → tickets, of the verdicts that stood since this was last asked."""
        for tally in self._tallies.values():
            for given in tally.given:
                yield given, tally.tickets
            tally.tickets = 0

    def _meet(self, key: Trait, fitting: Fitting | None, ticket: Ticket, at: Moment) -> Fitting:
        """A ticket whose traits are not yet well known."""
        if fitting is None:
            fitting = Fitting(self._apply(ticket), self._tally(()))
            if len(self._met) < MOST:
                self._met[key] = fitting
        fitting.met += 1
        if fitting.met > self._enough:
            fitting = self._met[key] = self._narrowed(ticket, at)
        return fitting

    def _narrowed(self, ticket: Ticket, at: Moment) -> Fitting:
        """Without the policies whose verdicts stand for all tickets of these traits."""
        given: list[tuple[str, str]] = []
        standing: list[Standing] = []
        left: list[tuple[Policy, Asked]] = []
        again: list[Instant] = []
        applying = self._apply(ticket)
        verdicts = self._traits.verdicts((policy for policy, _ in applying), ticket, at)
        for (policy, verdict), (_, asked) in zip(verdicts, applying, strict=True):
            if verdict is None:
                left.append((policy, asked))
                continue
            given.append((policy.name, verdict.reason))
            if verdict.intents:
                standing.append((asked[0], policy.name, verdict.reason, verdict.intents))
            if verdict.look_again_at is not None:
                again.append(verdict.look_again_at)
        fitting = Fitting(left, self._tally(tuple(given)), known=True)
        fitting.standing, fitting.again = tuple(standing), min(again, default=None)
        return fitting

    def _tally(self, given: tuple[tuple[str, str], ...]) -> Tally:
        return self._tallies.setdefault(given, Tally(given))

    def _apply(self, ticket: Ticket) -> list[tuple[Policy, Asked]]:
        """The policies whose `when` is true of a ticket, ready to be asked."""
        condition = self._condition(ticket)
        found = self._applying.get(condition)
        if found is None:
            found = self._applying[condition] = [
                (
                    policy,
                    (
                        policy.enforced_from(ticket.desk, self._zone),
                        policy.name,
                        policy.judge,
                        self.told[policy.name].append,
                    ),
                )
                for policy in self._policies
                if policy.applies(ticket)
            ]
        return found
