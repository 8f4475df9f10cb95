"""Where the limits of a ticket stand: the clocks that `sla_timer` reads."""

from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

from connector.ticket import Instant

Pauses = Sequence[tuple[Instant, Instant]]

RUNNING, PAUSED, WARNED, BREACHED, MET, MISSED = "running", "paused", "warned", "breached", "met", "missed"
_STATES = (MET, MISSED, PAUSED, RUNNING, WARNED, BREACHED)
"""Of two the later one speaks: what still runs before what has ended, the worse before the better."""
WORST = {
    (one, other): max((each for each in (one, other) if each is not None), key=_STATES.index, default=None)
    for one, other in product((None, *_STATES), repeat=2)
}
"""What the column ``clock`` says of the states of both limits, None for one there is not."""


class TargetClock(NamedTuple):
    """One limit of one ticket at one moment."""

    target: Literal["response", "resolution"]
    started: Instant
    budget: int
    """Seconds of service."""
    state: str
    """``running``, ``paused``, ``warned``, ``breached`` (open and late), ``met`` or ``missed`` (ended)."""
    due: Instant | None
    """The last instant that is in time; None while a pause keeps it from being known."""
    ended: Instant | None
    """When it was responded to or resolved."""
    pauses: Pauses
    """Stretches cut out of the service hours, those still lasting left out."""
    paused_since: Instant | None
    level: float
    """The highest share of `warn_at` that is used up, 0.0 for none."""
    next_at: Instant | None
    """When the state will change by itself."""

    @property
    def in_time(self) -> bool | None:
        """Kept or not; None while that is open. A limit that has passed unanswered is not kept."""
        if self.state == MET:
            return True
        return False if self.state in (MISSED, BREACHED) else None


class SlaClock(NamedTuple):
    """Both limits of a ticket; None where the policy sets none, or it cannot be told."""

    response: TargetClock | None
    resolution: TargetClock | None

    @property
    def responded_in_time(self) -> bool | None:
        """R-E3; None while that is open, or without a response limit."""
        return self.response.in_time if self.response is not None else None

    @property
    def resolved_in_time(self) -> bool | None:
        """R-E6; None while that is open, or without a resolution limit."""
        return self.resolution.in_time if self.resolution is not None else None

    @property
    def state(self) -> str | None:
        """What the column ``clock`` says: the worst of the limits that still run, else how they ended."""
        return WORST[self.response and self.response.state, self.resolution and self.resolution.state]
