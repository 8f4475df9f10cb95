"""One instance with a clock in the hand, reached by either mount."""

from collections.abc import Iterator

import pytest
import requests

from connector.sandbox import Instance, Rest, Server, in_process

MONDAY = 1_700_442_000  # 2023-11-20 01:00:00 UTC


class Hand:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> float:
        """Epoch seconds UTC."""
        return self.at


class Client:
    """Plain `requests` against one mount, logged in as the connector's user."""

    def __init__(self, base: str, rest: Rest) -> None:
        self.base = base
        self.rest = rest
        self.session = requests.Session()
        self.session.auth = ("connector", "secret")

    def __call__(self, method: str, path: str, **more: object) -> requests.Response:
        """One request below /api/now/."""
        return self.session.request(method, f"{self.base}/api/now/{path}", timeout=5, **more)  # type: ignore[arg-type]

    def rows(self, table: str, query: str = "", **params: object) -> list[dict[str, object]]:
        """The rows of a list, without links unless asked for."""
        wanted = {"sysparm_query": query, "sysparm_exclude_reference_link": "true"} | params
        answer = self("GET", f"table/{table}", params=wanted)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["result"])


@pytest.fixture
def clock() -> Hand:
    """Monday morning, until a test moves it."""
    return Hand()


@pytest.fixture
def instance(clock: Hand) -> Iterator[Instance]:
    """A fresh instance with one user who may log in."""
    made = Instance(now=clock)
    made.add_user("connector", name="Desk Policy Connector", password="secret", roles=["admin"])
    yield made
    made.close()


@pytest.fixture
def rest(instance: Instance) -> Rest:
    """Its REST face."""
    return Rest(instance)


@pytest.fixture(params=["in_process", "server"])
def client(request: pytest.FixtureRequest, rest: Rest) -> Iterator[Client]:
    """A client over each of the two mounts."""
    if request.param == "in_process":
        with in_process(rest) as base:
            yield Client(base, rest)
    else:
        with Server(rest) as server:
            made = Client(server.url, rest)
            yield made
            made.session.close()


@pytest.fixture
def near(rest: Rest) -> Iterator[Client]:
    """A client over the mount without sockets, where the mount does not matter."""
    with in_process(rest) as base:
        yield Client(base, rest)
