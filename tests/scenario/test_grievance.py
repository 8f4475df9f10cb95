"""What users of comparable programs complain of, a day at the desk each: here it does not happen.

The themes are those that come up again and again in the trackers of ticket systems with service levels.
"""

from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.reconcile.explanation import explain
from connector.settings import load
from tests.story import Story, instant
from tests.world import HOUR, MINUTE, Desk, read, record_id, utc, written

URGENT = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
warn_at = 0.8
"""
OFFICE = """
[[policy]]
rule = "sla_timer"
name = "office-limits"
mode = "enforce"
when = { class = ["important", "general"] }
service_hours = "onsite"
resolve_within = "8h"
warn_at = 0.8
"""
SHORT = OFFICE.replace('"8h"', '"2h"')
LADDER = """
[[policy]]
rule = "hierarchical_escalation"
name = "urgent-ladder"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
resolve_within = "4h"
told_within = "onsite"
steps = [
  { at = 0.5, role = "consultant" },
  { at = 1.0, role = "project_manager", person = "lead.zhao" },
]
"""
MAJOR = """
[[policy]]
rule = "major_incident"
name = "major-crisis"
mode = "enforce"
when = { class = "urgent" }
report_to = "lead.zhao"
report_within = "30m"
broadcast = false
"""
CALLS = """
[[policy]]
rule = "callback_sampling"
name = "call-backs"
mode = "enforce"
rate = 0.5
key = "any"
per = "day"
zone = "Asia/Shanghai"
strata = ["consultant"]
minimum = 1
low_score = 3
"""
SHORTER_DAY = {'"13:30-18:00"]\nsat': '"13:30-17:00"]\nsat'}


def test_r_c3_a_pause_outside_the_hours_is_worth_nothing() -> None:
    """Put on hold over lunch and over night, taken up before the desk opens: the limit has not moved."""
    desk = Story(OFFICE)
    desk.at("Mon 09:00").opens("INC1", "general").person("wang").takes("INC1")
    desk.at("Mon 12:05").person("wang").holds("INC1")
    desk.at("Mon 13:25").person("wang").resumes("INC1").expects("INC1", resolve_by="Tue 09:00")
    desk.at("Mon 18:05").person("wang").holds("INC1")
    desk.at("Tue 08:20").person("wang").resumes("INC1").expects("INC1", resolve_by="Tue 09:00")
    desk.plays()


def test_r_c3_a_pause_is_not_lost_when_the_priority_changes() -> None:
    """Two changes of class, one of them while on hold: all that was paused still counts as paused."""
    desk = Story(URGENT, OFFICE)
    desk.at("Mon 09:00").opens("INC1", "general").person("wang").takes("INC1")
    desk.at("Mon 09:30").person("wang").holds("INC1")
    desk.at("Mon 10:00").person("wang").sets("INC1", fault_class="urgent")
    desk.at("Mon 11:30").person("wang").resumes("INC1").expects("INC1", resolve_by="Mon 15:00", notes=0)
    desk.at("Mon 11:40").person("wang").sets("INC1", fault_class="important")
    desk.at("Mon 11:40").expects("INC1", resolve_by="Tue 11:00", notes=0)
    desk.plays()


def test_r_c3_neither_on_hold_nor_resolved_does_a_clock_run_on() -> None:
    """Waiting for the caller for a week, or solved a week ago: nobody hears of a breach."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1").opens("INC2")
    desk.at("Mon 09:05").person("wang").takes("INC1").takes("INC2")
    desk.at("Mon 10:00").person("wang").holds("INC1").closes("INC2")
    desk.at("2nd Mon 10:00").expects("INC1", clock="paused", notes=0).expects("INC2", clock="met", notes=0)
    desk.plays()


