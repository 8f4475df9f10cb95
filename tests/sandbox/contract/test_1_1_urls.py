"""1.1: addresses, methods, versions."""

from typing import Any

import pytest

from connector.sandbox import Instance

VERSIONS = ["/api/now/table", "/api/now/v1/table", "/api/now/v2/table"]


@pytest.mark.parametrize("stem", VERSIONS)
def test_three_spellings_of_one_api(wire: Any, stem: str) -> None:
    """Each spelling makes, reads, changes and removes a record; answers keep the version in all addresses."""
    born = wire.post(f"{stem}/incident", json={"short_description": "a"})
    record = born.json()["result"]
    assert born.status_code == 201
    assert born.headers["Location"] == f"{wire.base}{stem}/incident/{record['sys_id']}"
    assert record["opened_by"]["link"].startswith(f"{wire.base}{stem}/sys_user/")
    path = f"{stem}/incident/{record['sys_id']}"
    assert wire.result(path) == record
    assert wire.patch(path, json={"urgency": "1"}).json()["result"]["urgency"] == "1"
    gone = wire.delete(path)
    assert (gone.status_code, gone.content, gone.headers.get("Content-Length")) == (204, b"", None)
    assert wire.get(path).status_code == 404


def test_put_is_patch(wire: Any, instance: Instance) -> None:
    """What a PUT leaves out stays as it is."""
    row = instance.insert("incident", {"short_description": "a", "urgency": "1"})
    answer = wire("PUT", f"/api/now/table/incident/{row['sys_id']}", json={"urgency": "2"})
    assert answer.status_code == 200
    assert answer.json()["result"]["short_description"] == "a"


@pytest.mark.parametrize("query", ["", "?sysparm_offset=50", "?sysparm_query=urgency=9"])
def test_nothing_found(wire: Any, query: str) -> None:
    """An empty list is 404 in v1 and an empty list elsewhere, past the end too."""
    assert wire.get(f"/api/now/v1/table/incident{query}").status_code == 404
    for stem in ("/api/now/table", "/api/now/v2/table"):
        answer = wire.get(f"{stem}/incident{query}")
        assert (answer.status_code, answer.text) == (200, '{"result":[]}')


def test_head(wire: Any, instance: Instance) -> None:
    """The headers of a GET without its body, for lists and records."""
    row = instance.insert("incident", {})
    for path in ("/api/now/table/incident", f"/api/now/table/incident/{row['sys_id']}"):
        answer = wire("HEAD", path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert wire("HEAD", "/api/now/table/incident").headers["X-Total-Count"] == "1"


@pytest.mark.parametrize("sent", ["POST", "GET"])
def test_method_override(wire: Any, instance: Instance, sent: str) -> None:
    """The header wins over the method, whatever its case."""
    row = instance.insert("incident", {})
    answer = wire(
        sent,
        f"/api/now/table/incident/{row['sys_id']}",
        json={"urgency": "1"},
        headers={"X-http-method-override": "patch"},
    )
    assert answer.json()["result"]["urgency"] == "1"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.8", 200),
        ("text/html, application/json;q=0.5", 200),
        ("application/xml", 406),
        ("text/xml", 406),
        ("text/csv", 406),
    ],
)
def test_accept(wire: Any, accept: str, status: int) -> None:
    """JSON or nothing: XML is not imitated."""
    answer = wire.get("/api/now/table/incident", headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("application/json;charset=UTF-8", 201),
        ("Application/JSON; charset=iso-8859-1", 201),
        ("application/xml", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        (None, 400),
    ],
)
def test_content_type(wire: Any, instance: Instance, kind: str | None, status: int) -> None:
    """A body must say that it is JSON; without a body nothing need be said."""
    body = '{"short_description":"für"}'.encode("iso-8859-1" if kind and "8859" in kind else "utf-8")
    answer = wire.post("/api/now/table/incident", data=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert [row["short_description"] for row in instance.rows("incident")] == ["für"] * (status == 201)
    assert wire.post("/api/now/table/incident").status_code == 201


@pytest.mark.parametrize(
    "body",
    ["{'urgency':'1'}", '{"urgency":1}', "[{'urgency':'1'},{'urgency':'2'}]", '\ufeff{"urgency": "1"}'],
)
def test_a_lenient_parser(wire: Any, instance: Instance, body: str) -> None:
    """Single quotes as in the documentation's examples; of several records only the first."""
    sent = {"data": body.encode(), "headers": {"Content-Type": "application/json"}}
    assert wire.post("/api/now/table/incident", **sent).status_code == 201
    assert [row["urgency"] for row in instance.rows("incident")] == ["1"]


def test_quotes_within_quotes(wire: Any, instance: Instance) -> None:
    """Either kind of quote may stand inside the other kind."""
    body = rb"""{'short_description':'say \'no\' to "it"', "description": "it's"}"""
    wire.post("/api/now/table/incident", data=body, headers={"Content-Type": "application/json"})
    row = instance.rows("incident")[0]
    assert (row["short_description"], row["description"]) == ("say 'no' to \"it\"", "it's")


def test_a_get_may_have_a_body(wire: Any) -> None:
    """Some clients send `{}` with every GET; it does not matter, nor does its type."""
    for sent in ({"json": {}}, {"data": b"<x/>", "headers": {"Content-Type": "text/xml"}}):
        assert wire.get("/api/now/table/incident", **sent).json() == {"result": []}


@pytest.mark.parametrize(
    ("method", "tail"), [("POST", "/x"), ("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("OPTIONS", "/x")]
)
def test_methods_that_are_not_there(wire: Any, method: str, tail: str) -> None:
    """405 in the usual envelope."""
    if method == "OPTIONS" and wire.base.startswith("http://sandbox"):
        pytest.skip("the mount without sockets carries the usual methods only")
    answer = wire(method, f"/api/now/table/incident{tail}", json={})
    assert (answer.status_code, answer.json()["status"]) == (405, "failure")
