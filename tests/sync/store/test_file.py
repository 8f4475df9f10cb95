"""The file of the store: for its owner only, checked, set aside, rescued, copied."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from connector.errors import StoreFailed
from connector.sync.store import JournalEntry, Store, back_up, open_sound
from connector.sync.store.file import damage

TICKET = f"{1:032x}"


def _entry(number: int) -> JournalEntry:
    return JournalEntry(number, number, TICKET, "INC1", "incident", TICKET, detail="x" * 200)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store of a test is."""
    return tmp_path / "desk.sqlite"


def test_it_is_for_its_owner_only(path: Path) -> None:
    """The file, its log and its index; one that others could read is closed to them, and that is said."""
    store = Store(f"sqlite:///{path}")
    store.record_pass(1, ok=True)
    assert {_mode(each) for each in path.parent.iterdir()} == {0o600}
    store.close()
    path.chmod(0o644)
    store, told = open_sound(f"sqlite:///{path}", "now")
    store.close()
    assert _mode(path) == 0o600
    assert "could be read by others (mode 0644)" in told[0]


def _with_journal(path: Path, entries: int) -> None:
    store = Store(f"sqlite:///{path}")
    store.journal([_entry(number) for number in range(entries)])
    store.save_tickets([{"sys_id": TICKET, "number": "INC1", "sys_updated_on": "2026-06-01 00:00:00"}], 1)
    store.close()


def _break(path: Path, part: float) -> None:
    """Overwrite a leaf of the journal's tree; 0: the first, 1: the last."""
    content = path.read_bytes()
    pages = range(0, len(content), 4096)
    leaves = [at for at in pages if content[at] == 0x0D and b"x" * 200 in content[at : at + 4096]]
    with path.open("r+b") as file:
        file.seek(leaves[round((len(leaves) - 1) * part)])
        file.write(b"\xa5" * 4096)


@pytest.mark.parametrize("part", [0, 0.5, 1])
def test_a_damaged_store_is_set_aside_and_what_can_be_read_of_its_journal_is_kept(
    path: Path, part: float
) -> None:
    """The new one works, reads anew, and the old file is still there."""
    _with_journal(path, 400)
    _break(path, part)
    assert damage(path)
    store, told = open_sound(f"sqlite:///{path}", "20260601T000000Z")
    assert "was damaged" in told[0]
    assert "desk.sqlite.damaged-20260601T000000Z" in told[0]
    assert (path.parent / "desk.sqlite.damaged-20260601T000000Z").exists()
    assert store.cursor("incident") is None
    assert store.count() == 0
    kept = store.journalled(limit=1000)
    assert 380 <= len(kept) < 400, "a page holds about ten entries; all others can be read"
    assert [entry.at for entry in kept] == sorted((entry.at for entry in kept), reverse=True)
    store.close()
    assert damage(path) == ""


def test_a_file_that_is_no_store_is_set_aside(path: Path) -> None:
    """Twice, under names of their own."""
    for expected in ("desk.sqlite.damaged-now", "desk.sqlite.damaged-now-2"):
        path.write_bytes(b"not a database at all" * 100)
        store, told = open_sound(f"sqlite:///{path}", "now")
        assert "not a database" in told[-1]
        store.close()
        assert (path.parent / expected).exists()
        path.unlink()


def test_a_sound_store_is_opened_as_it_is(path: Path) -> None:
    """Nothing is told of it, nothing is moved."""
    _with_journal(path, 3)
    store, told = open_sound(f"sqlite:///{path}", "now")
    assert told == []
    assert store.count() == 1
    store.close()
    memory, told = open_sound("sqlite://", "now")
    assert told == []
    memory.close()


def test_a_copy_is_one_moment_of_a_store_in_use(path: Path, tmp_path: Path) -> None:
    """Somebody writes all the while; the copy is sound, private, and a whole number of transactions."""
    store = Store(f"sqlite:///{path}")
    store.journal([_entry(0), _entry(1)])
    over = threading.Event()

    def writes() -> None:
        number = 2
        while not over.is_set():
            store.journal([_entry(number), _entry(number + 1)])
            number += 2

    thread = threading.Thread(target=writes)
    thread.start()
    try:
        size = back_up(f"sqlite:///{path}", tmp_path / "copy")
    finally:
        over.set()
        thread.join()
    store.close()
    assert size == (tmp_path / "copy").stat().st_size
    assert _mode(tmp_path / "copy") == 0o600
    with closing(sqlite3.connect(tmp_path / "copy")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) % 2 FROM journal").fetchone() == (0,)
    restored = Store(f"sqlite:///{tmp_path / 'copy'}")
    assert restored.journalled(TICKET)
    restored.close()


def test_a_copy_that_cannot_be_made_leaves_what_is_there(path: Path, tmp_path: Path) -> None:
    """No store, onto itself, into no folder, of a damaged one: said, and nothing half is left."""
    with pytest.raises(StoreFailed, match="there is no store"):
        back_up(f"sqlite:///{path}", tmp_path / "copy")
    _with_journal(path, 400)
    with pytest.raises(StoreFailed, match="the store itself"):
        back_up(f"sqlite:///{path}", path)
    with pytest.raises(StoreFailed, match="there is no folder"):
        back_up(f"sqlite:///{path}", tmp_path / "none" / "copy")
    (tmp_path / "copy").write_text("the copy of yesterday")
    _break(path, 0.6)
    with pytest.raises(StoreFailed, match="damaged"):
        back_up(f"sqlite:///{path}", tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "the copy of yesterday"
    assert not list(tmp_path.glob("*.part"))
