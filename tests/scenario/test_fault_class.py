"""R-C1: the class of a fault by an ordered table of columns, else by its priority."""

from connector.ticket import FaultClass
from tests.world import DAY, HOUR, Desk, read

RANKS = {
    'urgent = ["1"]': """ranks = [
  { class = "urgent", where = { "business_service.name" = ["Payroll"], urgency = ["1", "2"] } },
  { class = "important", where = { "caller_id.vip" = "true" } },
  { class = "general", where = { category = "inquiry" } },
]
urgent = ["1"]"""
}
LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
resolve_within = "4h"
[[policy]]
rule = "sla_timer"
name = "other-limits"
mode = "enforce"
when = { class = ["important", "general"] }
service_hours = "remote"
resolve_within = "24h"
"""


def test_r_c1_the_first_rank_that_fits_decides() -> None:
    """Service and urgency, then the caller's standing, then the category; else the priority."""
    with Desk(settings=read(LIMITS, changed=RANKS)) as desk:
        service = str(desk.instance.insert("cmdb_ci_service", {"name": "Payroll"})["sys_id"])
        desk.instance.update("sys_user", desk.people["zhou"], {"vip": "true"})
        desk.opens("INC1", impact="3", urgency="2", business_service=service, caller="zhou")
        desk.opens("INC2", impact="3", urgency="3", business_service=service, caller="zhou")
        desk.opens("INC3", impact="1", urgency="1", category="inquiry")
        desk.opens("INC4", impact="1", urgency="1", category="network")
        desk.settles()
        shown = {n: desk.shows(n)["class"] for n in ("INC1", "INC2", "INC3", "INC4")}
        assert shown == {"INC1": "urgent", "INC2": "important", "INC3": "general", "INC4": "urgent"}
        assert {n: desk.shows(n)["clock"] for n in shown} == dict.fromkeys(shown, "running")


def test_r_c1_a_new_category_is_a_new_class_and_a_new_limit() -> None:
    """The limit counts from the opening, as with a new priority."""
    with Desk(settings=read(LIMITS, changed=RANKS)) as desk:
        desk.opens("INC1", impact="1", urgency="1", category="inquiry")
        desk.settles()
        desk.clock.advance(5 * HOUR)
        desk.sets("INC1", category="network")
        desk.settles()
        assert desk.shows("INC1")["class"] == "urgent"
        assert desk.shows("INC1")["clock"] == "breached"
        desk.clock.advance(DAY)
        desk.settles()
        assert desk.repeated() == []


def test_r_c1_the_past_is_scored_by_the_same_table() -> None:
    """What a ticket was, as of then, is told with its priority then and its other columns."""
    settings = read(LIMITS, changed=RANKS)
    assert settings.fault_class.ranked == {FaultClass.URGENT, FaultClass.IMPORTANT, FaultClass.GENERAL}
    assert "business_service.name" in settings.extra_columns
    assert "category" not in settings.extra_columns - {settings.kpi.service}
