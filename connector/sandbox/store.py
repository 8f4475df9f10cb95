"""The rows, in SQLite in memory: one real table per hierarchy, one real column per dictionary column.

All columns are text.  Time orders are indexed on every table, because pollers read by
`sys_updated_on, sys_id`; the class comes first where a table holds several.
"""

import atexit
import sqlite3
import weakref
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

from connector.sandbox.column import Column
from connector.sandbox.dictionary import Table
from connector.sandbox.moment import dressed, local, moved, span
from connector.sandbox.stock import access, currency, described, granted, import_set, stock, system
from connector.sandbox.upgrade import marked, upgrade

FEW = 10_000
"""Rows that are added one by one without a thought."""


def quoted(name: str) -> str:
    """A table or column name as SQL text; names are checked when they enter the dictionary."""
    return f'"{name}"'


class Store:
    """Rows in and out.  Not thread safe: the instance holds the lock.

    A fresh store holds the rows that describe the stock dictionary and nothing else.  With `path` the rows
    lie in that file, `restored` says that some were there already, `upgraded` that an earlier sandbox left
    them.  sqlite3.DatabaseError for a file that is no database.
    """

    def __init__(self, path: str | None = None, *, anew: bool = False) -> None:
        self.path = path
        if path and not Path(path).exists():
            Path(path).touch(mode=0o600)  # it holds passwords
        self.db = _connect(path)
        self._close = weakref.finalize(self, self.db.close)
        try:
            self._fill(anew=anew)
        except BaseException:
            self.close()
            raise
        self._columns: dict[str, tuple[str, ...]] = {}
        self._inserts: dict[tuple[str, ...], str] = {}

    def _fill(self, *, anew: bool) -> None:
        there = self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sys_db_object'").fetchone()
        self.restored = there is not None and not anew
        self.upgraded = self.restored and upgrade(self.db, _template())
        if not self.restored:
            _template().backup(self.db)
        if self.path:
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute("PRAGMA synchronous=NORMAL")
            self.db.execute("CREATE TABLE IF NOT EXISTS sandbox_password (user_name PRIMARY KEY, password)")

    def close(self) -> None:
        """Give the memory back."""
        self._close()

    def add_column(self, table: Table, column: Column) -> None:
        """Give the storage of `table` the column, if it has none of that name."""
        self._columns.clear()
        have = {row[1] for row in self.db.execute(f"PRAGMA table_info({quoted(table.root)})")}
        if column.element not in have:
            self.db.execute(f"ALTER TABLE {quoted(table.root)} ADD COLUMN {_declared(column)}")

    def passwords(self) -> dict[str, str]:
        """User name → password, as far as they are kept: only a file keeps them."""
        return dict(self.db.execute("SELECT * FROM sandbox_password")) if self.path else {}

    def keep_password(self, user_name: str, password: str) -> None:
        """Keep it where the records are kept over a restart."""
        if self.path:
            self.db.execute("REPLACE INTO sandbox_password VALUES (?, ?)", (user_name, password))

    def highest(self, root: str, prefix: str) -> int:
        """The highest number of this prefix, 0 if there is none."""
        sql = f"SELECT max(CAST(substr(number, ?) AS INTEGER)) FROM {quoted(root)} WHERE number GLOB ?"
        found = self.db.execute(sql, (len(prefix) + 1, f"{prefix}[0-9]*")).fetchone()[0]
        return int(found or 0)

    def add_table(self, table: Table) -> None:
        """Storage for a table of its own; one that extends another lies in that one's."""
        self._columns.clear()
        if table.root == table.name:
            _create(self.db, table.name, table.columns, ordered=[("sys_updated_on", "sys_id")])

    def holds(self, root: str, sys_id: str) -> bool:
        """Whether this storage has such a record."""
        return (
            self.db.execute(f"SELECT 1 FROM {quoted(root)} WHERE sys_id = ?", (sys_id,)).fetchone()
            is not None
        )

    def drop_column(self, root: Table, element: str) -> None:
        """Take a column and its values out of the storage of a hierarchy."""
        self._columns.clear()
        self.db.execute(f"ALTER TABLE {quoted(root.root)} DROP COLUMN {quoted(element)}")

    def empty_column(self, table: Table, element: str) -> None:
        """Forget the values that records of this very class have in a column."""
        self._columns.clear()
        sql = f"UPDATE {quoted(table.root)} SET {quoted(element)} = '' WHERE sys_class_name = ?"
        self.db.execute(sql, (table.name,))

    def class_of(self, table: Table, sys_id: str) -> str | None:
        """The class of the record, None if there is none; `table` itself where rows carry no class."""
        column = '"sys_class_name"' if table.classes else "1"
        found = self.db.execute(f'SELECT {column} FROM "{table.root}" WHERE sys_id = ?', (sys_id,)).fetchone()
        if found is None:
            return None
        return str(found[0]) if table.classes else table.name

    def row(self, table: Table, sys_id: str) -> dict[str, str] | None:
        """The record with the columns of `table`, raw; None if there is none."""
        names = self._names(table)
        found = self.db.execute(
            f'SELECT {names[0]} FROM "{table.root}" WHERE sys_id = ?', (sys_id,)
        ).fetchone()
        return dict(zip(table.columns, found, strict=True)) if found else None

    def select(self, table: Table, tail: str, values: Sequence[str | float]) -> Iterator[dict[str, str]]:
        """Records with the columns of `table`; `tail` is the SQL after FROM, where the rows' alias is t."""
        names = self._names(table)
        for found in self.db.execute(f'SELECT {names[1]} FROM "{table.root}" t {tail}', values):
            yield dict(zip(table.columns, found, strict=True))

    def _names(self, table: Table) -> tuple[str, ...]:
        names = self._columns.get(table.name)
        if names is None:
            plain = ",".join(quoted(name) for name in table.columns)
            names = (plain, ",".join(f"t.{quoted(name)}" for name in table.columns))
            self._columns[table.name] = names
        return names

    def insert(self, root: str, row: Mapping[str, str]) -> None:
        """Add a record; empty values need not be written.  sqlite3.IntegrityError if the sys_id is taken."""
        filled = {name: value for name, value in row.items() if value}
        shape = (root, *filled)
        sql = self._inserts.get(shape)
        if sql is None:
            sql = _insert(root, filled)
            if len(self._inserts) < 4096:
                self._inserts[shape] = sql
        self.db.execute(sql, tuple(filled.values()))

    @contextmanager
    def loading(self, root: str, count: int) -> Iterator[None]:
        """For adding so many rows: where they outnumber those that are there, the indexes are made
        afterwards, each in one go, and not a bit with every row.
        """
        there = self.db.execute(f"SELECT count(*) FROM {quoted(root)}").fetchone()[0]
        listed = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
        )
        indexes = self.db.execute(listed, (root,)).fetchall() if count > max(there, FEW) else []
        for name, _ in indexes:
            self.db.execute(f"DROP INDEX {quoted(name)}")
        yield
        for _, sql in indexes:
            self.db.execute(sql)

    def update(self, root: str, sys_id: str, changed: Mapping[str, str]) -> None:
        """Write the changed columns of one record."""
        names = ",".join([f'"{name}"=?' for name in changed])
        self.db.execute(f'UPDATE "{root}" SET {names} WHERE sys_id=?', (*changed.values(), sys_id))

    def add(self, sys_id: str, column: str, step: int) -> None:
        """Count a number of one task up or down."""
        sql = f'UPDATE task SET "{column}" = max(0, CAST("{column}" AS INTEGER) + ?) WHERE sys_id = ?'
        self.db.execute(sql, (step, sys_id))

    def delete(self, root: str, sys_id: str) -> None:
        """Remove one record."""
        self.db.execute(f'DELETE FROM "{root}" WHERE sys_id=?', (sys_id,))


