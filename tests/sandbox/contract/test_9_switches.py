"""9: what the sources leave open and no other section turns; each is a switch with its default."""

from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/incident"
TEXT = {"Content-Type": "application/json"}


@pytest.fixture
def called(instance: Instance) -> str:
    """A caller with an incident; her sys_id."""
    caller = instance.insert("sys_user", {"user_name": "eve", "name": "Eve Caller"})
    instance.insert("incident", {"caller_id": caller["sys_id"]})
    return str(caller["sys_id"])


def test_words_about_a_malformed_body(wire: Any) -> None:
    """9.1: the parser's words, or those of the instance that is imitated; the status stays."""
    refused = wire.post(LIST, data=b'{"urgency"', headers=TEXT)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "Exception while reading request"
    assert "line 1 column" in refused.json()["error"]["detail"]
    wire.rest.manner.malformed_detail = "Unexpected end of file"
    error = {"message": "Exception while reading request", "detail": "Unexpected end of file"}
    again = wire.post(LIST, data=b'{"urgency"', headers=TEXT)
    assert (again.status_code, again.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("DELETE", {}, 405),
        ("GET", {"Accept": "application/xml"}, 406),
        ("POST", {"Content-Type": "application/xml"}, 415),
    ],
)
def test_bodies_of_what_is_not_supported(
    wire: Any, method: str, headers: dict[str, str], status: int
) -> None:
    """9.2: the usual envelope, or none at all."""
    refused = wire(method, LIST, data=b"<x/>" if status == 415 else None, headers=headers)
    assert (refused.status_code, refused.json()["status"]) == (status, "failure")
    wire.rest.manner.bare_refusals = True
    bare = wire(method, LIST, data=b"<x/>" if status == 415 else None, headers=headers)
    assert (bare.status_code, bare.content) == (status, b"")
    assert wire.get(f"{LIST}/nope").json()["status"] == "failure"


@pytest.mark.parametrize("path", [LIST, "/api/now/attachment"])
@pytest.mark.parametrize("limit", ["ten", "0", "-1"])
def test_a_limit_that_is_none(wire: Any, called: str, path: str, limit: str) -> None:
    """9.2: the default of 10,000, or 400; one that is left empty is not there."""
    assert wire.get(f"{path}?sysparm_limit={limit}").json() == wire.get(path).json()
    wire.rest.manner.odd_limit = False
    assert wire.get(f"{path}?sysparm_limit={limit}").status_code == 400
    for fine in ("", "1", "10000"):
        assert wire.get(f"{path}?sysparm_limit={fine}").status_code == 200


def test_the_order_of_keys_beside_a_link(wire: Any, called: str) -> None:
    """9.12: the link stands in the middle, or at the end; nothing else changes."""
    path = f"{LIST}?sysparm_display_value=all&sysparm_fields=caller_id"
    (usual,) = wire.get(path).json()["result"]
    assert list(usual["caller_id"]) == ["display_value", "link", "value"]
    wire.rest.manner.link_last = True
    (other,) = wire.get(path).json()["result"]
    assert list(other["caller_id"]) == ["display_value", "value", "link"]
    assert other == usual
    (raw,) = wire.get(f"{LIST}?sysparm_fields=caller_id").json()["result"]
    assert list(raw["caller_id"]) == ["link", "value"]


def test_names_without_links(wire: Any, called: str) -> None:
    """9.12: a plain text, as clients expect, or an object with the name alone."""
    query = "sysparm_display_value=true&sysparm_exclude_reference_link=true&sysparm_fields="
    (shown,) = wire.get(f"{LIST}?{query}caller_id,assigned_to").json()["result"]
    assert shown == {"caller_id": "Eve Caller", "assigned_to": ""}
    wire.rest.manner.names_as_objects = True
    (shown,) = wire.get(f"{LIST}?{query}caller_id,assigned_to").json()["result"]
    assert shown == {"caller_id": {"display_value": "Eve Caller"}, "assigned_to": ""}
    bare = wire.get(f"{LIST}?sysparm_exclude_reference_link=true&sysparm_fields=caller_id")
    assert bare.json()["result"] == [{"caller_id": called}]


def test_a_sys_id_of_nobody(wire: Any, called: str) -> None:
    """5.3: stored as it is, or dropped; whoever exists is written either way."""
    nobody = "f" * 32
    path = f"{LIST}?sysparm_fields=caller_id&sysparm_exclude_reference_link=true"
    assert wire.post(path, json={"caller_id": nobody}).json()["result"] == {"caller_id": nobody}
    wire.instance.switch("unknown_sys_id", "drop")
    assert wire.post(path, json={"caller_id": nobody}).json()["result"] == {"caller_id": ""}
    assert wire.post(path, json={"caller_id": called}).json()["result"] == {"caller_id": called}


def test_a_person_can_turn_them(wire: Any, called: str) -> None:
    """Each is named and labelled at `/sandbox/`, with its default."""
    defaults = {
        "malformed_detail": "",
        "bare_refusals": False,
        "odd_limit": True,
        "link_last": False,
        "names_as_objects": False,
        "names_clients": False,
        "refreshes_clients": False,
        "unknown_sys_id": "keep",
    }
    told = {one["switch"]: one for one in wire.get("/sandbox/").json()["switches"]}
    assert {name: told[name]["value"] for name in defaults} == defaults
    assert all(told[name]["label"] for name in defaults)
    assert wire.post("/sandbox/switches", json={"odd_limit": False}).status_code == 200
    assert wire.get(f"{LIST}?sysparm_limit=0").status_code == 400
