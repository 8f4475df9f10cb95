"""What is asked a second time, and after which pause.

A read may be repeated whatever became of it. A write only where it is known not to have happened: nothing
was sent, or the instance said that it did nothing (429, 503 with Retry-After). A write without a usable
answer is never sent again here: it is in doubt until its record has been read (`connector.sync.apply`).
"""

from collections.abc import Iterator
from hashlib import blake2b

from connector.errors import GatewayError, Throttled, TimedOut, Unavailable
from connector.sync.gateway.failure import Declined, Exhausted, Resting, Unsent

TRIES = 4
"""Of one call, the first one counted."""
FIRST = 0.5
"""Seconds before the second try; doubled with each."""


def may_repeat(error: GatewayError, *, write: bool) -> bool:
    """Whether sending it again can neither do harm nor be of no use."""
    if isinstance(error, Resting | Exhausted):
        return False
    if write:
        return isinstance(error, Throttled | Unsent | Declined)
    return isinstance(error, Throttled | Unavailable | TimedOut)


def pause(error: GatewayError, tries: int, dice: float) -> float:
    """Seconds before the next try, ``tries`` having been made; ``dice`` from 0 to 1.

    Never shorter than the instance asked for; else doubled from try to try, half of it by the dice, so that
    clients that were cut off together do not come back together.
    """
    backing_off = FIRST * 2.0 ** (tries - 1) * (0.5 + dice / 2)
    asked = getattr(error, "retry_after", None)
    return backing_off if asked is None else float(asked) + dice


def dice(seed: str) -> Iterator[float]:
    """Numbers from 0 to 1 by a keyed hash: spread between clients, the same in every run of one."""
    key = blake2b(seed.encode(), digest_size=32).digest()
    number = 0
    while True:
        number += 1
        digest = blake2b(number.to_bytes(8), key=key, digest_size=4).digest()
        yield int.from_bytes(digest) / 0xFFFF_FFFF
