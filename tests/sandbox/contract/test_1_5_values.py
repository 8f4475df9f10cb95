"""1.5: the shapes of values, in all modes, with and without links."""

from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/incident"


@pytest.fixture
def record(instance: Instance, clock: Any) -> dict[str, str]:
    """An incident with something in every kind of column."""
    caller = instance.add_user("abel", name="Abel Tuter")
    other = instance.add_user("beth", name="Beth Anglin")
    row = instance.insert(
        "incident",
        {
            "caller_id": caller,
            "state": "2",
            "watch_list": f"{caller},{other}",
            "calendar_duration": "1970-01-02 04:23:17",
            "business_duration": "1970-01-01 08:00:00",
            "calendar_stc": "102197",
            "business_stc": "28800",
        },
        user="abel",
    )
    instance.update("incident", row["sys_id"], {"work_notes": "first"}, user="beth")
    clock.at += 60
    instance.update("incident", row["sys_id"], {"comments": "second"}, user="abel")
    return row


def value(wire: Any, record: dict[str, str], column: str, mode: str, links: bool) -> Any:
    """One column of the record as asked for; alone and in a list it is the same."""
    sent = {
        "sysparm_fields": column,
        "sysparm_display_value": mode,
        "sysparm_exclude_reference_link": "false" if links else "true",
    }
    alone = wire.result(f"{LIST}/{record['sys_id']}", **sent)
    assert wire.result(LIST, sysparm_query=f"sys_id={record['sys_id']}", **sent) == [alone]
    return alone[column]


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize(
    ("column", "stored", "shown"),
    [
        ("state", "2", "In Progress"),
        ("active", "true", "true"),
        ("reopen_count", "0", "0"),
        ("calendar_stc", "102197", "102,197"),
        ("business_stc", "28800", "28,800"),
        ("calendar_duration", "1970-01-02 04:23:17", "1 Day 4 Hours 23 Minutes"),
        ("business_duration", "1970-01-01 08:00:00", "8 Hours"),
        ("opened_at", "2023-11-20 01:00:00", "2023-11-20 01:00:00"),
        ("sys_class_name", "incident", "Incident"),
        ("sys_domain_path", "/", "/"),
        ("short_description", "", ""),
        ("due_date", "", ""),
        ("closed_at", "", ""),
        ("assigned_to", "", ""),
        ("work_notes_list", "", ""),
        ("sla_due", "", "UNKNOWN"),
        ("activity_due", "", "UNKNOWN"),
    ],
)
def test_plain_values(
    wire: Any, record: dict[str, str], column: str, stored: str, shown: str, links: bool
) -> None:
    """Text in every mode; `all` has both."""
    assert value(wire, record, column, "false", links) == stored
    assert value(wire, record, column, "true", links) == shown
    assert value(wire, record, column, "all", links) == {"display_value": shown, "value": stored}


@pytest.mark.parametrize("column", ["close_code", "contact_type"])
def test_an_empty_choice_is_null_in_all(wire: Any, record: dict[str, str], column: str) -> None:
    """Only there; and only choices."""
    assert value(wire, record, column, "true", True) == ""
    assert value(wire, record, column, "all", True) == {"display_value": None, "value": ""}


def test_references(wire: Any, record: dict[str, str]) -> None:
    """With links three shapes of objects, without them plain text; `true` loses the sys_id."""
    caller = record["caller_id"]
    link = f"{wire.base}/api/now/table/sys_user/{caller}"
    see = lambda mode, links: value(wire, record, "caller_id", mode, links)  # noqa: E731
    assert see("false", True) == {"link": link, "value": caller}
    assert see("true", True) == {"display_value": "Abel Tuter", "link": link}
    assert see("all", True) == {"display_value": "Abel Tuter", "link": link, "value": caller}
    assert list(see("all", True)) == ["display_value", "link", "value"]
    assert see("false", False) == caller
    assert see("true", False) == "Abel Tuter"
    assert see("all", False) == {"display_value": "Abel Tuter", "value": caller}


def test_links_can_be_followed(wire: Any, record: dict[str, str]) -> None:
    """The address of a reference is that of the record."""
    link = value(wire, record, "caller_id", "false", True)["link"]
    assert wire.session.get(link, timeout=5).json()["result"]["name"] == "Abel Tuter"


def test_the_domain_is_always_the_global_one(wire: Any, record: dict[str, str]) -> None:
    """Like a reference to a group that is called global."""
    link = f"{wire.base}/api/now/table/sys_user_group/global"
    assert value(wire, record, "sys_domain", "false", True) == {"link": link, "value": "global"}
    both = {"display_value": "global", "link": link, "value": "global"}
    assert value(wire, record, "sys_domain", "all", True) == both


def test_lists_show_names(wire: Any, record: dict[str, str]) -> None:
    """Comma-separated sys_ids, comma-separated names."""
    assert value(wire, record, "watch_list", "false", True) == record["watch_list"]
    assert value(wire, record, "watch_list", "true", True) == "Abel Tuter, Beth Anglin"


