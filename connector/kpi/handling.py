"""Counts, rates and handling times per period and scope, from tickets that a log tells of.

Beside the indicators of the regulation these are what a desk asks of its log on the first day. Each is said
in words in `FORMULAS`; a test computes them again in another way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from connector.kpi import life
from connector.kpi.definition import Definition
from connector.kpi.indicator import Indicator, TicketFact, Words
from connector.kpi.period import Period
from connector.kpi.score import Scope, Score
from connector.service_hours import ServiceHours
from connector.ticket import Ticket

OPENED, RESOLVED, CLOSED = "R-E12-accepted", "R-E12-handled", "closed"
"""Indicators whose lists the figures are made from."""

FORMULAS: Mapping[str, Words] = {
    "opened": Words(
        "tickets whose opening lies in the period; a group's are those that came to it first",
        "本期受理的工单；归首个处理组",
    ),
    "resolved": Words(
        "tickets whose work ended for good in the period; a group's are those it held then. The end is the "
        "earlier of the stamp resolved_at (closed_at where there is none) and the event by which the ticket "
        "last became resolved or closed; a stamp older than the last reopening is not used. A ticket that "
        "was resolved from its first event on, and later closed, without resolved_at, ended at its opening",
        "本期最终解决的工单；归当时的处理组。以解决时间戳（无则关闭时间戳）与最后一次转为已解决或已关闭的事件中较早者为准；"
        "首个事件即为已解决、其后关闭且无解决时间戳的，以受理时刻为准",
    ),
    "closed": Words(
        "tickets closed in the period by the stamp closed_at; a group's are those it resolved",
        "按关闭时间戳在本期关闭的工单；归解决它的组",
    ),
    "resolution_rate": Words(
        "of the tickets opened in the period, those resolved or closed by the end of the log",
        "本期受理的工单中，至日志结束已解决或关闭的比例",
    ),
    "resolved_in_period_rate": Words(
        "of the tickets opened in the period, those resolved for good before it ended",
        "本期受理的工单中，在本期内最终解决的比例",
    ),
    "reopen_rate": Words(
        "of the tickets resolved in the period, those that were ever back at work after they had been "
        "resolved or closed, by the history or by reopen_count",
        "本期解决的工单中，曾在解决或关闭后重开的比例（按历史或重开计数）",
    ),
    "reassignments": Words(
        "of the tickets resolved in the period, how many had each reassignment_count at the end",
        "本期解决的工单按最终转派次数的分布",
    ),
    "handling_calendar": Words(
        "from the opening to the end of the work, round the clock, of the tickets resolved in the period. "
        "Median: the middle one, or the mean of the two middle ones; mean: the sum by their number; 90th "
        "percentile: the shortest time that at least nine of ten tickets did not pass",
        "本期解决的工单自受理至解决的日历时长：中位数、均值、第 90 百分位（最近秩法）",
    ),
    "handling_service": Words(
        "the same, counting only Monday to Friday, 08:00 to 18:00, holidays included",
        "同上，仅计周一至周五 08:00 至 18:00（不扣除节假日）",
    ),
}
"""Figure → how it is counted."""


class Spread(NamedTuple):
    """How times are spread, in hours; None where there are none."""

    tickets: int
    median: float | None
    mean: float | None
    p90: float | None


class Share(NamedTuple):
    """So many of so many."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Per cent; None of nothing."""
        return 100 * self.numerator / self.denominator if self.denominator else None


class Handling(NamedTuple):
    """The figures of one period and scope. None: the log lacks the column."""

    period: Period
    scope: Scope
    opened: int
    resolved: int
    closed: int | None
    resolution: Share
    resolved_in_period: Share
    reopened: Share
    reassignments: Mapping[int, int] | None
    """Reassignment count → tickets, ascending."""
    calendar: Spread
    service: Spread

    @property
    def empty(self) -> bool:
        """Nothing was opened, resolved or closed."""
        return not (self.opened or self.resolved or self.closed)


def spread(seconds: Iterable[int]) -> Spread:
    """Median, mean and 90th percentile (nearest rank) of some times, in hours, each rounded but once."""
    times = sorted(seconds)
    count = len(times)
    if not count:
        return Spread(0, None, None, None)
    middle = times[(count - 1) // 2] + times[count // 2]
    rank = -(-9 * count // 10)
    return Spread(count, middle / 7200, sum(times) / (3600 * count), times[rank - 1] / 3600)


def closed_tickets() -> Indicator[TicketFact]:
    """Tickets closed in the period, whoever resolved them."""
    definition = Definition(
        CLOSED, "R-E12", "Closed", "关闭", "tickets", "closed", "resolver", {}, None, None, "up"
    )
    made: Indicator[TicketFact] = definition.indicator({})
    return made


def handlings(
    tickets: Iterable[Ticket], scores: Sequence[Score], hours: ServiceHours, columns: Iterable[str]
) -> list[Handling]:
    """The figures of every period and scope of the scores, in their order.

    ``scores`` must hold `OPENED`, `RESOLVED` and `CLOSED` with their lists; ``columns`` are our words of the
    log's columns.
    """
    by_id = {ticket.sys_id: ticket for ticket in tickets}
    calendar, service, again = {}, {}, set()
    for ticket in by_id.values():
        ended = ticket.ended_at
        if ended is not None:
            calendar[ticket.sys_id] = ended - ticket.opened_at
            service[ticket.sys_id] = hours.elapsed(ticket.opened_at, ended)
            if life.reopened(ticket):
                again.add(ticket.sys_id)
    lists: dict[tuple[Period, Scope], dict[str, tuple[str, ...]]] = {}
    for score in scores:
        if score.indicator in (OPENED, RESOLVED, CLOSED):
            lists.setdefault((score.period, score.scope), {})[score.indicator] = score.denominator
    known = frozenset(columns)
    found = []
    for (period, scope), some in lists.items():
        opened, resolved, closed = (some.get(name, ()) for name in (OPENED, RESOLVED, CLOSED))
        ends = [by_id[one].ended_at for one in opened]
        found.append(
            Handling(
                period,
                scope,
                len(opened),
                len(resolved),
                len(closed),
                Share(sum(one in calendar for one in opened), len(opened)),
                Share(sum(end is not None and end < period.end for end in ends), len(opened)),
                Share(sum(one in again for one in resolved), len(resolved)),
                _distribution(by_id, resolved) if "reassignment_count" in known else None,
                spread(calendar[one] for one in resolved),
                spread(service[one] for one in resolved),
            )
        )
    return found


def _distribution(by_id: Mapping[str, Ticket], ids: Iterable[str]) -> dict[int, int]:
    return dict(sorted(Counter(by_id[one].reassignment_count for one in ids).items()))
