"""Questions to the mirror: what is due, what happened when, and all that is known of a ticket."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Executable, Table, bindparam, func, or_, select

from connector.sync.history import Change
from connector.sync.row import Record, Row
from connector.sync.store import schema
from connector.sync.store.engine import among, ask, listed
from connector.sync.store.packing import Packing
from connector.ticket import Instant

CHUNK = 1000
"""Ids in one query."""
_T = schema.ticket.c
_made = tuple.__new__  # a `Mirrored` of its values in half the time of its own constructor

# Statements are built once, here and at the end: to build one takes six times as long as to run it.

# The order of the index, and within one instant that of the table: a chunk then lies on few pages, for
# reading and for `look_again`.
_DUE = select(_T.sys_id).where(_T.look_again <= bindparam("now")).order_by(_T.look_again, _T.id)
# Without the condition SQLite walks past every ticket that is never due to find the least.
_NEXT_DUE = select(func.min(_T.look_again)).where(_T.look_again.is_not(None))

_SOLVED = (
    select(_T.sys_id)
    .where(_T.item == bindparam("item"), _T.item.is_not(None), _T.resolved_at.is_not(None))
    .where(_T.resolved_at >= bindparam("start"), _T.resolved_at < bindparam("end"))
    .order_by(_T.resolved_at.desc(), _T.sys_id)
    .limit(bindparam("most"))
)


class Mirrored(NamedTuple):
    """A ticket and what belongs to it, as the platform's rows."""

    row: Row
    changes: Sequence[Change] = ()
    """In order of time."""
    tasks: Sequence[Row] = ()
    articles: Sequence[Row] = ()
    """With a key ``linked``: ``"true"`` where attached through m2m_kb_task, else ``""``."""
    metrics: Sequence[Row] = ()


