"""Rate rules: rows of `sys_rate_limit_rules`, counted by the hour (platform facts, 3.7)."""

from collections import Counter
from dataclasses import dataclass

from connector.sandbox.error import RateLimited
from connector.sandbox.instance import Instance
from connector.sandbox.rest.manner import Manner

HOUR = 3600


@dataclass(frozen=True, slots=True)
class _Rule:
    sys_id: str
    kind: str
    who: str
    service: str
    limit: int


class Rates:
    """Counts requests against the rules.  The caller holds the instance's lock.

    A rule is for a `type` "user", "role" or "all" and for one `rest_service` (empty: any).  A rule for the
    user wins over those for roles, and those over the ones for all; of several roles the lowest limit counts.

    What is counted becomes known every `manner.rate_flush` seconds, when a node writes its counts down: until
    then a limit may be exceeded.
    """

    def __init__(self, instance: Instance, manner: Manner) -> None:
        self._instance = instance
        self._manner = manner
        self._flushed = 0
        self._fresh: Counter[tuple[str, str, int]] = Counter()
        self._state: object = None
        self._rules: list[_Rule] = []
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def count(self, user: str, service: str, now: int) -> list[tuple[str, str]]:
        """Count one request: its headers, none where no rule fits.  Raises `RateLimited`."""
        self._look()
        if not self._rules:
            return []
        rule = self._rule(user, service)
        if rule is None:
            return []
        window = now // HOUR
        headers = [
            ("X-RateLimit-Limit", str(rule.limit)),
            ("X-RateLimit-Reset", str((window + 1) * HOUR)),
            ("X-RateLimit-Rule", rule.sys_id),
        ]
        self._flush(now)
        key = (rule.sys_id, user, window)
        if self._counts[key] >= rule.limit:
            wait = str((window + 1) * HOUR - now)
            raise RateLimited(rule.limit, service or "REST API", [("Retry-After", wait), *headers])
        if len(self._counts) > 10_000:
            self._counts = Counter({one: n for one, n in self._counts.items() if one[2] == window})
        (self._fresh if self._manner.rate_flush else self._counts)[key] += 1
        return headers

    def _flush(self, now: int) -> None:
        """Write down what was counted since the last time, where it is time to."""
        period = now // self._manner.rate_flush if self._manner.rate_flush else now
        if period != self._flushed:
            self._flushed = period
            self._counts += self._fresh
            self._fresh.clear()

    def _look(self) -> None:
        """Read the rules again if any row of the instance changed."""
        store = self._instance.store
        state = (self._instance.generation, store.db.total_changes)
        if state == self._state:
            return
        self._state = state
        found = store.db.execute(
            'SELECT sys_id, type, "user", role, rest_service, "limit" FROM sys_rate_limit_rules'
            " WHERE active = 'true'"
        ).fetchall()
        self._rules = [
            _Rule(row[0], row[1] or "all", row[2] if row[1] == "user" else row[3], row[4], int(row[5]))
            for row in found
            if row[5].isdecimal()
        ]

    def _rule(self, user: str, service: str) -> _Rule | None:
        fitting = [rule for rule in self._rules if rule.service in {"", service}]
        account = self._instance.sessions.account(user)
        user_id = account.sys_id if account else ""
        roles = self._instance.access.held(user)
        for kind, names in {"user": {user_id}, "role": roles, "all": {""}}.items():
            of_kind = [rule for rule in fitting if rule.kind == kind and (kind == "all" or rule.who in names)]
            if of_kind:
                return min(of_kind, key=lambda rule: rule.limit)
        return None
