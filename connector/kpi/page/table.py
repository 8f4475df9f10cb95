"""The figures as sheets: CSV and the rows of a workbook. What people typed never becomes a formula."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from connector.kpi.figure import Figures
from connector.kpi.page.gallery import gallery
from connector.kpi.scorecard import iso, plain, scope_words

Value = str | float | int | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Sheet(NamedTuple):
    """A table with a name."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def sheets(figures: Figures, names: Mapping[str, str] | None = None) -> tuple[Sheet, ...]:
    """Scores, trends, grades, what is watched, sources, and the table of every chart."""
    known = {**figures.names, **(names or {})}
    return (
        scores_sheet(figures, known),
        _trends(figures, known),
        _grades(figures, known),
        Sheet(
            "Watch 值得关注",
            ("pattern", "said", "所见", "tickets", "of", "why not measured"),
            tuple(
                (
                    one.pattern,
                    one.said.en,
                    one.said.zh,
                    None if one.unmeasured else len(one.ids),
                    None if one.unmeasured else one.of,
                    one.unmeasured.en if one.unmeasured else None,
                )
                for one in figures.watch
            ),
        ),
        Sheet(
            "Sources 来源",
            ("name", "kind", "place", "rows", "newest", "stale", "missing"),
            tuple(
                (
                    one.name,
                    one.kind,
                    one.place,
                    one.rows,
                    None if one.newest is None else iso(one.newest),
                    "yes" if one.stale else "no",
                    one.missing.en if one.missing else None,
                )
                for one in figures.sources
            ),
        ),
        *(
            Sheet(chart.id, tuple(f"{head.zh} {head.en}" for head in chart.heads), chart.rows)
            for chart in gallery(figures)
            if chart.rows
        ),
    )


def scores_sheet(figures: Figures, names: Mapping[str, str]) -> Sheet:
    """One row for each indicator and scope; values are not rounded; empty: not measured, or nothing there."""
    heads = (
        "period", "scope", "scope name", "clause", "indicator", "name", "名称", "value", "unit", "points",
        "out of", "target", "met", "low", "high", "small", "left out", "why not measured", "frozen", "digest",
    )  # fmt: skip
    return Sheet(
        "Scores 指标",
        heads,
        tuple(
            (
                score.period.label,
                score.scope.kind,
                plain(names.get(score.scope.key, score.scope.key)) or scope_words(score.scope.kind).en,
                score.about.clause,
                score.about.id,
                score.about.name.en,
                score.about.name.zh,
                score.value,
                score.about.unit,
                score.points if score.measured else None,
                score.out_of if score.measured else None,
                score.target,
                None if score.met is None else "yes" if score.met else "no",
                score.interval[0] if score.interval else None,
                score.interval[1] if score.interval else None,
                "yes" if score.small else "no",
                score.sizes.left_out if score.measured else None,
                score.unmeasured.en if score.unmeasured else None,
                None if score.frozen_at is None else iso(score.frozen_at),
                score.digest or None,
            )
            for score in figures.scores
        ),
    )


def _trends(figures: Figures, names: Mapping[str, str]) -> Sheet:
    return Sheet(
        "Trends 走势",
        ("scope", "scope name", "indicator", "period", "value", "points", "out of"),
        tuple(
            (
                score.scope.kind,
                plain(names.get(score.scope.key, score.scope.key)),
                score.indicator,
                score.period.label,
                score.value,
                score.points if score.measured else None,
                score.out_of if score.measured else None,
            )
            for one in figures.trends
            for score in one.scores
        ),
    )


def _grades(figures: Figures, names: Mapping[str, str]) -> Sheet:
    return Sheet(
        "Grades 评分",
        (
            "scheme",
            "scope",
            "scope name",
            "grade",
            "covered",
            "indicator",
            "weight",
            "value",
            "points",
            "why",
        ),
        tuple(
            (
                grade.scheme,
                grade.scope.kind,
                plain(names.get(grade.scope.key, grade.scope.key)),
                grade.total,
                grade.covered,
                part.about.id,
                part.weight,
                part.value,
                part.points,
                why.en if (why := part.why or grade.why) else None,
            )
            for grade in figures.grades
            for part in grade.parts
        ),
    )


def is_formula(text: str) -> bool:
    """A spreadsheet would compute it."""
    return text.startswith(_FORMULA)


def as_csv(sheet: Sheet) -> str:
    """Text with a byte order mark, so that a spreadsheet sees UTF-8; formulas quoted, lines end in CR LF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_quoted(sheet.heads))
    writer.writerows(_quoted(row) for row in sheet.rows)
    return "\ufeff" + out.getvalue()


def _quoted(row: Iterable[Value]) -> list[Value]:
    return [f"'{one}" if isinstance(one, str) and is_formula(one) else one for one in row]
