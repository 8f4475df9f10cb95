"""How earlier tickets of an item were solved."""

from connector.reconcile.precedent import LATEST, MirroredPrecedents
from connector.ticket import Precedent
from tests.world import DAY, HOUR, MINUTE, MON, Desk, record_id

POLICIES = """
[[policy]]
rule = "monitoring_alert"
name = "warnings"
earlier = "24h"
[[policy]]
rule = "knowledge_capture"
name = "knowledge"
grace = "8h"
service_hours = "remote"
"""
ITEM = record_id("server")


def test_only_what_still_is_solved_and_tells_how() -> None:
    """Reopened, canceled or without a word it is nothing; an article that is published is a word."""
    with Desk(POLICIES) as desk:
        for number in ("INC1", "INC2", "INC3", "INC4"):
            desk.opens(number, cmdb_ci=ITEM)
            desk.resolves(number)
            desk.clock.advance(MINUTE)
        desk.resumes("INC4")
        desk.sets("INC3", close_notes="")
        desk.sets("INC2", close_notes="")
        desk.attaches("INC2")
        desk.settles()
        found = MirroredPrecedents(desk.world).last(ITEM, "", MON, MON + HOUR)
        (article,) = {row["number"] for row in desk.instance.rows("kb_knowledge")}
        assert found == Precedent("INC2", MON + MINUTE, "", article)
        desk.sets("INC2", state="8")
        desk.settles()
        found = MirroredPrecedents(desk.world).last(ITEM, "", MON, MON + HOUR)
        assert found == Precedent("INC1", MON, "Restarted.")


def test_one_that_cannot_be_read_stops_nobody() -> None:
    """The one before it is told."""
    with Desk(POLICIES) as desk:
        for number in ("INC1", "INC2"):
            desk.opens(number, cmdb_ci=ITEM)
            desk.resolves(number)
            desk.clock.advance(MINUTE)
        desk.instance.add_choice("incident", "state", "99", "Odd")
        desk.sets("INC2", state="99")
        desk.settles()
        found = MirroredPrecedents(desk.world).last(ITEM, "", MON, MON + HOUR)
        assert found is not None
        assert found.number == "INC1"


def test_no_more_than_the_last_ones_are_read() -> None:
    """An item that fails all day costs no more than another."""
    with Desk(POLICIES) as desk:
        desk.opens("INC0", cmdb_ci=ITEM, category="network")
        desk.resolves("INC0")
        for number in range(LATEST):
            desk.clock.advance(MINUTE)
            desk.opens(f"INC{number + 1}", cmdb_ci=ITEM)
            desk.resolves(f"INC{number + 1}")
        desk.settles()
        precedents = MirroredPrecedents(desk.world)
        assert precedents.last(ITEM, "network", MON, MON + DAY) is None
        assert precedents.last(ITEM, "network", MON, MON + MINUTE) is not None
        assert precedents.last("", "", MON, MON + DAY) is None
