"""What a written value becomes in a column."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.column import Column, accepted, java_text, storable

STATE = Column("state", "integer", choices={"1": "New", "2": "In Progress"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"link": "https://x/y", "value": "1"}, "{link=https://x/y, value=1}"),
        ([1, "a", None], "[1, a, ]"),
        (True, "true"),
        (None, ""),
        (3, "3"),
        (12.5, "12.5"),
    ],
)
def test_json_values_become_java_text(value: Any, text: str) -> None:
    """Objects and arrays are stored as the text of a map or list."""
    assert java_text(value) == text


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (STATE, 2, "2"),
        (STATE, "9", None),
        (STATE, "In Progress", None),
        (STATE, "", ""),
        (Column("order", "integer"), "007", "7"),
        (Column("order", "integer"), "many", None),
        (Column("order", "integer"), 1e400, None),
        (Column("active", "boolean"), "1", "true"),
        (Column("active", "boolean"), False, "false"),
        (Column("active", "boolean"), "maybe", "false"),
        (Column("due_date", "glide_date_time"), "2026-01-31", "2026-01-31 00:00:00"),
        (Column("due_date", "glide_date_time"), "2026-01-31T10:00:00Z", None),
        (Column("due_date", "glide_date_time"), "2026-02-30 10:00:00", None),
        (Column("published", "glide_date"), "2026-01-31 10:00:00", "2026-01-31"),
        (Column("short_description", max_length=5), "abcdefg", "abcde"),
    ],
)
def test_what_rest_may_write(column: Column, value: Any, expected: str | None) -> None:
    """Undefined choices, numbers and dates that are none are dropped; text is cut."""
    assert accepted(column, value) == expected


def test_a_script_may_write_what_rest_may_not() -> None:
    """Server-side code stores undefined choices and broken dates, which is how they come to be met."""
    assert storable(STATE, "-100") == "-100"
    assert storable(Column("opened_at", "glide_date_time"), "31/12/2016") == "31/12/2016"
    assert accepted(STATE, "9", any_choice=True) == "9"


@given(st.text(st.characters(), max_size=30))
def test_any_text_can_be_stored(text: str) -> None:
    """Even half a surrogate pair becomes something that UTF-8 can hold, never longer than the column."""
    stored = storable(Column("description", max_length=20), text)
    assert len(stored) <= 20
    assert stored.encode("utf-8").decode("utf-8") == stored
