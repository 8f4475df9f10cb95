"""The picture of scores: plain tables and lists of text, which `connector.cli.kpi` prints.

How numbers are written stands in `connector.kpi.numeral`. What people typed (names of groups and
consultants) loses control characters.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from connector.kpi.grade import Grade, Part
from connector.kpi.indicator import Words
from connector.kpi.layout import side_by_side
from connector.kpi.numeral import change, number, per_cent, tenth
from connector.kpi.period import Period
from connector.kpi.score import SMALL, Scope, Score
from connector.kpi.source import State
from connector.kpi.trend import Trend, sparkline
from connector.kpi.watch import Finding
from connector.ticket import Directory, Instant

Tone = Literal["plain", "good", "bad", "quiet"]

SMALL_MARK, MET, MISSED = "~", "▲", "▼"
LEGEND = (
    f"{SMALL_MARK} fewer than {SMALL} records: read the interval, not the value  样本不足 {SMALL}，请看区间",
    "– nothing to count in the period  本期无数据",
)
_SCOPE_WORDS = {
    "whole": Words("whole", "全部"),
    "desk": Words("desk", "服务台"),
    "group": Words("group", "组"),
    "consultant": Words("consultant", "运维顾问"),
    "customer": Words("customer", "客户"),
    "service": Words("service", "服务"),
}
MOST_NAMED = 7
"""Indicators side by side whose names fit into the width of a terminal."""
_NOBODY = Words("(none)", "未分派")


class Cell(NamedTuple):
    """A piece of text and how it should strike the eye."""

    text: str
    tone: Tone = "plain"


class Table(NamedTuple):
    """A title, column heads, and rows as wide as the heads."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Names = Mapping[str, str]
"""sys_id of a group or consultant → the name to show; what is missing is shown by its sys_id."""


def names_of(directory: Directory) -> dict[str, str]:
    """The names that the directory knows."""
    return {group.sys_id: group.name for group in directory.groups.values()} | {
        person.sys_id: person.name for person in directory.people.values()
    }


def tables(scores: Sequence[Score], names: Names | None = None, trends: Sequence[Trend] = ()) -> list[Table]:
    """For each period: the whole in full, with trends; per kind of scope, rates and workload side by side."""
    lines = {(trend.score.indicator, trend.score.period): trend for trend in trends if _is_whole(trend)}
    drawn = []
    for (period, kind), some in groupby(scores, key=lambda score: (score.period, score.scope.kind)):
        of_kind = list(some)
        if kind == "whole":
            drawn.append(_full(period, of_kind, lines))
            continue
        drawn += [
            _compared(period, kind, what, beside, names or {}) for what, beside in side_by_side(of_kind)
        ]
    return drawn


def value_text(score: Score) -> str:
    """``92.3 %``, ``17``, ``–`` or ``not measured``, with the mark of a small sample."""
    if score.unmeasured is not None:
        return "not measured 未测"
    if score.value is None:
        return "–"
    if score.about.unit == "count":
        return number(score.value)
    return per_cent(score.value) + (f" {SMALL_MARK}" if score.small else "")


def target_text(score: Score) -> str:
    """``≥ 90 %``, ``≤ 5``; empty without a target."""
    if score.target is None:
        return ""
    sign = "≥" if score.about.direction == "up" else "≤"
    return f"{sign} {number(score.target)}" + (" %" if score.about.unit == "per cent" else "")


def fraction_text(score: Score) -> str:
    """``12 / 13``, the two sides of the value; empty where there are none."""
    if score.value is None or score.about.unit == "count":
        return ""
    return f"{number(score.points)} / {number(score.out_of)}"


def verdict(score: Score) -> Cell:
    """Whether the target is reached."""
    if score.met is None:
        return Cell("", "quiet")
    return Cell(f"{MET} met 达标", "good") if score.met else Cell(f"{MISSED} missed 未达标", "bad")


