"""The bench before which tickets come: which policies have to be asked about a ticket, and which not."""

from collections import Counter
from collections.abc import Iterator, Sequence

from connector.intent import Intent, Keep
from connector.rules.base import Moment, Policy
from connector.rules.trait import Answers, Trait, Traits
from connector.sync.change import Wish
from connector.sync.plan import may_wait
from connector.ticket import Instant, Ticket

MOST = 4096
"""Different traits remembered; tickets with others are judged by every policy that applies."""


class Case:
    """A ticket before the bench, and what has come of it so far."""

    __slots__ = ("again", "spoken", "ticket", "wishes")

    def __init__(self, ticket: Ticket, again: Instant | None) -> None:
        self.ticket = ticket
        self.again = again
        """When to look at it again; 0: at every pass."""
        self.spoken = False
        """Something was wished for it that does not wait."""
        self.wishes: Sequence[Wish] = ()


class Docket:
    """A policy, the cases that it is still to be asked about, and the reasons that it gave."""

    __slots__ = ("_enforced_from", "_zone", "answers", "beyond", "call", "cases", "full", "policy", "told")

    def __init__(self, policy: Policy, zone: str) -> None:
        self.policy = policy
        self.answers = Answers(policy)
        self.cases: list[Case] = []
        self.call = self.cases.append
        """Put a case on it; made once for the many lists of whom to call."""
        self.told: list[str] = []
        """Reasons that are still to be counted."""
        self.full = False
        """So much was wished in this pass that more is only counted."""
        self.beyond = 0
        """Wishes that are still to be counted."""
        self._zone = zone
        self._enforced_from: dict[str, Instant] = {}

    def wish(self, case: Case, reason: str, intents: tuple[Intent, ...]) -> bool:
        """Put down what the policy wants of a ticket, or that it wants something; True: to be written."""
        ticket = case.ticket
        desk = ticket.desk
        since = self._enforced_from.get(desk)
        if since is None:
            since = self._enforced_from[desk] = self.policy.enforced_from(desk, self._zone)
        observe = ticket.opened_at < since
        if self.full and observe and not may_wait(ticket):
            self.beyond += 1
            case.spoken = True
        else:
            case.wishes = (*case.wishes, Wish(self.policy.name, observe, ticket, reason, intents))
        return not observe


Standing = tuple[Docket, str, tuple[Intent, ...]]
"""A verdict that stands: whose, the reason, what it wants."""


class Tally:
    """Verdicts that stand, and for how many tickets they have been given."""

    __slots__ = ("given", "tickets")

    def __init__(self, given: tuple[tuple[str, str], ...] = ()) -> None:
        self.given = given
        """(policy, reason) of each."""
        self.tickets = 0


class Fitting:
    """The policies that apply to tickets of the same traits, in the order of the configuration."""

    __slots__ = (
        "_back",
        "_calls",
        "_grouping",
        "_roles",
        "_texts",
        "again",
        "compares",
        "standing",
        "tally",
    )

    def __init__(
        self,
        dockets: Sequence[Docket],
        tally: Tally,
        standing: Sequence[Standing] = (),
        again: Instant | None = None,
    ) -> None:
        self.tally = tally
        self.standing = tuple(standing)
        """The verdicts that stand and want something."""
        kept = [intent for _, _, intents in standing for intent in intents]
        self._roles, self._texts = _texts(kept)
        self.again = again
        """When the first of the verdicts that stand could change."""
        policies = [docket.policy for docket in dockets]
        self._calls = tuple(docket.call for docket in dockets)
        self._grouping = tuple((one.cohort, one.kin) for one in policies if one.compares())
        looks_back = Policy.looks_back
        self._back = tuple(one.looks_back for one in policies if type(one).looks_back is not looks_back)
        self.compares = bool(self._grouping or self._back)
        """One of them may look at other tickets."""

    def call(self, ticket: Ticket) -> Case:
        """Put a ticket on the docket of each policy that has to be asked about it."""
        self.tally.tickets += 1
        case = Case(ticket, self.again)
        for call in self._calls:
            call(case)
        return case

    def all_kept(self, ticket: Ticket) -> bool:
        """The record shows at a glance all that the verdicts that stand want of it."""
        return [*map(ticket.owned.get, self._roles)] == self._texts

    def hangs_on_others(self, ticket: Ticket, at: Moment) -> bool:
        """A verdict depends on the closed set of a period, on similar tickets or on earlier ones."""
        for cohort, kin in self._grouping:  # three times as quick as any() for the one policy there is
            if cohort(ticket, at) is not None or kin(ticket, at) is not None:
                return True
        return bool(self._back) and any(looks_back(ticket) for looks_back in self._back)


