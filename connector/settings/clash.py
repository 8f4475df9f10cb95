"""Policies that want different things of the same ticket.

The planner writes neither when two policies disagree; an admin should learn that from `check`, not at night.
Two policies in different modes do not clash: one may be rehearsed beside the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from connector.rules.base import Policy, When
from connector.settings.finding import Finding
from connector.ticket import FaultClass, Tier

KEEPS: Mapping[str, tuple[str, ...]] = {
    "sla_timer": ("class", "respond_by", "resolve_by", "clock"),
    "update_limit": (),
    "tier_escalation": ("tier",),
    "hand_over_limit": (),
    "hierarchical_escalation": (),
    "reassignment": (),
    "major_incident": (),
    "monitoring_alert": (),
    "knowledge_capture": ("knowledge",),
    "article_review": (),
    "article_promotion": (),
    "customer_confirmation": (),
    "callback_sampling": ("callback",),
    "change_control": (),
    "release_plan": (),
    "after_review": (),
    "improvement": (),
    "complaint": (),
    "dated_item": (),
    "hotline": (),
    "duty_roster": (),
}
"""Rule → the roles of `[columns]` that it keeps on a ticket."""

AGREED = frozenset({"tier"})
"""Roles in which two policies want the same by nature: the tier is that of the ticket's group."""

EVERY_OTHER_GROUP = "*"
"""In a tier of a desk: all groups of the instance that no desk names."""

Groups = Mapping[str, tuple[str, Tier | None, tuple[str, ...]]]
"""Name → (desk, tier, categories)."""


def clashes(
    policies: Mapping[int, Policy],
    priorities: Mapping[str, FaultClass],
    groups: Groups,
    ranked: Iterable[FaultClass] = (),
) -> Iterator[Finding]:
    """Two policies of one rule and mode about the same tickets, with different settings."""
    for (_, first), (index, second) in combinations(sorted(policies.items(), key=lambda item: item[0]), 2):
        kept = [role for role in KEEPS.get(rule_of(first), ()) if role not in AGREED]
        if not kept or rule_of(first) != rule_of(second) or first.enforced != second.enforced:
            continue
        if first.name == second.name:  # told already
            continue
        if _wish(first) == _wish(second) or not overlap(first.when, second.when, priorities, groups, ranked):
            continue
        yield Finding(
            ("policy", index),
            f'clashes with policy "{first.name}": both keep {", ".join(kept)} of the same tickets, and want '
            "different things; narrow `when` of one of them so that no ticket is in both",
        )


def overlap(
    one: When,
    other: When,
    priorities: Mapping[str, FaultClass],
    groups: Groups,
    ranked: Iterable[FaultClass] = (),
) -> bool:
    """Whether some ticket could be in both. A class is some priorities; a desk and a tier are some groups."""
    several = (one, other)
    if not all(
        not a or not b or set(a) & set(b)
        for a, b in (
            (one.category, other.category),
            (one.company, other.company),
            (one.kind, other.kind),
        )
    ):
        return False
    return some_urgency(several, priorities, ranked) and some_place(several, groups)


def some_urgency(
    several: Iterable[When], priorities: Mapping[str, FaultClass], ranked: Iterable[FaultClass] = ()
) -> bool:
    """Whether some class and priority go together and are what all of these ask for.

    ``ranked``: classes that tickets of any priority can have.
    """
    several = tuple(several)
    unnamed = {priority: FaultClass.GENERAL for when in several for priority in ("", *when.priority)}
    return any(
        all(_in(when.priority, priority) and _in(when.fault_class, fault_class) for when in several)
        for priority, own in {**unnamed, **priorities}.items()
        for fault_class in {own, *ranked}
    )


def some_place(several: Iterable[When], groups: Groups) -> bool:
    """Whether some group, with its desk and its tier, or no group, is what all of these ask for."""
    several = tuple(several)
    known: dict[str, tuple[str, Tier | None, tuple[str, ...]]] = {"": ("", None, ()), **groups}
    if EVERY_OTHER_GROUP in groups:
        named = (name for when in several for name in when.group)
        known |= {name: groups[EVERY_OTHER_GROUP] for name in named if name not in groups}
    return any(
        all(_in(when.group, name) and _in(when.desk, desk) and _in(when.tier, tier or "") for when in several)
        for name, (desk, tier, _) in known.items()
    )


def _in(wanted: tuple[str, ...], actual: str) -> bool:
    return not wanted or actual in wanted


def people_write(policy: Policy) -> tuple[str, ...]:
    """Columns shared with people that the policy sets."""
    if rule_of(policy) == "tier_escalation":
        watched = ("watch_list",) if getattr(policy, "watch", False) else ()
        return ("assignment_group", "assigned_to", *watched)
    if getattr(policy, "creates_problem", False):
        return ("problem_id",)
    asks = ("comments",) if getattr(policy, "ask", False) else ()
    return (*(("state",) if getattr(policy, "then", "") == "set_back" else ()), *asks)


def rule_of(policy: Policy) -> str:
    """The name of the rule that the policy is of."""
    return str(getattr(policy, "rule", ""))


def _wish(policy: Policy) -> dict[str, object]:
    return policy.model_dump(exclude={"name", "mode", "when"})
