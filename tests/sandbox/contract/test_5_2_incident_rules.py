"""What the platform does by itself when an incident is written (5.2), and rules that stop it (1.6)."""

from typing import Any

import pytest

INCIDENT = "/api/now/table/incident"
DAY = 86400
SOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "-"}


def test_the_data_policy_names_labels(wire: Any) -> None:
    """403 with the labels of what is missing, also of a dropped choice; the message can be switched."""
    path = f"{INCIDENT}/{wire.instance.insert('incident', {})['sys_id']}"
    answer = wire.patch(path, json={"state": "6", "close_code": "Bananas", "close_notes": "x"})
    detail = "Data Policy Exception: The following fields are mandatory: Resolution code"
    assert answer.status_code == 403
    assert answer.json() == {
        "error": {"message": "Operation Failed", "detail": detail},
        "status": "failure",
    }
    wire.instance.switch("data_policy_message", "Data Policy Exception")
    assert wire.patch(path, json={"state": "7"}).json()["error"]["message"] == "Data Policy Exception"


@pytest.mark.parametrize(("reopens", "state"), [(False, "6"), (True, "2")])
def test_the_caller_comments_on_a_resolved_incident(wire: Any, reopens: bool, state: str) -> None:
    """It may reopen, and then counts as a reopening; somebody else's comment never does."""
    caller = wire.instance.add_user("li", name="Li", password="secret", roles=["itil"])
    sys_id = wire.instance.insert("incident", {"caller_id": caller})["sys_id"]
    wire.instance.update("incident", sys_id, SOLVED)
    wire.instance.switch("caller_reopens", reopens)
    path = f"{INCIDENT}/{sys_id}"
    assert wire.patch(path, json={"comments": "?"}).json()["result"]["state"] == "6"
    wire.auth = ("li", "secret")
    row = wire.patch(path, json={"comments": "still broken"}).json()["result"]
    assert (row["state"], row["reopen_count"]) == (state, "1" if reopens else "0")


@pytest.mark.parametrize(("by_resolution", "day"), [("true", 5), ("false", 7)])
def test_auto_close(wire: Any, clock: Any, by_resolution: str, day: int) -> None:
    """Resolved incidents close after so many days, at a full hour; a note postpones it in the second mode."""
    wire.instance.properties["glide.ui.autoclose.time"] = "5"
    wire.instance.properties["com.snc.incident.autoclose.basedon.resolved_at"] = by_resolution
    sys_id = wire.instance.insert("incident", {})["sys_id"]
    path = f"{INCIDENT}/{sys_id}"
    clock.at += 90
    begun = clock.at
    solver = wire.patch(path, json=SOLVED).json()["result"]["resolved_by"]["value"]
    clock.at = begun + 2 * DAY
    wire.patch(path, json={"work_notes": "touched"})
    clock.at = begun + day * DAY
    assert wire.result(path)["state"] == "6"
    clock.at += 9 * DAY
    row = wire.result(path, sysparm_exclude_reference_link="true")
    assert (row["state"], row["incident_state"], row["active"]) == ("7", "7", "false")
    assert (row["closed_by"], row["sys_updated_by"]) == (solver, "system")
    assert row["closed_at"] == row["sys_updated_on"] == f"2023-11-{20 + day} 02:00:00"


def test_nothing_closes_without_the_property(wire: Any, clock: Any) -> None:
    """The job is off until its days are set, and with 0."""
    sys_id = wire.instance.insert("incident", {})["sys_id"]
    wire.patch(f"{INCIDENT}/{sys_id}", json=SOLVED)
    clock.at += 99 * DAY
    assert wire.result(f"{INCIDENT}/{sys_id}")["state"] == "6"
    wire.instance.properties["glide.ui.autoclose.time"] = "0"
    clock.at += DAY
    assert wire.result(f"{INCIDENT}/{sys_id}")["state"] == "6"


@pytest.fixture
def rule(wire: Any) -> str:
    """The sys_id of a rule that an admin posted: no incident of impact 1 may be written or deleted."""
    row = {
        "name": "No panic",
        "collection": "task",
        "when": "before",
        "filter_condition": "impact=1^EQ",
        "abort_action": "true",
        **dict.fromkeys(("action_insert", "action_update", "action_delete"), "true"),
    }
    answer = wire.post("/api/now/table/sys_script", json=row)
    assert answer.status_code == 201
    return str(answer.json()["result"]["sys_id"])


