"""Section 4.1: task and incident, their columns with type, label and default, and what extends task."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, extends, missing, rows

COLUMNS = {
    "incident": (
        "number state incident_state hold_reason impact urgency priority severity category "
        "subcategory contact_type caller_id opened_by assigned_to resolved_by closed_by "
        "reopened_by assignment_group opened_at resolved_at closed_at reopened_time due_date "
        "sla_due activity_due follow_up close_code close_notes reassignment_count "
        "reopen_count made_sla knowledge active escalation calendar_duration "
        "business_duration calendar_stc business_stc notify approval watch_list comments "
        "work_notes comments_and_work_notes parent_incident problem_id rfc caused_by cmdb_ci "
        "business_service correlation_id correlation_display"
    ),
}

ABOVE = [
    "incident",
    "incident_task",
    "problem",
    "problem_task",
    "change_request",
    "change_task",
    "sc_request",
    "sc_req_item",
    "sc_task",
    "interaction",
    "sn_customerservice_case",
]

KINDS = {
    "number": "string 40",
    "state": "integer",
    "incident_state": "integer",
    "hold_reason": "integer",
    "impact": "integer",
    "urgency": "integer",
    "priority": "integer",
    "severity": "integer",
    "caller_id": "reference sys_user",
    "opened_by": "reference sys_user",
    "assigned_to": "reference sys_user",
    "resolved_by": "reference sys_user",
    "closed_by": "reference sys_user",
    "reopened_by": "reference sys_user",
    "assignment_group": "reference sys_user_group",
    "opened_at": "glide_date_time",
    "resolved_at": "glide_date_time",
    "due_date": "glide_date_time",
    "sla_due": "due_date",
    "activity_due": "due_date",
    "reassignment_count": "integer",
    "reopen_count": "integer",
    "child_incidents": "integer",
    "made_sla": "boolean",
    "knowledge": "boolean",
    "active": "boolean",
    "escalation": "integer",
    "calendar_duration": "glide_duration",
    "business_duration": "glide_duration",
    "calendar_stc": "integer",
    "business_stc": "integer",
    "notify": "integer",
    "watch_list": "glide_list",
    "work_notes_list": "glide_list",
    "comments": "journal_input",
    "work_notes": "journal_input",
    "comments_and_work_notes": "journal_list",
    "approval_history": "journal",
    "correlation_id": "string 100",
    "correlation_display": "string 100",
}
"""Column → type, then the length or the table it points at."""

FRESH = {
    "state": "1",
    "incident_state": "1",
    "impact": "3",
    "urgency": "3",
    "priority": "5",
    "severity": "3",
    "category": "inquiry",
    "notify": "1",
    "escalation": "0",
    "approval": "not requested",
    "made_sla": "true",
    "active": "true",
    "knowledge": "false",
    "reassignment_count": "0",
    "reopen_count": "0",
    "child_incidents": "0",
    "upon_approval": "proceed",
    "upon_reject": "cancel",
    "contact_type": "",
    "work_start": "",
}

CHOICES = {
    ("incident", "state"): {
        "1": "New",
        "2": "In Progress",
        "3": "On Hold",
        "6": "Resolved",
        "7": "Closed",
        "8": "Canceled",
    },
    ("incident", "hold_reason"): {
        "1": "Awaiting Caller",
        "3": "Awaiting Problem",
        "4": "Awaiting Vendor",
        "5": "Awaiting Change",
    },
    ("task", "priority"): {
        "1": "1 - Critical",
        "2": "2 - High",
        "3": "3 - Moderate",
        "4": "4 - Low",
        "5": "5 - Planning",
    },
    ("incident", "close_code"): {
        one: one
        for one in (
            "Duplicate",
            "Known error",
            "No resolution provided",
            "Resolved by caller",
            "Resolved by change",
            "Resolved by problem",
            "Resolved by request",
            "Solution provided",
            "Workaround provided",
            "User error",
        )
    },
    ("incident", "impact"): {},
    ("task", "impact"): {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
    ("incident", "notify"): {"1": "Do Not Notify", "2": "Send Email", "3": "Telephone"},
    ("task", "escalation"): {"0": "Normal", "1": "Moderate", "2": "High", "3": "Overdue"},
    ("task", "approval"): {
        "not requested": "Not Yet Requested",
        "requested": "Requested",
        "approved": "Approved",
        "rejected": "Rejected",
    },
    ("task", "state"): {
        "-5": "Pending",
        "1": "Open",
        "2": "Work in Progress",
        "3": "Closed Complete",
        "4": "Closed Incomplete",
        "7": "Closed Skipped",
    },
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


@pytest.mark.parametrize(("where", "told"), CHOICES.items())
def test_choices(wire: Wire, where: tuple[str, str], told: dict[str, str]) -> None:
    """Read from `sys_choice`, as clients should."""
    assert choices(wire, *where) == told


@pytest.mark.parametrize(("element", "told"), KINDS.items())
def test_types(wire: Wire, element: str, told: str) -> None:
    """Type, length where the facts name one, and the table a reference points at."""
    kind, _, more = told.partition(" ")
    (row,) = rows(
        wire,
        "sys_dictionary",
        f"element={element}^nameINtask,incident^ORDERBYDESCname",
        "internal_type,max_length,reference",
    )[:1]
    assert row["internal_type"] == kind
    assert more in {"", row["max_length"], row["reference"]}


@pytest.mark.parametrize("table", ABOVE)
def test_a_table_extends_another(wire: Wire, table: str) -> None:
    """By `super_class`; a record is found under every table above it, with its class."""
    extends(wire, table, "task")


def test_the_number_is_what_a_task_shows(wire: Wire) -> None:
    """A reference to a task displays its number."""
    made = wire.post("/api/now/table/incident", json={}).json()["result"]
    params = {"sysparm_display_value": "all"}
    task = wire.post("/api/now/table/task", json={"parent": made["sys_id"]}, params=params).json()["result"]
    assert task["parent"]["display_value"] == made["number"]


def test_a_fresh_record(wire: Wire) -> None:
    """92 columns, and the defaults of section 5.2."""
    made = wire.post("/api/now/table/incident", json={}).json()["result"]
    assert len(made) == 92
    assert {name: made[name] for name in FRESH} == FRESH
    assert made["opened_at"] == made["sys_created_on"]
    assert made["opened_by"]["value"]
    assert made["sys_class_name"] == "incident"


def test_one_state_means_different_things(wire: Wire) -> None:
    """3 is On Hold of an incident and Closed Complete of a task; a task alone knows the labels of tasks."""
    assert choices(wire, "task", "state")["3"] == "Closed Complete"
    assert choices(wire, "incident", "state")["3"] == "On Hold"
    for table in ("incident", "task"):
        wire.post(f"/api/now/table/{table}", json={"state": "3"})
    assert len(wire.result("/api/now/table/task", sysparm_query="state=3")) == 2
    assert len(wire.result("/api/now/table/task", sysparm_query="state=3^sys_class_name=incident")) == 1


def test_state_and_incident_state_go_together(wire: Wire) -> None:
    """Whichever is written, both change."""
    made = wire.post("/api/now/table/incident", json={}).json()["result"]
    path = f"/api/now/table/incident/{made['sys_id']}"
    for element in ("state", "incident_state"):
        row = wire.patch(path, json={element: "2" if element == "state" else "3"}).json()["result"]
        assert row["state"] == row["incident_state"]