def scope_text(scope: Scope, names: Names | None = None) -> str:
    """``main``, ``Service Desk``; the whole and nobody have words of their own."""
    if scope.kind == "whole":
        return _both(_SCOPE_WORDS["whole"])
    return plain((names or {}).get(scope.key, scope.key)) if scope.key else _both(_NOBODY)


def scope_words(kind: str) -> Words:
    """What a kind of scope is called."""
    return _SCOPE_WORDS[kind]


def interval_text(score: Score) -> str:
    """``78.9 – 86.8 %``; empty where there is none."""
    if score.interval is None:
        return ""
    low, high = score.interval
    return f"{tenth(low)} – {per_cent(high)}"


def headline(score: Score, names: Names | None = None) -> str:
    """``R-E6 Timely handling rate 处理及时率, main, 2026-03: 92.3 %, 12 / 13, ▲ met 达标``."""
    said = f"{score.about.clause} {_both(score.about.name)}, {scope_text(score.scope, names)}, "
    said += f"{score.period.label}: {value_text(score)}"
    if score.unmeasured is not None:
        return f"{said} ({_both(score.unmeasured)})"
    return ", ".join(part for part in (said, fraction_text(score), verdict(score).text) if part)


def formula_lines(scores: Sequence[Score]) -> list[str]:
    """How each figure is counted, once per indicator."""
    about = {score.about.id: score.about for score in scores}
    return [f"{one.clause} {one.name.en}: {one.formula.en}  {one.formula.zh}" for one in about.values()]


def listing(score: Score, labels: Mapping[str, str], links: Mapping[str, str] | None = None) -> list[Table]:
    """The records behind one figure: what succeeded, what did not, what was left out; sorted by number.

    ``labels`` maps the sys_id of a ticket, call-back or call to the number people know it by, ``links`` to
    its address, shown where it is known.
    """
    where = links or {}
    missed = sorted(set(score.denominator) - set(score.numerator))
    parts: list[tuple[str, Sequence[str], Tone]] = [("numerator 分子", score.numerator, "good")]
    if score.about.unit == "per cent":
        parts.append(("denominator only 仅分母", missed, "bad"))
    if score.left_out:
        parts.append((f"left out 未计入 ({_both(score.about.left_out)})", score.left_out, "quiet"))
    return [
        Table(
            f"{head}: {len(ids)}",
            ("number", "sys_id"),
            tuple(
                (Cell(number, tone), Cell(where.get(sys_id, sys_id), "quiet"))
                for number, sys_id in sorted((plain(labels.get(sys_id, "")), sys_id) for sys_id in ids)
            ),
        )
        for head, ids, tone in parts
    ]


