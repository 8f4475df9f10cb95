"""The collector is held back, and let go again."""

import gc

import pytest

from connector.memory import undisturbed


@pytest.mark.parametrize("every", [0, 10_000])
def test_it_looks_as_seldom_as_told_and_as_before_afterwards(every: int) -> None:
    """Also where it ends in an error, and one within another."""
    before = gc.get_threshold()
    with pytest.raises(KeyError), undisturbed(every):
        assert gc.get_threshold()[0] == every
        with undisturbed():
            assert gc.get_threshold()[0] == 0
        assert gc.get_threshold()[0] == every
        raise KeyError
    assert gc.get_threshold() == before
