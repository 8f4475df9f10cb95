"""What is asked again, and when."""

from itertools import islice

import pytest

from connector.errors import (
    Forbidden,
    GatewayError,
    NotFound,
    Throttled,
    TimedOut,
    Unauthorised,
    Unavailable,
    WrongInstance,
)
from connector.sync.gateway.failure import Declined, Exhausted, Resting, Unsent
from connector.sync.gateway.retry import dice, may_repeat, pause


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (TimedOut("reset"), True, False),
        (Unavailable("500"), True, False),
        (Unsent("refused"), True, True),
        (Throttled("429", 3), True, True),
        (Declined("503", 3), True, True),
        (Exhausted("quota"), False, False),
        (Resting("open"), False, False),
        (Unauthorised("401"), False, False),
        (Forbidden("403"), False, False),
        (NotFound("404"), False, False),
        (WrongInstance("400"), False, False),
    ],
)
def test_a_write_in_doubt_is_never_repeated(error: GatewayError, read: bool, write: bool) -> None:
    """A write only where nothing can have happened; a read where it may help."""
    assert may_repeat(error, write=False) is read
    assert may_repeat(error, write=True) is write


def test_pauses_grow_and_never_undercut_what_was_asked() -> None:
    """Doubled from try to try within half of it; Retry-After is the least."""
    for throw in (0.0, 0.3, 1.0):
        pauses = [pause(TimedOut(""), tries, throw) for tries in (1, 2, 3)]
        assert pauses == sorted(pauses)
        assert pauses[0] >= 0.25
        assert pauses[2] <= 2.0
        assert 7 <= pause(Throttled("", 7), 1, throw) <= 8
        assert pause(Throttled("", None), 1, throw) == pauses[0]


def test_the_dice_are_spread_and_repeatable() -> None:
    """Two connectors do not come back together; one comes back as in the run before."""
    first, again, other = (list(islice(dice(seed), 200)) for seed in ("a", "a", "b"))
    assert first == again != other
    assert all(0 <= throw <= 1 for throw in first)
    assert 0.4 < sum(first) / 200 < 0.6
