"""Surveys that the instance itself asked: rows of `asmt_metric_result` as one entry for each questionnaire.

An answer is a row that refers to its questionnaire (`asmt_assessment_instance`) and to its question
(`asmt_metric`); the questionnaire names the ticket it was about (platform facts, 4.5).
"""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from connector.instant import known_instant
from connector.kpi.dimension import share_of
from connector.kpi.indicator import Entry, Owner
from connector.kpi.predicate import number
from connector.kpi.source import Declared, Gathered
from connector.ticket import Instant

TABLE = "asmt_metric_result"

COLUMNS = (
    "sys_created_on",
    "actual_value",
    "metric",
    "metric.name",
    "instance",
    "instance.task_id",
    "instance.trigger_id",
    "instance.metric_type",
    "instance.metric_type.name",
)
"""What is read of an answer."""


def ticket_of(row: Mapping[str, str]) -> str:
    """sys_id of the record that the questionnaire of an answer is about; "" for a survey at large."""
    return row.get("instance.task_id") or row.get("instance.trigger_id") or ""


def questionnaires(
    rows: Sequence[Mapping[str, str]],
    declared: Declared,
    whose: Mapping[str, Owner],
    place: str,
    last: Instant | None = None,
) -> Gathered:
    """What the answers of one declared source come to.

    ``whose``: sys_id of a ticket → who is rated. A questionnaire's score is the mean of its answers that are
    numbers on the scale, from 0 to `Declared.full_mark`; it belongs to the instant of its first answer.
    ``place`` begins the problems: a question that no dimension names, an answer off the scale. ``last`` is
    when the last answer of all was given, be it among these or not.
    """
    asked: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if _is_of(row, declared.surveys):
            asked.setdefault(row.get("instance") or row["sys_id"], []).append(row)
    dimension_of = {name: told for told, names in declared.dimensions.items() for name in names}
    strange: dict[str, None] = {}
    off = 0
    entries = []
    for sys_id, answers in asked.items():
        found: dict[str, list[float]] = {}
        for row in answers:
            score = number(row.get("actual_value", ""))
            if score is None:
                continue  # a question that asks for words
            if not 0 <= score <= declared.full_mark:
                off += 1
                continue
            share = score / declared.full_mark
            found.setdefault("share", []).append(share)
            question = row.get("metric.name") or row.get("metric", "")
            dimension = dimension_of.get(question) or dimension_of.get(row.get("metric", ""))
            if dimension:
                found.setdefault(share_of(dimension), []).append(share)
            elif declared.dimensions:
                strange[question] = None
        at = min(
            filter(None, (known_instant(row.get("sys_created_on", "")) for row in answers)), default=None
        )
        if at is not None:
            owner = whose.get(ticket_of(answers[0]), Owner("", ""))
            values = {name: repr(fsum(shares) / len(shares)) for name, shares in found.items()}
            entries.append(Entry(sys_id, declared.name, at, *owner, values))
    problems = tuple(_problems(strange, off, declared, place))
    return Gathered(declared, tuple(entries), problems=problems, last=last)


def _is_of(row: Mapping[str, str], surveys: Iterable[str]) -> bool:
    wanted = tuple(surveys)
    return not wanted or not {
        row.get("instance.metric_type", ""),
        row.get("instance.metric_type.name", ""),
    }.isdisjoint(wanted)


def _problems(strange: Iterable[str], off: int, declared: Declared, place: str) -> Iterable[str]:
    for question in strange:
        yield f'{place}: the question "{question}" belongs to none of its dimensions'
    if off:
        answers = "1 answer is" if off == 1 else f"{off} answers are"
        yield f"{place}: {answers} off the scale of 0 to {declared.full_mark:g}; is full_mark right?"
