"""Columns, each a stack of parts, over named places; perhaps with a line of per cent above them."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from connector.kpi.chart.scale import top
from connector.kpi.chart.svg import WIDTH, legend, number, rect, rule, tag, text, width_of
from connector.kpi.indicator import Words

LEFT, RIGHT, TOP, BOTTOM = 34, 8, 34, 30


class Column(NamedTuple):
    """One place on the axis."""

    label: str
    parts: tuple[int, ...]
    """From the bottom up, in the order of the legend."""


def columns(
    some: Sequence[Column],
    parts: list[tuple[Words, str]],
    *,
    height: int = 210,
    every: int = 1,
    rates: Sequence[float | None] | None = None,
    target: float | None = None,
) -> Markup:
    """The inside of a picture `WIDTH` wide.

    ``parts``: name and tone of each part. ``every``: so many columns have one label. ``rates``: per cent for
    each column, drawn as a line over a second axis from 0 to 100; ``target``: a dashed line on it.
    """
    right = RIGHT + (28 if rates is not None else 0)
    floor, room = height - BOTTOM, height - BOTTOM - TOP
    wide = (WIDTH - LEFT - right) / max(1, len(some))
    end, step = top(max((sum(one.parts) for one in some), default=0))
    drawn = legend(parts, 14)
    at = 0.0
    while at <= end + 1e-9:
        y = floor - room * at / end
        drawn += rule(LEFT, y, WIDTH - right, y, "rule")
        drawn += text(number(at), LEFT - 4, y + 3.5, size=9.5, anchor="end", tone="soft")
        at += step
    every = max(every, _apart(some, wide))
    for place, one in enumerate(some):
        x, y = LEFT + wide * place, float(floor)
        for value, (_, tone) in zip(one.parts, parts, strict=True):
            tall = room * value / end
            y -= tall
            drawn += rect(x + wide * 0.14, y, wide * 0.72, tall, tone)
        whole = sum(one.parts)
        if whole and rates is None and width_of(str(whole), 9.5) <= wide:
            drawn += text(whole, x + wide / 2, y - 3, size=9.5, anchor="middle", tone="soft")
        if place % every == 0:
            drawn += text(one.label, x + wide / 2, floor + 13, size=9.5, anchor="middle", tone="soft")
    if rates is not None:
        drawn += _rates(rates, wide, floor, room, WIDTH - right, target)
    return drawn


def _apart(some: Sequence[Column], wide: float) -> int:
    """How many columns share a label so that labels do not touch."""
    widest = max((width_of(one.label, 9.5) for one in some), default=0.0) + 3
    return max(1, int(-(-widest // wide)))


def _rates(
    rates: Sequence[float | None], wide: float, floor: float, room: float, edge: float, target: float | None
) -> Markup:
    drawn = Markup()
    for per_cent in (0, 50, 100):
        y = floor - room * per_cent / 100 + 3.5
        drawn += text(f"{per_cent} %", edge + 3, y, size=9.5, tone="soft")
    if target is not None:
        y = floor - room * target / 100
        drawn += rule(LEFT, y, edge, y, "ink", 1, "4 3")
    drawn += polyline(
        [
            None if rate is None else (LEFT + wide * (place + 0.5), floor - room * rate / 100)
            for place, rate in enumerate(rates)
        ],
        "accent",
    )
    return drawn


def polyline(points: Sequence[tuple[float, float] | None], tone: str) -> Markup:
    """A line through the points, with a dot on each; it breaks where there is none."""
    drawn, run = Markup(), list[tuple[float, float]]()
    for point in (*points, None):
        if point is not None:
            run.append(point)
            continue
        if len(run) > 1:
            path = " ".join(f"{number(x)},{number(y)}" for x, y in run)
            drawn += tag(
                "polyline", points=path, class_=f"s-{tone}", stroke_width=2.0, stroke_linejoin="round"
            )
        for x, y in run:
            drawn += tag("circle", cx=float(x), cy=float(y), r=2.4, class_=tone)
        run = []
    return drawn
