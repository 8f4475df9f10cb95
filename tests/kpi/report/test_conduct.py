"""Complaints are analysed and breaches counted per post; what nothing tells is said and never zero."""

from dataclasses import replace

import pytest

from connector.kpi.case import Case
from connector.kpi.report.composition import report_of
from connector.ticket import DeskTask
from tests.kpi.page.month import PERIOD, figures

DAY = 86_400


@pytest.fixture(scope="module")
def look():
    """March 2026 of the invented desk."""
    return figures()


def case(number, day, **fields):
    """A complaint of that day of the period; day 0 is its first."""
    base = {"group": "g1", "category": "network", "acted": True, "solved_at": None, "called": False}
    return Case(**{"number": number, "since": PERIOD.start + day * DAY, "low_score": False, **base, **fields})


def test_r_h2_complaints_are_counted_by_category_and_group(look):
    """The most first, with their share; how they were handled; what is open, the oldest first."""
    start = PERIOD.start
    cases = (
        case("INC1", -3),
        case("INC2", 1, solved_at=start + 2 * DAY, called=True),
        case("INC3", 2, category="printer", acted=False, low_score=True),
        case("INC4", 3, group="g2", solved_at=start + 6 * DAY),
    )
    part = report_of(replace(look, cases=cases), {"g1": "Desk", "g2": "South"}).part("complaints")
    course, by_category, by_group, owed = part.grids
    assert [row[1] for row in course.rows[:5]] == ["3", "1", "2", "2", "1"]
    assert by_category.rows == (("network", "2", "66.6 %"), ("printer", "1", "33.3 %"))
    assert by_group.rows == (("Desk", "2", "66.6 %"), ("South", "1", "33.3 %"))
    assert [row[0] for row in owed.rows] == ["INC1", "INC3"]
    assert part.said[1].en == "2 were open at its end."


def test_r_h2_a_month_without_complaints_is_not_unmeasured(look):
    """A policy is about them, and there were none."""
    part = report_of(replace(look, cases=())).part("complaints")
    assert (part.grids, part.unmeasured, part.said[0].en) == ((), (), "0 complaints in the period.")
    assert report_of(look).part("complaints").unmeasured


def test_r_h2_what_came_after_the_look_is_not_open_yet(look):
    """A complaint solved after the end was open at the end."""
    late = (case("INC1", 1, solved_at=PERIOD.end + DAY), case("INC2", 40))
    part = report_of(replace(look, as_of=PERIOD.end + 9 * DAY, cases=late)).part("complaints")
    assert [row[0] for row in part.grids[-1].rows] == ["INC1"]


def test_r_h5_breaches_are_counted_per_post(look):
    """Each finished ticket once, however often it broke a rule; the kinds beside each other."""
    part = report_of(look).part("conformity")
    ended = [f for f in look.facts if f.ticket.ended_at is not None and f.ticket.ended_at in PERIOD]
    by_group, by_consultant = part.grids
    owned = [f for f in ended if f.ticket.group]
    assert sum(int(row[1].replace(",", "")) for row in by_group.rows) == len(owned)
    assert sum(int(row[5]) for row in by_group.rows) == sum(f.resolved_in_time is False for f in owned)
    assert sum(int(row[1].replace(",", "")) for row in by_consultant.rows) == sum(
        bool(f.ticket.assignee) for f in ended
    )
    shares = [float(row[3].removesuffix(" %")) for row in by_group.rows]
    assert shares == sorted(shares, reverse=True)


def test_r_h5_a_finding_is_a_breach(look):
    """And so is knowledge that stayed missing."""
    base = int(report_of(look).part("conformity").said[0].en.split(" of ")[0])
    place, fact = next(
        (n, f)
        for n, f in enumerate(look.facts)
        if f.ticket.ended_at in PERIOD and f.responded_in_time and f.resolved_in_time
        if f.ticket.owned.get("knowledge") != "missing"
    )
    task = DeskTask("t", "nonconformity", "o", fact.ticket.opened_at)
    for fields in ({"tasks": (task,)}, {"owned": {"knowledge": "missing"}}):
        facts = [*look.facts]
        facts[place] = fact._replace(ticket=replace(fact.ticket, **fields))
        said = report_of(replace(look, facts=tuple(facts))).part("conformity").said[0].en
        assert int(said.split(" of ")[0]) == base + 1


def test_r_h5_without_limits_nothing_is_claimed(look):
    """No policy says what a breach would be."""
    part = report_of(look, rules=("major_incident",)).part("conformity")
    assert (part.said, part.grids) == ((), ())
    assert "no policy sets a limit" in part.unmeasured[0].en
