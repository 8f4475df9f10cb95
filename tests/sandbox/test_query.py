"""Encoded queries are read as the platform reads them."""

import pytest

from connector.sandbox.error import QueryError
from connector.sandbox.query import Order, Term, parse


def test_or_binds_to_the_term_before_it() -> None:
    """`a^ORb^c` is (a or b) and c."""
    a, b, c = Term("state", "=", "1"), Term("state", "=", "2"), Term("active", "=", "true")
    assert parse("state=1^ORstate=2^active=true").sets == (((a, b), (c,)),)


def test_nq_starts_a_new_set() -> None:
    """The two sides of `^NQ` are complete on their own."""
    found = parse("state=1^active=true^NQpriority=1")
    assert [len(groups) for groups in found.sets] == [2, 1]


@pytest.mark.parametrize("query", ["", "^", "^EQ", "active=true^EQ", "active=true^", "^active=true"])
def test_empty_parts_say_nothing(query: str) -> None:
    """Leading and trailing carets and the closing EQ are ignored."""
    assert len(parse(query).sets) == (1 if "active" in query else 0)


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("=1", "=", "1"),
        ("!=1", "!=", "1"),
        ("<=1", "<=", "1"),
        ("IN1,2", "IN", "1,2"),
        ("NOT IN1,2", "NOT IN", "1,2"),
        ("NOTIN1,2", "NOT IN", "1,2"),
        ("INSTANCEOFtask", "INSTANCEOF", "task"),
        ("LIKEx", "LIKE", "x"),
        ("CONTAINSx", "LIKE", "x"),
        ("*x", "LIKE", "x"),
        ("DOES NOT CONTAINx", "NOT LIKE", "x"),
        ("!*x", "NOT LIKE", "x"),
        ("%x", "ENDSWITH", "x"),
        ("EMPTY", "ISEMPTY", ""),
        ("EMPTYSTRING", "EMPTYSTRING", ""),
        ("ISNOTEMPTY", "ISNOTEMPTY", ""),
        ("ON2024", "ON", "2024"),
        ("GT_OR_EQUALS_FIELDorder", "GT_OR_EQUALS_FIELD", "order"),
    ],
)
def test_the_longest_operator_wins(text: str, operator: str, value: str) -> None:
    """INSTANCEOF is not IN with a strange list, and each operator has one name inside."""
    assert parse(f"state{text}").sets == (((Term("state", operator, value),),),)


def test_order_may_stand_anywhere() -> None:
    """Leading, trailing, several, descending; GROUPBY orders as well."""
    found = parse("ORDERBYnumber^active=true^ORDERBYDESCsys_updated_on^GROUPBYstate^")
    assert found.order == (Order("number"), Order("sys_updated_on", True), Order("state"))


def test_a_doubled_caret_is_a_caret() -> None:
    """`^^` is text."""
    assert parse("short_description=a^^b").sets[0][0][0].value == "a^b"


@pytest.mark.parametrize(
    "query",
    ["state", "=1", "ORactive=true", "stateVALCHANGES", "JOINx.y", "ORDERBY", "x~y"],
)
def test_what_cannot_be_read_is_an_error(query: str) -> None:
    """Strict: never an empty answer.  Not strict: the part is set aside."""
    with pytest.raises(QueryError):
        parse(query)
    assert parse(query, strict=False).sets in ((), (((Term("active", "=", "true"),),),))


@pytest.mark.parametrize("query", ["STATE=1", "AAAAAAA0=BBBB", "State!=1", "caller_id.Name=x"])
def test_a_name_in_capitals_is_a_column_that_does_not_exist(query: str) -> None:
    """Columns are lower case; PySNC's tests send thousands of such conditions and see them ignored."""
    ((term,),) = parse(query).sets[0]
    assert f"{term.path}{term.operator}{term.value}" == query
