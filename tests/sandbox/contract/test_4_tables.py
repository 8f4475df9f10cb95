"""Section 4 of the platform facts: which tables there are, what extends what, their columns and choices."""

from typing import Any

import pytest

from tests.sandbox.contract.conftest import Wire

CHAINS = {
    "incident": "task", "incident_task": "task", "problem": "task", "problem_task": "task",
    "change_request": "task", "change_task": "task", "sc_request": "task", "sc_req_item": "task",
    "sc_task": "task", "interaction": "task", "sn_customerservice_case": "task",
    "cmdb_ci_computer": "cmdb_ci", "cmdb_ci_server": "cmdb_ci_computer", "cmdb_ci_service": "cmdb_ci",
}  # fmt: skip

COLUMNS = {
    "incident": "number state incident_state hold_reason impact urgency priority severity category"
    " subcategory contact_type caller_id opened_by assigned_to resolved_by closed_by reopened_by"
    " assignment_group opened_at resolved_at closed_at reopened_time due_date sla_due activity_due follow_up"
    " close_code close_notes reassignment_count reopen_count made_sla knowledge active escalation"
    " calendar_duration business_duration calendar_stc business_stc notify approval watch_list comments"
    " work_notes comments_and_work_notes"
    " parent_incident problem_id rfc caused_by cmdb_ci business_service correlation_id correlation_display",
    "contract_sla": "name active type target collection duration duration_type schedule schedule_source"
    " schedule_source_field timezone_source timezone start_condition pause_condition resume_condition"
    " stop_condition reset_condition cancel_condition when_to_resume when_to_cancel retroactive set_start_to"
    " retroactive_pause reset_action relative_duration_works_on flow workflow vendor enable_logging",
    "task_sla": "task sla stage active has_breached start_time end_time planned_end_time original_breach_time"
    " duration percentage time_left business_duration business_percentage business_time_left pause_time"
    " pause_duration business_pause_duration schedule timezone",
    "sys_user": "user_name name first_name last_name email phone mobile_phone title department company"
    " location manager active locked_out vip time_zone date_format time_format web_service_access_only"
    " internal_integration_user identity_type password_needs_reset roles",
    "kb_knowledge": "number short_description text wiki article_type workflow_state kb_knowledge_base"
    " kb_category author published valid_to active source use_count sys_view_count rating flagged",
    "m2m_kb_task": "kb_knowledge task", "kb_use": "article user used viewed",
    "asmt_assessment_instance": "number metric_type user state due_date expiration_date taken_on"
    " percent_answered task_id trigger_table trigger_id related_id_1",
    "asmt_condition": "table condition active assessment trigger_random percent_random",
    "asmt_assessment_instance_question": "instance metric category value string_value source_id",
    "cmn_schedule": "name time_zone type",
    "cmn_schedule_span": "schedule name start_date_time end_date_time type repeat_type days_of_week all_day",
    "cmn_rota": "name group schedule", "cmn_rota_roster": "rota order",
    "cmn_rota_member": "roster member from to order",
    "interaction": "number type state assigned_to assignment_group opened_for contact account channel"
    " direction opened_at closed_at queue short_description wrap_up_duration",
    "sn_openframe_phone_log": "call_id phone_number contact start_time end_time duration call_type",
    "problem": "state cause_notes fix_notes known_error first_reported_by_task related_incidents",
    "change_request": "type state risk approval start_date end_date on_hold chg_model close_code",
    "sysapproval_approver": "sysapproval approver state comments source_table document_id",
    "em_event": "source event_class node resource metric_name type message_key severity additional_info"
    " time_of_event resolution_state description",
    "em_alert": "number severity state node cmdb_ci incident acknowledged",
    "sn_customerservice_case": "state priority contact_type first_response_time escalation major_case_state",
    "sys_audit": "tablename documentkey fieldname oldvalue newvalue user reason record_checkpoint"
    " internal_checkpoint",
    "sys_journal_field": "name element_id element value sys_tags",
    "metric_instance": "table field id value start end duration business_duration calculation_complete"
    " definition",
    "sys_choice": "name element value label language sequence inactive dependent_value",
    "sys_dictionary": "name element column_label internal_type reference max_length mandatory read_only"
    " choice default_value active",
    "sys_audit_delete": "tablename documentkey display_value payload",
    "sys_email": "type mailbox state recipients subject body instance target_table",
    "sys_report": "title table field type filter aggregate sumfield group orderby_list field_list"
    " source_type",
}  # fmt: skip

