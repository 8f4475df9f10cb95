"""Fault classes by priority and by what else the configuration looks at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.dialect import Classes, Dialect
from connector.ticket import FaultClass

BY_PRIORITY = {"1": FaultClass.URGENT, "2": FaultClass.IMPORTANT}
RANKS = st.lists(
    st.tuples(
        st.sampled_from(FaultClass),
        st.lists(
            st.tuples(
                st.sampled_from(["impact", "vip"]), st.lists(st.sampled_from("12"), max_size=2).map(tuple)
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
    ),
    max_size=3,
).map(tuple)


@given(
    RANKS,
    st.sampled_from(["", "1", "2"]),
    st.fixed_dictionaries(dict.fromkeys(("impact", "vip"), st.sampled_from("123"))),
)
def test_the_first_rank_that_fits_decides_and_else_the_priority(
    ranks: tuple[tuple[FaultClass, tuple[tuple[str, tuple[str, ...]], ...]], ...],
    priority: str,
    row: dict[str, str],
) -> None:
    """R-C1; asked again, the answer is the same."""
    classes = Classes(Dialect({}, BY_PRIORITY, ranks))
    fitting = [kind for kind, where in ranks if all(row[column] in wanted for column, wanted in where)]
    expected = fitting[0] if fitting else BY_PRIORITY.get(priority, FaultClass.GENERAL)
    key = (priority, *(row[column] for column in classes.columns))
    assert [classes[key], classes[key]] == [expected, expected]


def test_a_priority_of_no_class_is_an_error() -> None:
    """It is not guessed at, unless a rank decides."""
    ranks = ((FaultClass.GENERAL, (("impact", ("3",)),)),)
    classes = Classes(Dialect({}, BY_PRIORITY, ranks))
    with pytest.raises(KeyError):
        classes["9", "1"]
    assert classes["9", "3"] is FaultClass.GENERAL


def test_no_more_answers_are_kept_than_memory_allows() -> None:
    """A column with as many values as tickets may be looked at."""
    classes = Classes(Dialect({}, BY_PRIORITY, ((FaultClass.URGENT, (("caller_id", ("c7",)),)),)))
    for number in range(10_000):
        assert classes["2", f"c{number}"] is (FaultClass.URGENT if number == 7 else FaultClass.IMPORTANT)
        assert len(classes) <= 4096
