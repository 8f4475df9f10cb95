"""Any mix of policies and any days at a desk, for the laws.

A mix takes at most one policy of each slot, so that none contradicts another, observed or enforced and in any
order. A timeline is a list of moments: time goes on, then a person does something to a ticket (which is
opened if it is not there yet), and perhaps the connector makes a pass. Everything has a fixed id, so that two
desks that live the same timeline can be compared.
"""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as limits
from hypothesis import strategies as st
from pydantic import TypeAdapter

from connector.instant import platform_time
from connector.reconcile import PassReport
from connector.rules.base import Policy
from connector.rules.catalogue import AnyPolicy
from connector.sandbox.change_state import WAYS
from connector.settings import Settings
from tests.world import DAY, HOUR, MINUTE, Desk, read, record_id

Table = Mapping[str, Any]

SLOTS: tuple[tuple[Table, ...], ...] = (
    (
        {"rule": "sla_timer", "name": "urgent-limits", "when": {"class": "urgent"}, "warn_at": [0.5, 0.8],
         "service_hours": "remote", "respond_within": "15m", "resolve_within": "4h"},
        {"rule": "sla_timer", "name": "urgent-answers", "when": {"priority": "1"}, "warn_at": 0.5,
         "service_hours": "onsite", "respond_within": "30m"},
    ),
    (
        {"rule": "sla_timer", "name": "other-limits", "when": {"class": ["important", "general"]},
         "warn_at": 0.8, "service_hours": "onsite", "respond_within": "1h", "resolve_within": "8h",
         "pause_on": ["1", "4"]},
    ),
    (
        {"rule": "tier_escalation", "name": "to-second-line", "from": "first_line", "to": "second_line",
         "out_of_capability": ["network"], "marked_by": "u_desk_escalate", "after": "4h",
         "service_hours": "onsite", "required": {"findings": "work_notes", "need": "description"}},
        {"rule": "tier_escalation", "name": "to-infrastructure", "from": "first_line", "to": "second_line",
         "to_group": "Infrastructure", "after": "2h", "service_hours": "remote"},
        {"rule": "tier_escalation", "name": "to-who-is-on-call", "from": "first_line", "to": "second_line",
         "beyond": {"category": ["network"]}, "marked_by": "u_desk_escalate",
         "to_groups": [{"group": "Network Operations", "where": {"category": "network"}}],
         "on_call": [{"group": "Infrastructure", "service_hours": "onsite"},
                     {"group": "Network Operations", "person": "lead.zhao"}]},
    ),
    (
        {"rule": "tier_escalation", "name": "to-vendor", "from": "second_line", "to": "vendor",
         "marked_by": "u_desk_escalate", "after": "3h", "service_hours": "remote"},
        {"rule": "tier_escalation", "name": "to-vendor-and-back", "from": "second_line", "to": "vendor",
         "beyond": {"category": ["network"]}, "after": "6h", "service_hours": "remote",
         "contracts": {"Vendor Support": "C-1"}, "returned_by": "u_desk_confirmed"},
    ),
    (
        {"rule": "major_incident", "name": "major-crisis", "when": {"class": "urgent"},
         "report_to": "lead.zhao", "broadcast_every": "30m", "broadcast_for": "2h"},
        {"rule": "major_incident", "name": "major-report", "when": {"priority": ["1", "2"]},
         "report_to": "lead.zhao", "report_within": "1h", "broadcast": False},
    ),
    (
        {"rule": "knowledge_capture", "name": "knowledge-owed", "grace": "1h", "then_after": "2h",
         "service_hours": "onsite", "exempt_close_codes": "Duplicate"},
        {"rule": "knowledge_capture", "name": "knowledge-set-back", "grace": "1h", "then_after": "2h",
         "then": "set_back", "draft": "on_request", "draft_column": "u_desk_draft"},
        {"rule": "knowledge_capture", "name": "knowledge-drafted", "grace": "30m", "draft": "always"},
    ),
    (
        {"rule": "customer_confirmation", "name": "confirmed", "confirmed": "u_desk_confirmed",
         "silence_counts_after": "24h"},
        {"rule": "customer_confirmation", "name": "confirmed-or-back", "confirmed": "u_desk_confirmed",
         "then": "set_back"},
    ),
    (
        {"rule": "callback_sampling", "name": "daily-callbacks", "rate": 0.5, "key": "a", "per": "day",
         "zone": "Asia/Shanghai", "strata": ["class"], "minimum": 1, "cap_per_caller": 2, "low_score": 3},
        {"rule": "callback_sampling", "name": "all-callbacks", "rate": 1, "key": "b", "per": "day",
         "assign_to": "li", "low_score": 3},
    ),
    (
        {"rule": "hierarchical_escalation", "name": "ladder", "service_hours": "remote",
         "resolve_within": "2h", "told_within": "onsite", "told_at_once": "urgent",
         "steps": [{"at": 0.5, "role": "consultant", "by": "both"}, {"at": 1.0, "role": "group_lead"},
                   {"late_by": "3h", "role": "project_manager", "person": "lead.zhao", "by": "task"}]},
    ),
    (
        {"rule": "update_limit", "name": "updates", "service_hours": "remote", "every": "2h", "at_most": 3,
         "written_in": "work_notes"},
        {"rule": "update_limit", "name": "urgent-updates", "when": {"class": "urgent"}, "every": "1h",
         "service_hours": "onsite", "pause_on": "1"},
    ),
    (
        {"rule": "monitoring_alert", "name": "warnings", "values": "event", "suggestion": "close_notes"},
        {"rule": "monitoring_alert", "name": "warnings-later", "column": "category",
         "values": ["network", "inquiry"], "grace": "2h",
         "impact": "cmdb_ci", "labels": {"suggestion": "Try"}},
    ),
    (
        {"rule": "reassignment", "name": "ping-pong", "hand_overs": 2, "returns": 0, "person": "lead.zhao",
         "by": "both"},
        {"rule": "reassignment", "name": "ping-pong-noted", "returns": 1},
    ),
    (
        {"rule": "change_control", "name": "changes", "remind_before": "30m", "record_within": "1h"},
        {"rule": "change_control", "name": "changes-tracked", "where": {"type": "emergency"},
         "tracked_by": "lead.zhao", "afterwards": [], "exempt": {"urgent": ["approval", "answer"]}},
        {"rule": "release_plan", "name": "releases", "table": "change_request", "remind_before": "30m",
         "content": "justification", "scope": "risk_impact_analysis"},
    ),
    (
        {"rule": "after_review", "name": "reviews", "when": {"class": "urgent"}, "within": "2h",
         "check_every": "3h", "checks": 3, "service_hours": "onsite"},
        {"rule": "after_review", "name": "reviews-opened", "when": {"class": ["urgent", "important"]},
         "create": True, "assign_to": "li", "tracked_by": "lead.zhao", "within": "1h"},
    ),
    (
        {"rule": "improvement", "name": "improvements", "cause_within": "1h", "done_within": "3h",
         "verify_by": "lead.zhao", "verified_within": "1h", "check_every": "5h", "checks": 2},
        {"rule": "improvement", "name": "task-improvements", "table": "incident", "done_within": "2h",
         "verify_by": "lead.zhao", "verified_within": "2h", "service_hours": "onsite"},
    ),
    (
        {"rule": "complaint", "name": "complaints", "where": {"category": "network"}, "act_within": "30m",
         "solve_within": "2h", "call_within": "1h", "check_every": "4h", "checks": 3,
         "proposal": "close_notes", "propose_within": "1h"},
        {"rule": "complaint", "name": "low-scores", "low_score": 3, "act_within": "1h", "solve_within": "3h",
         "service_hours": "onsite", "tracked_by": "lead.zhao"},
    ),
    (
        {"rule": "dated_item", "name": "audits", "item": "audit", "title": "Audit", "every": "month",
         "first": date(2026, 5, 31), "dates": [date(2026, 6, 1), date(2026, 6, 2)], "zone": "Asia/Shanghai",
         "remind_before": "20h", "assign_to": "li", "escalate_to": "lead.zhao", "late_by": "3h",
         "reviewed_by": "lead.zhao"},
    ),
)  # fmt: skip
"""At most one of each slot."""

