"""From the schema that a store was made with to the one of this program.

The version stands in the store. What can be read from the instance anew is not moved: where its tables
differ they are made anew, and the next pass fills them. What cannot (`KEPT`) is moved step by step.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Dialect, Engine, Table, insert, inspect, select, text, update
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from connector.errors import StoreFailed
from connector.sync.store import schema

VERSION = 2
"""Of the schema that this program works with. Another one needs a step below."""

KEPT = frozenset({"journal", "observed", "pass", "figure", "change", "meta", "condition"})
"""Tables that are never dropped: what is in them is not on the instance, or not always (``change``)."""


def _second(connection: Connection) -> None:
    """Passes know how long they took. Before this one the store did not know its version."""
    connection.execute(text('ALTER TABLE "pass" ADD COLUMN took INTEGER NOT NULL DEFAULT 0'))


STEPS: Mapping[int, Callable[[Connection], None]] = {2: _second}
"""Version → what brings a store there from the version before."""


def migrate(engine: Engine) -> int:
    """Bring the store to `VERSION`; the version it had, 0 for a new one. All or nothing.

    Raises `StoreFailed` for a store of a newer program, which is left as it is.
    """
    schema.make_partial(engine.dialect.name)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Otherwise Python begins the transaction at the first INSERT only, after what changes tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        names = set(inspect(connection).get_table_names())
        had = _version(connection, names)
        if had > VERSION:
            raise StoreFailed(
                f"the store was made by a newer connector (its schema is {had}, this one knows {VERSION}); "
                "install that version again, or restore the backup from before it, or move the store "
                "aside: it is then read from the instance anew, without its journal"
            )
        for version in range(had + 1, VERSION + 1) if had else ():
            STEPS[version](connection)
        if had:
            _renew(connection, names)
        if names:
            schema.SCHEMA.create_all(connection)
        else:
            for statement in _creation(engine.dialect):
                connection.exec_driver_sql(statement)
        if had != VERSION:
            _set_version(connection)
    return had


_CREATION: dict[str, tuple[str, ...]] = {}
"""Database → the statements so far: to make their text costs ten times as much as to run them."""


def _creation(dialect: Dialect) -> tuple[str, ...]:
    """What makes all tables of an empty store."""
    if dialect.name not in _CREATION:
        tables = schema.SCHEMA.sorted_tables
        made: list[DDLElement] = [CreateTable(table) for table in tables]
        made += [CreateIndex(index) for table in tables for index in sorted(table.indexes, key=str)]
        _CREATION[dialect.name] = tuple(str(one.compile(dialect=dialect)) for one in made)
    return _CREATION[dialect.name]


def _version(connection: Connection, names: set[str]) -> int:
    """0: empty; 1: from before the version was kept."""
    if schema.meta.name in names:
        value = schema.meta.c.value
        found = connection.execute(select(value).where(schema.meta.c.key == "version")).scalar()
        return int(found or 1)
    return 1 if schema.journal.name in names else 0


def _set_version(connection: Connection) -> None:
    there = update(schema.meta).where(schema.meta.c.key == "version").values(value=str(VERSION))
    if not connection.execute(there).rowcount:
        connection.execute(insert(schema.meta).values(key="version", value=str(VERSION)))


def _renew(connection: Connection, names: set[str]) -> None:
    """Drop every table that can be read anew if one of them is not as it should be."""
    mirrored = [table for table in schema.SCHEMA.sorted_tables if table.name not in KEPT]
    if all(_as_it_should_be(connection, table) for table in mirrored if table.name in names):
        return
    for table in reversed(mirrored):
        table.drop(connection, checkfirst=True)


def _as_it_should_be(connection: Connection, table: Table) -> bool:
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    return there == {column.name for column in table.columns}
