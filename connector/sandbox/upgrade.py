"""A state file that an earlier sandbox wrote, brought to what this one expects.

What is new comes along: tables, columns, indexes and the rows that a fresh instance has.  A stock row that
somebody had deleted comes back by this.  Nothing of their own is touched.
"""

import sqlite3
from zlib import crc32

_STRUCTURE = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name"
_STOCK_ROWS = "sys_created_by = 'system'"


def marked(db: sqlite3.Connection) -> None:
    """Write down which structure these storages have."""
    db.execute(f"PRAGMA user_version = {_mark(db)}")


def upgrade(db: sqlite3.Connection, fresh: sqlite3.Connection) -> bool:
    """Make `db` have everything that the fresh instance has; whether there was anything to do.

    A file of this very structure is not looked at any further.
    """
    mark = fresh.execute("PRAGMA user_version").fetchone()[0]
    if db.execute("PRAGMA user_version").fetchone()[0] == mark:
        return False
    db.execute("BEGIN")
    try:
        known = {name for _, name, _ in db.execute(_STRUCTURE)}
        for kind, name, sql in fresh.execute(_STRUCTURE).fetchall():
            if name not in known:
                db.execute(sql)
            elif kind == "table":
                _widen(db, fresh, name)
        if "cmdb" not in known and "cmdb_ci" in known:
            _gather(db)
        for kind, name, _ in fresh.execute(_STRUCTURE).fetchall():
            if kind == "table":
                _fill(db, fresh, name)
        db.execute(f"PRAGMA user_version = {mark}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return True


def _mark(db: sqlite3.Connection) -> int:
    text = "\n".join(sql for _, _, sql in db.execute(_STRUCTURE))
    return crc32(text.encode()) & 0x7FFFFFFF


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in db.execute(f'PRAGMA table_info("{table}")')]


def _widen(db: sqlite3.Connection, fresh: sqlite3.Connection, table: str) -> None:
    """The columns that are new."""
    there = set(_columns(db, table))
    for declared in _declared(fresh, table):
        if declared.split('"')[1] not in there:
            db.execute(f'ALTER TABLE "{table}" ADD COLUMN {declared}')
            if declared.startswith('"sys_class_name"'):  # tables extend it since then
                db.execute(f'UPDATE "{table}" SET sys_class_name = ?', (table,))


def _declared(db: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table as they were declared."""
    sql = str(db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])
    return sql.partition("(")[2].rstrip(")").split(", ")


def _fill(db: sqlite3.Connection, fresh: sqlite3.Connection, table: str) -> None:
    """The rows that come with an instance and are not there."""
    names = _columns(fresh, table)
    if "sys_created_by" not in names:
        return
    listed, places = ",".join(f'"{name}"' for name in names), ",".join("?" * len(names))
    rows = fresh.execute(f'SELECT {listed} FROM "{table}" WHERE {_STOCK_ROWS}').fetchall()
    db.executemany(f'INSERT OR IGNORE INTO "{table}" ({listed}) VALUES ({places})', rows)


def _gather(db: sqlite3.Connection) -> None:
    """Configuration items lie in `cmdb`, which used to begin at `cmdb_ci`."""
    for name in _columns(db, "cmdb_ci"):
        if name not in _columns(db, "cmdb"):
            db.execute(f"ALTER TABLE cmdb ADD COLUMN \"{name}\" TEXT NOT NULL DEFAULT '' COLLATE NOCASE")
    listed = ",".join(f'"{name}"' for name in _columns(db, "cmdb_ci"))
    db.execute(f"INSERT INTO cmdb ({listed}) SELECT {listed} FROM cmdb_ci")
    db.execute("DROP TABLE cmdb_ci")
    db.execute("DELETE FROM sys_db_object WHERE name = 'cmdb_ci' AND sys_created_by = 'system'")
    db.execute("DELETE FROM sys_dictionary WHERE name = 'cmdb_ci' AND sys_created_by = 'system'")
