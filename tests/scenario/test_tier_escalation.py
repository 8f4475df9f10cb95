"""Days at the desk with tickets that go from tier to tier."""

from tests.story import Story
from tests.world import MINUTE, Desk, read, record_id

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


def test_r_a3_the_second_line_has_two_days_then_the_vendor() -> None:
    """The limit of a tier counts from when the ticket came to it, in its own service hours."""
    desk = Story(LADDER)
    desk.at("Mon 09:00").opens("INC1", "general")
    desk.at("Mon 09:25").expects("INC1", tier="second_line")
    desk.at("Wed 09:20").expects("INC1", tier="second_line")
    desk.at("Wed 09:30").expects("INC1", tier="vendor", notes=2)
    desk.plays()


ROUTED = """
[[policy]]
rule = "tier_escalation"
name = "to-second-line"
mode = "enforce"
from = "first_line"
to = "second_line"
beyond = {{ "business_service.name" = "Payroll" }}
marked_by = "u_desk_escalate"
{more}
[[policy]]
rule = "tier_escalation"
name = "to-vendor"
mode = "enforce"
from = "second_line"
to = "vendor"
marked_by = "u_desk_escalate"
returned_by = "u_desk_draft"
contracts = {{ "Vendor Support" = "C-2026-17" }}
"""


def routed(more: str = "") -> str:
    """Both steps, with more settings of the first."""
    return ROUTED.format(more=more)


def test_r_b2_a_service_beyond_the_first_line() -> None:
    """The configuration speaks of the service by its name; the ticket refers to it."""
    route = '{ group = "Network Operations", where = { "business_service.name" = "Payroll" } }'
    with Desk(routed(f"to_groups = [{route}]")) as desk:
        service = desk.instance.insert("cmdb_ci_service", {"name": "Payroll"})
        desk.opens("INC1", business_service=str(service["sys_id"]))
        desk.opens("INC2")
        desk.settles()
        assert desk.shows("INC1")["group"] == "Network Operations"
        assert desk.shows("INC2")["group"] == "Service Desk"
        assert "business_service.name Payroll is beyond" in desk.said("INC1")[0].text


def test_r_b2_the_group_with_the_fewest_open_tickets() -> None:
    """Those handed over in the same pass count, so that they are shared out; resolved ones do not."""
    alike = {'{ group = "Network Operations", categories = ["network"] }': '"Network Operations"'}
    with Desk(settings=read(routed('choose = "load"'), changed=alike)) as desk:
        for number in ("INC1", "INC2", "INC3"):
            desk.opens(number, group="Infrastructure")
        desk.opens("INC4", group="Network Operations")
        desk.resolves("INC3")
        for number in ("INC5", "INC6", "INC7"):
            desk.opens(number)
            desk.ticks(number, "u_desk_escalate")
        desk.clock.advance(MINUTE)
        desk.settles()
        # One against two: the first goes to the idler, then they are equal, and the first in order leads.
        assert sorted(desk.shows(f"INC{n}")["group"] for n in (5, 6, 7)) == [
            "Infrastructure",
            "Network Operations",
            "Network Operations",
        ]


def test_r_b2_a_rota_by_night() -> None:
    """In the hours of the desk one group is on call, else the other."""
    by_day = '{ group = "Network Operations", service_hours = "onsite" }'
    desk = Story(routed(f'on_call = [{by_day}, {{ group = "Infrastructure" }}]'))
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 09:02").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 09:05").expects("INC1", group="Network Operations")
    desk.at("Mon 22:00").opens("INC2")
    desk.at("Mon 22:02").ticks("INC2", "u_desk_escalate")
    desk.at("Mon 22:05").expects("INC2", group="Infrastructure")
    desk.plays()


def test_r_b2_back_to_the_first_line_on_a_word() -> None:
    """The second line gives it back with a tick; it does not come up again by itself."""
    desk = Story(routed())
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 09:02").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 09:05").expects("INC1", tier="second_line", group="Infrastructure", notes=1)
    desk.at("Mon 10:00").person("li").takes("INC1")
    desk.at("Mon 10:02").person("li").ticks("INC1", "u_desk_draft")
    desk.at("Mon 10:05").expects("INC1", tier="first_line", group="Service Desk", assignee="", notes=2)
    desk.at("Tue 10:00").expects("INC1", tier="first_line", notes=2, says="Handed back from second line")
    desk.plays()


def test_r_a4_the_vendor_is_told_the_contract() -> None:
    """Its reference stands in the note of the hand-over."""
    desk = Story(routed())
    desk.at("Mon 09:00").opens("INC1", tier="second_line").ticks("INC1", "u_desk_escalate")
    desk.at("Mon 09:05").expects("INC1", tier="vendor", notes=1, says="Contract: C-2026-17.")
    desk.plays()


def test_r_a2_the_first_line_watches_what_it_handed_over() -> None:
    """Who had it is on the list, beside those whom people put there."""
    shared = {'"assigned_to", "state"': '"assigned_to", "state", "watch_list"'}
    with Desk(settings=read(routed("watch = true"), changed=shared)) as desk:
        desk.opens("INC1", watch_list=desk.people["zhou"])
        desk.takes("INC1")
        desk.ticks("INC1", "u_desk_escalate")
        desk.clock.advance(MINUTE)
        desk.settles()
        row = desk.instance.get("incident", record_id("INC1"))
        assert row is not None
        assert row["watch_list"] == f"{desk.people['zhou']},{desk.people['wang']}"
        assert desk.repeated() == []


def test_r_a5_a_secondary_desk_hands_on_to_its_own_people_first() -> None:
    """Each desk escalates within itself; one without a second line hands on to the main desk's."""
    desks = (
        '[[desk]]\nname = "printers"\nfirst_line = ["Printer Room"]\nsecond_line = ["Printer Works"]\n'
        '[[desk]]\nname = "branch"\nfirst_line = ["Branch Desk"]\n'
    )
    first_step = LADDER[: LADDER.rindex("[[policy]]")]
    with Desk(first_step, more=desks) as desk:
        for group in ("Printer Works", "Branch Desk"):
            desk.groups[group] = desk.instance.rows("sys_user_group", f"name={group}")[0]["sys_id"]
        for number, group in (("INC1", "Printer Room"), ("INC2", "Branch Desk"), ("INC3", "Service Desk")):
            desk.opens(number, group=group)
            desk.ticks(number, "u_desk_escalate")
        desk.settles()
        shown = [desk.shows(number)["group"] for number in ("INC1", "INC2", "INC3")]
        assert shown == ["Printer Works", "Infrastructure", "Infrastructure"]
