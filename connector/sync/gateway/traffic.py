"""Everything that is sent to one instance goes through here, one request at a time.

Before: the breaker and the budget are asked, and waited for as long as that is short. After: what became of
it is told to both, and a call that may be repeated is, within its patience. Whoever would have to wait
longer gets the error at once; the pass ends, and the next one goes on.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from requests import Response

from connector.clock import Clock
from connector.errors import GatewayError, Throttled, TimedOut, Unauthorised, Unavailable
from connector.sync.gateway.answer import rate_rule
from connector.sync.gateway.breaker import Breaker, State
from connector.sync.gateway.budget import Budget
from connector.sync.gateway.condition import Condition
from connector.sync.gateway.failure import Exhausted, Resting
from connector.sync.gateway.retry import TRIES, dice, may_repeat, pause
from connector.sync.gateway.terms import Terms

LONGEST_TURN = 30.0
"""Seconds that a request waits for its turn in the budget before the pass ends."""
STEP = 0.5
"""Seconds after which a wait looks whether it is to stop."""

T = TypeVar("T")


class Traffic:
    """``seed`` spreads the pauses of several connectors. ``stopping`` ends every wait: the process is told to
    end, and what is not sent by then is left to its next start.
    """

    def __init__(self, clock: Clock, terms: Terms, seed: str, stopping: Callable[[], bool]) -> None:
        self.sent = 0
        self.shut = ""
        """Why nothing is sent any more: the credentials were refused."""
        self._clock = clock
        self._patience = terms.patience
        self._stopping = stopping
        self._turn = threading.RLock()
        self._breaker = Breaker()
        self._budget = Budget(terms.per_minute)
        self._dice = dice(seed)
        self._trouble = ""
        self._repeats = self._throttled = 0
        self._waited = 0.0
        self._answers: dict[tuple[str, str], int] = {}

    def carry(
        self, what: str, attempt: Callable[[], Response], meaning: Callable[[Response], T], *, write: bool
    ) -> T:
        """What the answer means. ``attempt`` sends once; a write is repeated only where nothing happened.

        Raises what both raise, and `Resting` and `Throttled` where nothing is to be sent just now.
        """
        with self._turn:
            begun, tries = self._clock.monotonic(), 0
            while True:
                if self.shut:
                    raise Unauthorised(f"{what}: not asked; the credentials were refused before: {self.shut}")
                self._admit(what, write=write)
                tries += 1
                try:
                    return self._once(attempt, meaning, write=write)
                except GatewayError as error:
                    spent = self._clock.monotonic() - begun
                    wait = pause(error, tries, next(self._dice))
                    if (
                        not may_repeat(error, write=write)
                        or tries >= TRIES
                        or spent + wait > self._patience
                        or self._breaker.state(self._clock.monotonic()) is not State.CLOSED
                        or not self._sleep(wait)
                    ):
                        raise
                    self._repeats += 1

    def condition(self, *, token_for: float | None, batch: str) -> Condition:
        """Figures of this moment; may be asked from another thread while a request is out."""
        at, budget, breaker = self._clock.monotonic(), self._budget, self._breaker
        hour = budget.hour(at)
        return Condition(
            breaker=breaker.state(at),
            failures=breaker.failures,
            probe_in=max(0.0, (breaker.rests_until or at) - at),
            trouble=self._trouble,
            requests=self.sent,
            repeats=self._repeats,
            throttled=self._throttled,
            waited=self._waited,
            per_minute=budget.per_minute,
            left=None if budget.per_minute is None else int(budget.left(at)),
            hourly_limit=hour.limit if hour else None,
            hourly_used=hour.used if hour else 0,
            resets_in=hour.ends_at - at if hour else None,
            closed_for=budget.closed_for(at),
            token_for=token_for,
            batch=batch,
            answers=tuple((kind, status, many) for (kind, status), many in sorted(self._answers.items())),
        )

    def _admit(self, what: str, *, write: bool) -> None:
        """Wait for breaker and budget, and take a request of both. Raises where that would take too long."""
        at = self._clock.monotonic()
        rests = self._breaker.wait(at)
        if rests > 0:
            raise Resting(
                f"{what}: not asked, the instance is left alone for another {rests:.0f} s after "
                f"{self._breaker.failures} failures in a row, the last of them: {self._trouble}",
                round(rests),
            )
        closed = self._budget.closed_for(at)
        if closed > self._patience:
            raise Throttled(f"{what}: not asked, the instance wants to be left alone (429)", round(closed))
        wait = self._budget.wait(at, write=write)
        if wait > LONGEST_TURN or not self._sleep(wait):
            raise Throttled(
                f"{what}: not asked, what reads may use of the rate budget is spent for now", round(wait)
            )
        at = self._clock.monotonic()
        self._budget.take(at)
        self._breaker = self._breaker.sent(at)

    def _once(self, attempt: Callable[[], Response], meaning: Callable[[Response], T], *, write: bool) -> T:
        self.sent += 1
        lost, status = True, "none"
        try:
            response = attempt()
            status = str(response.status_code)
            self._heed(response)
            result = meaning(response)
            lost = False
        except GatewayError as error:
            lost = isinstance(error, TimedOut | Unavailable) and not isinstance(error, Exhausted)
            self._trouble = str(error) if lost else ""
            if isinstance(error, Throttled):
                self._throttled += 1
                if error.retry_after is not None:
                    self._budget.close(self._clock.monotonic(), error.retry_after)
            raise
        else:
            self._trouble = ""
            return result
        finally:
            # One assignment, for figures are asked from another thread: a new key while it counts them.
            key = "write" if write else "read", status
            self._answers = {**self._answers, key: self._answers.get(key, 0) + 1}
            now = self._clock.monotonic()
            self._breaker = self._breaker.failed(now) if lost else self._breaker.succeeded()

    def _heed(self, response: Response) -> None:
        """What the answer's headers say of the instance's rate rule."""
        told = rate_rule(response)
        if told is not None:
            self._budget.told(self._clock.monotonic(), *told)

    def _sleep(self, seconds: float) -> bool:
        """Let so many seconds go by; False if the process is to end meanwhile."""
        if seconds <= 0:
            return True
        begun = self._clock.monotonic()
        while not self._stopping():
            left = seconds - (self._clock.monotonic() - begun)
            if left <= 0:
                self._waited += seconds
                return True
            self._clock.wait(min(STEP, left))
        return False
