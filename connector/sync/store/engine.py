"""The one place that knows which database it is: opening, upserts, and asking for many keys at once."""

import json
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Executable,
    Table,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.elements import ClauseElement

from connector.errors import SettingsError

_TUNING = ("cache_size=-2048", "temp_store=MEMORY", "wal_autocheckpoint=4000")
"""2 MiB of pages in memory, for the system caches files too, and 16 in the log before they are copied."""

KEYS = "keys"
"""The parameter that holds the keys a statement is about."""


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite://`` (memory), ``sqlite:///path`` or ``postgresql+psycopg://…``.

    SQLite runs with a write-ahead log and synchronous=FULL: the journal is the proof of what was sent. A
    write-ahead log does not work on network file systems. Raises `SettingsError` for any other database.
    """
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        memory = place.database in (None, "", ":memory:")
        more: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, **more)
        event.listen(engine, "connect", _set_up_sqlite)
        return engine
    if place.get_backend_name() == "postgresql":
        return create_engine(url, paramstyle="format")
    raise SettingsError(f"store: {place.get_backend_name()} is not a database the store knows; use sqlite")


def path_of(url: str) -> Path | None:
    """The file of the database; None where it is in memory or no SQLite."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite" or place.database in (None, "", ":memory:"):
        return None
    return Path(str(place.database))


def _set_up_sqlite(connection: Any, _record: object) -> None:
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", *_TUNING):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()  # SQLAlchemy 2.0 lets go of it without
        raise


class Upsert:
    """Insert rows, or replace those that are there and differ; compiled once, run with plain tuples.

    ``compare``: a row counts as changed when this column differs, or with ``*`` always; None leaves existing
    rows as they are.
    ``key``: the unique column that says which row it is, if it is not the primary key.
    """

    def __init__(
        self, engine: Engine, table: Table, columns: Sequence[str], compare: str | None, key: str = ""
    ) -> None:
        def statement() -> Any:
            begun = _insert(engine.dialect.name)(table).values(dict.fromkeys(columns))
            keys = [key] if key else [column.name for column in table.primary_key]
            if compare is None:
                return begun.on_conflict_do_nothing(index_elements=keys)
            return begun.on_conflict_do_update(
                index_elements=keys,
                set_={name: begun.excluded[name] for name in columns if name not in keys},
                where=None if compare == "*" else begun.excluded[compare] != table.c[compare],
            )

        self._sql = _in_order(engine, statement, columns, ("upsert", table.name, compare, key))

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many rows were new or different."""
        return connection.exec_driver_sql(self._sql, list(rows)).rowcount if rows else 0


def _insert(dialect: str) -> Any:
    """The insert of a database that knows upserts; the module of the other is not loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


class Adder:
    """Insert rows that were never there; compiled once, run with plain tuples."""

    def __init__(self, engine: Engine, table: Table, columns: Sequence[str]) -> None:
        def statement() -> ClauseElement:
            return insert(table).values(dict.fromkeys(columns))

        self._sql = _in_order(engine, statement, columns, ("insert", table.name))

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add them."""
        connection.exec_driver_sql(self._sql, list(rows))


class Setter:
    """Set columns of rows found by another; takes (value, …, key) tuples."""

    def __init__(self, engine: Engine, table: Table, columns: Sequence[str], key: str) -> None:
        def statement() -> ClauseElement:
            values: dict[str, Any] = {column: bindparam(f"_{column}") for column in columns}
            return update(table).where(table.c[key] == bindparam("_key")).values(values)

        names = [*(f"_{column}" for column in columns), "_key"]
        self._sql = _in_order(engine, statement, names, ("update", table.name, key))

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Set them; how many there are."""
        return connection.exec_driver_sql(self._sql, list(rows)).rowcount if rows else 0


_COMPILED: dict[tuple[object, ...], str] = {}
"""The texts so far: to compile them costs more than all else that opening a store does."""


def _in_order(
    engine: Engine, statement: Callable[[], ClauseElement], names: Sequence[str], kind: tuple[object, ...]
) -> str:
    """The statement's text, once it is sure that the driver takes the values in this order.

    ``kind`` and ``names`` tell it from all others of the database.
    """
    which = (engine.dialect.name, engine.dialect.paramstyle, *kind, *names)
    if which not in _COMPILED:
        compiled = statement().compile(dialect=engine.dialect)
        order = list(getattr(compiled, "positiontup", None) or ())
        if order != list(names):
            raise AssertionError(f"the driver wants {order}, rows come as {list(names)}")
        _COMPILED[which] = str(compiled)
    return _COMPILED[which]


def among(dialect: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """``column IN (keys)`` with all keys in one parameter, so that the statement stays the same."""
    if dialect == "postgresql":
        return column == any_(bindparam(KEYS, type_=ARRAY(Text)))
    return column.in_(select(listed(dialect)))


def listed(dialect: str) -> ColumnElement[Any]:
    """A column of the keys to join with: unlike `among` it looks them up in the order given, without a table
    of its own to hold them; a key that is given twice finds its row twice.
    """
    if dialect == "postgresql":
        return func.unnest(bindparam(KEYS, type_=ARRAY(Text))).table_valued("value").c.value
    return func.json_each(bindparam(KEYS, type_=Text)).table_valued("value").c.value


def ask(
    connection: Connection, statement: Callable[..., Executable], keys: Iterable[str], *about: Any
) -> "CursorResult[*tuple[Any, ...]]":
    """Run a statement about many keys.

    ``statement`` makes it from the dialect and ``about``; it is decorated with `functools.cache`, for to
    build a statement takes six times as long as to run it.
    """
    dialect = connection.dialect.name
    given = list(keys)
    packed = given if dialect == "postgresql" else _as_json(given)
    return connection.execute(statement(dialect, *about), {KEYS: packed})


def _as_json(keys: list[str]) -> str:
    try:
        return msgspec.json.encode(keys).decode()
    except UnicodeEncodeError:  # half a surrogate pair, where a text was cut
        return json.dumps(keys)
