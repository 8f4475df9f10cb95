"""Pictures are well-formed, alike each time, and stay within their paper whatever they show."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kpi.chart.bar import Bar, Rate, bars, rates
from connector.kpi.chart.column import Column, columns
from connector.kpi.chart.flow import Node, flow
from connector.kpi.chart.line import Point, line
from connector.kpi.chart.scale import top
from connector.kpi.chart.svg import DARK, LIGHT, WIDTH, Chart, tag
from connector.kpi.indicator import Words

SVG = "{http://www.w3.org/2000/svg}"
NAME = Words('<b>"late" & more</b>', "超时")
COUNT = st.integers(0, 10**7)
SHARE = st.none() | st.floats(0, 100)


def drawn(inside, height):
    """The picture as an XML parser sees it; every coordinate is on the paper."""
    chart = Chart("one", NAME, "说明。What it shows.", WIDTH, height, inside, (), ())
    root = ET.fromstring(chart.alone())
    assert root.get("role") == "img"
    told = {node.get("id"): node.text for node in root if node.get("id")}
    assert [told[one] for one in root.get("aria-labelledby").split()] == [
        f"{NAME.zh} {NAME.en}",
        "说明。What it shows.",
    ]
    for node in root.iter():
        for one, most in (("x", WIDTH), ("x1", WIDTH), ("x2", WIDTH), ("cx", WIDTH), ("y", height),
                          ("y1", height), ("y2", height), ("cy", height)):  # fmt: skip
            if node.get(one) is not None:
                assert -0.01 <= float(node.get(one)) <= most + 0.01, ET.tostring(node)
        if node.tag == f"{SVG}rect" and node.get("x"):
            assert float(node.get("x")) + float(node.get("width")) <= WIDTH + 0.01
            assert float(node.get("y")) + float(node.get("height")) <= height + 0.01
        assert "nan" not in ET.tostring(node).decode()
    return root


@given(st.floats(0, 1e12))
def test_an_axis_ends_at_or_above_the_most_with_at_most_five_lines(most):
    """And is not more than two and a half times as long as it must be."""
    end, step = top(most)
    assert end >= most
    assert end / step <= 5.000001
    if most >= 1:
        assert end <= 2.5 * most


@settings(max_examples=40)
@given(st.lists(st.tuples(COUNT, COUNT), min_size=1, max_size=24), st.booleans())
def test_columns_stand_on_their_paper(some, rated):
    """As tall as their numbers, to one scale."""
    parts = [(NAME, "good"), (Words("lost", "未接"), "bad")]
    heights = [Column(str(n), two) for n, two in enumerate(some)]
    share = [100 * a / (a + b) if a + b else None for a, b in some] if rated else None
    root = drawn(columns(heights, parts, rates=share, target=75 if rated else None), 210)
    tall = [
        float(box.get("height"))
        for box in root.iter(f"{SVG}rect")
        if box.get("class") == "good" and not box.get("rx")
    ]
    values = [a for a, _ in some if a]
    assert len(tall) == len(values)
    if values:
        scale = max(tall) / max(values)
        for one, value in zip(tall, values, strict=True):
            assert one == pytest.approx(value * scale, abs=0.02)


@given(st.lists(SHARE, min_size=1, max_size=13), SHARE, st.booleans())
def test_a_line_breaks_where_nothing_was_measured(values, target, per_cent):
    """A dot for each value and none for a gap."""
    points = [Point(f"2026-{n:02}", value) for n, value in enumerate(values)]
    root = drawn(line(points, target=target, per_cent=per_cent, tone="good"), 130)
    assert sum(1 for _ in root.iter(f"{SVG}circle")) == sum(value is not None for value in values)


@settings(max_examples=40)
@given(st.lists(st.tuples(COUNT, SHARE, SHARE, SHARE), min_size=1, max_size=12))
def test_bars_and_bullets_stand_on_their_paper(some):
    """Also where a value is beyond the scale of its target."""
    drawn(*bars([Bar(NAME, many, "accent", "12.5 %") for many, *_ in some]))
    drawn(
        *rates(
            [
                Rate("R-E1", NAME, "90 %", value, target, None if low is None else (low, 100.0), "good")
                for _, value, target, low in some
            ]
        )
    )


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_a_band_is_as_thick_at_both_ends_as_what_flows(entered, later, up, far):
    """First to second line, first line to vendor, and the boxes as tall as what came through them."""
    ends = [(Words("open", "处理中"), "wait", 3)]
    nodes = [
        Node(NAME, "tier1", entered + up + far, {1: up, 2: far}, ends),
        Node(NAME, "tier2", later, {}, ends),
        Node(NAME, "tier3", 0, {}, ends),
    ]
    inside, height = flow(nodes)
    root = drawn(inside, height)
    assert sum(1 for _ in root.iter(f"{SVG}path")) == 2
    boxes = [float(box.get("height")) for box in root.iter(f"{SVG}rect") if box.get("rx") == "2"]
    totals = (entered + up + far, later + up, far)
    scale = 118 / max(1, *totals)
    assert boxes == pytest.approx([max(1.0, total * scale) for total in totals], abs=0.02)


def test_text_is_escaped_and_attributes_too():
    """Nobody's name becomes markup."""
    made = tag("text", '<script>"&', class_='a" onload="x')
    assert made == '<text class="a&#34; onload=&#34;x">&lt;script&gt;&#34;&amp;</text>'


def luminance(colour):
    """As WCAG 2.2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_and_shapes_be_seen(tones):
    """WCAG AA: text 4.5 to 1 on its paper, shapes that carry meaning 3 to 1 or told in words beside."""
    for tone in ("ink", "soft", "good", "bad", "accent"):
        assert contrast(tones[tone], tones["paper"]) >= 4.5, tone
    for tone in ("tier2", "plain"):
        assert contrast(tones[tone], tones["paper"]) >= 2.9, tone
    assert set(LIGHT) == set(DARK)


def test_colours_are_written_as_six_digits():
    """What a browser and resvg both read."""
    for colour in (*LIGHT.values(), *DARK.values()):
        assert re.fullmatch(r"#[0-9a-f]{6}", colour)
