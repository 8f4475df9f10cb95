"""Records other than incidents: the rows of further tables, each with when it is to be looked at again.

They are kept apart from the tickets: no figure counts them, and a desk without such policies has none of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete, func, select, update

from connector.sync.row import Row
from connector.sync.store import schema
from connector.sync.store.engine import Setter, Upsert, among, ask
from connector.sync.store.mirror import Look, Mirror
from connector.sync.store.view import CHUNK, Mirrored
from connector.ticket import Instant

_R = schema.record.c
_OF_TABLE = select(_R.sys_id).where(_R.source == bindparam("table")).order_by(_R.sys_id)
_DUE = _OF_TABLE.where(_R.look_again <= bindparam("now"))
_NEXT_DUE = select(func.min(_R.look_again)).where(_R.look_again.is_not(None))


class Register(Mirror):
    """The mirror with further tables beside the incidents."""

    registers: frozenset[str] = frozenset()
    """The further tables; those that are not opened are not known."""

    def _prepare_register(self) -> None:
        self._records = Upsert(
            self.engine, schema.record, ("sys_id", "source", "number", "look_again", "row"), compare="row"
        )
        self._when_record = Setter(self.engine, schema.record, ("look_again",), "sys_id")

    def open_registers(self, tables: Iterable[str]) -> None:
        """Keep these tables from now on; what is left of others is dropped, and read anew if they return."""
        self.registers = frozenset(tables)
        with self.engine.begin() as connection:
            there = set(connection.execute(select(_R.source).distinct()).scalars())
            for table in sorted(there - self.registers):
                connection.execute(delete(schema.record).where(_R.source == table))
                connection.execute(delete(schema.cursor).where(schema.cursor.c.source == table))
        self._places = None

    def save(
        self,
        table: str,
        rows: Sequence[Row],
        cursor: Instant | None = None,
        *,
        fingerprint: str = "",
        observe: Sequence[str] = (),
        look: Look | None = None,
    ) -> int:
        """As `Mirror.save`; records of a further table that are news are due."""
        if table not in self.registers:
            return super().save(table, rows, cursor, fingerprint=fingerprint, observe=observe, look=look)
        self._forget_emptiness(schema.record)
        try:
            with self.engine.begin() as connection:
                news = self._different(connection, schema.record, rows)
                if observe:
                    self._forget_emptiness(schema.change)
                    self._observe(connection, rows, observe, schema.record)
                self._records.run(
                    connection,
                    [(row["sys_id"], table, row.get("number") or "", 0, text) for row, text in news],
                )
                self._move_cursor(connection, table, cursor, fingerprint)
        except BaseException:
            self._packing.forget()
            self._places = None
            raise
        return len(news)

    def records_due(self, table: str, now: Instant | None) -> list[str]:
        """Records of a table to look at by ``now``, in the order of their ids; None: all of them."""
        query = _OF_TABLE if now is None else _DUE
        with self.engine.connect() as connection:
            return list(
                connection.execute(query, {"table": table} | ({} if now is None else {"now": now})).scalars()
            )

    def load_records(self, sys_ids: Sequence[str]) -> list[Mirrored]:
        """Records with their past and the tasks of ours that belong to them; unknown ids are left out."""
        found: list[Mirrored] = []
        with self.engine.connect() as connection:
            for start in range(0, len(sys_ids), CHUNK):
                some = sys_ids[start : start + CHUNK]
                rows = self._packing.unpack(connection, ask(connection, _rows, some).scalars())
                changes = self._changes_of(connection, some)
                tasks = self._rows_of(connection, schema.task, some)
                found += [
                    Mirrored(row, changes.get(row["sys_id"], ()), tasks.get(row["sys_id"], ()))
                    for row in rows
                ]
        return found

    def look_at_records_again(self, when: Mapping[str, Instant | None]) -> None:
        """Set when records are to be looked at next, as `look_again` does for tickets."""
        if when:
            with self.engine.begin() as connection:
                self._when_record.run(connection, [(at, sys_id) for sys_id, at in when.items()])

    def find_record(self, number: str) -> tuple[str, str] | None:
        """(table, sys_id) of the record with this number."""
        query = select(_R.source, _R.sys_id).where(_R.number == number).order_by(_R.sys_id).limit(1)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row[0], row[1])

    def count_records(self, table: str) -> int:
        """Records of a further table in the mirror."""
        query = select(func.count()).select_from(schema.record).where(_R.source == table)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def next_due(self) -> Instant | None:
        """The earliest instant at which a ticket or a record is to be looked at; 0: now; None: never."""
        with self.engine.connect() as connection:
            of_record = connection.execute(_NEXT_DUE).scalar()
        several = [at for at in (super().next_due(), of_record) if at is not None]
        return min(several, default=None)

    def known(self, table: str) -> list[str]:
        """As `View.known`, of the further tables too."""
        return self.records_due(table, None) if table in self.registers else super().known(table)

    def drop(self, table: str, sys_ids: Iterable[str]) -> None:
        """As `Mirror.drop`, of the further tables too."""
        if table not in self.registers:
            super().drop(table, sys_ids)
            return
        gone = list(sys_ids)
        with self.engine.begin() as connection:
            for start in range(0, len(gone), CHUNK):
                ask(connection, _gone, gone[start : start + CHUNK])

    def _owners_due(self, connection: Connection, keys: set[str]) -> None:
        super()._owners_due(connection, keys)
        if self.registers and keys:
            ask(connection, _due_now, sorted(keys))


@cache
def _rows(dialect: str) -> Executable:
    return select(_R.row).where(among(dialect, _R.sys_id)).order_by(_R.sys_id)


@cache
def _due_now(dialect: str) -> Executable:
    return update(schema.record).where(among(dialect, _R.sys_id)).values(look_again=0)


@cache
def _gone(dialect: str) -> Executable:
    return delete(schema.record).where(among(dialect, _R.sys_id))
