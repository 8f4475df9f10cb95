"""How the daemon is, as values: counted by its passes, read by `health` from another thread."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.ticket import Instant

BOUNDS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""Upper bounds in seconds by which the time of passes is counted."""
LATE = 5
"""Intervals without a good pass after which something is wrong."""


def late_after(every: int) -> int:
    """Seconds without a good pass after which something is wrong; passes are ``every`` seconds apart."""
    return max(LATE * every, 300)


@dataclass
class Vital:
    """Counts since the start, and what the last pass left."""

    every: int
    """Seconds between passes."""
    last_good: Instant | None = None
    last: Instant | None = None
    trouble: str = ""
    passes: Counter[str] = field(default_factory=Counter)
    """``ok`` and ``failed`` → how many."""
    writes: Counter[str] = field(default_factory=Counter)
    """What became of a change (written, forbidden, in doubt, …) → how many."""
    judged: int = 0
    seconds: float = 0.0
    """That all passes together took."""
    within: Counter[float] = field(default_factory=Counter)
    """Bound of `BOUNDS` → passes that took no longer; cumulative."""
    quarantined: int = 0
    in_doubt: int = 0
    """Changes of the last pass."""
    held: int = 0
    """What waits for a person: policies at the brake, conflicts, full marks columns."""
    refused: tuple[str, ...] = ()
    """Columns that the instance does not take from us."""
    halt: str = ""
    """``brake``: nothing is written; ``pause``: nothing is asked; because somebody wants it so."""
    settings: str = ""
    """Digest of those in force."""
    reload_failed: str = ""
    """Why the file on disk is not in force, or empty."""
    condition: Callable[[], Mapping[str, Any] | None] = lambda: None
    """Figures of the gateway at this moment."""

    def passed(self, at: Instant, took: float, trouble: str) -> None:
        """A pass ended."""
        self.passes["failed" if trouble else "ok"] += 1
        self.last, self.trouble = at, trouble
        if not trouble:
            self.last_good = at
        self.seconds += took
        for bound in BOUNDS:
            if took <= bound:
                self.within[bound] += 1

    def lag(self, now: Instant) -> int | None:
        """Seconds behind the instance: what was changed before then has been judged. None: nothing yet."""
        return None if self.last_good is None else max(0, now - self.last_good)

    def ready(self, now: Instant) -> bool:
        """A pass went through, and not long ago; or none is wanted."""
        lag = self.lag(now)
        return self.halt == "pause" or (lag is not None and lag <= late_after(self.every))
