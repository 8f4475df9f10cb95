"""Horizontal bars with their numbers, and the bar of a rate against its target."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from connector.kpi.chart.svg import WIDTH, rect, rule, tag, text, width_of
from connector.kpi.indicator import Words

ROW = 34


class Bar(NamedTuple):
    """A name, a number and how it should strike the eye."""

    name: Words
    value: int
    tone: str
    aside: str = ""
    """Beside the number: a share."""


def bars(some: Sequence[Bar]) -> tuple[Markup, int]:
    """The inside of a picture `WIDTH` wide, and its height; bars to the scale of the longest."""
    most = max((bar.value for bar in some), default=0) or 1
    drawn, y = Markup(), 6.0
    room = WIDTH - 16 - 96
    for bar in some:
        drawn += text(bar.name, 8, y + 10, size=10.5)
        long = room * bar.value / most
        drawn += rect(8, y + 15, long, 11, bar.tone, 2)
        said = f"{bar.value:,}{f'  {bar.aside}' if bar.aside else ''}"
        drawn += text(said, 8 + long + 6, y + 24, size=10, tone="soft")
        y += ROW
    return drawn, int(y + 4)


def bullet(
    value: float | None,
    target: float | None,
    interval: tuple[float, float] | None,
    tone: str,
    *,
    x: float = 0,
    y: float = 0,
    width: float = 300,
) -> Markup:
    """A rate from 0 to 100 per cent: a bar, its interval as a whisker, the target as a mark across."""

    def at(per_cent: float) -> float:
        return x + width * min(100.0, max(0.0, per_cent)) / 100

    drawn = rect(x, y + 4, width, 10, "rule", 3)
    if value is not None:
        drawn += rect(x, y + 4, at(value) - x, 10, tone, 3)
    if interval is not None:
        low, high = interval
        drawn += rule(at(low), y + 9, at(high), y + 9, "ink", 1.5)
        drawn += rule(at(low), y + 6, at(low), y + 12, "ink", 1.5)
        drawn += rule(at(high), y + 6, at(high), y + 12, "ink", 1.5)
    if target is not None:
        mark = at(target)
        drawn += rule(mark, y, mark, y + 18, "ink", 2.5)
    return drawn


class Rate(NamedTuple):
    """A line of the scorecard."""

    clause: str
    name: Words
    said: str
    """The value as text, with what it says about the target."""
    value: float | None
    target: float | None
    interval: tuple[float, float] | None
    tone: str


def rates(some: Sequence[Rate]) -> tuple[Markup, int]:
    """All rates against their targets, one below the other; inside and height."""
    drawn, y = Markup(), 8.0
    for one in some:
        name = text(one.name, 8 + width_of(one.clause, 9.5) + 8, y + 11, size=10.5)
        drawn += text(one.clause, 8, y + 11, size=9.5, tone="soft") + name
        drawn += text(
            one.said, WIDTH - 8, y + 11, size=11, anchor="end", bold=True,
            tone=one.tone if one.tone in ("good", "bad") else "soft",
        )  # fmt: skip
        drawn += bullet(one.value, one.target, one.interval, one.tone, x=8, y=y + 17, width=WIDTH - 16)
        y += 44
    return tag("g", drawn), int(y + 2)
