"""Days at the desk after the fault: what was learnt, and who writes it down."""

from tests.story import Story
from tests.world import DAY, Desk, record_id

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


ALIKE = """
[[policy]]
rule = "knowledge_capture"
name = "knowledge"
mode = "enforce"
draft = "always"
alike = 0.85
"""


def publishes(desk: Desk, number: str, title: str) -> str:
    """An article of the desk's; its sys_id."""
    fields = {"number": number, "workflow_state": "published", "short_description": title}
    desk.instance.insert("kb_knowledge", {"sys_id": record_id(number), **fields}, user="li")
    return record_id(number)


def test_r_b5_an_article_that_says_it_already_is_linked() -> None:
    """Instead of a second copy, with a note that tells how much alike; another fault is drafted."""
    with Desk(ALIKE) as desk:
        known = publishes(desk, "KB0000007", "VPN 无法连接")
        desk.opens("INC1", short_description="无法连接VPN")
        desk.opens("INC2", short_description="打印机无法打印")
        for number in ("INC1", "INC2"):
            desk.resolves(number)
        desk.settles()
        assert next(row[1:] for row in desk.made() if row[0] == "link") == ("INC1", known)
        (drafted,) = [row for row in desk.made() if row[0] == "article"]
        assert drafted[1] == "INC2"
        (note,) = desk.said("INC1")
        assert note.text == (
            "Article KB0000007 says this already (100 % alike: VPN 无法连接); it was attached instead of a "
            "new draft. If it is about something else, detach it."
        )
        assert desk.shows("INC1")["knowledge"] == "published"
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_r_b5_who_detaches_it_has_the_last_word() -> None:
    """It is not attached again; a draft is made after all, once."""
    with Desk(ALIKE) as desk:
        publishes(desk, "KB0000007", "VPN does not connect")
        desk.opens("INC1", short_description="VPN does not connect!")
        desk.resolves("INC1")
        desk.settles()
        (link,) = desk.instance.rows("m2m_kb_task")
        desk.instance.delete("m2m_kb_task", link["sys_id"])
        desk.clock.advance(DAY)
        desk.forgets()
        desk.settles(full=True)
        assert [row[1] for row in desk.made() if row[0] == "article"] == ["INC1"]
        assert len(desk.said("INC1")) == 1
        assert desk.repeated() == []
