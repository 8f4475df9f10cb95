"""What all policies about a table's records have in common: `where`, and how it is told."""

import pytest

from connector.rules.after_review import AfterReview
from connector.rules.change_control import ChangeControl
from connector.rules.complaint import Complaint
from connector.rules.improvement import Improvement
from connector.rules.obligation import Obligation
from connector.rules.release_plan import ReleasePlan
from connector.ticket import Ticket, TicketState
from tests.builder import HOUR, MON, moment, spans, ticket

WHERE = {"category": ("wanted",)}
POLICIES = (
    AfterReview(name="p", where=WHERE),
    ChangeControl(name="p", where=WHERE),
    Complaint(name="p", where=WHERE),
    Improvement(name="p", where=WHERE, verify_by="lead.zhao"),
    ReleasePlan(name="p", where=WHERE),
)


def record(policy: Obligation, category: str) -> Ticket:
    """A record of its table that is resolved, so that even a review would be owed of it."""
    life = spans(MON, (0, TicketState.NEW), (HOUR, TicketState.RESOLVED))
    return ticket(life=life, kind=policy.table, extra={"category": category})


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.rule)
def test_what_where_leaves_out_has_one_reason_and_its_detail_is_explained(policy: Obligation) -> None:
    """Verdicts are counted by their reasons: a line, and not one for each category there is."""
    at = moment(MON + 2 * HOUR)
    others = [record(policy, category) for category in ("network", "software", "")]
    assert len({policy.judge(other, at) for other in others}) == 1
    assert [policy.explain(other, at) for other in others] == [
        ["category network is not wanted"],
        ["category software is not wanted"],
        ["category (none) is not wanted"],
    ]
    assert policy.judge(record(policy, "wanted"), at) != policy.judge(others[0], at)


def test_all_such_rules_are_held_to_it() -> None:
    """A new one belongs into the list."""

    def below(kind: type[Obligation]) -> set[type[Obligation]]:
        return {each for one in kind.__subclasses__() for each in (below(one) or {one})}

    assert below(Obligation) == {type(policy) for policy in POLICIES}
