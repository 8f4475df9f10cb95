"""Bands that flow from left to right between boxes, as thick as they are many; below, where it ends."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from connector.kpi.chart.svg import WIDTH, number, rect, tag, text
from connector.kpi.indicator import Words

BOX, TOP, ROOM, ENDS = 14, 44, 118, 190


class Node(NamedTuple):
    """A box: a tier."""

    name: Words
    tone: str
    entered: int
    passed: Mapping[int, int]
    """Place of a later box → how many went there next."""
    ends: Sequence[tuple[Words, str, int]]
    """(name, tone, how many) that went no further."""


def flow(nodes: Sequence[Node]) -> tuple[Markup, int]:
    """The inside of a picture `WIDTH` wide, and its height. A box is as tall as what came through it."""
    totals = [node.entered for node in nodes]
    for node in nodes:
        for to, many in node.passed.items():
            totals[to] += many
    scale = ROOM / max(1, *totals)
    gap = (WIDTH - 16 - BOX * len(nodes)) / max(1, len(nodes) - 1)
    left = [8 + (BOX + gap) * place for place in range(len(nodes))]
    arrived = [TOP + node.entered * scale for node in nodes]
    bands, front = Markup(), Markup()
    for place, node in enumerate(nodes):
        y = float(TOP)
        for to in sorted(node.passed):
            thick = node.passed[to] * scale
            bands += _band(left[place] + BOX, y, left[to], arrived[to], thick, node.tone)
            y += thick
            arrived[to] += thick
        front += rect(left[place], TOP, BOX, max(1.0, totals[place] * scale), node.tone, 2)
        front += _words(node, totals[place], left[place], place, len(nodes))
    return bands + front, ENDS + 14 * max((len(node.ends) for node in nodes), default=0) + 6


def _words(node: Node, total: int, left: float, place: int, of: int) -> Markup:
    anchor = "" if place == 0 else "end" if place == of - 1 else "middle"
    x = {"": left, "end": left + BOX, "middle": left + BOX / 2}[anchor]
    drawn = text(node.name, x, 16, size=11, anchor=anchor, bold=True)
    drawn += text(f"{total:,}", x, 33, size=13, anchor=anchor, bold=True)
    y = float(ENDS)
    for name, tone, many in node.ends:
        said = Words(f"{name.en} {many:,}", name.zh)
        drawn += text(said, x, y, size=10, anchor=anchor, tone=tone if many else "soft")
        y += 14
    return drawn


def _band(x1: float, y1: float, x2: float, y2: float, thick: float, tone: str) -> Markup:
    middle = (x1 + x2) / 2
    x1_, y1_, x2_, y2_, m = (number(value) for value in (x1, y1, x2, y2, middle))
    low1, low2 = number(y1 + thick), number(y2 + thick)
    path = f"M{x1_} {y1_}C{m} {y1_} {m} {y2_} {x2_} {y2_}V{low2}C{m} {low2} {m} {low1} {x1_} {low1}Z"
    return tag("path", d=path, class_=tone, opacity=0.45)
