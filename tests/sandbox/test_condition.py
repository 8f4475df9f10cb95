"""Queries as SQL find what a plain reading of the same query finds."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox.error import QueryError, QueryForbidden
from connector.sandbox.instance import Instance
from connector.sandbox.query import OPERATORS, parse

Row = dict[str, str]

WORDS = ["", "Printer", "printer on fire", "SAP", "打印机", "100%", "under_score", "back\\slash"]
NUMBERS = ["", "1", "2", "3", "10"]
TIMES = ["", "2024-01-01 00:00:00", "2024-01-02 08:30:00", "2024-03-31 23:59:59", "2025-01-01 00:00:00"]


@pytest.fixture(scope="module")
def desk() -> Iterator[Instance]:
    """Sixty incidents with every mixture of words, numbers, times and groups."""
    made = Instance(now=lambda: 1_700_000_000, seed=3)
    groups = [made.add_group(name) for name in ("First line", "second line")]
    for at in range(60):
        made.insert(
            "incident",
            {
                "short_description": WORDS[at % len(WORDS)],
                "order": NUMBERS[at % len(NUMBERS)],
                "route_reason": NUMBERS[at // 5 % len(NUMBERS)],
                "follow_up": TIMES[at // 3 % len(TIMES)],
                "assignment_group": ["", *groups, "f" * 32][at // 2 % 4],
                "knowledge": ["true", "false"][at % 2],
            },
        )
    made.insert("problem", {"short_description": "Printer"})
    yield made
    made.close()


TEXT_FIELDS = ("short_description", "assignment_group.name")
WORD_TERMS = st.tuples(
    st.sampled_from(TEXT_FIELDS),
    st.sampled_from(
        ["=", "!=", "LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH", "ISEMPTY", "ISNOTEMPTY", "<", ">="]
    ),
    st.sampled_from([*WORDS, "p", "line", "_", "%", "PRINTER"]),
)
NUMBER_TERMS = st.tuples(
    st.sampled_from(["order", "route_reason"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "ISEMPTY"]),
    st.sampled_from(["1", "2", "3", "9", "10"]),
)
TIME_TERMS = st.tuples(
    st.just("follow_up"),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "ISNOTEMPTY"]),
    st.sampled_from(TIMES[1:]),
)
OTHER_TERMS = st.sampled_from(
    [
        ("knowledge", "=", "true"),
        ("knowledge", "!=", "1"),
        ("order", "SAMEAS", "route_reason"),
        ("order", "NSAMEAS", "route_reason"),
        ("order", "GT_FIELD", "route_reason"),
        ("order", "LT_OR_EQUALS_FIELD", "route_reason"),
        ("order", "BETWEEN", "2@3"),
        ("follow_up", "BETWEEN", "2024-01-02 00:00:00@2024-12-31 00:00:00"),
        ("assignment_group", "ISEMPTY", ""),
        ("state", "ANYTHING", ""),
    ]
)
TERMS = st.one_of(WORD_TERMS, NUMBER_TERMS, TIME_TERMS, OTHER_TERMS)
QUERIES = st.lists(
    st.lists(st.lists(TERMS, min_size=1, max_size=3), min_size=1, max_size=3), min_size=1, max_size=3
)


def number(text: str) -> float | None:
    """The number, None for nothing."""
    return float(text) if text else None


def plain(row: Row, names: dict[str, str], field: str, operator: str, value: str) -> bool:
    """One term, read the simple way."""
    mine = row[field] if field in row else names.get(row["assignment_group"], "")
    is_number = field in {"order", "route_reason"}
    if field == "knowledge":
        value = {"1": "true"}.get(value, value)
    mine, value = mine.lower(), value.lower() if operator not in {"BETWEEN"} else value
    compared: dict[str, Callable[[], bool]] = {
        "=": lambda: mine == value,
        "!=": lambda: mine != value,
        "LIKE": lambda: value in mine,
        "NOT LIKE": lambda: value not in mine,
        "STARTSWITH": lambda: mine.startswith(value),
        "ENDSWITH": lambda: mine.endswith(value),
        "ISEMPTY": lambda: not mine,
        "ISNOTEMPTY": lambda: bool(mine),
        "ANYTHING": lambda: True,
        "IN": lambda: mine in value.split(","),
        "NOT IN": lambda: mine not in value.split(","),
    }
    if operator in compared:
        return compared[operator]()
    if operator in {"SAMEAS", "NSAMEAS"}:
        return (row[field] == row[value]) == (operator == "SAMEAS")
    if operator == "GT_FIELD":
        return bool(mine and row[value]) and float(mine) > float(row[value])
    if operator == "LT_OR_EQUALS_FIELD":
        return bool(mine and row[value]) and float(mine) <= float(row[value])
    if operator == "BETWEEN":
        low, high = value.split("@")
        return bool(mine) and (float(low) <= float(mine) <= float(high) if is_number else low <= mine <= high)
    if not mine and not (operator == ">=" and value == ""):
        return False
    if operator == ">=" and value == "":
        return bool(mine)
    left, right = (number(mine), number(value)) if is_number else (mine, value)
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]  # type: ignore[operator]


@limits(max_examples=150, deadline=None)
@given(QUERIES)
def test_sql_equals_a_plain_reading(desk: Instance, sets: list[list[list[tuple[str, str, str]]]]) -> None:
    """Over any mixture of AND, OR and NQ the compiled query finds exactly the rows of a naive evaluation."""
    query = "^NQ".join(
        "^".join("^OR".join("".join(term) for term in group) for group in groups) for groups in sets
    )
    names = {row["sys_id"]: row["name"] for row in desk.rows("sys_user_group")}
    expected = {
        row["number"]
        for row in desk.rows("incident")
        if any(all(any(plain(row, names, *term) for term in group) for group in groups) for groups in sets)
    }
    found = [row["number"] for row in desk.rows("incident", query)]
    assert sorted(found) == sorted(expected), query
    assert desk.count("incident", query) == len(expected)


@limits(max_examples=40, deadline=None)
@given(
    QUERIES, st.sampled_from(["order", "follow_up", "short_description", "assignment_group"]), st.booleans()
)
def test_order_changes_no_content(
    desk: Instance, sets: list[list[list[tuple[str, str, str]]]], field: str, descending: bool
) -> None:
    """Sorting keeps the rows, and puts numbers by size and references by what they show."""
    query = "^NQ".join(
        "^".join("^OR".join("".join(term) for term in group) for group in groups) for groups in sets
    )
    ordered = desk.rows("incident", f"ORDERBY{'DESC' if descending else ''}{field}^{query}")
    names = {row["sys_id"]: row["name"] for row in desk.rows("sys_user_group")}
    keys: list[object]
    if field == "order":
        keys = [float(row[field] or 0) for row in ordered]
    elif field == "assignment_group":
        keys = [names.get(row[field], "").lower() for row in ordered]
    else:
        keys = [row[field].lower() for row in ordered]
    assert keys == sorted(keys, reverse=descending)  # type: ignore[type-var]
    assert {row["number"] for row in ordered} == {row["number"] for row in desk.rows("incident", query)}


def test_classes(desk: Instance) -> None:
    """The parent's table finds all classes, INSTANCEOF and the class itself only theirs."""
    assert desk.count("task") == 61
    assert desk.count("task", "sys_class_nameINSTANCEOFproblem") == 1
    assert desk.count("task", "sys_class_nameINSTANCEOFtask") == 61
    assert desk.count("incident", "sys_class_name=problem") == 0


