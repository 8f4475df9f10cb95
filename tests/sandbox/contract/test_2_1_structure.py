"""Section 2.1: the structure of encoded queries."""

from collections.abc import Callable
from typing import Any

import pytest

Find = Callable[..., list[str]]

ROWS = {
    # name: priority, state, category, caller, opened
    "a": ("1", "1", "network", "wang", "2023-11-20 00:30:00"),
    "b": ("1", "2", "software", "smith", "2023-11-19 23:30:00"),
    "c": ("3", "2", "network", "wang", "2023-11-19 12:00:00"),
    "d": ("4", "1", "", "", "2023-11-13 00:00:00"),
}


@pytest.fixture
def find(wire: Any) -> Find:
    """Four incidents named a to d, two callers in a department, and a way to ask for names."""
    instance = wire.instance
    company = instance.insert("core_company", {"name": "甲公司"})["sys_id"]
    department = instance.insert("cmn_department", {"name": "IT^Ops", "company": company})["sys_id"]
    people = {
        name: instance.add_user(name, name=name.title(), department=department if name == "wang" else "")
        for name in ("wang", "smith")
    }
    for name, (priority, state, category, caller, opened) in ROWS.items():
        fields = {"priority": priority, "state": state, "category": category, "opened_at": opened}
        fields["caller_id"] = people.get(caller, "")
        made = instance.insert("incident", {"short_description": name})
        instance.update("incident", made["sys_id"], fields, suppress=True)

    def ask(query: str, table: str = "incident") -> list[str]:
        rows = wire.result(
            f"/api/now/table/{table}", sysparm_query=query, sysparm_fields="short_description,name,sys_id"
        )
        return [row.get("name") or row.get("short_description", "") for row in rows]

    return ask


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("priority=1^state=2", "b"),
        ("priority=1^ORpriority=3^state=2", "bc"),
        ("state=2^priority=1^ORpriority=3", "bc"),
        ("state=1^ORstate=2^priority=3^ORpriority=4", "cd"),
        ("priority=1^state=1^NQpriority=3^state=2", "ac"),
        ("priority=1^NQstate=1^ORstate=2^category=network", "abc"),
        ("priority=1^EQ", "ab"),
        ("priority=1^NQpriority=4^EQ", "abd"),
        ("^priority=1", "ab"),
        ("priority=1^", "ab"),
        ("", "abcd"),
    ],
)
def test_precedence(find: Find, query: str, names: str) -> None:
    """`^OR` binds to the condition before it, `^NQ` is lowest, `^EQ` and stray carets say nothing."""
    assert sorted(find(query)) == list(names)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ORDERBYopened_at", "dcba"),
        ("ORDERBYDESCopened_at", "abcd"),
        ("ORDERBYpriority^ORDERBYDESCshort_description", "bacd"),
        ("ORDERBYDESCpriority^state=2", "cb"),
        ("state=2^ORDERBYDESCpriority^ORstate=1", "dcab"),
        ("ORDERBYopened_at^priority=1^", "ba"),
        ("ORDERBYDESCopened_at^priority=1^ORpriority=3^state=2^", "bc"),
        ("GROUPBYstate^ORDERBYshort_description", "adbc"),
        ("ORDERBYcaller_id.name^ORDERBYshort_description", "dbac"),
    ],
)
def test_order(find: Find, query: str, names: str) -> None:
    """Several orders, in any place, conditions after them, a leading one with a trailing caret."""
    if query.startswith("state=2^ORDERBYDESCpriority^OR"):
        assert sorted(find(query)) == sorted(names)
    else:
        assert find(query) == list(names)


def test_dot_walks(find: Find) -> None:
    """Over several references; a record without the reference has nothing there."""
    assert sorted(find("caller_id.department.company.name=甲公司")) == ["a", "c"]
    assert sorted(find("caller_id.department.company.nameISEMPTY")) == ["b", "d"]
    assert sorted(find("sys_class_name=incident^priority=1", "task")) == ["a", "b"]


def test_a_doubled_caret_is_text(find: Find) -> None:
    """`^^` in a value is one caret."""
    assert find("name=IT^^Ops", "cmn_department") == ["IT^Ops"]
    assert sorted(find("caller_id.department.name=IT^^Ops^priority=1")) == ["a"]


def test_server_side_calls(wire: Any, find: Find) -> None:
    """White-listed calls work in the session user's zone; literals are UTC.  It is Monday 01:00 UTC."""
    today = "opened_at>=javascript:gs.beginningOfToday()"
    assert find(today) == ["a"]
    assert sorted(find("opened_atONYesterday@javascript:gs.daysAgoStart(1)@javascript:gs.daysAgoEnd(1)")) == [
        "b",
        "c",
    ]
    assert find("opened_at>=javascript:gs.beginningOfThisWeek()") == ["a"]
    generated = "opened_at>=javascript:gs.dateGenerate('2023-11-20','00:00:00')"
    assert find(generated) == ["a"]
    user = wire.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    wire.instance.update("sys_user", user, {"time_zone": "Asia/Shanghai"})  # there it is nine in the morning
    assert sorted(find(today)) == ["a", "b"]
    assert sorted(find(generated)) == ["a", "b"]
    assert find("opened_at>=2023-11-20 00:00:00") == ["a"]
    own = wire.instance.insert("incident", {"short_description": "mine", "caller_id": user})
    assert find("caller_id=javascript:gs.getUserID()") == [own["short_description"]]


