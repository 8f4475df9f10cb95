"""One ticket told in full: the same verdicts that act."""

from connector.reconcile import explain
from tests.world import HOUR, Desk

POLICIES = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
[[policy]]
rule = "knowledge_capture"
name = "knowledge-owed"
mode = "observe"
[[policy]]
rule = "customer_confirmation"
name = "confirmed-south"
when = { class = "general" }
confirmed = "u_desk_confirmed"
"""


def test_every_policy_answers_also_with_no() -> None:
    """Who is not concerned says why; who is says where it stands; and what would be written is the plan."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.clock.advance(HOUR)
        told = explain(desk.world, desk.settings, "INC1", desk.clock.now())
        assert told is not None
        answers = {answer.policy.name: answer for answer in told.answers}
        assert answers["urgent-limits"].verdict.reason == "breached"
        assert answers["knowledge-owed"].verdict.reason == "not resolved"
        assert answers["confirmed-south"].not_concerned
        assert "class urgent is not general" in answers["confirmed-south"].verdict.reason
        assert told.plan.changes == desk.looks(apply=False).plan.changes


def test_what_was_written_is_told_with_it() -> None:
    """The journal of the ticket, oldest first, and nothing more to write."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.clock.advance(HOUR)
        desk.settles()
        told = explain(desk.world, desk.settings, "INC1", desk.clock.now())
        assert told is not None
        assert told.plan.empty
        assert [entry.sent_at for entry in told.journal] == [desk.clock.now() - HOUR, desk.clock.now()]
        assert told.as_data()["written"][-1]["answer"] == "written"


def test_one_policy_only_or_a_ticket_nobody_knows() -> None:
    """The question can be narrowed; an unknown number has no answer."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.looks()
        told = explain(desk.world, desk.settings, "INC1", desk.clock.now(), only="knowledge-owed")
        assert told is not None
        assert [answer.policy.name for answer in told.answers] == ["knowledge-owed"]
        assert explain(desk.world, desk.settings, "INC9", desk.clock.now()) is None


def test_to_explain_writes_nothing() -> None:
    """Asking is free: no request that writes, and the ticket stays as due as it was."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.looks(apply=False)
        due = desk.store.next_due()
        explain(desk.world, desk.settings, "INC1", desk.clock.now())
        assert list(desk.sent()) == []
        assert desk.store.next_due() == due
