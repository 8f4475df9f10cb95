"""Who is judged, and when again."""

from collections import Counter
from collections.abc import Mapping

import pytest

from connector.sandbox import Fault
from connector.sandbox.message import Call
from connector.sync.store import Mirrored, Waiting
from tests.world import DAY, HOUR, MINUTE, Desk, record_id

POLICIES = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
resolve_within = "4h"
warn_at = 0.5
[[policy]]
rule = "callback_sampling"
name = "call-backs"
mode = "enforce"
rate = 0
key = "a"
per = "day"
minimum = 1
strata = ["class"]
"""


def test_a_quiet_ticket_is_not_judged_again_before_its_time() -> None:
    """The verdict says when it could change; until then a pass costs the ticket nothing."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.settles()
        opened = desk.clock.now()
        assert desk.store.next_due() == opened + 2 * HOUR
        desk.at(opened + 2 * HOUR - MINUTE)
        assert desk.looks().judged == 0
        desk.at(opened + 2 * HOUR)
        assert desk.looks().judged == 1
        assert len(desk.said("INC1")) == 1


def test_a_draw_takes_the_whole_closed_set_into_account() -> None:
    """One ticket of the stratum is enough, whichever of them is due at the moment."""
    with Desk(POLICIES) as desk:
        for number in ("INC1", "INC2", "INC3"):
            desk.opens(number)
            desk.closes(number)
        desk.clock.advance(DAY)
        desk.settles()
        results = sorted(desk.shows(number)["callback"] for number in ("INC1", "INC2", "INC3"))
        assert results == ["drawn", "not_drawn", "not_drawn"]


def test_a_ticket_that_was_reopened_and_closed_late_joins_the_draw_of_that_day() -> None:
    """A set that has been drawn from stays as it was drawn; the latecomer belongs to its own day."""
    with Desk(POLICIES) as desk:
        for number in ("INC1", "INC2"):
            desk.opens(number)
            desk.closes(number)
        desk.clock.advance(DAY)
        desk.settles()
        before = {number: desk.shows(number)["callback"] for number in ("INC1", "INC2")}
        (drawn,) = (number for number, result in before.items() if result == "drawn")
        desk.resumes(drawn)
        desk.closes(drawn)
        desk.clock.advance(DAY)
        desk.settles()
        assert {number: desk.shows(number)["callback"] for number in before} == before


def test_old_tickets_are_read_and_left_alone() -> None:
    """Opened before adopt_from: in the mirror for the figures, in no plan."""
    with Desk(POLICIES) as desk:
        desk.opens("INC0", opened_at="2026-05-01 01:00:00")
        report = desk.looks(full=True)
        assert desk.store.find_number("INC0") == record_id("INC0")
        assert (report.plan.empty, report.verdicts) == (True, {})


def test_a_draw_waits_for_the_rest_of_its_closed_set() -> None:
    """Also when the set comes in several pages, and the tickets are judged as the pages come in."""
    with Desk(POLICIES, more="[poll]\npage = 10") as desk:
        numbers = [f"INC{count}" for count in range(25)]
        for number in numbers:
            desk.opens(number)
            desk.closes(number)
        desk.clock.advance(DAY)
        desk.settles()
        assert Counter(desk.shows(number)["callback"] for number in numbers) == {"drawn": 1, "not_drawn": 24}


def test_a_poll_that_fails_half_way_hides_no_wish() -> None:
    """What an observing policy wished before the failure is listed by the next pass that goes through."""
    with Desk(POLICIES.replace("enforce", "observe"), more="[poll]\npage = 10") as desk:
        for count in range(25):
            desk.opens(f"INC{count}")
        pages = iter(range(9))
        desk.rest.faults.add(
            Fault.truncated(),
            when=lambda call: call.method == "GET" and call.table == "incident" and next(pages) == 1,
        )
        failed = desk.looks()
        assert failed.trouble
        assert (failed.judged, failed.plan.observed) == (10, ())
        assert len(desk.looks().plan.observed) == 25


