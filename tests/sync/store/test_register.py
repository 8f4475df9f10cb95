"""Records other than incidents in the store: apart from the tickets, due like them."""

from contextlib import closing
from pathlib import Path

import pytest

from connector.sync.row import CALENDAR
from connector.sync.store import Store

CHANGE = {"sys_id": "c" * 32, "number": "CHG1", "state": "-5", "sys_updated_on": "2026-06-01 00:00:00"}
TASK = {"sys_id": "t" * 32, "incident": "", "parent": "c" * 32}


def test_records_are_no_tickets(store: Store) -> None:
    """Nothing that asks for tickets sees them; those that have not changed are not due again."""
    store.open_registers(["change_request"])
    assert store.save("change_request", [CHANGE], 100) == 1
    assert (store.count(), store.count_records("change_request")) == (0, 1)
    assert store.find_record("CHG1") == ("change_request", "c" * 32)
    assert store.find_number("CHG1") is None
    assert store.records_due("change_request", 0) == ["c" * 32]
    store.look_at_records_again({"c" * 32: 500})
    assert store.save("change_request", [CHANGE], 100) == 0
    assert (store.records_due("change_request", 499), store.next_due()) == ([], 500)
    assert store.save("change_request", [CHANGE | {"state": "-4"}], 100) == 1
    assert store.next_due() == 0


def test_what_belongs_to_a_record_makes_it_due(store: Store) -> None:
    """A task of ours with the record as its parent, and a change of its past."""
    store.open_registers(["change_request"])
    store.save("change_request", [CHANGE])
    for table, row in (
        ("incident_task", TASK),
        ("sys_audit", {"sys_id": "a" * 32, "documentkey": "c" * 32, "fieldname": "state"}),
    ):
        store.look_at_records_again({"c" * 32: None})
        assert store.records_due("change_request", 2**40) == []
        store.save(table, [row])
        assert store.records_due("change_request", 0) == ["c" * 32]
    (found,) = store.load_records(["c" * 32, "no such"])
    assert ([row["sys_id"] for row in found.tasks], len(found.changes)) == (["t" * 32], 1)


def test_a_task_without_a_record_belongs_to_the_calendar(store: Store) -> None:
    """And makes it due."""
    store.open_registers([CALENDAR])
    store.save(CALENDAR, [{"sys_id": CALENDAR, "number": "CALENDAR"}])
    store.look_at_records_again({CALENDAR: None})
    store.save("incident_task", [TASK | {"parent": ""}])
    assert store.records_due(CALENDAR, 0) == [CALENDAR]
    assert len(store.load_records([CALENDAR])[0].tasks) == 1


def test_tables_that_are_not_wanted_any_more_are_dropped(tmp_path: Path) -> None:
    """With where reading them stood, so that they are read anew when they return."""
    url = f"sqlite:///{tmp_path}/desk.db"
    with closing(Store(url)) as store:
        store.open_registers(["change_request", "problem"])
        store.save("change_request", [CHANGE], 100)
        store.save("problem", [CHANGE | {"sys_id": "p" * 32, "number": "PRB1"}], 100)
    with closing(Store(url)) as store:
        store.open_registers(["problem"])
        assert (store.count_records("change_request"), store.count_records("problem")) == (0, 1)
        assert (store.cursor("change_request"), store.cursor("problem")) == (None, 100)
        with pytest.raises(KeyError):
            store.save("change_request", [CHANGE])


def test_records_that_are_gone_are_dropped(store: Store) -> None:
    """As rows beside the tickets are."""
    store.open_registers(["change_request"])
    store.save("change_request", [CHANGE])
    assert store.known("change_request") == ["c" * 32]
    store.drop("change_request", ["c" * 32])
    assert store.known("change_request") == []
