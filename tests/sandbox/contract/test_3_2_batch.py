"""Batches: items one after another, each with its own status (section 3.2)."""

import base64
import json
from typing import Any

import pytest

from connector.sandbox import Fault, on

INCIDENTS = "/api/now/table/incident"
JSON = [
    {"name": "Accept", "value": "application/json"},
    {"name": "Content-Type", "value": "application/json"},
]


def item(number: Any, method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    """One request of a batch."""
    text = json.dumps(body).encode() if body is not None else b""
    made = {"id": number, "method": method, "url": url, "headers": JSON} | more
    return made | ({"body": base64.b64encode(text).decode()} if text else {})


def batch(wire: Any, *items: dict[str, Any], path: str = "/api/now/v1/batch", **more: Any) -> Any:
    """What the batch says."""
    answer = wire.post(path, json={"batch_request_id": 7, "rest_requests": list(items)}, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(serviced: dict[str, Any]) -> Any:
    """The JSON in an item's body."""
    return json.loads(base64.b64decode(serviced["body"]))


@pytest.mark.parametrize("path", ["/api/now/v1/batch", "/api/now/batch"])
def test_the_shape_as_recorded(wire: Any, path: str) -> None:
    """Ids as text even where numbers were sent, base64 bodies, a number of milliseconds, no envelope."""
    wire.instance.insert("incident", {})
    whole = batch(wire, item(11, "GET", f"{INCIDENTS}?sysparm_limit=1"), path=path)
    assert list(whole) == ["batch_request_id", "serviced_requests", "unserviced_requests"]
    assert (whole["batch_request_id"], whole["unserviced_requests"]) == ("7", [])
    one = whole["serviced_requests"][0]
    assert list(one) == ["id", "body", "status_code", "status_text", "headers", "execution_time"]
    assert (one["id"], one["status_code"], one["status_text"]) == ("11", 200, "OK")
    assert isinstance(one["execution_time"], int)
    assert len(said(one)["result"]) == 1
    named = {header["name"]: header["value"] for header in one["headers"]}
    assert named["X-Total-Count"] == "1"
    assert named["Content-Type"] == "application/json;charset=UTF-8"
    assert "Cache-control" in named and "Cache-Control" not in named


def test_items_see_what_came_before_them(wire: Any) -> None:
    """A create, a list that has it, an update and a delete in one batch, in this order, by the same user."""
    sys_id = "a" * 32
    whole = batch(
        wire,
        item("1", "POST", INCIDENTS, {"sys_id": sys_id, "short_description": "打印机"}),
        item("2", "GET", f"/api/now/v2/table/incident/{sys_id}", exclude_response_headers=True),
        item("3", "PATCH", f"{INCIDENTS}/{sys_id}", {"urgency": "1"}),
        item("4", "DELETE", f"{INCIDENTS}/{sys_id}"),
        item("5", "GET", f"{INCIDENTS}/{sys_id}"),
    )
    served = whole["serviced_requests"]
    assert [(one["id"], one["status_code"], one["status_text"]) for one in served] == [
        ("1", 201, "Created"),
        ("2", 200, "OK"),
        ("3", 200, "OK"),
        ("4", 204, "No Content"),
        ("5", 404, "Not Found"),
    ]
    where = {header["name"]: header["value"] for header in served[0]["headers"]}["Location"]
    assert where == f"{wire.base}{INCIDENTS}/{sys_id}"
    assert said(served[1])["result"]["short_description"] == "打印机"
    assert said(served[1])["result"]["sys_created_by"] == "connector"
    assert served[1]["headers"] == []
    assert served[3]["body"] == ""
    logged = [(one.method, one.user, one.status, one.committed) for one in wire.rest.requests[-5:]]
    assert logged == [
        ("POST", "connector", 201, True),
        ("GET", "connector", 200, False),
        ("PATCH", "connector", 200, True),
        ("DELETE", "connector", 204, True),
        ("GET", "connector", 404, False),
    ]


def test_a_failing_item_fails_alone(wire: Any) -> None:
    """Errors of items are the usual envelopes; what follows is served."""
    whole = batch(
        wire,
        item("1", "GET", "/api/now/table/no_such_table"),
        item("2", "GET", "/api/now/nonsense"),
        item("3", "GET", "/api/now/v1/batch"),
        {"id": "4", "method": "POST", "url": INCIDENTS, "headers": [], "body": "no base64!"},
        {"id": "5", "url": INCIDENTS},
        item("6", "GET", INCIDENTS),
    )
    served = whole["serviced_requests"]
    assert [one["status_code"] for one in served] == [400, 400, 400, 400, 400, 200]
    assert all("error" in said(one) for one in served[:5])
    assert said(served[0])["error"]["message"] == "Invalid table no_such_table"
    assert wire.instance.count("incident") == 0


def test_a_table_may_be_called_batch(wire: Any) -> None:
    """Only the address of the Batch API itself is refused inside a batch."""
    whole = batch(wire, item("1", "GET", "/api/now/table/batch"), item("2", "GET", "/api/now/batch/"))
    messages = [said(one)["error"]["message"] for one in whole["serviced_requests"]]
    assert messages == ["Invalid table batch", "Requested URI does not represent any resource"]


def test_rules_hold_inside_too(wire: Any) -> None:
    """Whoever may not write by itself may not in a batch."""
    wire.instance.add_user("reader", name="R", password="secret", roles=["itil", "snc_read_only"])
    whole = batch(wire, item("1", "POST", INCIDENTS, {}), auth=("reader", "secret"))
    assert whole["serviced_requests"][0]["status_code"] == 403
    assert wire.instance.count("incident") == 0
    assert wire.post("/api/now/v1/batch", json={}, auth=("nobody", "x")).status_code == 401


def test_output_that_does_not_fit(wire: Any) -> None:
    """What comes after the limit of the property, or of the client's own header, is not served."""
    for _ in range(3):
        wire.instance.insert("incident", {"description": "x" * 500})
    items = [item(str(n), "GET", f"{INCIDENTS}?sysparm_fields=description") for n in range(4)]
    each = len(batch(wire, items[0])["serviced_requests"][0]["body"])
    whole = batch(wire, *items, headers={"X-BATCHREQUEST-MAX-OUTPUT-SIZE": str(2 * each + 1)})
    assert [one["id"] for one in whole["serviced_requests"]] == ["0", "1"]
    assert whole["unserviced_requests"] == ["2", "3"]
    wire.instance.properties["glide.rest.batch.max.outputSize"] = str(each)
    assert batch(wire, *items)["unserviced_requests"] == ["1", "2", "3"]


def test_input_that_does_not_fit(wire: Any) -> None:
    """A batch above the limit is refused as a whole."""
    wire.instance.properties["glide.rest.batch.max.inputSize"] = "500"
    whole = {"rest_requests": [item("1", "POST", INCIDENTS, {"description": "x" * 500})]}
    refused = wire.post("/api/now/v1/batch", json=whole)
    assert refused.status_code == wire.rest.manner.too_large
    assert refused.json()["error"]["message"] == "Exception while reading request"
    assert wire.instance.count("incident") == 0


def test_the_quota_of_thirty_seconds(wire: Any) -> None:
    """Slow items use up the time; those that were not begun are named and left no trace."""
    wire.faults.sleep = lambda seconds: setattr(wire.clock, "at", wire.clock.at + int(seconds))
    wire.faults.add(Fault.delay(16), on("POST", "incident"), times=None)
    items = [item(str(n), "POST", INCIDENTS, {}) for n in range(4)]
    whole = batch(wire, *items)
    assert [one["id"] for one in whole["serviced_requests"]] == ["0", "1"]
    assert whole["unserviced_requests"] == ["2", "3"]
    assert wire.instance.count("incident") == 2


def test_faults_strike_single_items(wire: Any) -> None:
    """A rule that fits an item spoils its answer and no other."""
    wire.faults.add(Fault.rate_limited(), on("GET", "problem"))
    whole = batch(wire, item("1", "GET", "/api/now/table/problem"), item("2", "GET", INCIDENTS))
    assert [one["status_code"] for one in whole["serviced_requests"]] == [429, 200]


@pytest.mark.parametrize("body", ['{"rest_requests":"x"}', '{"rest_requests":[1]}', "{}", "[", '"x"'])
def test_what_is_no_batch(wire: Any, body: str) -> None:
    """400 in the usual envelope."""
    answer = wire.post("/api/now/v1/batch", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (400, "failure")
