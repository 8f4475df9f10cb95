"""The set of the tickets for which something was wished is a set."""

from hypothesis import given
from hypothesis import strategies as st

from connector.reconcile.spoken import LEAST, Spoken

ids = st.one_of(
    st.integers(0, 40).map("{:032x}".format),
    st.sampled_from(["global", "glob", "g"]),
    st.text(min_size=1, max_size=4),
)


@given(st.lists(st.sets(ids)), st.lists(ids))
def test_it_knows_what_was_put_in_and_nothing_else(given: list[set[str]], asked: list[str]) -> None:
    """Whatever a sys_id looks like."""
    spoken, plain = Spoken(), set[str]()
    for some in given:
        assert bool(spoken) is bool(plain)
        assert spoken.among(some) == plain & some
        spoken.add(some - plain)
        plain |= some
    assert spoken.among(asked) == plain & set(asked)


@given(st.integers(1, 4 * LEAST), st.integers(1, 6 * LEAST))
def test_it_grows_with_what_comes(chunk: int, many: int) -> None:
    """Little by little, or more at once than it has room for."""
    known = [f"{number:032x}" for number in range(2 * many)]
    half = known[::2]
    spoken = Spoken()
    for start in range(0, many, chunk):
        spoken.add(half[start : start + chunk])
    assert spoken.among(known) == set(half)


def test_those_whose_slots_are_the_same_are_told_apart() -> None:
    """At the end of the slots they go on at the beginning."""
    known = (f"{number:032x}" for number in range(200 * LEAST))
    same = [sys_id for sys_id in known if hash(sys_id) % LEAST == LEAST - 2]
    spoken = Spoken()
    spoken.add(same[:100:2])
    assert spoken.among(same) == set(same[:100:2])
