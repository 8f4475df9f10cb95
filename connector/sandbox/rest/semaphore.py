"""How many requests an instance works on at once (platform facts, 3.7).

Four threads a node serve integrations; fifty more may wait; what comes beyond is refused at once.
"""

import threading
from time import perf_counter

from connector.sandbox.rest.manner import Manner


class Semaphore:
    """The pool `API_INT`; its sizes are `threads` and `queue` of the manner.  Time is real time here.

    `waiting` is how many are in the queue now.
    """

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._free = threading.Condition()
        self._running = 0
        self.waiting = 0

    def enter(self) -> float | None:
        """Take a place: seconds waited for it, or None where even the queue is full."""
        with self._free:
            if self._running < self._manner.threads:
                self._running += 1
                return 0.0
            if self.waiting >= self._manner.queue:
                return None
            self.waiting += 1
            start = perf_counter()
            try:
                while self._running >= self._manner.threads:
                    self._free.wait()
            finally:
                self.waiting -= 1
            self._running += 1
            return perf_counter() - start

    def leave(self) -> None:
        """Give the place back."""
        with self._free:
            self._running -= 1
            if self.waiting:
                self._free.notify()
