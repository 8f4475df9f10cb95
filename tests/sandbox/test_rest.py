"""The Table API answers as recorded, over both mounts."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance, Request, Rest

NONE = "No Record found"
HIDDEN = "Record doesn't exist or ACL restricts the record retrieval"
NO_ROWS = "Records matching query not found. Check query parameter or offset parameter"


def refused(message: str, detail: str | None) -> dict[str, Any]:
    """The envelope of an error."""
    return {"error": {"message": message, "detail": detail}, "status": "failure"}


def test_a_record_from_birth_to_death(client: Any, instance: Instance) -> None:
    """POST, GET, PATCH, PUT, DELETE with the recorded statuses, and the location of what was made."""
    born = client("POST", "v2/table/incident", json={"short_description": "打印机", "urgency": 1})
    assert born.status_code == 201
    made = born.json()["result"]
    assert born.headers["Location"] == f"{client.base}/api/now/v2/table/incident/{made['sys_id']}"
    assert (made["number"], made["priority"], made["sys_created_by"]) == ("INC0010001", "3", "connector")
    assert made["opened_by"]["link"].startswith(f"{client.base}/api/now/v2/table/sys_user/")
    path = f"table/incident/{made['sys_id']}"
    assert client("GET", path).json()["result"]["short_description"] == "打印机"
    assert client("PATCH", path, json={"state": "2"}).json()["result"]["incident_state"] == "2"
    assert client("PUT", path, json={"category": "network"}).json()["result"]["short_description"] == "打印机"
    gone = client("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert client("GET", path).status_code == 404
    assert [(one.method, one.status, one.committed) for one in client.rest.requests] == [
        ("POST", 201, True),
        ("GET", 200, False),
        ("PATCH", 200, True),
        ("PUT", 200, True),
        ("DELETE", 204, True),
        ("GET", 404, False),
    ]


def test_the_log_tells_who_wrote_what(near: Any) -> None:
    """Table, record, parameters, body, user and the instance's time."""
    sys_id = near("POST", "table/incident?sysparm_fields=sys_id", json={"urgency": "2"}).json()["result"][
        "sys_id"
    ]
    near("PATCH", f"table/incident/{sys_id}", json={"urgency": "1"})
    logged = near.rest.requests[-1]
    assert (logged.table, logged.sys_id, logged.body, logged.user) == (
        "incident",
        sys_id,
        {"urgency": "1"},
        "connector",
    )
    assert logged.at == 1_700_442_000
    assert near.rest.requests[0].params == {"sysparm_fields": "sys_id"}


@pytest.mark.parametrize(
    ("method", "path", "status", "message", "detail"),
    [
        ("GET", "table/incident/nope", 404, NONE, HIDDEN),
        ("PATCH", "table/incident/nope", 404, NONE, HIDDEN),
        ("DELETE", "table/incident/nope", 404, NONE, HIDDEN),
        ("GET", "v1/table/incident", 404, NONE, NO_ROWS),
        ("GET", "table/nowhere", 400, "Invalid table nowhere", None),
        ("POST", "table/nowhere", 400, "Invalid table nowhere", None),
        ("GET", "tables/incident", 400, "Requested URI does not represent any resource", None),
    ],
)
def test_error_bodies(
    client: Any, method: str, path: str, status: int, message: str, detail: str | None
) -> None:
    """Message, detail and order of the keys are those recorded."""
    answer = client(method, path, json={} if method in {"POST", "PATCH"} else None)
    assert answer.status_code == status
    assert answer.json() == refused(message, detail)
    assert answer.text.startswith('{"error":{"message":')
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_an_empty_list_is_no_error_but_in_version_one(near: Any) -> None:
    """200 with an empty list in v2 and unversioned, also past the end."""
    assert near("GET", "table/incident").json() == {"result": []}
    assert near("GET", "v2/table/incident", params={"sysparm_offset": 50}).json() == {"result": []}


def test_refusals_of_rules_are_403(near: Any, instance: Instance) -> None:
    """Data policy and business rule speak through the detail; the record stays as it was."""
    row = instance.insert("incident", {})
    instance.abort_on("incident", "state=2", "Not today")
    answer = near("PATCH", f"table/incident/{row['sys_id']}", json={"state": "6"})
    detail = "Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes"
    assert (answer.status_code, answer.json()) == (403, refused("Operation Failed", detail))
    answer = near("PATCH", f"table/incident/{row['sys_id']}", json={"state": "2"})
    pattern = (
        r"Operation against file 'incident' was aborted by Business Rule 'Not today\^[0-9a-f]{32}'\. "
        r"Business Rule Stack:Not today"
    )
    assert answer.status_code == 403
    assert re.fullmatch(pattern, answer.json()["error"]["detail"])
    assert instance.get("incident", row["sys_id"]) == row


