"""Section 4.9: events, alerts and customer cases."""

import pytest

from connector.sandbox.stock import EVENT_MANAGEMENT
from tests.sandbox.contract.conftest import Wire, choices, extends, missing, rows

COLUMNS = {
    "em_event": (
        "source event_class node resource metric_name type message_key severity "
        "additional_info time_of_event resolution_state description"
    ),
    "sn_cim_task": ("number parent state cim_task_type"),
    "sn_cim_related_kpi": ("cim_register indicator"),
    "incident_alert": ("number source_incident state severity assigned_to assignment_group"),
    "incident_alert_task": ("number incident_alert comm_task_type state"),
    "major_incident_trigger_rule": ("table conditions order action active"),
    "em_alert": (
        "number severity state node cmdb_ci incident acknowledged source resource metric_name "
        "additional_info description work_notes assigned_to assignment_group"
    ),
    "sn_customerservice_case": (
        "state priority contact_type first_response_time escalation major_case_state"
    ),
}

CHOICES = {
    ("sn_customerservice_case", "state"): {
        "1": "New",
        "10": "Open",
        "18": "Awaiting Info",
        "6": "Resolved",
        "3": "Closed",
    },
}


@pytest.fixture(autouse=True)
def _event_management(wire: Wire) -> None:
    """The plug-in that brings alerts."""
    wire.instance.activate(EVENT_MANAGEMENT)


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


@pytest.mark.parametrize(("where", "told"), CHOICES.items())
def test_choices(wire: Wire, where: tuple[str, str], told: dict[str, str]) -> None:
    """Read from `sys_choice`, as clients should."""
    assert choices(wire, *where) == told


def test_cases(wire: Wire) -> None:
    """Four priorities and the channels of customers."""
    assert set(choices(wire, "sn_customerservice_case", "priority")) == {"1", "2", "3", "4"}
    channels = {"chat", "email", "phone", "social", "web"}
    assert set(choices(wire, "sn_customerservice_case", "contact_type")) == channels


def test_alerts(wire: Wire) -> None:
    """Four states."""
    assert set(choices(wire, "em_alert", "state")) == {"Open", "Reopen", "Flapping", "Closed"}


def test_alerts_come_with_their_plugin(wire: Wire) -> None:
    """Numbered, with work notes of their own, for who has the role; activating it again changes nothing."""
    wire.instance.activate(EVENT_MANAGEMENT)
    wire.instance.add_user("looks", name="L", password="secret", roles=["evt_mgmt_user"])
    wire.instance.add_user("acts", name="A", password="secret", roles=["evt_mgmt_operator"])
    for user, status in (("looks", 403), ("acts", 201)):
        wire.auth = (user, "secret")
        assert wire.post("/api/now/table/em_alert", json={"node": "db1"}).status_code == status
    (found,) = rows(wire, "em_alert", "", "sys_id,number,state")
    assert (found["number"], found["state"]) == ("Alert0010001", "Open")
    answer = wire.patch(f"/api/now/table/em_alert/{found['sys_id']}", json={"work_notes": "seen"})
    assert answer.status_code == 200
    assert [entry["value"] for entry in wire.instance.journal(found["sys_id"])] == ["seen"]


def test_improvements(wire: Wire) -> None:
    """The register takes rows."""
    made = wire.post("/api/now/table/sn_cim_register", json={"short_description": "x"})
    assert made.status_code == 201


@pytest.mark.parametrize("table", ["sn_cim_task", "incident_alert_task"])
def test_their_tasks_are_tasks(wire: Wire, table: str) -> None:
    """Found under `task` with their class."""
    extends(wire, table, "task")


def test_who_manages_major_incidents(wire: Wire) -> None:
    """The roles, and what they may: rules are for managers, what is told is for who tells it."""
    listed = "mim_manager,sn_mim_admin,communication_manager"
    assert len(rows(wire, "sys_user_role", f"nameIN{listed}", "name")) == 3
    wire.instance.add_user("teller", name="T", password="secret", roles=["communication_manager"])
    wire.instance.add_user("manager", name="M", password="secret", roles=["sn_mim_admin"])
    for user, alert, rule in (("teller", 201, 403), ("manager", 201, 201)):
        wire.auth = (user, "secret")
        assert wire.post("/api/now/table/incident_alert", json={}).status_code == alert
        assert wire.post("/api/now/table/major_incident_trigger_rule", json={}).status_code == rule


def test_events_in_bulk(wire: Wire) -> None:
    """Several in one call, past the business rules, by whoever has the role."""
    wire.instance.insert(
        "sys_script",
        {"name": "No", "collection": "em_event", "abort_action": "true", "action_insert": "true"},
    )
    wire.instance.add_user("probe", name="P", password="secret", roles=["evt_mgmt_integration"])
    wire.auth = ("probe", "secret")
    record = {
        "source": "SCOM",
        "node": "db1",
        "severity": "1",
        "additional_info": '{"cause": "disk"}',
        "time_of_event": "2023-11-20 00:59:00",
        "nonsense": "x",
    }
    answer = wire.post(
        "/api/global/em/jsonv2", json={"records": [record, {"source": "Zabbix", "severity": 0}]}
    )
    assert (answer.status_code, answer.json()) == (
        200,
        {"result": {"Default Bulk Endpoint": "2 events were inserted"}},
    )
    found = rows(
        wire, "em_event", "ORDERBYsource", "source,severity,additional_info,resolution_state,sys_created_by"
    )
    assert found == [
        {
            "source": "SCOM",
            "severity": "1",
            "additional_info": '{"cause": "disk"}',
            "resolution_state": "New",
            "sys_created_by": "probe",
        },
        {
            "source": "Zabbix",
            "severity": "0",
            "additional_info": "",
            "resolution_state": "New",
            "sys_created_by": "probe",
        },
    ]
    assert wire.post("/api/now/table/em_event", json=record).status_code == 403


def test_events_that_are_none(wire: Wire) -> None:
    """Without records, or without the role, nothing is taken."""
    assert wire.post("/api/global/em/jsonv2", json={"records": "x"}).status_code == 400
    assert wire.get("/api/global/em/jsonv2").status_code == 405
    wire.instance.add_user("agent", name="A", password="secret", roles=["itil"])
    wire.auth = ("agent", "secret")
    assert wire.post("/api/global/em/jsonv2", json={"records": [{"source": "x"}]}).status_code == 403
    assert wire.instance.count("em_event") == 0
