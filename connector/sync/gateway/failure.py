"""What is known of a request that failed, finer than the consequence in `connector.errors` tells.

Whether a request may be sent a second time depends on whether the first one can have taken effect.
"""

from connector.errors import Throttled, TimedOut, Unavailable


class Unsent(TimedOut):
    """Nothing left this host: nobody listens, the name is not known, the connection could not be made."""


class Declined(Unavailable):
    """503 with Retry-After: the instance says that it did nothing, and when to come back (seconds)."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Exhausted(Unavailable):
    """The instance did its work and gave up: its quota ended it, or the answer is larger than we take.

    The same question has the same end; a smaller one may go through.
    """


class Resting(Throttled):
    """The breaker is open: nothing was sent. ``retry_after``: until the instance is asked again."""
