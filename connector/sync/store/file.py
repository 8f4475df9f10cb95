"""The file of a store: whose it is, whether it is sound, and how a copy of it is made.

SQLite only; a PostgreSQL has its own administrators for all of this.
"""

import os
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

from connector.errors import StoreFailed

PRIVATE = 0o600
"""What may be done with a store: tickets are in it, and only the connector's own user reads them."""
PARTS = ("", "-wal", "-shm")
"""A store is these files together."""
SAVED = ("journal", "pass", "figure", "change", "observed")
"""Tables that are taken out of a damaged store as far as they can be read: the instance has no copy."""


def make_private(path: Path) -> str:
    """Make the file for its owner only, and create it so; what had to be changed in words, or "".

    SQLite gives its log the permissions of the file itself. Raises `StoreFailed` where that is not possible.
    """
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE))
            return ""
        opened = _open_to_others(path)
        if not opened:
            return ""
        for part in PARTS:
            with suppress(FileNotFoundError):
                beside(path, part).chmod(PRIVATE)
    except OSError as error:
        raise StoreFailed(
            f"the store {path}: {error.strerror}; may this user write the file and its folder, and is it "
            "this user's own? [store] path says where it is"
        ) from None
    return f"{path} could be read by others (mode {opened}); it is for its owner only now"


def _open_to_others(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:04o}" if mode & (stat.S_IRWXG | stat.S_IRWXO) else ""


def damage(path: Path) -> str:
    """What is wrong with the file, in SQLite's words; "" for a sound one or none.

    `quick_check` reads every page once: about a second for each GB of file that is in memory. Raises
    `StoreFailed` where the file cannot be opened at all, which is no damage.
    """
    if not path.exists() or path.stat().st_size == 0:
        return ""
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    except sqlite3.DatabaseError as error:
        if _passing(error):
            raise StoreFailed(f"the store {path}: {error}") from None
        return str(error)
    return "" if said == ["ok"] else "; ".join(" ".join(each.split()) for each in said)


def _passing(error: sqlite3.DatabaseError) -> bool:
    """Locked, full or forbidden: nothing that a new file would mend."""
    words = str(error)
    return any(sign in words for sign in ("locked", "full", "unable to open", "readonly"))


def set_aside(path: Path, stamp: str) -> Path:
    """Move a damaged store out of the way, kept for whoever wants to look; where it is now."""
    place = beside(path, f".damaged-{stamp}")
    number = 1
    while place.exists():
        number += 1
        place = beside(path, f".damaged-{stamp}-{number}")
    for part in PARTS:
        with suppress(FileNotFoundError):
            beside(path, part).rename(beside(place, part))
    return place


def rescue(damaged: Path, path: Path) -> int:
    """Take what the instance has no copy of out of a damaged store into a new one; how many rows.

    Row by row from both ends of each table, until the damage. Only columns that both have.
    """
    saved = 0
    with closing(sqlite3.connect(path)) as target, suppress(sqlite3.DatabaseError):
        target.text_factory = bytes
        with closing(sqlite3.connect(damaged)) as source:
            source.text_factory = lambda raw: raw.decode("utf-8", "replace")
            for table in SAVED:
                with suppress(sqlite3.DatabaseError):
                    saved += _rescue(source, target, table)
    return saved


def _rescue(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> int:
    there = [row[1] for row in source.execute(f'PRAGMA table_info("{table}")')]
    columns = [
        name
        for row in target.execute(f'PRAGMA table_info("{table}")')
        if (name := _text(row[1])) in there and name != "id"
    ]
    if not columns:
        return 0
    named = ", ".join(f'"{name}"' for name in columns)
    into = f'INSERT OR IGNORE INTO "{table}" ({named}) VALUES ({", ".join("?" * len(columns))})'
    found: dict[int, tuple[object, ...]] = {}
    for order in ("ASC", "DESC"):
        with suppress(sqlite3.DatabaseError):
            for rowid, *row in source.execute(f'SELECT rowid, {named} FROM "{table}" ORDER BY rowid {order}'):
                if rowid in found:
                    break
                found[rowid] = tuple(row)
    with target:
        target.executemany(into, [found[rowid] for rowid in sorted(found)])
    return len(found)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def copy(path: Path, to: Path) -> int:
    """Copy a store that may be in use into ``to``, which is sound when this returns; its size in bytes.

    SQLite's own backup: one moment of the store, whatever is written meanwhile. It comes beside ``to`` first
    and takes its place whole. Raises `StoreFailed`.
    """
    if not path.exists():
        raise StoreFailed(f"there is no store {path} to copy")
    if to.exists() and to.samefile(path):
        raise StoreFailed(f"{to} is the store itself; name another file")
    if not to.absolute().parent.is_dir():
        raise StoreFailed(f"{to}: there is no folder {to.absolute().parent}")
    half = beside(to, ".part")
    try:
        half.unlink(missing_ok=True)
        make_private(half)
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(half)) as target,
        ):
            source.backup(target, pages=4096, sleep=0.05)
            target.execute("PRAGMA journal_mode=DELETE")
        wrong = damage(half)
        if wrong:
            raise StoreFailed(f"the copy of {path} is damaged ({wrong}); it was not put in place")
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(to)
    except sqlite3.DatabaseError as error:
        raise StoreFailed(f"the store {path} could not be copied to {to}: {error}") from None
    except OSError as error:
        raise StoreFailed(f"{to}: {error.strerror}; may this user write there, and is there room?") from None
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
    return to.stat().st_size


def beside(path: Path, ending: str) -> Path:
    """The file of the same name with something behind it."""
    return path.with_name(path.name + ending)
