"""Section 8: the shapes of requests that clients send which cannot be installed here, and what they rely on.

pysnow, PySNC, aiosnow, snowloader and a Node client drive the sandbox themselves: `make test-clients`.
"""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from connector.sandbox import Fault, Rest, Server

ELASTIC = "ORDERBYsys_created_on^"
POLLER = {"sysparm_display_value": "all", "sysparm_exclude_reference_link": "true"}


@pytest.fixture
def desk(wire: Any) -> Any:
    """125 incidents, a minute apart."""
    for n in range(125):
        wire.clock.at += 60
        wire.instance.insert("incident", {"short_description": f"ticket {n}"})
    return wire


def test_elastic_reads_with_a_body_a_leading_order_and_a_trailing_caret(desk: Any) -> None:
    """GET with the JSON body `{}`; pages of 50 until `x-total-count`; the type begins as JSON's."""

    def page(offset: int) -> requests.Response:
        params = {
            "sysparm_query": f"{ELASTIC}active=true^",
            "sysparm_offset": str(offset),
            "sysparm_limit": "50",
        }
        answer: requests.Response = desk.get("/api/now/table/incident", params=params, json={})
        return answer

    first = page(0)
    assert first.headers["Content-Type"].startswith("application/json")
    total = int(first.headers["x-total-count"])
    answers = [first, *(page(offset) for offset in range(50, total, 50))]
    rows = [row for answer in answers for row in answer.json()["result"]]
    assert [row["short_description"] for row in rows] == [f"ticket {n}" for n in range(125)]


def test_elastic_reads_ten_pages_at_once(rest: Rest) -> None:
    """Ten connections of one account: each gets its own page."""
    for _ in range(125):
        rest.instance.insert("incident", {})

    def page(offset: int) -> list[str]:
        params = {"sysparm_query": ELASTIC, "sysparm_offset": str(offset), "sysparm_limit": "12"}
        told: dict[str, Any] = {"params": params, "json": {}, "auth": ("connector", "secret"), "timeout": 5}
        answer = requests.get(f"{server.url}/api/now/table/incident", **told)
        return [row["sys_id"] for row in answer.json()["result"]]

    with Server(rest) as server, ThreadPoolExecutor(10) as pool:
        pages = list(pool.map(page, range(0, 125, 12)))
    assert len({sys_id for one in pages for sys_id in one}) == 125


def test_elastic_maps_labels_to_names(wire: Any) -> None:
    """Blanks in `sysparm_fields`, and the tables by label out of `sys_db_object`."""
    wire.instance.add_user("root", name="Root", password="secret", roles=["admin"])
    wire.auth = ("root", "secret")
    params = {"sysparm_query": "label=Incident^ORlabel=User^", "sysparm_fields": "sys_id, label, name"}
    found = wire.result("/api/now/table/sys_db_object", **params)
    assert {row["label"]: row["name"] for row in found} == {"Incident": "incident", "User": "sys_user"}
    assert all(row.keys() == {"sys_id", "label", "name"} for row in found)


def test_elastic_asks_for_many_pages_in_a_batch(desk: Any) -> None:
    """Bodies are base64; an item that fails carries `error` in its body, the others their result."""
    asked = [
        {
            "id": "1",
            "headers": [],
            "method": "GET",
            "url": "/api/now/table/incident?sysparm_limit=50&sysparm_offset=100",
        },
        {"id": "2", "headers": [], "method": "GET", "url": "/api/now/table/no_such_table"},
    ]
    answer = desk.post("/api/now/v1/batch", json={"batch_request_id": "b", "rest_requests": asked})
    assert answer.status_code == 200
    bodies = {
        item["id"]: (item["status_code"], json.loads(base64.b64decode(item["body"])))
        for item in answer.json()["serviced_requests"]
    }
    assert (bodies["1"][0], len(bodies["1"][1]["result"])) == (200, 25)
    assert (bodies["2"][0], bodies["2"][1]["error"]["message"]) == (400, "Invalid table no_such_table")


def test_pollers_follow_the_next_link_until_it_is_gone(desk: Any) -> None:
    """StackVista and LimaCharlie: `all` without links, `rel="next"`."""
    answer = desk.get(
        "/api/now/table/incident",
        params=POLLER | {"sysparm_query": "ORDERBYsys_created_on", "sysparm_limit": "40"},
    )
    seen = [row["number"]["value"] for row in answer.json()["result"]]
    while "next" in answer.links:
        answer = desk.get(answer.links["next"]["url"].removeprefix(desk.base))
        seen += [row["number"]["value"] for row in answer.json()["result"]]
    assert len(seen) == len(set(seen)) == 125


def test_pollers_wait_as_long_as_they_are_told(desk: Any) -> None:
    """429 with `Retry-After`, then the same request again."""
    desk.faults.add(Fault.rate_limited(retry_after=7))
    refused = desk.get("/api/now/table/incident", params=POLLER)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert desk.get("/api/now/table/incident", params=POLLER).status_code == 200


