"""Cursors, quarantine, journal and passes."""

from contextlib import closing
from pathlib import Path

import pytest

from connector.sync.store import JournalEntry, Store
from tests.sync.store.incident import incident, sys_id_of


def test_rows_and_cursor_move_together(tmp_path: Path) -> None:
    """If the rows cannot be saved the cursor stays, and whoever opens it next sees either both or neither."""
    url = f"sqlite:///{tmp_path}/desk.db"

    def seen() -> tuple[int | None, int]:
        with closing(Store(url)) as other:
            return other.cursor("incident"), len(other.load([sys_id_of(1), sys_id_of(2)]))

    with closing(Store(url)) as store:
        store.save_tickets([incident(1)], 100)
        with pytest.raises(KeyError):
            store.save_tickets([incident(2, new_column="x"), {"number": "without an id"}], 200)
        assert (store.cursor("incident"), seen()) == (100, (100, 1))
        store.save_tickets([incident(2, new_column="x")], 200)
        assert (store.cursor("incident"), seen()) == (200, (200, 2))


def test_a_cursor_is_for_one_question(store: Store) -> None:
    """Another fingerprint, another question: it begins at the beginning."""
    store.save("incident", [], 100, fingerprint="a")
    assert store.cursor("incident", "a") == store.cursor("incident") == 100
    assert store.cursor("incident", "b") is None
    assert store.cursor("sys_audit") is None
    store.set_page("incident", 50)
    assert (store.page("incident"), store.cursor("incident", "a")) == (50, 100)
    store.set_page("sys_audit", 50)
    assert store.cursor("sys_audit", "") is None


def test_quarantine_keeps_the_first_sight_of_a_reason(store: Store) -> None:
    """Set aside, told once, let go when it can be read again."""
    store.quarantine("incident", sys_id_of(1), "state -100", 10)
    store.quarantine("incident", sys_id_of(1), "state -100", 20)
    store.quarantine("incident", sys_id_of(2), "no date", 30)
    assert [(q.sys_id, q.reason, q.at) for q in store.quarantined()] == [
        (sys_id_of(1), "state -100", 10),
        (sys_id_of(2), "no date", 30),
    ]
    store.quarantine("incident", sys_id_of(1), "no date", 40)
    store.release([sys_id_of(2)])
    assert [(q.sys_id, q.reason, q.at) for q in store.quarantined()] == [(sys_id_of(1), "no date", 40)]


def test_the_journal_only_grows_and_survives(tmp_path: Path) -> None:
    """What was sent is there after a restart, newest first, of one ticket or of all."""
    url = f"sqlite:///{tmp_path}/desk.db"
    entry = JournalEntry(
        10,
        11,
        sys_id_of(1),
        "INC1",
        "incident",
        sys_id_of(1),
        [["p", "R-C3", "late", "0a"]],
        [["s", "1", "2"]],
    )
    store = Store(url)
    store.journal([entry, entry._replace(ticket=sys_id_of(2), answer="written")])
    store.close()
    again = Store(url)
    again.journal([])
    assert [e.ticket for e in again.journalled()] == [sys_id_of(2), sys_id_of(1)]
    assert again.journalled(sys_id_of(1)) == [entry]
    again.close()


def test_passes_are_remembered(store: Store) -> None:
    """The newest first, and when one last went through."""
    assert store.last_good_pass() is None
    store.record_pass(10, ok=True, requests=3, judged=5, written=1)
    store.record_pass(20, ok=False, trouble="no answer")
    assert [(p.at, p.ok, p.trouble) for p in store.last_passes()] == [
        (20, False, "no answer"),
        (10, True, ""),
    ]
    assert store.last_good_pass() == 10
