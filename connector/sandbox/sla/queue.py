"""What service levels have yet to hear of, and which resets they know already: in the store with the rows.

So a write that is taken back takes its entry along, and a file keeps both over a restart.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from connector.sandbox.store import Store

_TABLES = (
    "sandbox_sla_queue (number INTEGER PRIMARY KEY, due INTEGER, at INTEGER, task TEXT, holds TEXT)",
    "sandbox_sla_reset (task TEXT, sla TEXT, PRIMARY KEY (task, sla)) WITHOUT ROWID",
)


class Noted(NamedTuple):
    """A write that the engine has yet to work on."""

    due: int
    at: int
    task: Mapping[str, str]
    """The columns of the task that had a value."""
    holds: Mapping[str, frozenset[str]]
    """Definition → the conditions that held after the write."""


class Queue:
    """First in, first out.  The caller holds the instance's lock and, but for reading, a transaction."""

    def __init__(self, store: Store) -> None:
        self._db = store.db
        for table in _TABLES:
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {table}")
        self.due: int | None = None
        """When the first entry is due; of an earlier run's it is known after `read`."""

    def read(self) -> None:
        """Find out when the first entry is due: after a restart or a write that was taken back."""
        found = self._db.execute("SELECT due FROM sandbox_sla_queue ORDER BY number LIMIT 1").fetchone()
        self.due = found[0] if found else None

    def put(self, noted: Noted) -> None:
        """One more write."""
        task = json.dumps({name: value for name, value in noted.task.items() if value})
        holds = json.dumps({sla: sorted(names) for sla, names in noted.holds.items()})
        sql = "INSERT INTO sandbox_sla_queue (due, at, task, holds) VALUES (?, ?, ?, ?)"
        self._db.execute(sql, (noted.due, noted.at, task, holds))
        if self.due is None:
            self.due = noted.due

    def take(self, now: int) -> Noted | None:
        """The first write, if it is due by `now`; it is then no longer here."""
        if self.due is None or self.due > now:
            return None
        sql = "SELECT number, due, at, task, holds FROM sandbox_sla_queue ORDER BY number LIMIT 1"
        number, due, at, task, holds = self._db.execute(sql).fetchone()
        self._db.execute("DELETE FROM sandbox_sla_queue WHERE number = ?", (number,))
        self.read()
        held = {sla: frozenset(names) for sla, names in json.loads(holds).items()}
        return Noted(due, at, json.loads(task), held)

    def begins(self, task: str, sla: str, *, holds: bool) -> bool:
        """Whether the reset condition begins to hold with this write; remembers whether it holds."""
        sql = "SELECT 1 FROM sandbox_sla_reset WHERE task = ? AND sla = ?"
        held = self._db.execute(sql, (task, sla)).fetchone() is not None
        if holds and not held:
            self._db.execute("INSERT INTO sandbox_sla_reset VALUES (?, ?)", (task, sla))
        elif held and not holds:
            self._db.execute("DELETE FROM sandbox_sla_reset WHERE task = ? AND sla = ?", (task, sla))
        return holds and not held