def as_json(
    score: Score, names: Names | None = None, labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """All of a score as JSON values; instants are ISO 8601 in UTC, rates per cent and not rounded."""
    said: dict[str, Any] = {
        "indicator": score.about.id,
        "clause": score.about.clause,
        "name": score.about.name._asdict(),
        "formula": score.about.formula._asdict(),
        "scope": {
            "kind": score.scope.kind,
            "key": score.scope.key,
            "name": (names or {}).get(score.scope.key, score.scope.key),
        },
        "period": {
            "kind": str(score.period.kind),
            "label": score.period.label,
            "start": iso(score.period.start),
            "end": iso(score.period.end),
            "ended": not score.provisional,
        },
        "measured": score.measured,
        "why_not": score.unmeasured._asdict() if score.unmeasured else None,
        "unit": score.about.unit,
        "value": score.value,
        "direction": score.about.direction,
        "sources": list(score.about.sources),
        "sizes": score.sizes._asdict(),
        "frozen_at": iso(score.frozen_at) if score.frozen_at is not None else None,
        "digest": score.digest or None,
        "points": score.points,
        "out_of": score.out_of,
        "target": score.target,
        "met": score.met,
        "small": score.small,
        "interval": list(score.interval) if score.interval else None,
        "numerator": list(score.numerator),
        "denominator": list(score.denominator),
        "left_out": {"ids": list(score.left_out), "because": score.about.left_out._asdict()},
    }
    if labels is not None:
        listed = {*score.denominator, *score.left_out}
        said["numbers"] = {sys_id: labels[sys_id] for sys_id in sorted(listed & labels.keys())}
    return said


def plain(text: str) -> str:
    """Without control characters, which a terminal would obey."""
    return "".join(letter for letter in text if letter.isprintable())


def time_text(instant: Instant, zone: ZoneInfo) -> str:
    """``2026-03-01 08:00``, in the desk's zone."""
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def trend_text(trend: Trend) -> str:
    """``▂▅█ +3.2``: a bar a period, and the change against the one before, ``~`` where it may be chance."""
    if len(trend.scores) < 2:
        return ""
    bars = sparkline(trend.values)
    if trend.change is None:
        return bars if any(value is not None for value in trend.values) else ""
    return f"{bars} {change_text(trend)}"


def change_text(trend: Trend) -> str:
    """``+3.2``, with ``~`` where it may be chance; empty without both values."""
    if trend.change is None:
        return ""
    rate = trend.score.about.unit == "per cent"
    said = change(trend.change, rate=rate)
    return f"{said} {SMALL_MARK}" if rate and trend.telling is False and said != "±0" else said


def grade_tables(grades: Sequence[Grade], names: Names | None = None) -> list[Table]:
    """For each scheme and period: who is graded how, and what each part adds."""
    drawn = []
    for (scheme, period), some in groupby(grades, key=lambda grade: (grade.scheme, grade.period)):
        of_scheme = list(some)
        heads = (
            _both(_SCOPE_WORDS[of_scheme[0].scope.kind]),
            "Grade\n评分",
            *(
                f"{part.about.id}\n{part.about.name.zh}\n{number(part.weight)} %"
                for part in of_scheme[0].parts
            ),
        )
        rows = [
            (Cell(scope_text(grade.scope, names)), _total(grade), *(_part(part) for part in grade.parts))
            for grade in of_scheme
        ]
        drawn.append(Table(f"{plain(scheme)}, {period.label}", heads, tuple(rows)))
    return drawn


def _total(grade: Grade) -> Cell:
    if grade.total is None:
        return Cell(f"–\n{_both(grade.why)}" if grade.why else "–", "quiet")
    partly = "" if grade.covered >= 100 - 1e-9 else f"\nof {number(grade.covered)} % 权重"
    return Cell(f"{tenth(grade.total)}{partly}")


def _part(part: Part) -> Cell:
    if part.points is None:
        return Cell(f"–\n{_both(part.why)}" if part.why else "–", "quiet")
    mark = f" {SMALL_MARK}" if part.few else ""
    written = per_cent if part.about.unit == "per cent" else number
    value = "" if part.value is None else f"{written(part.value)}, n={part.cases:,}"
    return Cell(f"{tenth(part.points)}{mark}\n{value}")


def watch_table(findings: Sequence[Finding], period: Period) -> Table:
    """What gaming would look like, and how often it was seen."""
    rows = [
        (
            Cell(finding.said.en + "\n" + finding.said.zh),
            Cell("not measured 未测", "quiet")
            if finding.unmeasured
            else Cell(f"{len(finding.ids)} of {finding.of}", "bad" if finding.ids else "good"),
            Cell(_both(finding.unmeasured) if finding.unmeasured else "", "quiet"),
        )
        for finding in findings
    ]
    return Table(f"worth a look 值得关注, {period.label}", ("", "Tickets\n工单", ""), tuple(rows))


def source_lines(sources: Sequence[State], zone: ZoneInfo) -> list[str]:
    """Where the figures come from, and how fresh that is."""
    lines = []
    for one in sources:
        newest = "nothing in it 无数据" if one.newest is None else f"newest {time_text(one.newest, zone)}"
        rows = "" if one.rows is None else f"{one.rows:,} {'row' if one.rows == 1 else 'rows'}, "
        stale = ", STALE 过期" if one.stale else ""
        said = f"missing 缺失 ({_both(one.missing)})" if one.missing else f"{rows}{newest}{stale}"
        lines.append(f"source {plain(one.name)} ({one.kind}, {plain(one.place)}): {said}")
    return lines


def _is_whole(trend: Trend) -> bool:
    return trend.score.scope.kind == "whole"


def _full(period: Period, scores: Sequence[Score], trends: Mapping[tuple[str, Period], Trend]) -> Table:
    heads = ("", "Indicator\n指标", "Value\n数值", "Target\n目标", "Verdict\n判定", "95 % interval\n区间")
    rows = []
    for score in scores:
        trend = trends.get((score.indicator, score.period))
        parts = (value_text(score), fraction_text(score), trend_text(trend) if trend else "")
        text = "\n".join(part for part in parts if part)
        rows.append(
            (
                Cell(score.about.clause, "quiet"),
                Cell(f"{score.about.name.en}\n{score.about.name.zh}"),
                Cell(text, "quiet" if score.value is None else "plain"),
                Cell(target_text(score), "quiet"),
                verdict(score),
                Cell(_interval(score), "quiet"),
            )
        )
    return Table(_title(period, scores, _both(_SCOPE_WORDS["whole"])), heads, tuple(rows))


def _compared(period: Period, kind: str, what: Words, scores: Sequence[Score], names: Names) -> Table:
    """Scopes as rows, indicators as columns; scopes ordered by the name that is shown.

    What is measured in none of them has no column, for the whole's table says so with the reason. Where
    names would not fit side by side, the clause alone heads its column: the whole's table names it.
    """
    measured = {score.indicator for score in scores if score.unmeasured is None}
    scores = [score for score in scores if score.indicator in measured] or scores
    by_scope: dict[Scope, list[Score]] = {}
    for score in scores:
        by_scope.setdefault(score.scope, []).append(score)
    first = next(iter(by_scope.values()))
    clauses = Counter(score.about.clause for score in first)
    crowded = len(first) > MOST_NAMED
    heads = (
        _both(_SCOPE_WORDS[kind]),
        *(_head(score, named=not crowded or clauses[score.about.clause] > 1) for score in first),
    )
    rows = [
        (Cell(scope_text(scope, names)), *(_compact(score) for score in by_scope[scope]))
        for scope in sorted(by_scope, key=lambda scope: (not scope.key, scope_text(scope, names), scope.key))
    ]
    return Table(_title(period, scores, f"{_both(what)}: {_both(_SCOPE_WORDS[kind])}"), heads, tuple(rows))


def _head(score: Score, *, named: bool) -> str:
    name = f"\n{score.about.name.en}\n{score.about.name.zh}" if named else ""
    target = f"\n{target_text(score)}" if score.target is not None else ""
    return f"{score.about.clause}{name}{target}"


def _compact(score: Score) -> Cell:
    fraction = fraction_text(score)
    text = value_text(score) + (f"\n{fraction}" if fraction else "")
    if score.met is None:
        return Cell(text, "quiet" if score.value is None else "plain")
    return Cell(f"{MET if score.met else MISSED} {text}", "good" if score.met else "bad")


def _title(period: Period, scores: Sequence[Score], what: str) -> str:
    so_far = ", so far 进行中" if any(score.provisional for score in scores) else ""
    frozen = ", frozen 已冻结" if all(score.frozen_at is not None for score in scores) else ""
    return f"{what}, {period.label}{so_far}{frozen}"


def _interval(score: Score) -> str:
    return interval_text(score) if score.unmeasured is None else _both(score.unmeasured)


def _both(words: Words) -> str:
    return f"{words.en} {words.zh}"


def iso(instant: Instant) -> str:
    """``2026-03-01T00:00:00Z``."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