def test_journals_show_newest_first(wire: Any, record: dict[str, str], instance: Instance) -> None:
    """Raw they are empty; shown they are stamped in the reader's zone and format."""
    assert value(wire, record, "comments_and_work_notes", "false", True) == ""
    second = "2023-11-20 01:01:00 - Abel Tuter (Additional comments)\nsecond\n\n"
    first = "2023-11-20 01:00:00 - Beth Anglin (Work notes)\nfirst\n\n"
    assert value(wire, record, "comments_and_work_notes", "true", True) == second + first
    assert value(wire, record, "work_notes", "all", True) == {"display_value": first, "value": ""}
    me = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    instance.update("sys_user", me, {"time_zone": "Asia/Shanghai", "date_format": "dd/MM/yyyy"})
    assert value(wire, record, "work_notes", "true", True).startswith("20/11/2023 09:00:00 - Beth")


@pytest.mark.parametrize(
    ("zone", "date", "time", "shown"),
    [
        ("US/Pacific", "", "", "2023-11-19 17:00:00"),
        ("Europe/Berlin", "dd.MM.yyyy", "", "20.11.2023 02:00:00"),
        ("", "MM-dd-yyyy", "hh:mm:ss a", "11-20-2023 01:00:00 AM"),
        ("", "yyyy年MM月dd日", "HH:mm", "2023年11月20日 01:00"),
        ("", "100%", "", "100% 01:00:00"),
    ],
)
def test_dates_as_the_user_sees_them(
    wire: Any, record: dict[str, str], instance: Instance, zone: str, date: str, time: str, shown: str
) -> None:
    """Zone and both formats are the user's own; the raw value never moves."""
    me = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    instance.update("sys_user", me, {"time_zone": zone, "date_format": date, "time_format": time})
    both = {"display_value": shown, "value": "2023-11-20 01:00:00"}
    assert value(wire, record, "opened_at", "all", True) == both
    assert value(wire, record, "opened_at", "false", True) == "2023-11-20 01:00:00"


def test_dates_are_typed_as_they_are_seen(wire: Any, record: dict[str, str], instance: Instance) -> None:
    """With `sysparm_input_display_value` what was shown can be written back."""
    me = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    formats = {"time_zone": "Asia/Shanghai", "date_format": "dd/MM/yyyy", "time_format": "hh:mm:ss a"}
    instance.update("sys_user", me, formats)
    shown = value(wire, record, "opened_at", "true", True)
    path = f"{LIST}/{record['sys_id']}?sysparm_input_display_value=true"
    wire.patch(path, json={"opened_at": shown, "follow_up": shown})
    row = instance.get("incident", record["sys_id"])
    assert row is not None
    assert (row["opened_at"], row["follow_up"]) == ("2023-11-20 01:00:00", "2023-11-20 01:00:00")


def test_an_empty_wiki_is_null(wire: Any, instance: Instance) -> None:
    """The one raw value that is not text."""
    instance.insert("kb_knowledge", {"short_description": "a"})
    assert wire.result("/api/now/table/kb_knowledge", sysparm_fields="wiki,text") == [
        {"wiki": None, "text": ""}
    ]


def test_any_unicode_survives(wire: Any) -> None:
    """What goes in comes out, in every mode."""
    text = "打印机 \u2028 \U0001f5a8 \"'\\ &#39; \t\n"
    made = wire.post(LIST, json={"description": text}).json()["result"]
    assert made["description"] == text
    assert wire.result(f"{LIST}/{made['sys_id']}", sysparm_display_value="true")["description"] == text


def test_a_time_of_the_day(wire: Any) -> None:
    """Stored on the first day of 1970, shown without it; what is no time is dropped."""
    wire.instance.add_column("incident", "u_at", type="glide_time")
    made = wire.post("/api/now/table/incident", json={"u_at": "10:20:30"}).json()["result"]
    assert made["u_at"] == "1970-01-01 10:20:30"
    path = f"/api/now/table/incident/{made['sys_id']}"
    for sent, stored in (("1970-01-01 07:08:09", "07:08:09"), ("25:00:00", "07:08:09"), ("", "")):
        told = wire.patch(path, json={"u_at": sent}, params={"sysparm_display_value": "all"}).json()["result"]
        assert told["u_at"] == {"display_value": stored, "value": stored and f"1970-01-01 {stored}"}


@pytest.mark.parametrize("table", ["task", "incident", "change_request", "sys_user"])
def test_the_domain_is_a_group_wherever_it_stands(wire: Any, table: str) -> None:
    """`sys_domain` looks like a reference to the group `global`, its link too."""
    made = wire.post(f"/api/now/v2/table/{table}", json={}).json()["result"]
    link = f"{wire.base}/api/now/v2/table/sys_user_group/global"
    assert made["sys_domain"] == {"link": link, "value": "global"}
