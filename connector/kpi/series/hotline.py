"""Calls by the hour of the day and how many of them were answered (R-E2, R-C5)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.kpi.catalogue import UNANSWERED_AFTER
from connector.kpi.period import Period
from connector.ticket import Call, Instant


class Hour(NamedTuple):
    """An hour of the day, over all days of the period."""

    hour: int
    """0 to 23, in the desk's zone."""
    answered: int
    lost: int

    @property
    def rung(self) -> int:
        """All calls."""
        return self.answered + self.lost

    @property
    def rate(self) -> float | None:
        """Per cent answered; None where nobody rang."""
        return 100 * self.answered / self.rung if self.rung else None


def by_hour(calls: Iterable[Call], period: Period, zone: ZoneInfo, now: Instant) -> tuple[Hour, ...]:
    """Twenty-four hours; a call that may yet be answered at ``now`` (seconds UTC) is left out, as in R-E2."""
    answered, lost = [0] * 24, [0] * 24
    for call in calls:
        if call.opened_at not in period:
            continue
        if not call.answered and call.closed_at is None and call.opened_at + UNANSWERED_AFTER > now:
            continue
        hour = datetime.fromtimestamp(call.opened_at, UTC).astimezone(zone).hour
        (answered if call.answered else lost)[hour] += 1
    return tuple(Hour(hour, answered[hour], lost[hour]) for hour in range(24))
