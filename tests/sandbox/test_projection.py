"""The shapes of values in the three display modes."""

from typing import Any

import pytest

from connector.sandbox.instance import Instance
from connector.sandbox.projection import Projection
from connector.sandbox.stock.task import INCIDENT_ORDER

FIELDS = (
    "state,assignment_group,caller_id,close_code,sla_due,due_date,opened_at,calendar_duration,calendar_stc,"
    "work_notes,active,sys_class_name,sys_domain,watch_list,short_description"
)


@pytest.fixture
def record(instance: Instance) -> tuple[str, str, str]:
    """A resolved incident with a note; its sys_id, its group's and the writer's."""
    wang = instance.add_user("wang", name="Wang Wei")
    group = instance.add_group("First line")
    row = instance.insert(
        "incident",
        {
            "assignment_group": group,
            "opened_at": "2023-11-18 20:36:40",
            "short_description": 'He said "no" \\ \t 你好',
            "watch_list": f"{wang},someone@example.com",
        },
    )
    solved = {"state": "6", "close_code": "Known error", "close_notes": "-", "work_notes": "one"}
    instance.update("incident", row["sys_id"], solved, user="wang")
    instance.update(
        "incident",
        row["sys_id"],
        {"close_code": "", "work_notes": "two", "comments": "for you"},
        suppress=True,
    )
    return row["sys_id"], group, wang


def get(near: Any, sys_id: str, fields: str = FIELDS, **params: str) -> dict[str, Any]:
    """One record."""
    answer = near("GET", f"table/incident/{sys_id}", params={"sysparm_fields": fields} | params)
    return dict(answer.json()["result"])


def test_raw(near: Any, record: tuple[str, str, str]) -> None:
    """Everything is a string; a reference is an object with a link, an empty one an empty string."""
    sys_id, group, wang = record
    assert get(near, sys_id) == {
        "state": "6",
        "assignment_group": {"link": f"{near.base}/api/now/table/sys_user_group/{group}", "value": group},
        "caller_id": "",
        "close_code": "",
        "sla_due": "",
        "due_date": "",
        "opened_at": "2023-11-18 20:36:40",
        "calendar_duration": "1970-01-02 04:23:20",
        "calendar_stc": "102200",
        "work_notes": "",
        "active": "true",
        "sys_class_name": "incident",
        "sys_domain": {"link": f"{near.base}/api/now/table/sys_user_group/global", "value": "global"},
        "watch_list": f"{wang},someone@example.com",
        "short_description": 'He said "no" \\ \t 你好',
    }


def test_raw_without_links(near: Any, record: tuple[str, str, str]) -> None:
    """A reference becomes its sys_id."""
    sys_id, group, _ = record
    found = get(near, sys_id, sysparm_exclude_reference_link="true")
    assert (found["assignment_group"], found["caller_id"], found["sys_domain"]) == (group, "", "global")


def test_display_values(near: Any, record: tuple[str, str, str]) -> None:
    """Labels, names without sys_id, durations without seconds, thousands separated, "UNKNOWN" if not due."""
    sys_id, group, _ = record
    link = f"{near.base}/api/now/table/sys_user_group/"
    assert get(near, sys_id, sysparm_display_value="true") == {
        "state": "Resolved",
        "assignment_group": {"display_value": "First line", "link": f"{link}{group}"},
        "caller_id": "",
        "close_code": "",
        "sla_due": "UNKNOWN",
        "due_date": "",
        "opened_at": "2023-11-18 20:36:40",
        "calendar_duration": "1 Day 4 Hours 23 Minutes",
        "calendar_stc": "102,200",
        "work_notes": "2023-11-20 01:00:00 - Wang Wei (Work notes)\none\n\n",
        "active": "true",
        "sys_class_name": "Incident",
        "sys_domain": {"display_value": "global", "link": f"{link}global"},
        "watch_list": "Wang Wei, someone@example.com",
        "short_description": 'He said "no" \\ \t 你好',
    }
    found = get(near, sys_id, sysparm_display_value="True", sysparm_exclude_reference_link="True")
    assert (found["assignment_group"], found["caller_id"]) == ("First line", "")