class View:
    """Reads the mirror; changes nothing."""

    engine: Engine
    _packing: Packing
    _due: list[str]
    _due_by: Instant | None = None
    _told: tuple[int, int] = (0, 0)
    _filled: dict[str, bool]
    """Table → whether it holds a row; an empty one that was just saved into is asked again."""
    _open: int | None = None
    """The count of open tickets, until a ticket changes."""

    def due(self, now: Instant, limit: int = CHUNK, after: str = "") -> list[str]:
        """Tickets to look at by ``now``, longest due first.

        ``after``: any ticket of the chunk before; "" asks anew. What becomes due meanwhile waits for that.
        """
        if not after or self._due_by != now:
            with self.engine.connect() as connection:
                self._due = list(connection.execute(_DUE, {"now": now}).scalars())
            self._due_by, self._told = now, (0, 0)
        elif after not in self._due[slice(*self._told)]:
            self._told = (0, self._due.index(after) + 1)
        begin = self._told[1]
        self._told = (begin, begin + limit)
        chunk = self._due[begin : begin + limit]
        if not chunk:
            self._due, self._due_by = [], None
        return chunk

    def next_due(self) -> Instant | None:
        """The earliest instant at which some ticket is to be looked at; 0: now; None: never."""
        with self.engine.connect() as connection:
            return connection.execute(_NEXT_DUE).scalar()

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

    def known(self, table: str) -> list[str]:
        """sys_ids mirrored of a platform table beside the incidents. Raises KeyError for another."""
        beside = schema.BESIDE[table]
        with self.engine.connect() as connection:
            return list(connection.execute(select(beside.c.sys_id).order_by(beside.c.sys_id)).scalars())

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

    def open_by_group(self) -> dict[str, int]:
        """sys_id of the assignment group → tickets without an instant of resolution or closing."""
        table, found = schema.ticket, Counter[str]()
        query = select(table.c.row).where(table.c.closed_at.is_(None), table.c.resolved_at.is_(None))
        with self.engine.connect() as connection:
            for texts in connection.execute(query).scalars().partitions(CHUNK):
                found.update(
                    row.get("assignment_group", "") for row in self._packing.unpack(connection, texts)
                )
        return found

    def count_alive(self, since: Instant) -> int:
        """Tickets in the mirror that were not closed before ``since``."""
        table = schema.ticket
        alive = or_(table.c.closed_at.is_(None), table.c.closed_at >= since)
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table).where(alive)).scalar_one()

    def find_number(self, number: str) -> str | None:
        """sys_id of the ticket with this number."""
        table = schema.ticket
        with self.engine.connect() as connection:
            return connection.execute(
                select(table.c.sys_id).where(table.c.number == number).order_by(table.c.sys_id).limit(1)
            ).scalar()

    def solved_before(self, item: str, start: Instant, end: Instant, most: int) -> list[str]:
        """Tickets of a configuration item that were resolved in [start, end), the last first; so many."""
        asked = {"item": item, "start": start, "end": end, "most": most}
        with self.engine.connect() as connection:
            return list(connection.execute(_SOLVED, asked).scalars())

    def answers_between(self, start: Instant, end: Instant) -> list[Record]:
        """Answers to surveys given in [start, end), in order of time."""
        return self._rows(schema.answer, schema.answer.c.at, start, end)

    def newest_answer(self) -> Instant | None:
        """When the last answer to a survey was given."""
        with self.engine.connect() as connection:
            newest: Instant | None = connection.execute(select(func.max(schema.answer.c.at))).scalar_one()
        return newest

    def calls_between(self, start: Instant, end: Instant) -> list[Record]:
        """Calls opened in [start, end), in order of time."""
        return self._rows(schema.call, schema.call.c.opened_at, start, end)

    def _rows(self, table: Table, at: ColumnElement[Any], start: Instant, end: Instant) -> list[Record]:
        """Rows of a table whose instant lies in [start, end), in order of time."""
        query = select(table.c.row).where(_within(at, start, end)).order_by(at, table.c.sys_id)
        with self.engine.connect() as connection:
            return self._packing.unpack(connection, connection.execute(query).scalars())

    def articles(self) -> list[Record]:
        """Every article of the mirror."""
        with self.engine.connect() as connection:
            return self._packing.unpack(
                connection, connection.execute(select(schema.article.c.row)).scalars()
            )

    def used_articles(self, since: Instant) -> list[tuple[str, int]]:
        """sys_id of an article, and to how many tickets opened since then it is attached, but for its own."""
        with self.engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(_USED, {"since": since})]

    def load(self, sys_ids: Sequence[str]) -> list[Mirrored]:
        """Tickets with all that belongs to them; unknown ids are left out."""
        found: list[Mirrored] = []
        with self.engine.connect() as connection:
            for start in range(0, len(sys_ids), CHUNK):
                found += self._load(connection, sys_ids[start : start + CHUNK]).values()
        return found

    def _empty(self, connection: Connection, table: Table) -> bool:
        """Whether there is no row at all: a thousand keys need not be looked up then."""
        known = self._filled.get(table.name)
        if known is None:
            known = connection.execute(_any(table)).first() is not None
            self._filled[table.name] = known
        return not known

    def _forget_emptiness(self, table: Table) -> None:
        """Rows may come into a table: if it was empty, ask again."""
        if not self._filled.get(table.name):
            self._filled.pop(table.name, None)

    def _stamped(self, condition: ColumnElement[bool]) -> list[str]:
        table = schema.ticket
        with self.engine.connect() as connection:
            return list(
                connection.execute(select(table.c.sys_id).where(condition).order_by(table.c.sys_id)).scalars()
            )

    def _load(self, connection: Connection, sys_ids: Sequence[str]) -> dict[str, Mirrored]:
        found = ask(connection, _tickets, dict.fromkeys(sys_ids)).all()
        rows = self._packing.unpack(connection, [text for _, text in found])
        return self._whole(connection, {key: row for (key, _), row in zip(found, rows, strict=True)})

    def _whole(self, connection: Connection, rows: Mapping[str, Row]) -> dict[str, Mirrored]:
        """sys_id → incident with all that belongs to it, of these rows by their sys_id and in their order."""
        sys_ids = list(rows)
        belongings = (
            self._changes_of(connection, sys_ids),
            self._rows_of(connection, schema.task, sys_ids),
            self._articles_of(connection, rows),
            self._rows_of(connection, schema.metric, sys_ids),
        )
        nothing: repeat[tuple[()]] = repeat(())
        # Of most there is none at all. Not a line of ours is run for each incident.
        columns = (map(found.get, sys_ids, nothing) if found else nothing for found in belongings)
        whole = zip(rows.values(), *columns, strict=False)
        return dict(zip(sys_ids, map(_made, repeat(Mirrored), whole), strict=False))

    def changed_at(self, field: str, sys_ids: Sequence[str]) -> dict[str, list[Instant]]:
        """sys_id of the ticket → when this field of it changed, in order of time."""
        found: dict[str, list[Instant]] = defaultdict(list)
        with self.engine.connect() as connection:
            for start in range(0, len(sys_ids), CHUNK):
                for ticket, at in ask(connection, _moments, sys_ids[start : start + CHUNK], field):
                    found[ticket].append(at)
        return found

    def _changes_of(self, connection: Connection, sys_ids: Sequence[str]) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = defaultdict(list)
        if not self._empty(connection, schema.change):
            for ticket, *values in ask(connection, _changes, dict.fromkeys(sys_ids)).all():
                found[ticket].append(Change(*values))
        return found

    def _rows_of(self, connection: Connection, table: Table, sys_ids: Sequence[str]) -> dict[str, list[Row]]:
        """sys_id of the ticket → its rows in a table beside it, in the order of their ids."""
        found: dict[str, list[Row]] = defaultdict(list)
        if not self._empty(connection, table):
            for ticket, text in ask(connection, _rows, dict.fromkeys(sys_ids), table).all():
                found[ticket] += self._packing.unpack(connection, [text])
        return found

    def _articles_of(self, connection: Connection, rows: Mapping[str, Row]) -> dict[str, list[Row]]:
        """sys_id of the ticket → its articles, born from it or attached to it, each once."""
        if self._empty(connection, schema.article) and self._empty(connection, schema.link):
            return {}
        unpack = self._packing.unpack
        owner = {sys_id: sys_id for sys_id in rows}
        found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
        for key, sys_id, text in ask(connection, _attached, owner):
            known = unpack(connection, [text])[0] if text else {"sys_id": sys_id}
            found[key][sys_id] = {**known, "linked": "true"}
        owner |= {row["number"]: sys_id for sys_id, row in rows.items() if row.get("number")}
        for source, sys_id, text in ask(connection, _born, owner):
            if sys_id not in found[owner[source]]:
                found[owner[source]][sys_id] = {**unpack(connection, [text])[0], "linked": ""}
        return {key: [each[sys_id] for sys_id in sorted(each)] for key, each in found.items()}


