"""Random queries over random rows find, in the same order, what the plain evaluator finds."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connector.sandbox.instance import Instance
from connector.sandbox.moment import stamp
from tests.sandbox.evaluator import World

NOW = 1_700_000_000  # 2023-11-14 22:13:20 UTC, already the 15th in Shanghai
ZONES = {"admin": "UTC", "wang": "Asia/Shanghai", "smith": "America/New_York"}
WORDS = [
    "",
    "Printer",
    "printer on fire",
    "SAP",
    "打印机",
    "打印机卡纸",
    "100%",
    "under_score",
    "back\\slash",
    "Éa",
]
TIMES = ["", "2023-11-14 22:13:20", "2023-11-14 16:00:00", "2023-11-14 04:59:59", "2023-11-13 22:13:21"]
TIMES += ["2023-11-02 10:40:00", "2023-11-05 06:30:00", "2023-10-31 23:59:59", "2023-10-15 00:00:00"]
TIMES += ["2024-01-01 00:00:00"]
NUMBERS = ["", "0", "1", "2", "3", "10", "-4"]
USERS = [f"{n}" * 32 for n in "abcd"]
GROUPS = [f"{n}" * 32 for n in "123"]
DEPARTMENTS = [f"{n}" * 32 for n in "78"]
PROBLEMS = [f"{n}" * 32 for n in "56"]
KINDS = {
    "incident": {
        "caller_id": "sys_user",
        "assigned_to": "sys_user",
        "assignment_group": "sys_user_group",
        "problem_id": "problem",
        "order": "number",
        "reassignment_count": "number",
        "follow_up": "date",
        "due_date": "date",
        "knowledge": "boolean",
        "sys_id": "exact",
    },
    "problem": {"assigned_to": "sys_user", "knowledge": "boolean", "order": "number", "sys_id": "exact"},
    "sys_user": {"department": "cmn_department", "manager": "sys_user", "vip": "boolean", "sys_id": "exact"},
    "sys_user_group": {"manager": "sys_user", "parent": "sys_user_group", "sys_id": "exact"},
    "cmn_department": {"dept_head": "sys_user", "parent": "cmn_department", "sys_id": "exact"},
}
NAMES = {"sys_user": "name", "sys_user_group": "name", "cmn_department": "name", "problem": "number"}
TEXTS = ["short_description", "close_notes", "category", "caller_id.name", "caller_id.department.name"]
TEXTS += ["caller_id.department.dept_head.user_name", "problem_id.short_description"]
COUNTS = ["order", "reassignment_count", "problem_id.order"]
DATES = ["follow_up", "due_date"]
PEOPLE = ["caller_id", "assigned_to", "assignment_group.manager", "problem_id.assigned_to"]
PEOPLE += ["caller_id.department.dept_head"]
BOOLEANS = ["knowledge", "caller_id.vip", "problem_id.knowledge"]


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Text made of drawn pieces."""
    return st.tuples(*parts).map("".join)


def one(*values: str) -> st.SearchStrategy[str]:
    """One of these."""
    return st.sampled_from(values)