@pytest.mark.parametrize(
    "call",
    [
        "gs.eval('1')",
        "new GlideRecord('x').deleteMultiple()",
        "gs.daysAgo(1);gs.print(2)",
        "1+1",
        "__import__('os')",
    ],
)
def test_nothing_is_evaluated(wire: Any, find: Find, call: str) -> None:
    """Any other script is refused in strict mode and dropped otherwise."""
    query = f"opened_at>javascript:{call}"
    assert wire.get("/api/now/table/incident", params={"sysparm_query": query}).status_code == 400
    wire.instance.strict = False
    assert len(find(query + "^priority=1")) == 2


@pytest.fixture
def problems(wire: Any, find: Find) -> Find:
    """Problem p has the incidents a and b, q has c, r none."""
    ids = {name: wire.instance.insert("problem", {"short_description": name})["sys_id"] for name in "pqr"}
    for name, problem in (("a", "p"), ("b", "p"), ("c", "q")):
        row = wire.instance.rows("incident", f"short_description={name}")[0]
        wire.instance.update("incident", row["sys_id"], {"problem_id": ids[problem]}, suppress=True)
    return find


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("RLQUERYincident.problem_id,>=1^ENDRLQUERY", "pq"),
        ("RLQUERYincident.problem_id,>=1,priority=1^ENDRLQUERY", "p"),
        ("RLQUERYincident.problem_id,>=1^priority=1^ENDRLQUERY", "p"),
        ("RLQUERYincident.problem_id,>0^stateIN1,2^category=network^ENDRLQUERY", "pq"),
        ("RLQUERYincident.problem_id,=0^ENDRLQUERY", "r"),
        ("RLQUERYincident.problem_id,=0^priority=1^ENDRLQUERY", "qr"),
        ("RLQUERYincident.problem_id,<2^ENDRLQUERY", "qr"),
        ("RLQUERYincident.problem_id,BETWEEN1@1^ENDRLQUERY", "q"),
        ("RLQUERYincident.problem_id,>0,m2m^caller_id.name=Smith^ENDRLQUERY", "p"),
        ("RLQUERYincident.problem_id,>=1^ENDRLQUERY^short_description!=p", "q"),
        ("short_description!=p^RLQUERY incident.problem_id,>=1", "q"),
        ("short_description=p^NQshort_description=r^RLQUERYincident.problem_id,>=1^ENDRLQUERY", "p"),
        ("JOINproblem.sys_id=incident.problem_id!", "pq"),
        ("JOINproblem.sys_id=incident.problem_id!priority=1", "p"),
        ("JOINproblem.sys_id=incident.problem_id!priority=1^^state=2", "p"),
        ("JOINproblem.sys_id=incident.problem_id!priority=1^^state=6", ""),
        ("short_description!=p^JOINproblem.sys_id=incident.problem_id!", "q"),
        ("short_description=r^ORJOINproblem.sys_id=incident.problem_id!priority=1", "p"),
    ],
)
def test_other_tables(problems: Find, query: str, names: str) -> None:
    """RLQUERY counts referring rows, in both spellings; JOIN wants one, its second condition after `^^`."""
    assert sorted(problems(query, "problem")) == list(names)


def test_a_reference_joined_from_the_other_side(problems: Find) -> None:
    """As PySNC sends `add_join_query('problem', 'problem_id', 'sys_id')`."""
    assert sorted(problems("JOINincident.problem_id=problem.sys_id!")) == ["a", "b", "c"]
    assert sorted(problems("priority=1^JOINincident.problem_id=problem.sys_id!short_description=p")) == [
        "a",
        "b",
    ]


def test_full_text(wire: Any, find: Find) -> None:
    """All words, any words, or all and else any."""
    for name, text in (("one", "Email does not arrive"), ("two", "email 打印机")):
        wire.instance.insert("incident", {"short_description": name, "description": text})
    assert sorted(find("123TEXTQUERY321=email")) == ["one", "two"]
    assert sorted(find("123TEXTQUERY321=email arrive^123TEXTINDEXGROUP321=portal_index_group")) == ["one"]
    assert sorted(find("IR_AND_QUERY=打印机 email")) == ["two"]
    assert sorted(find("IR_OR_QUERY=arrive 打印机")) == ["one", "two"]
    assert sorted(find("IR_AND_OR_QUERY=email arrive")) == ["one"]
    assert sorted(find("IR_AND_OR_QUERY=arrive 打印机")) == ["one", "two"]
    assert find("123TEXTQUERY321=100%") == []
