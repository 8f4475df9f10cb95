"""1.6: the bodies of errors."""

import json
from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/incident"
NONE = ("No Record found", "Record doesn't exist or ACL restricts the record retrieval")
EMPTY = ("No Record found", "Records matching query not found. Check query parameter or offset parameter")


def told(answer: Any) -> tuple[int, str, str | None]:
    """Status, message and detail, after a look at the envelope."""
    body = answer.json()
    assert list(body) == ["error", "status"]
    assert body["status"] == "failure"
    assert list(body["error"]) == ["message", "detail"]
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    return answer.status_code, body["error"]["message"], body["error"]["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_no_such_record(wire: Any, method: str) -> None:
    """The same words for every method."""
    assert told(wire(method, f"{LIST}/nope", json={})) == (404, *NONE)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_hidden_record(wire: Any, instance: Instance, method: str) -> None:
    """What an access rule hides is not there."""
    row = instance.insert("incident", {})
    instance.hide("incident", "", "connector")
    assert told(wire(method, f"{LIST}/{row['sys_id']}", json={})) == (404, *NONE)


def test_nothing_found_in_version_one(wire: Any) -> None:
    """Its own detail."""
    assert told(wire.get("/api/now/v1/table/incident")) == (404, *EMPTY)


@pytest.mark.parametrize("tail", ["", "/x", "?sysparm_limit=1"])
def test_no_such_table(wire: Any, tail: str) -> None:
    """The name is in the message, the detail is null."""
    assert told(wire.get(f"/api/now/table/u_nowhere{tail}")) == (400, "Invalid table u_nowhere", None)


@pytest.mark.parametrize("path", ["/api/now/tables/incident", "/api/now/v3/table/incident", "/api/x"])
def test_no_such_endpoint(wire: Any, path: str) -> None:
    """A path below /api that is no API."""
    assert told(wire.get(path)) == (400, "Requested URI does not represent any resource", None)


def test_not_logged_in(wire: Any) -> None:
    """Recorded, and the newest wording as a switch."""
    wire.auth = None
    detail = "Required to provide Auth information"
    assert told(wire.get(LIST)) == (401, "User Not Authenticated", detail)
    wire.rest.manner.not_authenticated = "User is not authenticated"
    assert told(wire.get(LIST)) == (401, "User is not authenticated", detail)


def test_a_business_rule_aborts(wire: Any, instance: Instance) -> None:
    """Table, rule and its sys_id are named."""
    row = instance.insert("incident", {})
    instance.abort_on("incident", "state=2", "Not today")
    status, message, detail = told(wire.patch(f"{LIST}/{row['sys_id']}", json={"state": "2"}))
    assert (status, message) == (403, "Operation Failed")
    assert detail is not None
    assert detail.startswith("Operation against file 'incident' was aborted by Business Rule 'Not today^")
    assert detail.endswith("'. Business Rule Stack:Not today")


def test_a_data_policy_names_labels(wire: Any, instance: Instance) -> None:
    """Not columns."""
    row = instance.insert("incident", {})
    detail = "Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes"
    assert told(wire.patch(f"{LIST}/{row['sys_id']}", json={"state": "6"})) == (
        403,
        "Operation Failed",
        detail,
    )


@pytest.mark.parametrize("body", ["{", "7", '"x"', "{'a':", "[1]", "\x00", "{'a' 'b'}", "null"])
def test_a_body_that_cannot_be_read(wire: Any, instance: Instance, body: str) -> None:
    """400, and nothing is made."""
    answer = wire.post(LIST, data=body.encode(), headers={"Content-Type": "application/json"})
    status, message, detail = told(answer)
    assert (status, message, bool(detail)) == (400, "Exception while reading request", True)
    assert instance.count("incident") == 0


def test_a_body_that_is_too_large(wire: Any, instance: Instance) -> None:
    """The property's megabytes count; the status is a switch."""
    instance.properties["glide.rest.max_content_length"] = "1"
    body = json.dumps({"description": "x" * 1024 * 1024}).encode()
    sent = {"data": body, "headers": {"Content-Type": "application/json"}}
    detail = (
        f"Rejected large REST payload with content-length = {len(body)} bytes. Max allowed: 1048576 bytes."
    )
    assert told(wire.post(LIST, **sent)) == (413, "Exception while reading request", detail)
    wire.rest.manner.too_large = 400
    assert told(wire.post(LIST, **sent))[0] == 400
    instance.properties["glide.rest.max_content_length"] = "2"
    assert wire.post(LIST, **sent).status_code == 201
    assert instance.count("incident") == 1


def test_an_address_that_is_too_long(wire: Any, instance: Instance) -> None:
    """414 as HTML; a little less is served."""
    instance.insert("incident", {})
    room = wire.rest.manner.longest_url - len(f"{LIST}?sysparm_query=sys_idIN")
    assert wire.get(f"{LIST}?sysparm_query=sys_idIN{'x' * room}").status_code == 200
    answer = wire.get(f"{LIST}?sysparm_query=sys_idIN{'x' * (room + 1)}")
    assert answer.status_code == 414
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<html>")
    wire.rest.manner.longest_url = 20_000
    assert wire.get(f"{LIST}?sysparm_query=sys_idIN{'x' * 15_000}").status_code == 200


def test_older_releases_print_the_detail_first(wire: Any) -> None:
    """The order of the keys is a switch; the words stay."""
    wire.rest.manner.detail_first = True
    answer = wire.get(f"{LIST}/nope")
    assert list(answer.json()["error"]) == ["detail", "message"]
    assert answer.json()["error"]["message"] == "No Record found"


@pytest.mark.parametrize("length", [70_000, 1_000_000])
def test_an_address_that_is_far_too_long(wire: Any, length: int) -> None:
    """The same 414 for what no client means."""
    answer = wire.get(f"{LIST}?sysparm_query=sys_idIN{'x' * length}")
    assert (answer.status_code, answer.text[:6]) == (414, "<html>")
