"""The page holds every figure, says what is not measured, lets nothing in from outside and runs nothing."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from connector.kpi.chart.svg import Chart
from connector.kpi.figure import Figures
from connector.kpi.indicator import Words
from connector.kpi.page.gallery import gallery, lasting
from connector.kpi.page.page import page
from connector.kpi.scorecard import value_text
from connector.kpi.watch import Finding
from tests.kpi.page.month import PERIOD, figures

_VOID = frozenset({"meta", "input", "link", "br", "img"})


class Reader(HTMLParser):
    """Tags with attributes and the text under them; fails on tags that do not nest."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text = [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        """A tag opens."""
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """A tag of SVG without anything inside."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """A tag closes, the innermost one."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Text."""
        self.text += data


def nothing() -> Figures:
    """A look before anything was read."""
    return Figures(None, "Asia/Shanghai", PERIOD, (PERIOD,), (), ())


def test_every_rate_of_the_whole_stands_on_the_page_with_its_formula(made, look):
    """Value, target, verdict and how it is counted."""
    text = Reader(made).text
    for score in look.scores:
        if score.scope.kind == "whole":
            assert score.about.name.zh in text
            assert score.about.formula.en in text
            if score.measured:
                assert value_text(score) in text
            else:
                assert score.unmeasured.zh in text


def test_it_needs_no_network_and_runs_nothing(made):
    """No script, no style sheet, picture or font from elsewhere; links lead only to the records."""
    reader = Reader(made)
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object", "form"}
    for tag, attributes in reader.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert "style" not in attributes
        if "href" in attributes:
            assert tag == "a"
            assert attributes["href"].startswith("https://desk.example.com/incident.do?sys_id=")
    assert "url(" not in made
    assert "@import" not in made
    assert "default-src 'none'" in made


def test_every_chart_has_a_title_a_description_and_a_table(made, look):
    """For whoever does not see it."""
    reader = Reader(made)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    pictures = [a for tag, a in reader.tags if tag == "svg" and a.get("role") == "img"]
    charts = gallery(look)
    assert len(pictures) == len(charts) - 1  # the scorecard stands there as cards
    for one in pictures:
        assert set(one["aria-labelledby"].split()) <= set(ids)
    hidden = [a for tag, a in reader.tags if tag == "svg" and a.get("role") != "img"]
    assert {a.get("aria-hidden") for a in hidden} == {"true"}
    assert made.count("<caption>") == len([chart for chart in charts if chart.rows])


def test_tables_are_as_wide_as_their_heads_and_say_what_the_picture_says(look):
    """Also those that are exported."""
    for chart in gallery(look):
        assert all(len(row) == len(chart.heads) for row in chart.rows), chart.id
        root = ET.fromstring(chart.alone())
        assert root[0].text
        assert root[1].text
        assert len(root) > 3


def test_the_same_look_gives_the_same_page(made):
    """To the byte."""
    assert page(figures()) == made


def test_what_people_typed_is_text(look):
    """Names of groups and problems of files become no markup, and lose control characters."""
    nasty = "<script>alert(1)</script>\x1b[31m"
    group = next(score.scope.key for score in look.scores if score.scope.kind == "group" and score.scope.key)
    text = page(replace(look, problems=(nasty,)), {group: nasty})
    assert "<script" not in text
    assert "\x1b" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 2


def test_an_incomplete_report_says_so_first(look):
    """Before any figure."""
    text = page(replace(look, problems=("duty.csv:3: no time",)))
    assert text.index("报告不完整") < text.index("duty.csv:3: no time") < text.index("项达标")
    assert "报告不完整" not in page(look)


def test_before_anything_is_read_the_page_says_that():
    """No zeros."""
    text = Reader(page(nothing())).text
    assert "尚未读取数据" in text
    assert "本期无数据" in text
    assert "未接入通话记录" in text
    assert "0.0 %" not in text


def test_without_a_source_of_calls_the_hotline_is_not_measured():
    """And not an empty chart of zeros."""
    look = figures(calls=False)
    chart = next(one for one in gallery(look) if one.id == "calls")
    assert "未接入通话记录" in chart.desc
    assert chart.rows == ()


def test_a_frozen_and_a_running_period_are_marked(look):
    """The reader knows whether the number can still change."""
    running = replace(look, scores=tuple(replace(score, provisional=True) for score in look.scores))
    frozen = replace(look, scores=tuple(replace(score, frozen_at=1) for score in look.scores))
    assert "进行中" in page(running)
    assert "已冻结" in page(frozen)
    assert "已冻结" not in page(look)


def test_findings_open_into_tickets_up_to_a_dozen(look):
    """The rest is counted."""
    ids = tuple(sorted(look.links))[:30]
    finding = Finding("closed_and_reopened", Words("reopened", "重开"), ids, 400)
    text = page(replace(look, watch=(finding,)))
    assert len(re.findall(r'href="https://desk.example.com', text)) == 12
    assert "+ 18" in text


def test_grades_stand_with_their_parts(made, look):
    """R-A1: who rates sees what the rating is made of."""
    assert look.grades
    assert look.grades[0].scheme in made
    assert "加权评分" in made


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0, "0 m"), (3599, "59 m"), (3600, "1 h"), (5399, "1.4 h"), (172_800, "2 d")],
)
def test_spans_of_time_are_rounded_down(seconds, said):
    """So that "1 h" has passed."""
    assert lasting(seconds) == said


def test_charts_of_a_page_are_charts():
    """The gallery never lacks a kind, so that a manager finds it where it was."""
    kinds = {chart.id for chart in gallery(nothing())}
    assert {"scorecard", "handling-general", "ageing", "flow", "call-backs", "answers", "calls"} <= kinds
    assert all(isinstance(chart, Chart) for chart in gallery(nothing()))
