"""What systemd is told (sd_notify, `man 3 sd_notify`): a datagram to the socket it named, and no library.

Without ``NOTIFY_SOCKET`` nothing is told and nothing is missing. A message that does not arrive is no reason
to stop: systemd itself acts on it by its time-outs.
"""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from connector.clock import Clock

LONGEST_SILENCE = 600.0
"""Seconds without a sign of life after which systemd is not fed any more: many times the longest request."""


class Notifier:
    """Tells systemd where the service stands."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog = _watchdog(environment)
        """Seconds between two signs of life that systemd insists on; 0: none."""

    def tell(self, *lines: str) -> None:
        """``READY=1``, ``STATUS=…``: one datagram. Line ends within a line become blanks."""
        if not self._address:
            return
        text = "\n".join(" ".join(line.split()) for line in lines)
        # A name that begins with @ is one of the abstract namespace.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.settimeout(1)
            to.sendto(text.encode(), address)

    def ready(self, status: str) -> None:
        """Up, or the reload is over."""
        self.tell("READY=1", f"STATUS={status}")

    def reloading(self, clock: Clock) -> None:
        """The settings are being read again; `ready` ends it."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={int(clock.monotonic() * 1_000_000)}")

    def stopping(self) -> None:
        """On the way down."""
        self.tell("STOPPING=1", "STATUS=stopping after the record in hand")

    def status(self, status: str) -> None:
        """A line for ``systemctl status``."""
        self.tell(f"STATUS={status}")


def _watchdog(environment: Mapping[str, str]) -> float:
    """``WATCHDOG_USEC``, if it is meant for this process."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0
    usec = environment.get("WATCHDOG_USEC", "")
    return int(usec) / 1_000_000 if usec.isdecimal() else 0


class Pulse:
    """Feeds the watchdog while there are signs of life, from a thread of its own: a first pass over a large
    desk takes longer than any watchdog, and yet a loop that hangs is not to be fed.

    A sign of life is a call of `sign`, or that ``moved`` answers something else than before (requests sent).
    """

    def __init__(self, notifier: Notifier, clock: Clock, moved: Callable[[], object] = lambda: None) -> None:
        self._notifier = notifier
        self._clock = clock
        self._moved = moved
        self._last = clock.monotonic()
        self._seen: object = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def sign(self) -> None:
        """Still here."""
        self._last = self._clock.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the last sign."""
        return self._clock.monotonic() - self._last

    def beat(self) -> bool:
        """Feed the watchdog if there was a sign lately; whether it was fed."""
        moved = self._moved()
        if moved != self._seen:
            self._seen = moved
            self.sign()
        if self.silent_for > LONGEST_SILENCE:
            return False
        self._notifier.tell("WATCHDOG=1")
        return True

    def begin(self) -> None:
        """Feed it at half its time until `end`; nothing to do where systemd keeps none."""
        if self._notifier.watchdog:
            self._thread = threading.Thread(target=self._beats, name="watchdog", daemon=True)
            self._thread.start()

    def _beats(self) -> None:
        while not self._over.wait(self._notifier.watchdog / 2):
            self.beat()

    def end(self) -> None:
        """No more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
