"""When a period is closed for corrections, and the figure that stands from then on.

Until ``grace`` after its end a period is scored anew each time, so late corrections count. After it the
figure is frozen: value, lengths of the lists and a digest over all of it, the ids in the lists included. The
lists themselves are not kept; recomputed as of the moment of freezing they give the same digest, or the
record has been changed backwards since.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from connector.kpi.indicator import About, Words
from connector.kpi.period import OtherKind, Period, PeriodKind
from connector.kpi.score import Scope, Score, Sizes
from connector.ticket import Instant


def is_over(period: Period, grace: int, now: Instant) -> bool:
    """The period and its ``grace`` (seconds) have passed."""
    return now >= period.end + grace


def digest(score: Score) -> str:
    """Sixteen hex digits that change when anything of the figure does: formula, target, value or one id."""
    said = [
        score.about.id, score.about.formula.en, list(score.scope),
        [str(score.period.kind), score.period.start, score.period.end],
        score.points, score.out_of, score.target,
        score.unmeasured.en if score.unmeasured else None,
        sorted(score.numerator), sorted(score.denominator), sorted(score.left_out),
    ]  # fmt: skip
    return blake2b(json.dumps(said, ensure_ascii=True).encode(), digest_size=8).hexdigest()


def frozen(score: Score, now: Instant) -> Score:
    """The score as it stands from now on; its lists stay with this object and are not in `packed`."""
    return replace(score, frozen_at=now, digest=digest(score))


def packed(score: Score) -> str:
    """A frozen score as one line of JSON, without its lists."""
    return json.dumps(
        {
            "about": [
                score.about.id, score.about.clause, score.about.name, score.about.formula,
                score.about.left_out, score.about.unit, score.about.sources, score.about.direction,
            ],
            "scope": score.scope,
            "period": [str(score.period.kind), score.period.start, score.period.end, score.period.label],
            "points": score.points,
            "out_of": score.out_of,
            "value": score.value,
            "target": score.target,
            "met": score.met,
            "small": score.small,
            "interval": score.interval,
            "unmeasured": score.unmeasured,
            "frozen_at": score.frozen_at,
            "digest": score.digest,
            "sizes": score.sizes,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip


def unpacked(text: str) -> Score:
    """The frozen score that `packed` wrote. Raises `ValueError` where it is none."""
    try:
        said: Mapping[str, Any] = json.loads(text)
        id_, clause, name, formula, left_out, unit, sources, direction = said["about"]
        kind, start, end, label = said["period"]
        about = About(
            id_, clause, Words(*name), Words(*formula), Words(*left_out), unit, tuple(sources), direction
        )
        interval, unmeasured = said["interval"], said["unmeasured"]
        return Score(
            about,
            Scope(*said["scope"]),
            Period(_kind(kind), start, end, label),
            points=said["points"],
            out_of=said["out_of"],
            value=said["value"],
            target=said["target"],
            met=said["met"],
            small=said["small"],
            interval=(interval[0], interval[1]) if interval else None,
            unmeasured=Words(*unmeasured) if unmeasured else None,
            frozen_at=said["frozen_at"],
            digest=said["digest"],
            kept=Sizes(*said["sizes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a frozen figure: {error}") from None


def _kind(text: str) -> PeriodKind | OtherKind:
    try:
        return PeriodKind(text)
    except ValueError:
        return OtherKind(text)