def _insert(root: str, names: Collection[str]) -> str:
    listed = ",".join(quoted(name) for name in names)
    return f"INSERT INTO {quoted(root)} ({listed}) VALUES ({','.join('?' * len(names))})"


def cipher(text: str) -> str:
    """What a reader gets of a `password2` column: a text that cannot be turned back."""
    return b64encode(sha256(text.encode()).digest()).decode() if text else ""


def _connect(path: str | None = None) -> sqlite3.Connection:
    # The memdb VFS, private to this connection: a commit to ":memory:" costs more the more there is.
    db = sqlite3.connect(
        path or "file:sandbox?vfs=memdb",
        uri=path is None,
        check_same_thread=False,
        isolation_level=None,
        cached_statements=1024,
    )
    try:
        db.execute("PRAGMA temp_store=MEMORY")
        db.execute("PRAGMA page_size=8192")  # with 100,000 records a commit costs a third of what 4,096 does
        db.create_function("local", 2, local, deterministic=True)
        db.create_function("dressed", 3, dressed, deterministic=True)
        db.create_function("cipher", 1, cipher, deterministic=True)
        db.create_function("moved", 2, moved, deterministic=True)
        db.create_function("span", 1, span, deterministic=True)
    except BaseException:
        db.close()
        raise
    return db


