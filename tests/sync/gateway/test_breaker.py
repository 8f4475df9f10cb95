"""The breaker as a state machine: times passed in, no instance."""

from hypothesis import given
from hypothesis import strategies as st

from connector.sync.gateway.breaker import FAILURES, REST, Breaker, State

steps = st.lists(st.tuples(st.sampled_from(["fail", "answer", "wait"]), st.floats(0, 2 * REST)), max_size=40)


def fallen(at: float = 0.0) -> Breaker:
    """A breaker after so many failures that it is open."""
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker = breaker.sent(at).failed(at)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    """Not before, and an answer between them begins the count anew."""
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker = breaker.failed(0)
    assert breaker.state(0) is State.CLOSED
    assert breaker.succeeded().failed(0).state(0) is State.CLOSED
    assert breaker.failed(0).state(0) is State.OPEN
    assert breaker.failed(0).wait(10) == REST - 10


def test_the_probe_decides() -> None:
    """After the rest one request goes out, and no second while it is out; its answer closes the breaker."""
    breaker = fallen()
    assert breaker.wait(REST) == 0
    probing = breaker.sent(REST)
    assert probing.wait(REST + 1) > 0
    assert probing.succeeded() == Breaker()
    again = probing.failed(REST + 2)
    assert again.state(REST + 2) is State.OPEN
    assert again.wait(REST + 2) == REST


@given(steps)
def test_it_never_locks_up_and_never_lets_a_storm_through(done: list[tuple[str, float]]) -> None:
    """Whatever happens: a rest later a request may go out; in an outage no more than one goes out in a rest,
    once it is open; and it is closed exactly after an answer or before the limit of failures.
    """
    breaker, at, failures = Breaker(), 0.0, 0
    went_out: list[float] = []
    for kind, seconds in done:
        if kind == "wait":
            at += seconds
            continue
        if breaker.wait(at) > 0:
            assert breaker.wait(at) <= REST
            continue
        was_closed = breaker.state(at) is State.CLOSED
        breaker = breaker.sent(at)
        if kind == "fail":
            failures += 1
            breaker = breaker.failed(at)
            if not was_closed:
                assert all(at - earlier >= REST - 1e-6 for earlier in went_out[-1:])
            went_out.append(at)
        else:
            failures, went_out = 0, []
            breaker = breaker.succeeded()
        assert (breaker.state(at) is State.CLOSED) == (failures < FAILURES)
    assert breaker.wait(at + REST) == 0
