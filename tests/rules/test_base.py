"""What every rule builds on: limits in words, and which tickets a policy is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from connector.rules.base import Duration, Policy, When
from connector.ticket import FaultClass, Ticket, Tier
from tests.builder import FIRST, moment, ticket, tickets

CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "class": st.lists(st.sampled_from([str(c) for c in FaultClass]), min_size=1, max_size=2),
        "tier": st.sampled_from([str(t) for t in Tier]),
        "group": st.sampled_from(("Service Desk", "Infrastructure")),
        "desk": st.sampled_from(("main", "south")),
        "category": st.sampled_from(("network", "inquiry")),
        "priority": st.lists(st.sampled_from(("1", "2")), min_size=1, max_size=2),
    },
)


@given(st.integers(0, 200), st.integers(0, 59))
def test_a_limit_is_hours_and_minutes(hours: int, minutes: int) -> None:
    """``4h30m`` is its seconds; nothing at all is no limit."""
    adapter = TypeAdapter(Duration)
    if hours or minutes:
        assert adapter.validate_python(f"{hours}h{minutes}m") == hours * 3600 + minutes * 60
    else:
        with pytest.raises(ValidationError, match="longer than nothing"):
            adapter.validate_python("0h0m")


@pytest.mark.parametrize(
    ("value", "told"),
    [("2d", "never days"), ("1 week", "never days"), (4, "with its unit"), ("soon", "not a limit")],
)
def test_a_limit_in_days_or_without_a_unit_is_refused(value: object, told: str) -> None:
    """The message says how to write it."""
    with pytest.raises(ValidationError, match=told):
        TypeAdapter(Duration).validate_python(value)


@given(CONDITIONS, tickets())
def test_a_policy_applies_or_says_why_not(table: dict[str, object], t: Ticket) -> None:
    """The quick answer and the reason in words never disagree."""
    when = When.model_validate(table)
    assert when.matches(t) == (when.why_not(t) is None)


def test_all_conditions_must_hold() -> None:
    """Equality or a list; the first that fails is named."""
    when = When.model_validate({"class": ["urgent", "important"], "group": "Service Desk"})
    assert when.matches(ticket(group=FIRST))
    assert when.why_not(ticket(fault_class=FaultClass.GENERAL)) == (
        "class general is not urgent or important"
    )
    assert when.why_not(ticket(group=None)) == "group (none) is not Service Desk"


def test_a_rule_that_does_not_judge_is_a_mistake() -> None:
    """The base has no opinion of its own."""
    with pytest.raises(TypeError, match="must say how it judges"):
        Policy(name="p").judge(ticket(), moment(0))
