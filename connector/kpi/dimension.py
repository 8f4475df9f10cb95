"""R-D4: the four dimensions of a satisfaction survey, from questionnaires and from call-backs alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

from connector.kpi.declared import entry_at, whose_entry
from connector.kpi.indicator import CALL_BACK_KINDS, About, Entry, Indicator, Owner, TicketFact, Words

Dimension = Literal["skill", "resolution", "attitude", "communication"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
NAMES: Mapping[Dimension, Words] = {
    "skill": Words("Professional skill", "专业技术能力"),
    "resolution": Words("Response and resolution", "事件响应和解决"),
    "attitude": Words("Attitude", "服务态度"),
    "communication": Words("Communication", "沟通表达能力"),
}

RATED = "rated"
"""The pool of entries that have a score on some dimension, whatever source they are of."""


def share_of(dimension: str) -> str:
    """The value of an `Entry` that holds its share of the full mark on a dimension, 0 to 1."""
    return f"share_{dimension}"


def dimensions() -> tuple[Indicator[Entry], ...]:
    """One mean for each dimension: points of the answers / full marks.  No target: the clause sets none."""
    return tuple(_of(dimension) for dimension in DIMENSIONS)


def _of(dimension: Dimension) -> Indicator[Entry]:
    share = share_of(dimension)
    return Indicator(
        About(
            f"R-D4-{dimension}",
            "R-D4",
            NAMES[dimension],
            Words("points of the answers on it / full marks", "该维度得分合计 / 满分合计"),
            Words("no answer on it, or one off the scale", "该维度未评分或评分超出范围"),
            sources=("survey", "call_backs"),
        ),
        Entry,
        at=entry_at,
        counts=lambda entry: share in entry.values,
        succeeds=lambda entry: True,
        whose=whose_entry,
        points=lambda entry: float(entry.values[share]),
        source=RATED,
    )


def rated(entries: Iterable[Entry]) -> list[Entry]:
    """Those with a score on some dimension."""
    shares = [share_of(dimension) for dimension in DIMENSIONS]
    return [entry for entry in entries if any(share in entry.values for share in shares)]


def of_call_backs(
    facts: Sequence[TicketFact], whose: Mapping[str, Owner], full_mark: float
) -> Iterator[Entry]:
    """Call-backs that were answered on a dimension.  ``whose``: sys_id of a ticket → who is rated."""
    for fact in facts:
        for task in fact.ticket.tasks:
            if task.kind in CALL_BACK_KINDS and task.complete and task.closed_at is not None:
                shares = {
                    share_of(dimension): repr(score / full_mark)
                    for dimension, score in task.ratings
                    if 0 <= score <= full_mark
                }
                if shares:
                    owner = whose[fact.id]
                    yield Entry(task.sys_id, "call_backs", task.closed_at, *owner, shares)
