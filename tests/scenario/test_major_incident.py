"""Days at the desk on which something serious happens."""

from tests.story import Story
from tests.world import Desk

MAJOR = """
[[policy]]
rule = "major_incident"
name = "major-crisis"
mode = "enforce"
when = { class = "urgent" }
report_to = "lead.zhao"
report_within = "30m"
broadcast_every = "30m"
broadcast_for = "2h"
"""


def test_the_lead_takes_the_report_up() -> None:
    """The lead gets a task at once; taken up in time, nobody is reproached, and the progress goes on."""
    desk = Story(MAJOR)
    desk.at("Mon 09:00").opens("INC1").expects("INC1", tasks={"major_report": 1}, notes=0)
    desk.at("Mon 09:10").person("lead.zhao").takes_up("INC1", "major_report")
    desk.at("Mon 09:30").expects("INC1", notes=1, says="Progress broadcast no. 1")
    desk.at("Mon 10:00").expects("INC1", notes=2, says="reported to the maintenance lead")
    desk.at("Mon 10:10").person("wang").resolves("INC1")
    desk.at("Tue 09:00").expects("INC1", notes=2, tasks={"major_report": 1})
    desk.plays()


def test_nobody_reports_it_at_night() -> None:
    """The half hour runs day and night; that it passed is said once."""
    desk = Story(MAJOR.replace("[[policy]]", "[[policy]]\nbroadcast = false"))
    desk.at("Mon 23:00").opens("INC1")
    desk.at("Mon 23:30").expects("INC1", notes=0)
    desk.at("Mon 23:35").expects("INC1", notes=1, says="Not reported in time")
    desk.at("Wed 09:00").expects("INC1", notes=1, tasks={"major_report": 1})
    desk.plays()


def test_broadcasts_end_although_the_incident_does_not() -> None:
    """No broadcasts without end: after two hours a person leads."""
    desk = Story(MAJOR)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 09:05").person("lead.zhao").takes_up("INC1", "major_report")
    desk.at("Mon 11:00").expects("INC1", notes=4, says="This was the last broadcast.")
    desk.at("Fri 11:00").expects("INC1", notes=4)
    desk.plays()


def test_asleep_over_three_broadcasts() -> None:
    """After downtime only the present one is told, and that the report is late."""
    desk = Story(MAJOR)
    desk.sleeps("Mon 09:05", "Mon 10:45")
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 10:45").expects("INC1", notes=2)
    desk.at("Mon 10:50").expects("INC1", notes=2)
    desk.plays()


def test_raised_in_the_afternoon() -> None:
    """The half hour begins when the fault became a major one, not when it was opened."""
    desk = Story(MAJOR)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 15:00").person("wang").sets("INC1", fault_class="urgent")
    desk.at("Mon 15:00").expects("INC1", tasks={"major_report": 1}, notes=0)
    desk.at("Mon 15:30").expects("INC1", notes=1, says="open for 30 min")
    desk.plays()


OUTAGE = """
[[policy]]
rule = "major_incident"
name = "major-outage"
mode = "enforce"
report_to = "lead.zhao"
broadcast = false
similar = { at_least = 3, within = "30m", same = ["category"] }
"""


def test_r_c4_three_alike_within_half_an_hour() -> None:
    """The third is reported, and names the others; a fourth adds nothing, another kind does not count."""
    desk = Story(OUTAGE)
    desk.at("Mon 09:00").opens("INC1", "general", category="network")
    desk.at("Mon 09:05").opens("INC2", "general", category="database")
    desk.at("Mon 09:10").opens("INC3", "general", category="network").expects("INC3", tasks={})
    desk.at("Mon 09:20").opens("INC4", "general", category="network")
    desk.at("Mon 09:20").expects("INC4", tasks={"major_report": 1}).expects("INC1", tasks={})
    desk.at("Mon 09:25").opens("INC5", "general", category="network").expects("INC5", tasks={})
    desk.at("Mon 09:30").person("lead.zhao").takes_up("INC4", "major_report")
    desk.at("Mon 10:30").expects("INC4", notes=0, tasks={"major_report": 1})
    desk.plays()


def test_r_c4_a_service_that_is_always_serious() -> None:
    """Recognised by the name of its service, whatever its class; nobody is told of others."""
    policy = OUTAGE.replace(
        'similar = { at_least = 3, within = "30m", same = ["category"] }',
        'where = { "business_service.name" = "Payroll" }',
    )
    with Desk(policy) as desk:
        service = desk.instance.insert("cmdb_ci_service", {"name": "Payroll"})
        desk.opens("INC1", impact="3", urgency="3", business_service=str(service["sys_id"]))
        desk.opens("INC2")
        desk.settles()
        assert [row[1:3] for row in desk.made()] == [("INC1", "desk-policy:major_report")]
