"""Facts and scores from what happened at the desk."""

import pytest

from connector.kpi.period import Period, PeriodKind
from connector.reconcile import facts, scores
from tests.world import DAY, HOUR, MINUTE, MON, Desk, record_id

LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
"""


@pytest.fixture
def desk() -> Desk:
    """Two urgent tickets, one answered and solved in time, one neither; and one without any limit."""
    made = Desk(LIMITS)
    for number, rank in (("INC1", "1"), ("INC2", "1"), ("INC3", "3")):
        made.opens(number, impact=rank, urgency=rank)
    made.clock.advance(10 * MINUTE)
    made.takes("INC1")
    made.clock.advance(HOUR)
    for number in ("INC1", "INC3"):
        made.closes(number)
    made.clock.advance(5 * HOUR)
    made.closes("INC2")
    return made


def test_whether_limits_were_kept_is_asked_of_the_policy(desk: Desk) -> None:
    """In time, late, and no limit are three things; a policy in observe measures like one that writes."""
    with desk:
        desk.looks()
        found, calls = facts(desk.world, desk.settings, MON, MON + DAY, desk.clock.now())
        kept = {fact.ticket.number: (fact.responded_in_time, fact.resolved_in_time) for fact in found}
        assert kept == {"INC1": (True, True), "INC2": (False, False), "INC3": (None, None)}
        assert calls is None, "no source of calls is configured: not measured, not 0 %"


def test_a_score_opens_into_its_tickets(desk: Desk) -> None:
    """R-E6 counts the two urgent tickets; one of them succeeded."""
    with desk:
        desk.looks()
        day = Period(PeriodKind.DAY, MON - 9 * HOUR, MON + 15 * HOUR, "2026-06-01")
        whole = scores(desk.world, desk.settings, [day], desk.clock.now(), scopes=("whole",))
        (handled,) = (score for score in whole if score.about.id == "R-E6")
        assert handled.numerator == (record_id("INC1"),)
        assert set(handled.denominator) == {record_id("INC1"), record_id("INC2")}
