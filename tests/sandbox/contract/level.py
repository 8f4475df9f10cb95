"""What the contract tests of service levels share: definitions, rows, incidents, an office's hours."""

from typing import Any

INCIDENT = "/api/now/table/incident"
SLA = "/api/now/table/contract_sla"
HOUR = 3600
SOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "-"}


def define(wire: Any, **fields: str) -> str:
    """A definition of four hours on all incidents, as an admin posts it."""
    row = {
        "name": "Resolve in 4 hours",
        "collection": "incident",
        "duration": "1970-01-01 04:00:00",
        "schedule_source": "no_schedule",
        "start_condition": "active=true",
        "stop_condition": "state=6^ORstate=7",
        "pause_condition": "state=3",
        "when_to_resume": "no_match",
    }
    answer = wire.post(SLA, json=row | fields)
    assert answer.status_code == 201
    return str(answer.json()["result"]["sys_id"])


def rows(wire: Any, **params: str) -> list[dict[str, str]]:
    """All `task_sla` rows, oldest first."""
    shown = {"sysparm_query": "ORDERBYsys_created_on", "sysparm_exclude_reference_link": "true"}
    return list(wire.result("/api/now/table/task_sla", **shown | params))


def make(wire: Any, **fields: str) -> str:
    """An incident's path."""
    return f"{INCIDENT}/{wire.post(INCIDENT, json=fields).json()['result']['sys_id']}"


def office(wire: Any, zone: str, kind: str = "weekdays") -> str:
    """A schedule from 9 to 17."""
    head = wire.post("/api/now/table/cmn_schedule", json={"name": "Office", "time_zone": zone})
    schedule = str(head.json()["result"]["sys_id"])
    span = {"schedule": schedule, "name": "Work", "repeat_type": kind}
    span |= {"start_date_time": "20230102T090000", "end_date_time": "20230102T170000"}
    assert wire.post("/api/now/table/cmn_schedule_span", json=span).status_code == 201
    return schedule
