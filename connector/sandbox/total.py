"""How many rows a query finds, known as long as nothing was written at all."""

import sqlite3
from collections.abc import Sequence

_KEPT = 256


class Totals:
    """The pages of one list ask for the same total one after another; walking all rows once will do."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | float, ...], int] = {}
        self._state = (-1, -1)

    def of(self, db: sqlite3.Connection, generation: int, sql: str, values: Sequence[str | float]) -> int:
        """What this `SELECT count(*)` says.  `generation` counts changes of the dictionary and of the store.

        Within a write nothing is kept: it may be taken back.
        """
        state = (generation, db.total_changes)
        if state != self._state:
            self._known.clear()
            self._state = state
        asked = (sql, *values)
        known = self._known.get(asked)
        if known is None:
            known = int(db.execute(sql, values).fetchone()[0])
            if not db.in_transaction and len(self._known) < _KEPT:
                self._known[asked] = known
        return known
