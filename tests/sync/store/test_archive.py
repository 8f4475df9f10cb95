"""The journal is rotated by age and by number, and nothing of it is lost."""

import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import StoreFailed
from connector.sync.store import JournalEntry, Store, archive

TICKETS = [f"{number:032x}" for number in range(3)]


def _entry(number: int) -> JournalEntry:
    ticket = TICKETS[number % 3]
    return JournalEntry(number, number, ticket, f"INC{number % 3}", "incident", ticket, detail="坏了")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """In a file, with thirty entries of three tickets."""
    one = Store(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    one.journal(map(_entry, range(30)))
    yield one
    one.close()


def _all(store: Store) -> list[int]:
    return [entry.at for entry in store.journalled(limit=1000)]


def test_by_age_and_by_number_and_nothing_is_lost(store: Store) -> None:
    """Entries leave the store for a private file, and are still told in their order, of each ticket."""
    assert store.rotate(before=10, most=1000) == 10
    assert store.rotate(before=0, most=5) == 15
    assert store.rotate(before=0, most=5) == 0
    assert _all(store) == list(range(29, -1, -1))
    assert [entry.at for entry in store.journalled(TICKETS[1])] == list(range(28, 0, -3))
    assert [entry.at for entry in store.journalled(limit=7)] == list(range(29, 22, -1))
    assert store.archive is not None
    files = sorted(store.archive.iterdir())
    assert [file.name for file in files] == [
        "1970-01-01T000000Z-10.jsonl.gz",
        "1970-01-01T000010Z-15.jsonl.gz",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(store.archive.stat().st_mode) == 0o700


def test_an_end_between_writing_and_deleting_tells_nothing_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries are in the file and in the store; the next rotation goes on from there."""

    def killed(*_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("connector.sync.store.ledger.delete", killed)
        with pytest.raises(KeyboardInterrupt):
            store.rotate(before=10, most=1000)
    assert _all(store) == list(range(29, -1, -1))
    store.rotate(before=12, most=1000)
    assert _all(store) == list(range(29, -1, -1))


def test_a_folder_that_cannot_be_written_moves_nothing(store: Store) -> None:
    """The journal stays where it is, and the message says so."""
    assert store.archive is not None
    store.archive.write_text("a file is in the way")
    with pytest.raises(StoreFailed, match="stays in the store"):
        store.rotate(before=10, most=1000)
    store.archive.unlink()
    assert _all(store) == list(range(29, -1, -1))


def test_a_store_in_memory_keeps_its_journal() -> None:
    """There is nowhere to rotate it to."""
    store = Store()
    store.journal([_entry(1)])
    assert store.rotate(before=100, most=0) == 0
    assert len(store.journalled()) == 1
    store.close()


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_whatever_is_rotated_when_the_journal_is_the_same(rotations: list[tuple[int, int]]) -> None:
    """A property: any sequence of rotations leaves every entry, once, in its order."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/desk.sqlite")
        store.journal(map(_entry, range(30)))
        for before, most in rotations:
            store.rotate(before, most)
        assert _all(store) == list(range(29, -1, -1))
        store.close()


def test_a_file_that_somebody_broke_is_passed_over(store: Store) -> None:
    """The other entries are told."""
    store.rotate(before=10, most=1000)
    assert store.archive is not None
    (store.archive / f"1969{archive.ENDING}").write_bytes(b"broken")
    assert len(_all(store)) == 30
