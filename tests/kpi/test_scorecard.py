"""The picture of the scores says what the scores say."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.catalogue import indicators
from connector.kpi.indicator import TicketFact, Words
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import Scope, Score, measure
from connector.kpi.scorecard import (
    MOST_NAMED,
    as_json,
    formula_lines,
    fraction_text,
    headline,
    listing,
    names_of,
    plain,
    scope_text,
    tables,
    value_text,
    verdict,
)
from connector.ticket import Directory, Group, Person, Ticket, TicketState, Tier

DIRECTORY = Directory(
    {
        "g1": Group("g1", "Service Desk", "main", Tier.FIRST_LINE),
        "g2": Group("g2", "Service Desk South", "south", Tier.FIRST_LINE),
    },
    {"wang": Person("p1", "wang", "Wang Fang 王芳")},
)
PERIOD = Period(PeriodKind.DAY, 0, 86400, "1970-01-01")
INDICATORS = indicators()


def rate(points, out_of, target=90.0, **fields) -> Score:
    """A score of R-E6 with that fraction."""
    about = next(one.about for one in INDICATORS if one.id == "R-E6")
    value = 100 * points / out_of if out_of else None
    met = None if value is None else 100 * points >= target * out_of
    return Score(
        about,
        Scope("whole"),
        PERIOD,
        points=points,
        out_of=out_of,
        value=value,
        target=target,
        met=met,
        **fields,
    )


def scored(now=None, scopes=("whole", "desk", "group", "consultant")):
    """Scores of two tickets of the first desk, one resolved in time, one open."""
    facts = [
        TicketFact(
            Ticket(
                sys_id,
                number,
                10,
                10,
                1,
                state,
                group=DIRECTORY.groups["g1"],
                assignee="p1",
                closed_at=closed,
            ),
            True,
            in_time,
        )
        for sys_id, number, state, closed, in_time in (
            ("a", "INC2", TicketState.CLOSED, 20, True),
            ("b", "INC1", TicketState.NEW, None, None),
        )
    ]
    return measure(INDICATORS, facts, None, [PERIOD], DIRECTORY, now=now, scopes=scopes)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_missed_target_never_reads_as_reached(pair):
    """The value shown is at most the value, and reaches the target only where the value does."""
    score = rate(float(pair[0]), float(pair[1]))
    shown = float(value_text(score).split()[0])
    assert shown <= score.value + 1e-9
    assert score.value - shown < 0.1 + 1e-9
    assert (shown >= 90) == score.met
    assert (shown == 100) == (pair[0] == pair[1])


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (rate(8997.0, 10000.0), "89.9 %"),
        (rate(57.0, 100.0), "57.0 %"),
        (rate(12.0, 13.0, small=True), "92.3 % ~"),
        (rate(0.0, 0.0), "–"),
        (rate(0.0, 0.0, unmeasured=Words("no source", "无来源")), "not measured 未测"),
    ],
)
def test_values_as_people_read_them(score, text):
    """Rounded down, small ones marked, nothing is a dash, and no source says so."""
    assert value_text(score) == text


def test_verdicts():
    """Met, missed, and none where nothing was counted."""
    assert [verdict(score).tone for score in (rate(9.0, 10.0), rate(8.0, 10.0), rate(0.0, 0.0))] == [
        "good",
        "bad",
        "quiet",
    ]


def test_the_whole_is_told_in_full_and_the_scopes_side_by_side():
    """One table of the whole; per kind of scope one of rates, one of workload, a row a scope."""
    drawn = tables(scored(), names_of(DIRECTORY))
    assert [len(table.rows) for table in drawn] == [len(INDICATORS), 2, 2, 2, 2, 1, 1]
    for table in drawn:
        assert all(len(row) == len(table.heads) for row in table.rows)
    assert [row[0].text for row in drawn[3].rows] == ["Service Desk", "Service Desk South"]
    assert [row[0].text for row in drawn[5].rows] == ["Wang Fang 王芳"]


def test_scopes_are_compared_by_what_is_measured_and_by_headings_that_fit():
    """Many rates are headed by their clause alone; what no scope has a figure for has no column."""
    whole, rates, counts = tables(scored(), names_of(DIRECTORY))[:3]
    unmeasured = {row[0].text for row in whole.rows if "not measured" in row[2].text}
    clauses = [head.split("\n")[0] for head in rates.heads[1:]]
    assert unmeasured
    assert not unmeasured & set(clauses)
    named = [len(head.split("\n")) >= 3 for head in rates.heads[1:]]
    assert named == [len(clauses) <= MOST_NAMED] * len(clauses)
    assert all(len(head.split("\n")) >= 3 for head in counts.heads[1:]), "counts of one clause need names"


def test_a_running_period_says_so_far():
    """The title of a period that has not ended is marked."""
    assert "so far" in tables(scored(now=86399))[0].title
    assert "so far" not in tables(scored(now=86400))[0].title


def test_not_measured_stands_with_its_reason():
    """The answer rate without calls gives its reason where the interval would be, and no verdict."""
    row = next(row for row in tables(scored())[0].rows if row[0].text == "R-E2")
    assert row[2].text == "not measured 未测"
    assert row[4].text == ""
    assert "no calls" in row[5].text


def test_a_listing_opens_a_figure_into_its_tickets():
    """Numerator, denominator only and left out, each ticket with number and sys_id, in order of numbers."""
    scores = {score.indicator: score for score in scored(scopes=("whole",))}
    labels = {"a": "INC2", "b": "INC1"}

    def told(indicator):
        return {
            table.title.split()[0]: [row[0].text for row in table.rows]
            for table in listing(scores[indicator], labels)
        }

    assert told("R-E5") == {"numerator": ["INC2"], "denominator": ["INC1"]}
    assert told("R-E3") == {"numerator": ["INC1", "INC2"], "denominator": []}
    assert told("R-E12-accepted") == {"numerator": ["INC1", "INC2"]}


def test_what_is_left_out_is_listed_with_its_reason():
    """A ticket in neither list is shown with the words that say why."""
    facts = [TicketFact(Ticket("a", "INC1", 10, 10, 1, TicketState.CANCELED))]
    (score,) = (
        s for s in measure(INDICATORS, facts, None, [PERIOD], scopes=("whole",)) if s.indicator == "R-E5"
    )
    *_, left_out = listing(score, {"a": "INC1"})
    assert "canceled" in left_out.title
    assert [row[0].text for row in left_out.rows] == ["INC1"]


def test_a_headline_is_the_figure_in_one_line():
    """Clause, name, scope, period, value, fraction and verdict."""
    assert headline(rate(12.0, 13.0, small=True)) == (
        "R-E6 Timely handling rate 处理及时率, whole 全部, 1970-01-01: 92.3 % ~, 12 / 13, ▲ met 达标"
    )
    assert "no source" in headline(rate(0.0, 0.0, unmeasured=Words("no source", "无来源")))


def test_formulas_stand_once_per_indicator():
    """As many lines as indicators, however many scopes."""
    assert len(formula_lines(scored())) == len(INDICATORS)


def test_json_holds_all_of_a_score_and_is_json():
    """Lists, period, names and numbers survive a round trip; a reader needs nothing else."""
    score = next(s for s in scored() if s.indicator == "R-E5" and s.scope.kind == "group")
    said = json.loads(
        json.dumps(as_json(score, names_of(DIRECTORY), {"a": "INC2", "b": "INC1", "z": "INC9"}))
    )
    assert said["scope"] == {"kind": "group", "key": "g1", "name": "Service Desk"}
    assert said["period"] == {
        "kind": "day",
        "label": "1970-01-01",
        "start": "1970-01-01T00:00:00Z",
        "end": "1970-01-02T00:00:00Z",
        "ended": True,
    }
    assert (said["value"], said["numerator"], said["denominator"]) == (50.0, ["a"], ["a", "b"])
    assert said["numbers"] == {"a": "INC2", "b": "INC1"}
    assert said["small"] is True


def test_a_fraction_stands_beside_rates_only():
    """Counts and empty figures have none."""
    assert fraction_text(rate(14.4, 15.0)) == "14.4 / 15"
    assert fraction_text(rate(0.0, 0.0)) == ""
    count = next(score for score in scored() if score.about.unit == "count")
    assert fraction_text(count) == ""


def test_names_cannot_command_the_terminal():
    """Escape sequences that people typed into a name are taken off."""
    assert plain("Desk\x1b[2J\r\n服务台") == "Desk[2J服务台"
    scope = replace(rate(1.0, 1.0), scope=Scope("group", "g")).scope
    assert scope_text(scope, {"g": "a\x07b"}) == "ab"
    assert scope_text(Scope("group")) == "(none) 未分派"
