"""What stands for all tickets of the same traits is what each of them would have been told."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.intent import Verdict
from connector.rules.base import Moment, Policy
from connector.rules.trait import Answers, Traits
from connector.ticket import Span, Ticket, TicketState
from tests.builder import DAY, FIRST, HOUR, MON, WANG, moment, spans, ticket, tickets
from tests.rules.test_catalogue import VARIANTS, at

TRAITS = Traits(VARIANTS)
SHARED = ("state", "priority", "fault_class", "group", "kind", "category", "close_code", "hold_reason")
COLUMNS = ("u_desk_confirmed", "u_desk_escalate", "type", "u_desk_draft")
NEEDED = ("justification",)


def alike(other: Ticket, one: Ticket) -> Ticket:
    """The other ticket with the traits of the one; everything else stays."""
    columns = {column: one.extra[column] for column in COLUMNS if column in one.extra}
    for column in NEEDED:
        if not one.extra.get(column) or not other.extra.get(column):
            columns[column] = one.extra.get(column, "")
    life = other.spans if one.moved else other.spans[-1:]
    if one.moved and not other.moved:
        life = (Span(other.opened_at - DAY, other.spans[0].start, TicketState.NEW), *other.spans)
    lists = {
        name: (getattr(other, name) or getattr(one, name))
        if getattr(one, name)
        else type(getattr(one, name))()
        for name in ("tasks", "articles", "marks")
    }
    made = replace(
        other,
        **{name: getattr(one, name) for name in SHARED},
        spans=life,
        extra={**other.extra, **columns},
        owned={**other.owned, "callback": one.owned["callback"]},
        **lists,
    )
    first, second = TRAITS.of([made, one])
    assert first == second
    return made


def standing(policy: Policy, one: Ticket, now: Moment) -> Verdict | None:
    """The verdict that stands for all tickets like this one, or None."""
    return Answers(policy).of(one, TRAITS.values(one), now)


@settings(max_examples=400)
@given(st.sampled_from(VARIANTS), tickets(), tickets(), st.integers(0, 6 * DAY))
def test_a_verdict_that_stands_is_that_of_every_ticket_of_the_same_traits(
    policy: Policy, one: Ticket, other: Ticket, after: int
) -> None:
    """Whatever else differs: who called, when it was opened, what happened to it since."""
    now = at(policy, one, one.spans[-1].start + after)
    verdict = standing(policy, one, now)
    if verdict is not None:
        assert policy.judge(one, now) == verdict
        assert policy.judge(alike(other, one), now) == verdict


@settings(max_examples=400)
@given(st.sampled_from(VARIANTS), st.lists(tickets(), min_size=2, max_size=6), st.integers(0, 6 * DAY))
def test_what_was_learnt_of_some_tickets_is_true_of_others(
    policy: Policy, some: list[Ticket], after: int
) -> None:
    """Whatever was asked before: an answer is what the policy says, or that it depends, as if asked first."""
    now = at(policy, some[0], some[0].spans[-1].start + after)
    answers = Answers(policy)
    for one in some:
        verdict = answers.of(one, TRAITS.values(one), now)
        assert verdict in (None, policy.judge(one, now))
        assert (verdict is None) == (standing(policy, one, now) is None)


class Curious(Policy):
    """Looks at what the test says."""

    looks: object = None

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """It has looked."""
        self.looks(ticket, at)  # type: ignore[operator]
        return Verdict("looked")


CURIOUS = [
    (lambda t, at: t.state, True),
    (lambda t, at: (t.is_open, t.desk, t.tier, t.moved, at.now), True),
    (lambda t, at: (t.tasks, t.articles, t.marks), True),
    (lambda t, at: (t.extra.get("u_desk_confirmed"), "nowhere" in t.extra), False),
    (lambda t, at: t.extra.get("u_desk_confirmed"), True),
    (lambda t, at: t.extra["justification"], True),
    (lambda t, at: t.extra["close_notes"], False),
    (lambda t, at: t.owned.get("callback"), True),
    (lambda t, at: t.owned.get("clock"), False),
    (lambda t, at: dict(t.extra), False),
    (lambda t, at: bool(t.owned), False),
    (lambda t, at: t.spans, False),
    (lambda t, at: t.ended_at, False),
    (lambda t, at: t.responded_at, False),
    (lambda t, at: t.pauses(), False),
    (lambda t, at: t.sys_id, False),
    (lambda t, at: t == ticket(2), False),
    (lambda t, at: ticket(2) == t, False),
    (lambda t, at: hash(replace(t, extra=(), owned=())) or replace(t, number="").caller, False),
    (lambda t, at: t.company, False),
    (lambda t, at: (at.hours, at.directory, at.wording), True),
    (lambda t, at: at.loads, False),
    (lambda t, at: at.cohorts, False),
    (lambda t, at: at.kin, False),
    (lambda t, at: at.library, False),
    (lambda t, at: at.precedents, False),
    (lambda t, at: replace(at, now=1), False),
]


@pytest.mark.parametrize(("looks", "stands"), CURIOUS, ids=range(len(CURIOUS)))
def test_what_was_looked_at_decides(looks: object, stands: bool) -> None:
    """Directly, through a property, through a copy: nothing is looked at unnoticed."""
    policy = Curious.model_construct(name="curious", looks=looks)
    resolved = spans(MON, (0, TicketState.NEW), (HOUR, TicketState.RESOLVED))
    extra = {"u_desk_confirmed": "true", "justification": "", "close_notes": ""}
    one = ticket(life=resolved, extra=extra, owned={"callback": "", "clock": "met"})
    assert (standing(policy, one, moment(MON)) is not None) == stands


def test_who_answered_once_is_asked_again_only_of_another_trait_that_it_looks_at() -> None:
    """What it does not look at may differ, and need not have been met before."""
    asked = []

    def looks(one: Ticket, at: Moment) -> object:
        asked.append(one)
        return one.state is TicketState.CLOSED and one.group

    curious = Curious.model_construct(name="curious", looks=looks)
    answers, now = Answers(curious), moment(MON)
    closed = {"state": TicketState.CLOSED}
    for one, times in (
        (ticket(1), 1),
        (ticket(2, category="network", group=None), 1),
        (ticket(3, **closed), 2),
        (ticket(4, **closed, priority="5"), 2),
        (ticket(5, **closed, group=None), 3),
        (ticket(6, **closed, group=None, marks=frozenset({"a"})), 3),
    ):
        answers.of(one, TRAITS.values(one), now)
        assert len(asked) == times, one.number


@pytest.mark.parametrize("name", ["tasks", "articles", "marks"])
def test_that_there_are_none_is_a_trait_and_which_there_are_is_not(name: str) -> None:
    """Tickets without tasks are alike; two tickets with tasks have each their own."""
    policy = Curious.model_construct(name="curious", looks=lambda t, at: getattr(t, name))
    assert standing(policy, ticket(), moment(MON)) is not None
    assert standing(policy, ticket(**{name: ("one",)}), moment(MON)) is None


def test_that_a_needed_column_is_empty_is_a_trait_and_what_stands_in_it_is_not() -> None:
    """Tickets without it are alike; which tickets are similar to one with it hangs on what it says."""
    outage = next(policy for policy in VARIANTS if policy.needs())
    none, one, other = (
        ticket(category="network", extra={"justification": text}) for text in ("", "Payroll", "Mail")
    )
    empty, first, second = TRAITS.of([none, one, other])
    assert empty != first == second
    assert standing(outage, none, moment(MON)) == outage.judge(none, moment(MON))
    assert standing(outage, one, moment(MON)) is None


def test_a_column_that_may_not_be_read_is_another_trait_than_an_empty_one() -> None:
    """A policy can tell the two apart."""
    empty = dict.fromkeys((*COLUMNS, *NEEDED), "")
    for column in (*COLUMNS, *NEEDED):
        absent = {each: text for each, text in empty.items() if each != column}
        first, second = TRAITS.of([ticket(extra=absent), ticket(extra=empty)])
        assert first != second
        assert TRAITS.of([ticket(extra=empty)]) == [second], "whoever comes with it"


def test_a_company_is_a_trait_where_a_policy_asks_for_it() -> None:
    """On most desks it is not: there are as many as there are customers."""
    by_company = VARIANTS[0].model_copy(update={"when": type(VARIANTS[0].when)(company=("c1",))})
    of_one, of_other = ticket(company="c1"), ticket(company="c2")
    first, second = Traits([by_company]).of([of_one, of_other])
    assert first != second
    first, second = TRAITS.of([of_one, of_other])
    assert first == second


def test_what_stands_on_an_open_ticket() -> None:
    """Clocks hang on instants; that nothing is owed of an open ticket hangs on its being open."""
    life = spans(
        MON, (0, TicketState.NEW, "", FIRST.sys_id), (HOUR, TicketState.IN_PROGRESS, WANG, FIRST.sys_id)
    )
    extra = {"u_desk_confirmed": "false", "justification": "Said"}
    one, now = ticket(life=life, category="network", extra=extra), moment(MON + HOUR)
    stands = {policy.rule for policy in VARIANTS if standing(policy, one, now) is not None}  # type: ignore[attr-defined]
    assert {"knowledge_capture", "customer_confirmation", "callback_sampling", "after_review"} <= stands
    assert not {"sla_timer", "hierarchical_escalation", "reassignment", "major_incident"} & stands
