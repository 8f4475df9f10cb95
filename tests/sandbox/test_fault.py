"""What goes wrong, goes wrong as told, over both mounts."""

import json
from typing import Any

import pytest
import requests

from connector.sandbox import Fault, Instance, on

WRITE = {"work_notes": "hello"}


@pytest.fixture
def sys_id(instance: Instance) -> str:
    """An incident to write to."""
    return instance.insert("incident", {})["sys_id"]


def notes(instance: Instance, sys_id: str) -> int:
    """How many notes it has."""
    return len(instance.journal(sys_id))


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (Fault.refused(), requests.ConnectionError, 0),
        (Fault.reset_before(), requests.ConnectionError, 0),
        (Fault.reset_after(), requests.ConnectionError, 1),
        (Fault.timeout_before(1), requests.ReadTimeout, 0),
        (Fault.timeout_after(1), requests.ReadTimeout, 1),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_no_answer(
    client: Any, instance: Instance, sys_id: str, fault: Fault, error: type[Exception], done: int
) -> None:
    """The client sees the error of its kind; whether the write took effect is what the fault says."""
    client.rest.faults.add(fault, when=on("PATCH"))
    with pytest.raises(error):
        client.session.patch(f"{client.base}/api/now/table/incident/{sys_id}", json=WRITE, timeout=0.2)
    assert notes(instance, sys_id) == done
    logged = client.rest.requests[-1]
    assert (logged.status, logged.committed, logged.body) == (0, bool(done), WRITE)
    assert client("PATCH", f"table/incident/{sys_id}", json=WRITE).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "done"),
    [
        (Fault.unauthorised(), 401, 0),
        (Fault.forbidden(), 403, 0),
        (Fault.rate_limited(30), 429, 0),
        (Fault.busy(), 429, 0),
        (Fault.server_error(), 500, 0),
        (Fault.server_error("after"), 500, 1),
        (Fault.unavailable(), 503, 0),
        (Fault.hibernating(), 200, 0),
        (Fault.empty(), 200, 0),
        (Fault.accepted(), 202, 0),
        (Fault.truncated(), 200, 1),
    ],
)
def test_bad_answers(
    client: Any, instance: Instance, sys_id: str, fault: Fault, status: int, done: int
) -> None:
    """Each has its status; only those that say so took effect."""
    client.rest.faults.add(fault)
    answer = client("PATCH", f"table/incident/{sys_id}", json=WRITE)
    assert answer.status_code == status
    assert notes(instance, sys_id) == done
    logged = client.rest.requests[-1]
    assert (logged.status, logged.committed) == (status, bool(done))


def test_rate_limit_headers(client: Any, clock: Any) -> None:
    """A rate rule says when to come back, a full semaphore does not."""
    client.rest.faults.add(Fault.rate_limited(30))
    client.rest.faults.add(Fault.busy())
    limited = client("GET", "table/incident")
    assert (limited.headers["Retry-After"], limited.headers["X-RateLimit-Reset"]) == (
        "30",
        str(clock.at + 30),
    )
    assert limited.json()["error"]["message"] == "Rate limit exceeded"
    busy = client("GET", "table/incident")
    assert busy.status_code == 429
    assert not {"Retry-After", "X-RateLimit-Limit"} & set(busy.headers)


def test_answers_that_are_none(client: Any) -> None:
    """HTML, nothing and "later": none of them calls itself JSON."""
    for fault in (Fault.hibernating(), Fault.empty(), Fault.accepted(), Fault.unavailable()):
        client.rest.faults.add(fault)
        answer = client("GET", "table/incident")
        assert not answer.headers.get("Content-Type", "").startswith("application/json")
    assert client("GET", "table/incident").json() == {"result": []}


def test_cut_lists(client: Any, instance: Instance) -> None:
    """An error beside some rows, the same in broken JSON, JSON that stops half way: all are 200."""
    for _ in range(8):
        instance.insert("incident", {})
    client.rest.faults.add(Fault.cancelled())
    answer = client("GET", "table/incident")
    body = answer.json()
    assert answer.status_code == 200
    assert 0 < len(body["result"]) < 8
    assert body["error"]["message"] == "Transaction cancelled: maximum execution time exceeded"
    assert body["status"] == "failure"
    client.rest.faults.add(Fault.cancelled(broken=True))
    answer = client("GET", "table/incident")
    assert answer.status_code == 200
    assert "Transaction cancelled: maximum execution time exceeded" in answer.text
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    client.rest.faults.add(Fault.truncated())
    with pytest.raises(json.JSONDecodeError):
        json.loads(client("GET", "table/incident").text)
    assert len(client("GET", "table/incident").json()["result"]) == 8


def test_a_cut_list_of_one_or_none(near: Any, instance: Instance) -> None:
    """The clean form stays readable however short the list is."""
    for _ in range(3):
        near.rest.faults.add(Fault.cancelled())
        assert near("GET", "table/incident").json()["status"] == "failure"
        instance.insert("incident", {})


def test_the_date_is_wrong(near: Any) -> None:
    """The clock of the header moves, for as long as told."""
    near.rest.faults.add(Fault.clock_offset(-3600), times=None)
    assert near("GET", "table/incident").headers["Date"] == "Mon, 20 Nov 2023 00:00:00 GMT"
    near.rest.faults.clear()
    assert near("GET", "table/incident").headers["Date"] == "Mon, 20 Nov 2023 01:00:00 GMT"


def test_delays_are_spent_as_told(near: Any, clock: Any) -> None:
    """A test on simulated time lets its own clock pass."""

    def sleep(seconds: float) -> None:
        clock.at += int(seconds)

    near.rest.faults.sleep = sleep
    near.rest.faults.add(Fault.delay(40))
    assert near("GET", "table/incident").headers["Date"] == "Mon, 20 Nov 2023 01:00:40 GMT"


def test_something_happens_between_two_pages(near: Any, instance: Instance, sys_id: str) -> None:
    """A record is edited just before the second request is served."""
    edit = Fault.between(lambda: instance.update("incident", sys_id, {"short_description": "changed"}))
    near.rest.faults.add(edit, when=on(nth=2))
    seen = [near("GET", f"table/incident/{sys_id}").json()["result"]["short_description"] for _ in range(2)]
    assert seen == ["", "changed"]


def test_rules_fit_what_they_name(near: Any, instance: Instance, sys_id: str) -> None:
    """Method, table, record and number of the request narrow a rule; each strikes as often as told."""
    faults = near.rest.faults
    faults.add(Fault.busy(), when=on("GET", "problem"))
    faults.add(Fault.busy(), when=on(sys_id=sys_id), times=2)
    faults.add(Fault.forbidden(), when=on(writes=True))
    path = f"table/incident/{sys_id}"
    statuses = [
        near("GET", "table/incident").status_code,
        near("GET", "table/problem").status_code,
        near("GET", "table/problem").status_code,
        near("GET", path).status_code,
        near("GET", path).status_code,
        near("GET", path).status_code,
        near("PATCH", path, json={}).status_code,
        near("PATCH", path, json={}).status_code,
    ]
    assert statuses == [200, 429, 200, 429, 429, 200, 403, 200]
    assert not faults
