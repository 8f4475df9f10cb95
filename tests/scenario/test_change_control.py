"""Days on which changes are made, in order and otherwise."""

from tests.story import Story

CHANGES = """
[[policy]]
rule = "change_control"
name = "changes"
mode = "enforce"
remind_before = "24h"
record_within = "48h"
"""
TRACKED = CHANGES + 'tracked_by = "lead.zhao"\n'
ASKED = {
    "type": "normal",
    "short_description": "New firewall rules",
    "justification": "Audit finding",
    "start_date": "Wed 20:00",
    "end_date": "Wed 22:00",
    "implementation_plan": "Load the rules",
}
ASSESSED = {"risk_impact_analysis": "Branch offices", "backout_plan": "Load the old rules"}


def test_r_g1_a_change_in_order_is_left_alone() -> None:
    """Asked for, assessed, approved, carried out in its window, recorded."""
    desk = Story(CHANGES)
    desk.at("Mon 09:00").writes("change_request", "CHG1", **ASKED)
    desk.at("Mon 10:00").writes("change_request", "CHG1", state="-4", **ASSESSED)
    desk.at("Mon 11:00").writes("change_request", "CHG1", state="-3")
    desk.at("Tue 11:00").writes("change_request", "CHG1", state="-2", approval="approved")
    desk.at("Wed 20:10").writes("change_request", "CHG1", state="-1")
    desk.at("Wed 21:40").writes("change_request", "CHG1", state="0")
    desk.at("Thu 09:00").writes(
        "change_request", "CHG1", state="3", close_code="successful", close_notes="Done"
    )
    desk.at("Fri 09:00").finds("CHG1", notes=0)
    desk.plays()


def test_r_g1_what_is_missing_is_named_the_day_before() -> None:
    """And only then; what is added in time is not asked for again."""
    desk = Story(CHANGES)
    desk.at("Mon 09:00").writes("change_request", "CHG1", **ASKED)
    desk.at("Tue 19:55").finds("CHG1", notes=0)
    desk.at("Tue 20:00").finds("CHG1", notes=1, says="the answer to its risk (backout_plan)")
    desk.at("Wed 09:00").writes("change_request", "CHG1", approval="approved", **ASSESSED)
    desk.at("Wed 19:00").finds("CHG1", notes=1)
    desk.plays()


def test_r_g1_an_implementation_without_approval_is_a_finding_with_a_task() -> None:
    """The risk has to be answered before; the finding is followed to its end as a task."""
    desk = Story(TRACKED)
    desk.at("Mon 09:00").writes("change_request", "CHG1", **(ASKED | {"start_date": "Mon 10:00"}))
    desk.at("Mon 09:05").finds("CHG1", notes=1, tasks={"nonconformity": 1})
    for minute, state in ((10, "-4"), (20, "-3"), (30, "-2")):
        desk.at(f"Mon 10:{minute}").writes("change_request", "CHG1", state=state)
    desk.at("Mon 10:40").writes("change_request", "CHG1", state="-1")
    desk.at("Mon 10:40").finds("CHG1", notes=2, says="the approval (approval)", tasks={"nonconformity": 2})
    desk.at("Mon 11:00").writes("change_request", "CHG1", approval="approved", **ASSESSED)
    desk.at("Tue 09:00").finds("CHG1", notes=2, tasks={"nonconformity": 2})
    desk.plays()


def test_r_h1_a_finding_on_a_change_is_followed_to_its_end() -> None:
    """Its task is late, then done, then verified."""
    follow = """
[[policy]]
rule = "improvement"
name = "findings"
mode = "enforce"
table = "change_request"
tasks = true
done_within = "24h"
verify_by = "li"
"""
    desk = Story(TRACKED, follow)
    desk.at("Mon 09:00").writes("change_request", "CHG1", **(ASKED | {"start_date": "Mon 10:00"}))
    desk.at("Mon 09:05").finds("CHG1", notes=1, tasks={"nonconformity": 1})
    desk.at("Tue 09:10").finds(
        "CHG1", notes=2, says="the improvement carried out", tasks={"nonconformity": 1}
    )
    desk.at("Tue 10:00").person("lead.zhao").finishes("CHG1", "nonconformity")
    desk.at("Tue 10:05").finds(
        "CHG1", notes=2, says="carried out", tasks={"nonconformity": 1, "verification": 1}
    )
    desk.plays()


def test_r_g1_outside_its_window() -> None:
    """Begun too early is said at once, going on too long when the window closes."""
    desk = Story(CHANGES)
    whole = ASKED | ASSESSED | {"approval": "approved", "type": "standard"}
    desk.at("Mon 09:00").writes("change_request", "CHG1", **whole)
    desk.at("Wed 19:00").writes("change_request", "CHG1", state="-2")
    desk.at("Wed 19:10").writes("change_request", "CHG1", state="-1")
    desk.at("Wed 19:10").finds("CHG1", notes=1, says="before its window")
    desk.at("Wed 22:00").finds("CHG1", notes=1)
    desk.at("Wed 22:05").finds("CHG1", notes=2, says="its window is over")
    desk.at("Wed 23:00").writes("change_request", "CHG1", state="0")
    desk.at("Thu 09:00").finds("CHG1", notes=2)
    desk.plays()


def test_r_g1_an_emergency_is_made_up_for_within_two_days() -> None:
    """Carried out first: nothing is asked for in the night, two days later what is still missing is."""
    desk = Story(CHANGES)
    desk.at("Mon 02:00").writes("change_request", "CHG1", type="emergency", short_description="Down")
    for minute, state in ((1, "-3"), (2, "-2"), (3, "-1")):
        desk.at(f"Mon 02:0{minute}").writes("change_request", "CHG1", state=state)
    desk.at("Mon 03:00").writes("change_request", "CHG1", state="0")
    desk.at("Tue 09:00").writes(
        "change_request", "CHG1", approval="approved", justification="Down", **ASSESSED
    ).finds("CHG1", notes=0)
    desk.at("Wed 02:55").finds("CHG1", notes=0)
    desk.at("Wed 03:00").finds("CHG1", notes=1, says="the plan of its implementation")
    desk.at("Thu 03:00").finds("CHG1", notes=1)
    desk.plays()


def test_r_g1_closed_without_a_record() -> None:
    """The record is asked for when it is closed."""
    desk = Story(CHANGES)
    whole = ASKED | ASSESSED | {"type": "standard", "start_date": "Mon 09:00", "end_date": "Mon 12:00"}
    desk.at("Mon 09:00").writes("change_request", "CHG1", **whole)
    for minute, state in ((10, "-2"), (20, "-1"), (30, "0")):
        desk.at(f"Mon 09:{minute}").writes("change_request", "CHG1", state=state)
    desk.at("Mon 09:35").finds("CHG1", notes=0)
    desk.at("Mon 10:00").writes("change_request", "CHG1", state="3").finds(
        "CHG1", notes=1, says="the record (close_code, close_notes)"
    )
    desk.plays()


def test_r_g1_a_canceled_change_owes_nothing() -> None:
    """Nor one that `where` leaves out."""
    desk = Story(CHANGES + 'where = { type = "normal" }\n')
    soon = ASKED | {"start_date": "Tue 09:00"}
    desk.at("Mon 08:00").writes("change_request", "CHG1", **soon)
    desk.at("Mon 08:00").writes("change_request", "CHG2", **(soon | {"type": "standard"}))
    desk.at("Mon 08:30").writes("change_request", "CHG1", state="4")
    desk.at("Tue 12:00").finds("CHG1", notes=0).finds("CHG2", notes=0)
    desk.plays()
