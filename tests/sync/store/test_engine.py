"""Which databases the store works with, and how."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.dialects import postgresql

from connector.errors import SettingsError
from connector.sync.store import Store, schema
from connector.sync.store.engine import Setter, Upsert


def test_the_file_is_written_safely(tmp_path: Path) -> None:
    """A write-ahead log and full synchronisation: the journal is the proof of what was sent."""
    store = Store(f"sqlite:///{tmp_path}/desk.db")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_another_database_is_refused() -> None:
    """Only what the one module knows."""
    with pytest.raises(SettingsError, match="mysql"):
        Store("mysql://localhost/x")


def test_the_statements_are_postgresql_s_too() -> None:
    """The hot statements compile for PostgreSQL with the same order of values."""
    engine = SimpleNamespace(dialect=postgresql.dialect(paramstyle="format"))  # type: ignore[no-untyped-call]
    columns = ("sys_id", "number", "opened_at", "resolved_at", "closed_at", "look_again", "row")
    upsert = Upsert(engine, schema.ticket, columns, compare="row", key="sys_id")  # type: ignore[arg-type]
    assert "ON CONFLICT (sys_id) DO UPDATE" in upsert._sql
    assert "%s" in Setter(engine, schema.ticket, ["look_again"], "sys_id")._sql  # type: ignore[arg-type]
