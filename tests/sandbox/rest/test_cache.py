"""A kept page never differs from one read afresh."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance, Request, Rest
from connector.sandbox.error import NotFound

LOGIN = {"Authorization": "Basic Y29ubmVjdG9yOnNlY3JldA=="}
LISTS = (
    "sysparm_fields=number,state,assignment_group&sysparm_display_value=true",
    "sysparm_fields=number,caller_id.email,caller_id,u_late&sysparm_display_value=all",
    "sysparm_fields=number,opened_at,work_notes&sysparm_display_value=true",
    "sysparm_query=caller_id.email=a@b.c&sysparm_fields=number",
    "sysparm_query=sys_created_on>javascript:gs.minutesAgo(5)&sysparm_fields=number",
    "sysparm_query=nonsense=1&sysparm_fields=number&sysparm_limit=1",
    "active=true&sysparm_fields=number",
)


def changes(instance: Instance, clock: Any) -> list[Callable[[], object]]:
    """Everything that may make a list differ, far away from its rows too."""
    user = instance.add_user("caller", name="Caller", email="a@b.c")
    group = instance.add_group("First line")
    record = instance.insert("incident", {"caller_id": user, "assignment_group": group})["sys_id"]
    asker = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    return [
        lambda: instance.insert("incident", {}),
        lambda: instance.update("incident", record, {"work_notes": "x"}),
        lambda: instance.update("incident", record, {"state": "2"}, suppress=True),
        lambda: instance.update("sys_user_group", group, {"name": "Second line"}),
        lambda: instance.update("sys_user", user, {"email": "", "name": "Somebody"}),
        lambda: instance.update("sys_user", asker, {"time_zone": "Asia/Shanghai"}),
        lambda: instance.hide("incident", "state=1", "connector"),
        lambda: instance.add_column("incident", "u_late", default="1"),
        lambda: instance.add_choice("incident", "state", "1", "Brand new"),
        lambda: instance.switch("invalid_query", "no_rows"),
        lambda: setattr(clock, "at", clock.at + 301),
        lambda: (
            instance.delete("incident", instance.rows("incident", limit=1)[0]["sys_id"])
            if instance.count("incident") > 1
            else None
        ),
    ]


@limits(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, len(LISTS) - 1)), min_size=1, max_size=8))
def test_kept_or_fresh_is_the_same(clock: Any, steps: list[tuple[int, int]]) -> None:
    """Whatever is changed between two reads, the front that has read before says what a new one says."""
    made = Instance(now=clock)
    made.add_user("connector", name="C", password="secret")
    known = Rest(made)
    possible = changes(made, clock)
    for change, at in steps:
        targets = [f"/api/now/table/incident?{one}" for one in (LISTS[at], *LISTS)]
        for target in targets:
            known.handle(Request("GET", target, LOGIN))
        with suppress(NotFound):  # the record may be gone by now
            possible[change]()
        for target in targets:
            kept = known.handle(Request("GET", target, LOGIN))
            fresh = Rest(made).handle(Request("GET", target, LOGIN))
            assert (kept.status, kept.body) == (fresh.status, fresh.body)
    made.close()


def test_a_kept_page_is_served_without_asking_the_store(near: Any, instance: Instance) -> None:
    """The second read of a list runs no SELECT over its rows."""
    instance.insert("incident", {})
    near("GET", "table/incident")
    asked: list[str] = []
    instance.store.db.set_trace_callback(asked.append)
    assert len(near("GET", "table/incident").json()["result"]) == 1
    instance.store.db.set_trace_callback(None)
    assert not [sql for sql in asked if "json_object" in sql]
