"""What is sent how often, and what is waited for: against the sandbox, on a clock in the hand."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from connector.clock import SimulatedClock
from connector.errors import Retriable, Throttled, TimedOut, Unavailable
from connector.sandbox import Fault, Faults, Instance, Rest, in_process
from connector.sandbox.fault import on
from connector.sync.gateway import Credentials, Gateway, Terms
from connector.sync.gateway.breaker import FAILURES, REST
from connector.sync.gateway.traffic import LONGEST_TURN
from tests.sync.conftest import NOON


class Line:
    """A gateway to a sandbox; waiting moves the one clock of both."""

    def __init__(self, **terms: object) -> None:
        self.clock = SimulatedClock(NOON)
        self.instance = Instance(now=self.clock.now)
        self.instance.add_user("connector", name="Connector", password="geheim", roles=["itil", "admin"])
        self.faults = Faults(sleep=lambda _: None)
        self.rest = Rest(self.instance, faults=self.faults)
        self.ends = False
        self.gateway = Gateway(
            self.instance.base_url,
            Credentials("connector", "geheim"),
            writable={"incident": frozenset({"work_notes"})},
            terms=Terms(**{"patience": 30, **terms}),  # type: ignore[arg-type]
            clock=self.clock,
            stopping=lambda: self.ends,
        )

    def close(self) -> None:
        """Everything."""
        self.gateway.close()
        self.instance.close()

    @property
    def gone(self) -> float:
        """Seconds that went by."""
        return self.clock.monotonic()

    def opens(self) -> str:
        """A new incident."""
        return self.instance.insert("incident", {"short_description": "x"}, user="admin")["sys_id"]

    def notes(self, sys_id: str) -> None:
        """One PATCH."""
        self.gateway.patch("incident", sys_id, {"work_notes": "once"}, read=["sys_mod_count"])

    def noted(self, sys_id: str) -> int:
        """How often it arrived."""
        return len(self.instance.journal(sys_id))


@pytest.fixture
def line() -> Iterator[Line]:
    """With thirty seconds of patience."""
    with closing(Line()) as made, in_process(made.rest):
        yield made


PASSING = [
    Fault.reset_before(),
    Fault.timeout_after(),
    Fault.refused(),
    Fault.truncated(),
    Fault.hibernating(),
    Fault.unavailable(),
    Fault.accepted(),
    Fault.empty(),
    Fault.busy(),
    Fault.rate_limited(retry_after=7),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.stage}")
def test_a_read_goes_on_after_passing_trouble(line: Line, fault: Fault) -> None:
    """Asked again after a pause, and the call never knew."""
    line.faults.add(fault, times=2)
    line.gateway.probe()
    assert line.gateway.requests_sent == 3
    assert line.gateway.condition().repeats == 2
    assert 0.5 < line.gone <= 30


@pytest.mark.parametrize(
    "fault",
    [Fault.reset_before(), Fault.reset_after(), Fault.timeout_after(), Fault.server_error("after")],
    ids=["reset before", "reset after", "silent", "500 after it took effect"],
)
def test_a_write_without_an_answer_is_sent_once(line: Line, fault: Fault) -> None:
    """It is in doubt, however patient we are: the retry of a PATCH is absent by design."""
    sys_id = line.opens()
    line.faults.add(fault, on(writes=True))
    with pytest.raises((TimedOut, Unavailable)):
        line.notes(sys_id)
    assert line.gateway.requests_sent == 1
    assert line.noted(sys_id) == (fault.stage == "after")


@pytest.mark.parametrize(
    "fault", [Fault.refused(), Fault.busy(), Fault.rate_limited(retry_after=7)], ids=lambda f: f.kind
)
def test_a_write_that_did_not_happen_is_sent_again(line: Line, fault: Fault) -> None:
    """Nobody listened, or 429: it is on the record once."""
    sys_id = line.opens()
    line.faults.add(fault, on(writes=True), times=2)
    line.notes(sys_id)
    assert line.noted(sys_id) == 1
    assert line.gateway.requests_sent == 3


def test_a_long_retry_after_ends_the_call_and_is_honoured(line: Line) -> None:
    """Nothing is sent before the time, by nobody; then it goes on."""
    line.faults.add(Fault.rate_limited(retry_after=600))
    with pytest.raises(Throttled) as caught:
        line.gateway.probe()
    assert caught.value.retry_after == 600
    assert line.gone == 0
    line.clock.advance(500)
    with pytest.raises(Throttled, match="left alone") as caught:
        line.gateway.probe()
    assert caught.value.retry_after == 100
    assert line.gateway.requests_sent == 1
    assert line.gateway.condition().closed_for == 100
    line.clock.advance(80)
    line.gateway.probe()
    assert line.gone >= 600, "the rest of it was short enough to wait for"


def test_an_absurd_retry_after_is_not_believed(line: Line) -> None:
    """A header cannot silence the connector for years."""
    line.faults.add(Fault.rate_limited(retry_after=10**9))
    with pytest.raises(Throttled):
        line.gateway.probe()
    line.clock.advance(3600)
    line.gateway.probe()


def test_an_outage_costs_few_requests_and_ends_by_itself(line: Line) -> None:
    """The breaker opens, lets one request through after each rest, and closes with the first answer."""
    line.faults.add(Fault.refused(), times=None)
    for _ in range(3):
        with pytest.raises(Retriable):
            line.gateway.probe()
    assert line.gateway.requests_sent == FAILURES
    condition = line.gateway.condition()
    assert (condition.breaker, condition.failures) == ("open", FAILURES)
    assert 0 < condition.probe_in <= REST
    assert "refused" in condition.trouble
    sent = line.gateway.requests_sent
    for _ in range(10):
        line.clock.advance(int(REST) + 1)
        with pytest.raises(Retriable):
            line.gateway.probe()
    assert line.gateway.requests_sent == sent + 10, "one a rest, and no repeats"
    line.faults.clear()
    line.clock.advance(int(REST))
    assert line.gateway.condition().breaker == "half-open"
    line.gateway.probe()
    assert line.gateway.condition().breaker == "closed"
    assert line.gateway.condition().trouble == ""


def test_a_no_is_an_answer(line: Line) -> None:
    """403, 404, 429 and a quota's end come from an instance that is well: the breaker stays closed."""
    for fault in (Fault.forbidden(), Fault.busy(), Fault.cancelled(), Fault.server_error()):
        line.faults.add(fault, times=None)
        for _ in range(FAILURES):
            with pytest.raises(Exception, match="incident"):
                line.gateway.page("incident", "ORDERBYsys_id", ["sys_id"])
        assert line.gateway.condition().breaker == "closed"
        line.faults.clear()


