"""What is new in incidents that were read: each is compared with what is known of it."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Executable, select

from connector.instant import known_instant
from connector.sync.row import Picks, Record, Row, Texts, values_of
from connector.sync.store import schema
from connector.sync.store.engine import ask, listed
from connector.sync.store.packing import Packing
from connector.ticket import Instant

Found = tuple[str, Instant | None, Instant | None, Instant | None, str | None]
"""What a ticket is looked for by: number, opened, resolved, closed, configuration item."""


class News(NamedTuple):
    """Incidents that differ from what is known."""

    rows: dict[str, Row]
    """sys_id → row, in the order of the rows that were read."""
    altered: list[tuple[int, str, Instant | None, str]]
    """id, sys_id, when it was to be looked at and packed row of those that are still found by the same."""
    ended: list[tuple[int, str, Instant | None, Instant | None, str]]
    """id, sys_id, resolved, closed and packed row of those that are found by the same but for these two."""
    moved: list[tuple[str, Found, str]]
    """sys_id, what it is looked for by and packed row of the others, new ones among them."""
    touched: dict[str, Instant | None]
    """sys_id → when to look again, of those in which nothing but the stamps of the update is new."""


def news_of(connection: Connection, packing: Packing, rows: Sequence[Row]) -> News:
    """Those of the incidents that differ from what is known of them.

    One that comes twice, for it changed while pages were read, counts as it came last.
    """
    touched = packing.touched
    packed = dict(zip(values_of(rows, ("sys_id",)), packing.packed(connection, rows), strict=True))
    known = {one[0]: one for one in ask(connection, _known, packed).all()}
    news = News({}, [], [], [], {})
    for sys_id, (text, layout, texts) in packed.items():
        before = known.get(sys_id)
        if before is not None:
            if before[1] == text:
                continue
            if touched(before[1], text):
                news.rows[sys_id] = Record(layout, texts)
                news.altered.append((before[2], sys_id, before[3], text))
                news.touched[sys_id] = before[3]
                continue
        found = _found(_sought[layout](texts))
        news.rows[sys_id] = Record(layout, texts)
        if before is None:
            news.moved.append((sys_id, found, text))
            continue
        number, opened, resolved, closed, item = found
        if before[4:] == found:
            news.altered.append((before[2], sys_id, before[3], text))
        elif (before[4], before[5], before[8]) == (number, opened, item):
            news.ended.append((before[2], sys_id, resolved, closed, text))
        else:
            news.moved.append((sys_id, found, text))
    return news


_sought = Picks(("number", "opened_at", "resolved_at", "closed_at", "cmdb_ci"))


def _found(values: Texts) -> Found:
    number, opened, resolved, closed, item = values
    return (
        number,
        known_instant(opened) if opened else None,
        known_instant(resolved) if resolved else None,
        known_instant(closed) if closed else None,
        item or None,
    )


@cache
def _known(dialect: str) -> Executable:
    table = schema.ticket.c
    sought_by = (table.number, table.opened_at, table.resolved_at, table.closed_at, table.item)
    columns = (table.sys_id, table.row, table.id, table.look_again, *sought_by)
    return select(*columns).where(table.sys_id == listed(dialect))
