"""Basic authentication, and what a wrong password costs."""

from typing import Any

import pytest
import requests

from connector.sandbox import Instance

ERROR = '{"message":"User Not Authenticated","detail":"Required to provide Auth information"}'
REFUSED = f'{{"error":{ERROR},"status":"failure"}}'


@pytest.mark.parametrize("auth", [None, ("connector", "wrong"), ("nobody", "secret"), ("admin", "")])
def test_refused_as_recorded(client: Any, auth: tuple[str, str] | None) -> None:
    """The body to the letter, the challenge, no sign of a login."""
    answer = requests.get(f"{client.base}/api/now/table/incident", auth=auth, timeout=5)
    assert (answer.status_code, answer.text) == (401, REFUSED)
    assert answer.headers["WWW-Authenticate"] == 'BASIC realm="Service-now"'
    assert "X-Is-Logged-In" not in answer.headers


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic /w==", "Bearer abc", "Basic bm9jb2xvbg=="])
def test_headers_that_say_nothing(near: Any, header: str) -> None:
    """Broken credentials are refused like missing ones."""
    near.session.auth = lambda sent: sent.headers.update(Authorization=header) or sent
    assert near("GET", "table/incident").status_code == 401


def test_six_failures_lock(near: Any, instance: Instance) -> None:
    """After six wrong passwords the right one does not help either, until an admin unlocks the account."""
    near.session.auth = ("connector", "wrong")
    for _ in range(6):
        assert near("GET", "table/incident").status_code == 401
    near.session.auth = ("connector", "secret")
    assert near("GET", "table/incident").status_code == 401
    row = instance.rows("sys_user", "user_name=connector")[0]
    assert row["locked_out"] == "true"
    instance.update("sys_user", row["sys_id"], {"locked_out": "false"})
    assert near("GET", "table/incident").status_code == 200


def test_a_success_in_between_starts_the_count_again(near: Any) -> None:
    """Five failures, a success, five failures: still open."""
    for _ in range(2):
        near.session.auth = ("connector", "wrong")
        for _ in range(5):
            near("GET", "table/incident")
        near.session.auth = ("connector", "secret")
        assert near("GET", "table/incident").status_code == 200


@pytest.mark.parametrize("change", [{"active": "false"}, {"password_needs_reset": "true"}])
def test_accounts_that_may_not_log_in(near: Any, instance: Instance, change: dict[str, str]) -> None:
    """Inactive, or the password has to be changed first: 401 from the next request on."""
    assert near("GET", "table/incident").status_code == 200
    row = instance.rows("sys_user", "user_name=connector")[0]
    instance.update("sys_user", row["sys_id"], change)
    assert near("GET", "table/incident").status_code == 401


def test_nothing_is_done_without_a_login(near: Any, instance: Instance) -> None:
    """A refused write leaves no record."""
    near.session.auth = None
    assert near("POST", "table/incident", json={}).status_code == 401
    assert instance.count("incident") == 0
    assert not near.rest.requests[-1].committed
