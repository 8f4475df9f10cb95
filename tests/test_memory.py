"""The collector is held back, and let go again."""

import gc
from weakref import ref

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


@pytest.mark.parametrize("every", [0, 10_000])
def test_what_was_there_before_is_not_gone_through(every: int) -> None:
    """Until the end; then it is looked at as ever."""
    before = [[number] for number in range(10)]
    with undisturbed(every):
        young = {id(one) for one in gc.get_objects()}
        assert not any(id(one) in young for one in before)
    assert gc.get_freeze_count() == 0
    assert {id(one) for one in before} <= {id(one) for one in gc.get_objects(generation=2)}


def test_what_was_made_meanwhile_counts_as_old_and_rubbish_is_still_found() -> None:
    """The end sets off no walk through all that was made; what is nobody's goes with the next full one."""

    class Node:
        own: "Node"

    with undisturbed():
        kept = [[number] for number in range(2000)]
        rubbish = Node()
        rubbish.own = rubbish
        gone = ref(rubbish)
        del rubbish
    assert gc.get_count()[0] < 700
    old = {id(one) for one in gc.get_objects(generation=2)}
    assert all(id(one) in old for one in kept)
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert gone() is None
