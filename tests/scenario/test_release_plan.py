"""Days on which something is released."""

from tests.story import Story

RELEASES = """
[[policy]]
rule = "release_plan"
name = "releases"
mode = "enforce"
table = "change_request"
where = { type = "release" }
remind_before = "24h"
"""
TIME = {"start_date": "Wed 20:00", "end_date": "Wed 22:00"}
REST = {"description": "Version 4.2: new invoices", "cmdb_ci": "9" * 32}


def test_r_g2_a_planned_release_is_left_alone() -> None:
    """Time, scope, content; and what is no release is none."""
    desk = Story(RELEASES)
    desk.at("Mon 09:00").writes("change_request", "CHG1", type="release", **TIME, **REST)
    desk.at("Mon 09:00").writes("change_request", "CHG2", type="normal", **TIME)
    desk.at("Wed 20:05").writes("change_request", "CHG1", state="-1")
    desk.at("Thu 09:00").finds("CHG1", notes=0).finds("CHG2", notes=0)
    desk.plays()


def test_r_g2_what_the_plan_lacks_is_named_a_day_before() -> None:
    """Only what it lacks."""
    desk = Story(RELEASES)
    desk.at("Mon 09:00").writes("change_request", "CHG1", type="release", description="4.2", **TIME)
    desk.at("Tue 19:55").finds("CHG1", notes=0)
    desk.at("Tue 20:00").finds("CHG1", notes=1, says="its plan lacks its scope (business_service / cmdb_ci).")
    desk.at("Wed 09:00").writes("change_request", "CHG1", **REST)
    desk.at("Wed 21:00").writes("change_request", "CHG1", state="-1").finds("CHG1", notes=1)
    desk.plays()


def test_r_g2_a_release_that_begins_without_a_plan() -> None:
    """Without a time nobody could remind of it; that it begins is noted."""
    desk = Story(RELEASES + 'tracked_by = "lead.zhao"\n')
    desk.at("Mon 09:00").writes("change_request", "CHG1", type="release", **REST)
    desk.at("Tue 09:00").writes("change_request", "CHG1", state="-1")
    desk.at("Tue 09:00").finds(
        "CHG1", notes=1, says="its time (start_date, end_date)", tasks={"nonconformity": 1}
    )
    desk.plays()
