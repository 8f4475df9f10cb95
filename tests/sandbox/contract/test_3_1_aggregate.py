"""Section 3.1: the Aggregate API."""

from typing import Any

import pytest

ROWS = [
    # priority, state, reassignments, opened, duration
    ("1", "1", "1", "2023-11-01 08:00:00", "1970-01-01 01:00:00"),
    ("1", "1", "2", "2023-11-02 08:00:00", "1970-01-02 00:00:00"),
    ("3", "2", "4", "2023-11-03 08:00:00", ""),
    ("3", "6", "", "2023-11-04 08:00:00", "1970-01-01 05:00:00"),
    ("3", "6", "0", "2023-11-05 18:30:00", ""),
]


@pytest.fixture
def stats(wire: Any) -> Any:
    """Five incidents of two groups, and a way to ask for their statistics."""
    instance = wire.instance
    groups = [instance.add_group(name) for name in ("Zebra", "Ape")]
    for at, (priority, state, reassigned, opened, duration) in enumerate(ROWS):
        made = instance.insert("incident", {"short_description": f"打印机 {at}"})
        fields = {"state": state, "priority": priority, "reassignment_count": reassigned, "opened_at": opened}
        fields |= {"calendar_duration": duration, "assignment_group": ["", *groups][at % 3]}
        instance.update("incident", made["sys_id"], fields, suppress=True)

    def ask(path: str = "/api/now/stats/incident", **params: str) -> Any:
        return wire.result(path, **{f"sysparm_{name}": value for name, value in params.items()})

    return ask


@pytest.mark.parametrize("version", ["", "/v1", "/v2"])
def test_a_count_is_a_string(stats: Any, version: str) -> None:
    """Ungrouped: one object, whatever the version of the path."""
    assert stats(f"/api/now{version}/stats/incident", count="true") == {"stats": {"count": "5"}}


def test_nothing_asked_nothing_computed(stats: Any) -> None:
    """With neither count nor fields there is no aggregate."""
    assert stats() == {"stats": {}}
    assert stats(count="false") == {"stats": {}}
    assert [row["stats"] for row in stats(group_by="priority")] == [{}, {}]


def test_fields(stats: Any) -> None:
    """Averages have four decimals, empty values take no part, dates and durations stay what they are."""
    found = stats(
        count="true",
        avg_fields="reassignment_count, priority",
        sum_fields="reassignment_count,calendar_duration",
        min_fields="opened_at,calendar_duration,short_description",
        max_fields="opened_at,reassignment_count,nonsense",
    )["stats"]
    assert found == {
        "count": "5",
        "sum": {"reassignment_count": "7", "calendar_duration": "1970-01-02 06:00:00"},
        "avg": {"reassignment_count": "1.7500", "priority": "2.2000"},
        "min": {
            "opened_at": "2023-11-01 08:00:00",
            "calendar_duration": "1970-01-01 01:00:00",
            "short_description": "打印机 0",
        },
        "max": {"opened_at": "2023-11-05 18:30:00", "reassignment_count": "4"},
    }


def test_no_rows(stats: Any) -> None:
    """Nothing found: the count is 0, the rest empty, and there are no groups."""
    found = stats(query="number=none", count="true", avg_fields="priority", max_fields="opened_at")
    assert found == {"stats": {"count": "0", "avg": {"priority": ""}, "max": {"opened_at": ""}}}
    assert stats(query="number=none", count="true", group_by="state") == []


def test_groups(stats: Any) -> None:
    """A list of groups, each with its field and value, and what it shows where that is asked for."""
    found = stats(count="true", group_by="priority,state")
    assert found[0] == {
        "stats": {"count": "2"},
        "groupby_fields": [{"field": "priority", "value": "1"}, {"field": "state", "value": "1"}],
    }
    assert [row["stats"]["count"] for row in found] == ["2", "1", "2"]
    for mode in ("true", "all"):
        shown = stats(count="true", group_by="state", display_value=mode)[0]["groupby_fields"]
        assert shown == [{"field": "state", "value": "1", "display_value": "New"}]


def test_groups_of_references_and_dot_walks(stats: Any) -> None:
    """References group by sys_id and sort by name; a dot-walk groups by what it leads to."""
    found = stats(count="true", group_by="assignment_group", display_value="all")
    names = [row["groupby_fields"][0]["display_value"] for row in found]
    assert names == ["", "Ape", "Zebra"]
    walked = stats(count="true", group_by="assignment_group.name", sum_fields="reassignment_count")
    assert [(row["groupby_fields"][0]["value"], row["stats"]) for row in walked] == [
        ("", {"count": "2", "sum": {"reassignment_count": "1"}}),
        ("Ape", {"count": "1", "sum": {"reassignment_count": "4"}}),
        ("Zebra", {"count": "2", "sum": {"reassignment_count": "2"}}),
    ]


