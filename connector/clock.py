"""The clock: the only place that reads the time of day.

Instants are whole seconds since 1970 in UTC, as everywhere inside the connector; the platform's own
stamps have the same grain (`sys_updated_on` has one-second granularity).
"""

import time
from typing import Protocol


class Clock(Protocol):
    """What the shell needs to know about time."""

    def now(self) -> int:
        """Seconds since 1970, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for measuring how long something took."""
        ...

    def wait(self, seconds: float) -> None:
        """Let so many seconds go by."""
        ...


class SystemClock:
    """The host's clock."""

    def now(self) -> int:
        """Seconds since 1970, UTC."""
        return int(time.time())

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(max(0.0, seconds))


class SimulatedClock:
    """A clock that stands still until told otherwise: for the demo, rehearsals and tests."""

    def __init__(self, start: int) -> None:
        self._now = start
        self._gone = 0.0
        self._owed = 0.0

    def now(self) -> int:
        """The simulated instant, seconds since 1970, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Simulated seconds that went by, however often the time of day was set back."""
        return self._gone + self._owed

    def wait(self, seconds: float) -> None:
        """Move on by ``seconds``; parts of a second are kept until they make a whole one."""
        self._owed += max(0.0, seconds)
        whole = int(self._owed)
        self._owed -= whole
        self.advance(whole)

    def advance(self, seconds: int) -> int:
        """Move on by ``seconds`` and say what time it is then."""
        self.set(self._now + seconds)
        return self._now

    def set(self, instant: int) -> None:
        """Move to ``instant``; going back is allowed, clocks do."""
        self._gone += max(0, instant - self._now)
        self._now = instant
