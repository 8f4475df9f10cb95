"""What is new in incidents that were read."""

from collections.abc import Mapping
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from connector.sync.store import Mirrored, Store, Waiting
from tests.sync.store.incident import incident, sys_id_of

VERSIONS = st.tuples(st.integers(1, 4), st.sampled_from("126"), st.sampled_from("012"))
"""Number, state and count of updates of an incident."""


def version(number: int, state: str, count: str) -> dict[str, str]:
    """One of an incident."""
    return incident(number, state=state, sys_mod_count=count)


@given(st.lists(VERSIONS, max_size=6), st.lists(VERSIONS, min_size=1, max_size=8))
def test_each_incident_is_shown_once_as_it_was_last(
    before: list[tuple[int, str, str]], read: list[tuple[int, str, str]]
) -> None:
    """However often it stands in a page: in the order of the rows, if the last differs from what was known.

    Only touched are those of which nothing but the stamps is new.
    """
    told: dict[str, Mirrored] = {}
    only: set[str] = set()

    def look(shown: Mapping[str, Mirrored], touched: Waiting) -> Waiting:
        told.update(shown)
        only.update(touched)
        return {}

    known = {number: version(number, *rest) for number, *rest in before}
    last = {number: version(number, *rest) for number, *rest in read}
    news = {sys_id_of(number): row for number, row in last.items() if row != known.get(number)}
    with closing(Store()) as store:
        store.save_tickets([version(*each) for each in before])
        assert store.save("incident", [version(*each) for each in read], look=look) == len(news)
        kept = {one.row["number"]: one.row for one in store.load([sys_id_of(number) for number in range(5)])}
    assert [(sys_id, one.row) for sys_id, one in told.items()] == list(news.items())
    assert kept == {f"INC{number}": row for number, row in (known | last).items()}
    assert only == {
        sys_id_of(number)
        for number, row in last.items()
        if number in known and row != known[number] and row["state"] == known[number]["state"]
    }
