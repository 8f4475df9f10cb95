"""Questions to the mirror: what is due, what happened when, and all that is known of a ticket."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select

from connector.sync.history import Change
from connector.sync.store import schema
from connector.ticket import Instant

Row = Mapping[str, str]

CHUNK = 1000
"""Ids in one query."""


class Mirrored(NamedTuple):
    """A ticket and what belongs to it, as the platform's rows."""

    row: dict[str, str]
    changes: Sequence[Change] = ()
    """In order of time."""
    tasks: Sequence[Row] = ()
    articles: Sequence[Row] = ()
    """With a key ``linked``: ``"true"`` where attached through m2m_kb_task, else ``""``."""


class View:
    """Reads the mirror; changes nothing."""

    engine: Engine
    _open: int | None = None
    """The count of open tickets, until a ticket changes."""

    def due(self, now: Instant, limit: int = CHUNK, after: str = "") -> list[str]:
        """Tickets to look at by ``now``, in the order of their ids, beyond ``after``."""
        table = schema.ticket
        first = select(table.c.sys_id).where(table.c.sys_id > after).order_by(table.c.sys_id).limit(limit)
        with self.engine.connect() as connection:
            # Two questions, because "changed" is a straight walk along the index, however many there are.
            changed = connection.execute(first.where(table.c.look_again == 0)).scalars().all()
            timed = (
                connection.execute(first.where(table.c.look_again > 0, table.c.look_again <= now))
                .scalars()
                .all()
            )
        return sorted([*changed, *timed])[:limit] if timed else list(changed)

    def next_due(self) -> Instant | None:
        """The earliest instant at which some ticket is to be looked at; 0: now; None: never."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.min(schema.ticket.c.look_again))).scalar()

    def everything(self, size: int = CHUNK) -> Iterator[list[str]]:
        """All tickets, in chunks, in the order of their ids."""
        table = schema.ticket
        after = ""
        while True:
            query = select(table.c.sys_id).where(table.c.sys_id > after).order_by(table.c.sys_id).limit(size)
            with self.engine.connect() as connection:
                chunk = list(connection.execute(query).scalars())
            if not chunk:
                return
            yield chunk
            after = chunk[-1]

    def opened_between(self, start: Instant, end: Instant) -> list[str]:
        """Tickets opened in [start, end)."""
        return self._stamped(_within(schema.ticket.c.opened_at, start, end))

    def closed_between(self, start: Instant, end: Instant) -> list[str]:
        """Tickets closed in [start, end)."""
        return self._stamped(_within(schema.ticket.c.closed_at, start, end))

    def touched_between(self, start: Instant, end: Instant) -> list[str]:
        """Tickets opened, resolved or closed in [start, end)."""
        columns = (schema.ticket.c.opened_at, schema.ticket.c.resolved_at, schema.ticket.c.closed_at)
        return self._stamped(or_(*(_within(column, start, end) for column in columns)))

    def alive_between(self, start: Instant, end: Instant) -> list[str]:
        """Tickets to which something can have happened in [start, end): not closed before it, opened by its
        end, or with a task of ours, which outlives the closing.
        """
        table, task = schema.ticket, schema.task
        alive = or_(table.c.closed_at.is_(None), table.c.closed_at >= start)
        tasks = table.c.sys_id.in_(select(task.c.ticket))
        return self._stamped((table.c.opened_at < end) & or_(alive, tasks))

    def not_closed(self) -> list[str]:
        """Tickets without an instant of closing."""
        return self._stamped(schema.ticket.c.closed_at.is_(None))

    def count(self) -> int:
        """Tickets in the mirror."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(schema.ticket)).scalar_one()

    def count_open(self) -> int:
        """Tickets in the mirror without an instant of resolution or closing; counted once per change."""
        if self._open is None:
            table = schema.ticket
            query = select(func.count()).select_from(table)
            with self.engine.connect() as connection:
                self._open = connection.execute(
                    query.where(table.c.closed_at.is_(None), table.c.resolved_at.is_(None))
                ).scalar_one()
        return self._open

    def find_number(self, number: str) -> str | None:
        """sys_id of the ticket with this number."""
        table = schema.ticket
        with self.engine.connect() as connection:
            return connection.execute(
                select(table.c.sys_id).where(table.c.number == number).order_by(table.c.sys_id).limit(1)
            ).scalar()

    def calls_between(self, start: Instant, end: Instant) -> list[dict[str, str]]:
        """Calls opened in [start, end), in order of time."""
        table = schema.call
        query = select(table.c.row).where(_within(table.c.opened_at, start, end))
        with self.engine.connect() as connection:
            texts = connection.execute(query.order_by(table.c.opened_at, table.c.sys_id)).scalars()
            return [json.loads(text) for text in texts]

    def load(self, sys_ids: Sequence[str]) -> list[Mirrored]:
        """Tickets with all that belongs to them, in the order of their ids; unknown ids are left out."""
        found: list[Mirrored] = []
        with self.engine.connect() as connection:
            for start in range(0, len(sys_ids), CHUNK):
                found += _load(connection, sys_ids[start : start + CHUNK])
        return found

    def _stamped(self, condition: ColumnElement[bool]) -> list[str]:
        table = schema.ticket
        with self.engine.connect() as connection:
            return list(
                connection.execute(select(table.c.sys_id).where(condition).order_by(table.c.sys_id)).scalars()
            )


