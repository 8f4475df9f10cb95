"""The budget as a state machine: times passed in, no instance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.gateway.budget import KEPT, LONGEST_CLOSURE, Budget

asks = st.lists(st.tuples(st.booleans(), st.floats(0, 20)), max_size=80)


@given(st.integers(10, 600), asks)
def test_never_more_than_the_budget_and_never_for_ever(
    per_minute: int, asked: list[tuple[bool, float]]
) -> None:
    """In any stretch of time no more than a minute's burst and what filled up since; what has to wait goes
    out after exactly the time it was told, and that is short.
    """
    budget, at = Budget(per_minute), 1000.0
    out: list[float] = []
    for write, gap in asked:
        at += gap
        wait = budget.wait(at, write=write)
        assert wait <= 60 * (KEPT + 1 / per_minute) + 1e-6
        at += wait + 1e-6
        assert budget.wait(at, write=write) == pytest.approx(0, abs=1e-4)
        budget.take(at)
        out.append(at)
        assert budget.left(at) >= -1e-3
    for index, first in enumerate(out):
        for number, last in enumerate(out[index:], 1):
            assert number <= per_minute + (last - first) * per_minute / 60 + 1e-3


@given(st.integers(10, 600), st.integers(1, 700))
def test_writes_find_room_when_reads_have_taken_all_they_may(per_minute: int, reads: int) -> None:
    """However much is read, a write goes out at once, and it never waits longer than a read."""
    budget = Budget(per_minute)
    for _ in range(reads):
        if budget.wait(0, write=False) == 0:
            budget.take(0)
    assert budget.wait(0, write=True) == 0
    assert budget.wait(0, write=True) <= budget.wait(0, write=False)
    assert budget.left(0) >= int(per_minute * KEPT)


def test_without_a_limit_nothing_waits() -> None:
    """No budget of ours: any number, at once."""
    budget = Budget()
    for _ in range(1000):
        assert budget.wait(0, write=False) == 0
        budget.take(0)


def test_what_the_instance_told_holds_for_reads() -> None:
    """Reads end before the rate rule's limit, writes may try; the next hour begins anew."""
    budget = Budget()
    for _ in range(90):
        assert budget.wait(100, write=False) == 0
        budget.told(100, "rule", 100, 600)
    assert budget.wait(100, write=False) == 600
    assert budget.wait(100, write=True) == 0
    hour = budget.hour(100)
    assert hour is not None
    assert (hour.limit, hour.used) == (100, 90)
    assert budget.wait(700, write=False) == 0
    assert budget.hour(700) is None
    budget.told(700, "rule", 100, 3600)
    assert budget.hour(700).used == 1  # type: ignore[union-attr]


def test_each_rule_has_its_own_count() -> None:
    """The batch's rule does not use up the table's."""
    budget = Budget()
    for _ in range(5):
        budget.told(0, "batch", 100, 60)
    budget.told(0, "table", 5, 60)
    assert budget.hour(0) == (5, 1, 60)


@given(st.floats(0, 1e9), st.booleans())
def test_a_closure_is_honoured_up_to_an_hour(seconds: float, write: bool) -> None:
    """Nothing goes out before, writes neither; a header that says more than an hour is not believed."""
    budget = Budget()
    budget.close(50, seconds)
    budget.close(50, 1)
    assert budget.wait(50, write=write) == pytest.approx(min(max(seconds, 1), LONGEST_CLOSURE))
    assert budget.closed_for(50 + LONGEST_CLOSURE) == 0
