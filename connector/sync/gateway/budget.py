"""The rate budget that all requests share, writes first.

Three limits, of which the narrowest holds. *Ours*: so many requests a minute, as the configuration says; a
bucket that fills evenly and holds a minute's worth. *The instance's*: a rate rule tells its limit for the
hour and when the hour ends (X-RateLimit-Limit and -Reset; there is no header that tells what is left, so we
count). *A closure*: a 429 said when to come back.

Writes first: reads leave a part of each for the writes, which is what the reads are for. Times come from
outside, in seconds of a clock that never goes back (docs/decisions/0013-traffic.md).
"""

from typing import NamedTuple

KEPT = 0.25
"""Part of our own budget that reads leave for writes."""
KEPT_OF_HOUR = 0.1
"""Part of the instance's limit that reads leave for writes."""
LONGEST_CLOSURE = 3600.0
"""Seconds: rate rules count by the hour; nothing longer is believed of a header."""


class Budget:
    """``per_minute``: requests, None for no limit of ours."""

    def __init__(self, per_minute: int | None = None) -> None:
        self.per_minute = per_minute
        self._tokens = float(per_minute or 0)
        self._filled_at = 0.0
        self._closed_until = 0.0
        self._hours: dict[str, Hour] = {}

    def wait(self, at: float, *, write: bool) -> float:
        """Seconds until this request may go out; 0: now. It is not taken yet: see `take`."""
        waits = [self._closed_until - at, self._own_wait(at, write=write)]
        if not write:  # whether there is room for a write, the instance says itself
            waits += [hour.ends_at - at for hour in self._hours.values() if hour.used >= hour.for_reads]
        return max(0.0, *waits)

    def take(self, at: float) -> None:
        """A request goes out."""
        if self.per_minute is not None:
            self._tokens = self.left(at) - 1
            self._filled_at = at

    def left(self, at: float) -> float:
        """Requests that our own budget has now; 0 where there is none."""
        if self.per_minute is None:
            return 0.0
        grown = self._tokens + max(0.0, at - self._filled_at) * self.per_minute / 60
        return min(float(self.per_minute), grown)

    def told(self, at: float, rule: str, limit: int, seconds: float) -> None:
        """An answer that a rate rule counted: the rule's limit, and in how many seconds its hour ends."""
        known = self._hours.get(rule)
        ends_at = at + min(max(0.0, seconds), LONGEST_CLOSURE)
        used = known.used + 1 if known is not None and at < known.ends_at else 1
        self._hours[rule] = Hour(limit, used, ends_at)

    def close(self, at: float, seconds: float) -> None:
        """A 429 said to come back in so many seconds; at most an hour is believed."""
        self._closed_until = max(self._closed_until, at + min(max(0.0, seconds), LONGEST_CLOSURE))

    def closed_for(self, at: float) -> float:
        """Seconds for which the instance has asked to be left alone."""
        return max(0.0, self._closed_until - at)

    def hour(self, at: float) -> "Hour | None":
        """The instance's rate rule with the least left, if one is counting."""
        counting = [hour for hour in self._hours.values() if at < hour.ends_at]
        return min(counting, key=lambda hour: hour.limit - hour.used, default=None)

    def _own_wait(self, at: float, *, write: bool) -> float:
        if self.per_minute is None:
            return 0.0
        needed = 1.0 if write else 1.0 + int(self.per_minute * KEPT)
        return max(0.0, needed - self.left(at)) * 60 / self.per_minute


class Hour(NamedTuple):
    """A rate rule of the instance in its present hour."""

    limit: int
    """Requests an hour."""
    used: int
    """Of these by us, as far as we know: since the first answer that told of the rule."""
    ends_at: float

    @property
    def for_reads(self) -> int:
        """Requests after which reads wait for the next hour."""
        return self.limit - int(self.limit * KEPT_OF_HOUR)
