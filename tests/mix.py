"""Any mix of policies, for the laws and the simulation.

A mix takes at most one policy of each slot, so that none contradicts another, observed or enforced and in any
order.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from connector.rules.base import Policy
from connector.rules.catalogue import AnyPolicy
from connector.settings import Settings
from connector.ticket import Tier
from tests.world import read

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
        {"rule": "sla_timer", "name": "by-the-callers-clock", "when": {"class": "general"}, "warn_at": 0.5,
         "service_hours": "onsite", "resolve_within": "2h", "caller_zone": True},
    ),
    (
        {"rule": "tier_escalation", "name": "to-second-line", "from": "first_line", "to": "second_line",
         "out_of_capability": ["network"], "marked_by": "u_desk_escalate", "after": "4h",
         "service_hours": "onsite", "required": {"findings": "work_notes", "need": "description"}},
        {"rule": "tier_escalation", "name": "to-who-has-least", "from": "first_line", "to": "second_line",
         "after": "1h", "service_hours": "remote", "choose": "load"},
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
        {"rule": "hand_over_limit", "name": "hand-overs", "within": "1h", "warn_at": 0.5,
         "service_hours": "remote", "person": "lead.zhao", "by": "both", "tiers": list(Tier)},
        {"rule": "hand_over_limit", "name": "hand-overs-noted", "within": "30m", "service_hours": "onsite"},
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
        {"rule": "knowledge_capture", "name": "knowledge-known", "grace": "30m", "draft": "always",
         "alike": 0.6},
    ),
    (
        {"rule": "article_review", "name": "articles", "expires_within": "48h", "unchanged_for": "5h",
         "assign_to": "lead.zhao", "at_most": 2},
        {"rule": "article_review", "name": "articles-aged", "unchanged_for": "2h", "to_author": False,
         "assign_group": "Service Desk"},
    ),
    (
        {"rule": "article_promotion", "name": "promoted", "tickets": 2, "within": "48h",
         "assign_to": "lead.zhao"},
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
        {"rule": "monitoring_alert", "name": "warnings-before", "column": "category",
         "values": ["network", "inquiry"], "earlier": "2h"},
        {"rule": "monitoring_alert", "name": "alerts", "table": "em_alert", "grace": "30m",
         "where": {"severity": ["1", "2", "3"]}, "composed": {"impact": ["node"]}, "impact": "cmdb_ci",
         "earlier": "24h"},
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
