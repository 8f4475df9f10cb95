"""Stores of other versions: an older one is moved with nothing lost, a newer one is left alone."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, StaticPool, create_engine, inspect, text

from connector.errors import StoreFailed
from connector.sync.store import Store, schema
from connector.sync.store.migration import KEPT, STEPS, VERSION

FIRST = (Path(__file__).parent / "first.sql").read_text(encoding="utf-8")
TICKET = f"{1:032x}"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of schema 1 with a ticket, its history, an entry of the journal, a figure and a pass."""
    path = tmp_path / "desk.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST)
    return path


def _sql(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def _shape(store: Store) -> dict[str, set[str]]:
    asked = inspect(store.engine)
    return {
        table: {column["name"] for column in asked.get_columns(table)} for table in asked.get_table_names()
    }


def test_a_store_of_the_first_schema_is_moved_with_all_that_is_in_it(old: Path) -> None:
    """What only it knew is there, it has every table of a new one, and it works."""
    store = Store(f"sqlite:///{old}")
    assert store.schema_before == 1
    assert [(e.number, e.because) for e in store.journalled()] == [
        ("INC1", [["limits", "R-C3", "breached", "3f9c2a71"]])
    ]
    assert store.frozen("month", 1780272000, ["whole"]) == ["{}"]
    assert [(each.judged, each.took) for each in store.last_passes()] == [(1, 0)]
    assert _sql(old, "SELECT ticket, old, new, user FROM change") == [(TICKET, "1", "2", "wang")]
    store.record_pass(1780272060, ok=True, took=1.5)
    assert store.last_passes(1)[0].took == 1500
    fresh = Store()
    assert _shape(store) == _shape(fresh)
    store.close()
    fresh.close()
    again = Store(f"sqlite:///{old}")
    assert again.schema_before == VERSION
    again.close()


def test_a_mirror_of_another_shape_is_read_anew(old: Path) -> None:
    """Its tables are made anew and its cursors are gone; the journal and the history stay."""
    _sql(old, "ALTER TABLE task ADD COLUMN forgotten TEXT")
    store = Store(f"sqlite:///{old}")
    assert store.count() == 0
    assert store.cursor("incident") is None
    assert len(store.journalled()) == 1
    assert _sql(old, "SELECT count(*) FROM change") == [(1,)]
    store.close()


def test_a_store_of_a_newer_program_is_refused_and_left_alone(old: Path) -> None:
    """The message says both versions and the ways out; not a byte is changed."""
    Store(f"sqlite:///{old}").close()
    _sql(old, f"UPDATE meta SET value = '{VERSION + 1}'")
    before = list(closing_dump(old))
    with pytest.raises(StoreFailed, match=f"its schema is {VERSION + 1}, this one knows {VERSION}"):
        Store(f"sqlite:///{old}")
    assert list(closing_dump(old)) == before


def closing_dump(path: Path) -> list[str]:
    """Everything that stands in it."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_move_that_fails_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All or nothing: the tables are as they were, and the next start moves it."""

    def fails(connection: object) -> None:
        STEPS[2](connection)  # type: ignore[arg-type]
        raise OSError("the disk is full")

    before = closing_dump(old)
    with monkeypatch.context() as patch:
        patch.setattr("connector.sync.store.migration.STEPS", {2: fails})
        with pytest.raises(OSError, match="full"):
            Store(f"sqlite:///{old}")
    assert closing_dump(old) == before
    store = Store(f"sqlite:///{old}")
    assert store.schema_before == 1
    store.close()


def test_every_version_has_its_step() -> None:
    """And every table that is kept exists."""
    assert set(STEPS) == set(range(2, VERSION + 1))
    assert set(schema.SCHEMA.tables) >= KEPT


def test_a_new_store_is_what_the_schema_says() -> None:
    """Every table and every index, made from the texts that are kept, as SQLAlchemy itself makes them."""

    def shape(engine: Engine) -> list[tuple[str, ...]]:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT type, name, sql FROM sqlite_master ORDER BY type, name"))
            return [tuple(" ".join(str(value).split()) for value in row) for row in found]

    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        schema.SCHEMA.create_all(connection)
    for _ in range(2):
        store = Store()
        assert shape(store.engine) == shape(engine)
        store.close()
    engine.dispose()


def test_indexes_of_some_rows_are_of_no_others(tmp_path: Path) -> None:
    """In a new store and in one whose tables are made anew."""
    path = tmp_path / "desk.sqlite"
    asked = "SELECT name, sql LIKE '% WHERE %' FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    Store(f"sqlite:///{path}").close()
    new = dict(_sql(path, asked))
    assert {name for name, partial in new.items() if partial} == {
        "ticket_resolved_at", "ticket_closed_at", "ticket_item", "ticket_due", "record_due"
    }  # fmt: skip
    _sql(path, "ALTER TABLE ticket ADD COLUMN strange TEXT")
    Store(f"sqlite:///{path}").close()
    assert dict(_sql(path, asked)) == new


def test_of_a_database_that_is_not_used_nothing_is_loaded() -> None:
    """It would be two megabytes of every process."""
    code = """
import sys
from connector.sync.store import Store
Store("sqlite://").close()
assert "sqlalchemy.dialects.postgresql" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
