"""The state model of changes: a way for each type, and the ways out of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.change_state import CANCELED, CLOSED, NEW, REVIEW, WAYS, check, may_follow
from connector.sandbox.error import Aborted

KINDS = st.sampled_from(sorted(WAYS))
STATES = st.sampled_from([*WAYS["normal"], CANCELED, "42"])


@given(KINDS)
def test_each_type_goes_its_whole_way(kind: str) -> None:
    """From New to Closed, one step after the other."""
    way = WAYS[kind]
    assert all(may_follow(kind, before, after) for before, after in pairwise(way))


@given(KINDS, STATES, STATES)
def test_no_step_is_left_out_and_none_goes_back(kind: str, before: str, after: str) -> None:
    """A step is the next one, nothing, back to New or out by cancelling; the end is the end."""
    way = WAYS[kind]
    if before != after and may_follow(kind, before, after):
        assert after in {NEW, CANCELED} or way.index(after) - way.index(before) == 1
        assert before not in {CLOSED, CANCELED}
        assert not (before == REVIEW and after == CANCELED)


@given(STATES, STATES)
def test_a_type_of_ones_own_goes_where_it_likes(before: str, after: str) -> None:
    """The stock model says nothing about it."""
    assert may_follow("u_quick", before, after)


def test_the_words_of_the_refusal() -> None:
    """The rule's name and sys_id, as an instance tells them."""
    with pytest.raises(
        Aborted, match=r"'Change Model: Check State Transition\^b6dae9e15317101034d1ddeeff7b1278'"
    ):
        check("normal", "-5", "-1")
