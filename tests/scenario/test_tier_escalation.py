"""Days at the desk with tickets that go from tier to tier."""

from tests.story import Story

LADDER = """
[[policy]]
rule = "tier_escalation"
name = "to-second-line"
mode = "enforce"
from = "first_line"
to = "second_line"
out_of_capability = ["network"]
marked_by = "u_desk_escalate"
after = "25m"
service_hours = "remote"
required = { need = "description", findings = "work_notes" }
[[policy]]
rule = "tier_escalation"
name = "to-vendor"
mode = "enforce"
from = "second_line"
to = "vendor"
marked_by = "u_desk_escalate"
after = "16h"
service_hours = "onsite"
"""
LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "25m"
"""


def test_an_urgent_fault_nobody_takes() -> None:
    """Unanswered for its limit, an urgent fault is escalated once and the breach is noted once."""
    desk = Story(LADDER, LIMITS)
    desk.at("Mon 09:00").opens("INC1", fault_class="urgent")
    desk.at("Mon 09:30").expects("INC1", tier="second_line", group="Infrastructure", notes=2)
    desk.at("Mon 10:00").person("wang").sets("INC1", tier="first_line")
    desk.at("Mon 12:00").expects("INC1", tier="first_line", group="Service Desk", notes=2)
    desk.at("Sat 12:00").expects("INC1", tier="first_line", group="Service Desk", notes=2)
    desk.plays()


def test_a_network_fault_goes_to_those_who_know_networks() -> None:
    """Beyond the first line's capability: it goes to the speciality at once, and says what is missing."""
    desk = Story(LADDER)
    desk.at("Mon 09:00").opens("INC1", "general", category="network").person("wang").takes("INC1")
    desk.at("Mon 09:00").expects("INC1", group="Network Operations", assignee="", tier="second_line")
    desk.at("Mon 09:00").expects("INC1", notes=1, says="Missing, please add: need, findings")
    desk.at("Mon 09:20").person("li").takes("INC1")
    desk.at("Mon 17:00").expects("INC1", group="Network Operations", assignee="li", notes=1)
    desk.plays()


def test_handed_back_and_marked_again() -> None:
    """Who hands it back has the last word, until somebody asks anew."""
    desk = Story(LADDER)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 09:02").person("wang").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 09:05").expects("INC1", tier="second_line", notes=1, says="beyond their capability")
    desk.at("Mon 10:00").person("li").sets("INC1", tier="first_line", u_desk_escalate="false")
    desk.at("Mon 14:55").expects("INC1", tier="first_line", notes=1)
    desk.at("Mon 15:02").person("wang").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 15:05").expects("INC1", tier="second_line", notes=2)
    desk.plays()


def test_one_tick_is_one_step() -> None:
    """What the first line marked as beyond it is not thereby beyond the second line, too."""
    desk = Story(LADDER)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 09:02").person("wang").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 12:00").expects("INC1", tier="second_line", group="Infrastructure", notes=1)
    desk.at("Mon 12:01").person("li").ticks("INC1", "u_desk_escalate", "false")
    desk.at("Mon 12:02").person("li").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 12:10").expects("INC1", tier="vendor", group="Vendor Support", notes=2)
    desk.plays()


def test_the_second_line_has_two_days_then_the_vendor() -> None:
    """The limit of a tier counts from when the ticket came to it, in its own service hours."""
    desk = Story(LADDER)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 09:25").expects("INC1", tier="second_line")
    desk.at("Wed 09:20").expects("INC1", tier="second_line")
    desk.at("Wed 09:30").expects("INC1", tier="vendor", notes=2)
    desk.plays()