@cache
def _template() -> sqlite3.Connection:
    """A fresh instance's storage, made once per process and copied."""
    db = _connect()
    db.execute("BEGIN")  # or each of two thousand statements is a transaction
    dictionary = stock()
    indexes = system.INDEXES | access.INDEXES | import_set.INDEXES | currency.INDEXES
    ordered: list[tuple[str, list[tuple[str, ...]]]] = []
    for root in dict.fromkeys(table.root for table in dictionary):
        columns: dict[str, Column] = {}
        for name in dictionary.family(root):
            for element, column in dictionary[name].columns.items():
                columns.setdefault(element, column)
        group = ("sys_class_name",) if dictionary[root].children else ()
        stamp = "sys_updated_on" if dictionary[root].updated else "sys_created_on"
        orders = [(*group, stamp, "sys_id"), *((name,) for name in indexes.get(root, ()))]
        if group:
            orders += [(*group, "sys_id"), (stamp, "sys_id")]
        _create(db, root, columns, ordered=())
        ordered.append((root, orders))
    alike: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for table, row in (*described(dictionary), *granted()):
        filled = {name: value for name, value in row.items() if value}
        alike.setdefault((table, *filled), []).append(tuple(filled.values()))
    for (table, *names), rows in alike.items():
        db.executemany(_insert(table, names), rows)
    for root, orders in ordered:  # each index in one go, over the rows that are there
        _index(db, root, orders)
    marked(db)
    db.execute("COMMIT")
    atexit.register(db.close)
    return db


def _create(
    db: sqlite3.Connection, root: str, columns: Mapping[str, Column], *, ordered: Iterable[Sequence[str]]
) -> None:
    declared = ", ".join(_declared(column) for column in columns.values())
    db.execute(f"CREATE TABLE {quoted(root)} ({declared})")
    _index(db, root, ordered)


def _index(db: sqlite3.Connection, root: str, ordered: Iterable[Sequence[str]]) -> None:
    for order in ordered:
        names = ", ".join(quoted(name) for name in order)
        index = quoted("_".join((root, "by", *order)))
        db.execute(f"CREATE INDEX {index} ON {quoted(root)} ({names})")


def _declared(column: Column) -> str:
    if column.element == "sys_id":
        return '"sys_id" TEXT NOT NULL PRIMARY KEY'
    collation = " COLLATE NOCASE" if column.is_text else ""
    return f"{quoted(column.element)} TEXT NOT NULL DEFAULT ''{collation}"
