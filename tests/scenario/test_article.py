"""The knowledge base is kept up: stale articles are reviewed, much-used ones promoted."""

from connector.reconcile import explain
from tests.people import record_id
from tests.story import Story, instant
from tests.world import DAY, HOUR, MON, Desk

KEPT_UP = """
[[policy]]
rule = "article_review"
name = "kept-up"
mode = "enforce"
expires_within = "72h"
unchanged_for = "168h"
assign_to = "lead.zhao"
"""
WORTH = """
[[policy]]
rule = "article_promotion"
name = "worth"
mode = "enforce"
tickets = 3
within = "72h"
assign_to = "lead.zhao"
"""
DRAFTS = """
[[policy]]
rule = "knowledge_capture"
name = "drafts"
mode = "enforce"
grace = "1h"
draft = "always"
"""


def test_r_f3_a_stale_article_is_reviewed_once_each_time() -> None:
    """A week after it was last changed; closed, a week after that."""
    desk = Story(KEPT_UP)
    fields = {"workflow_state": "published", "short_description": "Reset a password"}
    desk.at("Mon 09:00").person("li").writes("kb_knowledge", "KB1", **fields)
    desk.at("Mon 09:00").person("li").writes("kb_knowledge", "KB2", workflow_state="draft")
    desk.at("2nd Mon 08:55").finds("", notes=0)
    desk.at("2nd Mon 09:05").finds("", notes=0, tasks={"article_review": 1})
    desk.at("2nd Tue 09:00").finds("", notes=0, tasks={"article_review": 1})
    desk.at("2nd Tue 12:00").person("li").finishes("", "article_review")
    desk.at("3rd Tue 11:55").finds("", notes=0, tasks={"article_review": 1})
    desk.at("3rd Tue 12:05").finds("", notes=0, tasks={"article_review": 2})
    desk.plays()


def test_r_f3_an_article_that_runs_out_is_reviewed_in_time() -> None:
    """Three days before the last day of its validity, as its author's task; extended, it is left alone."""
    with Desk(KEPT_UP) as desk:
        fields = {"workflow_state": "published", "valid_to": "2026-06-06", "author": desk.people["li"]}
        desk.writes("kb_knowledge", "KB1", "li", **fields)
        desk.settles()
        assert desk.made() == []
        desk.at(MON + 3 * DAY)
        desk.settles()
        (task,) = desk.made()
        assert "KB1" in task[4]
        assert task[6] == desk.people["li"]
        (row,) = desk.instance.rows("incident_task")
        assert row["due_date"] == "2026-06-06 23:59:59"
        assert "valid until 2026-06-07 07:59" in row["description"]
        desk.writes("kb_knowledge", "KB1", "li", valid_to="2027-06-06")
        desk.finishes("", "article_review", "li")
        desk.at(MON + 7 * DAY)
        desk.settles()
        assert len(desk.made()) == 1
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_r_f3_an_article_of_ours_goes_to_who_keeps_the_knowledge() -> None:
    """We are its author only by the platform's reckoning; a person published it."""
    with Desk(KEPT_UP, DRAFTS) as desk:
        desk.opens("INC1")
        desk.resolves("INC1")
        desk.settles()
        (article,) = desk.instance.rows("kb_knowledge")
        ours = desk.instance.rows("sys_user", "user_name=connector")
        fields = {"workflow_state": "published", "author": ours[0]["sys_id"] if ours else ""}
        desk.instance.update("kb_knowledge", article["sys_id"], fields, user="li")
        desk.at(MON + 8 * DAY)
        desk.settles()
        (task,) = [made for made in desk.made() if made[0] == "task"]
        assert task[6] == desk.people["lead.zhao"]


def test_r_b5_a_much_used_article_is_promoted_once() -> None:
    """By tickets of the last three days, not counting the one it came from; not again when more come."""
    with Desk(WORTH) as desk:
        fields = {"workflow_state": "published", "short_description": "Printer on floor 3", "source": "INC1"}
        desk.writes("kb_knowledge", "KB1", "li", **fields)
        for day, number in enumerate(("INC1", "INC2", "INC3", "INC4", "INC5")):
            desk.at(MON + day * DAY)
            desk.opens(number)
            link = {"kb_knowledge": record_id("KB1"), "task": record_id(number)}
            desk.instance.insert("m2m_kb_task", link, user="li")
            desk.settles()
            assert len(desk.made()) == (day >= 3), number
        (task,) = desk.made()
        assert "Printer on floor 3" in task[4]
        assert task[6] == desk.people["lead.zhao"]
        assert (
            "helped with 3 tickets of the last 72 h" in desk.instance.rows("incident_task")[0]["description"]
        )
        told = explain(desk.world, desk.settings, "CALENDAR", desk.clock.now())
        assert told is not None
        assert told.answers[0].lines == ["KB1: used by 4 tickets, proposed"]
        desk.finishes("", "article_promotion", "lead.zhao", state="4")
        desk.at(MON + 5 * DAY)
        desk.opens("INC6")
        link = {"kb_knowledge": record_id("KB1"), "task": record_id("INC6")}
        desk.instance.insert("m2m_kb_task", link, user="li")
        desk.settles()
        desk.forgets()
        desk.settles(full=True)
        assert len(desk.made()) == 1


def test_r_b5_the_next_version_of_a_promoted_article_is_the_same() -> None:
    """Known by its number, whichever version tickets are attached to."""
    with Desk(WORTH) as desk:
        desk.writes("kb_knowledge", "KB1", "li", workflow_state="outdated")
        newer = {"sys_id": record_id("KB1 v2"), "number": "KB1", "workflow_state": "published"}
        desk.instance.insert("kb_knowledge", newer, user="li")
        for number, article in (("INC1", "KB1"), ("INC2", "KB1 v2"), ("INC3", "KB1 v2")):
            desk.opens(number)
            link = {"kb_knowledge": record_id(article), "task": record_id(number)}
            desk.instance.insert("m2m_kb_task", link, user="li")
        desk.settles()
        assert len(desk.made()) == 1


def test_r_f3_observed_nothing_is_written() -> None:
    """As any policy; and the plan says what would be."""
    with Desk(KEPT_UP.replace("enforce", "observe")) as desk:
        desk.writes("kb_knowledge", "KB1", "li", workflow_state="published")
        desk.settles()
        desk.at(instant("2nd Mon 09:00") + HOUR)
        report = desk.looks()
        assert len(report.plan.observed) == 1
        assert desk.made() == []