def test_a_posted_rule_aborts(wire: Any, rule: str) -> None:
    """Inserts, updates and deletes that match are refused in the recorded words and leave nothing."""
    made = wire.post(INCIDENT, json={"impact": "2", "short_description": "calm"}).json()["result"]
    path = f"{INCIDENT}/{made['sys_id']}"
    detail = (
        f"Operation against file 'incident' was aborted by Business Rule 'No panic^{rule}'."
        " Business Rule Stack:No panic"
    )
    refused = {"error": {"message": "Operation Failed", "detail": detail}, "status": "failure"}
    for answer in (
        wire.post(INCIDENT, json={"impact": "1"}),
        wire.patch(path, json={"impact": "1", "work_notes": "lost"}),
    ):
        assert (answer.status_code, answer.json()) == (403, refused)
    assert len(wire.result(INCIDENT)) == 1
    assert wire.result(path)["impact"] == "2"
    assert wire.result("/api/now/table/sys_journal_field") == []
    wire.instance.update("incident", made["sys_id"], {"impact": "1"}, suppress=True)
    assert wire.delete(path).json() == refused


@pytest.mark.parametrize("end", ["deactivate", "delete"])
def test_a_rule_ends(wire: Any, rule: str, end: str) -> None:
    """With its row, or when that is not active."""
    assert wire.post(INCIDENT, json={"impact": "1"}).status_code == 403
    path = f"/api/now/table/sys_script/{rule}"
    answer = wire.delete(path) if end == "delete" else wire.patch(path, json={"active": "false"})
    assert answer.ok
    assert wire.post(INCIDENT, json={"impact": "1"}).status_code == 201


def test_only_admins_make_rules(wire: Any) -> None:
    """An `itil` user is refused."""
    wire.instance.add_user("agent", name="A", password="secret", roles=["itil"])
    wire.auth = ("agent", "secret")
    assert wire.post("/api/now/table/sys_script", json={"name": "x"}).status_code == 403


def test_a_parent_counts_its_children(wire: Any) -> None:
    """Up and down with what names it, without a stamp of its own."""
    first, second = (wire.instance.insert("incident", {})["sys_id"] for _ in range(2))

    def counts() -> tuple[str, str]:
        return tuple(wire.result(f"{INCIDENT}/{one}")["child_incidents"] for one in (first, second))

    child = wire.post(INCIDENT, json={"parent_incident": first}).json()["result"]["sys_id"]
    wire.post(INCIDENT, json={"parent_incident": first})
    assert counts() == ("2", "0")
    wire.patch(f"{INCIDENT}/{child}", json={"parent_incident": second})
    assert counts() == ("1", "1")
    wire.patch(f"{INCIDENT}/{child}", json={"parent_incident": ""})
    assert counts() == ("1", "0")
    wire.patch(f"{INCIDENT}/{child}", json={"parent_incident": second})
    wire.delete(f"{INCIDENT}/{child}")
    assert counts() == ("1", "0")
    assert wire.result(f"{INCIDENT}/{second}")["sys_mod_count"] == "0"


LOOKED_UP = {
    "11": "1",
    "12": "2",
    "13": "3",
    "21": "2",
    "22": "3",
    "23": "4",
    "31": "3",
    "32": "4",
    "33": "5",
}


def test_priority_is_looked_up(wire: Any) -> None:
    """On insert whatever is written, and when impact or urgency change; alone it may be written."""
    for pair, priority in LOOKED_UP.items():
        impact, urgency = pair
        body = {"impact": impact, "urgency": urgency, "priority": "1"}
        assert wire.post(INCIDENT, json=body).json()["result"]["priority"] == priority
    path = f"{INCIDENT}/{wire.instance.insert('incident', {})['sys_id']}"
    assert wire.patch(path, json={"urgency": "1", "priority": "5"}).json()["result"]["priority"] == "3"
    assert wire.patch(path, json={"priority": "1"}).json()["result"]["priority"] == "1"


