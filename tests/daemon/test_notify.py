"""What systemd hears, over a real datagram socket; and a watchdog that is fed for headway, not for being."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.clock import SimulatedClock
from connector.daemon.notify import LONGEST_SILENCE, Notifier, Pulse


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket as systemd makes it, and how it is named in the environment."""
    name = str(tmp_path / "notify") if request.param == "file" else f"@desk-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind("\0" + name[1:] if name.startswith("@") else name)
        made.settimeout(5)
        yield name, made


def test_each_state_is_one_datagram(systemd: tuple[str, socket.socket]) -> None:
    """In systemd's words; a line end within a status cannot become another assignment."""
    name, hears = systemd
    notifier = Notifier({"NOTIFY_SOCKET": name})
    clock = SimulatedClock(0)
    clock.wait(12)
    notifier.ready("up")
    notifier.reloading(clock)
    notifier.status("the instance said:\nSTOPPING=1")
    notifier.stopping()
    assert [hears.recv(4096).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=up",
        "RELOADING=1\nMONOTONIC_USEC=12000000",
        "STATUS=the instance said: STOPPING=1",
        "STOPPING=1\nSTATUS=stopping after the record in hand",
    ]


def test_without_systemd_nothing_happens(tmp_path: Path) -> None:
    """No socket named, and one at which nobody listens any more."""
    Notifier({}).ready("up")
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("up")


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "90000000"}, 90),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": str(os.getpid())}, 90),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "1"}, 0),
        ({}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
    ],
)
def test_the_watchdog_is_the_one_meant_for_us(environment: dict[str, str], seconds: float) -> None:
    """Its time comes from the environment, unless it is another process's."""
    assert Notifier(environment).watchdog == seconds


def test_only_headway_feeds_the_watchdog() -> None:
    """A sign of the loop, or a request that was sent; a loop that hangs starves it."""
    clock, sent = SimulatedClock(0), [0]
    pulse = Pulse(Notifier({}), clock, lambda: sent[0])
    for _ in range(100):
        clock.wait(LONGEST_SILENCE / 2)
        sent[0] += 1
        assert pulse.beat()
    clock.wait(LONGEST_SILENCE + 1)
    assert not pulse.beat()
    pulse.sign()
    assert pulse.beat()


def test_it_beats_by_itself(tmp_path: Path) -> None:
    """From a thread of its own, at half the time that systemd allows, until the end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        hears.bind(str(tmp_path / "notify"))
        hears.settimeout(5)
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000"})
        pulse = Pulse(notifier, SimulatedClock(0))
        pulse.begin()
        assert [hears.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        pulse.end()
        assert "watchdog" not in {thread.name for thread in threading.enumerate()}
