"""Laws that every rule keeps, over any ticket at any moment."""

import inspect
import re
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from connector.intent import Create, Keep, Note, Set, Verdict
from connector.rules.base import Moment, Policy
from connector.rules.catalogue import RULES, AnyPolicy
from connector.rules.clause import CLAUSES
from connector.ticket import Ticket, TicketState
from tests.builder import DAY, MON, cohort_of, moment, tickets
from tests.shelf import Shelf, held

ADAPTER: TypeAdapter[Policy] = TypeAdapter(AnyPolicy)
OWNED = {"class", "tier", "respond_by", "resolve_by", "clock", "knowledge", "callback"}


def example(rule: type[Policy]) -> Policy:
    """The policy of the rule's own manual."""
    block = re.search(r"```toml\n(.*?)```", inspect.getdoc(rule) or "", re.DOTALL)
    assert block is not None, f"{rule.__name__} has no example"
    return ADAPTER.validate_python(tomllib.loads(block[1])["policy"][0])


EXAMPLES = [example(rule).model_copy(update={"when": type(example(rule).when)()}) for rule in RULES]
VARIANTS = [
    *EXAMPLES,
    *(
        ADAPTER.validate_python({"name": "variant", **table})
        for table in (
            {
                "rule": "sla_timer",
                "service_hours": "onsite",
                "resolve_within": "6h",
                "warn_at": 0.8,
                "pause_on": ["4"],
            },
            {
                "rule": "tier_escalation",
                "from": "second_line",
                "to": "vendor",
                "after": "3h",
                "service_hours": "onsite",
            },
            {
                "rule": "tier_escalation",
                "from": "first_line",
                "to": "second_line",
                "marked_by": "u_desk_escalate",
                "to_group": "No Such Group",
                "after": "1h",
                "service_hours": "remote",
            },
            {
                "rule": "hierarchical_escalation",
                "service_hours": "onsite",
                "resolve_within": "3h",
                "pause_on": "4",
                "told_within": "onsite",
                "told_at_once": "urgent",
                "steps": [
                    {"at": 0.5, "role": "consultant", "by": "task"},
                    {"at": 1.0, "role": "group_lead", "of_group": {"Infrastructure": "lead.zhao"}},
                    {"late_by": "2h", "role": "project_manager", "person": "lead.zhao", "by": "both"},
                ],
            },
            {"rule": "reassignment", "returns": 0},
            {
                "rule": "major_incident",
                "report_to": "lead.zhao",
                "similar": {"at_least": 2, "within": "30m", "same": ["category", "justification"]},
                "broadcast": False,
            },
            {
                "rule": "monitoring_alert",
                "column": "u_desk_confirmed",
                "values": "true",
                "impact": "cmdb_ci",
                "labels": {"suggestion": "Suggestion"},
                "grace": "5h",
            },
            {
                "rule": "update_limit",
                "service_hours": "onsite",
                "every": "2h",
                "at_most": 5,
                "written_in": "comments",
                "pause_on": "4",
            },
            {
                "rule": "knowledge_capture",
                "grace": "2h",
                "then_after": "2h",
                "then": "set_back",
                "draft": "always",
            },
            {
                "rule": "article_review",
                "expires_within": "30h",
                "assign_group": "Infrastructure",
                "at_most": 1,
            },
            {"rule": "article_promotion", "tickets": 3, "within": "30h", "assign_to": "lead.zhao"},
            {"rule": "customer_confirmation", "confirmed": "u_desk_confirmed", "then": "set_back"},
            {
                "rule": "callback_sampling",
                "rate": 0.5,
                "key": "k",
                "per": "day",
                "zone": "Asia/Shanghai",
                "low_score": 3,
            },
            {
                "rule": "change_control",
                "tracked_by": "lead.zhao",
                "remind_before": "30h",
                "afterwards": [],
                "exempt": {},
                "where": {"type": ["normal", "emergency"]},
                "assessment": "justification",
                "answer": "justification",
                "implementation": "start_date",
            },
            {
                "rule": "release_plan",
                "table": "change_request",
                "remind_before": "20h",
                "time": "start_date",
                "scope": [],
                "content": ["justification", "close_notes"],
                "tracked_by": "lead.zhao",
            },
            {
                "rule": "after_review",
                "create": True,
                "within": "20h",
                "service_hours": "onsite",
                "check_every": "24h",
                "checks": 3,
            },
            {
                "rule": "improvement",
                "table": "incident",
                "done_within": "20h",
                "verify_by": "lead.zhao",
                "verified_within": "8h",
                "service_hours": "onsite",
            },
            {
                "rule": "improvement",
                "done_within": "40h",
                "check_every": "30h",
                "verified": "u_desk_confirmed",
            },
            {
                "rule": "complaint",
                "low_score": 3,
                "act_within": "2h",
                "solve_within": "20h",
                "call_within": "4h",
                "check_every": "24h",
                "tracked_by": "lead.zhao",
            },
            {
                "rule": "complaint",
                "where": {"type": "normal"},
                "proposal": "close_notes",
                "propose_within": "10h",
                "service_hours": "onsite",
            },
        )
    ),
]
policies = st.sampled_from(VARIANTS)
SHELF = Shelf(
    *(held(number, MON - number * 180 * DAY, valid_to=MON + number * DAY) for number in range(3)),
    used={"KB0000000": 3, "KB0000001": 12},
)


