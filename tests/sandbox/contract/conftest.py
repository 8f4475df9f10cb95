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


def rows(wire: Wire, table: str, query: str, fields: str) -> list[dict[str, Any]]:
    """Some columns of what a query finds, references as sys_ids."""
    params = {"sysparm_query": query, "sysparm_fields": fields, "sysparm_exclude_reference_link": "true"}
    found: list[dict[str, Any]] = wire.result(f"/api/now/table/{table}", **params)
    return found


def choices(wire: Wire, table: str, element: str) -> dict[str, str]:
    """Value → label, as `sys_choice` has them for the very table."""
    found = rows(wire, "sys_choice", f"name={table}^element={element}", "value,label")
    return {row["value"]: row["label"] for row in found}


def chain(wire: Wire, table: str) -> list[str]:
    """The table and those above it, by `super_class`."""
    names = [table]
    while above := rows(wire, "sys_db_object", f"name={names[-1]}", "super_class.name")[0][
        "super_class.name"
    ]:
        names.append(above)
    return names


def extends(wire: Wire, table: str, above: str) -> None:
    """Checks that `table` is a kind of `above`: so says `super_class`, and records are found under both."""
    (row,) = rows(wire, "sys_db_object", f"name={table}", "super_class.name")
    assert row["super_class.name"] == above
    made = wire.post(f"/api/now/table/{table}", json={"short_description": "x"}).json()["result"]
    (found,) = rows(wire, above, f"sys_id={made['sys_id']}", "sys_class_name")
    assert found["sys_class_name"] == table


def missing(wire: Wire, table: str, columns: str) -> set[str]:
    """Those of the columns that a record does not show, or that `sys_dictionary` describes nowhere in the
    chain.
    """
    names = set(columns.split())
    made = wire.post(f"/api/now/table/{table}", json={}).json()["result"]
    described = rows(wire, "sys_dictionary", f"nameIN{','.join(chain(wire, table))}", "element")
    return names - (set(made) & {row["element"] for row in described})
