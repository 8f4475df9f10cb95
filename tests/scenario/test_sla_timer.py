"""Days at the desk with response and resolution limits."""

from tests.story import Story

URGENT = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
warn_at = 0.8
"""
OFFICE = """
[[policy]]
rule = "sla_timer"
name = "office-limits"
mode = "enforce"
when = { class = ["important", "general"] }
service_hours = "onsite"
resolve_within = "8h"
"""


def test_an_urgent_fault_is_taken_up_and_solved_in_time() -> None:
    """Who keeps the limits is not written to: the clock says met, and nothing else."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1").expects("INC1", clock="running", resolve_by="Mon 13:00")
    desk.at("Mon 09:10").person("wang").takes("INC1")
    desk.at("Mon 11:00").person("wang").resolves("INC1")
    desk.at("Mon 11:30").person("wang").closes("INC1")
    desk.at("Tue 09:00").expects("INC1", clock="met", notes=0)
    desk.plays()


def test_nobody_comes_and_it_is_said_three_times_in_all() -> None:
    """A warning and a breach of each limit are each said once, however long it then lies."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 09:15").expects("INC1", clock="warned", notes=1, says="80 % of the response limit")
    desk.at("Mon 09:20").expects("INC1", clock="breached", notes=2, says="Response limit exceeded")
    desk.at("Mon 13:05").expects("INC1", clock="breached", notes=4, says="Resolution limit exceeded")
    desk.at("Sat 09:00").expects("INC1", clock="breached", notes=4)
    desk.plays()


def test_a_night_on_hold_does_not_move_the_limit() -> None:
    """A pause outside service hours is worth nothing; one inside them is worth what it covers of them."""
    desk = Story(OFFICE)
    desk.at("Mon 09:00").opens("INC1", "important").opens("INC2", "important")
    desk.at("Mon 09:00").expects("INC1", resolve_by="Tue 09:00")
    desk.at("Mon 17:00").person("wang").holds("INC2")
    desk.at("Mon 18:30").person("wang").holds("INC1").expects("INC1", clock="paused", resolve_by="")
    desk.at("Tue 08:00").person("wang").resumes("INC1").expects("INC1", resolve_by="Tue 09:00")
    desk.at("Tue 09:00").person("wang").resumes("INC2").expects("INC2", resolve_by="Tue 10:30")
    desk.plays()


def test_waiting_for_the_caller_never_breaches() -> None:
    """While a ticket is on hold no limit passes, whatever the day."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:00").person("wang").holds("INC1")
    desk.at("Fri 09:55").expects("INC1", clock="paused", notes=0)
    desk.at("Fri 10:00").person("wang").resumes("INC1").expects("INC1", resolve_by="Fri 13:00")
    desk.plays()


def test_reopened_after_a_day_it_has_what_was_left() -> None:
    """A reopened ticket goes on with its clock; the day it was thought solved does not count."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:00").person("wang").resolves("INC1")
    desk.at("Tue 10:00").person("chen").reopens("INC1")
    desk.at("Tue 10:00").expects("INC1", clock="running", resolve_by="Tue 13:00", notes=0)
    desk.at("Tue 12:30").expects("INC1", clock="warned", notes=1)
    desk.plays()


def test_raised_to_urgent_it_keeps_the_pause_it_had() -> None:
    """Another class counts from the opening with the new limit, less what was paused under the old one."""
    desk = Story(URGENT, OFFICE)
    desk.at("Mon 09:00").opens("INC1", "general").person("wang").takes("INC1")
    desk.at("Mon 09:30").person("wang").holds("INC1")
    desk.at("Mon 11:30").person("wang").resumes("INC1").expects("INC1", resolve_by="Tue 11:00")
    desk.at("Mon 11:40").person("wang").sets("INC1", fault_class="urgent")
    desk.at("Mon 11:40").expects("INC1", resolve_by="Mon 15:00", clock="running", **{"class": "urgent"})
    desk.plays()


def test_asleep_over_warning_and_breach() -> None:
    """After downtime it is said what is true now: the breach, not the warning before it."""
    desk = Story(URGENT)
    desk.sleeps("Mon 09:00", "Mon 16:00")
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 16:00").expects("INC1", clock="breached", notes=1, says="Resolution limit exceeded")
    desk.plays()


def test_solved_while_we_slept_it_was_late_without_a_word() -> None:
    """A breach that nobody can mend any more is on the record, not in a note."""
    desk = Story(URGENT)
    desk.sleeps("Mon 09:00", "Mon 16:00")
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 15:00").person("wang").closes("INC1")
    desk.at("Mon 16:00").expects("INC1", clock="missed", notes=0)
    desk.plays()