def at(policy: Policy, ticket: Ticket, now: int) -> Moment:
    """A moment with the closed set the policy asks for."""
    here = moment(now, library=SHELF)
    cohort = policy.cohort(ticket, here)
    return here if cohort is None else replace(here, cohorts={cohort: cohort_of([ticket])})


def said_of(verdict: Verdict) -> tuple[object, ...]:
    """Everything in a verdict but when to look again."""
    return verdict.reason, verdict.intents


@settings(max_examples=250)
@given(policies, tickets(), st.integers(0, 6 * DAY), st.data())
def test_nothing_changes_before_it_said_to_look_again(
    policy: Policy, ticket: Ticket, after: int, data: st.DataObject
) -> None:
    """Between now and `look_again_at` the verdict stays the same; without one it stays so for good."""
    now = ticket.spans[-1].start + after
    verdict = policy.judge(ticket, at(policy, ticket, now))
    end = verdict.look_again_at if verdict.look_again_at is not None else now + 60 * DAY
    if end > now + 1:
        then = data.draw(st.integers(now + 1, end - 1) | st.just(end - 1))
        assert said_of(policy.judge(ticket, at(policy, ticket, then))) == said_of(verdict)


@settings(max_examples=150)
@given(policies, tickets(), st.integers(0, 6 * DAY))
def test_judging_twice_says_the_same(policy: Policy, ticket: Ticket, after: int) -> None:
    """A verdict depends on its arguments only."""
    here = at(policy, ticket, ticket.spans[-1].start + after)
    assert policy.judge(ticket, here) == policy.judge(ticket, here)


@settings(max_examples=100)
@given(
    st.sampled_from([policy for policy in VARIANTS if policy.compares()]),
    st.lists(tickets(), min_size=1, max_size=6, unique_by=lambda t: t.sys_id),
)
def test_of_a_closed_set_a_policy_looks_at_what_it_names(policy: Policy, some: list[Ticket]) -> None:
    """Roles in `goes_by`, columns in `columns`: what else the members are, the draw is the same."""
    members = [replace(each, state=TicketState.CLOSED, closed_at=MON) for each in some]
    one = replace(members[0], owned={}, tasks=())
    roles, columns, now = policy.goes_by(), policy.columns(), moment(MON + 30 * DAY)
    cohort = policy.cohort(one, now)
    whole = cohort_of([one, *members[1:]])
    narrow = tuple(
        replace(
            member,
            spans=(),
            owned={role: text for role, text in member.owned.items() if role in roles},
            extra={column: text for column, text in member.extra.items() if column in columns},
        )
        for member in whole
    )
    shown = [now if cohort is None else replace(now, cohorts={cohort: each}) for each in (whole, narrow)]
    assert policy.judge(one, shown[0]) == policy.judge(one, shown[1])


