"""Nothing is lost when the instance's clock is wrong, jumps or is set back."""

import pytest

from connector.errors import Retriable
from connector.sandbox import Fault
from connector.sync import poll as polling
from tests.sync.conftest import NOON, Bench


def test_the_cursor_stays_behind_the_instance_s_clock(bench: Bench) -> None:
    """However new the rows, the cursor is a lag behind the instance's time, whatever ours says."""
    bench.opens(3)
    assert bench.poll().cursor == NOON - polling.LAG
    bench.faults.add(Fault.clock_offset(-1000))
    assert bench.poll().cursor == NOON - 1000 - polling.LAG
    assert bench.store.cursor("incident") == NOON - 1000 - polling.LAG


def test_a_clock_that_ran_ahead_is_forgiven(bench: Bench) -> None:
    """An instance whose clock was wrong for a while does not lead the cursor past the rows that follow."""
    bench.now += 86_400
    bench.opens(2)
    bench.poll()
    bench.now -= 86_400
    bench.poll()
    bench.opens(1)
    bench.poll()
    assert bench.mirrored() == bench.real()


def test_what_is_written_right_after_the_clock_was_set_back(bench: Bench) -> None:
    """Its stamp is older than what was read before, and older than the overlap when the next poll comes."""
    bench.ahead = 1800
    [ticket] = bench.opens(1)
    bench.poll()
    bench.ahead = 0
    bench.now += 10
    bench.touches(ticket)
    bench.now += 290
    bench.opens(1)
    bench.poll()
    assert bench.mirrored() == bench.real()
    assert bench.poll().pages == 1  # and it is over


def test_a_clock_set_back_during_an_outage(bench: Bench) -> None:
    """The instance's time is past the cursor again when the next poll comes; what it missed is read."""
    bench.ahead = 1800
    bench.opens(2)
    bench.poll()
    bench.ahead = 0
    late = bench.opens(1)
    bench.now += 7200
    bench.poll()
    assert late[0] in bench.mirrored()


def test_a_poll_that_breaks_off_leaves_the_wider_window_to_the_next(bench: Bench) -> None:
    """The clock is believed to have gone back until everything from then on has been read."""
    bench.ahead = 1800
    bench.opens(2)
    bench.poll()
    bench.ahead = 0
    bench.opens(3)
    bench.now += 300
    broken = bench.rest.served + 3
    bench.faults.add(Fault.server_error(), when=lambda call: call.nth >= broken)
    with pytest.raises(Retriable):
        bench.poll(page=1)
    bench.faults.clear()
    bench.poll(page=1)
    assert bench.mirrored() == bench.real()


def test_a_clock_that_jumps_ahead_in_a_poll_that_breaks_off(bench: Bench) -> None:
    """The cursor may have moved by the wrong clock, so that the way back counts from there."""
    bench.opens(1)
    bench.poll()
    bench.ahead = 1800
    bench.opens(2)
    broken = bench.rest.served + 2
    bench.faults.add(Fault.server_error(), when=lambda call: call.nth >= broken)
    with pytest.raises(Retriable):
        bench.poll(page=2)
    bench.faults.clear()
    bench.ahead = 0
    bench.now += 10
    bench.opens(1)
    bench.now += 290
    bench.poll(page=1)
    assert bench.mirrored() == bench.real()


def test_a_row_from_the_future_and_answers_that_tell_a_later_time(bench: Bench) -> None:
    """What is written now has an older stamp than either says; our own clock keeps the cursor behind it."""
    bench.ahead = 1800
    [ahead] = bench.opens(1)
    bench.poll()
    bench.ahead = 0
    bench.faults.add(Fault.clock_offset(300), times=None)
    bench.poll()
    bench.touches(ahead)
    bench.now += 60
    bench.poll()
    assert bench.mirrored() == bench.real()
