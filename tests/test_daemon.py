"""The loop: no job ends it, it stops and reloads when told to, and the wall clock may step."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.daemon import Daemon, only_one
from connector.errors import Refused, SettingsError, Unauthorised, Unavailable
from connector.sandbox import Fault, Server, on
from tests.world import CONFIG, PASSWORD, Desk

HOUR = 3600
PATIENCE = 20.0
"""Real seconds after which a test gives up; none of them needs so many."""
LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
"""


class Steppable:
    """A wall clock that somebody sets, over a steady one."""

    def __init__(self) -> None:
        self.wrong = 0

    def now(self) -> int:
        """Seconds since 1970, more or less."""
        return int(time.time()) + self.wrong

    def monotonic(self) -> float:
        """Steady."""
        return time.monotonic()


@pytest.fixture
def clock() -> Steppable:
    """Right, until a test makes it wrong."""
    return Steppable()


def test_a_job_that_raises_ends_nothing(clock: Steppable, caplog: pytest.LogCaptureFixture) -> None:
    """The others run, the loop goes on, and what went wrong is said."""
    daemon, done = Daemon(clock, idle=0.01), []

    def fails() -> str:
        done.append("fails")
        raise ZeroDivisionError("by zero")

    def works() -> str:
        done.append("works")
        if done.count("works") == 2:
            daemon.stop.set()
        return ""

    daemon.every(1, "fails", fails)
    daemon.every(1, "works", works)
    daemon.run()
    assert done == ["fails", "works", "fails", "works"]
    assert [record.message for record in caplog.records].count(
        "a pass failed: fails: ZeroDivisionError: by zero"
    ) == 1, "said when it begins, not each time"


def test_trouble_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    """A night without the instance is two lines in the log, not a thousand."""
    from connector.daemon import Transition

    caplog.set_level(logging.INFO)
    told = Transition()
    for trouble in ("", "down", "down", "down", "cut", "", ""):
        told.tell(trouble)
    assert [record.message for record in caplog.records] == [
        "a pass failed: down",
        "passes go on failing, now: cut",
        "recovered after 4 failed passes",
    ]


@pytest.mark.parametrize("error", [Unauthorised("401"), Refused("no marks")])
def test_what_a_person_must_decide_ends_the_loop(clock: Steppable, error: Exception) -> None:
    """It is raised to the command line, and no other job is begun after it."""
    daemon, done = Daemon(clock, idle=0.01), []

    def ends() -> str:
        raise error

    daemon.every(HOUR, "ends", ends)
    daemon.every(HOUR, "never", lambda: done.append("never") or "")
    with pytest.raises(type(error)):
        daemon.run()
    assert done == []


def test_an_instance_that_is_away_does_not_end_it(clock: Steppable) -> None:
    """Unavailable is for the next pass."""
    daemon, seen = Daemon(clock, idle=0.01), []

    def away() -> str:
        seen.append(1)
        if len(seen) == 2:
            daemon.stop.set()
        raise Unavailable("503")

    daemon.every(1, "away", away)
    daemon.run()
    assert len(seen) == 2


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_every_job_moves_along_with_the_wall_clock(clock: Steppable, step: int) -> None:
    """What is due in an hour of the wall clock is due when an hour has really passed, however it was set.

    `schedule` reads a wall clock that stays as it is here; so a job that is moved back by an hour runs at
    once, and one that is moved on does not run at all.
    """
    daemon, done = Daemon(clock, idle=0.01), []

    def steps() -> str:
        done.append("steps")
        clock.wrong += step if len(done) == 1 else 0
        return ""

    daemon.every(HOUR if step < 0 else 1, "steps", steps)
    begin = time.monotonic()
    _run_until(daemon, lambda: len(done) > 1 or time.monotonic() - begin > 1.3)
    assert len(done) == (2 if step < 0 else 1)


def _run_until(daemon: Daemon, over: Callable[[], bool]) -> None:
    """Run the loop until something is so."""
    threading.Thread(target=lambda: _stops(daemon, over), daemon=True).start()
    daemon.run()


def _stops(daemon: Daemon, over: Callable[[], bool]) -> None:
    while not over():
        time.sleep(0.01)
    daemon.stop.set()


@pytest.mark.parametrize("error", [SettingsError("config.toml:3: no"), Unavailable("503")])
def test_settings_that_cannot_be_taken_leave_the_old_ones(
    clock: Steppable, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """A bad file, or an instance that is away just now: it is said, and the loop goes on."""
    daemon, passes = Daemon(clock, idle=0.01), []

    def reload() -> None:
        raise error

    def a_pass() -> str:
        passes.append(1)
        daemon.reload.set()
        if len(passes) == 2:
            daemon.stop.set()
        return ""

    daemon.every(1, "pass", a_pass)
    daemon.run(reload)
    assert len(passes) == 2
    assert "the old ones stay" in caplog.text
    assert str(error) in caplog.text


def test_two_with_one_store_would_write_twice(tmp_path: Path) -> None:
    """The second is refused and learns who is there; when the first has gone the place is free."""
    lock = tmp_path / "desk.lock"
    with (
        only_one(lock),
        pytest.raises(Refused, match=f"process {os.getpid()}"),
        only_one(lock),
    ):
        raise AssertionError("both are in")
    with only_one(lock):
        pass


class Running:
    """``desk-connector run`` as a process of its own, over HTTP on loopback."""

    def __init__(self, folder: Path, desk: Desk, url: str) -> None:
        self.desk = desk
        self.config = folder / "config.toml"
        text = CONFIG.format(history="audit", more='[poll]\nevery = "5s"').replace(
            "http://sandbox.localhost", url
        )
        self.config.write_text(text + LIMITS)
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "connector", "run", str(self.config), "--verbose"],
                env={**os.environ, "DESK_PASSWORD": PASSWORD},
                stderr=log,
                stdout=log,
            )

    def waits(self, until: Callable[[], bool]) -> None:
        """Wait for something to be so. Fails with the process's log."""
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)

    def says(self, text: str) -> bool:
        """Whether it is in the log."""
        return text in self.log.read_text()

    def ends(self) -> int:
        """SIGTERM; the exit code. Fails unless the process ends soon."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=5)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A desk with two breached tickets, and a daemon on its way up; each PATCH takes a second."""
    desk = Desk(LIMITS)
    desk.opens("INC1")
    desk.opens("INC2")
    desk.clock.advance(HOUR)
    desk.rest.faults.sleep = time.sleep
    desk.rest.faults.add(Fault.delay(1.0), when=on("PATCH"), times=None)
    with Server(desk.rest) as server:
        run = Running(tmp_path, desk, server.url)
        yield run
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
    good = running.config.read_text()
    running.config.write_text(good.replace("respond_within", "respond_wihtin"))
    running.process.send_signal(signal.SIGHUP)
    running.waits(lambda: running.says("the old ones stay"))
    assert running.says("did you mean respond_within")
    running.config.write_text(good.replace("15m", "10m"))
    running.process.send_signal(signal.SIGHUP)
    running.waits(lambda: running.says(" taken"))
    assert running.ends() == 0


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
    assert f"process {running.process.pid}" in second.stderr
    assert running.ends() == 0
