"""Section 4.3: users, groups, roles and who has them."""

import pytest

from tests.sandbox.contract.conftest import Wire, missing, rows

COLUMNS = {
    "sys_user": (
        "user_name name first_name last_name email phone mobile_phone title department "
        "company location manager active locked_out vip time_zone date_format time_format "
        "web_service_access_only internal_integration_user identity_type password_needs_reset "
        "roles"
    ),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


def test_a_name_is_made_of_its_parts(wire: Wire) -> None:
    """First and last name, unless a name is given."""
    made = wire.post(
        "/api/now/table/sys_user", json={"user_name": "li", "first_name": "Li", "last_name": "Na"}
    )
    assert made.json()["result"]["name"] == "Li Na"


def _held(wire: Wire, user: str) -> set[tuple[str, str, str]]:
    """(role, the group it comes from, whether it is inherited) of one user."""
    fields = "role.name,granted_by.name,inherited"
    found = rows(wire, "sys_user_has_role", f"user={user}", fields)
    return {(row["role.name"], row["granted_by.name"], row["inherited"]) for row in found}


def test_contained_roles_and_those_of_groups_are_rows(wire: Wire) -> None:
    """With `inherited` and the group; they come and go with what gives them."""
    instance = wire.instance
    instance.add_role("outer", contains=["inner"])
    user = instance.add_user("li", name="Li")
    made = {"user": user, "role": instance.add_role("outer")}
    given = wire.post("/api/now/table/sys_user_has_role", json=made).json()["result"]["sys_id"]
    own = {("outer", "", "false"), ("inner", "", "true")}
    assert _held(wire, user) == own
    group = instance.add_group("Desk", members=["li"])
    role = instance.add_role("desk_member")
    wire.post("/api/now/table/sys_group_has_role", json={"group": group, "role": role})
    assert _held(wire, user) == own | {("desk_member", "Desk", "true")}
    more = {"role": role, "contains": instance.add_role("reader")}
    wire.post("/api/now/table/sys_user_role_contains", json=more)
    through = {("desk_member", "Desk", "true"), ("reader", "Desk", "true")}
    assert _held(wire, user) == own | through
    wire.delete(f"/api/now/table/sys_user_has_role/{given}")
    assert _held(wire, user) == through
    (member,) = rows(wire, "sys_user_grmember", f"user={user}", "sys_id")
    other = instance.add_user("wu", name="Wu")
    wire.patch(f"/api/now/table/sys_user_grmember/{member['sys_id']}", json={"user": other})
    assert (_held(wire, user), _held(wire, other)) == (set(), through)


def test_what_is_inherited_is_the_servers_to_say(wire: Wire) -> None:
    """`inherited` and `inh_*` are read only, and an inherited role cannot be taken by itself."""
    instance = wire.instance
    instance.add_role("outer", contains=["inner"])
    user = instance.add_user("li", name="Li", roles=["outer"])
    (row,) = rows(wire, "sys_user_has_role", f"user={user}^inherited=true", "sys_id")
    path = f"/api/now/table/sys_user_has_role/{row['sys_id']}"
    assert (
        wire.patch(path, json={"inherited": "false", "inh_map": "x"}).json()["result"]["inherited"] == "true"
    )
    wire.delete(path)
    assert _held(wire, user) == {("outer", "", "false"), ("inner", "", "true")}
    assert wire.result(f"/api/now/table/sys_user/{user}")["roles"] == "outer"
