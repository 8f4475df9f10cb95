"""Days at the desk on which nobody resolves it."""

from tests.story import Story

LADDER = """
[[policy]]
rule = "hierarchical_escalation"
name = "urgent-ladder"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
resolve_within = "4h"
told_within = "onsite"
steps = [
  { at = 0.5, role = "consultant" },
  { at = 1.0, role = "project_manager", person = "lead.zhao", by = "both" },
  { late_by = "4h", role = "head_of_operations", person = "lead.zhao", by = "task" },
]
"""


def test_r_c3_the_ladder_is_climbed_once() -> None:
    """Half used up, late, long late: each is told once, the last by a task; resolving it ends it."""
    desk = Story(LADDER)
    desk.at("Mon 08:30").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:25").expects("INC1", notes=0)
    desk.at("Mon 10:30").expects("INC1", notes=1, says="To be told: consultant.")
    desk.at("Mon 13:35").expects("INC1", notes=2, says="project manager", tasks={"escalation": 1})
    desk.at("Mon 16:35").expects("INC1", notes=2, tasks={"escalation": 2})
    desk.at("Tue 09:00").person("wang").resolves("INC1")
    desk.at("Tue 09:30").person("wang").reopens("INC1")
    desk.at("Wed 12:00").expects("INC1", notes=2, tasks={"escalation": 2})
    desk.plays()


def test_r_c3_nobody_is_told_at_midnight() -> None:
    """Peers' users complain of mails at midnight. Here the night's steps are told in the morning, once."""
    desk = Story(LADDER)
    desk.at("Mon 20:00").opens("INC1")
    desk.at("Tue 08:25").expects("INC1", notes=0, tasks={})
    desk.at("Tue 08:30").expects("INC1", notes=1, says="has run out", tasks={"escalation": 2})
    desk.at("Wed 09:00").expects("INC1", notes=1, tasks={"escalation": 2})
    desk.plays()


def test_r_c3_a_hold_stops_the_ladder() -> None:
    """Peers' users complain that pending still breaches. Here it does not, and nothing is lost either."""
    desk = Story(LADDER)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:00").person("wang").holds("INC1")
    desk.at("Wed 10:00").expects("INC1", notes=0, tasks={})
    desk.at("Wed 10:00").person("wang").resumes("INC1")
    desk.at("Wed 11:00").expects("INC1", notes=1, says="50 %")
    desk.plays()


def test_r_a6_after_downtime_the_ladder_says_what_is_true() -> None:
    """Asleep over three steps: one note that it is late, and each task once."""
    desk = Story(LADDER)
    desk.sleeps("Mon 08:35", "Mon 17:00")
    desk.at("Mon 08:30").opens("INC1")
    desk.at("Mon 17:00").expects("INC1", notes=1, says="consultant, project manager", tasks={"escalation": 2})
    desk.at("Tue 17:00").expects("INC1", notes=1, tasks={"escalation": 2})
    desk.plays()
