"""A look at a desk, narrowed to one scope: the page of a desk or a group alone."""

from dataclasses import replace

from connector.kpi.figure import Figures
from connector.kpi.indicator import TicketFact
from connector.kpi.score import WHOLE, Scope
from connector.kpi.trend import Trend


def narrowed(figures: Figures, scope: Scope) -> Figures:
    """As if the desk were no more than this scope; the look itself for the whole.

    Scores are the scope's own, credited as ever. Charts count the tickets that it held at some time, and the
    calls of its groups: how far they went is not cut off where they left it.
    """
    if scope == WHOLE:
        return figures
    groups = _groups(figures, scope)
    return replace(
        figures,
        scores=tuple(replace(one, scope=WHOLE) for one in figures.scores if one.scope == scope),
        trends=tuple(
            Trend(tuple(replace(score, scope=WHOLE) for score in one.scores))
            for one in figures.trends
            if one.score.scope == scope
        ),
        grades=tuple(grade for grade in figures.grades if grade.scope == scope),
        watch=(),  # counted over all tickets; how many of them could be the scope's nobody has counted
        facts=tuple(fact for fact in figures.facts if _held(fact, groups)),
        calls=None
        if figures.calls is None
        else tuple(call for call in figures.calls if call.group in groups),
    )


def _groups(figures: Figures, scope: Scope) -> frozenset[str]:
    """sys_ids of the groups that make up the scope."""
    if scope.kind == "group":
        return frozenset({scope.key})
    known = figures.directory.groups.items()
    return frozenset(sys_id for sys_id, group in known if group.desk == scope.key)


def _held(fact: TicketFact, groups: frozenset[str]) -> bool:
    ticket = fact.ticket
    return (ticket.group is not None and ticket.group.sys_id in groups) or any(
        span.group in groups for span in ticket.spans
    )
