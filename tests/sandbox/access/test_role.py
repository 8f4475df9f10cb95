"""Effective roles, against a plain reading of what contains what."""

from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance

NAMES = ["u_a", "u_b", "u_c", "u_d", "u_e"]
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=10)


@limits(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contained=PAIRS, own=st.sets(st.sampled_from(NAMES)), groups=st.sets(st.sampled_from(NAMES)))
def test_everything_that_can_be_reached(
    instance: Instance, contained: list[tuple[str, str]], own: set[str], groups: set[str]
) -> None:
    """Own roles, those of groups, and all inside them; rings do no harm."""
    instance.reset()
    ids = {name: instance.add_role(name) for name in NAMES}
    for outer, inner in contained:
        instance.insert("sys_user_role_contains", {"role": ids[outer], "contains": ids[inner]})
    user = instance.add_user("one", name="One", roles=sorted(own))
    for name in groups:
        group = instance.add_group(f"Group {name}", members=["one"])
        instance.insert("sys_group_has_role", {"group": group, "role": ids[name]})
    reached = own | groups
    for _ in NAMES:
        reached = reached | {inner for outer, inner in contained if outer in reached}
    assert instance.access.roles.of(user) == reached
    assert instance.access.held("one") == reached


def test_nobody_has_no_role(instance: Instance) -> None:
    """A user that does not exist holds nothing, nor does one without roles."""
    assert instance.access.held("nobody") == frozenset()
    instance.add_user("one", name="One")
    assert instance.access.held("one") == frozenset()


def test_elevated_roles_stay_down(instance: Instance) -> None:
    """`security_admin` is not held in a session, whoever has the row."""
    instance.add_user("boss", name="Boss", roles=["admin", "security_admin"])
    assert instance.access.held("boss") == {"admin"}


def test_an_inactive_grant_does_not_count(instance: Instance) -> None:
    """A row of `sys_user_has_role` that is no longer active gives nothing."""
    instance.add_user("one", name="One", roles=["itil"])
    assert "sn_incident_write" in instance.access.held("one")
    row = instance.rows("sys_user_has_role", "user.user_name=one")[0]
    instance.update("sys_user_has_role", row["sys_id"], {"state": "revoked"})
    assert instance.access.held("one") == frozenset()