def _load(connection: Connection, sys_ids: Sequence[str]) -> list[Mirrored]:
    ticket, change, task = schema.ticket, schema.change, schema.task
    query = select(ticket.c.row).where(ticket.c.sys_id.in_(sys_ids)).order_by(ticket.c.sys_id)
    rows = json.loads("[" + ",".join(connection.execute(query).scalars()) + "]")
    changes: dict[str, list[Change]] = defaultdict(list)
    history = select(change.c.ticket, change.c.at, change.c.field, change.c.old, change.c.new, change.c.user)
    for key, *values in connection.execute(
        history.where(change.c.ticket.in_(sys_ids)).order_by(change.c.at, change.c.sys_id)
    ):
        changes[key].append(Change(*values))
    tasks: dict[str, list[Row]] = defaultdict(list)
    for key, text in connection.execute(
        select(task.c.ticket, task.c.row).where(task.c.ticket.in_(sys_ids)).order_by(task.c.sys_id)
    ):
        tasks[key].append(json.loads(text))
    articles = _articles_of(connection, rows)
    if not (changes or tasks or articles):
        return [Mirrored(row) for row in rows]
    nothing: tuple[()] = ()
    return [
        Mirrored(
            row,
            changes.get(row["sys_id"], nothing),
            tasks.get(row["sys_id"], nothing),
            articles.get(row["sys_id"], nothing),
        )
        for row in rows
    ]


def _articles_of(connection: Connection, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """sys_id of the ticket → its articles, born from it or attached to it, each once."""
    article, link = schema.article, schema.link
    owner = {row["sys_id"]: row["sys_id"] for row in rows}
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    attached = (
        select(link.c.ticket, link.c.article, article.c.row)
        .join_from(link, article, link.c.article == article.c.sys_id, isouter=True)
        .where(link.c.ticket.in_(list(owner)))
    )
    for key, sys_id, text in connection.execute(attached):
        known = json.loads(text) if text else {"sys_id": sys_id}
        found[key][sys_id] = {**known, "linked": "true"}
    owner |= {row["number"]: row["sys_id"] for row in rows if row.get("number")}
    born = select(article.c.source, article.c.sys_id, article.c.row).where(article.c.source.in_(list(owner)))
    for source, sys_id, text in connection.execute(born):
        if sys_id not in found[owner[source]]:
            found[owner[source]][sys_id] = {**json.loads(text), "linked": ""}
    return {key: [each[sys_id] for sys_id in sorted(each)] for key, each in found.items()}


def _within(column: ColumnElement[Any], start: Instant, end: Instant) -> ColumnElement[bool]:
    return (column >= start) & (column < end)
