"""The mirror: tickets and what belongs to them, as last seen, and when each is to be looked at again.

Saving a ticket that changed, or anything that belongs to a ticket, makes the ticket due at once. So what
changed and what is due is one indexed question, and a crash between polling and judging loses nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Table, delete, select, update

from connector.instant import known_instant
from connector.sync.row import Row, owner_of, storable, values_of
from connector.sync.store import schema
from connector.sync.store.engine import Setter, Upsert, among, ask
from connector.sync.store.ledger import Ledger
from connector.sync.store.news import News, news_of
from connector.sync.store.packing import Packing
from connector.sync.store.view import CHUNK, Mirrored, View
from connector.ticket import Instant

JOURNALS = frozenset({"work_notes", "comments"})
"""Columns of which only the fact of a change is kept, never what people wrote."""

SPAN = ("sys_id", "field", "field_value", "start", "end")
"""What is kept of a metric."""


Waiting = Mapping[str, Instant | None]
"""sys_id → when to look at the ticket again, as in `Mirror.look_again`."""
Look = Callable[[Mapping[str, Mirrored], Waiting], Waiting]
"""Shown incidents by their sys_id with all that belongs to them, and those of them that were only touched:
nothing but the stamps of the update differs from what was known. Answers when to look at each again."""

_TICKET = schema.ticket


class Mirror(Ledger, View):
    """Tickets, changes, tasks, articles, links, calls."""

    def _prepare_mirror(self) -> None:
        engine = self.engine
        self._tickets = Upsert(
            engine,
            schema.ticket,
            ("sys_id", "number", "opened_at", "resolved_at", "closed_at", "item", "look_again", "row"),
            compare="row",
            key="sys_id",
        )
        self._altered = Setter(engine, schema.ticket, ("look_again", "row"), "id")
        self._texts = Setter(engine, schema.ticket, ("row",), "id")
        self._ended = Setter(engine, schema.ticket, ("resolved_at", "closed_at", "look_again", "row"), "id")
        self._when = Setter(engine, schema.ticket, ("look_again",), "sys_id")
        self._packing = Packing()
        self._filled = {}
        self._changes = Upsert(
            engine, schema.change, ("sys_id", "ticket", "at", "field", "old", "new", "user"), compare=None
        )
        self._metrics = Upsert(engine, schema.metric, ("sys_id", "ticket", "row"), compare="row")
        self._tasks = Upsert(engine, schema.task, ("sys_id", "ticket", "row"), compare="row")
        self._articles = Upsert(engine, schema.article, ("sys_id", "source", "row"), compare="row")
        self._links = Upsert(engine, schema.link, ("sys_id", "article", "ticket", "row"), compare="row")
        self._calls = Upsert(engine, schema.call, ("sys_id", "opened_at", "row"), compare="row")
        self._answers = Upsert(engine, schema.answer, ("sys_id", "at", "row"), compare="row")

    def save(
        self,
        table: str,
        rows: Sequence[Row],
        cursor: Instant | None = None,
        *,
        fingerprint: str = "",
        observe: Sequence[str] = (),
        look: Look | None = None,
    ) -> int:
        """Keep rows of a platform table and move its cursor, in one transaction; how many were news.

        ``observe``: columns of an incident whose changes are recorded by comparing it with what was known.
        ``look`` is shown the incidents that are news before they are kept, and says when to look at each
        again: without it they are due. Raises KeyError for a table the mirror does not hold or a row
        without its sys_id.
        """
        if table == "incident":
            return self._save_tickets(rows, cursor, fingerprint, observe, look)
        keep = {
            "sys_audit": self._keep_changes,
            "metric_instance": self._keep_metrics,
            "incident_task": self._keep_tasks,
            "kb_knowledge": self._keep_articles,
            "m2m_kb_task": self._keep_links,
            "interaction": self._keep_calls,
            "asmt_metric_result": self._keep_answers,
        }[table]
        self._forget_emptiness(schema.KEPT_IN[table])
        try:
            with self.engine.begin() as connection:
                news = keep(connection, rows)
                self._move_cursor(connection, table, cursor, fingerprint)
        except BaseException:
            self._packing.forget()
            self._places = None
            raise
        return news

    def save_tickets(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Incidents; those that differ from what was known are due."""
        return self.save("incident", rows, cursor)

    def save_changes(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Rows of sys_audit; they never change."""
        return self.save("sys_audit", rows, cursor)

    def save_metrics(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Rows of metric_instance; each comes again when its span ends."""
        return self.save("metric_instance", rows, cursor)

    def save_tasks(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Incident tasks the connector created."""
        return self.save("incident_task", rows, cursor)

    def save_articles(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Knowledge articles born from tickets."""
        return self.save("kb_knowledge", rows, cursor)

    def save_links(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Articles attached to tickets."""
        return self.save("m2m_kb_task", rows, cursor)

    def save_calls(self, rows: Sequence[Row], cursor: Instant | None = None) -> int:
        """Inbound calls."""
        return self.save("interaction", rows, cursor)

    def look_again(self, when: Mapping[str, Instant | None]) -> None:
        """Set when tickets are to be looked at next; 0: at every pass, None: when they change."""
        if when:
            timed = [(at, sys_id) for sys_id, at in when.items() if at is not None]
            quiet = [sys_id for sys_id, at in when.items() if at is None]
            table = schema.ticket
            with self.engine.begin() as connection:
                if timed:
                    self._when.run(connection, timed)
                for start in range(0, len(quiet), CHUNK):
                    ask(connection, _set_due, quiet[start : start + CHUNK], table.c.sys_id, None)

    def forget(self, sys_ids: Iterable[str]) -> None:
        """Drop tickets that cannot be read any more.

        Their changes, tasks and links stay: an access rule may have hidden a ticket for a while, and when it
        comes back the polls do not tell its past again.
        """
        self._open = None
        ids = list(sys_ids)
        with self.engine.begin() as connection:
            for start in range(0, len(ids), CHUNK):
                ask(connection, _gone, ids[start : start + CHUNK], schema.ticket)

    def drop(self, table: str, sys_ids: Iterable[str]) -> None:
        """Drop rows of a table beside the incidents that are gone; their tickets are due."""
        beside, ids = schema.BESIDE[table], list(sys_ids)
        with self.engine.begin() as connection:
            for start in range(0, len(ids), CHUNK):
                gone = ids[start : start + CHUNK]
                for name in ("ticket", "source"):
                    if name in beside.c:
                        keys = set(ask(connection, _known, gone, beside, (name,)).scalars())
                        _make_due(connection, set(keys))
                        _make_due(connection, keys, schema.ticket.c.number)
                ask(connection, _gone, gone, beside)

    def _save_tickets(
        self,
        rows: Sequence[Row],
        cursor: Instant | None,
        fingerprint: str,
        observe: Sequence[str],
        look: Look | None,
    ) -> int:
        try:
            with self.engine.begin() as connection:
                news = news_of(connection, self._packing, rows)
                whole = self._whole(connection, news.rows) if look and news.rows else {}
            # Between the two transactions, for whoever looks reads the store and may write to it.
            when = look(whole, news.touched) if look and whole else {}
            with self.engine.begin() as connection:
                if observe:
                    self._forget_emptiness(schema.change)
                    self._observe(connection, rows, observe)
                self._alter(connection, news, when)
                self._tickets.run(
                    connection, [(key, *found, when.get(key, 0), text) for key, found, text in news.moved]
                )
                self._move_cursor(connection, "incident", cursor, fingerprint)
        except BaseException:
            self._packing.forget()
            self._places = None
            raise
        if news.rows:
            self._open = None
        return len(news.rows)

    def _alter(self, connection: Connection, news: News, when: Waiting) -> None:
        """Write the rows that are known, and of what they are found by and when to look at them again what is
        new: a column that is set to what it was costs its index as much as one that changes.
        """
        same, other = [], []
        for number, sys_id, before, text in news.altered:
            at = when.get(sys_id, 0)
            if at == before:
                same.append((text, number))
            else:
                other.append((at, text, number))
        self._texts.run(connection, same)
        self._altered.run(connection, other)
        self._ended.run(
            connection,
            [
                (resolved, closed, when.get(sys_id, 0), text, number)
                for number, sys_id, resolved, closed, text in news.ended
            ],
        )

    def _keep_changes(self, connection: Connection, rows: Sequence[Row]) -> int:
        fresh = _unknown(connection, schema.change, rows)
        values = [_change_values(row) for row in fresh]
        self._changes.run(connection, values)
        self._owners_due(connection, {value[1] for value in values})
        return len(values)

    def _keep_metrics(self, connection: Connection, rows: Sequence[Row]) -> int:
        ticket = {row["sys_id"]: row.get("id", "") for row in rows}
        kept = [{column: row.get(column, "") for column in SPAN} for row in rows]
        news = self._different(connection, schema.metric, kept)
        self._metrics.run(connection, [(row["sys_id"], ticket[row["sys_id"]], text) for row, text in news])
        _make_due(connection, {ticket[row["sys_id"]] for row, _ in news})
        return len(news)

    def _keep_tasks(self, connection: Connection, rows: Sequence[Row]) -> int:
        news = self._different(connection, schema.task, rows)
        self._tasks.run(connection, [(row["sys_id"], owner_of(row), text) for row, text in news])
        self._owners_due(connection, {owner_of(row) for row, _ in news})
        return len(news)

    def _keep_articles(self, connection: Connection, rows: Sequence[Row]) -> int:
        news = self._different(connection, schema.article, rows)
        self._articles.run(
            connection, [(row["sys_id"], storable(row.get("source", "")), text) for row, text in news]
        )
        sources = {storable(row.get("source", "")) for row, _ in news}
        _make_due(connection, sources)
        _make_due(connection, sources, schema.ticket.c.number)
        linked = ask(connection, _linked, [row["sys_id"] for row, _ in news])
        _make_due(connection, set(linked.scalars()))
        return len(news)

    def _keep_links(self, connection: Connection, rows: Sequence[Row]) -> int:
        news = self._different(connection, schema.link, rows)
        values = [
            (row["sys_id"], row.get("kb_knowledge", ""), row.get("task", ""), text) for row, text in news
        ]
        self._links.run(connection, values)
        _make_due(connection, {value[2] for value in values})
        return len(news)

    def _keep_calls(self, connection: Connection, rows: Sequence[Row]) -> int:
        values = [
            (row["sys_id"], known_instant(row.get("opened_at", "")), text)
            for row, (text, _, _) in zip(rows, self._packing.packed(connection, rows), strict=True)
        ]
        return self._calls.run(connection, values)

    def _keep_answers(self, connection: Connection, rows: Sequence[Row]) -> int:
        values = [
            (row["sys_id"], known_instant(row.get("sys_created_on", "")), text)
            for row, (text, _, _) in zip(rows, self._packing.packed(connection, rows), strict=True)
        ]
        return self._answers.run(connection, values)

    def _different(self, connection: Connection, table: Table, rows: Sequence[Row]) -> list[tuple[Row, str]]:
        """Rows that are not in the table as they are, with their packed text."""
        found = ask(connection, _known, _ids(rows), table, ("sys_id", "row"))
        known = {row[0]: row[1] for row in found}
        packed = zip(rows, _ids(rows), self._packing.packed(connection, rows), strict=True)
        return [(row, text) for row, sys_id, (text, _, _) in packed if known.get(sys_id) != text]

    def _owners_due(self, connection: Connection, keys: set[str]) -> None:
        """What changed belongs to these."""
        _make_due(connection, keys)

    def _observe(
        self, connection: Connection, rows: Sequence[Row], columns: Sequence[str], table: Table = _TICKET
    ) -> None:
        """Record what differs from the rows known so far as changes at the row's own time of update."""
        texts = ask(connection, _known, _ids(rows), table, ("row",)).scalars()
        unpacked = self._packing.unpack(connection, texts)
        known = {row["sys_id"]: row for row in unpacked}
        values = []
        for row in rows:
            before = known.get(row["sys_id"])
            at = known_instant(row.get("sys_updated_on", ""))
            if before is None or at is None:
                continue
            for column in columns:
                old, new = before.get(column, ""), row.get(column, "")
                if old != new:
                    text = "\x1f".join(
                        (row["sys_id"], column, row.get("sys_mod_count", ""), str(at), old, new)
                    )
                    key = blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
                    user = row.get("sys_updated_by", "")
                    values.append(
                        (key, row["sys_id"], at, column, storable(old), storable(new), storable(user))
                    )
        self._changes.run(connection, values)


def _change_values(row: Row) -> tuple[Any, ...]:
    field = row.get("fieldname", "")
    journal = field in JOURNALS
    return (
        row["sys_id"],
        row.get("documentkey", ""),
        known_instant(row.get("sys_created_on", "")) or 0,
        field,
        "" if journal else storable(row.get("oldvalue", "")),
        "" if journal else storable(row.get("newvalue", "")),
        storable(row.get("user", "")),
    )


def _ids(rows: Sequence[Row]) -> list[str]:
    return values_of(rows, ("sys_id",))


def _unknown(connection: Connection, table: Table, rows: Sequence[Row]) -> list[Row]:
    known = set(ask(connection, _known, _ids(rows), table, ("sys_id",)).scalars())
    return [row for row in rows if row["sys_id"] not in known]


def _make_due(
    connection: Connection, keys: set[str], column: ColumnElement[str] = schema.ticket.c.sys_id
) -> None:
    keys.discard("")
    if keys:
        ask(connection, _set_due, sorted(keys), column, 0)


@cache
def _known(dialect: str, table: Table, columns: tuple[str, ...]) -> Executable:
    return select(*(table.c[name] for name in columns)).where(among(dialect, table.c.sys_id))


@cache
def _linked(dialect: str) -> Executable:
    return select(schema.link.c.ticket).where(among(dialect, schema.link.c.article))


@cache
def _gone(dialect: str, table: Table) -> Executable:
    return delete(table).where(among(dialect, table.c.sys_id))


@cache
def _set_due(dialect: str, column: ColumnElement[str], at: Instant | None) -> Executable:
    return update(schema.ticket).where(among(dialect, column)).values(look_again=at)
