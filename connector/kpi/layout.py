"""Which figures stand side by side where scopes are compared: what would not fit into one table."""

from collections.abc import Iterator, Sequence

from connector.kpi.indicator import About, Words
from connector.kpi.score import Score

RATES = Words("rates", "比率")
DETAIL = Words("satisfaction by dimension", "满意度分项")
WORKLOAD = Words("workload", "工作量")


def side_by_side(scores: Sequence[Score]) -> Iterator[tuple[Words, list[Score]]]:
    """The scores of each table in order, with what they are called; none for a table without any."""
    for what in (RATES, DETAIL, WORKLOAD):
        found = [score for score in scores if _kind(score.about) is what]
        if found:
            yield what, found


def _kind(about: About) -> Words:
    if about.unit == "count":
        return WORKLOAD
    return DETAIL if about.clause == "R-D4" else RATES
