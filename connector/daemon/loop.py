"""The loop: wakes the pass at intervals, stops on SIGTERM, reloads on SIGHUP, and logs on transition only.

`schedule` only wakes us: its own `Scheduler`, never the module's default, the process in UTC, every job
guarded so that none can end the loop or starve the others, a wait that a signal ends instead of sleep, and
every job moved along when the wall clock steps. What is due is decided from the store, never from a timer.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event
from types import FrameType

import schedule

from connector.clock import Clock
from connector.errors import ConnectorError, Fatal, Refused, SettingsError

LOG = logging.getLogger("connector")
STEP = 1.0
"""Seconds by which wall and monotonic clock may part before every job is moved along."""


class Transition:
    """Says a thing when it begins and when it ends, and nothing in between."""

    def __init__(self) -> None:
        self._trouble = ""
        self._times = 0

    def tell(self, trouble: str) -> None:
        """``trouble`` of this pass, or empty for a good one."""
        if trouble and not self._trouble:
            LOG.warning("a pass failed: %s", trouble)
        elif trouble and trouble != self._trouble:
            LOG.warning("passes go on failing, now: %s", trouble)
        elif not trouble and self._trouble:
            LOG.info("recovered after %d failed passes", self._times)
        self._times = self._times + 1 if trouble else 0
        self._trouble = trouble


class Daemon:
    """Runs jobs at intervals until told to stop."""

    def __init__(self, clock: Clock, *, idle: float = 5.0) -> None:
        self.stop = Event()
        self.reload = Event()
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._clock = clock
        self._idle = idle
        self._scheduler = schedule.Scheduler()
        self._fatal: ConnectorError | None = None
        self._offset = 0.0
        self.alive: Callable[[], None] = lambda: None
        """Called at each turn of the loop: it does not hang."""

    def end(self, error: ConnectorError) -> None:
        """Stop, and raise this out of `run`."""
        self._fatal = error
        self.stop.set()

    def every(self, seconds: int, name: str, job: Callable[[], str]) -> None:
        """Run ``job`` every ``seconds``, first at once, instead of the job that had this name.

        It returns its trouble in words, or "".
        """
        self._scheduler.clear(name)
        transition = Transition()

        def guarded() -> None:
            if self.stop.is_set():  # told while another job of this round was running
                return
            try:
                transition.tell(job())
            except (Fatal, Refused) as error:
                self.end(error)
            except Exception as error:
                # A job must never end the loop: `schedule` would run it again at once and starve the others.
                LOG.debug("job %s", name, exc_info=True)
                transition.tell(f"{name}: {type(error).__name__}: {error}")
            finally:
                self._heed_step()

        planned = self._scheduler.every(seconds).seconds.do(guarded).tag(name)
        if planned.next_run is not None:
            planned.next_run -= timedelta(seconds=seconds)

    def run(self, on_reload: Callable[[], None] = lambda: None) -> None:
        """Loop until stopped. Raises what ended it, if something did: `Fatal`, `Refused`, what `end` got.

        ``on_reload`` may raise any `ConnectorError`: it is logged, and everything stays as it was.
        """
        self._offset = self._clock.now() - self._clock.monotonic()
        while not self.stop.is_set():
            self.alive()
            self._heed_step()
            if self.reload.is_set():
                self.reload.clear()
                self._take(on_reload)
            self._scheduler.run_pending()
            if not self.stop.is_set():
                idle = self._scheduler.idle_seconds
                self.pause(min(self._idle, max(0.05, idle if idle is not None else self._idle)))
        if self._fatal is not None:
            raise self._fatal

    def pause(self, seconds: float) -> None:
        """Wait so long, or until a signal."""
        with suppress(Empty):
            self._wake.get(timeout=seconds)

    def _heed_step(self) -> None:
        """Move every job along if the wall clock was set, so that its interval is of real time.

        Asked before jobs are run and at the end of each: `schedule` puts the job that has just run on the
        new time itself, and to move that one along afterwards would be once too often.
        """
        step = self._clock.now() - self._clock.monotonic() - self._offset
        if abs(step) > STEP + 1:  # the clock has a grain of one second
            LOG.warning("the wall clock stepped by %.0f s; every job is moved along", step)
            for job in self._scheduler.jobs:
                if job.next_run is not None:
                    job.next_run += timedelta(seconds=step)
            self._offset += step

    def _take(self, on_reload: Callable[[], None]) -> None:
        try:
            on_reload()
        except ConnectorError as error:
            said = "; ".join(error.problems) if isinstance(error, SettingsError) else str(error)
            LOG.error("the new settings are not taken, the old ones stay: %s", said)

    def listen(self) -> None:
        """SIGTERM and SIGINT stop after the record or batch in hand; SIGHUP reloads. Each wakes the loop.

        A handler runs in the middle of whatever the main thread does. `SimpleQueue.put` is made for that; to
        wait on an `Event` that a handler sets could lock up.
        """

        def stop(_signal: int, _frame: FrameType | None) -> None:
            self.stop.set()
            self._wake.put(None)

        def again(_signal: int, _frame: FrameType | None) -> None:
            self.reload.set()
            self._wake.put(None)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGHUP, again)


def live_in_utc() -> None:
    """`schedule` reckons in local time; in a zone with a clock change it would stall for an hour."""
    os.environ["TZ"] = "UTC"
    time.tzset()
