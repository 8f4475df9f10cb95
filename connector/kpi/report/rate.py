"""Rates and counts as the rows of a report's tables."""

from collections.abc import Iterable

from connector.kpi.figure import Figures
from connector.kpi.indicator import TicketFact, Words
from connector.kpi.report.content import Grid
from connector.kpi.score import WHOLE, Score
from connector.kpi.scorecard import fraction_text, interval_text, target_text, value_text, verdict

LISTED = 40
"""Tickets that a list names; the rest is counted."""

_INDICATOR = (
    Words("Indicator", "指标"),
    Words("Value", "数值"),
    Words("Fraction", "分数"),
    Words("95 % interval", "95 % 区间"),
    Words("Target", "目标"),
    Words("Verdict", "判定"),
    Words("Before", "上期"),
)


def rates(figures: Figures, *wanted: str) -> tuple[Grid, tuple[Words, ...]]:
    """The rates of these ids of the whole, and for those nothing measures, why."""
    before = {trend.score.indicator: trend.before for trend in figures.trends if trend.score.scope == WHOLE}
    rows, left = [], []
    for score in figures.scores:
        if score.scope != WHOLE or score.indicator not in wanted:
            continue
        if score.unmeasured is not None:
            name, why = score.about.name, score.unmeasured
            left.append(
                Words(
                    f"{score.about.clause} {name.en}: {why.en}", f"{score.about.clause} {name.zh}：{why.zh}"
                )
            )
            continue
        earlier = before.get(score.indicator)
        rows.append(_row(score, earlier))
    return Grid(_INDICATOR, tuple(rows)), tuple(left)


def _row(score: Score, earlier: Score | None) -> tuple[str, ...]:
    return (
        f"{score.about.clause} {both(score.about.name)}",
        value_text(score),
        fraction_text(score),
        interval_text(score),
        target_text(score),
        verdict(score).text,
        "" if earlier is None else value_text(earlier),
    )


def by_number(facts: Iterable[TicketFact]) -> list[TicketFact]:
    """Facts in the order in which people look for them."""
    return sorted(facts, key=lambda fact: (fact.ticket.number, fact.id))


def counted(many: int, what: str, was: str) -> Words:
    """``3 major incidents.``, and that not all are listed."""
    listed = f"; the first {LISTED} are listed" if many > LISTED else ""
    listed_zh = f"，列出前 {LISTED}" if many > LISTED else ""
    return Words(f"{many:,} {what}{listed}.", f"{many:,} {was}{listed_zh}。")


def both(words: Words) -> str:
    """Chinese, then English."""
    return f"{words.zh} {words.en}"


def full(*grids: Grid) -> tuple[Grid, ...]:
    """Tables that have rows."""
    return tuple(grid for grid in grids if grid.rows)
