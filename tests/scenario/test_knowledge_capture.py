"""Days at the desk after the fault: what was learnt, and who writes it down."""

from tests.story import Story

OWED = """
[[policy]]
rule = "knowledge_capture"
name = "knowledge-owed"
mode = "enforce"
grace = "2h"
then_after = "4h"
service_hours = "onsite"
exempt_categories = ["password_reset"]
"""
BACK = OWED.replace("[[policy]]", '[[policy]]\nthen = "set_back"')
DRAFTED = """
[[policy]]
rule = "knowledge_capture"
name = "knowledge-drafted"
mode = "enforce"
grace = "2h"
draft = "always"
"""


def test_written_in_time_nobody_is_reminded() -> None:
    """An article within the grace pays the debt without a note."""
    desk = Story(OWED)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 10:00").person("wang").resolves("INC1")
    desk.at("Mon 11:00").person("li").attaches_an_article("INC1", "draft")
    desk.at("Mon 12:00").person("wang").closes("INC1")
    desk.at("Wed 09:00").expects("INC1", knowledge="drafted", notes=0)
    desk.plays()


def test_reminded_over_lunch_only_after_lunch() -> None:
    """The grace counts service hours: two hours from 11:00 end at 14:30. Later it is flagged, once."""
    desk = Story(OWED)
    desk.at("Mon 10:00").opens("INC1")
    desk.at("Mon 11:00").person("wang").closes("INC1")
    desk.at("Mon 14:25").expects("INC1", notes=0, knowledge="owed")
    desk.at("Mon 14:30").expects("INC1", notes=1, knowledge="owed", says="no knowledge article yet")
    desk.at("Tue 09:00").expects("INC1", notes=2, knowledge="missing", says="Still no knowledge article")
    desk.at("Sat 12:00").expects("INC1", notes=2, knowledge="missing", state="closed")
    desk.plays()


def test_set_back_once_and_only_once() -> None:
    """Closed without an article, it is set back; whoever closes it again has the last word."""
    desk = Story(BACK)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 10:00").person("wang").closes("INC1")
    desk.at("Mon 17:25").expects("INC1", state="closed", notes=1)
    desk.at("Mon 17:30").expects("INC1", state="resolved", notes=2, says="set back to resolved")
    desk.at("Tue 10:00").person("wang").closes("INC1")
    desk.at("Sat 10:00").expects("INC1", state="closed", notes=2, knowledge="missing")
    desk.plays()


def test_nobody_writes_about_passwords() -> None:
    """What the configuration exempts owes nothing."""
    desk = Story(OWED)
    desk.at("Mon 09:00").opens("INC1", category="password_reset").person("wang").closes("INC1")
    desk.at("Fri 09:00").expects("INC1", knowledge="exempt", notes=0)
    desk.plays()


def test_a_draft_is_written_from_the_ticket() -> None:
    """The draft comes with the resolution, is attached, and stays the only one after a reopening."""
    desk = Story(DRAFTED)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("Mon 10:00").person("wang").resolves("INC1")
    desk.at("Mon 11:00").person("chen").reopens("INC1")
    desk.at("Mon 12:00").person("wang").closes("INC1").expects("INC1", knowledge="drafted", notes=0)
    desk.at("Wed 12:00").expects("INC1", knowledge="drafted", notes=0)
    desk.plays()