@settings(max_examples=150)
@given(policies, tickets(), st.integers(0, 6 * DAY), st.integers(0, 6 * DAY))
def test_what_was_said_is_not_said_again(policy: Policy, ticket: Ticket, after: int, later: int) -> None:
    """With the marks of its own intents on the ticket, no occasion is wanted a second time, ever."""
    now = ticket.spans[-1].start + after
    wanted = [i for i in policy.judge(ticket, at(policy, ticket, now)).intents if isinstance(i, Set | Note)]
    done = replace(ticket, marks=frozenset(i.occasion.mark for i in wanted))
    for then in (now, now + later):
        again = policy.judge(done, at(policy, done, then)).intents
        assert not {i.occasion for i in again if isinstance(i, Set | Note)} & {i.occasion for i in wanted}


@settings(max_examples=150)
@given(policies, tickets(), st.integers(0, 6 * DAY))
def test_a_mark_of_somebody_else_changes_nothing(policy: Policy, ticket: Ticket, after: int) -> None:
    """Where nothing was said yet, some keys are not worked out; what is wanted is the same as with them."""
    here = at(policy, ticket, ticket.spans[-1].start + after)
    strange = replace(ticket, marks=frozenset({"a mark"}))
    assert policy.judge(strange, here) == policy.judge(ticket, here)


@settings(max_examples=150)
@given(policies, tickets(), st.integers(0, 6 * DAY))
def test_every_wish_names_a_clause(policy: Policy, ticket: Ticket, after: int) -> None:
    """Each intent cites a clause, each owned field is one of the roles, each verdict has a reason."""
    verdict = policy.judge(ticket, at(policy, ticket, ticket.spans[-1].start + after))
    assert verdict.reason
    for intent in verdict.intents:
        assert intent.clause in CLAUSES
        if isinstance(intent, Keep):
            assert intent.field in OWNED
        if isinstance(intent, Create):
            assert intent.table in {"incident_task", "kb_knowledge", "m2m_kb_task", "problem"}
    fields = [i.field for i in verdict.intents if isinstance(i, Keep)]
    assert len(fields) == len(set(fields))


@settings(max_examples=100)
@given(policies, tickets(), st.integers(0, 6 * DAY))
def test_everything_can_be_explained(policy: Policy, ticket: Ticket, after: int) -> None:
    """Explaining never fails, whatever the record looks like."""
    lines = policy.explain(ticket, at(policy, ticket, ticket.spans[-1].start + after))
    assert all(isinstance(line, str) and line for line in lines)


@settings(max_examples=100)
@given(policies, tickets(), st.integers(0, 6 * DAY), st.integers(0, 6 * DAY))
def test_the_same_fields_are_kept_however_late_one_looks(
    policy: Policy, ticket: Ticket, after: int, later: int
) -> None:
    """Which fields a policy keeps depends on the record, not on the hour: nothing stale is left behind."""
    now = ticket.spans[-1].start + after
    first, second = (
        {i.field for i in policy.judge(ticket, at(policy, ticket, then)).intents if isinstance(i, Keep)}
        for then in (now, now + later)
    )
    assert first == second


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_a_rule_is_complete(rule: type[Policy]) -> None:
    """Its example loads as itself, its clauses exist and its manual names each of them."""
    assert type(example(rule)) is rule
    assert rule.clauses
    assert set(rule.clauses) <= set(CLAUSES)
    for clause in rule.clauses:
        assert clause in (inspect.getdoc(rule) or "")
