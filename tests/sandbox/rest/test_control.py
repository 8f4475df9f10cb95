"""The switchboard at /sandbox/, over both mounts."""

from typing import Any

import pytest
import requests

from connector.sandbox import Instance, Request, Rest
from connector.sandbox.rest.control import FAULTS


def ask(client: Any, method: str, what: str = "", **more: Any) -> requests.Response:
    """A request without any login."""
    return requests.request(method, f"{client.base}/sandbox/{what}", timeout=5, **more)


def test_everything_is_listed_with_a_label(client: Any) -> None:
    """Faults, switches of both kinds, clock and nodes; nobody logs in and nothing is logged."""
    told = ask(client, "GET").json()
    assert [one["fault"] for one in told["faults"]] == list(FAULTS)
    assert all(one["label"] for one in told["faults"] + told["switches"])
    assert {"detail_first", "invalid_query"} <= {one["switch"] for one in told["switches"]}
    assert (told["clock"]["ahead"], len(told["nodes"])) == (0, 1)
    assert not client.rest.requests


@pytest.mark.parametrize("name", list(FAULTS))
def test_every_fault_can_be_asked_for(client: Any, name: str) -> None:
    """It waits, narrowed as told, and can be called off."""
    body = {"fault": name, "method": "GET", "table": "problem", "times": 3}
    if FAULTS[name].takes.get("seconds"):
        body["seconds"] = 1
    waiting = ask(client, "POST", "faults", json=body).json()["waiting"]
    assert [one["left"] for one in waiting] == [3]
    assert client("GET", "table/incident").status_code == 200
    assert ask(client, "DELETE", "faults").json()["waiting"] == []


def test_a_fault_strikes_as_often_as_told(client: Any) -> None:
    """Twice busy, then well; the switchboard itself is never struck."""
    ask(client, "POST", "faults", json={"fault": "busy", "times": 2})
    assert ask(client, "GET").status_code == 200
    assert [client("GET", "table/incident").status_code for _ in range(3)] == [429, 429, 200]


def test_switches_turn(client: Any, instance: Instance) -> None:
    """Those of the REST face and those of the instance, all or none of a request."""
    ask(client, "POST", "switches", json={"detail_first": True, "invalid_query": "no_rows"})
    assert client("GET", "table/nowhere").text.startswith('{"error":{"detail":')
    assert instance.switches.invalid_query == "no_rows"
    bad = ask(client, "POST", "switches", json={"detail_first": False, "invalid_query": "x"})
    assert bad.status_code == 400
    assert client.rest.manner.detail_first


def test_the_clock_moves(client: Any) -> None:
    """Ahead and back."""
    ask(client, "POST", "clock", json={"ahead": 3600})
    assert client("GET", "table/incident").headers["Date"] == "Mon, 20 Nov 2023 02:00:00 GMT"
    ask(client, "POST", "clock", json={"ahead": 60})
    assert client("GET", "table/incident").headers["Date"] == "Mon, 20 Nov 2023 01:01:00 GMT"
    ask(client, "POST", "clock", json={"ahead": 0})
    assert client("GET", "table/incident").headers["Date"] == "Mon, 20 Nov 2023 01:00:00 GMT"


def test_nodes(client: Any) -> None:
    """As many as there are skews."""
    told = ask(client, "POST", "nodes", json={"skews": [0, -3.5]}).json()
    assert [one["ahead"] for one in told["nodes"]] == [0, -3.5]


@pytest.mark.parametrize(
    ("method", "what", "body", "status"),
    [
        ("POST", "faults", {"fault": "nonsense"}, 400),
        ("POST", "faults", {"fault": "busy", "seconds": 1}, 400),
        ("POST", "faults", {"fault": "delay", "seconds": "1"}, 400),
        ("POST", "faults", {"fault": "server_error", "stage": "later"}, 400),
        ("POST", "switches", {"nonsense": 1}, 400),
        ("POST", "switches", {"threads": True}, 400),
        ("POST", "clock", {}, 400),
        ("POST", "nodes", {"skews": []}, 400),
        ("POST", "nonsense", {}, 405),
        ("GET", "faults", None, 405),
        ("DELETE", "switches", None, 405),
    ],
)
def test_what_is_wrong_is_said(client: Any, method: str, what: str, body: Any, status: int) -> None:
    """A reason in the usual envelope; nothing changes."""
    answer = ask(client, method, what, json=body)
    assert (answer.status_code, answer.json()["status"]) == (status, "failure")
    assert not client.rest.faults


def test_a_page_in_a_browser_cannot_reach_it(client: Any) -> None:
    """A form of another site may send text, never JSON."""
    answer = ask(client, "POST", "faults", data='{"fault":"busy"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert not client.rest.faults


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("", 200), ("10.0.0.9", 400)])
def test_loopback_only(rest: Rest, peer: str, status: int) -> None:
    """For anybody else there is no such address."""
    assert rest.handle(Request("GET", "/sandbox/", {}, peer=peer)).status == status
