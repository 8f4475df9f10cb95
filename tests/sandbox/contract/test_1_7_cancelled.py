"""1.7: a transaction that is cancelled in the middle of an answer, with status 200."""

import json
from typing import Any

import pytest

from connector.sandbox import Fault, Instance

LIST = "/api/now/table/incident"


@pytest.mark.parametrize("broken", [False, True])
def test_a_quota_cancel_in_a_200(wire: Any, instance: Instance, broken: bool) -> None:
    """Some rows, then the error; the broken form is not even JSON."""
    for _ in range(6):
        instance.insert("incident", {})
    wire.faults.add(Fault.cancelled(broken=broken))
    answer = wire.get(LIST)
    assert answer.status_code == 200
    assert "Transaction cancelled: maximum execution time exceeded" in answer.text
    if broken:
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.text)
        return
    body = answer.json()
    assert list(body) == ["result", "error", "status"]
    assert list(body["error"]) == ["detail", "message"]
    assert body["error"]["detail"] == (
        "No such column Check logs for error trace or enable glide.rest.debug property to verify REST "
        "request processing"
    )
    assert (body["status"], 0 < len(body["result"]) < 6) == ("failure", True)


def test_an_error_without_comma_and_bracket(wire: Any, instance: Instance) -> None:
    """The other broken form: whole rows, and the error follows the last of them at once."""
    for _ in range(6):
        instance.insert("incident", {})
    wire.faults.add(Fault.cancelled(bare=True))
    text = wire.get(f"{LIST}?sysparm_fields=active").text
    assert text.startswith('{"result":[{"active":"true"},{"active":"true"}"error":{"detail":')
    assert text.endswith(',"status":"failure"}')


def test_a_quota_cancel_before_any_output(wire: Any) -> None:
    """500 in the same words."""
    wire.faults.add(Fault.server_error())
    answer = wire.get(LIST)
    detail = (
        "Check logs for error trace or enable glide.rest.debug property to verify REST request processing"
    )
    message = "Transaction cancelled: maximum execution time exceeded"
    assert (answer.status_code, answer.json()["error"]) == (500, {"message": message, "detail": detail})


def test_the_rule_behind_it_is_a_row(wire: Any) -> None:
    """With its own sys_id, the condition on the address, and sixty seconds."""
    row = wire.result("/api/now/table/sysrule_quota/55841f53ff2102003434ffffffffff39")
    assert row["name"] == "REST Table API request timeout"
    assert row["condition"] == "type=rest^urlMATCH_RGX.*/api/now(/v[0-9]+)?/table.*"
    assert (row["max_value"], row["active"]) == ("60", "true")


def test_the_quotas_of_the_other_apis(wire: Any) -> None:
    """A minute for records of any kind, half of one for a batch."""
    query = {"sysparm_query": "nameSTARTSWITHREST", "sysparm_fields": "name,max_value"}
    found = {row["name"]: row["max_value"] for row in wire.result("/api/now/table/sysrule_quota", **query)}
    for name, seconds in (
        ("Table", "60"),
        ("Aggregate", "60"),
        ("Import Set", "60"),
        ("Attachment", "60"),
        ("Batch", "30"),
    ):
        assert found.pop(f"REST {name} API request timeout") == seconds
    assert not found