SETS_BACK = frozenset({"knowledge-set-back", "confirmed-or-back"})
ASKS_WHO_WROTE = frozenset({"to-second-line", "updates", "urgent-updates"})
"""Only the audit tells that."""
CHAINS = frozenset({"to-vendor", "to-vendor-and-back"})

_parse = TypeAdapter(AnyPolicy).validate_python


@cache
def _base(history: str) -> Settings:
    settings = read(history=history)
    settings.service_hours  # noqa: B018  (compiled once for all desks)
    return settings


def settle(policies: Iterable[Table], history: str = "audit") -> Settings:
    """The desk's settings with these policies, without reading a file anew.

    With an even number of policies the writes go in batches, with an odd one by one: laws hold for both.
    """
    made: tuple[Policy, ...] = tuple(_parse(policy) for policy in policies)
    base = _base(history)
    instance = base.instance.model_copy(update={"batch": len(made) % 2 == 0})
    return base.model_copy(update={"policies": made, "instance": instance})


def first(rule: str) -> Table:
    """The first policy of that rule."""
    return next(policy for slot in SLOTS for policy in slot if policy["rule"] == rule)


@st.composite
def mixes(draw: st.DrawFn, *, without: frozenset[str] = frozenset(), modes: bool = True) -> tuple[Table, ...]:
    """Policies, at least one, in any order; with ``modes`` some of them are only observed."""
    mode = st.sampled_from(("enforce", "enforce", "enforce", "observe")) if modes else st.just("enforce")
    picked = []
    for slot in SLOTS:
        allowed = [policy for policy in slot if policy["name"] not in without]
        if allowed and draw(st.sampled_from((True, True, False))):
            policy = draw(st.sampled_from(allowed))
            picked.append({**policy, "mode": draw(mode)})
    if not picked:
        picked.append({**SLOTS[0][0], "mode": draw(mode)})
    return tuple(draw(st.permutations(picked)))


