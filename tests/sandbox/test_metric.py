"""Metrics: spans that a later event writes down, and what stands between them."""

import pytest

from connector.sandbox import Instance, RecordError
from connector.sandbox.moment import instant, stamp
from tests.sandbox.conftest import MONDAY, Client, Hand

HOUR = 3600


def spans(instance: Instance, field: str = "incident_state") -> list[tuple[str, str, int, int | None]]:
    """(raw, shown, start, end) in seconds after Monday, of the durations of one column."""
    query = f"definition.type=field_value_duration^field={field}^ORDERBYstart^ORDERBYsys_created_on"
    return [
        (
            row["field_value"],
            row["value"],
            (instant(row["start"]) or 0) - MONDAY,
            (instant(row["end"]) or 0) - MONDAY if row["end"] else None,
        )
        for row in instance.rows("metric_instance", query)
    ]


def live(instance: Instance, clock: Hand) -> str:
    """An incident made at 0, given to a group at 1 h, resolved at 2 h and closed at 3 h."""
    sys_id = instance.insert("incident", {"short_description": "broken"})["sys_id"]
    clock.at += HOUR
    group = instance.add_group("Service Desk")
    instance.update("incident", sys_id, {"assignment_group": group, "state": "2"})
    clock.at += HOUR
    instance.update("incident", sys_id, {"state": "6", "close_code": "Duplicate", "close_notes": "x"})
    clock.at += HOUR
    instance.update("incident", sys_id, {"state": "7"})
    clock.at += HOUR
    return sys_id


def test_each_value_has_its_span(instance: Instance, clock: Hand) -> None:
    """Start to end by the record's own stamps, the value raw and shown; the last one stays open."""
    instance.measure()
    live(instance, clock)
    assert spans(instance) == [
        ("1", "New", 0, HOUR),
        ("2", "In Progress", HOUR, 2 * HOUR),
        ("6", "Resolved", 2 * HOUR, 3 * HOUR),
        ("7", "Closed", 3 * HOUR, None),
    ]
    ((raw, shown, start, end),) = spans(instance, "assignment_group")
    assert (instance.get("sys_user_group", raw) or {})["name"] == shown == "Service Desk"
    assert (start, end) == (HOUR, None)
    assert spans(instance, "assigned_to") == []
    row = instance.rows("metric_instance", "field_value=2")[0]
    assert (row["duration"], row["calculation_complete"]) == ("1970-01-01 01:00:00", "true")


def test_rows_come_late_and_are_stamped_when_they_come(instance: Instance, clock: Hand) -> None:
    """Thirty seconds after the write; until then the span before is still open."""
    instance.measure(scripts=False)
    sys_id = instance.insert("incident", {"short_description": "broken"})["sys_id"]
    clock.at += 29
    assert spans(instance) == []
    clock.at += 1
    assert spans(instance) == [("1", "New", 0, None)]
    clock.at += 70
    instance.update("incident", sys_id, {"state": "2"})
    assert spans(instance) == [("1", "New", 0, None)]
    clock.at += 500
    assert spans(instance) == [("1", "New", 0, 100), ("2", "In Progress", 100, None)]
    assert {row["sys_updated_on"] for row in instance.rows("metric_instance")} == {stamp(MONDAY + 130)}


def test_a_definition_may_end_all_when_the_record_does(instance: Instance, clock: Hand) -> None:
    """By the documented script nothing is measured while a record is inactive; reopening begins anew."""
    instance.measure(stop_when_inactive=True)
    sys_id = live(instance, clock)
    instance.update("incident", sys_id, {"state": "2"})
    clock.at += HOUR
    assert [(raw, end) for raw, _, _, end in spans(instance)][2:] == [("6", 3 * HOUR), ("2", None)]
    assert [end for *_, end in spans(instance, "assignment_group")] == [3 * HOUR]


def test_rows_that_are_no_spans(instance: Instance, clock: Hand) -> None:
    """Script calculations leave rows without a field or without a value beside the durations."""
    instance.measure()
    live(instance, clock)
    rows = instance.rows("metric_instance", "definition.type=calculation^ORDERBYdefinition.name")
    assert [(row["field"], row["value"], row["end"] != "") for row in rows] == [
        ("", "", True),
        ("incident_state", "true", False),
        ("incident_state", "", True),
    ]


def test_an_admin_measures_more_or_less(instance: Instance, clock: Hand) -> None:
    """Other columns get a definition; one that is not active measures nothing."""
    instance.measure("priority", "incident_state", scripts=False)
    (definition,) = instance.rows("metric_definition", "field=incident_state")
    instance.update("metric_definition", definition["sys_id"], {"active": "false"})
    live(instance, clock)
    assert spans(instance) == []
    assert spans(instance, "priority") == [("5", "5 - Planning", 0, None)]


def test_nobody_measures_unless_told(instance: Instance, clock: Hand) -> None:
    """A fresh instance has the tables and keeps them empty; what failed is not measured either."""
    live(instance, clock)
    assert instance.rows("metric_instance") == instance.rows("metric_definition") == []
    instance.measure()
    instance.abort_on("incident", "short_description=no", "Never")
    sys_id = instance.insert("incident", {"short_description": "yes"})["sys_id"]
    with pytest.raises(RecordError):
        instance.update("incident", sys_id, {"short_description": "no", "state": "2"})
    clock.at += HOUR
    assert [raw for raw, *_ in spans(instance)] == ["1"]


def test_they_can_be_polled(near: Client, instance: Instance, clock: Hand) -> None:
    """Over REST, by the stamp of their last change and only the durations."""
    instance.measure()
    live(instance, clock)
    since = stamp(MONDAY + 2 * HOUR)
    query = (
        f"table=incident^definition.type=field_value_duration^sys_updated_on>={since}^ORDERBYsys_updated_on"
    )
    rows = near.rows("metric_instance", query, sysparm_fields="field_value,start,end")
    assert sorted(str(row["field_value"]) for row in rows) == ["2", "6", "7"]