def test_a_duplicate_is_refused(near: Any, instance: Instance) -> None:
    """A client's own sys_id is honoured, the second time it is an error."""
    wished = {"sys_id": "0" * 31 + "1", "number": "MINE"}
    assert near("POST", "table/incident", json=wished).json()["result"]["number"] == "INC0010001"
    answer = near("POST", "table/incident", json=wished)
    assert answer.status_code == 403
    assert "Duplicate entry" in answer.json()["error"]["detail"]
    assert instance.count("incident") == 1


def test_a_query_that_cannot_be_read_is_an_error(near: Any, instance: Instance) -> None:
    """Never an empty answer; an unknown column vanishes from the filter, or is 403 where so set."""
    instance.insert("incident", {})
    answer = near("GET", "table/incident", params={"sysparm_query": "state~1"})
    assert answer.status_code == 400
    assert "state~1" in answer.json()["error"]["detail"]
    assert len(near.rows("incident", "nonsense=1")) == 1
    instance.switch("invalid_query", "forbid")
    answer = near("GET", "table/incident", params={"sysparm_query": "nonsense=1"})
    detail = "Field(s) present in the query do not have permission to be read"
    assert (answer.status_code, answer.json()) == (
        403,
        refused("Insufficient rights to query records", detail),
    )


def test_name_value_pairs(near: Any, instance: Instance) -> None:
    """`active=true` filters, display values work for choices and references, unknown names are ignored."""
    group = instance.add_group("First line")
    instance.insert("incident", {"assignment_group": group})
    instance.insert("incident", {"state": "2"})
    ask = lambda **pairs: len(near("GET", "table/incident", params=pairs).json()["result"])  # noqa: E731
    assert ask(active="true") == 2
    assert ask(state="In Progress") == 1
    assert ask(assignment_group="First line") == 1
    assert ask(active="true", state="1") == 1
    assert ask(query="number=INC0010001") == 2


def test_pysnow_spelling(near: Any, instance: Instance) -> None:
    """Python-cased booleans and empty parameters mean what their author meant."""
    group = instance.add_group("First line")
    instance.insert("incident", {"assignment_group": group})
    sent = (
        "sysparm_query=&sysparm_limit=10000&sysparm_offset=0&sysparm_display_value=False"
        "&sysparm_suppress_pagination_header=False&sysparm_exclude_reference_link=True&sysparm_view=&sysparm_fields="
    )
    rows = near("GET", f"table/incident?{sent}").json()["result"]
    assert rows[0]["assignment_group"] == group
    assert len(rows[0]) == 92


def test_what_a_write_drops(near: Any, instance: Instance) -> None:
    """Unknown fields, undefined choices, denied and read-only columns, names of references: 200, no error."""
    instance.add_column("incident", "u_fixed", read_only=True)
    instance.add_group("First line")
    row = instance.insert("incident", {"close_code": "Duplicate"})
    instance.deny_write("incident", "urgency", "connector")
    body = {
        "nonsense": "1",
        "close_code": "Magic",
        "u_fixed": "x",
        "urgency": "1",
        "assignment_group": "First line",
        "sys_mod_count": "7",
        "sys_created_on": "2000-01-01 00:00:00",
        "number": row["number"],
    }
    answer = near("PATCH", f"table/incident/{row['sys_id']}", json=body)
    assert answer.status_code == 200
    assert instance.get("incident", row["sys_id"]) == row
    assert near.rest.requests[-1].committed


def test_display_values_as_input(near: Any, instance: Instance) -> None:
    """With the flag, references go by name, choices by label and dates by the user's zone."""
    instance.add_user("shanghai", name="S", password="secret", roles=["itil"], time_zone="Asia/Shanghai")
    near.session.auth = ("shanghai", "secret")
    group = instance.add_group("First line")
    body = {"assignment_group": "First line", "state": "In Progress", "follow_up": "2024-01-01 08:00:00"}
    sent = near("POST", "table/incident?sysparm_input_display_value=true", json=body).json()["result"]
    row = instance.get("incident", sent["sys_id"])
    assert row is not None
    assert (row["assignment_group"], row["state"], row["follow_up"]) == (group, "2", "2024-01-01 00:00:00")


