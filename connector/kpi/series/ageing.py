"""How old the open tickets are, by the tier that has them (R-A2 to R-A4)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from connector.kpi.indicator import TicketFact
from connector.ticket import OPEN_STATES, Group, Instant, Span, Ticket, Tier

DAY = 86400
BOUNDS: tuple[tuple[int, str], ...] = (
    (DAY, "< 1 d"),
    (3 * DAY, "1–3 d"),
    (7 * DAY, "3–7 d"),
    (14 * DAY, "7–14 d"),
    (30 * DAY, "14–30 d"),
)
"""Ages in seconds below which a ticket is in the bucket; a last one holds the older."""

_EDGES = tuple(seconds for seconds, _ in BOUNDS)
LABELS = (*(label for _, label in BOUNDS), "≥ 30 d")
TIERS: tuple[Tier | None, ...] = (*Tier, None)
"""The order of the parts; None: a group without a tier, or no group."""


class Age(NamedTuple):
    """Open tickets about as old."""

    label: str
    by_tier: tuple[int, ...]
    """In the order of `TIERS`."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_tier)


class Ageing(NamedTuple):
    """The open tickets at one moment."""

    at: Instant
    ages: tuple[Age, ...]
    oldest: int | None
    """Age of the oldest in seconds; None when nothing is open."""

    @property
    def total(self) -> int:
        """Open tickets."""
        return sum(age.total for age in self.ages)


def ageing(facts: Iterable[TicketFact], at: Instant, groups: Mapping[str, Group]) -> Ageing:
    """What was open at ``at`` (seconds UTC), by history where there is one."""
    counts = [[0] * len(TIERS) for _ in LABELS]
    oldest: int | None = None
    for fact in facts:
        ticket = fact.ticket
        if ticket.opened_at > at:
            continue
        span = _span_at(ticket, at)
        if not _open(ticket, span, at):
            continue
        age = at - ticket.opened_at
        oldest = age if oldest is None else max(oldest, age)
        counts[bisect_right(_EDGES, age)][TIERS.index(_tier(ticket, span, groups))] += 1
    ages = tuple(Age(label, tuple(row)) for label, row in zip(LABELS, counts, strict=True))
    return Ageing(at, ages, oldest)


def _span_at(ticket: Ticket, at: Instant) -> Span | None:
    found = None
    for span in ticket.spans:
        if span.start > at:
            break
        found = span
    return found


def _open(ticket: Ticket, span: Span | None, at: Instant) -> bool:
    if span is not None:
        return span.state in OPEN_STATES
    if ticket.is_open:
        return True
    ended = ticket.resolved_at if ticket.resolved_at is not None else ticket.closed_at
    return ended is not None and ended > at


def _tier(ticket: Ticket, span: Span | None, groups: Mapping[str, Group]) -> Tier | None:
    if span is not None and span.group and span.group in groups:
        return groups[span.group].tier
    return ticket.tier if span is None or span.end is None else None
