"""What is new in incidents that were read, and which of three ways to write it is taken."""

from collections.abc import Mapping
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from connector.instant import known_instant
from connector.sync.row import ENDS, FOUND_BY, storable
from connector.sync.store import Mirrored, Store, Waiting, schema
from connector.sync.store.news import News, news_of
from connector.sync.store.packing import Packing
from tests.sync.store.incident import incident, sys_id_of

VERSIONS = st.tuples(st.integers(1, 4), st.sampled_from("126"), st.sampled_from("012"))
"""Number, state and count of updates of an incident."""

DATES = ("", "2026-06-01 01:00:00", "2026-06-02 01:00:00", "soon")
VALUES = {
    "number": st.sampled_from(("INC1", "INC10", "INC1\x1f0", "")),
    "opened_at": st.sampled_from(DATES),
    "cmdb_ci": st.sampled_from(("", "a", "ab", "a\ud83d")),
    "resolved_at": st.sampled_from(DATES),
    "closed_at": st.sampled_from(DATES),
    "active": st.sampled_from(("true", "false", "坏")),
    "sys_mod_count": st.sampled_from("12"),
}
"""Column → what may stand in it."""


def version(number: int, state: str, count: str) -> dict[str, str]:
    """One of an incident."""
    return incident(number, state=state, sys_mod_count=count)


def kept(text: str) -> str:
    """What is kept of a value."""
    return storable(text).replace("\x1f", " ")


def news_in(store: Store, row: Mapping[str, str]) -> News:
    """What would be new in it."""
    with store.engine.begin() as connection:
        return news_of(connection, Packing(), [row])


def found_by(store: Store) -> tuple[object, ...]:
    """What the one incident of a store is looked for by."""
    table = schema.ticket.c
    query = select(table.number, table.opened_at, table.item, table.resolved_at, table.closed_at)
    with store.engine.connect() as connection:
        return tuple(connection.execute(query).one())


@given(st.lists(VERSIONS, max_size=6), st.lists(VERSIONS, min_size=1, max_size=8))
def test_each_incident_is_shown_once_as_it_was_last(
    before: list[tuple[int, str, str]], read: list[tuple[int, str, str]]
) -> None:
    """However often it stands in a page: in the order of the rows, if the last differs from what was known.

    Only touched are those of which nothing but the stamps is new.
    """
    told: dict[str, Mirrored] = {}
    only: set[str] = set()

    def look(shown: Mapping[str, Mirrored], touched: Waiting) -> Waiting:
        told.update(shown)
        only.update(touched)
        return {}

    known = {number: version(number, *rest) for number, *rest in before}
    last = {number: version(number, *rest) for number, *rest in read}
    news = {sys_id_of(number): row for number, row in last.items() if row != known.get(number)}
    with closing(Store()) as store:
        store.save_tickets([version(*each) for each in before])
        assert store.save("incident", [version(*each) for each in read], look=look) == len(news)
        found = {one.row["number"]: one.row for one in store.load([sys_id_of(number) for number in range(5)])}
    assert [(sys_id, one.row) for sys_id, one in told.items()] == list(news.items())
    assert found == {f"INC{number}": row for number, row in (known | last).items()}
    assert only == {
        sys_id_of(number)
        for number, row in last.items()
        if number in known and row != known[number] and row["state"] == known[number]["state"]
    }


@given(st.data(), st.sets(st.sampled_from(list(VALUES))))
def test_only_what_is_new_is_written(data: st.DataObject, columns: set[str]) -> None:
    """What an incident is looked for by is kept as its last row has it, and not written if it was the same:
    that costs an index as much as another value.
    """
    rows = st.fixed_dictionaries({column: VALUES[column] for column in sorted(columns)})
    before, after = ({"sys_id": sys_id_of(1)} | data.draw(rows) for _ in range(2))

    def differ(*names: str) -> bool:
        return any(kept(before.get(name, "")) != kept(after.get(name, "")) for name in names)

    with closing(Store()) as store:
        store.save_tickets([before])
        news = news_in(store, after)
        store.save_tickets([after])
        found = found_by(store)
    there = differ(*before)
    moved = differ(*FOUND_BY)
    ended = not moved and differ(*ENDS)
    ways = (len(news.altered), len(news.ended), len(news.moved))
    assert ways == (there and not moved and not ended, ended, moved)
    assert list(news.touched) == [sys_id_of(1)] * (there and not differ(*before.keys() - {"sys_mod_count"}))
    number, opened, item, resolved, closed = (kept(after.get(name, "")) for name in (*FOUND_BY, *ENDS))
    assert found == (
        number,
        known_instant(opened),
        item or None,
        known_instant(resolved),
        known_instant(closed),
    )


def test_an_incident_with_other_columns_is_written_anew(store: Store) -> None:
    """No beginning is compared with that of a text with other columns, whatever stands in it."""
    row = incident(1)
    store.save_tickets([row])
    assert len(news_in(store, row | {"state": ""}).moved) == 1
    del row["opened_at"]
    assert len(news_in(store, row).moved) == 1


def test_an_incident_kept_in_another_order_of_columns_is_written_anew(store: Store) -> None:
    """An earlier program had them in its own order. In ours it is told by its text what is new again."""
    row = incident(1, cmdb_ci="a", resolved_at="2026-06-01 01:00:00")
    names = sorted(row)
    with store.engine.begin() as connection:
        columns = ", ".join(f'"{name}"' for name in names)
        connection.execute(insert(schema.shape).values(id=9, columns=f"[{columns}]"))
        text = "\x1f".join(["9", *(row[name] for name in names)])
        connection.execute(
            insert(schema.ticket).values(sys_id=row["sys_id"], number="INC1", row=text, look_again=None)
        )
    assert [one.row for one in store.load([row["sys_id"]])] == [row]
    assert store.save_tickets([row]) == 1
    assert found_by(store) == ("INC1", 1_780_272_000, "a", 1_780_275_600, None)
    assert store.save_tickets([row]) == 0
    news = news_in(store, row | {"state": "2"})
    assert (len(news.altered), len(news.moved)) == (0, 1)
    news = news_in(store, row | {"sys_mod_count": "1"})
    assert (len(news.altered), list(news.touched)) == (1, [row["sys_id"]])
