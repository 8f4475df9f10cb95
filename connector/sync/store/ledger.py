"""What the store remembers of our own doing: cursors, quarantine, passes and the journal."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, select

from connector.sync.store import archive, schema
from connector.sync.store.engine import Adder, Setter, Upsert
from connector.ticket import Instant


class JournalEntry(NamedTuple):
    """One write: what was sent for which ticket, why, and what the instance answered. Append-only."""

    at: Instant
    """When the pass judged."""
    sent_at: Instant
    ticket: str
    """sys_id of the ticket it was about."""
    number: str
    table: str
    record: str
    """sys_id of the record written."""
    because: Sequence[Sequence[str]] = ()
    """(policy, clause, reason, mark) of each wish behind it."""
    fields: Sequence[Sequence[str]] = ()
    """(column, before, after)."""
    settings: str = ""
    """Digest of the settings in force."""
    answer: str = ""
    detail: str = ""


class Quarantined(NamedTuple):
    """A record that could not be read as what it should be."""

    source: str
    sys_id: str
    reason: str
    at: Instant


class PassRecord(NamedTuple):
    """One pass, as `status` shows it."""

    at: Instant
    ok: bool
    trouble: str
    requests: int
    judged: int
    written: int
    took: int = 0
    """Milliseconds."""


_Q = schema.quarantine.c
_QUARANTINED = select(_Q.source, _Q.sys_id, _Q.reason, _Q.at).order_by(_Q.at, _Q.sys_id)


class _Place(NamedTuple):
    """Where reading a source stands."""

    at: Instant | None = None
    fingerprint: str = ""
    page: int | None = None


class Ledger:
    """Cursors, quarantine, passes, journal."""

    engine: Engine
    archive: Path | None
    """Folder of rotated journals; None where the store is no file."""
    _places: dict[str, _Place] | None = None
    """What the table of cursors says; None: to be read again."""
    _ahead: dict[str, int] | None = None
    """What the table of clocks says; None: to be read again."""

    def _prepare_ledger(self) -> None:
        self._entries = Adder(self.engine, schema.journal, ("at", "ticket", "entry"))
        self._passes = Adder(
            self.engine, schema.passes, ("at", "ok", "trouble", "requests", "judged", "written", "took")
        )
        self._moved = Setter(self.engine, schema.cursor, _Place._fields, "source")
        self._begun = Adder(self.engine, schema.cursor, ("source", *_Place._fields))
        self._clocks = Upsert(self.engine, schema.clock, ("source", "ahead"), compare="ahead")
        self._conditions = Upsert(self.engine, schema.condition, ("topic", "at", "told"), compare="*")
        self._strange = Upsert(
            self.engine, schema.quarantine, ("source", "sys_id", "reason", "at"), compare="reason"
        )

    def cursor(self, source: str, fingerprint: str | None = None) -> Instant | None:
        """Up to where ``source`` has been seen; None: begin at the beginning.

        A ``fingerprint`` other than the stored one begins again, because rows lack columns asked for since.
        """
        place = self._place(source)
        return place.at if fingerprint in (None, place.fingerprint) else None

    def _place(self, source: str, within: Connection | None = None) -> _Place:
        """Where reading a source stands. Asked at every poll, so it is kept in memory as well.

        ``within``: the transaction that is under way; in memory there is only one connection.
        """
        if self._places is None:
            if within is None:
                with self.engine.connect() as connection:
                    return self._place(source, connection)
            known = schema.cursor.c
            query = select(known.source, known.at, known.fingerprint, known.page)
            self._places = {name: _Place(*rest) for name, *rest in within.execute(query)}
        return self._places.get(source, _Place())

    def _move_cursor(self, connection: Connection, source: str, at: Instant | None, fingerprint: str) -> None:
        """In the transaction of the rows it speaks of; if that fails, `_places` is to be forgotten.

        None leaves it where it is.
        """
        place = self._place(source, connection)
        if at is not None and (at, fingerprint) != (place.at, place.fingerprint):
            self._put_place(connection, source, place._replace(at=at, fingerprint=fingerprint))

    def ahead(self, source: str) -> int | None:
        """Seconds by which the instance's clock was ahead of ours when ``source`` was read; None: unknown."""
        if self._ahead is None:
            with self.engine.connect() as connection:
                found = connection.execute(select(schema.clock.c.source, schema.clock.c.ahead))
                self._ahead = dict(found.all())
        return self._ahead.get(source)

    def set_ahead(self, source: str, seconds: int) -> None:
        """The clocks are so many seconds apart now."""
        self._ahead = None
        with self.engine.begin() as connection:
            self._clocks.run(connection, [(source, seconds)])

    def page(self, source: str) -> int | None:
        """Rows a request to be asked for, where a full page was too much; None: as configured."""
        return self._place(source).page

    def set_page(self, source: str, page: int | None) -> None:
        """Ask for ``page`` rows a request from now on; None: as configured again."""
        place = self._place(source)
        if page != place.page:
            with self.engine.begin() as connection:
                self._put_place(connection, source, place._replace(page=page))

    def _put_place(self, connection: Connection, source: str, place: _Place) -> None:
        if not self._moved.run(connection, [(*place, source)]):
            self._begun.run(connection, [(source, *place)])
        if self._places is not None:
            self._places[source] = place

    def quarantine(self, source: str, sys_id: str, reason: str, at: Instant) -> None:
        """Set a record aside with its reason; the same reason again keeps the first instant."""
        with self.engine.begin() as connection:
            self._strange.run(connection, [(source, sys_id, reason, at)])

    def quarantined(self) -> list[Quarantined]:
        """Records set aside, oldest first."""
        with self.engine.connect() as connection:
            return [Quarantined(*row) for row in connection.execute(_QUARANTINED)]

    def release(self, sys_ids: Iterable[str]) -> None:
        """These records can be read again."""
        table = schema.quarantine
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(table.c.sys_id.in_(list(sys_ids))))

    def journal(self, entries: Iterable[JournalEntry]) -> None:
        """Append; on disk when this returns."""
        rows = [(entry.at, entry.ticket, json.dumps(entry._asdict())) for entry in entries]
        if rows:
            with self.engine.begin() as connection:
                self._entries.run(connection, rows)

    def journalled(self, ticket: str | None = None, limit: int = 100) -> list[JournalEntry]:
        """The newest entries, newest first, rotated ones included; of one ticket, or of all."""
        table = schema.journal
        query = select(table.c.entry).order_by(table.c.id.desc()).limit(limit)
        if ticket is not None:
            query = query.where(table.c.ticket == ticket)
        with self.engine.connect() as connection:
            texts = list(connection.execute(query).scalars())
        if len(texts) < limit:
            texts += archive.entries(self.archive, ticket, limit - len(texts), but=set(texts))
        return [JournalEntry(**json.loads(text)) for text in texts]

    def rotate(self, before: Instant, most: int) -> int:
        """Move entries older than ``before``, and what is more than ``most``, into a compressed file.

        Nothing leaves the store before it can be read again from there. How many were moved; none where the
        store is no file. Raises `StoreFailed` where the folder cannot be written.
        """
        if self.archive is None:
            return 0
        table = schema.journal
        with self.engine.begin() as connection:
            newest = select(table.c.id).order_by(table.c.id.desc()).offset(most).limit(1)
            beyond = connection.execute(newest).scalar() or 0
            old = (table.c.at < before) | (table.c.id <= beyond)
            query = select(table.c.id, table.c.at, table.c.ticket, table.c.entry).where(old)
            rows = [tuple(row) for row in connection.execute(query.order_by(table.c.id).limit(archive.MOST))]
        if not rows:
            return 0
        archive.keep(self.archive, rows)
        with self.engine.begin() as connection:
            ids = [row[0] for row in rows]
            for begin in range(0, len(ids), 500):
                connection.execute(delete(table).where(table.c.id.in_(ids[begin : begin + 500])))
        return len(rows)

    def record_pass(
        self,
        at: Instant,
        *,
        ok: bool,
        trouble: str = "",
        requests: int = 0,
        judged: int = 0,
        written: int = 0,
        took: float = 0,
    ) -> None:
        """Note that a pass took place, and how many seconds it took."""
        with self.engine.begin() as connection:
            row = (at, int(ok), trouble, requests, judged, written, round(took * 1000))
            self._passes.run(connection, [row])

    def tell(self, topic: str, at: Instant, told: Mapping[str, Any]) -> None:
        """Keep what the daemon or a look says of itself on a topic, instead of what it said before."""
        with self.engine.begin() as connection:
            self._conditions.run(connection, [(topic, at, json.dumps(told, ensure_ascii=False))])

    def told(self, topic: str) -> tuple[Instant, dict[str, Any]] | None:
        """What it last said on a topic, and when; None: nothing yet."""
        table = schema.condition
        with self.engine.connect() as connection:
            query = select(table.c.at, table.c.told).where(table.c.topic == topic)
            found = connection.execute(query).one_or_none()
        return None if found is None else (found.at, json.loads(found.told))

    def last_passes(self, limit: int = 10) -> list[PassRecord]:
        """The newest passes, newest first."""
        table = schema.passes
        query = select(
            table.c.at,
            table.c.ok,
            table.c.trouble,
            table.c.requests,
            table.c.judged,
            table.c.written,
            table.c.took,
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.id.desc()).limit(limit))
            return [PassRecord(at, bool(ok), *rest) for at, ok, *rest in rows]

    def last_good_pass(self) -> Instant | None:
        """When a pass last went through, or None."""
        table = schema.passes
        with self.engine.connect() as connection:
            return connection.execute(select(func.max(table.c.at)).where(table.c.ok == 1)).scalar()
