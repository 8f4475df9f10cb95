"""Days at the desk after the closing: who is called, and what comes of it."""

from tests.story import Story
from tests.world import DAY, Desk

CALLS = """
[[policy]]
rule = "callback_sampling"
name = "call-backs"
mode = "enforce"
rate = {rate}
key = "{key}"
per = "day"
zone = "Asia/Shanghai"
cap_per_caller = 1
assign_to = "li"
low_score = 3
"""
ALL = CALLS.format(rate=1, key="any")
NONE = CALLS.format(rate=0, key="any")


def test_r_b6_a_good_answer_ends_it() -> None:
    """Closed on Monday, drawn when the day is over, called on Tuesday, content: nothing follows."""
    desk = Story(ALL)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Mon 23:55").expects("INC1", callback="", tasks={})
    desk.at("Tue 00:00").expects("INC1", callback="drawn", tasks={"callback": 1})
    desk.at("Tue 10:00").person("li").finishes("INC1", "callback", score=5)
    desk.at("Fri 10:00").expects("INC1", callback="called", tasks={"callback": 1}, notes=0)
    desk.plays()


def test_r_d2_a_bad_answer_brings_an_improvement_and_a_second_call() -> None:
    """R-D2: complaint, improvement, second call; each step once, each after the one before."""
    desk = Story(ALL)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Tue 10:00").person("li").finishes("INC1", "callback", score=2)
    desk.at("Tue 10:05").expects("INC1", callback="improving", tasks={"callback": 1, "improvement": 1})
    desk.at("Wed 10:00").person("wang").finishes("INC1", "improvement")
    desk.at("Wed 10:05").expects(
        "INC1", callback="second_call", tasks={"callback": 1, "improvement": 1, "callback_2": 1}
    )
    desk.at("Thu 10:00").person("li").finishes("INC1", "callback_2", score=1)
    desk.at("2nd Mon 10:00").expects(
        "INC1", callback="done", tasks={"callback": 1, "improvement": 1, "callback_2": 1}
    )
    desk.plays()


def test_the_draw_is_not_repeated_after_a_reopening() -> None:
    """Who was not drawn is not drawn by closing again, even under a policy that now draws everybody."""
    desk = Story(NONE)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Tue 00:00").expects("INC1", callback="not_drawn")
    desk.at("Tue 09:00").person("chen").reopens("INC1")
    desk.at("Tue 10:00").person("wang").closes("INC1")
    desk.at("Wed 09:00").expects("INC1", callback="not_drawn", tasks={})
    desk.plays()


def test_reopened_before_the_call_it_is_called_once_in_the_end() -> None:
    """A ticket that is drawn, reopened and closed again has one call-back, not two."""
    desk = Story(ALL)
    desk.at("Mon 09:00").opens("INC1").person("wang").closes("INC1")
    desk.at("Tue 09:00").person("chen").reopens("INC1")
    desk.at("Tue 10:00").person("wang").closes("INC1")
    desk.at("Thu 09:00").expects("INC1", callback="drawn", tasks={"callback": 1})
    desk.plays()


def test_one_customer_with_three_tickets_is_called_once() -> None:
    """The cap per caller holds within the period, however many tickets were closed."""
    desk = Story(ALL)
    monday = desk.at("Mon 09:00").person("wang")
    for number in ("INC1", "INC2", "INC3"):
        monday.opens(number, caller="chen").closes(number)
    monday.opens("INC4", caller="zhou").closes("INC4")
    told = desk.at("Tue 09:00").expects("INC4", callback="drawn", tasks={"callback": 1})
    told.expects("INC1", callback="not_drawn").expects("INC2", callback="not_drawn")
    told.expects("INC3", callback="drawn")
    desk.plays()


def test_r_f4_the_task_of_a_call_has_the_set_phrases() -> None:
    """The standard ones or the desk's own, on both calls; the task to improve has none."""
    for phrases, told in (
        ('"standard"', "Greeting: “Good day"),
        ('["您好，这里是服务台"]', "您好，这里是服务台"),
    ):
        with Desk(ALL + f"phrases = {phrases}\n") as desk:
            desk.opens("INC1")
            desk.closes("INC1")
            desk.clock.advance(DAY)
            desk.settles()
            for kind, score in (("callback", {"u_desk_score": "1"}), ("improvement", {}), ("callback_2", {})):
                (row,) = desk.instance.rows("incident_task", f"correlation_display=desk-policy:{kind}")
                assert (told in row["description"]) == (kind != "improvement")
                desk.finishes("INC1", kind, **score)
                desk.clock.advance(DAY)
                desk.settles()