def test_go_and_terraform_use_versions_location_and_the_envelope(wire: Any) -> None:
    """The record is read back from `Location`, whose version is that of the request."""
    made = wire.post("/api/now/v2/table/incident", json={"short_description": "terraformed"})
    assert made.status_code == 201
    location = made.headers["Location"]
    assert location == f"{wire.base}/api/now/v2/table/incident/{made.json()['result']['sys_id']}"
    assert wire.result(location.removeprefix(wire.base))["short_description"] == "terraformed"
    missing = wire.get("/api/now/v1/table/incident?sysparm_query=number=none")
    assert (missing.status_code, missing.json()["status"]) == (404, "failure")
    assert missing.json()["error"].keys() == {"message", "detail"}


def test_ansible_pages_by_count_and_takes_404_for_empty(desk: Any) -> None:
    """servicenow.itsm: until the offset reaches `x-total-count`, header names in lower case."""
    seen: list[str] = []
    total = 1
    while len(seen) < total:
        params = {"sysparm_limit": "60", "sysparm_offset": str(len(seen)), "sysparm_query": "active=true"}
        answer = desk.get(
            "/api/now/table/incident", params=params | {"sysparm_exclude_reference_link": "true"}
        )
        total = int({name.lower(): value for name, value in answer.headers.items()}["x-total-count"])
        seen += [row["sys_id"] for row in answer.json()["result"]]
    assert len(set(seen)) == 125


def test_ansible_maps_choices_by_reading_them(wire: Any) -> None:
    """Values and labels out of `sys_choice`; inherited choices stand on the table above (4.10)."""
    wire.instance.add_user("root", name="Root", password="secret", roles=["admin"])
    wire.auth = ("root", "secret")
    query = "nameINincident,task^element=impact^inactive=false^language=en"
    fields = "value,label"
    found = wire.result("/api/now/table/sys_choice", sysparm_query=query, sysparm_fields=fields)
    assert {row["label"]: row["value"] for row in found} == {
        "1 - High": "1",
        "2 - Medium": "2",
        "3 - Low": "3",
    }


def test_ansibles_event_source_asks_in_the_users_zone(wire: Any) -> None:
    """`gs.dateGenerate` in the zone of the account, ordered by the stamp: what is newer than last time."""
    wire.instance.add_user("far", name="Far", password="secret", roles=["itil"], time_zone="Asia/Shanghai")
    wire.auth = ("far", "secret")
    wire.instance.insert("incident", {"short_description": "old"})
    wire.clock.at += 3600
    wire.instance.insert("incident", {"short_description": "new"})
    query = "sys_updated_on>=javascript:gs.dateGenerate('2023-11-20','10:00:00')^ORDERBYsys_updated_on"
    found = wire.result("/api/now/table/incident", sysparm_query=query)
    assert [row["short_description"] for row in found] == ["new"]


def test_pysnc_pages_by_count_without_links(desk: Any) -> None:
    """Its three parameters on every request, writes included; `X-Total-Count` and no `Link`."""
    always = POLLER | {"sysparm_suppress_pagination_header": "true"}
    answer = desk.get("/api/now/table/incident", params=always | {"sysparm_limit": "50"})
    assert answer.headers["X-Total-Count"] == "125"
    assert "Link" not in answer.headers
    made = desk.post("/api/now/table/incident", params=always, json={"no_such_column": "x", "urgency": "1"})
    assert (made.status_code, made.json()["result"]["urgency"]["value"]) == (201, "1")


def test_workarena_asks_what_the_columns_are(desk: Any) -> None:
    """Labels, types and choices out of the meta API, dependencies out of `sys_dictionary`."""
    columns = desk.get("/api/now/ui/meta/incident").json()["result"]["columns"]
    assert len(columns) == 92
    assert {one["value"]: one["label"] for one in columns["state"]["choices"]}["3"] == "On Hold"
    caller = columns["caller_id"]
    assert (caller["label"], caller["type"], caller["reference"]) == ("Caller", "reference", "sys_user")
    assert (caller["reference_display_field"], caller["mandatory"]) == ("name", False)
    assert "choices" not in columns["short_description"]
    assert columns["short_description"]["max_length"] == 160
    query = {
        "sysparm_query": "name=incident^element=subcategory",
        "sysparm_fields": "element,dependent_on_field",
    }
    found = desk.get("/api/now/table/sys_dictionary", params=query).json()["result"]
    assert found == [{"element": "subcategory", "dependent_on_field": "category"}]
    assert desk.get("/api/now/ui/meta/nowhere").status_code == 400


def test_the_meta_of_what_may_not_be_read(desk: Any) -> None:
    """Columns that the user may not read are missing, and a closed table shows none."""
    desk.instance.add_user("agent", name="A", password="secret", roles=["itil"])
    desk.instance.deny_read("incident", "close_notes", user="agent")
    desk.session.cookies.clear()
    desk.auth = ("agent", "secret")
    columns = desk.get("/api/now/ui/meta/incident").json()["result"]["columns"]
    assert "close_notes" not in columns
    assert "number" in columns
    assert desk.get("/api/now/ui/meta/oauth_entity").json()["result"]["columns"] == {}