def test_references_match_by_what_they_show(desk: Instance) -> None:
    """STARTSWITH and LIKE on a reference look at the display value, `=` at the sys_id."""
    group = desk.rows("sys_user_group", "name=FIRST LINE")[0]["sys_id"]
    expected = desk.count("incident", f"assignment_group={group}")
    assert expected == 16
    assert desk.count("incident", "assignment_groupSTARTSWITHfirst") == expected
    assert desk.count("incident", "assignment_group=First line") == 0


@pytest.mark.parametrize(
    "query",
    [
        "order<high",
        "follow_up>yesterday",
        "follow_upONToday",
        "follow_upRELATIVEGT@hour@since@3",
        "follow_up>javascript:gs.eval('1')",
        "caller_idDYNAMICabc",
        "orderBETWEEN1",
        "follow_upDATEPARTsoon@x",
    ],
)
def test_values_that_do_not_fit_are_errors(desk: Instance, query: str) -> None:
    """Strict: an unreadable value is an error, never an empty answer; otherwise the condition is dropped."""
    with pytest.raises(QueryError):
        desk.rows("incident", query)
    desk.strict = False
    try:
        assert desk.count("incident", query) == 60
    finally:
        desk.strict = True


def test_unknown_columns(desk: Instance) -> None:
    """Ignored, or no rows, or 403, as the switch or the property says."""
    assert desk.count("incident", "nonsense=1") == 60
    assert desk.count("incident", "nonsense=1^order=1^ORDERBYnonsense") == 12
    assert desk.count("incident", "order=1^NQnonsense=1") == 60
    desk.switch("invalid_query", "no_rows")
    assert desk.count("incident", "nonsense=1") == 0
    assert desk.count("incident", "order=1^ORcaller_id.nonsense=1") == 12
    desk.switch("invalid_query", "forbid")
    with pytest.raises(QueryForbidden):
        desk.rows("incident", "ORDERBYnonsense")
    desk.switch("invalid_query", "ignore")
    desk.properties["glide.invalid_query.returns_no_rows"] = "true"
    assert desk.count("incident", "nonsense=1") == 0
    desk.properties["glide.invalid_query.returns_no_rows"] = "false"
    assert desk.count("incident", "nonsense=1") == 60


