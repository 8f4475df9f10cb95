"""Records of other tables in a pass: what they cost, how they are judged, planned, explained and swept."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from connector.kpi.period import period_of
from connector.reconcile import explain, figures_of, sweep_world
from tests.world import DAY, HOUR, US, Desk, utc

CHANGES = """
[[policy]]
rule = "change_control"
name = "changes"
mode = "{mode}"
remind_before = "24h"
"""
OTHER = '[[policy]]\nrule = "monitoring_alert"\nname = "warnings"\nmode = "enforce"\n'


def asked(desk: Desk) -> Counter[str]:
    """Table → requests of one pass in which nothing is new."""
    desk.settles()
    desk.rest.requests.clear()
    desk.looks()
    return Counter(request.table for request in desk.rest.requests if request.user == US)


def plans(desk: Desk, number: str = "CHG1", **fields: str) -> None:
    """A change is asked for that begins in two hours and is neither assessed nor approved."""
    now = desk.clock.now()
    window = {"start_date": utc(now + 2 * HOUR), "end_date": utc(now + 4 * HOUR)}
    desk.writes("change_request", number, type="normal", short_description="New disk", **window, **fields)


def test_a_table_costs_one_request_where_a_policy_is_about_it() -> None:
    """And none where there is no such policy; the past comes with that of the incidents."""
    with Desk(OTHER) as desk:
        without = asked(desk)
    with Desk(OTHER, CHANGES.format(mode="enforce")) as desk:
        plans(desk)
        assert asked(desk) == without + Counter({"change_request": 1})
    assert without["change_request"] == without["incident_task"] == 0


def test_what_is_only_observed_is_not_written() -> None:
    """It is planned and printed."""
    with Desk(CHANGES.format(mode="observe")) as desk:
        plans(desk)
        report = desk.looks()
        assert ([c.table for c in report.plan.observed], report.plan.changes) == (["change_request"], ())
        assert desk.said("CHG1") == []


def test_only_marks_and_notes_are_written_to_a_change() -> None:
    """Whatever [columns] shared allows on a ticket."""
    with Desk(CHANGES.format(mode="enforce")) as desk:
        plans(desk)
        (change,) = desk.looks().plan.changes
        assert [field.column for field in change.fields] == ["work_notes", "u_desk_marks"]
        assert desk.settles()[-1].plan.empty


def test_marks_can_have_a_column_of_their_own() -> None:
    """`[[table]] marks`."""
    more = '[[table]]\nname = "change_request"\nmarks = "u_said"\n'
    with Desk(CHANGES.format(mode="enforce"), more=more) as desk:
        plans(desk)
        (change,) = desk.looks().plan.changes
        assert [field.column for field in change.fields] == ["work_notes", "u_said"]
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_the_brake_counts_the_records_of_the_table() -> None:
    """Over its bound nothing is written to any of them."""
    more = "[safety]\nmax_changes = 2\n"
    with Desk(CHANGES.format(mode="enforce"), more=more) as desk:
        for index in range(3):
            plans(desk, f"CHG{index}")
        plan = desk.looks().plan
        assert (plan.changes, list(plan.refused)) == ((), ["changes"])


def test_a_change_is_explained_by_its_number() -> None:
    """With the policies that are about it, and no other."""
    with Desk(OTHER, CHANGES.format(mode="enforce")) as desk:
        plans(desk)
        desk.looks(apply=False)
        found = explain(desk.world, desk.settings, "CHG1", desk.clock.now())
        assert found is not None
        assert [answer.policy.name for answer in found.answers] == ["changes"]
        assert "class important" in found.answers[0].lines
        assert [change.table for change in found.plan.changes] == ["change_request"]


def test_an_unknown_state_sets_the_record_aside() -> None:
    """Until it can be read again; the others are judged."""
    with Desk(CHANGES.format(mode="enforce")) as desk:
        plans(desk, type_="", state="-5")
        plans(desk, "CHG2")
        desk.instance.update(
            "change_request", desk.instance.rows("change_request")[0]["sys_id"], {"type": "own"}
        )
        first = desk.instance.rows("change_request", "number=CHG1")[0]["sys_id"]
        desk.instance.update("change_request", first, {"type": "own", "state": "99"})
        report = desk.looks()
        assert report.quarantined == 1
        assert [(each.source, each.sys_id) for each in desk.store.quarantined()] == [
            ("change_request", first)
        ]
        assert len(desk.said("CHG2")) == 1
        desk.restarts()
        desk.instance.update("change_request", first, {"state": "-5"})
        desk.looks()
        assert desk.store.quarantined() == []


def test_a_deleted_change_is_forgotten() -> None:
    """The sweep compares the further tables too."""
    with Desk(CHANGES.format(mode="enforce")) as desk:
        plans(desk)
        desk.looks()
        (row,) = desk.instance.rows("change_request")
        desk.instance.delete("change_request", row["sys_id"])
        assert sweep_world(desk.world)["change_request"].gone == (row["sys_id"],)
        assert desk.store.find_record("CHG1") is None


def test_a_change_from_before_is_not_touched() -> None:
    """`adopt_from` is for all tables."""
    with Desk(CHANGES.format(mode="enforce")) as desk:
        plans(desk, opened_at=utc(desk.clock.now() - 2 * DAY))
        assert desk.looks().plan.empty


@pytest.mark.parametrize("history", ["audit", "observed", "metric"])
def test_when_it_began_is_told_by_the_history(history: str) -> None:
    """By the audit, or by what the connector saw."""
    with Desk(CHANGES.format(mode="observe"), history=history) as desk:
        plans(desk)
        for state in ("-4", "-3", "-2", "-1"):
            desk.writes("change_request", "CHG1", state=state)
            desk.looks()
        began = desk.clock.now()
        desk.clock.advance(HOUR)
        desk.writes("change_request", "CHG1", short_description="Newer disk")
        desk.looks()
        found = explain(desk.world, desk.settings, "CHG1", desk.clock.now())
        assert found is not None
        assert found.ticket.spans[-1].start == began


COMPLAINTS = """
[[policy]]
rule = "complaint"
name = "complaints"
where = { category = "complaint" }
[[policy]]
rule = "complaint"
name = "problem-complaints"
table = "problem"
where = { short_description = "Complaint" }
"""


def test_r_h2_complaints_of_all_tables_are_cases() -> None:
    """Incidents and records of further tables, those of `where` only; None without such a policy."""
    with Desk(COMPLAINTS) as desk:
        desk.opens("INC1", category="complaint")
        desk.opens("INC2")
        desk.writes("problem", "PRB1", short_description="Complaint", state="102")
        desk.writes("problem", "PRB2", short_description="Disk")
        desk.looks()
        period = period_of(desk.clock.now(), "month", ZoneInfo("Asia/Shanghai"))
        cases = figures_of(desk.world, desk.settings, period, desk.clock.now()).cases
        assert cases is not None
        assert sorted((case.number, case.acted) for case in cases) == [("INC1", False), ("PRB1", True)]
    with Desk(OTHER) as desk:
        desk.looks()
        assert figures_of(desk.world, desk.settings, period, desk.clock.now()).cases is None