def _retires(desk: Desk, number: str) -> None:
    for row in desk.instance.rows("kb_knowledge", f"source={number}"):
        desk.instance.update("kb_knowledge", row["sys_id"], {"workflow_state": "retired"}, user="li")


def _takes_up(desk: Desk, number: str) -> None:
    query = f"incident={record_id(number)}^state=1"
    for row in desk.instance.rows("incident_task", query):
        desk.instance.update("incident_task", row["sys_id"], {"state": "2"}, user="li")


def _change_goes_on(desk: Desk, number: str) -> None:
    """The change that belongs to a ticket is asked for, or goes on to its next state; a closed one stays."""
    name, now = f"CHG-{number}", desk.clock.now()
    row = desk.instance.get("change_request", record_id(name))
    if row is None:
        window = {"start_date": platform_time(now + HOUR), "end_date": platform_time(now + 2 * HOUR)}
        kind = "emergency" if number in NUMBERS[::2] else "standard"
        desk.writes("change_request", name, type=kind, short_description="Replace it", **window)
        return
    way = WAYS[row["type"]]
    place = way.index(row["state"]) + 1 if row["state"] in way else len(way)
    if place < len(way):
        desk.writes("change_request", name, state=way[place])


def _change_is_completed(desk: Desk, number: str) -> None:
    if desk.instance.get("change_request", record_id(f"CHG-{number}")) is not None:
        filled = dict.fromkeys(
            ("justification", "risk_impact_analysis", "backout_plan", "implementation_plan"), "Said"
        )
        desk.writes("change_request", f"CHG-{number}", approval="approved", **filled)


def _problem_goes_on(desk: Desk, number: str) -> None:
    """The problem linked to a ticket gets its cause and goes on; without one, one is opened and linked."""
    row = desk.instance.get("incident", record_id(number))
    linked = row["problem_id"] if row else ""
    problem = desk.instance.get("problem", linked) if linked else None
    if problem is None:
        desk.writes("problem", f"PRB-{number}", short_description="Why?", state="101")
        desk.sets(number, problem_id=record_id(f"PRB-{number}"))
        return
    following = {"101": "102", "102": "103", "103": "104", "104": "106", "106": "107"}
    state = following.get(problem["state"], "107")
    desk.instance.update("problem", linked, {"state": state, "cause_notes": "Old"}, user="li")


