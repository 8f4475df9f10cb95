"""The mirror, its questions and the ledger, as one database."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql

from connector.errors import SettingsError
from connector.sync.history import Change
from connector.sync.store import JournalEntry, Mirrored, Store, Waiting, schema
from connector.sync.store.engine import Setter, Upsert

NEVER = 2**40


def _id(number: int) -> str:
    return f"{number:032x}"


def _ticket(number: int, **more: str) -> dict[str, str]:
    return {
        "sys_id": _id(number),
        "number": f"INC{number}",
        "opened_at": "2026-06-01 00:00:00",
        "sys_updated_on": "2026-06-01 00:00:00",
        "sys_mod_count": "0",
        "resolved_at": "",
        "closed_at": "",
        **more,
    }


def _settled(store: Store, *numbers: int) -> None:
    """These tickets are mirrored, and nothing is due."""
    store.save_tickets([_ticket(number) for number in numbers], 1)
    store.look_again(dict.fromkeys(map(_id, numbers)))


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.none() | st.integers(), max_size=4),
        max_size=5,
    )
)
def test_a_row_comes_back_as_it_was(rows: list[dict[str, object]]) -> None:
    """Whatever columns and values a row has, it is the same texts again, whatever came before it; and it is
    in these texts that it is shown before it is kept.
    """
    given_rows = [{**row, "sys_id": _id(index)} for index, row in enumerate(rows)]
    shown: list[Mirrored] = []

    def look(mirrored: Sequence[Mirrored], _: Waiting) -> Waiting:
        shown.extend(mirrored)
        return {}

    with closing(Store()) as store:
        store.save("incident", given_rows, look=look)  # type: ignore[arg-type]
        found = {m.row["sys_id"]: m.row for m in store.load([_id(index) for index in range(len(rows))])}
    assert {one.row["sys_id"]: one.row for one in shown} == found
    for row in given_rows:
        for column, value in row.items():
            text = "" if value is None else str(value)
            expected = text.encode("utf-8", "replace").decode().replace("\x1f", " ")
            assert found[str(row["sys_id"])][column] == expected


def test_half_a_character_does_not_stop_the_store(store: Store) -> None:
    """A text cut within an emoji is kept without the half."""
    store.save_tickets([_ticket(1, short_description="坏了\ud83d")])
    assert store.load([_id(1)])[0].row["short_description"] == "坏了?"


def test_what_changed_is_due_and_what_did_not_is_not(store: Store) -> None:
    """The same row again is no news; another value is, at once."""
    assert store.save_tickets([_ticket(1), _ticket(2)], 10) == 2
    assert store.due(0) == [_id(1), _id(2)]
    store.look_again({_id(1): 500, _id(2): None})
    assert store.save_tickets([_ticket(1), _ticket(2)], 11) == 0
    assert store.due(499) == []
    assert store.due(500) == [_id(1)]
    assert store.next_due() == 500
    assert store.save_tickets([_ticket(2, state="2")], 12) == 1
    assert store.due(0) == [_id(2)]


BELONGINGS: list[tuple[str, Callable[[Store, dict[str, str]], int], dict[str, str]]] = [
    ("change", Store.save_changes, {"documentkey": _id(1), "fieldname": "state"}),
    ("task", Store.save_tasks, {"incident": _id(1)}),
    ("article by number", Store.save_articles, {"source": "INC1"}),
    ("article by id", Store.save_articles, {"source": _id(1)}),
    ("link", Store.save_links, {"task": _id(1), "kb_knowledge": _id(7)}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "save", "row"), BELONGINGS, ids=[what for what, _, _ in BELONGINGS])
def test_what_belongs_to_a_ticket_makes_it_due(
    store: Store, what: str, save: Callable[..., int], row: dict[str, str]
) -> None:
    """A crash between polling and judging loses nothing, for being due is saved with the row."""
    _settled(store, 1, 2)
    assert save(store, [{"sys_id": _id(9), **row}], 5) == 1
    assert store.due(NEVER) == [_id(1)], what
    _settled(store, 1)
    assert save(store, [{"sys_id": _id(9), **row}], 6) == 0
    assert store.due(NEVER) == []


def test_an_article_that_changes_reaches_the_tickets_it_is_attached_to(store: Store) -> None:
    """Published since: every ticket that has it attached is looked at again."""
    store.save_articles([{"sys_id": _id(7), "number": "KB7", "source": "x", "workflow_state": "draft"}])
    store.save_links([{"sys_id": _id(8), "task": _id(2), "kb_knowledge": _id(7)}])
    _settled(store, 1, 2)
    store.save_articles([{"sys_id": _id(7), "number": "KB7", "source": "x", "workflow_state": "published"}])
    assert store.due(NEVER) == [_id(2)]
    (mirrored,) = store.load([_id(2)])
    assert [(a["number"], a["workflow_state"], a["linked"]) for a in mirrored.articles] == [
        ("KB7", "published", "true")
    ]


def test_all_that_belongs_to_a_ticket_comes_with_it(store: Store) -> None:
    """Changes in order of time, tasks, articles born from it and attached, each once."""
    _settled(store, 1, 2)
    audit = {"documentkey": _id(1), "fieldname": "state", "user": "wang"}
    store.save_changes(
        [
            audit
            | {"sys_id": _id(21), "oldvalue": "2", "newvalue": "6", "sys_created_on": "2026-06-01 02:00:00"},
            audit
            | {"sys_id": _id(22), "oldvalue": "1", "newvalue": "2", "sys_created_on": "2026-06-01 01:00:00"},
        ]
    )
    store.save_tasks([{"sys_id": _id(31), "incident": _id(1), "state": "1"}])
    store.save_articles([{"sys_id": _id(41), "number": "KB1", "source": "INC1"}])
    store.save_links(
        [
            {"sys_id": _id(51), "task": _id(1), "kb_knowledge": _id(41)},
            {"sys_id": _id(52), "task": _id(1), "kb_knowledge": _id(42)},
        ]
    )
    one, two = store.load([_id(1), _id(2), _id(3)])
    assert one.changes == [
        Change(1_780_275_600, "state", "1", "2", "wang"),
        Change(1_780_279_200, "state", "2", "6", "wang"),
    ]
    assert [task["sys_id"] for task in one.tasks] == [_id(31)]
    assert [(a["sys_id"], a["linked"]) for a in one.articles] == [(_id(41), "true"), (_id(42), "true")]
    assert (len(two.changes), len(two.tasks), len(two.articles)) == (0, 0, 0)


def test_what_people_wrote_is_not_kept(store: Store) -> None:
    """Of a work note only the fact remains, with who and when."""
    _settled(store, 1)
    note = {
        "sys_id": _id(9),
        "documentkey": _id(1),
        "fieldname": "work_notes",
        "newvalue": "密",
        "user": "wang",
    }
    store.save_changes([note | {"sys_created_on": "2026-06-01 00:00:00"}])
    assert store.load([_id(1)])[0].changes == [Change(1_780_272_000, "work_notes", "", "", "wang")]


def test_a_metric_comes_again_when_its_span_ends(store: Store) -> None:
    """Each version makes its ticket due once; what nobody needs of it is not kept."""
    _settled(store, 1, 2)
    span = {"sys_id": _id(9), "field": "state", "field_value": "2", "start": "2026-06-01 01:00:00", "end": ""}
    row = {**span, "id": _id(1), "sys_mod_count": "0", "sys_updated_on": "2026-06-01 01:00:30"}
    assert store.save_metrics([row], 5) == 1
    assert store.due(NEVER) == [_id(1)]
    assert store.load([_id(1)])[0].metrics == [span]
    _settled(store, 1)
    ended = {"end": "2026-06-01 02:00:00", "sys_mod_count": "1"}
    assert [store.save_metrics([each], 6) for each in (row, row | ended, row | ended)] == [0, 1, 0]
    assert store.due(NEVER) == [_id(1)]
    assert [metric["end"] for metric in store.load([_id(1)])[0].metrics] == ["2026-06-01 02:00:00"]


@pytest.mark.parametrize("again", [None, 0, 500, 900])
@pytest.mark.parametrize("more", [{"sys_mod_count": "1"}, {"state": "2"}, {"number": "INC7"}])
def test_an_instant_given_for_a_changed_ticket_is_kept(
    store: Store, again: int | None, more: dict[str, str]
) -> None:
    """Whether it is the one that was known (500) or another, whatever of the ticket has changed."""
    store.save_tickets([_ticket(1, state="1"), _ticket(2, state="1")])
    store.look_again({_id(1): 500, _id(2): 500})
    changed = _ticket(1, state="1") | more
    assert store.save("incident", [changed], look=lambda *_: {_id(1): again}) == 1
    assert [one.row for one in store.load([_id(1)])] == [changed]
    assert store.due(499) == ([_id(1)] if again == 0 else [])
    assert set(store.due(500)) == {_id(2)} | ({_id(1)} if again in (0, 500) else set())
    assert set(store.due(900)) == {_id(2)} | ({_id(1)} if again is not None else set())


def test_columns_may_come_in_any_order_and_others_in_between(store: Store) -> None:
    """As many columns are not the same columns."""
    row = _ticket(1)
    other = {"state" if column == "number" else column: value for column, value in _ticket(2).items()}
    turned = dict(reversed(_ticket(3).items()))
    store.save_tickets([row, other, turned])
    assert [one.row for one in store.load([_id(1), _id(2), _id(3)])] == [row, other, turned]
    assert store.save_tickets([dict(reversed(row.items())), other, _ticket(3)]) == 0


@pytest.mark.parametrize(("was", "now"), [("ab", "a"), ("a", "ab"), ("", "a"), ("a", "")])
def test_a_ticket_is_only_touched_where_nothing_but_the_stamps_differs(
    store: Store, was: str, now: str
) -> None:
    """Also where the last value before them begins as the one that was known."""
    told: list[Waiting] = []

    def look(_: Sequence[Mirrored], touched: Waiting) -> Waiting:
        told.append(dict(touched))
        return {}

    store.save("incident", [_ticket(1, u_level=was)], look=look)
    store.save("incident", [_ticket(1, u_level=now, sys_mod_count="1")], look=look)
    store.save("incident", [_ticket(1, u_level=now, sys_mod_count="2")], look=look)
    assert told == [{}, {}, {_id(1): 0}]


def test_what_belongs_to_a_forgotten_ticket_stays(store: Store) -> None:
    """It had been hidden, not deleted: when it comes back, no poll tells its past again."""
    _settled(store, 1)
    span = {"sys_id": _id(9), "field": "state", "field_value": "2", "start": "2026-06-01 01:00:00", "end": ""}
    stamps = {"id": _id(1), "sys_mod_count": "0", "sys_updated_on": "2026-06-01 01:00:30"}
    store.save_metrics([{**span, **stamps}], 5)
    (before,) = store.load([_id(1)])
    store.forget([_id(1)])
    assert store.load([_id(1)]) == []
    store.save_tickets([_ticket(1)])
    assert store.load([_id(1)])[0].metrics == before.metrics == [span]


def test_changes_by_own_observation(store: Store) -> None:
    """Where sys_audit may not be read, two sights of a ticket tell what changed between them, once."""
    watch = ("state", "assigned_to")
    later = _ticket(
        1, state="2", sys_updated_on="2026-06-01 01:00:00", sys_mod_count="1", sys_updated_by="wang"
    )
    store.save("incident", [_ticket(1, state="1")], 1, observe=watch)
    for _ in range(2):
        store.save("incident", [later], 2, observe=watch)
    assert store.load([_id(1)])[0].changes == [Change(1_780_275_600, "state", "1", "2", "wang")]


@given(st.integers(0, 40), st.integers(1, 7), st.randoms(use_true_random=False))
def test_chunks_of_due_tickets_hold_each_once(count: int, limit: int, dice: object) -> None:
    """Whatever is set while going through them, every due ticket is told once."""
    told: list[str] = []
    after = ""
    with closing(Store()) as store:
        store.save_tickets([_ticket(number) for number in range(count)])
        while chunk := store.due(5, limit, after):
            told += chunk
            after = max(chunk)
            store.look_again(dict.fromkeys(chunk[::2], 0) | dict.fromkeys(chunk[1::2], 9))
    assert sorted(told) == [_id(number) for number in range(count)]


def test_tickets_by_what_happened_when(store: Store) -> None:
    """Opened, resolved, closed: half-open stretches of time."""
    store.save_tickets(
        [
            _ticket(1),
            _ticket(2, resolved_at="2026-06-02 00:00:00"),
            _ticket(3, opened_at="2026-05-01 00:00:00", closed_at="2026-06-03 00:00:00"),
            _ticket(4, opened_at="nonsense"),
        ]
    )
    day = 86_400
    june = 1_780_272_000
    assert store.opened_between(june, june + 1) == [_id(1), _id(2)]
    assert store.opened_between(june - 1, june) == []
    assert store.closed_between(june + 2 * day, june + 3 * day) == [_id(3)]
    assert store.touched_between(june + day, june + 3 * day) == [_id(2), _id(3)]
    assert store.not_closed() == [_id(1), _id(2), _id(4)]
    assert (store.count(), store.count_open()) == (4, 2)
    assert store.find_number("INC3") == _id(3)
    assert store.find_number("INC9") is None
    assert list(store.everything(3)) == [[_id(1), _id(2), _id(3)], [_id(4)]]
    store.forget([_id(3), _id(9)])
    assert store.count() == 3


def test_calls_in_order_of_time(store: Store) -> None:
    """Calls of a stretch of time, as rows."""
    rows = [
        {"sys_id": _id(number), "opened_at": f"2026-06-01 0{9 - number}:00:00", "state": "new"}
        for number in range(1, 4)
    ]
    store.save_calls(rows, 1)
    june = 1_780_272_000
    assert [row["sys_id"] for row in store.calls_between(june, june + 8 * 3600)] == [_id(3), _id(2)]


def test_rows_and_cursor_move_together(tmp_path: Path) -> None:
    """If the rows cannot be saved the cursor stays, and whoever opens it next sees either both or neither."""
    url = f"sqlite:///{tmp_path}/desk.db"

    def seen() -> tuple[int | None, int]:
        with closing(Store(url)) as other:
            return other.cursor("incident"), len(other.load([_id(1), _id(2)]))

    with closing(Store(url)) as store:
        store.save_tickets([_ticket(1)], 100)
        with pytest.raises(KeyError):
            store.save_tickets([_ticket(2, new_column="x"), {"number": "without an id"}], 200)
        assert (store.cursor("incident"), seen()) == (100, (100, 1))
        store.save_tickets([_ticket(2, new_column="x")], 200)
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
    store.quarantine("incident", _id(1), "state -100", 10)
    store.quarantine("incident", _id(1), "state -100", 20)
    store.quarantine("incident", _id(2), "no date", 30)
    assert [(q.sys_id, q.reason, q.at) for q in store.quarantined()] == [
        (_id(1), "state -100", 10),
        (_id(2), "no date", 30),
    ]
    store.quarantine("incident", _id(1), "no date", 40)
    store.release([_id(2)])
    assert [(q.sys_id, q.reason, q.at) for q in store.quarantined()] == [(_id(1), "no date", 40)]


def test_the_journal_only_grows_and_survives(tmp_path: Path) -> None:
    """What was sent is there after a restart, newest first, of one ticket or of all."""
    url = f"sqlite:///{tmp_path}/desk.db"
    entry = JournalEntry(
        10, 11, _id(1), "INC1", "incident", _id(1), [["p", "R-C3", "late", "0a"]], [["s", "1", "2"]]
    )
    store = Store(url)
    store.journal([entry, entry._replace(ticket=_id(2), answer="written")])
    store.close()
    again = Store(url)
    again.journal([])
    assert [e.ticket for e in again.journalled()] == [_id(2), _id(1)]
    assert again.journalled(_id(1)) == [entry]
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


def test_the_file_is_written_safely(tmp_path: Path) -> None:
    """A write-ahead log and full synchronisation: the journal is the proof of what was sent."""
    store = Store(f"sqlite:///{tmp_path}/desk.db")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_what_is_due_is_found_by_its_index(store: Store) -> None:
    """Of a million tickets, those due are found without looking at the others."""
    with store.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT sys_id FROM ticket WHERE look_again <= 5 ORDER BY look_again, id"
        ).fetchall()
    assert "USING INDEX ticket_due" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


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


_MOMENTS = st.integers(0, 6)


@given(
    st.lists(st.tuples(st.sampled_from(("", "a", "b")), _MOMENTS | st.none()), max_size=12),
    _MOMENTS,
    _MOMENTS,
    st.integers(1, 4),
)
def test_the_last_that_were_solved_of_an_item(
    told: list[tuple[str, int | None]], start: int, end: int, most: int
) -> None:
    """Those of the item alone, resolved in the time asked for, the last first, and no more than asked for."""
    rows = [
        _ticket(n, cmdb_ci=item, resolved_at="" if at is None else f"1970-01-01 00:00:0{at}")
        for n, (item, at) in enumerate(told)
    ]
    with closing(Store()) as store:
        store.save_tickets(rows)
        found = store.solved_before("a", start, end, most)
    fitting = [
        (-at, _id(n))
        for n, (item, at) in enumerate(told)
        if item == "a" and at is not None and start <= at < end
    ]
    assert found == [sys_id for _, sys_id in sorted(fitting)[:most]]


def test_an_item_is_found_anew_when_a_ticket_moves_to_another() -> None:
    """Whether it is the item, the resolution or the opening again that changes."""
    with closing(Store()) as store:
        solved = _ticket(1, cmdb_ci="a", resolved_at="1970-01-01 00:00:05")
        store.save_tickets([solved])
        assert store.solved_before("a", 0, 10, 5) == [_id(1)]
        store.save_tickets([solved | {"cmdb_ci": "b"}])
        assert (store.solved_before("a", 0, 10, 5), store.solved_before("b", 0, 10, 5)) == ([], [_id(1)])
        store.save_tickets([solved | {"resolved_at": ""}])
        assert store.solved_before("b", 0, 10, 5) == store.solved_before("a", 0, 10, 5) == []


_STAMPS = st.sampled_from(("", "1970-01-01 00:00:05", "1970-01-01 00:00:06"))


@given(
    st.lists(
        st.fixed_dictionaries(
            {"opened_at": _STAMPS, "resolved_at": _STAMPS, "closed_at": _STAMPS, "close_code": _STAMPS},
            optional={"number": st.sampled_from(("INC7", "INC8")), "cmdb_ci": st.sampled_from("ab")},
        ),
        min_size=2,
        max_size=5,
    )
)
def test_a_ticket_is_found_by_what_it_is_now(life: list[dict[str, str]]) -> None:
    """Whatever of it changed, at once or in turns: as if nothing had been known before."""
    columns = schema.ticket.c
    asked = select(columns.number, columns.opened_at, columns.resolved_at, columns.closed_at, columns.item)
    found = []
    for told in (life, life[-1:]):
        with closing(Store()) as store:
            for one in told:
                store.save_tickets([_ticket(1) | one])
            with store.engine.connect() as connection:
                found.append([*connection.execute(asked), *store.load([_id(1)])])
            assert store.next_due() == 0
    assert found[0] == found[1]


def test_earlier_tickets_are_found_by_the_index() -> None:
    """By SQLite's own plan of the very question that is asked: no walk past all the tickets there are."""
    asked: list[tuple[str, object]] = []
    with closing(Store()) as store:
        event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        store.solved_before("a", 0, 1, 20)
        ((sql, values),) = asked
        with store.engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
            steps = [step[3] for step in plan]
    assert "ticket_item (item=? AND resolved_at>? AND resolved_at<?)" in steps[0]
    assert "SCAN" not in "".join(steps)
