"""Call-backs: how many closed tickets were drawn, what came of it, what callers answered (R-B6, R-D2)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period
from connector.ticket import DeskTask

FIRST, SECOND, IMPROVEMENT = "callback", "callback_2", "improvement"


class CallBacks(NamedTuple):
    """The tickets closed in a period, and what was asked about them."""

    closed: int
    drawn: int
    """Of the closed ones, those with a first call-back."""
    done: int
    """Of the drawn ones, those whose caller was reached and asked."""
    not_reached: int
    """Of the drawn ones, those whose call-back ended without an answer."""
    waiting: int
    """Of the drawn ones, those still to be called."""
    answers: Mapping[int, int]
    """Score, rounded down → answers to first call-backs; without a score it is not in here."""
    unscored: int
    """Of the done ones, those without a score."""
    improvements: int
    """Tickets with an improvement owed after the call."""
    improved: int
    """Of these, those whose improvement is done."""
    second: int
    """Tickets whose caller is called again (R-D2)."""
    second_done: int


def call_backs(facts: Iterable[TicketFact], period: Period) -> CallBacks:
    """By the tickets closed in the period; whenever the call came."""
    closed = drawn = done = not_reached = waiting = unscored = 0
    improvements = improved = second = second_done = 0
    answers: Counter[int] = Counter()
    for fact in facts:
        ticket = fact.ticket
        if ticket.closed_at is None or ticket.closed_at not in period:
            continue
        closed += 1
        first = _last(ticket.tasks, FIRST)
        if first is not None:
            drawn += 1
            if first.closed_at is None:
                waiting += 1
            elif not first.complete:
                not_reached += 1
            else:
                done += 1
                if first.score is None:
                    unscored += 1
                else:
                    answers[int(first.score // 1)] += 1
        owed = _last(ticket.tasks, IMPROVEMENT)
        improvements += owed is not None
        improved += owed is not None and owed.complete
        again = _last(ticket.tasks, SECOND)
        second += again is not None
        second_done += again is not None and again.complete
    return CallBacks(
        closed, drawn, done, not_reached, waiting, dict(sorted(answers.items())), unscored,
        improvements, improved, second, second_done,
    )  # fmt: skip


def _last(tasks: Iterable[DeskTask], kind: str) -> DeskTask | None:
    return max(
        (task for task in tasks if task.kind == kind),
        key=lambda task: (task.opened_at, task.sys_id),
        default=None,
    )