DEEDS: Mapping[str, Callable[[Desk, str], object]] = {
    "wang takes": lambda desk, n: desk.takes(n),
    "li takes": lambda desk, n: desk.takes(n, "li"),
    "waits for the caller": lambda desk, n: desk.holds(n, "1"),
    "waits for a problem": lambda desk, n: desk.holds(n, "3"),
    "goes on": lambda desk, n: desk.resumes(n),
    "to first line": lambda desk, n: desk.moves(n, "Service Desk"),
    "to second line": lambda desk, n: desk.moves(n, "Infrastructure"),
    "to no desk": lambda desk, n: desk.moves(n, "Printer Room"),
    "to nobody": lambda desk, n: desk.moves(n, ""),
    "is network": lambda desk, n: desk.sets(n, category="network"),
    "is software": lambda desk, n: desk.sets(n, category="software"),
    "is urgent": lambda desk, n: desk.sets(n, impact="1", urgency="1"),
    "is general": lambda desk, n: desk.sets(n, impact="3", urgency="2"),
    "beyond me": lambda desk, n: desk.ticks(n, "u_desk_escalate"),
    "not beyond me": lambda desk, n: desk.ticks(n, "u_desk_escalate", value="false"),
    "confirmed": lambda desk, n: desk.ticks(n, "u_desk_confirmed"),
    "draft, please": lambda desk, n: desk.ticks(n, "u_desk_draft"),
    "is noted": lambda desk, n: desk.sets(n, work_notes="Looked at it."),
    "is an event": lambda desk, n: desk.sets(n, contact_type="event"),
    "is described": lambda desk, n: desk.sets(n, description="Disk full\nTry: empty it"),
    "resolved": lambda desk, n: desk.resolves(n),
    "resolved as duplicate": lambda desk, n: desk.resolves(n, code="Duplicate"),
    "closed": lambda desk, n: desk.closes(n),
    "closed by the caller": lambda desk, n: desk.closes(n, by="chen"),
    "canceled": lambda desk, n: desk.cancels(n),
    "task done": lambda desk, n: desk.finishes(n),
    "task scored 1": lambda desk, n: desk.finishes(n, u_desk_score="1"),
    "task scored 5": lambda desk, n: desk.finishes(n, u_desk_score="5"),
    "task skipped": lambda desk, n: desk.finishes(n, state="7"),
    "tasks taken up": _takes_up,
    "article attached": lambda desk, n: desk.attaches(n),
    "articles retired": _retires,
    "a change goes on": _change_goes_on,
    "a change is completed": _change_is_completed,
    "its problem goes on": _problem_goes_on,
    "no problem any more": lambda desk, n: desk.sets(n, problem_id=""),
    "an item is done": lambda desk, n: desk.finishes(""),
    "an item is dropped": lambda desk, n: desk.finishes("", state="4"),
}
"""What people do to a ticket, and to what stands beside it."""

OPENINGS: tuple[Mapping[str, str], ...] = (
    {},
    {"impact": "2", "urgency": "2", "caller": "zhou"},
    {"impact": "3", "urgency": "3", "category": "network"},
    {"category": "network", "group": "Infrastructure"},
)
"""How the tickets INC1 to INC4 begin."""

NUMBERS = tuple(f"INC{index}" for index in range(1, len(OPENINGS) + 1))


class Then(NamedTuple):
    """Time goes on, somebody does something (``deed`` "": nobody), and perhaps the connector looks."""

    after: int
    """Seconds since the moment before."""
    deed: str = ""
    number: str = ""
    look: bool = True


STORIES: tuple[tuple[str, ...], ...] = (
    ("wang takes", "resolved", "closed"),
    ("closed", "closed"),
    ("resolved", "closed", "goes on", "resolved", "closed"),
    ("wang takes", "waits for the caller", "goes on", "resolved"),
    ("closed", "", "", "task scored 1", "", "task done", "task done"),
    ("resolved", "closed", "", "", "task scored 5", "goes on", "closed"),
    ("beyond me", "to first line", "", "beyond me", "to first line"),
    ("is network", "to first line", "to second line", "to first line"),
    ("li takes", "draft, please", "resolved", "", "articles retired", "closed"),
    ("resolved", "article attached", "closed by the caller"),
    ("is general", "is urgent", "tasks taken up", "resolved"),
    ("a change goes on", "a change goes on", "a change goes on", "a change goes on"),
    ("a change goes on", "", "a change is completed", "a change goes on", ""),
    ("resolved", "its problem goes on", "its problem goes on", "", "its problem goes on"),
    ("resolved", "", "its problem goes on", "no problem any more", ""),
    ("is network", "wang takes", "resolved", "", "task done", ""),
    ("", "an item is done", "", "an item is dropped", ""),
    ("", "", ""),
)
"""What usually comes after what; single deeds stand between."""

