"""1.8: a 200 that is no answer of an API."""

from typing import Any

import pytest

from connector.sandbox import Fault

LIST = "/api/now/table/incident"


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("auth", [("connector", "secret"), None])
@pytest.mark.parametrize("path", ["/table/incident", "/incident.do", "/nav_to.do?uri=incident.do", "/"])
def test_a_write_beside_the_apis(wire: Any, method: str, auth: Any, path: str) -> None:
    """Nothing at all, and no word about a login, whoever asks; pages are no exception."""
    wire.auth = auth
    answer = wire(method, path, json={"urgency": "1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Security-Policy"].startswith("frame-ancestors 'self'")
    timing = answer.headers["Server-Timing"].split(", ")
    assert (timing[0], timing[1], len(timing)) == ("wall;dur=0", "sem_wait;dur=0", 10)
    assert not {"X-Transaction-ID", "Pragma", "Cache-Control"} & set(answer.headers)
    assert not {"Content-Type", "X-Is-Logged-In"} & set(answer.headers)
    assert wire.instance.count("incident") == 0


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.hibernating(), 200, "text/html"),
        (Fault.unavailable(), 503, "text/html"),
        (Fault.accepted(), 202, ""),
        (Fault.empty(), 200, ""),
    ],
)
def test_answers_of_something_else(wire: Any, fault: Fault, status: int, kind: str) -> None:
    """A sleeping instance, an upgrade, a queue: none of them says JSON."""
    wire.faults.add(fault)
    answer = wire.get(LIST)
    assert (answer.status_code, answer.headers.get("Content-Type", "")) == (status, kind)
    assert "X-Total-Count" not in answer.headers
    assert wire.get(LIST).json() == {"result": []}
