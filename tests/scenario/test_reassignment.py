"""Days at the desk on which nobody wants a ticket."""

from tests.story import Story

PING_PONG = """
[[policy]]
rule = "reassignment"
name = "ping-pong"
mode = "enforce"
returns = 1
person = "lead.zhao"
by = "both"
"""


def test_r_a1_to_and_fro_is_reported_once() -> None:
    """The second return is reported with the groups by name; what follows is the project manager's."""
    desk = Story(PING_PONG)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 09:30").sets("INC1", tier="second_line")
    desk.at("Mon 10:00").sets("INC1", tier="first_line").expects("INC1", notes=0, tasks={})
    desk.at("Mon 10:30").sets("INC1", tier="second_line")
    desk.at("Mon 10:30").expects("INC1", notes=1, says="Service Desk → Infrastructure → Service Desk")
    desk.at("Mon 10:30").expects("INC1", notes=1, tasks={"ping_pong": 1})
    desk.at("Mon 11:00").sets("INC1", tier="first_line")
    desk.at("Mon 12:00").expects("INC1", notes=1, tasks={"ping_pong": 1})
    desk.plays()


def test_r_b2_a_reopened_ticket_begins_anew() -> None:
    """It went to and fro once before it was resolved: one return after the reopening is in order again."""
    desk = Story(PING_PONG)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 09:30").sets("INC1", tier="second_line")
    desk.at("Mon 10:00").sets("INC1", tier="first_line")
    desk.at("Mon 10:30").person("wang").resolves("INC1")
    desk.at("Mon 11:00").person("wang").reopens("INC1")
    desk.at("Mon 11:30").sets("INC1", tier="second_line")
    desk.at("Mon 12:00").sets("INC1", tier="first_line").expects("INC1", notes=0, tasks={})
    desk.at("Mon 13:00").sets("INC1", tier="second_line").expects("INC1", notes=1, tasks={"ping_pong": 1})
    desk.plays()
