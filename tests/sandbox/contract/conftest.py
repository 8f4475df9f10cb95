"""The contract: one file per section of the platform facts, each over both mounts."""

from typing import Any

import pytest
import requests

from connector.sandbox import Faults, Instance, Rest


class Wire:
    """A client that knows nothing of the sandbox but an address, and beside it the fresh instance.

    `base` is scheme and host; paths are whole ("/api/now/table/incident").  `session` is a plain
    `requests.Session` logged in as `connector` (role admin); `auth` changes who asks.
    """

    def __init__(self, base: str, session: requests.Session, rest: Rest, clock: Any) -> None:
        self.base = base
        self.session = session
        self.rest = rest
        self.clock = clock

    @property
    def instance(self) -> Instance:
        """The instance behind the wire."""
        return self.rest.instance

    @property
    def faults(self) -> Faults:
        """What goes wrong on the wire."""
        return self.rest.faults

    @property
    def auth(self) -> Any:
        """User name and password, or None."""
        return self.session.auth

    @auth.setter
    def auth(self, auth: Any) -> None:
        self.session.auth = auth

    def __call__(self, method: str, path: str, **more: Any) -> requests.Response:
        """Any request."""
        return self.session.request(method, f"{self.base}{path}", timeout=5, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        """A read."""
        return self("GET", path, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        """A create."""
        return self("POST", path, **more)

    def patch(self, path: str, **more: Any) -> requests.Response:
        """A change."""
        return self("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> requests.Response:
        """A removal."""
        return self("DELETE", path, **more)

    def result(self, path: str, **params: Any) -> Any:
        """What stands under `result` of a successful read."""
        answer = self.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]


@pytest.fixture
def wire(client: Any, clock: Any) -> Wire:
    """A wire over each of the two mounts."""
    return Wire(client.base, client.session, client.rest, clock)
