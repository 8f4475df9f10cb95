"""3.7: rate rules and semaphores; rows that come late and nodes with clocks of their own."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connector.sandbox import Fault, Instance, on

LIST = "/api/now/table/incident"


@pytest.fixture
def rule(instance: Instance) -> Any:
    """Adds a rule of so many requests an hour."""

    def add(limit: int, kind: str = "all", **more: str) -> str:
        row = {"name": "r", "type": kind, "limit": str(limit), **more}
        return instance.insert("sys_rate_limit_rules", row)["sys_id"]

    return add


def test_no_rule_no_headers(wire: Any) -> None:
    """By default nothing is limited."""
    assert not [name for name in wire.get(LIST).headers if name.lower().startswith("x-ratelimit")]


def test_counts_are_written_down_every_thirty_seconds(wire: Any, rule: Any) -> None:
    """Until then a limit may be exceeded; afterwards what was too much counts as well."""
    rule(2)
    assert [wire.get(LIST).status_code for _ in range(5)] == [200] * 5
    wire.clock.at += 29
    assert wire.get(LIST).status_code == 200
    wire.clock.at += 1
    assert wire.get(LIST).status_code == 429


def test_counts_written_down_at_once(wire: Any, rule: Any) -> None:
    """The switch for tests that do not want to wait."""
    rule(2)
    wire.rest.manner.rate_flush = 0
    assert [wire.get(LIST).status_code for _ in range(4)] == [200, 200, 429, 429]


def test_a_rule_counts_by_the_hour(wire: Any, rule: Any) -> None:
    """Headers on each answer; beyond the limit 429 with Retry-After; in the next hour all is well."""
    sys_id = rule(2)
    top = (wire.clock.at // 3600 + 1) * 3600
    wire.clock.at += 100
    for _ in range(2):
        headers = wire.get(LIST).headers
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Reset"]) == ("2", str(top))
        assert headers["X-RateLimit-Rule"] == sys_id
        assert "X-RateLimit-Remaining" not in headers
    wire.clock.at += 30
    over = wire.get(LIST)
    detail = "Rate limit of 2 requests per hour for Table API exceeded"
    assert over.status_code == 429
    assert over.json()["error"] == {"message": "Rate limit exceeded", "detail": detail}
    assert over.headers["Retry-After"] == str(top - wire.clock.at)
    wire.clock.at = top
    assert wire.get(LIST).status_code == 200


def test_the_user_wins_over_roles_and_roles_over_all(wire: Any, rule: Any, instance: Instance) -> None:
    """Precedence user > role > all; of several roles the lowest; other users and APIs are not touched."""
    for name, roles in {"agent": ["itil"], "lead": ["itil", "desk_lead"], "guest": []}.items():
        instance.add_user(name, name=name, password="secret", roles=roles)
    rule(9)
    rule(8, "role", role="itil")
    rule(7, "role", role="desk_lead")

    def limit(user: str) -> str:
        wire.auth = (user, "secret")
        return str(wire.get(LIST).headers["X-RateLimit-Limit"])

    assert [limit(user) for user in ("guest", "agent", "lead")] == ["9", "8", "7"]
    lead = instance.rows("sys_user", "user_name=lead")[0]["sys_id"]
    mine = rule(30, "user", user=lead)
    assert [limit(user) for user in ("agent", "lead")] == ["8", "30"]
    instance.update("sys_rate_limit_rules", mine, {"active": "false"})
    assert limit("lead") == "7"


def test_a_rule_for_another_api(wire: Any, rule: Any) -> None:
    """A rule that names an API leaves the others alone."""
    rule(1, rest_service="Aggregate API")
    assert [wire.get(LIST).status_code for _ in range(3)] == [200, 200, 200]


@pytest.fixture
def slow(wire: Any) -> Iterator[threading.Event]:
    """Every read of a problem takes until the event."""
    go = threading.Event()
    wire.faults.sleep = lambda _: go.wait(5)
    wire.faults.add(Fault.delay(5), when=on("GET", "problem"), times=None)
    yield go
    go.set()


def test_a_full_semaphore_refuses_without_headers(wire: Any, slow: threading.Event) -> None:
    """Two at once and one waiting: the fourth is 429 and nothing says when to come back."""
    wire.rest.manner.threads, wire.rest.manner.queue = 2, 1
    answers: list[requests.Response] = []

    def ask() -> None:
        url = f"{wire.base}/api/now/table/problem"
        answers.append(requests.get(url, auth=("connector", "secret"), timeout=5))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(wire.rest.requests) < 3:
        pass
    while wire.rest.semaphore.waiting < 1:
        pass
    refused = wire.get(LIST)
    assert refused.status_code == 429
    assert not {"Retry-After", "X-RateLimit-Limit"} & set(refused.headers)
    slow.set()
    for thread in threads:
        thread.join()
    assert [one.status_code for one in answers] == [200, 200, 200]
    waits = [one.headers["Server-Timing"] for one in answers]
    assert len([one for one in waits if one.startswith("sem_wait;dur=0,")]) >= 2
    assert wire.get(LIST).status_code == 200


def test_a_200_that_is_no_api_answer(wire: Any) -> None:
    """No body, no type, no sign of a login."""
    wire.faults.add(Fault.empty())
    answer = wire.get(LIST)
    assert (answer.status_code, answer.content) == (200, b"")
    assert not {"Content-Type", "X-Is-Logged-In"} & set(answer.headers)


def test_rows_that_come_late(wire: Any, instance: Instance) -> None:
    """A created record is answered at once but found by others only after a while."""
    wire.rest.manner.visible_after = 3.0
    made = wire.post(LIST, json={"urgency": "1"})
    sys_id = made.json()["result"]["sys_id"]
    assert made.status_code == 201
    assert wire.get(f"{LIST}/{sys_id}").status_code == 404
    late = wire.get(LIST)
    assert (late.json()["result"], late.headers["X-Total-Count"]) == ([], "0")
    wire.clock.at += 3
    assert wire.result(f"{LIST}/{sys_id}")["sys_id"] == sys_id
    assert len(wire.result(LIST)) == 1


def test_nodes_with_clocks_of_their_own(wire: Any) -> None:
    """Stamps and Date follow the node; a session stays on its node, calls without cookies go round."""
    cookies = wire.rest.cookies
    cookies.nodes = [cookies.node(), cookies.node(-5.0)]
    seen = []
    for _ in range(4):
        wire.session.cookies.clear()
        made = wire.post(LIST, json={})
        seen.append((made.json()["result"]["sys_created_on"][-2:], made.headers["Date"][-6:-4]))
    assert sorted(seen) == [("00", "00"), ("00", "00"), ("55", "55"), ("55", "55")]
    stuck = {wire.post(LIST, json={}).json()["result"]["sys_created_on"] for _ in range(4)}
    assert len(stuck) == 1
