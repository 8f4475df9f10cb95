"""Grades: parts in sight, nothing from what only observes, nobody on too few cases."""

import pytest

from connector.kpi.grade import Scheme, grades
from connector.kpi.indicator import About, Words
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import Scope, Score, Sizes

DAY = Period(PeriodKind.DAY, 0, 86400, "1970-01-01")


def score(name, value, cases=50, kind="consultant", target=None, direction="up", key="wang"):
    """A score of an indicator with that value over so many cases."""
    about = About(name, name, Words(name, "名"), Words("f", "式"), Words("n", "无"), direction=direction)
    return Score(
        about,
        Scope(kind, key),
        DAY,
        value=value,
        target=target,
        kept=Sizes(0, cases if value is not None else 0, 0),
    )


SCHEME = Scheme("posts", "consultant", {"R-E3": 25, "R-E6": 75}, {"R-E3": (60, 100)})


def test_a_grade_is_the_mean_of_its_parts_by_weight():
    """80 between 60 and 100 earns 50 points; 90 of 100 earns 90: 0.25 × 50 + 0.75 × 90."""
    (grade,) = grades(SCHEME, [score("R-E3", 80.0), score("R-E6", 90.0)])
    assert [part.points for part in grade.parts] == [50.0, 90.0]
    assert (grade.total, grade.covered) == (80.0, 100.0)


def test_a_target_is_the_usual_bound_and_nothing_earns_more_than_all():
    """Reaching the target earns 100 points, and so does passing it; falling below the lower bound earns 0."""
    (grade,) = grades(SCHEME, [score("R-E3", 10.0), score("R-E6", 95.0, target=90.0)])
    assert [part.points for part in grade.parts] == [0.0, 100.0]


def test_where_less_is_better_the_bounds_turn_round():
    """At most 5 %: 0 % earns everything, 5 % nothing."""
    scheme = Scheme("x", "consultant", {"back": 100}, {})
    for value, points in ((0.0, 100.0), (5.0, 0.0), (2.5, 50.0), (50.0, 0.0)):
        (grade,) = grades(scheme, [score("back", value, target=5.0, direction="down")])
        assert grade.total == points


def test_nothing_is_scored_from_a_policy_that_only_observes():
    """The part says which policy; its weight is left out and the rest is the grade."""
    (grade,) = grades(SCHEME, [score("R-E3", 80.0), score("R-E6", 10.0)], {"R-E6": ("urgent-limits",)})
    assert grade.total == 50.0
    assert grade.covered == 25.0
    assert "urgent-limits" in grade.parts[1].why.en
    assert grade.parts[1].points is None


def test_nobody_is_graded_on_a_few_cases_but_a_group_is():
    """A person with 19 cases in one part gets no grade and is told why; a group's part is marked."""
    some = [("R-E3", 80.0, 19), ("R-E6", 90.0, 50)]
    (grade,) = grades(SCHEME, [score(name, value, cases) for name, value, cases in some])
    assert grade.total is None
    assert "fewer than 20 cases in R-E3" in grade.why.en
    group = Scheme("posts", "group", SCHEME.weights, SCHEME.bounds)
    (grade,) = grades(group, [score(name, value, cases, "group") for name, value, cases in some])
    assert grade.total == 80.0
    assert [part.few for part in grade.parts] == [True, False]


def test_what_is_not_measured_takes_no_weight():
    """Without any part there is no grade, and never a 0."""
    (grade,) = grades(SCHEME, [score("R-E3", None), score("R-E6", 90.0)])
    assert (grade.total, grade.covered) == (90.0, 75.0)
    (grade,) = grades(SCHEME, [score("R-E3", None), score("R-E6", None)])
    assert (grade.total, grade.covered) == (None, 0.0)


@pytest.mark.parametrize("key", ["", "wang"])
def test_nobody_in_particular_gets_no_grade(key):
    """What nobody was assigned to is nobody's merit."""
    found = grades(SCHEME, [score("R-E3", 80.0, key=key), score("R-E6", 90.0, key=key)])
    assert bool(found) is bool(key)
