"""Declared sources: what they hold is counted, how fresh they are is said, what is wrong is named."""

from zoneinfo import ZoneInfo

import pytest

from connector.kpi.catalogue import indicators
from connector.kpi.declared import surveyed
from connector.kpi.dimension import RATED, dimensions, rated
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import measure
from connector.kpi.source import Declared, absent, gather, pooled, state_of

UTC = ZoneInfo("UTC")
MARCH = Period(PeriodKind.MONTH, 1_772_323_200, 1_775_001_600, "2026-03")
AFTER = MARCH.end + 86400


def declared(kind, path="x.csv", **more):
    """A source of that kind."""
    return Declared(more.pop("name", kind), kind, path, UTC, more.pop("columns", {}), **more)


def scored(*gathered, calls=None):
    """The whole's scores of March by indicator."""
    known = (*indicators(), surveyed(90.0))
    rung = [call for one in gathered for call in one.calls] or calls
    found = measure(known, [], rung, [MARCH], now=AFTER, scopes=("whole",), entries=pooled(gathered))
    return {score.indicator: score for score in found}


def test_a_roster_measures_attendance():
    """R-E7: at the minute is on time, late and absent are not; headings may be Chinese, the text GB18030."""
    text = (
        "班次开始,签到时间,值班人\n"
        "2026-03-02 08:30,2026-03-02 08:30,王芳\n"
        "2026-03-03 08:30,2026-03-03 08:31,王芳\n"
        "2026-03-04 08:30,,李娜\n"
        "2026-04-01 08:30,,李娜\n"
    )
    columns = {"starts": "班次开始", "arrived": "签到时间", "consultant": "值班人"}
    roster = gather(text.encode("gb18030"), declared("roster", columns=columns))
    found = scored(roster)["R-E7"]
    assert (found.points, found.out_of, roster.problems) == (1.0, 3.0, ())
    assert found.denominator == ("x.csv:2", "x.csv:3", "x.csv:4")


def test_two_rosters_make_one_attendance():
    """Each desk has its own file."""
    text = b"starts,arrived,id\n2026-03-02 08:30,2026-03-02 08:00,%s\n"
    one = gather(text % b"a", declared("roster", name="north"))
    two = gather(text % b"b", declared("roster", name="south"))
    assert scored(one, two)["R-E7"].denominator == ("a", "b")


def test_manuals_summaries_and_surveys():
    """R-E9, R-E10 and the survey beside R-E1."""
    manuals = gather(
        b"due,reviewed,current\n2026-03-31,2026-03-30,yes\n2026-03-31,2026-03-30,no\n2026-03-31,,\n",
        declared("manual"),
    )
    summaries = gather(
        "due,delivered,accepted\n2026-03-05,2026-03-05,是\n2026-03-05,2026-03-06,是\n".encode(),
        declared("summary"),
    )
    survey = gather(b"at,score\n2026-03-05,4\n2026-03-06,5\n2026-03-07,\n2026-03-08,9\n", declared("survey"))
    found = scored(manuals, summaries, survey)
    assert (found["R-E9"].points, found["R-E9"].out_of) == (1.0, 3.0)
    assert (found["R-E10"].points, found["R-E10"].out_of) == (1.0, 2.0)
    assert found["R-E1-survey"].value == pytest.approx(90.0)
    assert len(found["R-E1-survey"].left_out) == 2


def test_a_phone_log_measures_the_answer_rate():
    """R-E2: an instant of answering or a yes is answered; nothing else is."""
    log = gather(
        b"rung;answered\n2026-03-05 08:00;2026-03-05 08:01\n2026-03-05 09:00;yes\n2026-03-05 10:00;\n",
        declared("calls"),
    )
    assert (scored(log)["R-E2"].points, scored(log)["R-E2"].out_of) == (2.0, 3.0)


def test_toml_does_as_well():
    """[[row]] tables, with the line on which each begins."""
    text = b'[[row]]\nstarts = 2026-03-02T08:30:00Z\narrived = "2026-03-02 08:29"\n\n[[row]]\narrived = ""\n'
    roster = gather(text, declared("roster", "duty.toml"))
    assert len(roster.entries) == 1
    assert roster.problems == ("duty.toml:5: starts is missing",)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"begins,arrived\n", 'x.csv:1: column "starts" is missing; there are "begins", "arrived"'),
        (b"starts,arrived\nsoon,\n", 'x.csv:2: starts "soon" is no time such as "2026-03-01 08:30"'),
        (b"starts,arrived\n2026-03-02\n", "x.csv:2: 1 cells under 2 headings"),
        (b"", "x.csv:1: no header; the first line names the columns"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(raw, told):
    """The rest counts; a source that cannot be read at all is missing, and its figures are not measured."""
    found = gather(raw, declared("roster"))
    assert found.problems == (told,)
    assert scored(found)["R-E7"].value is None


def test_r_d4_a_file_may_tell_the_dimensions_too():
    """By their headings; an empty cell and one off the scale are no answer, a heading that lacks is named."""
    columns = {"skill": ("专业技术能力", "skill"), "attitude": ("attitude",)}
    text = "at,score,专业技术能力,attitude\n2026-03-02,4,5,2\n2026-03-03,5,,9\n"
    found = gather(text.encode(), declared("survey", dimensions=columns))
    known = (*dimensions(), surveyed(90.0))
    entries = {**pooled([found]), RATED: rated(found.entries)}
    scores = measure(known, [], [], [MARCH], now=AFTER, scopes=("whole",), entries=entries)
    by_id = {score.indicator: score for score in scores}
    assert (by_id["R-D4-skill"].value, by_id["R-D4-attitude"].value) == (100.0, 40.0)
    assert by_id["R-E1-survey"].value == 90.0
    lacking = gather(text.encode(), declared("survey", dimensions={"communication": ("talk",)}))
    assert lacking.problems == ("x.csv:1: no column for communication: talk",)
    assert lacking.missing is not None


def test_a_source_that_is_not_there_measures_nothing():
    """Not 0 %: not measured; named, unless it may be absent."""
    gone = absent(declared("roster"), "config.toml:3: source: x.csv: No such file")
    found = scored(gone)["R-E7"]
    assert (found.measured, found.value) == (False, None)
    assert gone.problems == ("config.toml:3: source: x.csv: No such file",)
    assert absent(declared("roster", optional=True), "why").problems == ()


@pytest.mark.parametrize(
    ("newest", "within", "stale"),
    [
        ("2026-02-28", None, True),
        ("2026-03-01", None, False),
        ("2026-03-10", 86400, True),
        ("2026-03-31", 86400, False),
    ],
)
def test_how_fresh_it_is_stands_beside_the_figure(newest, within, stale):
    """Older than the period, or than the source's own limit."""
    one = gather(f"at\n2026-02-01\n{newest}\n".encode(), declared("records", fresh_within=within))
    state = state_of(one, MARCH, AFTER)
    assert (state.stale, state.rows) == (stale, 2)
