"""A second opinion: where the instance's own `task_sla` says something else than a policy's clock, and the
likely cause (R-C3). Read for `explain` and never written to.

The rows are told by the name of their definition and not by their `sys_id`: a repair makes them anew.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.instant import known_instant
from connector.reconcile.world import World
from connector.rules.base import Moment
from connector.rules.sla_timer import SlaTimer
from connector.rules.target_clock import TargetClock
from connector.sync.gateway import term
from connector.sync.row import Row
from connector.ticket import Instant, Ticket

FIELDS = (
    "sys_id", "stage", "active", "has_breached", "start_time", "planned_end_time", "pause_duration",
    "timezone", "sla.name", "sla.target", "sla.duration", "sla.schedule.name",
)  # fmt: skip
TOLERANCE = 60
"""Seconds by which two due times may differ and still be the same: the platform counts in its own ticks."""
_DEAD = "cancelled"


@dataclass(frozen=True)
class NativeLevels:
    """The rows of `task_sla` of one ticket."""

    rows: Sequence[Row]

    @classmethod
    def of(cls, world: World, ticket: Ticket) -> "NativeLevels":
        """Read them now. Raises what `Gateway` raises."""
        query = "^".join((term("task", "=", ticket.sys_id), "ORDERBYstart_time"))
        return cls(world.gateway.page("task_sla", query, FIELDS, limit=50).rows)

    def compared(self, policy: SlaTimer, ticket: Ticket, at: Moment) -> Iterator[str]:
        """Lines for `explain`: each row of the same kind as a limit of the policy beside that limit."""
        live = [row for row in self.rows if row.get("stage") != _DEAD]
        for name, times in Counter(
            row.get("sla.name", "") for row in live if row.get("active") == "true"
        ).items():
            if times > 1:
                yield f"task_sla: {name} is attached {times} times at once (KB0541990)"
        hours = at.hours[policy.service_hours]
        for ours in policy.clock(ticket, at):
            if ours is None:
                continue
            theirs = [row for row in live if row.get("sla.target", "") == ours.target]
            if not theirs:
                yield f"task_sla: the instance has no {ours.target} level for this ticket"
            for row in theirs:
                due = ours.due if ours.due is not None else hours.add(ours.started, ours.budget, ours.pauses)
                yield _line(row, ours, due, policy.service_hours, hours.zone.key, at)


def _line(row: Row, ours: TargetClock, due: Instant, name: str, zone: str, at: Moment) -> str:
    said = f"task_sla {row.get('sla.name', '')}: "
    planned = known_instant(row.get("planned_end_time", ""))
    if row.get("stage") == "paused" or ours.paused_since is not None:
        if (row.get("stage") == "paused") == (ours.paused_since is not None):
            return f"{said}paused, as here"
        only = "there and not here" if row.get("stage") == "paused" else "here and not there"
        return f"{said}paused {only}: its pause condition names other hold reasons than pause_on"
    if planned is None:
        return f"{said}no planned end"
    apart = planned - due
    if abs(apart) <= TOLERANCE:
        breached, late = row.get("has_breached") == "true", at.now > planned and ours.ended is None
        stale = late and not breached
        return f"{said}the same due time" + (", but has_breached is not refreshed yet" if stale else "")
    way = "later" if apart > 0 else "earlier"
    return f"{said}due {at.wording.time(planned)}, {abs(apart) // 60} min {way} than here; " + "; ".join(
        _causes(row, ours, name, zone)
    )


def _causes(row: Row, ours: TargetClock, name: str, zone: str) -> list[str]:
    """What differs between the two, the likeliest first."""
    found = []
    limit = _seconds(row.get("sla.duration", ""))
    if limit is not None and limit != ours.budget:
        found.append(f"its limit is {limit // 60} min, here {ours.budget // 60} min")
    started = known_instant(row.get("start_time", ""))
    if started is not None and abs(started - ours.started) > TOLERANCE:
        found.append(
            "it starts when its condition was met, here at the opening (without retroactive start)"
            if started > ours.started
            else "it starts before the opening"
        )
    schedule = row.get("sla.schedule.name", "")
    if not schedule:
        found.append(f"it has no schedule and counts day and night, here {name}")
    if (theirs := row.get("timezone", "")) and theirs != zone:
        found.append(f"its time zone is {theirs}, here {zone}")
    paused = _seconds(row.get("pause_duration", "")) or 0
    held = sum(end - start for start, end in ours.pauses)
    if abs(paused - held) > TOLERANCE:
        found.append(f"it paused {paused // 60} min, here {held // 60} min (retroactive pause, hold reasons)")
    if not found:
        found.append(
            f"its schedule {schedule} has other hours or holidays than {name}, or it is not refreshed"
        )
    return found


def _seconds(text: str) -> int | None:
    """A duration, which the platform writes as an instant after 1970-01-01 00:00:00."""
    return known_instant(text)
