"""The service report says everything in order, what is not measured too, and bad templates by their line."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kpi.period import periods_between
from connector.kpi.report.composition import report_of
from connector.kpi.report.writing import BadTemplate, own_template, written
from connector.kpi.trend import Trend
from connector.ticket import DeskTask
from tests.kpi.page.month import PERIOD, ZONE, figures
from tests.kpi.page.test_page import nothing

ORDER = (
    "volume",
    "limits",
    "escalations",
    "major",
    "knowledge",
    "call_backs",
    "complaints",
    "calls",
    "improvements",
    "conformity",
)


@pytest.fixture(scope="module")
def look():
    """March 2026 of the invented desk."""
    return figures()


def with_tasks(look, *tasks, **fields):
    """The look, in which the first ticket opened in the period has these tasks."""
    place, fact = next((n, one) for n, one in enumerate(look.facts) if one.ticket.opened_at in PERIOD)
    ticket = replace(fact.ticket, tasks=tasks, **fields)
    facts = [*look.facts]
    facts[place] = fact._replace(ticket=ticket)
    return ticket, replace(look, facts=tuple(facts))


def test_the_parts_follow_the_regulation(look):
    """Volume first, improvements last, in both formats."""
    report = report_of(look)
    assert tuple(part.key for part in report.parts) == ORDER
    for format_ in ("md", "html"):
        text = written(report, format_)
        places = [text.index(f"{part.title.zh} {part.title.en}") for part in report.parts]
        assert places == sorted(places)


def test_every_row_is_as_wide_as_its_heads(look):
    """In every table, so that Markdown keeps its columns."""
    for part in report_of(look).parts:
        for grid in part.grids:
            assert all(len(row) == len(grid.heads) for row in grid.rows), part.key
    lines = [line for line in written(report_of(look), "md").splitlines() if line.startswith("|")]
    for before, line in pairwise(lines):
        if set(line) <= {"|", " ", "-"}:
            assert before.count("|") == line.count("|")


def test_what_no_source_tells_is_said_and_never_zero():
    """Before the first reading, without calls, without knowledge, without the policies."""
    report = report_of(nothing(), rules=())
    text = written(report, "md")
    assert "尚未读取数据" in text
    assert "no policy asks for their report" in text
    assert "no policy draws them" in text
    assert "complaints (R-D3): no record tells of them" in text
    assert "0.0 %" not in text
    assert "0 major incidents" not in text


def test_a_major_incident_stands_with_its_report(look):
    """Within thirty minutes or over them, by when somebody confirmed it and not by when we asked (R-C4)."""
    for minutes, said in ((29, "▲ 30 分钟内 within 30 min"), (31, "▼ 超过 30 分钟 over 30 min")):
        ticket, _ = with_tasks(look)
        at = ticket.opened_at
        task = DeskTask("m", "major_report", "", at + 60, at + minutes * 60, True, True)
        ticket, changed = with_tasks(look, task)
        (row,) = report_of(changed).part("major").grids[0].rows
        assert row[0] == ticket.number
        assert said in row
    silent = DeskTask("m", "major_report", "", at + 60)
    _, changed = with_tasks(look, silent)
    assert "▼ 超过 30 分钟 over 30 min" in report_of(changed).part("major").grids[0].rows[0]


def test_improvements_owed_are_those_open_at_the_end(look):
    """One done in time is not listed, one done later is."""
    ticket, _ = with_tasks(look)
    done = DeskTask("i", "improvement", "", ticket.opened_at, PERIOD.end - 1, True, True)
    late = done._replace(closed_at=PERIOD.end + 5)
    base = len(report_of(look).part("improvements").grids)
    for task, more in ((done, False), (late, True)):
        _, changed = with_tasks(look, task)
        numbers = [row[0] for grid in report_of(changed).part("improvements").grids for row in grid.rows]
        assert (ticket.number in numbers) is more
    assert base >= 0


def test_knowledge_is_counted_by_its_state(look):
    """Where the column is kept."""
    place = next(n for n, one in enumerate(look.facts) if (one.ticket.ended_at or 0) in PERIOD)
    fact = look.facts[place]
    facts = [*look.facts]
    facts[place] = fact._replace(ticket=replace(fact.ticket, owned={"knowledge": "missing"}))
    part = report_of(replace(look, facts=tuple(facts))).part("knowledge")
    assert part.unmeasured == ()
    assert ("缺失 missing", "1") in part.grids[0].rows


def test_a_longer_report_has_its_rates_by_month(look):
    """A column each."""
    months = tuple(periods_between(PERIOD.start - 58 * 86400, PERIOD.end, "month", ZONE))
    trends = [Trend(one.scores[-3:]) for one in look.trends if one.score.scope.kind == "whole"]
    grids = report_of(look, months=trends).part("volume").grids
    heads = [tuple(head.en for head in grid.heads) for grid in grids]
    assert ("Indicator", *(month.label for month in months)) in heads


HOSTILE = st.text(st.sampled_from("|*_<>[]`#\\ a\n&\"'"), min_size=1, max_size=12)


@settings(max_examples=15)
@given(HOSTILE)
def test_what_people_typed_is_no_markup(name):
    """A group's name cannot break a table, begin a heading or a tag."""
    markdown, html = named("a")
    hostile, other = named(name)
    assert len(hostile.splitlines()) == len(markdown.splitlines())
    assert other.count("<") == html.count("<")


@cache
def named(name):
    """The report in both formats, in which a group is called so."""
    look = figures_once()
    key = next(score.scope.key for score in look.scores if score.scope.kind == "group" and score.scope.key)
    report = report_of(look, {key: name})
    return written(report, "md"), written(report, "html")


@cache
def figures_once():
    """The look, made once for all examples."""
    return figures()


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("one\n{{ report.periode }}\n", 2, "no attribute 'periode'"),
        ("{{ reports }}", 1, "'reports' is undefined"),
        ("a\nb\n{% for part in report.parts %}\n", 3, "Unexpected end of template"),
        ("a\n{{ report.parts | biggest }}", 2, "No filter named 'biggest'"),
        ("a\n\n{{ report.met / 0 }}", 3, "division by zero"),
        ("{{ report.part('sales').title }}", 1, 'no part "sales"; there are volume, limits'),
        ("a\n{{ report.__class__.__mro__ }}", 2, "unsafe"),
        ("{{ ''.__class__.__subclasses__() }}", 1, "unsafe"),
        ("{% include 'other' %}", 1, "other"),
    ],
)
def test_a_bad_template_is_told_with_file_and_line(look, template, line, said):
    """And with the way out."""
    with pytest.raises(BadTemplate) as told:
        written(report_of(look), "md", template, "mine.md")
    text = str(told.value)
    assert text.startswith(f"mine.md:{line}: ")
    assert said in text
    assert "desk-connector report --show-template" in text


def test_a_template_of_ones_own_gets_the_report(look):
    """Parts by key and single figures."""
    text = "{{ report.period }}: {{ report.scores['R-E6'] }}, {{ report.part('volume').title.zh }}"
    assert written(report_of(look), "html", text) == "2026-03: 91.4 %, 工作量"


@pytest.mark.parametrize("format_", ["md", "html"])
def test_our_own_template_can_be_printed_and_used(look, format_):
    """What --show-template prints gives the same report."""
    report = report_of(look)
    assert written(report, format_, own_template(format_), "x") == written(report, format_)
