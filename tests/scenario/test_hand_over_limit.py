"""Days on which an escalated ticket lies where it was put, and on which callers live elsewhere."""

from tests.story import Story
from tests.world import Desk, record_id

HAND_OVER = """
[[policy]]
rule = "tier_escalation"
name = "to-second-line"
mode = "enforce"
from = "first_line"
to = "second_line"
out_of_capability = ["software"]

[[policy]]
rule = "hand_over_limit"
name = "hand-over"
mode = "enforce"
within = "30m"
warn_at = 0.5
service_hours = "remote"
person = "lead.zhao"
by = "both"
"""


def test_r_c3_a_hand_over_that_nobody_takes_up() -> None:
    """Escalated by us at 09:00, warned of at 09:15, late after 09:30, and the lead has a task; once."""
    desk = Story(HAND_OVER)
    desk.at("Mon 08:55").opens("INC1")
    desk.at("Mon 09:00").sets("INC1", category="software").expects("INC1", notes=1)
    desk.at("Mon 09:15").expects("INC1", notes=2, says="50 %", tasks={})
    desk.at("Mon 09:30").expects("INC1", notes=2)
    desk.at("Mon 09:35").expects(
        "INC1", notes=3, says="nobody there has taken it up", tasks={"hand_over_late": 1}
    )
    desk.at("Tue 09:00").expects("INC1", notes=3, tasks={"hand_over_late": 1})
    desk.plays()


def test_r_c3_a_hand_over_that_somebody_takes_up() -> None:
    """In time: nothing is said. Handed on it waits again."""
    desk = Story(HAND_OVER)
    desk.at("Mon 08:55").opens("INC1")
    desk.at("Mon 09:00").sets("INC1", category="software")
    desk.at("Mon 09:10").person("li").takes("INC1")
    desk.at("Mon 12:00").expects("INC1", notes=1, tasks={})
    desk.plays()


LIMITS = """
[[policy]]
rule = "sla_timer"
name = "limits"
mode = "enforce"
service_hours = "onsite"
resolve_within = "2h"
caller_zone = true
"""


def test_r_c3_the_limit_is_by_the_callers_clock() -> None:
    """One who lives in Berlin, one whose zone nobody knows: the platform follows the reference for us."""
    with Desk(LIMITS) as desk:
        for name, zone in (("chen", "Europe/Berlin"), ("zhou", "Mars/Olympus")):
            (row,) = desk.instance.rows("sys_user", f"user_name={name}")
            desk.instance.update("sys_user", row["sys_id"], {"time_zone": zone})
        desk.opens("INC1", caller="chen")
        desk.opens("INC2", caller="zhou")
        desk.settles()
        due = {n: desk.instance.get("incident", record_id(n))["u_desk_resolve_by"] for n in ("INC1", "INC2")}
        assert due == {"INC1": "2026-06-01 08:30:00", "INC2": "2026-06-01 03:00:00"}
