"""Access rules, against a plain reading: the most special name decides, one passing rule is enough."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance
from connector.sandbox.access.acl import Access
from connector.sandbox.stock.access import OPERATIONS, rules

ROLES = ["u_a", "u_b", "admin"]
ROWS = ["problem_task", "task", "*"]
COLUMNS = ["problem_task.urgency", "task.urgency", "*.urgency", "problem_task.*", "task.*", "*.*"]
RULE = st.tuples(st.sampled_from([*ROWS, *COLUMNS]), st.sampled_from(["u_a", "u_b"]))


def passes(told: list[tuple[str, str]], names: list[str], held: set[str]) -> bool:
    """The plain reading."""
    for name in names:
        wanted = [role for known, role in told if known == name]
        if wanted:
            return "admin" in held or any(role in held for role in wanted)
    return True


@limits(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(RULE, max_size=6), held=st.sets(st.sampled_from(ROLES)))
def test_random_rules(instance: Instance, told: list[tuple[str, str]], held: set[str]) -> None:
    """Rows and columns, for reading and for writing."""
    instance.reset()
    for row in instance.rows("sys_security_acl"):
        instance.delete("sys_security_acl", row["sys_id"])
    instance.add_user("one", name="One", roles=sorted(held))
    for name, role in told:
        for operation in ("read", "write"):
            instance.allow(operation, name, role)
    table, access = instance.dictionary["problem_task"], instance.access
    made = instance.insert("problem_task", {"urgency": "1"})["sys_id"]
    rows, column = passes(told, ROWS, held), passes(told, COLUMNS, held)
    assert access.may("one", "write", table) == rows
    assert access.may_write_column("one", table, "urgency") == column
    assert access.readable("one", table, "urgency") == (rows and column)
    assert instance.unseen(table, [made], "one") == (set() if rows else {made})


def test_nobody_pays_where_nothing_is_restricted(instance: Instance) -> None:
    """An admin meets no limit on any table, and is asked for none a second time."""
    access: Access = instance.access
    assert all(access.limits("admin", table) is None for table in instance.dictionary)
    assert not access.columns_matter
    changes = access.changes
    instance.insert("incident", {})
    assert access.changes == changes


@pytest.mark.parametrize("operation", ["read", "write", "create", "delete"])
def test_a_change_is_felt_at_once(instance: Instance, operation: str) -> None:
    """Deactivating a rule opens what it closed."""
    instance.add_user("one", name="One")
    table = instance.dictionary["cmn_location"]
    instance.allow(operation, "cmn_location", "u_a")

    def open_() -> bool:
        if operation == "read":
            return instance.access.limits("one", table) is None
        return instance.access.may("one", operation, table)

    assert not open_()
    for row in instance.rows("sys_security_acl", f"operation={operation}^name=*^ORname=cmn_location"):
        instance.update("sys_security_acl", row["sys_id"], {"active": "false"})
    assert open_()


def test_stock_rules_name_tables_that_may_exist() -> None:
    """Every line of the stock rules has an operation, a table and, but for everybody's, a known role."""
    found = list(rules())
    assert ("read", "sys_audit", ["admin"]) in found
    assert ("create", "sys_attachment", []) in found
    assert all(operation in OPERATIONS and table for operation, table, _ in found)
    assert not [role for _, _, needed in found for role in needed if role == "*"]
