"""All rules side by side: what one writes, the others have no quarrel with."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from connector.intent import Create, Keep, Note, Set
from connector.rules.base import Moment, Policy
from connector.rules.catalogue import AnyPolicy
from connector.sync.change import Plan, Safety, Scheme, Wish
from connector.sync.plan import make_plan, outstanding
from connector.ticket import Article, DeskTask, Span, Ticket, TicketState
from tests.builder import DAY, DIRECTORY, cohort_of, moment, tickets

ROLES = ("class", "tier", "respond_by", "resolve_by", "clock", "knowledge", "callback", "marks")
SCHEME = Scheme({role: f"u_{role}" for role in ROLES}, {state: state.value for state in TicketState})
EXAMPLE = tomllib.loads((Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8"))
STRICT = (
    {"rule": "knowledge_capture", "grace": "1h", "then_after": "1h", "then": "set_back", "draft": "always"},
    {"rule": "customer_confirmation", "confirmed": "u_desk_confirmed", "then": "set_back"},
)
CONSISTENT = tickets().map(lambda t: replace(t, group=DIRECTORY.groups[t.spans[-1].group]))
"""Tickets whose history ends in the group that the record names."""


@cache
def policies(*, strict: bool) -> list[Policy]:
    """Those of the example configuration; with ``strict``, knowledge and confirmation set tickets back."""
    tables = [{**table, "mode": "enforce"} for table in EXAMPLE["policy"]]
    if strict:
        named = {table["rule"]: {**table, "name": table["rule"]} for table in STRICT}
        tables = [named.get(table["rule"], table) for table in tables]
    return [TypeAdapter(AnyPolicy).validate_python(table) for table in tables]


def here(some: Sequence[Policy], t: Ticket, now: int) -> Moment:
    """A moment with the closed sets the policies ask for."""
    at = moment(now)
    cohorts = {cohort for policy in some if (cohort := policy.cohort(t, at)) is not None}
    return replace(at, cohorts={cohort: cohort_of([t]) for cohort in cohorts})


def wishes(some: Sequence[Policy], t: Ticket, now: int) -> list[Wish]:
    """What all policies that apply want of the ticket."""
    at = here(some, t, now)
    judged = [(policy, policy.judge(t, at)) for policy in some if policy.applies(t)]
    return [Wish(policy.name, False, t, verdict.reason, verdict.intents) for policy, verdict in judged]


def plan(some: Sequence[Policy], t: Ticket, now: int) -> Plan:
    """The plan for one ticket."""
    return make_plan(wishes(some, t, now), SCHEME, Safety(), now=now)


def written(some: Sequence[Policy], t: Ticket, now: int) -> Ticket:
    """The ticket as the instance would show it after the plan was carried out."""
    owned, marks, more = dict(t.owned), set(t.marks), {}
    tasks, articles = list(t.tasks), {article.sys_id: article for article in t.articles}
    for wish in wishes(some, t, now):
        for intent in outstanding(t, wish.intents, SCHEME):
            match intent:
                case Keep(role, value, _):
                    owned[role] = SCHEME.raw(value)
                case Set(field, value, key, _):
                    marks.add(key.mark)
                    more[field] = value
                case Note(_, key, _):
                    marks.add(key.mark)
                case Create("incident_task", fields, key):
                    kind = fields["correlation_display"].removeprefix("desk-policy:")
                    tasks.append(DeskTask(str(key), kind, str(key), now))
                case Create("kb_knowledge", _, key):
                    articles[str(key)] = Article(str(key), "KB9", "draft", linked=False)
                case Create(_, _, _, _, key):
                    article = key["kb_knowledge"]
                    articles[article] = articles[article]._replace(linked=True)
    group = DIRECTORY.groups.get(str(more.get("group", "")), t.group)
    state = TicketState(more.get("state", t.state))
    assignee = str(more.get("assignee", t.assignee))
    spans = t.spans
    if more and now > spans[-1].start:
        last = Span(now, None, state, t.hold_reason, group.sys_id if group else "", assignee, t.priority)
        spans = (*spans[:-1], spans[-1]._replace(end=now), last)
    return replace(
        t,
        owned=owned,
        marks=frozenset(marks),
        tasks=tuple(tasks),
        articles=tuple(articles.values()),
        group=group,
        state=state,
        assignee=assignee,
        spans=spans,
        resolved_at=now if state is not t.state else t.resolved_at,
    )


@settings(max_examples=80)
@given(CONSISTENT, st.integers(1, 9 * DAY), st.booleans())
def test_after_a_plan_there_is_nothing_left_to_do(t: Ticket, after: int, strict: bool) -> None:
    """Settles: the ticket as written, judged again at once by all, wants nothing more."""
    some, now = policies(strict=strict), t.spans[-1].start + after
    again = plan(some, written(some, t, now), now)
    assert again.changes == ()
    assert again.conflicts == ()


@settings(max_examples=80)
@given(CONSISTENT, st.integers(0, 9 * DAY), st.booleans())
def test_no_two_rules_contradict_each_other(t: Ticket, after: int, strict: bool) -> None:
    """The example's policies never want different values in one field of one ticket."""
    assert plan(policies(strict=strict), t, t.spans[-1].start + after).conflicts == ()


@settings(max_examples=60)
@given(CONSISTENT, st.integers(1, 5 * DAY), st.integers(1, 5 * DAY), st.booleans())
def test_looking_late_leaves_the_same_fields(t: Ticket, first: int, later: int, strict: bool) -> None:
    """Catching up: with nothing moved in between, one look at the end keeps what two looks keep."""
    some, now = policies(strict=strict), t.spans[-1].start + first
    early = written(some, t, now)
    if early.spans == t.spans and early.state is t.state and early.articles == t.articles:
        twice, once = written(some, early, now + later), written(some, t, now + later)
        if once.state is t.state and once.group == t.group:
            assert {k: v for k, v in twice.owned.items() if v} == {k: v for k, v in once.owned.items() if v}
