"""Complaints, written down and found out."""

from tests.story import Story

WRITTEN = """
[[policy]]
rule = "complaint"
name = "complaints"
mode = "enforce"
where = { category = "complaint" }
act_within = "30m"
proposal = ["close_notes"]
propose_within = "24h"
solve_within = "48h"
call_within = "24h"
check_every = "24h"
checks = 3
assign_to = "lead.zhao"
"""
CALLED = """
[[policy]]
rule = "callback_sampling"
name = "call-backs"
mode = "enforce"
rate = 1
key = "k"
per = "day"
zone = "Asia/Shanghai"
low_score = 3
improvement = false
[[policy]]
rule = "complaint"
name = "complaints"
mode = "enforce"
low_score = 3
act_within = "1h"
solve_within = "8h"
call_within = "24h"
"""


def test_r_d3_a_complaint_dealt_with_in_time() -> None:
    """Taken up at once, a proposal, solved, and the customer called again (R-D2)."""
    desk = Story(WRITTEN)
    desk.at("Mon 09:00").opens("INC1", fault_class="general", category="complaint")
    desk.at("Mon 09:00").opens("INC2", fault_class="general")
    desk.at("Mon 09:10").takes("INC1")
    desk.at("Mon 12:00").sets("INC1", close_notes="Another consultant, an apology")
    desk.at("Mon 16:00").resolves("INC1")
    desk.at("Mon 16:00").expects("INC1", notes=0, tasks={"complaint_call": 1})
    desk.at("Tue 08:00").person("lead.zhao").finishes("INC1", "complaint_call")
    desk.at("Fri 09:00").expects("INC1", notes=0).expects("INC2", notes=0, tasks={})
    desk.plays()


def test_r_d3_a_complaint_nobody_cares_for() -> None:
    """Each stage that is late, once; and each day what is owed, three times at most."""
    desk = Story(WRITTEN)
    desk.at("Mon 09:00").opens("INC1", fault_class="general", category="complaint")
    desk.at("Mon 09:30").expects("INC1", notes=0)
    desk.at("Mon 09:35").expects("INC1", notes=1, says="the complaint taken up")
    desk.at("Tue 09:00").expects("INC1", notes=2, says="Check date 1 of at most 3")
    desk.at("Tue 09:05").expects("INC1", notes=3, says="an improvement proposed")
    desk.at("Wed 09:05").expects("INC1", notes=5, says="the complaint solved")
    desk.at("Thu 09:05").expects("INC1", notes=6, says="Check date 3 of at most 3")
    desk.at("2nd Mon 09:00").expects("INC1", notes=6)
    desk.plays()


def test_r_d3_open_complaints_are_checked_after_downtime() -> None:
    """What is true now is said, not each date that was missed."""
    desk = Story(WRITTEN)
    desk.at("Mon 09:00").opens("INC1", fault_class="general", category="complaint").takes("INC1")
    desk.at("Mon 10:00").sets("INC1", close_notes="An apology")
    desk.sleeps("Mon 12:00", "Thu 10:00")
    desk.at("Thu 10:00").expects("INC1", notes=2, says="Check date 3 of at most 3")
    desk.plays()


def test_r_d3_a_low_score_is_a_complaint() -> None:
    """It is recorded as a task, acted on, and called back about."""
    desk = Story(CALLED)
    desk.at("Mon 09:00").opens("INC1").closes("INC1")
    desk.at("Tue 09:00").person("li").finishes("INC1", "callback", score=1)
    desk.at("Tue 09:05").expects("INC1", tasks={"callback": 1, "complaint": 1}, notes=0)
    desk.at("Tue 10:05").expects("INC1", notes=1, says="the complaint taken up")
    desk.at("Tue 10:30").takes_up("INC1", "complaint")
    desk.at("Tue 12:00").finishes("INC1", "complaint")
    desk.at("Tue 12:05").expects("INC1", tasks={"callback": 1, "complaint": 1, "complaint_call": 1})
    desk.at("Wed 12:10").expects("INC1", notes=2, says="the customer called back again")
    desk.at("Wed 13:00").finishes("INC1", "complaint_call")
    desk.at("Fri 09:00").expects("INC1", notes=2)
    desk.plays()


def test_r_d3_a_good_score_is_none() -> None:
    """Nor is an unanswered call."""
    desk = Story(CALLED)
    desk.at("Mon 09:00").opens("INC1").closes("INC1")
    desk.at("Tue 09:00").person("li").finishes("INC1", "callback", score=4)
    desk.at("Wed 09:00").expects("INC1", tasks={"callback": 1}, notes=0)
    desk.plays()
