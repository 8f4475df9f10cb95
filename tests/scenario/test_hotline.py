"""Days at the hotline: calls of the instance and of a phone log, and the duty roster."""

import os
from pathlib import Path

from connector.reconcile import explain
from connector.settings import loads
from tests.world import CONFIG, HOUR, MINUTE, MON, Desk, read, utc

HOTLINE = """
[[policy]]
rule = "hotline"
name = "hotline"
mode = "enforce"
service_hours = "onsite"
report_to = "lead.zhao"
"""
ROSTER = """
[[policy]]
rule = "duty_roster"
name = "roster"
mode = "enforce"
roster = "duty"
zone = "Asia/Shanghai"
look_ahead = "480h"
report_to = "lead.zhao"
[[source]]
name = "duty"
kind = "roster"
path = "roster.csv"
optional = true
"""
LOG = """
[[source]]
name = "phone"
kind = "calls"
path = "phone.csv"
"""


def rings(desk: Desk, *, answered: bool = False) -> None:
    """A caller rings now."""
    state, who = ("closed_complete", desk.people["wang"]) if answered else ("closed_abandoned", "")
    fields = {"type": "phone", "direction": "inbound", "state": state, "assigned_to": who}
    desk.instance.insert("interaction", {**fields, "opened_at": utc(desk.clock.now())})


def kinds(desk: Desk) -> list[str]:
    """Kinds of the tasks that were made."""
    return [row[2].removeprefix("desk-policy:") for row in desk.made()]


def test_r_c5_nobody_answers_for_a_quarter_of_an_hour() -> None:
    """Reported once, however many more ring; after an answer the next silence is another."""
    with Desk(settings=read(HOTLINE, changed={"calls = false": "calls = true"})) as desk:
        rings(desk)
        desk.clock.advance(15 * MINUTE)
        desk.settles()
        assert kinds(desk) == []
        desk.clock.advance(MINUTE)
        desk.settles()
        rings(desk)
        desk.clock.advance(20 * MINUTE)
        desk.settles()
        assert kinds(desk) == ["hotline_unanswered"]
        rings(desk, answered=True)
        desk.clock.advance(MINUTE)
        rings(desk)
        desk.clock.advance(16 * MINUTE)
        desk.settles()
        assert kinds(desk) == ["hotline_unanswered"] * 2
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_r_c5_a_phone_log_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    """Only once a row behind the limit shows that nobody answered; the file is read when it changes."""
    log = tmp_path / "phone.csv"
    log.write_text("rung,answered\n2026-06-01 09:00,no\n", encoding="utf-8")
    text = CONFIG.format(history="audit", more=LOG) + HOTLINE
    with Desk(settings=loads(text, tmp_path / "config.toml")) as desk:
        desk.at(MON + HOUR)
        desk.settles()
        assert kinds(desk) == []
        log.write_text("rung,answered\n2026-06-01 09:00,no\n2026-06-01 09:40,yes\n", encoding="utf-8")
        desk.clock.advance(2 * MINUTE)
        desk.settles()
        assert kinds(desk) == ["hotline_unanswered"]
        log.unlink()
        desk.clock.advance(2 * MINUTE)
        desk.settles()
        assert kinds(desk) == ["hotline_unanswered"]


def test_r_f2_the_dragon_boat_holiday_is_not_rostered(tmp_path: Path) -> None:
    """Without the file nothing; with it what is missing, and who came late, each once."""
    text = CONFIG.format(history="audit", more="") + ROSTER
    roster = tmp_path / "roster.csv"
    with Desk(settings=loads(text, tmp_path / "config.toml")) as desk:
        desk.settles()
        assert kinds(desk) == []
        roster.write_text(
            "starts,arrived,consultant\n2026-06-01 08:30,2026-06-01 08:55,Wang\n2026-06-19 08:30,,Li\n",
            encoding="utf-8",
        )
        os.utime(roster, (1, 1))
        desk.clock.advance(HOUR)
        desk.settles()
        assert kinds(desk) == ["changeover_late", "roster_lacking"]
        (text,) = [
            row["description"]
            for row in desk.instance.rows("incident_task", "correlation_display=desk-policy:roster_lacking")
        ]
        assert "2026-06-20, 2026-06-21" in text
        assert "2026-06-19" not in text
        found = explain(desk.world, desk.settings, "CALENDAR", desk.clock.now())
        assert found is not None
        assert found.answers[0].verdict.reason == "1 holidays without a roster, 1 late changeovers"
        desk.clock.advance(HOUR)
        desk.settles()
        assert len(kinds(desk)) == 2