def test_r_c3_reopened_after_days_it_has_not_failed_already() -> None:
    """The time in which everybody thought it solved is nobody's: three hours are left, as before."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:00").person("wang").closes("INC1")
    desk.at("Fri 10:00").person("chen").reopens("INC1")
    desk.at("Fri 10:00").expects("INC1", clock="running", resolve_by="Fri 13:00", notes=0)
    desk.plays()


def test_r_f1_hours_are_those_of_the_desk_whatever_the_machine(tmp_path: Path) -> None:
    """Half past five in Shanghai leaves half an hour of the day; hours without a zone are refused."""
    desk = Story(OFFICE)
    desk.at("Mon 17:30").opens("INC1", "general").expects("INC1", resolve_by="Tue 17:30")
    desk.plays()
    file = tmp_path / "config.toml"
    example = Path(__file__).parents[2] / "config.example.toml"
    text = example.read_text(encoding="utf-8")
    file.write_text(text.replace('zone = "Asia/Shanghai"\nholidays = "CN"', ""), encoding="utf-8")
    with pytest.raises(SettingsError, match="zone"):
        load(file)


def test_r_f1_nobody_works_through_lunch() -> None:
    """Two windows a day: half an hour before lunch, the rest after it."""
    desk = Story(SHORT)
    desk.at("Mon 11:30").opens("INC1", "general").expects("INC1", resolve_by="Mon 15:00")
    desk.plays()


def test_r_f2_a_holiday_is_one_that_the_notices_name() -> None:
    """The state's days and the desk's own close; a feast that some public feed names does not."""
    with_state = {'zone = "Asia/Shanghai"\nmon-fri': 'zone = "Asia/Shanghai"\nholidays = "CN"\nmon-fri'}
    hours = read(changed=with_state).service_hours["onsite"]
    day = 24 * HOUR
    st_martin = instant("Mon 00:00") + 163 * day  # 2026-11-11
    national_day = instant("Mon 00:00") + 122 * day  # 2026-10-01
    assert hours.elapsed(st_martin, st_martin + day) == 8 * HOUR
    assert hours.elapsed(national_day, national_day + day) == 0
    desk = Story(OFFICE)
    desk.at("Wed 17:00").opens("INC1", "general").expects("INC1", resolve_by="Fri 17:00")
    desk.plays()


def test_r_c3_an_edited_calendar_reaches_what_is_open_in_one_write_each() -> None:
    """No repair job: the next pass moves all limits, each ticket once; an unchanged one is left alone."""
    numbers = [f"INC{number}" for number in range(20)]
    with Desk(OFFICE) as desk:
        for number in numbers:
            desk.opens(number, impact="3", urgency="3")
        desk.opens("INC99")  # urgent: no policy is about it
        desk.settles()
        assert {desk.shows(number)["resolve_by"] for number in numbers} == {utc(instant("Tue 09:00"))}
        desk.restarts()
        desk.settings = read(OFFICE, changed=SHORTER_DAY)
        desk.rest.requests.clear()
        desk.settles(full=True)  # a start and a reload begin with a full pass
        assert {desk.shows(number)["resolve_by"] for number in numbers} == {utc(instant("Tue 10:00"))}
        ids = [record_id(number) for number in numbers]
        patched = [each.sys_id for each in desk.sent() if each.method == "PATCH"]
        assert sorted(patched) == sorted(ids)


def test_r_c3_a_policy_taken_away_says_no_more() -> None:
    """Neither escalates what was open when it went."""
    with Desk(URGENT) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.restarts()
        desk.settings = read(OFFICE)
        desk.clock.advance(8 * HOUR)
        desk.settles(full=True)
        assert desk.said("INC1") == []


def test_r_c3_a_warning_before_the_limit_comes_in_service_time() -> None:
    """80 % of two hours from five o'clock is six past nine the next day, not midnight."""
    desk = Story(SHORT)
    desk.at("Mon 17:00").opens("INC1", "general")
    desk.at("Tue 09:05").expects("INC1", clock="running", notes=0)
    desk.at("Tue 09:10").expects("INC1", clock="warned", notes=1, says="80 %")
    desk.plays()


