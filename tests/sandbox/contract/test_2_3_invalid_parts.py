"""Section 2.3: invalid parts and query ACLs."""

from typing import Any

import pytest

REFUSAL = {
    "error": {
        "message": "Insufficient rights to query records",
        "detail": "Field(s) present in the query do not have permission to be read",
    },
    "status": "failure",
}
MATCHES = ["priority=1", "priority!=1", "priorityIN1,2", "priorityNOT IN1,2", "priorityISEMPTY"]
MATCHES += ["priorityANYTHING", "prioritySAMEASstate"]
RANGES = ["priority>1", "priorityBETWEEN1@2", "prioritySTARTSWITH1", "priorityLIKE1", "ORDERBYpriority"]
RANGES += ["ORDERBYDESCpriority", "GROUPBYpriority", "priorityNOT LIKE1", "priorityGT_FIELDstate"]


@pytest.fixture
def ask(wire: Any) -> Any:
    """Three incidents, one of them of priority 1, and a way to ask."""
    for priority in "134":
        made = wire.instance.insert("incident", {"short_description": priority})
        wire.instance.update("incident", made["sys_id"], {"priority": priority}, suppress=True)

    def get(query: str, table: str = "incident") -> Any:
        return wire.get(f"/api/now/table/{table}", params={"sysparm_query": query})

    return get


def size(answer: Any) -> int:
    """How many rows came."""
    assert answer.status_code == 200, answer.text
    return len(answer.json()["result"])


def test_the_invalid_condition_is_dropped(ask: Any) -> None:
    """By default the rest applies, possibly to the whole table; 2,300 unknown terms are no matter."""
    assert size(ask("nonsense=1")) == 3
    assert size(ask("nonsense=1^priority=1")) == 1
    assert size(ask("caller_id.nonsense=1^nonsense.name=2^ORDERBYnonsense")) == 3
    assert size(ask("^OR".join(f"nope{n}=1" for n in range(300)))) == 3


def test_no_rows(wire: Any, ask: Any) -> None:
    """With the property, or the switch, an invalid condition finds nothing."""
    wire.instance.properties["glide.invalid_query.returns_no_rows"] = "true"
    assert size(ask("nonsense=1")) == 0
    assert size(ask("priority=1^nonsense=1")) == 0
    assert size(ask("priority=1")) == 1
    wire.instance.properties["glide.invalid_query.returns_no_rows"] = "false"
    wire.instance.switch("invalid_query", "no_rows")
    assert size(ask("nonsense=1")) == 0
    assert size(ask("RLQUERYnothing.problem_id,>=1^ENDRLQUERY", "problem")) == 0


@pytest.mark.parametrize(
    "part", ["stateCHANGESTO6", "Priority is 1", "numberMATCH_RGXx", "opened_at>javascript:gs.nonsense()"]
)
def test_what_cannot_be_read_is_invalid_too(wire: Any, ask: Any, part: str) -> None:
    """Dropped, or true of no record: alone, beside others, in an OR and in a set of its own."""
    assert ask(part).status_code == 400  # the sandbox's own strictness, which no instance has
    turned = wire.post("/sandbox/switches", json={"strict": False})
    assert turned.status_code == 200
    queries = [part, f"{part}^priority=1", f"priority=1^OR{part}", f"{part}^ORpriority=1"]
    assert [size(ask(query)) for query in queries] == [3, 1, 1, 1]
    wire.instance.switch("invalid_query", "no_rows")
    assert [size(ask(query)) for query in queries] == [0, 0, 1, 1]
    assert size(ask(f"priority=1^NQ{part}")) == size(ask(f"{part}^NQpriority=1")) == 1
    assert wire.post("/sandbox/switches", json={"strict": True}).json()["switches"][0]["value"] is True
    assert ask(part).status_code == 400


@pytest.mark.parametrize(
    "query", ["nonsense=1", "priority=1^ORDERBYnonsense", "prioritySAMEASnonsense", "a.b=1"]
)
def test_forbidden(wire: Any, ask: Any, query: str) -> None:
    """Newer instances answer 403 for fields that do not exist."""
    wire.instance.switch("invalid_query", "forbid")
    refused = ask(query)
    assert (refused.status_code, refused.json()) == (403, REFUSAL)


@pytest.mark.parametrize("query", MATCHES)
def test_query_match(wire: Any, ask: Any, query: str) -> None:
    """A failing query_match refuses what names records, and nothing else."""
    wire.instance.deny_query("incident", "priority", user="connector", operations=["query_match"])
    refused = ask(query)
    assert (refused.status_code, refused.json()) == (403, REFUSAL)
    assert size(ask("priority>1^state=1^ORDERBYpriority")) == 2


