"""Facts and scores from what happened at the desk."""

import pytest

from connector.kpi.case import Case
from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import ALL_SCOPES, Score
from connector.reconcile import facts, limits_of, scores, scores_of
from connector.reconcile.case import cases_of
from connector.reconcile.judgement import read_tickets
from tests.world import DAY, HOUR, MINUTE, MON, Desk, read, record_id

LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
"""


MUCH = (
    LIMITS
    + """mode = "enforce"
warn_at = 0.1

[[policy]]
rule = "complaint"
mode = "enforce"
name = "complaints"
where = { category = "network", contact_type = "phone" }
proposal = ["close_notes"]
propose_within = "24h"
solve_within = "4h"

[[policy]]
rule = "knowledge_capture"
mode = "enforce"
name = "knowledge"
knowledge_base = "IT"

[[fault_class.ranks]]
class = "urgent"
where = { contact_type = "phone" }
"""
)
TRAITS = '''calls = false
customer = "location"
service = "subcategory"'''


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


def test_figures_are_those_of_tickets_read_whole() -> None:
    """What figures leave unread when they read tickets is nothing that they are made of."""
    desk = Desk(settings=read(MUCH, changed={"calls = false": TRAITS}))
    places = ("Beijing", "Beijing", "")
    for number, place in enumerate(places):
        category, notes = ("network", "") if number else ("hardware", "swapped")
        desk.opens(
            f"INC{number}", impact="1", urgency="1", contact_type="phone", location=place,
            category=category, subcategory="wifi", close_notes=notes,
        )  # fmt: skip
    desk.clock.advance(10 * MINUTE)
    desk.takes("INC1")
    desk.clock.advance(HOUR)
    desk.closes("INC0")
    with desk:
        desk.settles()
        now = desk.clock.now()
        found, calls = facts(desk.world, desk.settings, MON, MON + DAY, now)
        directory, ids = desk.world.moment.directory, [record_id(f"INC{n}") for n in range(len(places))]
        whole = limits_of(desk.settings, directory, read_tickets(desk.world, ids, now), now)
        assert any(fact.ticket.marks for fact in whole), "else this shows little"
        day = Period(PeriodKind.DAY, MON - 9 * HOUR, MON + 15 * HOUR, "2026-06-01")

        def told(
            some: list[TicketFact],
        ) -> tuple[list[Score], tuple[Case, ...] | None, dict[str, str | None]]:
            counted = scores_of(desk.settings, directory, some, calls, [day], now=now, scopes=ALL_SCOPES)
            states = {fact.ticket.sys_id: fact.ticket.owned.get("knowledge") for fact in some}
            return counted, cases_of(desk.world, desk.settings, some, now), states

        assert told(found) == told(whole)
        counted, cases, states = told(found)
        keys = {(score.scope.kind, score.scope.key) for score in counted}
        assert cases and any(states.values())
        assert {("customer", "Beijing"), ("service", "wifi")} <= keys