class Bench:
    """The policies, ready to judge at one moment.

    Which of them apply, and whose verdicts hang on nothing but traits (`connector.rules.trait`), is found out
    once for tickets of the same traits: these verdicts stand for the rest of them.
    ``zone``: in which days begin; ``most``: as `MOST`.
    """

    def __init__(self, policies: Sequence[Policy], zone: str, most: int = MOST) -> None:
        self.grouping = [policy for policy in policies if policy.compares()]
        """Those that ask for other tickets at all."""
        self.dockets = [Docket(policy, zone) for policy in policies]
        self._most = most
        self._traits = Traits(policies)
        self._met: dict[Trait, Fitting] = {}
        self._tallies: dict[tuple[tuple[str, str], ...], Tally] = {}

    def fit(self, tickets: Sequence[Ticket], at: Moment) -> list[Fitting]:
        """The policies that apply to each of the tickets."""
        keys = self._traits.of(tickets)
        fittings = list(map(self._met.get, keys))
        return [
            self._meet(key, ticket, at) if fitting is None else fitting
            for fitting, key, ticket in zip(fittings, keys, tickets, strict=True)
        ]

    def counted(self) -> Iterator[tuple[tuple[str, str], int]]:
        """(policy, reason) → tickets, of the verdicts since this was last asked."""
        for docket in self.dockets:
            # A `Counter` is quick on lists and slow on single things.
            for reason, tickets in Counter(docket.told).items():
                yield (docket.policy.name, reason), tickets
            docket.told.clear()
        for tally in self._tallies.values():
            if tally.tickets:
                for given in tally.given:
                    yield given, tally.tickets
                tally.tickets = 0

    def _meet(self, key: Trait, ticket: Ticket, at: Moment) -> Fitting:
        """The first ticket of its traits, or one that came with it."""
        fitting = self._met.get(key)
        if fitting is None:
            if len(self._met) >= self._most:
                return Fitting(self._apply(ticket), self._tally(()))
            fitting = self._met[key] = self._narrowed(ticket, at)
        return fitting

    def _narrowed(self, ticket: Ticket, at: Moment) -> Fitting:
        """Without the policies whose verdicts stand for all tickets of these traits."""
        given: list[tuple[str, str]] = []
        standing: list[Standing] = []
        left: list[Docket] = []
        again: list[Instant] = []
        values = self._traits.values(ticket)
        for docket in self._apply(ticket):
            verdict = docket.answers.of(ticket, values, at)
            if verdict is None:
                left.append(docket)
                continue
            given.append((docket.policy.name, verdict.reason))
            if verdict.intents:
                standing.append((docket, verdict.reason, verdict.intents))
            if verdict.look_again_at is not None:
                again.append(verdict.look_again_at)
        return Fitting(left, self._tally(tuple(given)), standing, min(again, default=None))

    def _tally(self, given: tuple[tuple[str, str], ...]) -> Tally:
        return self._tallies.setdefault(given, Tally(given))

    def _apply(self, ticket: Ticket) -> list[Docket]:
        """Those of the policies whose `when` is true of a ticket."""
        return [docket for docket in self.dockets if docket.policy.applies(ticket)]


def _texts(intents: Sequence[Intent]) -> tuple[tuple[str, ...], list[str]]:
    """Roles, and the texts that shall stand in them; what no record shows where anything else is wanted."""
    kept = [(one.field, "" if one.value is None else one.value) for one in intents if isinstance(one, Keep)]
    texts = [value for _, value in kept if isinstance(value, str)]
    return (tuple(field for field, _ in kept), texts) if len(texts) == len(intents) else ((), ["no role"])
