"""The circuit breaker: an instance in trouble is left alone for a while, then asked once.

    closed ── so many failures in a row ──▶ open ── the rest is over ──▶ half-open
      ▲                                      ▲                             │  │
      └────────────── it answers ────────────┼─────────────────────────────┘  │
                                             └──────── it does not ───────────┘

A value and its transitions; times come from outside, in seconds of a clock that never goes back. The rest is
shorter than the usual interval of passes, so that an outage costs one request a pass and no deadline is
noticed later than the outage and one poll (docs/decisions/0013-traffic.md).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

FAILURES = 5
"""In a row."""
REST = 30.0
"""Seconds."""


class State(StrEnum):
    """What the breaker lets through."""

    CLOSED = "closed"
    """Everything."""
    OPEN = "open"
    """Nothing."""
    HALF_OPEN = "half-open"
    """One request; what becomes of it decides."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """``failures``: in a row so far. ``rests_until``: None while it is closed. ``probing``: one is out."""

    most: int = FAILURES
    rest: float = REST
    failures: int = 0
    rests_until: float | None = None
    probing: bool = False

    def state(self, at: float) -> State:
        """What it lets through at this time."""
        if self.rests_until is None:
            return State.CLOSED
        return State.OPEN if at < self.rests_until else State.HALF_OPEN

    def wait(self, at: float) -> float:
        """Seconds until a request may go out; 0: now. While a probe is out it is a whole rest."""
        if self.rests_until is None:
            return 0.0
        return self.rest if self.probing else max(0.0, self.rests_until - at)

    def sent(self, at: float) -> "Breaker":
        """A request goes out; in the half-open state it is the probe."""
        return replace(self, probing=True) if self.state(at) is State.HALF_OPEN else self

    def succeeded(self) -> "Breaker":
        """The instance answered, whatever it said: closed."""
        if self.failures == 0 and self.rests_until is None:
            return self
        return replace(self, failures=0, rests_until=None, probing=False)

    def failed(self, at: float) -> "Breaker":
        """No answer, or one that no instance in order gives."""
        failures = self.failures + 1
        if self.probing or failures >= self.most:
            return replace(self, failures=failures, rests_until=at + self.rest, probing=False)
        return replace(self, failures=failures)
