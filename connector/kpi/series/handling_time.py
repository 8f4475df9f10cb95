"""How long resolved tickets took, and how many of them within their limit (R-C3, R-E6), by fault class."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period
from connector.ticket import FaultClass

BOUNDS: tuple[tuple[int, str], ...] = (
    (900, "15 m"),
    (1800, "30 m"),
    (3600, "1 h"),
    (2 * 3600, "2 h"),
    (4 * 3600, "4 h"),
    (8 * 3600, "8 h"),
    (86400, "1 d"),
    (3 * 86400, "3 d"),
    (7 * 86400, "7 d"),
)
"""Upper bounds of the buckets, inclusive, seconds round the clock; a last bucket holds what is longer."""

_EDGES = tuple(seconds for seconds, _ in BOUNDS)


class Bucket(NamedTuple):
    """Tickets that took about as long."""

    label: str
    """``≤ 4 h``, ``> 7 d``."""
    kept: int
    late: int
    unlimited: int
    """No limit applies to them."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.kept + self.late + self.unlimited


class HandlingTime(NamedTuple):
    """One fault class in one period."""

    fault_class: FaultClass
    buckets: tuple[Bucket, ...]
    median: int | None
    """Seconds: the shortest time that at least half did not pass; None without tickets."""
    ninth: int | None
    """Seconds: the same for nine of ten."""

    @property
    def total(self) -> int:
        """Tickets of the class that were resolved in the period."""
        return sum(bucket.total for bucket in self.buckets)


def handling_times(facts: Iterable[TicketFact], period: Period) -> tuple[HandlingTime, ...]:
    """Tickets whose work ended in the period, from opening to end round the clock; urgent first.

    The time is absolute; whether the limit was kept is judged in service hours, so a long time can be kept.
    """
    found: dict[FaultClass, list[tuple[int, bool | None]]] = {kind: [] for kind in reversed(FaultClass)}
    for fact in facts:
        ended = fact.ticket.ended_at
        if ended is not None and ended in period:
            found[fact.ticket.fault_class].append(
                (max(0, ended - fact.ticket.opened_at), fact.resolved_in_time)
            )
    return tuple(_of_class(kind, some) for kind, some in found.items())


def _of_class(kind: FaultClass, some: list[tuple[int, bool | None]]) -> HandlingTime:
    counts = [[0, 0, 0] for _ in range(len(BOUNDS) + 1)]
    for seconds, in_time in some:
        counts[bisect_left(_EDGES, seconds)][2 if in_time is None else 0 if in_time else 1] += 1
    labels = [f"≤ {label}" for _, label in BOUNDS] + [f"> {BOUNDS[-1][1]}"]
    times = sorted(seconds for seconds, _ in some)
    return HandlingTime(
        kind,
        tuple(Bucket(label, *three) for label, three in zip(labels, counts, strict=True)),
        _rank(times, 50),
        _rank(times, 90),
    )


def _rank(times: list[int], per_cent: int) -> int | None:
    """The nearest rank: the first of the sorted times that ``per_cent`` of them do not pass."""
    return times[-(-per_cent * len(times) // 100) - 1] if times else None