def test_bodies_that_are_none(near: Any, instance: Instance) -> None:
    """Broken JSON is 400, another type 415; of a list the first record counts; none at all makes defaults."""
    post = lambda data, **headers: near("POST", "table/incident", data=data, headers=headers)  # noqa: E731
    broken = post(b'{"a":', **{"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["error"]["message"]) == (400, "Exception while reading request")
    assert post(b"7", **{"Content-Type": "application/json"}).status_code == 400
    assert post(b"[" * 100_000, **{"Content-Type": "application/json"}).status_code == 400
    assert post(b"<x/>", **{"Content-Type": "text/xml"}).status_code == 415
    assert near("GET", "table/incident", headers={"Accept": "application/xml"}).status_code == 406
    assert instance.count("incident") == 0
    near("POST", "table/incident", json=[{"category": "network"}, {"category": "software"}])
    assert near("POST", "table/incident").status_code == 201
    assert [row["category"] for row in instance.rows("incident", "ORDERBYnumber")] == ["network", "inquiry"]


def test_other_methods(client: Any, instance: Instance) -> None:
    """HEAD has no body, an override is honoured, what is not offered is 405."""
    row = instance.insert("incident", {})
    head = client("HEAD", "table/incident")
    assert (head.status_code, head.content, head.headers["X-Total-Count"]) == (200, b"", "1")
    path = f"table/incident/{row['sys_id']}"
    sent = client("POST", path, json={"state": "2"}, headers={"X-http-method-override": "PATCH"})
    assert sent.json()["result"]["state"] == "2"
    assert client("POST", path, json={}).status_code == 405
    assert client("PATCH", "table/incident", json={}).status_code == 405
    silent = client("PATCH", path, json={"state": "1"}, headers={"X-no-response-body": "true"})
    assert (silent.status_code, silent.content) == (200, b"")


def test_date_is_the_instances_clock(client: Any, clock: Any) -> None:
    """A poller takes its "now" from here."""
    clock.at += 5
    answer = client("GET", "table/incident")
    assert answer.headers["Date"] == "Mon, 20 Nov 2023 01:00:05 GMT"
    assert answer.headers["X-Is-Logged-In"] == "true"
    assert re.fullmatch("[0-9a-f]{12}", answer.headers["X-Transaction-ID"])


def test_rows_hidden_after_the_limit(client: Any, instance: Instance) -> None:
    """Pages get short, the total still counts, and the record itself is not found."""
    ids = [
        instance.insert("incident", {"category": ["network", "software"][n % 2]})["sys_id"] for n in range(6)
    ]
    instance.hide("incident", "category=network", "connector")
    answer = client("GET", "table/incident", params={"sysparm_limit": 4, "sysparm_query": "ORDERBYnumber"})
    assert len(answer.json()["result"]) == 2
    assert answer.headers["X-Total-Count"] == "6"
    assert 'rel="next"' in answer.headers["Link"]
    assert client("GET", f"table/incident/{ids[0]}").status_code == 404
    assert client("PATCH", f"table/incident/{ids[0]}", json={"state": "2"}).status_code == 404


@limits(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(total=st.integers(0, 12), limit=st.integers(1, 13))
def test_every_way_of_paging_reaches_every_row(clock: Any, total: int, limit: int) -> None:
    """By `rel=next`, by the count, or until a page is short: all three see each row once."""
    made = Instance(now=clock)
    made.add_user("connector", name="C", password="secret", roles=["admin"])
    rest = Rest(made)
    numbers = [made.insert("incident", {})["number"] for _ in range(total)]
    auth = {"Authorization": "Basic Y29ubmVjdG9yOnNlY3JldA=="}
    start = f"/api/now/table/incident?sysparm_fields=number&sysparm_query=ORDERBYnumber&sysparm_limit={limit}"

    def page(target: str) -> tuple[list[str], dict[str, str]]:
        answer = rest.handle(Request("GET", target, auth))
        return [row["number"] for row in json.loads(answer.body)["result"]], dict(answer.headers)

    by_link, target = [], start
    while target:
        rows, headers = page(target)
        by_link += rows
        following = re.search(r'<http://sandbox\.localhost([^>]*)>;rel="next"', headers.get("Link", ""))
        target = following[1] if following else ""
    by_count, offset = [], 0
    while True:
        rows, headers = page(f"{start}&sysparm_offset={offset}")
        by_count += rows
        offset += limit
        if offset >= int(headers["X-Total-Count"]):
            break
    until_short, offset = [], 0
    while True:
        rows, headers = page(f"{start}&sysparm_offset={offset}&sysparm_no_count=true")
        assert "X-Total-Count" not in headers
        until_short += rows
        offset += limit
        if len(rows) < limit:
            break
    made.close()
    assert by_link == by_count == until_short == numbers


@pytest.mark.parametrize(
    "shape",
    [
        "sys_updated_on>{0}^NQsys_updated_on={0}^sys_id>{1}^ORDERBYsys_updated_on^ORDERBYsys_id",
        "sys_updated_on>={0}^sys_updated_on>{0}^ORsys_id>{1}^ORDERBYsys_updated_on^ORDERBYsys_id",
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_keyset_pages_reach_every_row(
    near: Any, instance: Instance, clock: Any, shape: str, limit: int
) -> None:
    """Also when more rows share a second than a page holds, in either spelling of the page's beginning."""
    for at in range(23):
        instance.insert("incident", {})
        clock.at += at % 5 == 0
    found, start = [], "ORDERBYsys_updated_on^ORDERBYsys_id"
    while rows := near.rows("incident", start, sysparm_limit=limit, sysparm_no_count="true"):
        found += [row["number"] for row in rows]
        start = shape.format(rows[-1]["sys_updated_on"], rows[-1]["sys_id"])
    assert sorted(found) == [f"INC{10001 + at:07d}" for at in range(23)]


def test_columns_and_choices_over_rest(near: Any, instance: Instance) -> None:
    """An admin's client adds a column by a POST and reads choices from sys_choice."""
    column = {"name": "incident", "element": "u_desk_tier", "column_label": "Tier", "internal_type": "string"}
    assert near("POST", "table/sys_dictionary", json=column).status_code == 201
    assert near("POST", "table/incident", json={"u_desk_tier": "1"}).json()["result"]["u_desk_tier"] == "1"
    labels = {row["value"]: row["label"] for row in near.rows("sys_choice", "name=incident^element=state")}
    assert labels["6"] == "Resolved"
    assert {row["value"] for row in near.rows("sys_choice", "name=task^element=priority")} == set("12345")
    element = near.rows("sys_dictionary", "name=incident^element=caller_id")[0]
    assert (element["internal_type"], element["reference"]) == ("reference", "sys_user")
    bad = {"name": "incident", "element": "u x"}
    assert near("POST", "table/sys_dictionary", json=bad).status_code == 400


def test_an_undefined_close_code_is_a_missing_one(near: Any, instance: Instance) -> None:
    """The choice is dropped without a word, and then the data policy misses it by its label."""
    row = instance.insert("incident", {})
    body = {"state": "6", "close_code": "Magic", "close_notes": "done"}
    answer = near("PATCH", f"table/incident/{row['sys_id']}", json=body)
    assert answer.status_code == 403
    assert answer.json()["error"]["detail"].endswith("mandatory: Resolution code")
    instance.properties["glide.rest.choice.allow_non_existing_value"] = "true"
    assert (
        near("PATCH", f"table/incident/{row['sys_id']}", json=body).json()["result"]["close_code"] == "Magic"
    )


def test_many_hidden_rows(near: Any, instance: Instance) -> None:
    """A page of any size is thinned."""
    for _ in range(40):
        instance.insert("incident", {})
    instance.hide("incident", "", "connector")
    answer = near("GET", "table/incident")
    assert answer.json() == {"result": []}
    assert answer.headers["X-Total-Count"] == "40"


def test_reset_forgets_what_was_compiled(near: Any, instance: Instance) -> None:
    """After a reset the columns are those of the fresh instance."""
    instance.add_column("incident", "u_old")
    near("POST", "table/incident", json={})
    instance.reset()
    instance.add_user("connector", name="C", password="secret", roles=["admin"])
    instance.add_column("incident", "u_new")
    found = near("POST", "table/incident", json={"u_new": "1"}).json()["result"]
    assert found["u_new"] == "1"
    assert "u_old" not in found
