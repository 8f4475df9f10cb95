"""How the daemon is, for Prometheus. Names begin with ``desk_connector_``; no label holds what people typed.

A registry of our own for each page: nothing of other libraries is in it, and nothing is counted twice when a
test makes two daemons.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from connector import __version__
from connector.daemon.vital import BOUNDS, Vital
from connector.ticket import Instant

PREFIX = "desk_connector_"


def page(vital: Vital, now: Instant) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(vital, now))
    return generate_latest(registry)


class _Figures(Collector):
    """All figures of one moment."""

    def __init__(self, vital: Vital, now: Instant) -> None:
        self._vital = vital
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Each figure with its help."""
        vital = self._vital
        info = {"version": __version__, "settings": vital.settings}
        yield InfoMetricFamily(PREFIX + "build", "Version, and digest of the settings in force", info)
        yield _counted("passes", "Passes by result", "result", {"ok": 0, "failed": 0} | vital.passes)
        yield _counted("writes", "Changes by what became of them", "answer", vital.writes)
        yield CounterMetricFamily(PREFIX + "judged", "Tickets judged", vital.judged)
        counts = [(str(bound), float(vital.within[bound])) for bound in BOUNDS]
        whole = float(sum(vital.passes.values()))
        yield HistogramMetricFamily(
            PREFIX + "pass_seconds", "How long passes take", [*counts, ("+Inf", whole)], vital.seconds
        )
        if vital.last_good is not None:
            yield _gauge("last_good_pass_timestamp_seconds", "When a pass last went through", vital.last_good)
            yield _gauge(
                "lag_seconds", "What changed on the instance before then is judged", vital.lag(self._now) or 0
            )
        yield _gauge("braked", "1 while somebody wants nothing to be written", int(vital.halt == "brake"))
        yield _gauge("paused", "1 while somebody wants nothing to be asked", int(vital.halt == "pause"))
        yield _gauge("quarantined", "Records set aside because they could not be read", vital.quarantined)
        yield _gauge("in_doubt", "Changes of the last pass whose answer was lost", vital.in_doubt)
        yield _gauge("held", "What waits for a person: brake, conflicts, full marks", vital.held)
        yield _gauge("refused_columns", "Columns that the instance does not take", len(vital.refused))
        yield _gauge(
            "settings_reload_failed", "1: the file on disk is not in force", int(bool(vital.reload_failed))
        )
        condition = vital.condition()
        if condition is not None:
            yield from _gateway(condition)


def _gateway(condition: Mapping[str, Any]) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        PREFIX + "requests", "Requests by kind and HTTP status", labels=("kind", "status")
    )
    for kind, status, many in condition["answers"]:
        requests.add_metric((kind, status), many)
    yield requests
    yield CounterMetricFamily(PREFIX + "requests_repeated", "Sent again", condition["repeats"])
    yield CounterMetricFamily(PREFIX + "requests_throttled", "429 answers", condition["throttled"])
    yield CounterMetricFamily(
        PREFIX + "waited_seconds", "For the budget and before repeats", condition["waited"]
    )
    breaker = GaugeMetricFamily(
        PREFIX + "breaker", "1 for the state the circuit breaker is in", labels=["state"]
    )
    for state in ("closed", "open", "half-open"):
        breaker.add_metric([state], float(condition["breaker"] == state))
    yield breaker
    for name, words in (
        ("left", "Requests left of our own budget"),
        ("hourly_limit", "Of the instance's rate rule"),
        ("hourly_used", "Of these by us"),
        ("closed_for", "Seconds for which the instance wants to be left alone"),
    ):
        if condition[name] is not None:
            yield _gauge(f"budget_{name}", words, condition[name])


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, words, value)


def _counted(name: str, words: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(PREFIX + name, words, labels=[label])
    for value, many in sorted(counts.items()):
        family.add_metric([value], many)
    return family