def test_r_c3_no_escalation_without_end() -> None:
    """Four notes in all for two limits, however long it lies; and over the brake nothing at all."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1")
    desk.at("2nd Sat 09:00").expects("INC1", clock="breached", notes=4)
    desk.plays()
    with Desk(URGENT, more="[safety]\nmax_changes = 5") as braked:
        for number in range(6):
            braked.opens(f"INC{number}")
        plan = braked.looks().plan
        assert "urgent-limits" in plan.refused
        assert list(braked.sent()) == []


def test_r_c4_people_sleep_and_the_half_hour_does_not() -> None:
    """What the ladder has to say at night waits for the morning, in one note; the report waits for nobody."""
    desk = Story(LADDER, MAJOR)
    desk.at("Mon 20:00").opens("INC1").expects("INC1", notes=0, tasks={"major_report": 1})
    desk.at("Mon 20:20").person("lead.zhao").takes_up("INC1", "major_report")
    desk.at("Tue 08:25").expects("INC1", notes=0)
    desk.at("Tue 08:30").expects("INC1", notes=1, says="consultant, project manager")
    desk.plays()


def test_r_c3_a_chain_ends_with_the_fault_and_goes_on_after_the_night() -> None:
    """Resolved after the first step there is no second; a step that came up at night is told all the same."""
    desk = Story(LADDER)
    desk.at("Mon 08:30").opens("INC1").person("wang").takes("INC1")
    desk.at("Mon 10:30").expects("INC1", notes=1)
    desk.at("Mon 10:40").person("wang").resolves("INC1")
    desk.at("Mon 15:00").opens("INC2")
    desk.at("Mon 17:00").expects("INC2", notes=1, says="consultant")
    desk.at("Tue 08:30").expects("INC2", notes=2, says="project manager").expects("INC1", notes=1)
    desk.plays()


def test_r_c3_one_limit_does_not_disturb_the_other() -> None:
    """A late answer moves no resolution limit and is not forgotten when the fault is solved in time."""
    desk = Story(URGENT)
    desk.at("Mon 09:00").opens("INC1").expects("INC1", respond_by="Mon 09:15", resolve_by="Mon 13:00")
    desk.at("Mon 09:20").expects("INC1", clock="breached", resolve_by="Mon 13:00", notes=2)
    desk.at("Mon 09:30").person("wang").takes("INC1").expects("INC1", clock="running")
    desk.at("Mon 10:00").person("wang").holds("INC1")
    desk.at("Mon 11:00").person("wang").resumes("INC1")
    desk.at("Mon 11:00").expects("INC1", respond_by="Mon 09:15", resolve_by="Mon 14:00", clock="running")
    desk.at("Mon 11:30").person("wang").closes("INC1").expects("INC1", clock="missed", notes=2)
    desk.plays()


def test_r_h5_which_limit_it_was_stands_in_the_note() -> None:
    """Policy, clause, limit and due time; and `explain` has the counted stretches behind it."""
    with Desk(OFFICE) as desk:
        desk.opens("INC1", impact="3", urgency="3")
        desk.at(instant("Mon 19:00"))
        desk.settles()
        desk.at(instant("Tue 09:30"))
        desk.settles()
        (warning, breach) = desk.said("INC1")
        assert (breach.policy, breach.clause) == ("office-limits", "R-C3")
        assert "Resolution limit exceeded" in breach.text
        assert "2026-06-02 09:00" in breach.text
        assert "80 %" in warning.text
        told = explain(desk.world, desk.settings, "INC1", desk.clock.now())
        assert told is not None
        lines = "\n".join(line for answer in told.answers for line in answer.lines)
        assert "counted 2026-06-01 13:30 to 2026-06-01 18:00" in lines


def test_r_c3_several_policies_write_a_ticket_once() -> None:
    """Rapid updates by an integration double the instance's own records: one PATCH for a ticket and pass."""
    with Desk(URGENT, LADDER, MAJOR) as desk:
        desk.opens("INC1")
        desk.clock.advance(150 * MINUTE)
        report = desk.looks()
        wanted = {because.policy for change in report.plan.changes for because in change.because}
        assert wanted == {"urgent-limits", "urgent-ladder", "major-crisis"}
        assert [each.method for each in desk.sent() if each.table == "incident"] == ["PATCH"]


def test_r_c3_the_columns_of_former_times_are_not_believed() -> None:
    """*Made SLA*, *SLA due* and *Escalation* of a task mean nothing today; nobody asks for them."""
    with Desk(URGENT) as desk:
        desk.opens("INC1")
        desk.opens("INC2", made_sla="false", sla_due="2020-01-01 00:00:00", escalation="3")
        desk.settles()
        assert desk.shows("INC1") == desk.shows("INC2")
        asked = {field for source in desk.world.sources for field in source.fields}
        assert not asked & {"made_sla", "sla_due", "escalation"}


def test_r_d1_who_is_called_back_is_not_the_consultants_choice() -> None:
    """Closing again and again draws nobody anew, each consultant has at least one call, silence is told."""
    with Desk(CALLS) as desk:
        for number in range(8):
            desk.opens(f"INC{number}", caller=("chen", "zhou")[number % 2])
            desk.takes(f"INC{number}", by=("wang", "li")[number // 4])
            desk.closes(f"INC{number}")
        desk.clock.advance(24 * HOUR)
        desk.settles()
        drawn = {n for n in range(8) if desk.shows(f"INC{n}")["callback"] == "drawn"}
        assert drawn & {0, 1, 2, 3}
        assert drawn & {4, 5, 6, 7}
        spared = min(set(range(8)) - drawn)
        for _ in range(3):
            desk.resumes(f"INC{spared}")
            desk.clock.advance(MINUTE)
            desk.closes(f"INC{spared}")
            desk.clock.advance(24 * HOUR)
            desk.settles()
        assert desk.shows(f"INC{spared}")["callback"] == "not_drawn"
        asked = f"INC{min(drawn)}"
        desk.finishes(asked, "callback", state="4")  # nobody answered: closed incomplete
        desk.settles()
        assert desk.shows(asked)["callback"] == "called"
        call = next(iter(desk.instance.rows("incident_task", f"parent={record_id(asked)}")))
        assert (call["state"], call["u_desk_score"]) == ("4", "")


def test_r_h5_a_dry_run_says_what_is_then_done() -> None:
    """Table, record and values of each write, by the same code, before a single one is sent."""
    with Desk(URGENT, MAJOR) as desk:
        for number in ("INC1", "INC2"):
            desk.opens(number)
        desk.clock.advance(20 * MINUTE)
        foretold = desk.looks(apply=False)
        assert list(desk.sent()) == []
        desk.looks()
        assert written(foretold)
        assert [(each.method, each.table, each.body) for each in desk.sent()] == written(foretold)
