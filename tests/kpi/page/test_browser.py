"""A real browser looks at the page: on a desktop, on a phone, in print, in each language."""

import os
import re
from pathlib import Path

import pytest

from tests.browser import fonts_for_chinese
from tests.kpi.page.conftest import PICTURES, WIDTHS

LARGEST = 300 * 1024
"""Bytes of a picture in the documentation."""


def test_every_chart_is_drawn_at_every_width(seen):
    """None is cut off or has no height."""
    assert {look["width"] for look in seen.looks} == set(WIDTHS)
    assert len({look["pictures"] for look in seen.looks}) == 1
    assert seen.looks[0]["pictures"] >= 12


def test_nothing_needs_scrolling_sideways(seen):
    """Wide tables scroll in their own box; the page does not."""
    for look in seen.looks:
        assert look["content"] <= look["width"], look


def test_no_text_of_a_chart_leaves_its_paper_or_covers_another(seen):
    """In both languages together and in each alone."""
    for look in seen.looks:
        assert look["outside"] == []
        assert look["crossed"] == []


def test_letters_stay_readable_on_a_phone(seen):
    """Eight pixels at the least."""
    assert min(look["smallest"] for look in seen.looks) >= 8


def test_one_language_can_be_read_alone(seen):
    """The switch hides the other one, without a script."""
    for look in seen.looks:
        if look["language"] == "only-zh":
            assert look["english"] == 0
            assert look["chinese"] > 50
        elif look["language"] == "only-en":
            assert look["chinese"] == 0
            assert look["english"] > 50


def test_colours_come_through_the_policy(seen):
    """The page's own style is let in by its digest."""
    assert {look["coloured"] for look in seen.looks} <= {"rgb(11, 122, 107)", "rgb(53, 184, 163)"}


def test_chinese_is_set_in_a_font_that_has_it(seen):
    """The font is on this machine, and the print embeds it instead of boxes."""
    assert fonts_for_chinese()
    fonts = set(re.findall(rb"/FontName /[A-Z]{6}\+([\w-]+)", seen.pdf))
    assert any(b"CJK" in font or b"Hei" in font or b"Song" in font for font in fonts), fonts


def test_it_prints_on_a_few_pages(seen):
    """A4, light, without the tables that only a screen can open."""
    assert 3 <= len(re.findall(rb"/Type /Page\b", seen.pdf)) <= 12


@pytest.mark.skipif("DESK_PICTURES" not in os.environ, reason="no pictures asked for; make pictures")
def test_the_pictures_are_small_enough(seen):
    """They are read on the web."""
    for name, *_ in PICTURES:
        path = Path(os.environ["DESK_PICTURES"]) / f"{name}.png"
        assert path.stat().st_size <= LARGEST, path
