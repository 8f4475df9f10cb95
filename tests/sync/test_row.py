"""Rows as texts, alone and in sheets."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.row import (
    ENDS,
    FOUND_BY,
    STAMPS,
    Picks,
    Record,
    Row,
    Sheet,
    flat,
    layout_of,
    record_of,
    sheets_of,
    storable,
    values_of,
)

COLUMNS = st.sampled_from(("sys_id", "state", "cmdb_ci.name", *FOUND_BY, *ENDS, *STAMPS))
ROWS = st.lists(st.dictionaries(COLUMNS, st.text(max_size=3)), max_size=8)


def test_every_value_becomes_a_text() -> None:
    """A reference with its link, null, numbers and booleans are the texts they stand for."""
    row = {
        "group": {"link": "https://x/1", "value": "g1"},
        "wiki": None,
        "count": 3,
        "active": True,
        "a": "b",
    }
    assert flat(row) == {"group": "g1", "wiki": "", "count": "3", "active": "true", "a": "b"}
    assert record_of(row) == flat(row)


def test_half_a_character_can_be_stored() -> None:
    """A text cut within an emoji loses the half, not the rest."""
    assert storable("坏了\ud83d") == "坏了?"
    assert storable("plain") == "plain"
    assert storable(None) == ""


@given(st.dictionaries(COLUMNS, st.text(max_size=3)))
def test_a_record_is_a_row_as_any_other(row: dict[str, str]) -> None:
    """It says what the mapping said of which it was made, and is equal to it from either side."""
    record = record_of(row)
    assert record == row
    assert row == record
    assert dict(record) == row
    assert set(record) == record.keys() == row.keys()
    assert len(record) == len(row)
    assert [record.get(column, "none") for column in STAMPS] == [row.get(column, "none") for column in STAMPS]
    assert ("state" in record) is ("state" in row)
    with pytest.raises(KeyError):
        record["u_unknown"]
    assert record_of(record) is record
    assert flat(record) == row


@given(st.lists(COLUMNS, unique=True))
def test_the_same_columns_have_one_layout(columns: list[str]) -> None:
    """Whatever their order; what an incident is found by stands first, then its ends, and the stamps of the
    update last, each in their own order.
    """
    layout = layout_of(columns)
    assert layout is layout_of(reversed(columns))
    found_by, ends, stamps = (
        tuple(column for column in group if column in columns) for group in (FOUND_BY, ENDS, STAMPS)
    )
    assert layout.names[: len(found_by) + len(ends)] == found_by + ends
    assert layout.names[len(columns) - len(stamps) :] == stamps
    assert (layout.found_by, layout.ends, layout.stamps) == (len(found_by), len(ends), len(stamps))
    assert sorted(layout.names) == sorted(columns)


@given(ROWS)
def test_sheets_hold_the_rows_in_their_order(rows: list[dict[str, str]]) -> None:
    """Those side by side with the same columns share one; a sheet is its own."""
    sheets = list(sheets_of(rows))
    assert [row for sheet in sheets for row in sheet] == rows
    assert [len(sheet) for sheet in sheets] == [len(list(same)) for _, same in groupby(rows, key=set)]
    for sheet in sheets:
        assert list(sheets_of(sheet)) == [sheet]
        assert sheet == [dict(row) for row in sheet]
        assert sheet[1:] == list(sheet)[1:]
        assert sheet != "text"
        assert all(isinstance(row, Record) for row in sheet)


@given(ROWS)
def test_values_are_the_same_of_sheets_and_of_lists(rows: list[dict[str, str]]) -> None:
    """One column gives its values, several give tuples; a column that is missing is a KeyError."""
    whole: list[Row] = [dict.fromkeys(("sys_id", "state"), "") | row for row in rows]
    for columns in (("sys_id",), ("state", "sys_id")):
        of_list = values_of(whole, columns)
        assert [value for sheet in sheets_of(whole) for value in values_of(sheet, columns)] == of_list
    with pytest.raises(KeyError, match="u_unknown"):
        values_of(Sheet(layout_of(["sys_id"]), [("1",)]), ("u_unknown",))


@given(st.dictionaries(COLUMNS, st.text(max_size=3)))
def test_what_is_picked_of_a_column_that_is_missing_is_empty(row: dict[str, str]) -> None:
    """Columns beyond those of the layout have no value, and are no error."""
    wanted = ("u_unknown", "state", "sys_id")
    record = record_of(row)
    assert Picks(wanted)[record.layout](record.texts) == tuple(row.get(column, "") for column in wanted)
