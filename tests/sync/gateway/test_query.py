"""Conditions that no value can break out of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Refused
from connector.sync.gateway.query import record_id, table_name, term


@pytest.mark.parametrize(
    "value",
    [
        "bob^ORactive=true",
        "^",
        "a\nb",
        "a\rb",
        "a\u2028b",
        "javascript:gs.getUserID()",
        "  JavaScript:gs.now()",
        "a\x00b",
    ],
)
def test_a_value_that_could_be_a_condition_is_refused(value: str) -> None:
    """A caret has no escape, a line end none either, and javascript: runs on the server."""
    with pytest.raises(Refused, match="nothing was asked"):
        term("number", "=", value)
    with pytest.raises(Refused):
        term("number", "IN", ["fine", value])


@given(st.text(max_size=30))
def test_a_value_is_itself_or_refused(value: str) -> None:
    """What is accepted stands in the query unchanged, and the query remains one condition."""
    try:
        condition = term("number", "=", value)
    except Refused:
        return
    assert condition == f"number={value}"
    assert "^" not in condition


def test_a_list_is_one_condition() -> None:
    """Items are joined by commas, so an item may hold none."""
    assert term("state", "IN", ["1", "2"]) == "stateIN1,2"
    assert term("source", "ISNOTEMPTY") == "sourceISNOTEMPTY"
    with pytest.raises(Refused, match="comma"):
        term("state", "IN", ["1,2"])
    with pytest.raises(Refused, match="one value"):
        term("state", "=", ["1", "2"])


@pytest.mark.parametrize(("field", "operator"), [("state^x", "="), ("", "="), ("state", "OR"), ("a b", "=")])
def test_fields_and_operators_are_checked_too(field: str, operator: str) -> None:
    """Only names can be fields, and only operators we use are operators."""
    with pytest.raises(Refused):
        term(field, operator, "1")


@pytest.mark.parametrize("bad", ["/../sys_user", "A" * 32, "a" * 31, "", "a" * 32 + "?x=1"])
def test_an_id_cannot_lead_to_another_record(bad: str) -> None:
    """The library below lets /../ pass and the URL then names another table."""
    with pytest.raises(Refused):
        record_id(bad)


@pytest.mark.parametrize("bad", ["incident/..", "", "Incident", "incident?x", "1a"])
def test_a_table_is_a_name(bad: str) -> None:
    """Nothing but a table's name gets into a URL."""
    with pytest.raises(Refused):
        table_name(bad)