def test_both(near: Any, record: tuple[str, str, str]) -> None:
    """Pairs for every field; an empty choice shows null, an empty reference has no link."""
    sys_id, group, _ = record
    found = get(near, sys_id, sysparm_display_value="all")
    link = f"{near.base}/api/now/table/sys_user_group/{group}"
    assert found["assignment_group"] == {"display_value": "First line", "link": link, "value": group}
    assert list(found["assignment_group"]) == ["display_value", "link", "value"]
    assert found["caller_id"] == {"display_value": "", "value": ""}
    assert found["close_code"] == {"display_value": None, "value": ""}
    assert found["state"] == {"display_value": "Resolved", "value": "6"}
    assert found["sla_due"] == {"display_value": "UNKNOWN", "value": ""}
    assert found["work_notes"]["value"] == ""
    assert found["work_notes"]["display_value"].endswith("(Work notes)\none\n\n")
    plain = get(near, sys_id, sysparm_display_value="all", sysparm_exclude_reference_link="true")
    assert plain["assignment_group"] == {"display_value": "First line", "value": group}


def test_display_is_in_the_users_zone(near: Any, instance: Instance, record: tuple[str, str, str]) -> None:
    """Dates and journal stamps move, raw values do not; newest entries first, both journals in one list."""
    sys_id, _, _ = record
    instance.add_user("shanghai", name="S", password="secret", roles=["itil"], time_zone="Asia/Shanghai")
    instance.update("incident", sys_id, {"comments": "for you"}, user="connector")
    near.session.auth = ("shanghai", "secret")
    found = get(near, sys_id, "opened_at,comments_and_work_notes", sysparm_display_value="all")
    assert found["opened_at"] == {"display_value": "2023-11-19 04:36:40", "value": "2023-11-18 20:36:40"}
    assert found["comments_and_work_notes"]["display_value"] == (
        "2023-11-20 09:00:00 - Desk Policy Connector (Additional comments)\nfor you\n\n"
        "2023-11-20 09:00:00 - Wang Wei (Work notes)\none\n\n"
    )


def test_fields_are_chosen(near: Any, instance: Instance, record: tuple[str, str, str]) -> None:
    """In the order asked for, with blanks allowed, dot-walks as flat keys, unknown ones left out."""
    sys_id, group, _ = record
    wanted = "number, assignment_group.name,nonsense,resolved_by.manager.name, assignment_group.sys_id,number"
    found = get(near, sys_id, wanted)
    assert list(found) == [
        "number",
        "assignment_group.name",
        "resolved_by.manager.name",
        "assignment_group.sys_id",
    ]
    assert (found["assignment_group.name"], found["resolved_by.manager.name"]) == ("First line", "")
    assert found["assignment_group.sys_id"] == group
    assert get(near, sys_id, "nonsense") == {}
    shown = get(near, sys_id, "resolved_by.name,state", sysparm_display_value="true")
    assert shown == {"resolved_by.name": "Wang Wei", "state": "Resolved"}


@pytest.mark.parametrize("mode", ["false", "true", "all"])
def test_all_columns_in_order(near: Any, record: tuple[str, str, str], mode: str) -> None:
    """Without a choice of fields an incident prints its 92 columns in the recorded order."""
    found = get(near, record[0], "", sysparm_display_value=mode)
    assert tuple(found) == INCIDENT_ORDER


def test_an_article_without_wiki_text(near: Any, instance: Instance) -> None:
    """The one column that comes as null."""
    instance.insert("kb_knowledge", {})
    assert near.rows("kb_knowledge")[0]["wiki"] is None


def test_a_changed_name_shows_at_once(near: Any, instance: Instance, record: tuple[str, str, str]) -> None:
    """Nothing stale is printed after a record, a choice or a column has changed."""
    sys_id, group, _ = record
    ask = {"sysparm_display_value": "true", "sysparm_exclude_reference_link": "true"}
    assert get(near, sys_id, "assignment_group,state", **ask) == {
        "assignment_group": "First line",
        "state": "Resolved",
    }
    instance.update("sys_user_group", group, {"name": "Front desk"})
    instance.add_choice("incident", "state", "6", "Solved")
    assert get(near, sys_id, "assignment_group,state", **ask) == {
        "assignment_group": "Front desk",
        "state": "Solved",
    }
    instance.add_column("incident", "u_x")
    assert "u_x" in get(near, sys_id, "")


def test_parts_become_one_object() -> None:
    """A record too wide for one SQL function is put together from several."""
    assert Projection.joined([b'{"a":"1"}', b'{"b":{"c":"}"}}']) == b'{"a":"1","b":{"c":"}"}}'
    assert Projection.joined([b"{}"]) == b"{}"
