"""Where a figure is going: against the period before, and over the last few of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connector.kpi.period import Period
from connector.kpi.score import Scope, Score

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"
"""In a sparkline: a period with nothing to count or not measured."""


class Trend(NamedTuple):
    """One indicator of one scope over periods of a kind that follow each other, oldest first."""

    scores: tuple[Score, ...]

    @property
    def score(self) -> Score:
        """The last of them, the one that is looked at."""
        return self.scores[-1]

    @property
    def before(self) -> Score | None:
        """That of the period before, if it was measured."""
        return self.scores[-2] if len(self.scores) > 1 else None

    @property
    def values(self) -> tuple[float | None, ...]:
        """Per cent or counts, None where there is no value."""
        return tuple(score.value for score in self.scores)

    @property
    def change(self) -> float | None:
        """Percentage points, or the difference of counts; None without both values."""
        before = self.before
        if before is None or before.value is None or self.score.value is None:
            return None
        return self.score.value - before.value

    @property
    def better(self) -> bool | None:
        """Whether the change goes the way the indicator wants; None without a change, and for workload,
        where more is neither better nor worse.
        """
        change = self.change
        if not change or (self.score.about.unit == "count" and self.score.target is None):
            return None
        return (change > 0) is (self.score.about.direction == "up")

    @property
    def telling(self) -> bool | None:
        """Whether the intervals of both periods lie apart; where they overlap the change may be chance.

        None where one of them has no interval.
        """
        before = self.before
        if before is None or before.interval is None or self.score.interval is None:
            return None
        return before.interval[1] < self.score.interval[0] or self.score.interval[1] < before.interval[0]


def trends(scores: Iterable[Score]) -> list[Trend]:
    """The scores by indicator and scope, each in order of time, for the latest period of each kind.

    In the order in which the latest scores come. Shifts and a desk's own periods have no trend.
    """
    found: dict[tuple[str, str, Scope], list[Score]] = defaultdict(list)
    latest: dict[str, Period] = {}
    for score in scores:
        kind = score.period.kind
        if kind in ("shift", "own"):
            continue
        found[kind, score.indicator, score.scope].append(score)
        if kind not in latest or latest[kind].start < score.period.start:
            latest[kind] = score.period
    return [
        Trend(tuple(line))
        for (kind, _, _), some in found.items()
        if (line := sorted(some, key=lambda score: score.period.start))[-1].period == latest[kind]
    ]


def sparkline(values: Sequence[float | None], least: float | None = None, most: float | None = None) -> str:
    """``▂▅█``, one bar a value, between the least and the most of them or the bounds given."""
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    low = min(known) if least is None else least
    high = max(known) if most is None else most
    reach = high - low
    return "".join(
        GAP if value is None else BARS[_step((value - low) / reach) if reach > 0 else len(BARS) // 2]
        for value in values
    )


def _step(share: float) -> int:
    return min(len(BARS) - 1, max(0, int(share * len(BARS))))
