"""The year's plan, audits and reports come round."""

from connector.reconcile import explain
from tests.story import Story
from tests.world import Desk

AUDIT = """
[[policy]]
rule = "dated_item"
name = "audit"
mode = "enforce"
item = "audit"
title = "Quality audit"
dates = [2026-06-03]
zone = "Asia/Shanghai"
remind_before = "24h"
assign_to = "li"
escalate_to = "lead.zhao"
late_by = "10h"
"""
REPORT = """
[[policy]]
rule = "dated_item"
name = "report"
mode = "enforce"
item = "report"
title = "Monthly report"
every = "month"
first = 2026-05-31
zone = "Asia/Shanghai"
remind_before = "600h"
assign_group = "Service Desk"
reviewed_by = "lead.zhao"
"""


def test_r_h1_an_audit_becomes_a_task_in_time() -> None:
    """A day before; done in time nobody else hears of it."""
    desk = Story(AUDIT)
    desk.at("Tue 23:55").finds("", notes=0)
    desk.at("Wed 00:00").finds("", notes=0, tasks={"audit": 1})
    desk.at("Wed 17:00").person("li").finishes("", "audit")
    desk.at("2nd Mon 09:00").finds("", notes=0, tasks={"audit": 1})
    desk.plays()


def test_r_h1_an_audit_that_is_not_held_is_reported() -> None:
    """To the manager, ten hours after its day, once."""
    desk = Story(AUDIT)
    desk.at("Wed 00:00").finds("", notes=0, tasks={"audit": 1})
    desk.at("Thu 10:00").finds("", notes=0, tasks={"audit": 1})
    desk.at("Thu 10:05").finds("", notes=0, tasks={"audit": 1, "audit_overdue": 1})
    desk.at("2nd Wed 10:00").person("li").finishes("", "audit")
    desk.at("2nd Thu 10:00").finds("", notes=0, tasks={"audit": 1, "audit_overdue": 1})
    desk.plays()


def test_r_h1_after_downtime_the_task_is_made_all_the_same() -> None:
    """Late, and what is late is reported when somebody could have seen the task."""
    desk = Story(AUDIT)
    desk.at("Mon 09:00").opens("INC1")
    desk.sleeps("Mon 10:00", "Thu 12:00")
    desk.at("Thu 12:05").finds("", notes=0, tasks={"audit": 1, "audit_overdue": 1})
    desk.plays()


def test_r_h4_a_report_is_delivered_and_reviewed() -> None:
    """Every month on its last day; May's was due before the desk was adopted and is not asked for."""
    desk = Story(REPORT)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("2nd Mon 09:00").finds("", notes=0, tasks={"report": 1})
    desk.at("2nd Mon 12:00").finishes("", "report")
    desk.at("2nd Mon 12:05").finds("", notes=0, tasks={"report": 1, "report_review": 1})
    desk.plays()


def test_r_h4_the_calendar_is_explained() -> None:
    """As a ticket of its own, with the dates to come; and it costs no request of its own."""
    with Desk(REPORT) as desk:
        desk.looks()
        tables = [request.table for request in desk.rest.requests]
        assert "calendar" not in tables
        found = explain(desk.world, desk.settings, "CALENDAR", desk.clock.now())
        assert found is not None
        (answer,) = found.answers
        assert answer.lines[:3] == [
            "2026-06-30: no task yet",
            "2026-07-31: no task yet",
            "2026-08-31: no task yet",
        ]
