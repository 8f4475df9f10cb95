"""Questions to the mirror: what is due, what happened when, what was solved."""

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from connector.sync.store import Store, schema
from tests.sync.store.incident import incident, sys_id_of


@given(st.integers(0, 40), st.integers(1, 7), st.randoms(use_true_random=False))
def test_chunks_of_due_tickets_hold_each_once(count: int, limit: int, dice: object) -> None:
    """Whatever is set while going through them, every due ticket is told once."""
    told: list[str] = []
    after = ""
    with closing(Store()) as store:
        store.save_tickets([incident(number) for number in range(count)])
        while chunk := store.due(5, limit, after):
            told += chunk
            after = max(chunk)
            store.look_again(dict.fromkeys(chunk[::2], 0) | dict.fromkeys(chunk[1::2], 9))
    assert sorted(told) == [sys_id_of(number) for number in range(count)]


def test_tickets_by_what_happened_when(store: Store) -> None:
    """Opened, resolved, closed: half-open stretches of time."""
    store.save_tickets(
        [
            incident(1),
            incident(2, resolved_at="2026-06-02 00:00:00"),
            incident(3, opened_at="2026-05-01 00:00:00", closed_at="2026-06-03 00:00:00"),
            incident(4, opened_at="nonsense"),
        ]
    )
    day = 86_400
    june = 1_780_272_000
    assert store.opened_between(june, june + 1) == [sys_id_of(1), sys_id_of(2)]
    assert store.opened_between(june - 1, june) == []
    assert store.closed_between(june + 2 * day, june + 3 * day) == [sys_id_of(3)]
    assert store.touched_between(june + day, june + 3 * day) == [sys_id_of(2), sys_id_of(3)]
    assert store.not_closed() == [sys_id_of(1), sys_id_of(2), sys_id_of(4)]
    assert (store.count(), store.count_open()) == (4, 2)
    assert store.find_number("INC3") == sys_id_of(3)
    assert store.find_number("INC9") is None
    assert list(store.everything(3)) == [[sys_id_of(1), sys_id_of(2), sys_id_of(3)], [sys_id_of(4)]]
    store.forget([sys_id_of(3), sys_id_of(9)])
    assert store.count() == 3


def test_calls_in_order_of_time(store: Store) -> None:
    """Calls of a stretch of time, as rows."""
    rows = [
        {"sys_id": sys_id_of(number), "opened_at": f"2026-06-01 0{9 - number}:00:00", "state": "new"}
        for number in range(1, 4)
    ]
    store.save_calls(rows, 1)
    june = 1_780_272_000
    assert [row["sys_id"] for row in store.calls_between(june, june + 8 * 3600)] == [
        sys_id_of(3),
        sys_id_of(2),
    ]


def test_what_is_due_is_found_by_its_index(store: Store) -> None:
    """Of a million tickets, those due are found without looking at the others."""
    with store.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT sys_id FROM ticket WHERE look_again <= 5 ORDER BY look_again, id"
        ).fetchall()
    assert "USING INDEX ticket_due" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


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
        incident(n, cmdb_ci=item, resolved_at="" if at is None else f"1970-01-01 00:00:0{at}")
        for n, (item, at) in enumerate(told)
    ]
    with closing(Store()) as store:
        store.save_tickets(rows)
        found = store.solved_before("a", start, end, most)
    fitting = [
        (-at, sys_id_of(n))
        for n, (item, at) in enumerate(told)
        if item == "a" and at is not None and start <= at < end
    ]
    assert found == [sys_id for _, sys_id in sorted(fitting)[:most]]


def test_an_item_is_found_anew_when_a_ticket_moves_to_another() -> None:
    """Whether it is the item, the resolution or the opening again that changes."""
    with closing(Store()) as store:
        solved = incident(1, cmdb_ci="a", resolved_at="1970-01-01 00:00:05")
        store.save_tickets([solved])
        assert store.solved_before("a", 0, 10, 5) == [sys_id_of(1)]
        store.save_tickets([solved | {"cmdb_ci": "b"}])
        assert (store.solved_before("a", 0, 10, 5), store.solved_before("b", 0, 10, 5)) == (
            [],
            [sys_id_of(1)],
        )
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
                store.save_tickets([incident(1) | one])
            with store.engine.connect() as connection:
                found.append([*connection.execute(asked), *store.load([sys_id_of(1)])])
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


def test_what_belongs_to_tickets_is_found_by_the_index() -> None:
    """By SQLite's own plans: what is walked through are the keys, never a table."""
    asked: list[tuple[str, object]] = []
    belongs = {
        "sys_id": sys_id_of(9),
        "documentkey": sys_id_of(1),
        "incident": sys_id_of(1),
        "id": sys_id_of(1),
    }
    with closing(Store()) as store:
        store.save_tickets([incident(1)])
        store.save_changes([belongs])
        store.save_tasks([belongs])
        store.save_metrics([belongs])
        event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        (found,) = store.load([sys_id_of(1), sys_id_of(1)])
        with store.engine.connect() as connection:
            steps = [
                step[3]
                for sql, values in tuple(asked)
                if "json_each" in sql
                for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
            ]
    assert [len(some) for some in (found.changes, found.tasks, found.metrics)] == [1, 1, 1]
    assert len([step for step in steps if step.startswith("SEARCH")]) == 4
    assert all("VIRTUAL TABLE" in step for step in steps if step.startswith("SCAN"))
