"""The weighted score of a post, a group or a desk, with each part in sight.

A part is an indicator's value between two bounds: at the lower one it earns 0 points, at the upper one 100,
in between in proportion, beyond them no more and no less. The grade is the mean of the parts by weight.

* A part that is not measured, has nothing to count, or hangs on a policy that only observes earns nothing and
  takes nothing: its weight is left out, and `Grade.covered` says how much of the weight is left.
* A person with fewer cases than the minimum in any part gets no grade: chance would be rated (R-A1).
  Groups and desks get one; the part is marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from connector.kpi.indicator import About, Words
from connector.kpi.period import Period
from connector.kpi.score import Scope, Score
from connector.kpi.shelf import ScopeKind


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a kind of scope is graded."""

    name: str
    of: ScopeKind
    weights: Mapping[str, float]
    """Indicator id → per cent of the whole; together 100."""
    bounds: Mapping[str, tuple[float, float]]
    """Indicator id → values for 0 and for 100 points, in its unit; the first may be the greater one. Without
    an entry: 0 and the target, or 0 and 100 where there is none; for ``down`` the target and 0.
    """
    minimum: int = 20
    """Cases in each part below which a person gets no grade."""


class Part(NamedTuple):
    """What one indicator adds."""

    about: About
    weight: float
    value: float | None
    bounds: tuple[float, float] | None
    points: float | None
    """0 to 100; None: it is not scored, and `why` says why."""
    cases: int
    few: bool
    """Fewer cases than the minimum."""
    why: Words | None = None


class Grade(NamedTuple):
    """The grade of one scope in one period."""

    scheme: str
    scope: Scope
    period: Period
    total: float | None
    """0 to 100; None: none is given, and `why` says why."""
    covered: float
    """Per cent of the weight that could be scored."""
    parts: tuple[Part, ...]
    why: Words | None = None


NOT_SCORED = Words("nothing of it is scored", "无可评分项")
NOTHING = Words("nothing to count", "本期无数据")


def grades(
    scheme: Scheme, scores: Iterable[Score], observing: Mapping[str, Sequence[str]] | None = None
) -> list[Grade]:
    """The grades of every scope of the scheme's kind, in the order of the scores.

    ``observing``: indicator id → names of policies in ``observe`` that it hangs on. Nothing is scored from
    those: what is only watched must not rate anybody.
    """
    found: dict[tuple[Period, Scope], dict[str, Score]] = {}
    for score in scores:
        if score.scope.kind == scheme.of and score.scope.key and score.indicator in scheme.weights:
            found.setdefault((score.period, score.scope), {})[score.indicator] = score
    return [_grade(scheme, period, scope, known, observing or {}) for (period, scope), known in found.items()]


def _grade(
    scheme: Scheme,
    period: Period,
    scope: Scope,
    known: Mapping[str, Score],
    observing: Mapping[str, Sequence[str]],
) -> Grade:
    parts = tuple(
        _part(scheme, known[name], weight, observing.get(name, ()))
        for name, weight in scheme.weights.items()
        if name in known
    )
    scored = [(part.weight, part.points) for part in parts if part.points is not None]
    covered = fsum(weight for weight, _ in scored)
    few = [part.about.clause for part in parts if part.points is not None and part.few]
    if not covered:
        return Grade(scheme.name, scope, period, None, 0.0, parts, NOT_SCORED)
    if few and scope.kind == "consultant":
        why = Words(
            f"fewer than {scheme.minimum} cases in {', '.join(few)}",
            f"{'、'.join(few)} 不足 {scheme.minimum} 例",
        )
        return Grade(scheme.name, scope, period, None, covered, parts, why)
    total = fsum(weight * points for weight, points in scored) / covered
    return Grade(scheme.name, scope, period, total, covered, parts)


def _part(scheme: Scheme, score: Score, weight: float, observed: Sequence[str]) -> Part:
    cases = score.sizes.denominator
    few = cases < scheme.minimum
    if observed:
        names = ", ".join(observed)
        why = Words(f"from a policy that only observes: {names}", f"来自仅观察的策略：{names}")
        return Part(score.about, weight, score.value, None, None, cases, few, why)
    if score.value is None:
        return Part(score.about, weight, None, None, None, cases, few, score.unmeasured or NOTHING)
    low, high = bounds = scheme.bounds.get(score.indicator) or _usual_bounds(score)
    share = (score.value - low) / (high - low)
    return Part(score.about, weight, score.value, bounds, 100 * min(1.0, max(0.0, share)), cases, few)


def _usual_bounds(score: Score) -> tuple[float, float]:
    target = score.target if score.target else 100.0
    return (0.0, target) if score.about.direction == "up" else (target, 0.0)
