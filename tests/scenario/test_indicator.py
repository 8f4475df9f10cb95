"""R-E2 to R-E12: a Monday at the desk, and what its figures say of it."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.kpi.period import period_of
from connector.kpi.score import Score
from connector.reconcile import figures_of
from connector.settings import loads
from tests.world import CONFIG, HOUR, MINUTE, MON, URGENT_LIMITS, Desk

MONDAY = period_of(MON, "day", ZoneInfo("Asia/Shanghai"))
SOURCES = """
[[source]]
name = "phone"
kind = "calls"
path = "phone.csv"
[[source]]
name = "duty"
kind = "roster"
path = "duty.csv"
[[source]]
name = "manuals"
kind = "manual"
path = "manuals.csv"
[[source]]
name = "summaries"
kind = "summary"
path = "summaries.csv"
"""
FILES = {
    "phone.csv": "rung,answered\n2026-06-01 09:00,yes\n2026-06-01 09:10,yes\n2026-06-01 09:20,no\n",
    "duty.csv": "starts,arrived\n2026-06-01 08:30,2026-06-01 08:29\n2026-06-01 13:30,2026-06-01 13:45\n",
    "manuals.csv": "due,reviewed,current\n2026-06-01 09:00,2026-05-30 10:00,yes\n2026-06-01 10:00,,\n",
    "summaries.csv": "due,delivered,accepted\n2026-06-01 12:00,2026-06-01 11:00,yes\n",
}

Whole = dict[str, Score]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Four tickets of Monday; the figures of the whole, by indicator, on its evening.

    INC1 is solved by the first line in twenty minutes. INC2 waits half an hour for somebody, goes to the
    second line and is solved in two hours. INC3 comes to the vendor and is solved after six. INC4 is open.
    """
    folder: Path = tmp_path_factory.mktemp("desk")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Desk(
        settings=loads(
            CONFIG.format(history="audit", more=URGENT_LIMITS + 'resolve_within = "4h"\n' + SOURCES),
            folder / "config.toml",
        )
    ) as desk:
        for number in ("INC1", "INC2", "INC3", "INC4"):
            desk.opens(number)
        desk.clock.advance(10 * MINUTE)
        for number in ("INC1", "INC3"):
            desk.takes(number)
        desk.clock.advance(10 * MINUTE)
        desk.resolves("INC1")
        desk.clock.advance(10 * MINUTE)
        desk.moves("INC2", "Infrastructure")
        desk.takes("INC2", "li")
        desk.moves("INC3", "Infrastructure")
        desk.clock.advance(90 * MINUTE)
        desk.resolves("INC2", "li")
        desk.moves("INC3", "Vendor Support")
        desk.clock.advance(4 * HOUR)
        desk.resolves("INC3")
        desk.clock.advance(HOUR)
        desk.looks(apply=False)
        figures = figures_of(desk.world, desk.settings, MONDAY, desk.clock.now())
        assert figures.problems == ()
        yield {score.indicator: score for score in figures.scores if score.scope.kind == "whole"}


def part(score: Score) -> tuple[float, float]:
    """Numerator and denominator."""
    return score.points, score.out_of


def test_r_e2_two_of_three_calls_were_answered(whole: Whole) -> None:
    """By the exchange's own list."""
    assert part(whole["R-E2"]) == (2.0, 3.0)


def test_r_e3_two_of_four_were_taken_up_in_time(whole: Whole) -> None:
    """Within a quarter of an hour; INC4 still waits and is late already."""
    assert part(whole["R-E3"]) == (2.0, 4.0)


def test_r_e4_one_was_solved_at_first_contact(whole: Whole) -> None:
    """By the tier that it came to, within half an hour."""
    assert part(whole["R-E4"]) == (1.0, 4.0)


def test_r_e5_three_of_four_are_solved(whole: Whole) -> None:
    """Of those that were accepted in the period."""
    assert part(whole["R-E5"]) == (3.0, 4.0)


def test_r_e6_two_of_three_within_four_hours(whole: Whole) -> None:
    """INC3 took six; what is open is not counted."""
    assert part(whole["R-E6"]) == (2.0, 3.0)


def test_r_e7_one_of_two_shifts_began_in_time(whole: Whole) -> None:
    """The other by a quarter of an hour late."""
    assert part(whole["R-E7"]) == (1.0, 2.0)


def test_r_e8_two_of_three_without_the_vendor(whole: Whole) -> None:
    """What the desk can do by itself."""
    assert part(whole["R-E8"]) == (2.0, 3.0)


def test_r_e9_one_of_two_manuals_is_current(whole: Whole) -> None:
    """The other was due and nobody looked."""
    assert part(whole["R-E9"]) == (1.0, 2.0)


def test_r_e10_the_summary_was_accepted(whole: Whole) -> None:
    """Delivered by the day due."""
    assert part(whole["R-E10"]) == (1.0, 1.0)


def test_r_e11_three_of_four_were_given_support(whole: Whole) -> None:
    """A consultant has taken them up."""
    assert part(whole["R-E11"]) == (3.0, 4.0)


def test_r_e12_the_work_is_counted(whole: Whole) -> None:
    """Accepted, handled, escalated by each line."""
    counts = {name: score.value for name, score in whole.items() if name.startswith("R-E12")}
    assert counts["R-E12-accepted"] == 4
    assert counts["R-E12-handled"] == 3
    assert [counts[f"R-E12-{name}"] for name in ("escalated", "to-vendor")] == [2, 1]
