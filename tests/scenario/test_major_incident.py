"""Days at the desk on which something serious happens."""

from tests.story import Story

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
