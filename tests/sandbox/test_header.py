"""The Link header, to the letter."""

from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.header import link

AT = "https://x.service-now.com/api/now/table/incident"


def test_first_page_as_recorded() -> None:
    """All parameters echoed as sent, then limit and offset; `prev` with a negative offset; no spaces."""
    sent = "query=number%3DINC0000040&display_value=True&sysparm_limit=1"
    stem = f"<{AT}?query=number%3DINC0000040&display_value=True&sysparm_limit=1&sysparm_offset="
    assert link(AT, sent, limit=1, offset=0, total=67, full=True) == (
        f'{stem}0>;rel="first",{stem}-1>;rel="prev",{stem}1>;rel="next",{stem}66>;rel="last"'
    )


def test_last_page_as_recorded() -> None:
    """`next` is absent, `prev` and `last` are present."""
    found = link(AT, "sysparm_limit=5&sysparm_offset=610", limit=5, offset=610, total=612, full=False)
    offsets = [part.partition("sysparm_offset=")[2] for part in found.split(",")]
    assert offsets == ['0>;rel="first"', '605>;rel="prev"', '610>;rel="last"']


@given(st.integers(1, 50), st.integers(0, 50))
def test_no_header_where_all_fits(limit: int, total: int) -> None:
    """One page needs no links; more than one has them."""
    found = link(AT, "", limit=limit, offset=0, total=total, full=total >= limit)
    assert bool(found) == (total > limit)


def test_without_a_count() -> None:
    """There is no last page to name, and `next` stands while pages are full."""
    assert link(AT, "", limit=5, offset=0, total=None, full=False) == ""
    assert 'rel="last"' not in link(AT, "", limit=5, offset=5, total=None, full=True)
    assert 'rel="next"' in link(AT, "", limit=5, offset=5, total=None, full=True)
    assert 'rel="next"' not in link(AT, "", limit=5, offset=5, total=None, full=False)