def test_the_way_of_an_incident(wire: Any, clock: Any) -> None:
    """Resolved, closed, and what is stamped and measured on the way; closing needs nothing more."""
    path = f"{INCIDENT}/{wire.instance.insert('incident', {}, user='connector')['sys_id']}"
    me = wire.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    clock.at += 3600

    def write(**fields: str) -> dict[str, str]:
        answer = wire.patch(path, json=fields, params={"sysparm_exclude_reference_link": "true"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["result"])

    row = write(**SOLVED)
    assert (row["resolved_at"], row["resolved_by"], row["active"]) == ("2023-11-20 02:00:00", me, "true")
    assert (row["calendar_stc"], row["business_stc"]) == ("3600", "3600")
    assert row["calendar_duration"] == row["business_duration"] == "1970-01-01 01:00:00"
    assert (row["closed_at"], row["work_start"]) == ("", "")
    clock.at += 60
    row = write(state="7")
    assert (row["closed_at"], row["closed_by"], row["active"]) == ("2023-11-20 02:01:00", me, "false")
    assert row["resolved_at"] == "2023-11-20 02:00:00"


@pytest.mark.parametrize("clears", [True, False])
def test_reopening(wire: Any, clock: Any, clears: bool) -> None:
    """Counted and stamped; what the resolution left is emptied, unless the switch says otherwise."""
    wire.instance.switch("reopen_clears", clears)
    path = f"{INCIDENT}/{wire.instance.insert('incident', {})['sys_id']}"
    wire.patch(path, json=SOLVED)
    clock.at += 60
    row = wire.patch(path, json={"state": "2"}).json()["result"]
    assert (row["reopen_count"], row["reopened_time"]) == ("1", "2023-11-20 01:01:00")
    assert row["reopened_by"]["value"]
    assert (row["resolved_at"] == "", row["resolved_by"] == "", row["calendar_stc"] == "") == (clears,) * 3


def test_cancelling(wire: Any) -> None:
    """Ends it without a reason."""
    path = f"{INCIDENT}/{wire.instance.insert('incident', {})['sys_id']}"
    row = wire.patch(path, json={"state": "8"}).json()["result"]
    assert (row["active"], row["closed_at"], row["resolved_at"]) == ("false", "2023-11-20 01:00:00", "")


@pytest.mark.parametrize(
    ("final", "user", "state"), [(False, "li", "2"), (True, "li", "7"), (True, "connector", "2")]
)
def test_who_reopens_what_is_closed(wire: Any, final: bool, user: str, state: str) -> None:
    """Where an ACL closes the state of closed incidents only admins write it; other columns go on."""
    wire.instance.add_user("li", name="Li", password="secret", roles=["itil"])
    closed = {"state": "7", "close_code": "Duplicate", "close_notes": "-"}
    path = f"{INCIDENT}/{wire.instance.insert('incident', closed)['sys_id']}"
    wire.instance.switch("closed_is_final", final)
    wire.auth = (user, "secret")
    row = wire.patch(path, json={"state": "2", "short_description": "x"}).json()["result"]
    assert (row["state"], row["short_description"]) == (state, "x")


def test_the_callers_comment_ends_the_wait_for_the_caller(wire: Any) -> None:
    """On Hold, Awaiting Caller: In Progress without a reason; other waits go on."""
    caller = wire.instance.add_user("li", name="Li", password="secret", roles=["itil"])
    for reason, state in {"1": "2", "4": "3"}.items():
        wire.auth = ("connector", "secret")
        made = {"caller_id": caller, "state": "3", "hold_reason": reason}
        path = f"{INCIDENT}/{wire.instance.insert('incident', made)['sys_id']}"
        assert wire.patch(path, json={"comments": "?"}).json()["result"]["state"] == "3"
        wire.auth = ("li", "secret")
        row = wire.patch(path, json={"comments": "here you are"}).json()["result"]
        assert (row["state"], row["hold_reason"]) == (state, "" if state == "2" else reason)


def test_on_hold_without_a_reason(wire: Any) -> None:
    """Over REST no reason is asked for; one that was given ends with the wait."""
    path = f"{INCIDENT}/{wire.instance.insert('incident', {})['sys_id']}"
    assert wire.patch(path, json={"state": "3"}).json()["result"]["hold_reason"] == ""
    wire.patch(path, json={"hold_reason": "4"})
    assert wire.patch(path, json={"state": "2"}).json()["result"]["hold_reason"] == ""


def test_reassignments(wire: Any) -> None:
    """Counted from one group to another, not from none; nobody asks whether the person is in the group."""
    first, second = wire.instance.add_group("First"), wire.instance.add_group("Second")
    path = f"{INCIDENT}/{wire.instance.insert('incident', {})['sys_id']}"
    person = wire.instance.add_user("li", name="Li")
    counts = [
        wire.patch(path, json={"assignment_group": group, "assigned_to": person}).json()["result"][
            "reassignment_count"
        ]
        for group in (first, second, second, first)
    ]
    assert counts == ["0", "1", "1", "2"]