LIST = st.lists(one(*WORDS[1:6]), min_size=1, max_size=3).map(",".join)
ORDINALS = st.lists(one(*NUMBERS[1:]), min_size=1, max_size=3).map(",".join)
MOMENT = one(
    *TIMES[1:],
    "2023-11-14",
    "javascript:gs.daysAgoStart(0)",
    "javascript:gs.daysAgoEnd(1)",
    "javascript:gs.hoursAgo(3)",
    "javascript:gs.hoursAgoStart(0)",
    "javascript:gs.monthsAgoStart(1)",
)
TEXT_TERMS = st.one_of(
    joined(one(*TEXTS), one("=", "!=", "<", "<=", ">", ">="), one(*WORDS[1:], "p", "PRINTER")),
    joined(
        one(*TEXTS),
        one("LIKE", "*", "CONTAINS", "NOT LIKE", "!*", "DOES NOT CONTAIN", "STARTSWITH", "ENDSWITH", "%"),
        one("p", "P", "机", "打", "_", "\\", "e", "a", "on", "Wang"),
    ),
    joined(one(*TEXTS), one("IN", "NOT IN"), LIST),
    joined(one(*TEXTS), one("ISEMPTY", "ISNOTEMPTY", "EMPTY", "NOTEMPTY", "EMPTYSTRING", "ANYTHING")),
    joined(one(*TEXTS), one("SAMEAS", "NSAMEAS"), one(*TEXTS)),
    joined(one(*TEXTS), one("BETWEENa@q", "BETWEENPrinter@打印机")),
)
NUMBER_TERMS = st.one_of(
    joined(one(*COUNTS), one("=", "!=", "<", "<=", ">", ">="), one(*NUMBERS[1:])),
    joined(one(*COUNTS), one("IN", "NOT IN"), ORDINALS),
    joined(one(*COUNTS), one("BETWEEN1@3", "BETWEEN-4@2", "ISEMPTY", "ISNOTEMPTY")),
    joined(
        one(*COUNTS),
        one("SAMEAS", "NSAMEAS", "GT_FIELD", "LT_FIELD", "GT_OR_EQUALS_FIELD", "LT_OR_EQUALS_FIELD"),
        one(*COUNTS),
    ),
)
UNITS = one("minute", "hour", "day", "week", "month", "quarter", "year")
PARTS = one(
    "'dayofweek','tuesday'",
    "'dayofweek','sunday'",
    "'month','nov'",
    "'quarter','4'",
    "'year','2023'",
    "'hour','6'",
)
DATE_TERMS = st.one_of(
    joined(one(*DATES), one("=", "!=", "<", "<=", ">", ">="), MOMENT),
    joined(one(*DATES), one("BETWEEN", "ONx@", "NOTONx@"), MOMENT, one("@"), MOMENT),
    joined(
        one(*DATES),
        one("RELATIVEGT@", "RELATIVELT@", "RELATIVEGE@", "RELATIVELE@", "RELATIVEEE@"),
        one("minute", "hour", "dayofweek", "month", "quarter", "year"),
        one("@ago@", "@ahead@"),
        one("0", "1", "9", "300"),
    ),
    joined(
        one(*DATES),
        one("DATEPARTx@javascript:gs.datePart("),
        PARTS,
        one(",'EE')", ",'GE')", ",'GT')", ",'LE')", ",'LT')"),
    ),
    joined(one("follow_upSAMEASdue_date@", "follow_upNSAMEASdue_date@"), UNITS),
    joined(
        one("follow_upMORETHANdue_date@", "due_dateLESSTHANfollow_up@"),
        UNITS,
        one("@before@", "@after@"),
        one("1", "3"),
    ),
    joined(one(*DATES), one("ISEMPTY", "ISNOTEMPTY")),
)
OTHER_TERMS = st.one_of(
    joined(one(*PEOPLE), one("=", "!="), one(*USERS, "javascript:gs.getUserID()")),
    joined(one(*PEOPLE), one("STARTSWITH", "LIKE", "NOT LIKE", "ENDSWITH"), one("w", "王", "an", "X")),
    joined(one(*PEOPLE), one("DYNAMIC54635e965f510100a9ad2572f2b4774c", "ISEMPTY", "SAMEASassigned_to")),
    joined(one(*PEOPLE), one("IN_HIERARCHYx@"), one(*USERS)),
    joined(one(*BOOLEANS), one("=true", "=false", "!=true", "!=1", "ISEMPTY")),
    joined(
        one("JOINincident.problem_id=problem.sys_id!", "JOINincident.caller_id=sys_user_group.manager!"),
        one("", "sys_idISNOTEMPTY", "sys_idIN" + ",".join(GROUPS[:1] + PROBLEMS[:1])),
    ),
)
TERM = st.one_of(TEXT_TERMS, NUMBER_TERMS, DATE_TERMS, OTHER_TERMS)
PLAIN = st.one_of(TEXT_TERMS, NUMBER_TERMS, DATE_TERMS)
ORDER = joined(one("ORDERBY", "ORDERBYDESC", "GROUPBY"), one(*TEXTS, *COUNTS, *DATES, *PEOPLE, "knowledge"))


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Conditions with AND, OR and NQ between them, orders anywhere, stray carets and an EQ at the end."""
    words = []
    for at, term in enumerate(draw(st.lists(TERM, max_size=6))):
        words.append((draw(one("", "OR", "OR", "NQ")) if at else "") + term)
        if draw(st.integers(0, 4)) == 0:
            words.append(draw(ORDER))
    text = draw(one("", "^")) + draw(one("", "ORDERBYnumber^")) + "^".join(words) + draw(one("", "^", "^EQ"))
    return text.replace("^^", "^")  # twice is a caret in a value


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "short_description": one(*WORDS),
            "close_notes": one(*WORDS),
            "category": one("", "inquiry", "Network"),
            "order": one(*NUMBERS),
            "reassignment_count": one(*NUMBERS),
            "follow_up": one(*TIMES),
            "due_date": one(*TIMES),
            "knowledge": one("true", "false"),
            "caller_id": one("", *USERS, "f" * 32),
            "assigned_to": one("", *USERS),
            "assignment_group": one("", *GROUPS),
            "problem_id": one("", *PROBLEMS),
        }
    ),
    max_size=12,
)


class Clock:
    """The instance's clock, which is years away from the wall's and jumps where a test wants it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        """Epoch seconds UTC."""
        return self.at


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The one clock of the instance."""
    return Clock()


@pytest.fixture(scope="module")
def desk(clock: Clock) -> Iterator[Instance]:
    """People with managers and departments, groups, two problems; no incident yet."""
    made = Instance(now=clock, seed=5)
    people = [("wang", "Wang Wei"), ("smith", "Smith Anna"), ("王", "王伟"), ("x", "")]
    for (user_name, name), sys_id, manager in zip(people, USERS, ["", *USERS], strict=False):
        zone = ZONES.get(user_name, "")
        more = {
            "manager": manager,
            "department": DEPARTMENTS[len(name) % 2],
            "vip": str(bool(manager)).lower(),
        }
        made.add_user(user_name, name=name, roles=["admin"], sys_id=sys_id, time_zone=zone, **more)
    for sys_id, head in zip(DEPARTMENTS, USERS, strict=False):
        made.insert("cmn_department", {"sys_id": sys_id, "name": f"Dept {sys_id[0]}", "dept_head": head})
    for sys_id, manager in zip(GROUPS, ["", USERS[0], USERS[2]], strict=True):
        made.insert("sys_user_group", {"sys_id": sys_id, "name": f"group {sys_id[0]}", "manager": manager})
    for sys_id, word in zip(PROBLEMS, ["打印机", "Printer"], strict=True):
        fields = {"short_description": word, "order": sys_id[0], "assigned_to": USERS[1]}
        made.insert("problem", {"sys_id": sys_id, **fields})
    yield made
    made.close()


def world(desk: Instance, user: str) -> World:
    """Everything in the instance at this moment, for the evaluator."""
    rows = {table: desk.rows(table) for table in KINDS}
    me = next(row["sys_id"] for row in rows["sys_user"] if row["user_name"] == user)
    dialect = desk.dialect
    return World(
        rows,
        KINDS,
        NAMES,
        {},
        int(desk.now()),
        ZONES[user],
        me,
        dialect.ignores_case,
        dialect.unequal_finds_empty,
    )


@example(
    [{"follow_up": "2023-11-14 22:13:20", "due_date": "2024-01-01 00:00:00"}],
    "follow_upSAMEASdue_date@quarter",
    "smith",
    True,
    True,
)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, queries(), one(*ZONES), st.booleans(), st.booleans())
def test_two_readings_agree(
    desk: Instance, rows: list[dict[str, str]], query: str, user: str, ignores_case: bool, finds_empty: bool
) -> None:
    """The rows and their order are those of the plain evaluator, whoever asks and whatever the dialect."""
    desk.store.db.execute("BEGIN")
    desk.switch("unequal_finds_empty", finds_empty)
    desk.switch("ignores_case", ignores_case)
    try:
        for row in rows:
            desk.insert("incident", row)
        plain = world(desk, user)
        expected = plain.find("incident", query)
        found = desk.rows("incident", query, user=user)
        assert {row["sys_id"] for row in found} == {row["sys_id"] for row in expected}, query
        assert len(found) == len(expected) == desk.count("incident", query) or user != "admin"
        order = [
            part.removeprefix("ORDERBYDESC").removeprefix("ORDERBY").removeprefix("GROUPBY")
            for part in query.split("^")
            if part.startswith(("ORDERBY", "GROUPBY"))
        ]
        keys = [[plain.key("incident", row, path) for path in order] for row in (*found, *expected)]
        assert keys[: len(found)] == keys[len(found) :], query
    finally:
        desk.store.db.execute("ROLLBACK")
        desk.switch("unequal_finds_empty", True)
        desk.switch("ignores_case", True)


CLOCKS = [
    NOW,
    915_148_799,  # the last second of 1998
    1_699_171_200,  # 2023-11-05 08:00 UTC, two hours after the clocks of New York went back
    1_710_068_400,  # 2024-03-10 11:00 UTC, four hours after they went ahead
    1_893_456_000,  # 2030
]
"""Moments of the instance; none is that of the machine."""

SIGNS = ("<", "<=", ">", ">=")
RELATIVES = ("RELATIVEGT", "RELATIVELT", "RELATIVEGE", "RELATIVELE")


@st.composite
def moments(draw: st.DrawFn) -> tuple[int, list[str], str]:
    """A clock, dates around some hours or days before it, and a condition that asks for those."""
    at, count = draw(st.sampled_from(CLOCKS)), draw(st.integers(0, 14))
    unit, size = draw(st.sampled_from([("hour", 3600), ("hour", 3600), ("day", 86_400)]))
    offsets = st.sampled_from([-5400, -3600, -1800, -1, 0, 1, 1800, 3600, 5400])
    dates = [stamp(at - count * size + offset) for offset in draw(st.lists(offsets, min_size=1, max_size=9))]
    edge = draw(one("", "Start", "End"))
    script = draw(one(*SIGNS)) + f"javascript:gs.{unit}sAgo{edge}({count})"
    relative = draw(one(*RELATIVES)) + f"@{'dayofweek' if unit == 'day' else unit}@ago@{count}"
    return at, dates, draw(one(*DATES)) + draw(one(script, relative))


@example((1_699_171_200, ["2023-11-05 03:30:00"], "due_dateRELATIVEGT@hour@ago@5"), "smith")
@example((1_699_171_200, ["2023-11-05 03:30:00"], "due_date>javascript:gs.hoursAgo(5)"), "smith")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moments(), one(*ZONES))
def test_what_is_relative_goes_by_the_instances_clock(
    desk: Instance, clock: Clock, drawn: tuple[int, list[str], str], user: str
) -> None:
    """Hours are time that passes, also over the night in which the user's clocks change; days are dates."""
    at, dates, query = drawn
    desk.store.db.execute("BEGIN")
    clock.at = at
    try:
        for date in dates:
            desk.insert("incident", {"follow_up": date, "due_date": date})
        expected = {row["sys_id"] for row in world(desk, user).find("incident", query)}
        assert {row["sys_id"] for row in desk.rows("incident", query, user=user)} == expected, query
    finally:
        clock.at = NOW
        desk.store.db.execute("ROLLBACK")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    ROWS,
    one(">=1", ">0", "=0", "<2", ">1", "<=1"),
    st.lists(PLAIN.filter(lambda text: "." not in text.partition("javascript")[0]), max_size=2).map("^".join),
    one("problem.sys_idISNOTEMPTY", "orderISNOTEMPTY", "short_descriptionLIKEP"),
)
def test_related_lists_agree(
    desk: Instance, rows: list[dict[str, str]], count: str, inner: str, outer: str
) -> None:
    """RLQUERY counts the referring rows that fit, and an outer condition goes on after its end."""
    inner = f"^{inner}" if inner else ""
    outer = outer.removeprefix("problem.")
    desk.store.db.execute("BEGIN")
    try:
        for row in rows:
            desk.insert("incident", row)
        query = f"RLQUERYincident.problem_id,{count}{inner}^ENDRLQUERY^{outer}"
        expected = {row["sys_id"] for row in world(desk, "admin").find("problem", query)}
        assert {row["sys_id"] for row in desk.rows("problem", query)} == expected, query
    finally:
        desk.store.db.execute("ROLLBACK")
