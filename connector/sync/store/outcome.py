"""One narrow row a ticket for figures over very many: kept as tickets change, counted by covering indexes."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Engine, Executable, delete, func, select

from connector.sync.store import schema
from connector.sync.store.engine import Upsert, among, ask
from connector.ticket import Instant

_OWNERS = ("first", "responder", "resolver")


class OutcomeRow(NamedTuple):
    """What is kept of one ticket; what the bits mean is not the store's business."""

    sys_id: str
    opened_at: Instant
    ended_at: Instant | None
    first: str
    responder: str
    resolver: str
    bits: int


class OutcomeShelf:
    """The outcomes of the mirrored tickets."""

    engine: Engine

    def _prepare_outcomes(self) -> None:
        columns = ("ticket", "opened_at", "ended_at", *_OWNERS, "bits")
        self._outcomes = Upsert(self.engine, schema.outcome, columns, compare="*")
        self._owner_ids: dict[str, int] = {}

    def save_outcomes(self, rows: Sequence[OutcomeRow]) -> int:
        """Keep these, replacing what was known of their tickets; how many tickets of the mirror they are."""
        if not rows:
            return 0
        with self.engine.begin() as connection:
            ids = dict(map(tuple, ask(connection, _numbers, [row.sys_id for row in rows])))
            owners = self._owners(connection, {key for row in rows for key in row[3:6]})
            kept = [
                (ids[row[0]], row[1], row[2], owners[row[3]], owners[row[4]], owners[row[5]], row[6])
                for row in rows
                if row[0] in ids
            ]
            self._outcomes.run(connection, kept)
            return len(kept)

    def drop_outcomes(self) -> int:
        """Forget those of tickets that are gone from the mirror; how many."""
        table = schema.outcome
        gone = table.c.ticket.not_in(select(schema.ticket.c.id))
        with self.engine.begin() as connection:
            return connection.execute(delete(table).where(gone)).rowcount

    def count_outcomes(self) -> int:
        """Tickets with an outcome."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(schema.outcome)).scalar_one()

    def outcomes(
        self,
        dated: Literal["opened_at", "ended_at"],
        whose: Literal["first", "responder", "resolver"],
        start: Instant,
        end: Instant,
    ) -> dict[str, dict[int, int]]:
        """Owner → bits → tickets dated in [start, end). One range of a covering index for each owner."""
        table = schema.outcome
        at, owner = table.c[dated], table.c[whose]
        found: dict[str, dict[int, int]] = defaultdict(dict)
        with self.engine.connect() as connection:
            for key, id_ in connection.execute(select(schema.owner.c.key, schema.owner.c.id)):
                query = select(table.c.bits, func.count()).where(owner == id_, at >= start, at < end)
                bits: dict[int, int] = dict(map(tuple, connection.execute(query.group_by(table.c.bits))))
                if bits:
                    found[key] = bits
        return found

    def _owners(self, connection: Connection, keys: set[str]) -> dict[str, int]:
        """The number of each owner; new ones get the next."""
        if keys - self._owner_ids.keys():
            table = schema.owner
            known = dict(map(tuple, connection.execute(select(table.c.key, table.c.id))))
            fresh = sorted(keys - known.keys())
            for number, key in enumerate(fresh, max(known.values(), default=0) + 1):
                connection.execute(table.insert().values(id=number, key=key))
                known[key] = number
            self._owner_ids = known
        return self._owner_ids


@cache
def _numbers(dialect: str) -> Executable:
    table = schema.ticket.c
    return select(table.sys_id, table.id).where(among(dialect, table.sys_id))
