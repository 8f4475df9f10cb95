"""Pages of a list: however they are read, the rows are those that stand in the answer."""

import json

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.gateway import Credentials, Gateway
from connector.sync.gateway.sheet import sheet_of
from connector.sync.row import Sheet

URL = "https://desk.example/api/now/table/incident"
COLUMNS = ("sys_id", "cmdb_ci.name", "sys_updated_on", "state")
TEXTS = st.text(st.characters(), max_size=6)  # halves of characters among them
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, TEXTS)), max_size=5)


def body_of(rows: object, *, plain: bool = False, **beside: object) -> bytes:
    """An answer; ``plain``: characters as themselves, not escaped."""
    return json.dumps({"result": rows, **beside}, ensure_ascii=not plain).encode("utf-8", "surrogatepass")


@given(ROWS, st.permutations(COLUMNS), st.booleans())
def test_a_sheet_has_the_rows_of_the_answer(
    rows: list[dict[str, str]], asked: list[str], plain: bool
) -> None:
    """In whatever order the columns were asked for. With half a character in it, it is read the slow way."""
    sheet = sheet_of(body_of(rows, plain=plain), asked)
    whole = all(one < "\ud800" or one > "\udfff" for row in rows for text in row.values() for one in text)
    assert (sheet is not None) or not whole
    assert sheet is None or sheet == rows


@pytest.mark.parametrize(
    "body",
    [
        body_of([{"sys_id": "1"}]),
        body_of([{"sys_id": "1", "state": "1", "active": "true"}]),
        body_of([{"sys_id": "1", "state": None}]),
        body_of([{"sys_id": "1", "state": {"value": "1", "link": "x"}}]),
        body_of([{"sys_id": "1", "state": 1}]),
        body_of([], error={"message": "cancelled"}),
        body_of([], status="failure"),
        body_of({}),
        body_of(None),
        b'{"result":[{"sys_id":"1","state":"1"}',
        b"[" * 100_000,
        b"",
    ],
)
def test_anything_else_is_no_sheet(body: bytes) -> None:
    """A column too few or too many, a value that is no text, an error beside the rows, half an answer."""
    assert sheet_of(body, ("sys_id", "state")) is None


@given(
    st.lists(
        st.lists(
            st.dictionaries(st.sampled_from(COLUMNS), TEXTS | st.none() | st.integers(), min_size=1),
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_pages_are_read_as_they_are(pages: list[list[dict[str, object]]]) -> None:
    """Columns that may not be read are missing, from a page, from a row, from one page and not the next."""
    gateway = Gateway("https://desk.example", Credentials("a", "b"), writable={})
    for rows in pages:
        with responses.RequestsMock() as mock:
            mock.add(
                "GET",
                URL,
                body=body_of(rows),
                content_type="application/json",
                headers={"Date": "Mon, 01 Jun 2026 04:00:00 GMT"},
            )
            assert gateway.page("incident", "", COLUMNS).rows == rows


def test_a_column_that_does_not_come_is_expected_no_more() -> None:
    """The second page without it is read as a sheet again."""
    gateway = Gateway("https://desk.example", Credentials("a", "b"), writable={})
    read = []
    for _ in range(2):
        with responses.RequestsMock() as mock:
            mock.add(
                "GET",
                URL,
                body=body_of([{"sys_id": "1", "state": "2"}]),
                content_type="application/json",
                headers={"Date": "Mon, 01 Jun 2026 04:00:00 GMT"},
            )
            read.append(gateway.page("incident", "", COLUMNS).rows)
    assert [isinstance(rows, Sheet) for rows in read] == [False, True]
    assert read[0] == read[1] == [{"sys_id": "1", "state": "2"}]