def test_a_ticket_that_changes_while_pages_are_read_is_wished_for_once() -> None:
    """It comes in two pages of one pass; the next pass judges it as it is by then."""
    with Desk(POLICIES, more="[poll]\npage = 10") as desk:
        numbers = [f"INC{count}" for count in range(15)]
        for number in numbers:
            desk.opens(number)
        desk.clock.advance(MINUTE)
        pages = iter(range(9))

        def moved(call: Call) -> bool:
            if call.method == "GET" and call.table == "incident" and next(pages) == 1:
                desk.sets(first, short_description="changed meanwhile")
            return False

        first = min(numbers, key=record_id)
        desk.rest.faults.add(Fault.truncated(), when=moved)
        report = desk.looks()
        assert (report.polled["incident"], report.judged) == (16, 15)
        assert len({change.ticket for change in report.plan.changes}) == len(report.plan.changes) == 15
        desk.settles()
        assert desk.repeated() == []


@pytest.mark.parametrize("most", [2, 25])
def test_past_the_bound_wishes_are_only_counted(most: int) -> None:
    """Page after page; fields that wait while a ticket is resolved are neither listed nor counted, and a
    ticket that comes in two pages is counted once.
    """
    more = f"[poll]\npage = 10\n[safety]\nmax_changes = {most}"
    with Desk(POLICIES.replace("enforce", "observe"), more=more) as desk:
        numbers = sorted((f"INC{count}" for count in range(25)), key=record_id)
        for number in numbers:
            desk.opens(number)
        for number in numbers[5::5]:
            desk.resolves(number)
        desk.clock.advance(MINUTE)
        pages = iter(range(9))

        def moved(call: Call) -> bool:
            if call.method == "GET" and call.table == "incident" and next(pages) == 2:
                desk.sets(numbers[11], category="network")
            return False

        desk.rest.faults.add(Fault.truncated(), when=moved)
        report = desk.looks()
        assert (report.polled["incident"], report.judged) == (26, 25)
        listed = {change.number for change in report.plan.observed}
        assert len(listed) + report.plan.unlisted.get("urgent-limits", 0) == 21
        assert len(listed) == min(most + 1, 21)
        assert not listed.intersection(numbers[5::5])


def test_a_touch_alone_asks_nobody() -> None:
    """Somebody wrote a note: nothing that a policy reads is new, so what was judged stands, with its time."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.settles()
        due = desk.store.next_due()
        desk.clock.advance(MINUTE)
        desk.sets("INC1", work_notes="called the customer")
        report = desk.looks()
        assert (report.polled["incident"], report.judged, report.touched) == (1, 0, 1)
        assert desk.store.next_due() == due
        desk.sets("INC1", priority="3")
        report = desk.looks()
        assert (report.judged, report.touched) == (1, 0)


def test_a_touch_of_what_is_ahead_of_its_history_is_judged() -> None:
    """Its last span begins at the update itself, so that the clock may stand elsewhere after a touch."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.clock.advance(MINUTE)
        desk.sets("INC1", state="3", hold_reason="1")
        desk.settles()
        with desk.store.engine.begin() as connection:
            connection.exec_driver_sql("update change set new = '2' where field = 'state'")
        desk.clock.advance(MINUTE)
        desk.sets("INC1", work_notes="still waiting")
        assert (desk.looks().judged, desk.store.quarantined()) == (1, [])


def test_a_touch_does_not_put_off_what_is_due() -> None:
    """The limit's warning comes due in the same minute in which somebody writes a note."""
    with Desk(POLICIES) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.at(desk.clock.now() + 2 * HOUR)
        desk.sets("INC1", work_notes="called the customer")
        report = desk.looks()
        assert (report.judged, report.touched) == (1, 0)
        assert len(desk.said("INC1")) == 1


@pytest.mark.parametrize("order", [1, -1], ids=["as asked", "turned round"])
def test_a_touch_is_one_in_whatever_order_the_columns_come(order: int) -> None:
    """The instance may send the columns of a row in any order, and in another one next time."""
    row = {"sys_updated_on": "2026-06-01 01:00:00", "sys_id": "a" * 32, "sys_mod_count": "1", "state": "2"}
    touched = row | {"sys_updated_on": "2026-06-01 01:00:01", "sys_mod_count": "2"}
    with Desk(POLICIES) as desk:
        told: list[object] = []

        def look(shown: Mapping[str, Mirrored], only_touched: Waiting) -> Waiting:
            told.append((dict(only_touched), [one.row for one in shown.values()]))
            return {"a" * 32: 77}

        for known in (row, dict([*touched.items()][::order])):
            desk.store.save("incident", [known], look=look)
        assert told == [({}, [row]), ({"a" * 32: 77}, [touched])]
        desk.store.save("incident", [touched | {"state": "3"}], look=look)
        assert told[-1] == ({}, [touched | {"state": "3"}])
