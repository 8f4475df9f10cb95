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

    rows: dict[str, Record]
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
    packed = dict(zip(values_of(rows, ("sys_id",)), packing.packed(connection, rows), strict=True))
    known = {one[0]: one for one in ask(connection, _known, packed).all()}
    # One thing after the other is done to all of them: what one needs drives what the other needs out of the
    # processor's caches.
    fresh = {sys_id: one for sys_id, one in packed.items() if one[0] != known.get(sys_id, _UNKNOWN)[1]}
    records = {sys_id: Record(shape.layout, texts) for sys_id, (_, shape, texts) in fresh.items()}
    news = News(records, [], [], [], {})
    for sys_id, (text, shape, texts) in fresh.items():
        _, before, row_id, when = known.get(sys_id, _UNKNOWN)
        # By their texts, for to read the dates in it takes as long as all else that is done to a row here.
        if before and shape.found_alike(before, texts):
            news.altered.append((row_id, sys_id, when, text))
            if shape.touched(before, text):
                news.touched[sys_id] = when
        elif before and shape.found_alike_but_for_ends(before, texts):
            _, _, resolved, closed, _ = _found(_sought[shape.layout](texts))
            news.ended.append((row_id, sys_id, resolved, closed, text))
        else:
            news.moved.append((sys_id, _found(_sought[shape.layout](texts)), text))
    return news


_UNKNOWN = ("", "", 0, None)
"""Stands for what is known of an incident that is not."""
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
    known = select(table.sys_id, table.row, table.id, table.look_again)
    return known.where(table.sys_id == listed(dialect))