def test_a_quota_is_not_asked_twice(line: Line) -> None:
    """The same question would have the same end; the poll makes it smaller."""
    line.opens()
    for fault in (Fault.cancelled(), Fault.cancelled(broken=True), Fault.server_error()):
        sent = line.gateway.requests_sent
        line.faults.add(fault)
        with pytest.raises(Unavailable):
            line.gateway.page("incident", "ORDERBYsys_id", ["sys_id"])
        assert line.gateway.requests_sent == sent + 1


def test_our_own_limit_is_kept_and_writes_go_first() -> None:
    """Reads wait their turn, a write does not; in a minute there are no more than were allowed."""
    with closing(Line(per_minute=20)) as line, in_process(line.rest):
        sys_id = line.opens()
        for _ in range(15):
            line.gateway.probe()
        assert line.gone == 0
        line.notes(sys_id)
        assert line.gone == 0
        line.gateway.probe()
        assert line.gone > 0
        while line.gone < 240:
            line.gateway.probe()
    assert line.gateway.requests_sent <= 20 + 20 * line.gone / 60 + 1
    assert line.gateway.condition().waited > 0
    assert (line.gateway.condition().per_minute, line.gateway.condition().left) == (20, 5)


def test_the_instance_s_own_rule_leaves_room_for_writes(line: Line) -> None:
    """Reads stop before the hour's limit, with the time until it ends; a write still goes through."""
    sys_id = line.opens()
    line.instance.insert(
        "sys_rate_limit_rules", {"type": "all", "limit": "20", "active": "true", "name": "r"}, user="admin"
    )
    for _ in range(18):
        line.gateway.probe()
    with pytest.raises(Throttled, match="spent") as caught:
        line.gateway.probe()
    assert (caught.value.retry_after or 0) > LONGEST_TURN
    line.notes(sys_id)
    condition = line.gateway.condition()
    assert (condition.hourly_limit, condition.hourly_used, condition.throttled) == (20, 19, 0)


def test_who_is_to_end_waits_for_nothing(line: Line) -> None:
    """SIGTERM: no pause, no repeat; the error as it is."""
    line.ends = True
    line.faults.add(Fault.reset_before())
    with pytest.raises(TimedOut):
        line.gateway.probe()
    assert (line.gone, line.gateway.requests_sent) == (0, 1)
