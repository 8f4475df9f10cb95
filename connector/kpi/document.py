"""All figures of a period as JSON values: the document of ``kpi --json``."""

from collections.abc import Mapping, Sequence
from typing import Any

from connector.kpi.figure import Figures
from connector.kpi.grade import Grade
from connector.kpi.score import Score
from connector.kpi.scorecard import as_json, iso
from connector.kpi.source import State
from connector.kpi.trend import Trend
from connector.kpi.watch import Finding


def figures_json(
    figures: Figures,
    scores: Sequence[Score],
    names: Mapping[str, str] | None = None,
    trouble: str = "",
    *,
    listed: bool = False,
) -> dict[str, Any]:
    """``scores`` are those of the figures that are wanted; ``listed``: numbers and links beside the ids.

    Instants are ISO 8601 in UTC, rates per cent and not rounded, null what is not measured.
    """
    trends = {(line.score.indicator, line.score.scope): line for line in figures.trends}
    said = []
    for score in scores:
        one = as_json(score, names, figures.labels if listed else None)
        line = trends.get((score.indicator, score.scope))
        one["trend"] = _trend(line) if line else None
        if listed:
            shown = {*score.denominator, *score.left_out}
            one["links"] = {key: figures.links[key] for key in sorted(shown & figures.links.keys())}
        said.append(one)
    return {
        "as_of": None if figures.as_of is None else iso(figures.as_of),
        "zone": figures.zone,
        "trouble": trouble,
        "complete": figures.complete and not trouble,
        "problems": list(figures.problems),
        "sources": [_source(state) for state in figures.sources],
        "scores": said,
        "grades": [_grade(grade, names or {}) for grade in figures.grades],
        "watch": [_finding(finding, figures.labels) for finding in figures.watch],
    }


def _trend(line: Trend) -> dict[str, Any]:
    return {
        "periods": [score.period.label for score in line.scores],
        "values": list(line.values),
        "change": line.change,
        "better": line.better,
        "telling": line.telling,
    }


def _source(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "kind": state.kind,
        "place": state.place,
        "rows": state.rows,
        "newest": None if state.newest is None else iso(state.newest),
        "read_at": None if state.read_at is None else iso(state.read_at),
        "stale": state.stale,
        "missing": state.missing._asdict() if state.missing else None,
    }


def _grade(grade: Grade, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "scheme": grade.scheme,
        "scope": {
            "kind": grade.scope.kind,
            "key": grade.scope.key,
            "name": names.get(grade.scope.key, grade.scope.key),
        },
        "period": grade.period.label,
        "total": grade.total,
        "covered": grade.covered,
        "why_not": grade.why._asdict() if grade.why else None,
        "parts": [
            {
                "indicator": part.about.id,
                "weight": part.weight,
                "value": part.value,
                "bounds": list(part.bounds) if part.bounds else None,
                "points": part.points,
                "cases": part.cases,
                "few": part.few,
                "why_not": part.why._asdict() if part.why else None,
            }
            for part in grade.parts
        ],
    }


def _finding(finding: Finding, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "pattern": finding.pattern,
        "says": finding.said._asdict(),
        "measured": finding.unmeasured is None,
        "why_not": finding.unmeasured._asdict() if finding.unmeasured else None,
        "tickets": None if finding.unmeasured else [labels.get(one, one) for one in finding.ids],
        "of": None if finding.unmeasured else finding.of,
    }
