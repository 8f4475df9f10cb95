"""Days at the desk on which nobody writes how things stand."""

from tests.story import Story

UPDATES = """
[[policy]]
rule = "update_limit"
name = "urgent-updates"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
every = "1h"
at_most = 2
"""


def test_r_b3_two_reminders_then_the_consultant_writes() -> None:
    """Silence brings two reminders and no third; somebody's note ends it, our own notes do not."""
    desk = Story(UPDATES)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 09:55").expects("INC1", notes=0)
    desk.at("Mon 10:00").expects("INC1", notes=1, says="reminder 1 of 2")
    desk.at("Mon 11:00").expects("INC1", notes=2, says="for 2 h of service, since 2026-06-01 09:00")
    desk.at("Tue 09:00").expects("INC1", notes=2)
    desk.at("Tue 09:00").person("wang").sets("INC1", work_notes="The switch is being replaced.")
    desk.at("Tue 10:00").expects("INC1", notes=3, says="since 2026-06-02 09:00")
    desk.at("Tue 10:30").person("wang").sets("INC1", comments="It works again in the east wing.")
    desk.at("Tue 11:25").expects("INC1", notes=3)
    desk.at("Tue 11:30").expects("INC1", notes=4, says="reminder 1 of 2")
    desk.plays()


def test_r_c2_waiting_for_the_caller_is_no_silence() -> None:
    """Peers' users complain of mails without end while a ticket is pending; here nobody is reminded then."""
    desk = Story(UPDATES)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 09:30").person("wang").holds("INC1")
    desk.at("Wed 09:30").expects("INC1", notes=0).person("wang").resumes("INC1")
    desk.at("Wed 09:55").expects("INC1", notes=0)
    desk.at("Wed 10:00").expects("INC1", notes=1, says="reminder 1 of 2")
    desk.plays()


def test_r_c2_after_downtime_one_reminder() -> None:
    """Asleep over both: the present one only."""
    desk = Story(UPDATES)
    desk.sleeps("Mon 09:05", "Mon 14:00")
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 14:00").expects("INC1", notes=1, says="reminder 2 of 2")
    desk.at("Tue 14:00").expects("INC1", notes=1)
    desk.plays()
