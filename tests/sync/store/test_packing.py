"""Rows in one text each, and back."""

from collections.abc import Mapping
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from connector.sync.store import Mirrored, Store, Waiting, schema
from tests.sync.store.incident import incident, sys_id_of


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
    given_rows = [{**row, "sys_id": sys_id_of(index)} for index, row in enumerate(rows)]
    shown: dict[str, Mirrored] = {}

    def look(mirrored: Mapping[str, Mirrored], _: Waiting) -> Waiting:
        shown.update(mirrored)
        return {}

    with closing(Store()) as store:
        store.save("incident", given_rows, look=look)  # type: ignore[arg-type]
        found = {m.row["sys_id"]: m.row for m in store.load([sys_id_of(index) for index in range(len(rows))])}
    assert {sys_id: one.row for sys_id, one in shown.items()} == found
    for row in given_rows:
        for column, value in row.items():
            text = "" if value is None else str(value)
            expected = text.encode("utf-8", "replace").decode().replace("\x1f", " ")
            assert found[str(row["sys_id"])][column] == expected


def test_half_a_character_does_not_stop_the_store(store: Store) -> None:
    """A text cut within an emoji is kept without the half."""
    store.save_tickets([incident(1, short_description="坏了\ud83d")])
    assert store.load([sys_id_of(1)])[0].row["short_description"] == "坏了?"


def test_columns_may_come_in_any_order_and_others_in_between(store: Store) -> None:
    """As many columns are not the same columns."""
    row = incident(1)
    other = {"state" if column == "number" else column: value for column, value in incident(2).items()}
    turned = dict(reversed(incident(3).items()))
    store.save_tickets([row, other, turned])
    assert [one.row for one in store.load([sys_id_of(1), sys_id_of(2), sys_id_of(3)])] == [row, other, turned]
    assert store.save_tickets([dict(reversed(row.items())), other, incident(3)]) == 0


def test_rows_kept_in_another_order_of_columns_are_read(store: Store) -> None:
    """An earlier program packed them by its own order; what is saved since is in ours."""
    with store.engine.begin() as connection:
        connection.execute(insert(schema.shape).values(id=9, columns='["state", "number", "sys_id"]'))
        connection.execute(
            insert(schema.ticket).values(
                sys_id=sys_id_of(1), number="INC1", row=f"9\x1f2\x1fINC1\x1f{sys_id_of(1)}", look_again=None
            )
        )
    row = {"sys_id": sys_id_of(1), "number": "INC1", "state": "2"}
    assert [mirrored.row for mirrored in store.load([sys_id_of(1)])] == [row]
    store.save_tickets([row | {"state": "3"}])
    assert [mirrored.row for mirrored in store.load([sys_id_of(1)])] == [row | {"state": "3"}]
