"""The daemon as a process: signals, its pages, what it tells systemd, and a second one beside it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from connector.sandbox import Fault, Server, on
from tests.world import CONFIG, PASSWORD, URGENT_LIMITS, Desk

HOUR = 3600
PATIENCE = 20.0
"""Real seconds after which a test gives up; none of them needs so many."""


class Running:
    """``desk-connector run`` as a process of its own, over HTTP on loopback."""

    def __init__(self, folder: Path, desk: Desk, url: str) -> None:
        self.desk = desk
        self.config = folder / "config.toml"
        text = CONFIG.format(history="audit", more='[poll]\nevery = "5s"').replace(
            "http://sandbox.localhost", url
        )
        self.config.write_text(text + URGENT_LIMITS + '[health]\nlisten = "127.0.0.1:0"\n')
        self.log = folder / "log"
        self._told: list[str] = []
        self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._systemd.bind(str(folder / "notify"))
        self._systemd.setblocking(False)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "connector", "run", str(self.config), "--verbose"],
                env={**os.environ, "DESK_PASSWORD": PASSWORD, "NOTIFY_SOCKET": str(folder / "notify")},
                stderr=log,
                stdout=log,
            )

    def waits(self, until: Callable[[], bool]) -> None:
        """Wait for something to be so. Fails with the process's log."""
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            self.told()  # the socket holds ten messages, and systemd reads them
            time.sleep(0.02)

    def says(self, text: str) -> bool:
        """Whether it is in the log."""
        return text in self.log.read_text()

    def told(self) -> list[str]:
        """What systemd was told so far, without the words for `systemctl status`."""
        with suppress(BlockingIOError):
            while True:
                self._told.append(self._systemd.recv(4096).decode().splitlines()[0])
        return [line for line in self._told if not line.startswith("STATUS=")]

    def page(self, path: str) -> str:
        """What the health page answers. Raises `HTTPError` where that is not 200."""
        port = re.search(r"health page on 127.0.0.1 port (\d+)", self.log.read_text())
        assert port is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}{path}", timeout=5) as answer:
            return answer.read().decode()

    def ends(self) -> int:
        """SIGTERM; the exit code. Fails unless the process ends soon."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=5)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A desk with two breached tickets, and a daemon on its way up; each PATCH takes a second."""
    desk = Desk(URGENT_LIMITS)
    desk.opens("INC1")
    desk.opens("INC2")
    desk.clock.advance(HOUR)
    desk.rest.faults.sleep = time.sleep
    desk.rest.faults.add(Fault.delay(1.0), when=on("PATCH"), times=None)
    with Server(desk.rest) as server:
        run = Running(tmp_path, desk, server.url)
        yield run
        run._systemd.close()
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
    desk.store.close()
    desk.instance.close()


def test_sigterm_ends_after_the_record_in_hand(running: Running) -> None:
    """The write that is on its way is finished and in the journal; no other is begun."""
    running.waits(lambda: any(request.method == "PATCH" for request in running.desk.rest.requests))
    begin = time.monotonic()
    assert running.ends() == 0
    assert time.monotonic() - begin < 4
    assert running.says("stopped")
    assert len(list(running.desk.sent())) == 1
    status = subprocess.run(
        [sys.executable, "-m", "connector", "status", str(running.config), "--json"],
        env={**os.environ, "DESK_PASSWORD": PASSWORD},
        capture_output=True,
        check=False,
        text=True,
    )
    assert json.loads(status.stdout)["last_pass"]["written"] == 1


def test_sighup_with_a_bad_file_and_then_a_good_one(running: Running) -> None:
    """The bad file is told with its line and the old settings stay; the good one is taken."""
    running.waits(lambda: len(list(running.desk.sent())) == 2)
    running.waits(lambda: 'desk_connector_passes_total{result="ok"} 0.0' not in running.page("/metrics"))
    assert json.loads(running.page("/readyz"))["ready"]
    assert json.loads(running.page("/healthz"))["alive"]
    assert 'desk_connector_writes_total{answer="written"} 2.0' in running.page("/metrics")
    good = running.config.read_text()
    running.config.write_text(good.replace("respond_within", "respond_wihtin"))
    running.process.send_signal(signal.SIGHUP)
    running.waits(lambda: running.says("the old ones stay"))
    assert running.says("did you mean respond_within")
    running.config.write_text(good.replace("15m", "10m"))
    running.process.send_signal(signal.SIGHUP)
    running.waits(lambda: re.search("settings [0-9a-f]{12} taken", running.log.read_text()) is not None)
    assert running.ends() == 0
    told = [line.partition("=")[0] for line in running.told()]
    assert told == ["READY", "RELOADING", "READY", "RELOADING", "READY", "STOPPING"]
    assert PASSWORD not in running.log.read_text()


def test_a_second_daemon_is_refused(running: Running) -> None:
    """Two processes over one store: the second ends with 3 and names the first."""
    running.waits(lambda: running.says("started"))
    second = subprocess.run(
        [sys.executable, "-m", "connector", "run", str(running.config)],
        env={**os.environ, "DESK_PASSWORD": PASSWORD},
        capture_output=True,
        check=False,
        text=True,
    )
    assert second.returncode == 3
    assert f"process {running.process.pid} on {socket.gethostname()}, since 20" in second.stderr
    assert running.ends() == 0
