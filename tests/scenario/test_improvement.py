"""Improvements, from the finding to the verification."""

from tests.story import Story

PROBLEMS = """
[[policy]]
rule = "improvement"
name = "improvements"
mode = "enforce"
service_hours = "remote"
cause_within = "24h"
measure_within = "48h"
done_within = "72h"
verify_by = "lead.zhao"
verified_within = "24h"
check_every = "96h"
checks = 2
"""
TASKS = """
[[policy]]
rule = "improvement"
name = "improvements"
mode = "enforce"
table = "incident"
done_within = "24h"
verify_by = "lead.zhao"
verified_within = "24h"
"""
CALLS = """
[[policy]]
rule = "callback_sampling"
name = "call-backs"
mode = "enforce"
rate = 1
key = "k"
per = "day"
zone = "Asia/Shanghai"
low_score = 3
"""


def test_r_h3_a_problem_in_time() -> None:
    """Cause, measure, carried out; then the lead verifies, and nothing was ever late."""
    desk = Story(PROBLEMS)
    desk.at("Mon 09:00").writes("problem", "PRB1", short_description="Disks fail")
    desk.at("Mon 15:00").writes("problem", "PRB1", state="103", cause_notes="Firmware")
    desk.at("Tue 15:00").writes("problem", "PRB1", state="104", fix_notes="Update all of them")
    desk.at("Wed 15:00").writes("problem", "PRB1", state="106")
    desk.at("Wed 15:00").finds("PRB1", notes=0, tasks={"verification": 1})
    desk.at("Thu 10:00").person("lead.zhao").finishes("PRB1", "verification")
    desk.at("2nd Mon 09:00").finds("PRB1", notes=0, tasks={"verification": 1})
    desk.plays()


def test_r_h3_each_stage_that_is_late_is_noted() -> None:
    """And on check dates what is still owed."""
    desk = Story(PROBLEMS)
    desk.at("Mon 09:00").writes("problem", "PRB1", short_description="Disks fail")
    desk.at("Tue 09:00").finds("PRB1", notes=0)
    desk.at("Tue 09:05").finds("PRB1", notes=1, says="the cause found")
    desk.at("Wed 09:05").finds("PRB1", notes=2, says="an improvement measure named")
    desk.at("Thu 09:05").finds("PRB1", notes=3, says="the improvement carried out")
    desk.at("Fri 09:00").finds("PRB1", notes=4, says="Check date 1 of at most 2")
    desk.at("Fri 10:00").writes("problem", "PRB1", state="106", cause_notes="Firmware", fix_notes="Updated")
    desk.at("Sat 10:05").finds("PRB1", notes=5, says="the improvement verified", tasks={"verification": 1})
    desk.plays()


def test_r_c6_a_problem_that_is_verified_is_at_its_end() -> None:
    """By a column of the desk's own, without a task."""
    own = PROBLEMS.replace('verify_by = "lead.zhao"', 'verified = "u_verified"')
    desk = Story(own)
    desk.at("Mon 09:00").writes(
        "problem", "PRB1", short_description="Disks fail", cause_notes="Old", fix_notes="New ones"
    )
    desk.at("Tue 09:00").writes("problem", "PRB1", state="106")
    desk.at("Tue 15:00").writes("problem", "PRB1", u_verified="true")
    desk.at("2nd Mon 09:00").finds("PRB1", notes=0)
    desk.plays()


def test_r_h3_the_improvement_after_a_call_back_is_verified() -> None:
    """The task that a low score brought: late it is noted, done it is verified."""
    desk = Story(TASKS, CALLS)
    desk.at("Mon 09:00").opens("INC1").closes("INC1")
    desk.at("Tue 10:00").person("li").finishes("INC1", "callback", score=1)
    desk.at("Wed 10:05").expects("INC1", notes=1, says="the improvement carried out")
    desk.at("Wed 12:00").person("li").finishes("INC1", "improvement")
    made = {"callback": 1, "improvement": 1, "callback_2": 1, "verification": 1}
    desk.at("Wed 12:05").expects("INC1", tasks=made)
    desk.at("Thu 12:05").expects("INC1", notes=2, says="the improvement verified")
    desk.at("Thu 13:00").person("lead.zhao").finishes("INC1", "verification")
    desk.at("Fri 13:00").expects("INC1", notes=2, tasks=made)
    desk.plays()