_USED = (
    select(schema.link.c.article, func.count(schema.ticket.c.sys_id.distinct()))
    .join(schema.ticket, schema.ticket.c.sys_id == schema.link.c.ticket)
    .join(schema.article, schema.article.c.sys_id == schema.link.c.article)
    .where(
        schema.ticket.c.opened_at >= bindparam("since"),
        schema.article.c.source.not_in((schema.ticket.c.number, schema.ticket.c.sys_id)),
    )
    .group_by(schema.link.c.article)
    .order_by(schema.link.c.article)
)


def _within(column: ColumnElement[Any], start: Instant, end: Instant) -> ColumnElement[bool]:
    return (column >= start) & (column < end)


@cache
def _any(table: Table) -> Executable:
    return select(table.c.sys_id).limit(1)


@cache
def _tickets(dialect: str) -> Executable:
    return select(_T.sys_id, _T.row).where(_T.sys_id == listed(dialect))


@cache
def _changes(dialect: str) -> Executable:
    known = schema.change.c
    query = select(known.ticket, known.at, known.field, known.old, known.new, known.user)
    return query.where(known.ticket == listed(dialect)).order_by(known.at, known.sys_id)


@cache
def _moments(dialect: str, field: str) -> Executable:
    known = schema.change.c
    query = select(known.ticket, known.at).where(among(dialect, known.ticket), known.field == field)
    return query.order_by(known.at)


@cache
def _rows(dialect: str, table: Table) -> Executable:
    known = table.c
    return select(known.ticket, known.row).where(known.ticket == listed(dialect)).order_by(known.sys_id)


@cache
def _attached(dialect: str) -> Executable:
    article, link = schema.article, schema.link
    query = select(link.c.ticket, link.c.article, article.c.row)
    joined = query.join_from(link, article, link.c.article == article.c.sys_id, isouter=True)
    return joined.where(among(dialect, link.c.ticket))


@cache
def _born(dialect: str) -> Executable:
    known = schema.article.c
    return select(known.source, known.sys_id, known.row).where(among(dialect, known.source))
