"""A line over periods: one indicator, its interval as a band, its target dashed."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from connector.kpi import numeral
from connector.kpi.chart.column import polyline
from connector.kpi.chart.scale import top
from connector.kpi.chart.svg import WIDTH, number, rule, tag, text, width_of

LEFT, RIGHT, TOP, BOTTOM = 38, 50, 12, 22


class Point(NamedTuple):
    """One period."""

    label: str
    value: float | None
    interval: tuple[float, float] | None = None


def line(
    points: Sequence[Point], *, target: float | None, per_cent: bool, tone: str, height: int = 130
) -> Markup:
    """The inside of a picture `WIDTH` wide; rates on an axis that ends at 100 and begins where it helps."""
    low, high = _bounds(points, target, per_cent)
    floor, room = height - BOTTOM, height - BOTTOM - TOP
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)

    def y(value: float) -> float:
        return floor - room * (value - low) / (high - low)

    def x(place: int) -> float:
        return LEFT + wide * place if len(points) > 1 else (LEFT + WIDTH - RIGHT) / 2

    unit = " %" if per_cent else ""
    drawn = Markup()
    for value in (low, (low + high) / 2, high):
        drawn += rule(LEFT, y(value), WIDTH - RIGHT, y(value), "rule")
        drawn += text(f"{number(value)}{unit}", LEFT - 5, y(value) + 3.5, size=9.5, anchor="end", tone="soft")
    for place, one in enumerate(points):
        if one.interval is not None:
            least, most = (min(high, max(low, bound)) for bound in one.interval)
            drawn += tag(
                "line", x1=float(x(place)), x2=float(x(place)), y1=y(least), y2=y(most),
                class_=f"s-{tone}", stroke_width=7.0, opacity=0.25,
            )  # fmt: skip
    if target is not None:
        drawn += rule(LEFT, y(target), WIDTH - RIGHT, y(target), "ink", 1.2, "4 3")
    drawn += polyline(
        [None if one.value is None else (x(place), y(one.value)) for place, one in enumerate(points)], tone
    )
    last = points[-1].value if points else None
    if last is not None:
        said = numeral.per_cent(last) if per_cent else numeral.number(last)
        drawn += text(said, WIDTH - RIGHT + 5, y(last) + 3.5, size=10, tone=tone, bold=True)
    widest = max((width_of(one.label, 9.5) for one in points), default=0.0) + 6
    every = max(1, int(-(-widest // wide))) if len(points) > 1 else 1
    for place, one in enumerate(points):
        if (len(points) - 1 - place) % every == 0:
            drawn += text(one.label, x(place), floor + 14, size=9.5, anchor="middle", tone="soft")
    return drawn


def _bounds(points: Sequence[Point], target: float | None, per_cent: bool) -> tuple[float, float]:
    known = [one.value for one in points if one.value is not None]
    if not per_cent:
        return 0.0, top(max([*known, target or 0.0], default=1.0))[0]
    lowest = min([*known, 100.0 if target is None else target], default=0.0)
    for low in (80.0, 60.0, 40.0):
        if lowest >= low + 4:
            return low, 100.0
    return 0.0, 100.0
