"""Days at the desk on which tickets are closed, with the customer and without."""

from tests.story import Story
from tests.world import HOUR, US, Desk, read, record_id

FLAG = """
[[policy]]
rule = "customer_confirmation"
name = "confirmed-before-closing"
mode = "enforce"
confirmed = "u_desk_confirmed"
silence_counts_after = "72h"
"""
BACK = FLAG.replace("[[policy]]", '[[policy]]\nthen = "set_back"')
KNOWLEDGE = """
[[policy]]
rule = "knowledge_capture"
name = "knowledge-owed"
mode = "enforce"
grace = "1h"
then_after = "1h"
then = "set_back"
"""


def test_confirmed_and_closed() -> None:
    """The customer has confirmed; there is nothing to say."""
    desk = Story(BACK)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:00").person("wang").resolves("INC1").ticks("INC1", "u_desk_confirmed")
    desk.at("Mon 10:30").person("wang").closes("INC1")
    desk.at("Tue 09:00").expects("INC1", state="closed", notes=0)
    desk.plays()


def test_the_customer_closes_it() -> None:
    """Who closes their own ticket has confirmed."""
    desk = Story(BACK)
    desk.at("Mon 09:00").opens("INC1", caller="chen").person("wang").resolves("INC1")
    desk.at("Mon 10:00").person("chen").closes("INC1")
    desk.at("Tue 09:00").expects("INC1", state="closed", notes=0)
    desk.plays()


def test_three_days_of_silence_confirm() -> None:
    """Auto-closed after three days without an objection: confirmed; a minute earlier it is not."""
    desk = Story(FLAG)
    desk.at("Mon 09:00").opens("INC1").opens("INC2").person("wang").resolves("INC1").resolves("INC2")
    desk.at("Thu 08:59").person("wang").closes("INC2")
    desk.at("Thu 09:00").person("wang").closes("INC1").expects("INC1", notes=0).expects("INC2", notes=1)
    desk.at("Sun 09:00").expects("INC1", notes=0).expects("INC2", notes=1, state="closed")
    desk.plays()


def test_closed_behind_the_customers_back() -> None:
    """It is flagged once, and once more after the customer had to reopen it."""
    desk = Story(FLAG)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Mon 12:00").expects("INC1", notes=1, state="closed", says="without the customer's confirmation")
    desk.at("Tue 09:00").person("chen").reopens("INC1")
    desk.at("Tue 10:00").person("wang").closes("INC1")
    desk.at("Fri 09:00").expects("INC1", notes=2, state="closed")
    desk.plays()


def test_set_back_and_closed_again_all_the_same() -> None:
    """Set back once and only once: the second closing stands."""
    desk = Story(BACK)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Mon 09:05").expects("INC1", state="resolved", notes=1)
    desk.at("Mon 10:00").person("wang").closes("INC1")
    desk.at("Fri 09:00").expects("INC1", state="closed", notes=1)
    desk.plays()


def test_two_policies_set_it_back_for_two_reasons() -> None:
    """Each has its own reason and its own note, and neither repeats the other's deed."""
    desk = Story(BACK, KNOWLEDGE)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Mon 09:05").expects("INC1", state="resolved", notes=1)
    desk.at("Mon 09:30").person("wang").closes("INC1")
    desk.at("Mon 11:00").expects("INC1", state="resolved", notes=3, knowledge="missing")
    desk.at("Mon 12:00").person("wang").closes("INC1")
    desk.at("Fri 09:00").expects("INC1", state="closed", notes=3)
    desk.plays()


ASKING = """
[[policy]]
rule = "customer_confirmation"
name = "confirmed"
mode = "enforce"
confirmed = "u_desk_confirmed"
silence_counts_after = "72h"
ask = true
"""


def comments(desk: Desk) -> list[str]:
    """What the customer reads from us, oldest first."""
    entries = desk.instance.journal(record_id("INC1"), "comments")
    return [entry["value"] for entry in entries if entry["sys_created_by"] == US]


def test_r_b4_the_customer_is_asked_by_a_comment() -> None:
    """Once for each resolution, without marks of ours, and until when silence counts."""
    shared = {'"assigned_to", "state"': '"assigned_to", "state", "comments"'}
    with Desk(settings=read(ASKING, changed=shared)) as desk:
        desk.opens("INC1")
        desk.settles()
        assert comments(desk) == []
        desk.resolves("INC1")
        desk.settles()
        (asked,) = comments(desk)
        assert asked == (
            "Your request INC1 has been resolved. Please tell us whether it works again for you. "
            "If we hear nothing by 2026-06-04 09:00, we take it as confirmed."
        )
        assert desk.said("INC1") == []
        desk.clock.advance(HOUR)
        desk.settles()
        desk.resumes("INC1", "chen")
        desk.clock.advance(HOUR)
        desk.resolves("INC1")
        desk.settles()
        assert len(comments(desk)) == 2
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_r_b4_who_has_confirmed_is_not_asked() -> None:
    """Ticked before it was resolved; and where comments are not shared nothing is ever said in them."""
    shared = {'"assigned_to", "state"': '"assigned_to", "state", "comments"'}
    with Desk(settings=read(ASKING, changed=shared)) as desk:
        desk.opens("INC1")
        desk.ticks("INC1", "u_desk_confirmed")
        desk.resolves("INC1")
        desk.settles()
        assert comments(desk) == []
    with Desk(settings=read(ASKING.replace('"enforce"', '"observe"'))) as desk:
        desk.opens("INC1")
        desk.resolves("INC1")
        assert desk.looks().plan.observed == ()
        assert comments(desk) == []
