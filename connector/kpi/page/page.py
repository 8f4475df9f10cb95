"""One look at a desk as one HTML file: no network, no script; dark and light, phone and print.

Text that people typed is escaped by the templates; the page's own policy forbids anything but its own style.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from connector.kpi.chart.bar import bullet
from connector.kpi.chart.svg import DARK, LIGHT, Chart, tag
from connector.kpi.figure import Figures
from connector.kpi.indicator import About, Words
from connector.kpi.layout import side_by_side
from connector.kpi.numeral import number, tenth
from connector.kpi.page.gallery import gallery, tone_of
from connector.kpi.score import WHOLE, Scope, Score
from connector.kpi.scorecard import (
    change_text,
    fraction_text,
    interval_text,
    plain,
    scope_words,
    target_text,
    time_text,
    value_text,
)
from connector.kpi.template import html_of
from connector.kpi.trend import Trend

SHOWN = 12
"""Tickets that a finding lists by number; the rest is counted."""

_SECTIONS: tuple[tuple[str, Words], ...] = (
    ("trend-", Words("Trends", "走势")),
    ("handling-", Words("Handling times against limits", "处理时长与时限")),
    ("ageing flow calls", Words("Open tickets, escalation, hotline", "未结工单、升级与热线")),
    ("call-backs answers", Words("Call-backs", "用户回访")),
)
"""Beginnings of chart ids → heading."""


class Section(NamedTuple):
    """Charts under one heading."""

    title: Words
    charts: tuple[Chart, ...]


class Comparison(NamedTuple):
    """Scopes of a kind side by side."""

    title: Words
    abouts: tuple[About, ...]
    rows: tuple[tuple[Words, tuple[Score, ...]], ...]


_pages = html_of("connector.kpi.page")


def page(figures: Figures, names: Mapping[str, str] | None = None, name: str = "") -> str:
    """The whole page. ``names``: sys_id → name to show, beside those that the figures know.

    ``name``: whose page it is, where the figures are narrowed to a scope.
    """
    known = {**figures.names, **(names or {})}
    zone = ZoneInfo(figures.zone)
    whole = [score for score in figures.scores if score.scope == WHOLE]
    rates = [score for score in whole if score.about.unit == "per cent"]
    charts = gallery(figures)
    style = _style()
    return _pages.get_template("page.html").render(
        figures=figures,
        name=name,
        style=Markup(style),
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        as_of=None if figures.as_of is None else time_text(figures.as_of, zone),
        so_far=any(score.provisional for score in whole),
        frozen=bool(whole) and all(score.frozen_at is not None for score in whole),
        met=sum(score.met is True for score in rates),
        missed=sum(score.met is False for score in rates),
        cards=[score for score in rates if score.measured],
        unmeasured=[score for score in whole if not score.measured],
        counts=[score for score in whole if score.about.unit == "count" and score.measured],
        trends={one.score.indicator: one for one in figures.trends if one.score.scope == WHOLE},
        table=charts[0],
        sections=_sections(charts),
        comparisons=_comparisons(figures.scores, known),
        grades=[list(some) for _, some in groupby(figures.grades, key=lambda grade: grade.scheme)],
        formulas=list({score.about.id: score.about for score in figures.scores}.values()),
        shown=SHOWN,
        bullet=_bullet,
        change=_change,
        fraction=fraction_text,
        interval=interval_text,
        target=target_text,
        value=value_text,
        tone=tone_of,
        tenth=tenth,
        number=number,
        named=lambda scope: _named(scope, known),
        plain=plain,
        time=lambda instant: time_text(instant, zone),
    )


def _sections(charts: Sequence[Chart]) -> list[Section]:
    found = []
    for beginnings, title in _SECTIONS:
        some = tuple(
            one for one in charts for begin in beginnings.split()
            if one.id == begin or (begin.endswith("-") and one.id.startswith(begin))
        )  # fmt: skip
        if some:
            found.append(Section(title, some))
    return found


def _comparisons(scores: Sequence[Score], names: Mapping[str, str]) -> list[Comparison]:
    """Each kind of scope but the whole: rates, then workload; what nothing measures is left out."""
    found = []
    for kind, some in groupby(scores, key=lambda score: score.scope.kind):
        of_kind = list(some)
        for what, some_of in side_by_side(of_kind):
            wanted = [score for score in some_of if score.measured]
            rows: dict[Scope, list[Score]] = {}
            for score in wanted:
                rows.setdefault(score.scope, []).append(score)
            if kind == "whole" or not rows:
                continue
            words = scope_words(kind)
            named = sorted(
                ((_named(scope, names), scope, tuple(line)) for scope, line in rows.items()),
                key=lambda row: (not row[1].key, row[0], row[1]),
            )
            found.append(
                Comparison(
                    Words(f"By {words.en}: {what.en}", f"按{words.zh}：{what.zh}"),
                    tuple(dict.fromkeys(score.about for score in wanted)),
                    tuple((name, line) for name, _, line in named),
                )
            )
    return found


def _named(scope: Scope, names: Mapping[str, str]) -> Words:
    if scope.kind == "whole":
        return scope_words("whole")
    if not scope.key:
        return Words("(none)", "未分派")
    name = plain(names.get(scope.key, scope.key))
    return Words(name, "")


def _bullet(score: Score) -> Markup:
    """The bar of a card; the numbers stand beside it as text."""
    inside = bullet(score.value, score.target, score.interval, tone_of(score), width=300)
    return tag("svg", inside, viewBox="0 0 300 18", aria_hidden="true", class_="bullet")


def _change(trend: Trend | None) -> str:
    """As `change_text`; empty without a trend."""
    return "" if trend is None else change_text(trend)


def _style() -> str:
    colours = [
        f"{sheet}{{{''.join(f'--{tone}:{colour};' for tone, colour in tones.items())}}}"
        for sheet, tones in ((":root", LIGHT), ("", DARK))
    ]
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{colours[1]}}}"
    tones = "".join(
        f"svg .{tone}{{fill:var(--{tone})}}svg .s-{tone}{{stroke:var(--{tone});fill:none}}" for tone in LIGHT
    )
    own = _pages.get_template("style.css").render()
    return re.sub(r"\s+", " ", f"{colours[0]}{dark}{tones}{own}").strip()