@pytest.mark.parametrize(
    ("having", "left"),
    [
        ("count^priority^>^2", ["3"]),
        ("count^priority^<=^2", ["1"]),
        ("count^priority^>^1,avg^reassignment_count^<^2", ["1"]),
        ("max^opened_at^>^2023-11-04 00:00:00", ["3"]),
        ("sum^reassignment_count^=^9", []),
    ],
)
def test_having(stats: Any, having: str, left: list[str]) -> None:
    """`aggregate^field^operator^value`, several joined by comma."""
    found = stats(count="true", group_by="priority", having=having)
    assert [row["groupby_fields"][0]["value"] for row in found] == left


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["1", "2", "6"]),
        ("state^DESC", ["6", "2", "1"]),
        ("COUNT", ["2", "1", "6"]),
        ("COUNT^DESC,state^DESC", ["6", "1", "2"]),
        ("AVG^reassignment_count", ["6", "1", "2"]),
        ("MAX^opened_at^DESC", ["6", "2", "1"]),
    ],
)
def test_order(stats: Any, order: str, expected: list[str]) -> None:
    """By the groups themselves, or by aggregates and fields, rising unless DESC is said."""
    found = stats(count="true", group_by="state", order_by=order)
    assert [row["groupby_fields"][0]["value"] for row in found] == expected


def test_queries_and_pairs(wire: Any, stats: Any) -> None:
    """An encoded query narrows the rows, or name-value pairs with values or what they show."""
    assert stats(count="true", query="state=6^ORstate=2^priority=3^ORDERBYnumber")["stats"]["count"] == "3"
    assert wire.result("/api/now/stats/incident", state="Resolved", sysparm_count="true") == {
        "stats": {"count": "2"}
    }


def test_rows_that_may_not_be_read_are_counted(wire: Any, stats: Any) -> None:
    """Aggregates do not respect row ACLs; a query ACL and an unreadable column they do."""
    wire.instance.hide("incident", "state=6", "connector")
    assert len(wire.result("/api/now/table/incident")) == 3
    assert stats(count="true") == {"stats": {"count": "5"}}
    wire.instance.deny_read("incident", "reassignment_count", "connector")
    assert stats(count="true", max_fields="reassignment_count,priority")["stats"] == {
        "count": "5",
        "max": {"priority": "3"},
    }
    wire.instance.deny_query("incident", "priority", user="connector")
    refused = wire.get("/api/now/stats/incident?sysparm_count=true&sysparm_query=priority=1")
    assert refused.status_code == 403


def test_refusals(wire: Any) -> None:
    """An unknown table is 400, a login is needed, nothing can be written."""
    assert wire.get("/api/now/stats/nothing").json()["error"]["message"] == "Invalid table nothing"
    assert wire.post("/api/now/stats/incident", json={}).status_code == 405
    wire.auth = None
    wire.session.cookies.clear()
    assert wire.get("/api/now/stats/incident?sysparm_count=true").status_code == 401


@pytest.mark.parametrize(
    "params",
    [
        {"sysparm_having": "count^priority^>^1"},
        {"sysparm_having": "max^priority^>^1"},
        {"sysparm_order_by": "MAX^priority^DESC"},
        {"sysparm_order_by": "priority^DESC"},
    ],
)
def test_what_may_not_be_read_neither_filters_nor_sorts(
    wire: Any, stats: Any, params: dict[str, str]
) -> None:
    """Otherwise having and order would tell what the answer hides."""
    grouped = {"sysparm_count": "true", "sysparm_group_by": "state"}
    plain = wire.result("/api/now/stats/incident", **grouped)
    wire.instance.deny_read("incident", "priority", "connector")
    assert wire.result("/api/now/stats/incident", **grouped, **params) == plain


def test_statistics_of_knowledge_may_be_refused(wire: Any) -> None:
    """403 where the instance is one of those; other tables are not concerned."""
    assert wire.result("/api/now/stats/kb_knowledge", sysparm_count="true") == {"stats": {"count": "0"}}
    wire.rest.manner.knowledge_stats = False
    assert wire.get("/api/now/stats/kb_knowledge?sysparm_count=true").status_code == 403
    assert wire.get("/api/now/stats/incident?sysparm_count=true").status_code == 200
