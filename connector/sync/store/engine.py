"""The one place that knows which database it is: opening it, and inserting what may be there already."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from connector.errors import SettingsError

_CACHE_KIB = 16_384


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


def _set_up_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"cache_size=-{_CACHE_KIB}", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


class Upsert:
    """Insert rows, or replace those that are there and differ; compiled once, run with plain tuples.

    ``compare``: a row counts as changed when this column differs; None leaves existing rows as they are.
    """

    def __init__(self, engine: Engine, table: Table, columns: Sequence[str], compare: str | None) -> None:
        insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(table).values(dict.fromkeys(columns))
        keys = [column.name for column in table.primary_key]
        if compare is None:
            compiled = statement.on_conflict_do_nothing(index_elements=keys)
        else:
            compiled = statement.on_conflict_do_update(
                index_elements=keys,
                set_={name: statement.excluded[name] for name in columns if name not in keys},
                where=statement.excluded[compare] != table.c[compare],
            )
        text = compiled.compile(dialect=engine.dialect)
        self._sql = str(text)
        order = list(text.positiontup or ())
        if order != list(columns):
            raise AssertionError(f"the driver wants {order}, rows come as {list(columns)}")

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many rows were new or different."""
        return connection.exec_driver_sql(self._sql, list(rows)).rowcount if rows else 0
