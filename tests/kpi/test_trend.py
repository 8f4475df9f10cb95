"""Trends compare a period with the one before, and say when that may be chance."""

from dataclasses import replace

import pytest

from connector.kpi.indicator import About, Words
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import Scope, Score, wilson
from connector.kpi.trend import BARS, GAP, Trend, sparkline, trends

ABOUT = About("R-E6", "R-E6", Words("a", "甲"), Words("f", "式"), Words("n", "无"))


def score(day, won, of, about=ABOUT, key=""):
    """So many of so many on that day."""
    period = Period(PeriodKind.DAY, day * 86400, (day + 1) * 86400, str(day))
    value = 100 * won / of if of else None
    return Score(about, Scope("group", key), period, value=value, interval=wilson(won, of) if of else None)


def test_the_last_period_is_compared_with_the_one_before():
    """By indicator and scope, whatever order they come in."""
    lines = trends([score(2, 9, 10, key="b"), score(1, 5, 10, key="a"), score(2, 6, 10, key="a")])
    assert [(line.score.scope.key, line.change) for line in lines] == [
        ("b", None),
        ("a", pytest.approx(10.0)),
    ]
    assert lines[1].better is True
    assert lines[1].telling is False, "6 of 10 after 5 of 10 may be chance"


def test_a_change_beyond_the_intervals_is_telling():
    """900 of 1000 after 500 of 1000 is none of chance's."""
    (line,) = trends([score(1, 500, 1000), score(2, 900, 1000)])
    assert line.telling is True


def test_less_is_better_where_it_is_meant_to_be():
    """A rate that shall fall gets better by falling; workload is neither."""
    down = replace(score(1, 5, 10), about=ABOUT._replace(direction="down"))
    (line,) = trends([down, replace(score(2, 4, 10), about=down.about)])
    assert line.better is True
    count = ABOUT._replace(unit="count")
    (line,) = trends([score(1, 5, 10, count), score(2, 4, 10, count)])
    assert line.better is None


def test_a_gap_is_no_change():
    """Nothing to count yesterday: no change is told, and the line shows a gap."""
    (line,) = trends([score(1, 0, 0), score(2, 4, 10)])
    assert (line.change, line.better, line.telling) == (None, None, None)
    assert line.values == (None, 40.0)


def test_a_scope_that_is_gone_has_no_trend():
    """Only what the last period has is told."""
    assert [line.score.scope.key for line in trends([score(1, 1, 2, key="old"), score(2, 1, 2)])] == [""]


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ((), ""),
        ((None, None), GAP * 2),
        ((0.0, 100.0), BARS[0] + BARS[-1]),
        ((1.0, None, 1.0), f"{BARS[4]}{GAP}{BARS[4]}"),
    ],
)
def test_a_sparkline_has_a_bar_a_value(values, drawn):
    """The least is the lowest bar, the most the highest, nothing is a gap."""
    assert sparkline(values) == drawn


def test_one_alone_has_nothing_to_compare_with():
    """The first period of all."""
    assert Trend((score(1, 1, 2),)).before is None
