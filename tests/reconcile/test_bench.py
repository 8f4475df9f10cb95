"""Whoever is asked, and whoever is not: in the end each ticket has been judged by all."""

from collections import Counter
from dataclasses import replace
from operator import itemgetter

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.intent import Intent, Keep, Note, Occasion, Verdict
from connector.reconcile.bench import Bench, Fitting
from connector.rules.base import Moment, Policy
from connector.ticket import Instant, Ticket, TicketState
from tests.builder import DAY, MON, moment, spans, ticket, tickets
from tests.rules.test_catalogue import EXAMPLES, VARIANTS

NAMED = [
    policy.model_copy(update={"name": f"{policy.name}-{number}"})
    for number, policy in enumerate([*VARIANTS, *EXAMPLES])
]


def judged(
    by: Bench, tickets: list[Ticket], at: Moment
) -> tuple[list[tuple[list[tuple[str, str, tuple[Intent, ...]]], Instant | None]], Counter[tuple[str, str]]]:
    """What each ticket was told by whom, without those that want nothing, when to look again; the tally."""
    cases = []
    for one, fitting in zip(tickets, by.fit(tickets, at), strict=True):
        case = fitting.call(one)
        for docket, reason, intents in fitting.standing:
            docket.wish(case, reason, intents)
        cases.append(case)
    for docket in by.dockets:
        for case in docket.cases:
            said = docket.policy.judge(case.ticket, at)
            docket.told.append(said.reason)
            if said.intents:
                docket.wish(case, said.reason, said.intents)
            again = (said.look_again_at, case.again)
            case.again = min((each for each in again if each is not None), default=None)
        docket.cases.clear()
    found = [
        (sorted(((w.policy, w.reason, w.intents) for w in case.wishes), key=itemgetter(0)), case.again)
        for case in cases
    ]
    tally: Counter[tuple[str, str]] = Counter()
    for verdict, count in by.counted():
        tally[verdict] += count
    return found, tally


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(NAMED), min_size=1, max_size=8, unique_by=lambda policy: policy.name),
    st.lists(tickets(), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3 * DAY)), min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_all_have_judged(
    policies: list[Policy], kinds: list[Ticket], which: list[tuple[int, int]], most: int
) -> None:
    """The same reasons, the same wishes and the same next look as if every policy were asked each time."""
    some = [
        replace(kinds[kind % len(kinds)], sys_id=f"{number:032x}", opened_at=MON - before)
        for number, (kind, before) in enumerate(which)
    ]
    at = moment(MON + 6 * DAY)
    quick = Bench(policies, "Asia/Shanghai", most=most)
    plain = Bench(policies, "Asia/Shanghai", most=0)
    assert judged(quick, some, at) == judged(plain, some, at)


class Counting(Policy):
    """Knows how often it was asked."""

    asked: list[str]
    by: str = "state"

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """One more."""
        self.asked.append(ticket.number if self.by == "number" else "")
        return Verdict(str(getattr(ticket, self.by)), (), at.now + 60)


def test_who_looks_at_nothing_else_is_asked_once() -> None:
    """Of the first ticket of its traits, to see what it looks at."""
    few, each = Counting(name="few", asked=[]), Counting(name="each", asked=[], by="number")
    quick = Bench([few, each], "UTC")
    some = [ticket(number) for number in range(50)]
    told, tally = judged(quick, some, moment(MON))
    assert len(few.asked) == 1
    assert list(quick.counted()) == [], "what nobody was told is not counted as told to none"
    assert len(each.asked) == 50 + 1
    assert tally["few", "new"] == 50
    assert {again for _, again in told} == {MON + 60}


def test_no_more_traits_are_remembered_than_memory_allows() -> None:
    """Tickets with still others are judged by all; what is known stays known."""
    few = Counting(name="few", asked=[])
    quick = Bench([few], "UTC", most=1)
    closed = spans(MON, (0, TicketState.CLOSED))
    some = [ticket(number, life=closed if number % 2 else ()) for number in range(20)]
    _, tally = judged(quick, some, moment(MON))
    assert tally == {("few", "new"): 10, ("few", "closed"): 10}
    assert len(few.asked) == 10 + 1


def test_what_stands_on_the_record_is_seen_at_a_glance() -> None:
    """Texts are; an instant, a note, or a role that the record does not have are looked at one by one."""
    quick = Bench([policy for policy in NAMED if policy.rule == "knowledge_capture"], "UTC")  # type: ignore[attr-defined]
    one, at = ticket(owned={"knowledge": ""}), moment(MON)
    (fitting,) = quick.fit([one], at)
    assert fitting.standing
    assert fitting.all_kept(one)
    assert not fitting.all_kept(replace(one, owned={"knowledge": "owed"}))
    assert not fitting.all_kept(replace(one, owned={}))
    docket, reason, _ = fitting.standing[0]
    for more in (Keep("respond_by", MON, "R-E3"), Note("said", Occasion("a" * 32), "R-C3")):
        assert not Fitting([], fitting.tally, [(docket, reason, (more,))]).all_kept(one)
    assert Fitting([], fitting.tally).all_kept(one)