@pytest.mark.parametrize("query", RANGES)
def test_query_range(wire: Any, ask: Any, query: str) -> None:
    """A failing query_range refuses ranges, parts and sorting, and nothing else."""
    wire.instance.deny_query("incident", "priority", user="connector", operations=["query_range"])
    refused = ask(query)
    assert (refused.status_code, refused.json()) == (403, REFUSAL)
    assert size(ask("priority=1^ORDERBYstate")) == 1


def test_whom_and_where(wire: Any, ask: Any) -> None:
    """A rule is about a user, a role or all; about a table, those below it, and the end of dot-walks."""
    wire.instance.deny_query("task", "priority", role="asker")
    user = wire.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    assert size(ask("priority=1")) == 1
    wire.instance.insert("sys_user_has_role", {"user": user, "role": wire.instance.add_role("asker")})
    assert ask("priority=1").status_code == 403
    assert ask("parent.priority=1", "problem").status_code == 403
    assert size(ask("state=1")) == 3
    wire.instance.add_user("boss", name="Boss", password="secret", roles=["admin"])
    wire.session.cookies.clear()
    wire.auth = ("boss", "secret")
    assert size(ask("priority=1")) == 1
    wire.instance.deny_query("sys_user", "*")
    assert ask("caller_id.email=x").status_code == 403
    assert size(ask("caller_idISEMPTY")) == 3


def test_related_queries_are_judged_too(wire: Any, ask: Any) -> None:
    """What may not be asked for may not be asked for inside of an RLQUERY or a JOIN either."""
    wire.instance.deny_query("incident", "priority", user="connector")
    assert ask("RLQUERYincident.problem_id,>0^priority=1^ENDRLQUERY", "problem").status_code == 403
    assert ask("JOINproblem.sys_id=incident.problem_id!priority=1", "problem").status_code == 403


def test_unreadable_columns_may_not_be_asked_for(wire: Any, ask: Any) -> None:
    """Without a rule of its own the column's read ACL decides; older releases do not look."""
    wire.instance.deny_read("incident", "priority", "connector")
    assert ask("priority=1").status_code == 403
    wire.instance.query_acls.follow_read = False
    assert size(ask("priority=1")) == 1


@pytest.fixture
def asker(wire: Any, ask: Any) -> Any:
    """The same asked by somebody who reads incidents and is no admin."""
    wire.instance.add_user("li", name="Li", password="secret", roles=["itil"])
    wire.auth = ("li", "secret")
    return ask


def test_query_acls_are_rows(wire: Any, asker: Any) -> None:
    """One rule of `sys_security_acl` an operation; whoever has its role may ask so, others get a 403."""
    stock = wire.instance.rows("sys_security_acl", "operationSTARTSWITHquery_^ORDERBYoperation")
    assert [(row["operation"], row["name"]) for row in stock] == [
        ("query_match", "*.*"),
        ("query_range", "*.*"),
    ]
    wire.instance.allow("query_range", "incident.priority", "range_asker")
    refused = asker("priority>1")
    assert (refused.status_code, refused.json()) == (403, REFUSAL)
    assert asker("ORDERBYpriority").status_code == 403
    assert size(asker("priority=1")) == 1
    assert size(asker("state>=1")) == 3
    li = wire.instance.rows("sys_user", "user_name=li")[0]["sys_id"]
    wire.instance.grant(li, ["range_asker"])
    assert size(asker("priority>1^ORDERBYpriority")) == 2


def test_the_most_special_query_rule_decides(wire: Any, asker: Any) -> None:
    """That of the column before that of all columns of the table, that of the table before the one above."""
    wire.instance.allow("query_match", "task.*", "nobody")
    assert asker("priority=1").status_code == 403
    wire.instance.allow("query_match", "incident.priority", "itil")
    assert size(asker("priority=1")) == 1
    assert asker("state=1").status_code == 403
    wire.instance.allow("query_match", "task.priority", "nobody")
    assert size(asker("priority=1")) == 1


def test_the_rule_of_all_columns_leaves_it_to_the_read_rules(wire: Any, asker: Any) -> None:
    """Whoever may read may ask; a rule of its own beats that, and without the `*.*` row nobody looks."""
    wire.instance.allow("read", "incident.priority", "reader")
    assert asker("priority=1").status_code == 403
    assert asker("priority>1").status_code == 403
    wire.instance.allow("query_match", "incident.priority", "itil")
    assert size(asker("priority=1")) == 1
    assert asker("priority>1").status_code == 403
    star = wire.instance.rows("sys_security_acl", "operation=query_range")[0]["sys_id"]
    wire.instance.update("sys_security_acl", star, {"active": "false"})
    assert size(asker("priority>1")) == 2