def test_thousands_of_terms(desk: Instance) -> None:
    """A list of terms longer than SQLite's own limit is read all the same."""
    query = "^OR".join(f"number=INC{n:07d}" for n in range(9000, 11500))
    assert desk.count("incident", query) == 60
    assert desk.count("incident", f"numberIN{','.join(f'INC{n:07d}' for n in range(9000, 11500))}") == 60


def test_now_and_me(desk: Instance) -> None:
    """Relative dates follow the instance's clock, `gs.getUserID()` and Me the session."""
    wang = desk.add_user("wang", name="Wang Wei", roles=["itil"])
    desk.insert("incident", {"caller_id": wang, "follow_up": "2023-11-14 20:00:00"})
    try:
        assert len(desk.rows("incident", "caller_id=javascript:gs.getUserID()", user="wang")) == 1
        assert (
            len(desk.rows("incident", "caller_idDYNAMIC54635e965f510100a9ad2572f2b4774c", user="wang")) == 1
        )
        assert desk.count("incident", "follow_up<javascript:gs.hoursAgo(2)") == 1
        assert desk.count("incident", "follow_upRELATIVELT@hour@ago@3") == 0
        assert desk.count("incident", "follow_upRELATIVEGT@hour@ago@3^follow_up<2024-01-01") == 1
        today = "Today@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()"
        assert desk.count("incident", f"follow_upON{today}") == 1
        assert desk.count("incident", f"follow_upNOTON{today}") == 60
        tuesday = "Tuesday@javascript:gs.datePart('dayofweek','tuesday','EE')"
        assert desk.count("incident", f"follow_upDATEPART{tuesday}^follow_up<2024-01-01 00:00:00") == 1
    finally:
        for row in desk.rows("incident", f"caller_id={wang}"):
            desk.delete("incident", row["sys_id"])


def test_operators_are_listed_longest_first() -> None:
    """No operator hides a longer one that begins with it."""
    for at, operator in enumerate(OPERATORS):
        assert not any(later.startswith(operator) for later in OPERATORS[at + 1 :])


KEYSET = "{0}>2024-01-01 00:00:00^NQ{0}=2024-01-01 00:00:00^sys_id>a^ORDERBY{0}^ORDERBYsys_id"


@pytest.mark.parametrize(
    ("table", "query", "index"),
    [
        ("incident", "sys_idINa,b^ORDERBYsys_updated_on", "autoindex"),
        ("incident", "correlation_idINa,b", "correlation_id"),
        ("incident", "number=INC0010001", "number"),
        ("incident", "sys_id>a^ORDERBYsys_id", "task_by_sys_class_name_sys_id"),
        ("incident", "active=true^ORDERBYsys_id", "task_by_sys_class_name_sys_id"),
        ("task", "sys_id>a^ORDERBYsys_id", "autoindex"),
        ("incident_task", "incident=a", "incident"),
        (
            "incident",
            "sys_updated_on>=2024-01-01 00:00:00^ORDERBYsys_updated_on^ORDERBYsys_id",
            "sys_updated_on>?",
        ),
        (
            "incident",
            KEYSET.format("sys_updated_on"),
            "sys_updated_on>?",
        ),
        (
            "sys_audit",
            KEYSET.format("sys_created_on"),
            "sys_created_on>?",
        ),
        (
            "sys_audit",
            "tablename=incident^documentkeyINa,b^ORDERBYsys_created_on^ORDERBYsys_id",
            "documentkey",
        ),
    ],
)
def test_what_a_poller_asks_is_indexed(desk: Instance, table: str, query: str, index: str) -> None:
    """Looking up and walking by time never read the whole table."""
    shape = desk.dictionary[table]
    found = desk.compiled(shape, parse(query), "admin")
    sql = f'EXPLAIN QUERY PLAN SELECT * FROM "{shape.root}" t {found.index} WHERE {found.where} {found.order}'
    plan = desk.store.db.execute(sql, found.values).fetchall()[0][3]
    assert plan.startswith("SEARCH")
    assert index in plan


def test_a_list_longer_than_sqlite_takes(desk: Instance) -> None:
    """Forty thousand values are one condition like any other, in either sense."""
    values = ",".join(f"inc{n:07d}" for n in range(10_001, 50_001))
    assert desk.count("incident", f"numberIN{values}") == 60
    assert desk.count("incident", f"numberNOT IN{values}") == 0


@pytest.mark.parametrize("times", [5, 40, 400])
@pytest.mark.parametrize("part", ["RLQUERYtask.parent,>=1^", "JOINtask.sys_id=task.parent!"])
def test_queries_inside_of_queries_end(desk: Instance, part: str, times: int) -> None:
    """Too deep is a refusal of ours, never a failure of the database or the stack."""
    assert desk.count("task", part * 3) == 0
    with pytest.raises(QueryError):
        desk.count("task", part * times)