_GAP = st.sampled_from((0, 1, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, DAY, 2 * DAY)) | st.integers(0, DAY)
_PAUSE = st.sampled_from((HOUR, DAY, DAY + HOUR))
_NUMBER = st.sampled_from((*NUMBERS, *NUMBERS[:2], NUMBERS[0]))


@st.composite
def _chapters(draw: st.DrawFn) -> list[Then]:
    """A story of one ticket, or a single deed."""
    number = draw(_NUMBER)
    story = draw(st.one_of(st.sampled_from(STORIES), st.sampled_from(tuple(DEEDS)).map(lambda deed: (deed,))))
    return [
        Then(draw(_GAP), deed, number, draw(st.booleans())) if deed else Then(draw(_PAUSE)) for deed in story
    ]


_REST = st.tuples(st.sampled_from((5 * MINUTE, 20 * MINUTE, HOUR, 5 * HOUR)), st.integers(2, 14))

rests = _REST.map(lambda rest: [Then(rest[0])] * rest[1])
"""Nothing happens, and the connector looks at regular intervals."""


def timelines(most: int = 5) -> st.SearchStrategy[list[Then]]:
    """Up to ``most`` stories and single deeds one after the other, with passes in between; days to weeks."""
    chapters = st.lists(_chapters(), min_size=2, max_size=most)
    return chapters.map(lambda found: [then for each in found for then in each])


def opens(desk: Desk, number: str) -> None:
    """The ticket begins as `OPENINGS` says."""
    desk.opens(number, **OPENINGS[NUMBERS.index(number)])


def happens(desk: Desk, then: Then) -> None:
    """Time goes on and a person does what they do; a ticket that is not there is opened instead."""
    desk.clock.advance(then.after)
    if not then.deed:
        return
    if then.number not in NUMBERS:  # what stands beside a ticket: something happens to the ticket
        then = then._replace(number=next((n for n in NUMBERS if n in then.number), NUMBERS[0]))
    if desk.instance.get("incident", record_id(then.number)) is None:
        opens(desk, then.number)
    else:
        DEEDS[then.deed](desk, then.number)


def lives(
    desk: Desk, timeline: Iterable[Then], passing: Callable[[Desk], PassReport] = Desk.looks
) -> list[PassReport]:
    """All of it happens; what the passes came to."""
    reports = []
    for then in timeline:
        happens(desk, then)
        if then.look:
            reports.append(passing(desk))
    return reports


THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
ROUND = 10
"""Examples of one run of hypothesis. After ten it begins to vary those it has, and days at a desk are so much
alike then that little is learnt from them; so there are many short runs, each with a seed of its own.
"""

Law = Callable[..., None]


def examples(count: int) -> limits:
    """So many examples in one run, and twenty times as many for a thorough look."""
    most = count * 20 if THOROUGH else count
    return limits(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck))


def law(rounds: int, *strategies: st.SearchStrategy[Any]) -> Callable[[Law], Law]:
    """A test in so many rounds of `ROUND` examples; a thorough look has twenty times as many, all new."""
    seeds = [secrets.randbits(32) for _ in range(rounds * 20)] if THOROUGH else range(rounds)
    bounds = limits(max_examples=ROUND, deadline=None, suppress_health_check=list(HealthCheck))

    def wrap(test: Law) -> Law:
        @pytest.mark.parametrize("seeded", seeds)
        def one_round(seeded: int) -> None:
            seed(seeded)(bounds(given(*strategies)(test)))()

        one_round.__name__, one_round.__doc__ = test.__name__, test.__doc__
        return one_round

    return wrap
