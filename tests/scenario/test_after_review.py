"""After a major incident."""

from connector.sandbox import Fault
from connector.sandbox.fault import on
from tests.story import Story
from tests.world import Desk, record_id

LIMIT = """
[[policy]]
rule = "after_review"
name = "reviews"
mode = "enforce"
when = { class = "urgent" }
within = "24h"
check_every = "48h"
checks = 2
"""
OPENED = """
[[policy]]
rule = "after_review"
name = "reviews"
mode = "enforce"
when = { class = "urgent" }
within = "24h"
create = true
assign_to = "lead.zhao"
"""


def test_r_c6_a_major_incident_owes_a_problem_record() -> None:
    """A note a day after its resolution, and on check dates, until it is linked; a small one owes none."""
    desk = Story(LIMIT)
    desk.at("Mon 09:00").opens("INC1").opens("INC2", fault_class="general")
    desk.at("Mon 10:00").resolves("INC1").resolves("INC2")
    desk.at("Tue 10:00").expects("INC1", notes=0)
    desk.at("Tue 10:05").expects("INC1", notes=1, says="a problem record for the after-review")
    desk.at("Wed 10:00").expects("INC1", notes=2, says="Check date 1 of at most 2")
    desk.at("Thu 09:00").writes("problem", "PRB1", short_description="Why it broke")
    desk.at("Thu 09:05").sets("INC1", problem_id=record_id("PRB1"))
    desk.at("2nd Mon 09:00").expects("INC1", notes=2).expects("INC2", notes=0)
    desk.plays()


def test_r_c6_the_problem_is_opened_and_linked() -> None:
    """Once, for the lead; who takes the link away has the last word, and the limit goes on."""
    with Desk(OPENED) as desk:
        desk.opens("INC1")
        desk.resolves("INC1")
        desk.settles()
        (problem,) = desk.instance.rows("problem")
        incident = desk.instance.get("incident", record_id("INC1")) or {}
        assert incident["problem_id"] == problem["sys_id"]
        assert problem["first_reported_by_task"] == record_id("INC1")
        assert problem["assigned_to"] == desk.people["lead.zhao"]
        assert len(desk.said("INC1")) == 1
        desk.sets("INC1", problem_id="")
        desk.clock.advance(25 * 3600)
        desk.settles()
        assert desk.instance.count("problem") == 1
        assert [note.text.split(":")[0] for note in desk.said("INC1")] == ["After-review", "Not in time"]
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_r_c6_nothing_is_linked_that_could_not_be_created() -> None:
    """Where the account may not open problems: no link to nothing, and it is tried again later."""
    for batch in (False, True):
        with Desk(OPENED) as desk:
            instance = desk.settings.instance.model_copy(update={"batch": batch})
            desk.settings = desk.settings.model_copy(update={"instance": instance})
            desk.rest.faults.add(Fault.forbidden(), when=on("POST", "problem"), times=None)
            for number in ("INC1", "INC2", "INC3", "INC4"):
                desk.opens(number)
                desk.resolves(number)
            report = desk.looks()
            assert {str(w.answer) for w in report.outcome.written} == {"forbidden"}
            assert desk.instance.count("problem") == 0
            assert not any(row["problem_id"] for row in desk.instance.rows("incident"))
            assert desk.said("INC1") == []
