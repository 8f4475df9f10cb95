"""When the refresh jobs looked last, against jobs that are run one after the other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox.sla.refresh import last_look

MINUTE, HOUR, DAY = 60, 3600, 86400
BREACH = 1_700_442_000  # 2023-11-20 01:00:00 UTC


def every(ahead: int) -> int:
    """How often a level is looked at whose breach is so many seconds ahead (behind if not positive)."""
    if ahead <= 0:
        return DAY
    limits_of = [(10 * MINUTE, MINUTE), (HOUR, 10 * MINUTE), (DAY, HOUR), (30 * DAY, DAY)]
    return next((often for limit, often in limits_of if ahead <= limit), 5 * DAY)


@limits(max_examples=60, deadline=None)
@given(st.integers(-3 * DAY, 2 * DAY), st.integers(0, 59), st.integers(0, DAY))
def test_the_last_look_is_the_last_minute_at_which_a_job_ran(ahead: int, second: int, off: int) -> None:
    """Going back minute by minute until one whose job ran on it."""
    breach = BREACH + off
    now = breach - ahead
    now += second - now % MINUTE
    tick = now - now % MINUTE
    while tick % every(breach - tick):
        tick -= MINUTE
    assert last_look(breach, now) == tick


@pytest.mark.parametrize("ahead", [31 * DAY, 90 * DAY])
def test_far_from_the_breach_it_is_every_fifth_day(ahead: int) -> None:
    """On days counted from 1970, as the sandbox has it."""
    now = BREACH - ahead
    seen = {last_look(BREACH, now + more * HOUR) or 0 for more in range(-24 * 20, 1)}
    assert {later - earlier for earlier, later in pairwise(sorted(seen))} == {5 * DAY}


def test_a_year_after_the_breach_nobody_looks() -> None:
    """The last look is within the year."""
    late = last_look(BREACH, BREACH + 800 * DAY)
    assert late is not None
    assert BREACH + 364 * DAY < late <= BREACH + 365 * DAY
