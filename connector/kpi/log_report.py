"""What `kpi --log` says of a log: one JSON document with stable keys and units, or Markdown for a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.kpi.handling import FORMULAS, Handling, Share, Spread
from connector.kpi.indicator import About, TicketFact
from connector.kpi.log import Log
from connector.kpi.numeral import hundredth
from connector.kpi.period import Period
from connector.kpi.score import Scope, Score
from connector.kpi.scorecard import Cell, Table, iso, scope_text
from connector.ticket import Directory, Instant

FORMAT = "desk-connector.log-figures"
VERSION = 1
"""Goes up when a key changes its meaning or goes; new keys may come at any time."""

SHOWN = 200
"""Problems listed; the rest is counted."""

SERVICE = "Mon-Fri 08:00-18:00"


@dataclass(frozen=True)
class LogReport:
    """A log and its figures."""

    log: Log
    zone: str
    as_of: Instant
    """Everything up to here was looked at."""
    scores: Sequence[Score]
    handlings: Sequence[Handling]
    listed: frozenset[str] = frozenset()
    """Indicators whose lists of numbers are wanted."""
    facts: Sequence[TicketFact] = ()
    """The tickets behind it, with how their limits ended."""
    directory: Directory = field(default_factory=Directory)

    @property
    def complete(self) -> bool:
        """Every row could be used."""
        return not self.log.problems


def as_json(report: LogReport) -> dict[str, Any]:
    """The document of ``--json``; described in docs/figures.md."""
    log = report.log
    return {
        "format": FORMAT,
        "version": VERSION,
        "complete": report.complete,
        "problems": list(log.problems[:SHOWN]),
        "problems_left_off": max(0, len(log.problems) - SHOWN),
        "log": {
            "file": log.sheet.name,
            "encoding": log.sheet.encoding,
            "separator": log.sheet.separator,
            "zone": report.zone,
            "dates": log.order,
            "dates_certain": log.clear,
            "columns": dict(log.columns),
            "tickets": len(log.tickets),
            "rows": log.rows,
            "rows_used": log.used,
            "rows_duplicate": log.duplicates,
            "rows_out_of_order": log.went_back,
            "rows_before_opening": log.before_opening,
            "unknown_states": dict(log.unknown_states),
        },
        "as_of": iso(report.as_of),
        "units": {
            "rates": "per cent",
            "handling": "hours",
            "counts": "tickets",
            "times": "ISO 8601, UTC",
            "service_hours": f"{SERVICE} in {report.zone}",
        },
        "formulas": {name: words._asdict() for name, words in FORMULAS.items()},
        "periods": [_period(period) for period in _periods(report)],
        "figures": [_figures(one) for one in report.handlings if not one.empty or one.scope.kind == "whole"],
        "indicators": [_about(score) for score in _one_of_each(report.scores)],
        "scores": [_score(score, report.listed) for score in report.scores if _says_something(score)],
    }


def _periods(report: LogReport) -> list[Period]:
    return sorted({one.period for one in report.handlings}, key=lambda period: period.start)


def _period(period: Period) -> dict[str, Any]:
    return {
        "kind": str(period.kind),
        "label": period.label,
        "start": iso(period.start),
        "end": iso(period.end),
    }


def _scope(scope: Scope) -> dict[str, str]:
    return {"kind": scope.kind, "key": scope.key}


def _figures(one: Handling) -> dict[str, Any]:
    reassigned = one.reassignments
    return {
        "period": one.period.label,
        "scope": _scope(one.scope),
        "opened": one.opened,
        "resolved": one.resolved,
        "closed": one.closed,
        "resolution_rate": _share(one.resolution),
        "resolved_in_period_rate": _share(one.resolved_in_period),
        "reopen_rate": _share(one.reopened),
        "reassignments": None
        if reassigned is None
        else {
            "mean": _mean(reassigned),
            "distribution": {str(count): tickets for count, tickets in reassigned.items()},
        },
        "handling_calendar": one.calendar._asdict(),
        "handling_service": one.service._asdict(),
    }


def _share(share: Share) -> dict[str, Any]:
    return {"value": share.value, **share._asdict()}


def _mean(counts: Mapping[int, int]) -> float | None:
    tickets = sum(counts.values())
    return sum(count * some for count, some in counts.items()) / tickets if tickets else None


def _about(score: Score) -> dict[str, Any]:
    about: About = score.about
    return {
        "id": about.id,
        "clause": about.clause,
        "name": about.name._asdict(),
        "formula": about.formula._asdict(),
        "left_out": about.left_out._asdict(),
        "unit": about.unit,
        "direction": about.direction,
        "target": score.target,
        "sources": list(about.sources),
        "measured": score.measured,
        "why_not": score.unmeasured._asdict() if score.unmeasured else None,
    }


def _one_of_each(scores: Sequence[Score]) -> list[Score]:
    return list({score.indicator: score for score in reversed(scores)}.values())[::-1]


def _says_something(score: Score) -> bool:
    return score.scope.kind == "whole" or (score.measured and score.sizes != (0, 0, 0))


def _score(score: Score, listed: frozenset[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "indicator": score.indicator,
        "period": score.period.label,
        "scope": _scope(score.scope),
        "value": score.value,
        **score.sizes._asdict(),
        "met": score.met,
        "small": score.small,
        "interval": list(score.interval) if score.interval else None,
        "provisional": score.provisional,
    }
    if score.indicator in listed:
        said["lists"] = {
            "numerator": list(score.numerator),
            "denominator": list(score.denominator),
            "left_out": list(score.left_out),
        }
    return said


def handling_table(handlings: Sequence[Handling]) -> Table:
    """The whole per period, for a terminal."""
    heads = ("", *(head.replace(": ", "\n").replace(", ", "\n") for head in _HEADS.values()))
    rows = [
        tuple(Cell(text) for text in _cells(one, one.period.label))
        for one in handlings
        if one.scope.kind == "whole" and not one.empty
    ]
    return Table("the log 日志", heads, tuple(rows))


# -- Markdown ----------------------------------------------------------------------------------------------


def as_markdown(report: LogReport) -> Iterator[str]:
    """Lines of Markdown: the log, the formulas, and a table per month and per group."""
    log = report.log
    yield f"{log.rows:,} rows, {len(log.tickets):,} tickets; times in {report.zone}, {log.order}."
    yield (
        f"Rows left out as duplicates: {log.duplicates}; taken at the time of the row before because their "
        f"own went back: {log.went_back}; at the opening because theirs was before it: {log.before_opening}."
    )
    if not report.complete:
        yield f"**Incomplete**: {len(log.problems)} problems, the first: {log.problems[0]}"
    yield ""
    yield "| figure | is |"
    yield "| --- | --- |"
    for name, words in FORMULAS.items():
        yield f"| {_HEADS[name]} | {words.en}. {words.zh}。 |"
    wholes = [one for one in report.handlings if one.scope.kind == "whole" and not one.empty]
    yield from _section("Per period", wholes, lambda one: one.period.label)
    for period in [one.period for one in wholes]:
        parts = [
            one
            for one in report.handlings
            if one.period == period and one.scope.kind != "whole" and not one.empty
        ]
        if parts:
            yield from _section(
                f"{period.label} by {parts[0].scope.kind}", parts, lambda one: scope_text(one.scope)
            )


_HEADS = {
    "opened": "opened",
    "resolved": "resolved",
    "closed": "closed",
    "resolution_rate": "resolved, % of opened",
    "resolved_in_period_rate": "within the period, %",
    "reopen_rate": "reopened, % of resolved",
    "reassignments": "reassigned 0 / 1 / 2 / 3+ times",
    "handling_calendar": "calendar hours: median / mean / 90th",
    "handling_service": f"hours {SERVICE}: median / mean / 90th",
}


def _section(title: str, rows: Sequence[Handling], name: Any) -> Iterator[str]:
    heads = ["", *_HEADS.values()]
    yield ""
    yield f"### {title}"
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "| --- |" + " ---: |" * (len(heads) - 1)
    for one in rows:
        yield "| " + " | ".join(_cells(one, name(one).replace("|", "\\|"))) + " |"


def _cells(one: Handling, name: str) -> list[str]:
    return [
        name,
        f"{one.opened:,}",
        f"{one.resolved:,}",
        "not measured" if one.closed is None else f"{one.closed:,}",
        _per_cent(one.resolution),
        _per_cent(one.resolved_in_period),
        _per_cent(one.reopened),
        _few(one.reassignments),
        _times(one.calendar),
        _times(one.service),
    ]


def _per_cent(share: Share) -> str:
    return "–" if share.value is None else hundredth(share.value)


def _few(counts: Mapping[int, int] | None) -> str:
    if counts is None:
        return "not measured"
    if not counts:
        return "–"
    more = sum(tickets for count, tickets in counts.items() if count > 2)
    return " / ".join(f"{counts.get(count, 0):,}" for count in range(3)) + f" / {more:,}"


def _times(spread: Spread) -> str:
    values = (spread.median, spread.mean, spread.p90)
    return (
        " / ".join("–" if value is None else hundredth(value) for value in values) if spread.tickets else "–"
    )
