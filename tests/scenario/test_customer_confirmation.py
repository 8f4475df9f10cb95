"""Days at the desk on which tickets are closed, with the customer and without."""

from tests.story import Story

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
