"""The health page over a real socket: what it answers, and what Prometheus makes of it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from connector.clock import SimulatedClock
from connector.daemon.health import served
from connector.daemon.measure import page
from connector.daemon.vital import Vital
from connector.errors import SettingsError

CONDITION = {
    "answers": (("read", "200", 40), ("read", "429", 1), ("write", "none", 1)),
    "repeats": 2, "throttled": 1, "waited": 1.5, "breaker": "half-open", "left": 7,
    "hourly_limit": None, "hourly_used": 0, "closed_for": 12.0,
}  # fmt: skip


class Page:
    """A daemon's page at hand."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(10_000)
        self.vital = Vital(every=60)
        self.silent = 0.0
        self.port = 0

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture
def at() -> Iterator[Page]:
    """A page on a free port."""
    one = Page()
    with served(("127.0.0.1", 0), one.vital, one.clock, lambda: one.silent) as port:
        one.port = port
        yield one


def test_ready_means_that_passes_go_through(at: Page) -> None:
    """Not before the first, not when the last good one is old, again after the next."""
    assert at.get("/readyz")[0] == 503
    at.vital.passed(9_990, 0.4, "")
    status, body = at.get("/readyz")
    assert status == 200
    assert json.loads(body)["lag"] == 10
    at.clock.advance(400)
    at.vital.passed(10_390, 0.4, "no answer")
    assert at.get("/readyz")[0] == 503
    at.vital.passed(10_395, 0.4, "")
    assert at.get("/readyz")[0] == 200


def test_alive_means_that_it_does_not_hang(at: Page) -> None:
    """An instance that is away does not make it unhealthy: a new start would mend nothing."""
    assert at.get("/healthz")[0] == 200
    at.silent = 601
    status, body = at.get("/healthz")
    assert status == 503
    assert json.loads(body)["silent_for"] == 601


def test_anything_else_is_not_there(at: Page) -> None:
    """And nothing can be written."""
    assert at.get("/")[0] == 404
    assert at.get("/../etc/passwd")[0] == 404
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{at.port}/metrics", data=b"x", timeout=5)
    assert refused.value.code == 501
    refused.value.close()


def test_a_port_in_use_is_said(at: Page) -> None:
    """At the start, with the setting's name."""
    with (
        pytest.raises(SettingsError, match="listen"),
        served(("127.0.0.1", at.port), at.vital, at.clock, float),
    ):
        raise AssertionError("two on one port")


def _figures(vital: Vital, now: int) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page(vital, now).decode())
        for sample in family.samples
    }


def test_prometheus_reads_every_figure(at: Page) -> None:
    """Over HTTP and with Prometheus' own parser; two passes, one of them failed."""
    vital = at.vital
    vital.passed(9_000, 0.2, "")
    vital.passed(9_060, 45.0, "no answer")
    vital.writes.update({"written": 3, "forbidden": 1})
    vital.quarantined, vital.in_doubt, vital.held, vital.refused = 4, 1, 2, ("u_desk_tier",)
    vital.reload_failed, vital.settings = "config.toml:3: no", "0123456789ab"
    vital.condition = lambda: CONDITION
    status, body = at.get("/metrics")
    assert status == 200
    assert body == page(vital, at.clock.now())
    told = _figures(vital, 10_000)
    expected = {
        ("desk_connector_passes_total", "ok"): 1,
        ("desk_connector_passes_total", "failed"): 1,
        ("desk_connector_writes_total", "written"): 3,
        ("desk_connector_writes_total", "forbidden"): 1,
        ("desk_connector_pass_seconds_bucket", "0.3"): 1,
        ("desk_connector_pass_seconds_bucket", "60.0"): 2,
        ("desk_connector_pass_seconds_bucket", "+Inf"): 2,
        ("desk_connector_pass_seconds_sum",): 45.2,
        ("desk_connector_lag_seconds",): 1_000,
        ("desk_connector_last_good_pass_timestamp_seconds",): 9_000,
        ("desk_connector_quarantined",): 4,
        ("desk_connector_in_doubt",): 1,
        ("desk_connector_held",): 2,
        ("desk_connector_refused_columns",): 1,
        ("desk_connector_settings_reload_failed",): 1,
        ("desk_connector_requests_total", "read", "200"): 40,
        ("desk_connector_requests_total", "write", "none"): 1,
        ("desk_connector_requests_throttled_total",): 1,
        ("desk_connector_breaker", "half-open"): 1,
        ("desk_connector_breaker", "closed"): 0,
        ("desk_connector_budget_left",): 7,
        ("desk_connector_budget_closed_for",): 12,
    }
    assert {key: told.get(key) for key in expected} == expected
    assert ("desk_connector_budget_hourly_limit",) not in told, "unknown is left out, never 0"