CHOICES = {
    ("incident", "state"): {
        "1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled",
    },
    ("incident", "hold_reason"): {
        "1": "Awaiting Caller", "3": "Awaiting Problem", "4": "Awaiting Vendor", "5": "Awaiting Change",
    },
    ("task", "priority"): {
        "1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low", "5": "5 - Planning",
    },
    ("change_request", "state"): {
        "-5": "New", "-4": "Assess", "-3": "Authorize", "-2": "Scheduled", "-1": "Implement", "0": "Review",
        "3": "Closed", "4": "Canceled",
    },
    ("problem", "state"): {
        "101": "New", "102": "Assess", "103": "Root Cause Analysis", "104": "Fix in Progress",
        "106": "Resolved", "107": "Closed",
    },
    ("sn_customerservice_case", "state"): {
        "1": "New", "10": "Open", "18": "Awaiting Info", "6": "Resolved", "3": "Closed",
    },
}  # fmt: skip


def _rows(wire: Wire, table: str, query: str, fields: str) -> list[dict[str, Any]]:
    params = {"sysparm_query": query, "sysparm_fields": fields, "sysparm_exclude_reference_link": "true"}
    rows: list[dict[str, Any]] = wire.get(f"/api/now/table/{table}", params=params).json()["result"]
    return rows


@pytest.mark.parametrize(("table", "above"), CHAINS.items())
def test_4_1_a_table_extends_another(wire: Wire, table: str, above: str) -> None:
    """By `super_class`, and a record of it is found under every table above it, with its class."""
    (row,) = _rows(wire, "sys_db_object", f"name={table}", "super_class.name")
    assert row["super_class.name"] == above
    made = wire.post(f"/api/now/table/{table}", json={"short_description": "x"}).json()["result"]
    (found,) = _rows(wire, above, f"sys_id={made['sys_id']}", "sys_class_name")
    assert found["sys_class_name"] == table


@pytest.mark.parametrize("table", COLUMNS)
def test_4_a_record_has_the_documented_columns(wire: Wire, table: str) -> None:
    """And sys_dictionary describes each, on the table itself or on one above it."""
    names = set(COLUMNS[table].split())
    made = wire.post(f"/api/now/table/{table}", json={}).json()["result"]
    assert names <= set(made)
    chain = [table]
    while chain[-1] in CHAINS:
        chain.append(CHAINS[chain[-1]])
    described = _rows(wire, "sys_dictionary", f"nameIN{','.join(chain)}", "element")
    assert names <= {row["element"] for row in described}


@pytest.mark.parametrize(("where", "choices"), CHOICES.items())
def test_4_choices_are_those_of_the_platform(
    wire: Wire, where: tuple[str, str], choices: dict[str, str]
) -> None:
    """Read from `sys_choice`, as clients should."""
    table, element = where
    rows = _rows(wire, "sys_choice", f"name={table}^element={element}", "value,label")
    assert {row["value"]: row["label"] for row in rows} == choices


def test_6_1_an_admin_adds_a_table_a_column_and_a_choice(wire: Wire) -> None:
    """POST to sys_db_object, sys_dictionary and sys_choice; 201, and they are there."""
    (task,) = _rows(wire, "sys_db_object", "name=task", "sys_id")
    table = {"name": "u_visit", "label": "Visit", "super_class": task["sys_id"]}
    assert wire.post("/api/now/table/sys_db_object", json=table).status_code == 201
    column = {
        "name": "u_visit", "element": "u_kind", "column_label": "Kind", "internal_type": "string",
        "max_length": "40", "active": "true",
    }  # fmt: skip
    assert wire.post("/api/now/table/sys_dictionary", json=column).status_code == 201
    choice = {"name": "u_visit", "element": "u_kind", "value": "a", "label": "Announced"}
    assert wire.post("/api/now/table/sys_choice", json=choice).status_code == 201
    params = {"sysparm_display_value": "all"}
    made = wire.post("/api/now/table/u_visit", json={"u_kind": "a"}, params=params).json()["result"]
    assert made["u_kind"] == {"display_value": "Announced", "value": "a"}
    assert made["sys_class_name"] == {"display_value": "Visit", "value": "u_visit"}
