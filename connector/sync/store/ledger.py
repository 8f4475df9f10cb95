"""What the store remembers of our own doing: cursors, quarantine, passes and the journal."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from connector.sync.store import schema
from connector.sync.store.engine import Upsert
from connector.ticket import Instant


@dataclass(frozen=True, slots=True)
class JournalEntry:
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
    because: Sequence[Sequence[str]] = field(default_factory=list)
    """(policy, clause, reason, mark) of each wish behind it."""
    fields: Sequence[Sequence[str]] = field(default_factory=list)
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


class Ledger:
    """Cursors, quarantine, passes, journal."""

    engine: Engine

    def _prepare_ledger(self) -> None:
        self._strange = Upsert(
            self.engine, schema.quarantine, ("source", "sys_id", "reason", "at"), compare="reason"
        )

    def cursor(self, source: str, fingerprint: str | None = None) -> Instant | None:
        """Up to where ``source`` has been seen; None: begin at the beginning.

        A ``fingerprint`` other than the stored one begins again, because rows lack columns asked for since.
        """
        known = schema.cursor
        with self.engine.connect() as connection:
            row = connection.execute(
                select(known.c.at, known.c.fingerprint).where(known.c.source == source)
            ).first()
        if row is None or (fingerprint is not None and row.fingerprint != fingerprint):
            return None
        return row.at  # type: ignore[no-any-return]

    def _move_cursor(self, connection: Connection, source: str, at: Instant | None, fingerprint: str) -> None:
        """In the transaction of the rows it speaks of. None leaves it where it is."""
        if at is not None:
            known = schema.cursor
            moved = connection.execute(
                update(known).where(known.c.source == source).values(at=at, fingerprint=fingerprint)
            )
            if not moved.rowcount:
                connection.execute(insert(known).values(source=source, at=at, fingerprint=fingerprint))

    def page(self, source: str) -> int | None:
        """Rows a request to be asked for, where a full page was too much; None: as configured."""
        known = schema.cursor
        with self.engine.connect() as connection:
            return connection.execute(select(known.c.page).where(known.c.source == source)).scalar()

    def set_page(self, source: str, page: int | None) -> None:
        """Ask for ``page`` rows a request from now on; None: as configured again."""
        known = schema.cursor
        with self.engine.begin() as connection:
            done = connection.execute(update(known).where(known.c.source == source).values(page=page))
            if not done.rowcount and page is not None:
                connection.execute(insert(known).values(source=source, fingerprint="", page=page))

    def quarantine(self, source: str, sys_id: str, reason: str, at: Instant) -> None:
        """Set a record aside with its reason; the same reason again keeps the first instant."""
        with self.engine.begin() as connection:
            self._strange.run(connection, [(source, sys_id, reason, at)])

    def quarantined(self) -> list[Quarantined]:
        """Records set aside, oldest first."""
        table = schema.quarantine
        query = select(table.c.source, table.c.sys_id, table.c.reason, table.c.at)
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(table.c.at, table.c.sys_id))
            return [Quarantined(*row) for row in found]

    def release(self, sys_ids: Iterable[str]) -> None:
        """These records can be read again."""
        table = schema.quarantine
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(table.c.sys_id.in_(list(sys_ids))))

    def journal(self, entries: Iterable[JournalEntry]) -> None:
        """Append; on disk when this returns."""
        rows = [
            {"at": entry.at, "ticket": entry.ticket, "entry": json.dumps(asdict(entry))} for entry in entries
        ]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(insert(schema.journal), rows)

    def journalled(self, ticket: str | None = None, limit: int = 100) -> list[JournalEntry]:
        """The newest entries, newest first; of one ticket, or of all."""
        table = schema.journal
        query = select(table.c.entry).order_by(table.c.id.desc()).limit(limit)
        if ticket is not None:
            query = query.where(table.c.ticket == ticket)
        with self.engine.connect() as connection:
            return [JournalEntry(**json.loads(text)) for text in connection.execute(query).scalars()]

    def record_pass(
        self,
        at: Instant,
        *,
        ok: bool,
        trouble: str = "",
        requests: int = 0,
        judged: int = 0,
        written: int = 0,
    ) -> None:
        """Note that a pass took place."""
        values: dict[str, Any] = {
            "at": at, "ok": int(ok), "trouble": trouble, "requests": requests, "judged": judged,
            "written": written,
        }  # fmt: skip
        with self.engine.begin() as connection:
            connection.execute(insert(schema.passes).values(**values))

    def last_passes(self, limit: int = 10) -> list[PassRecord]:
        """The newest passes, newest first."""
        table = schema.passes
        query = select(
            table.c.at, table.c.ok, table.c.trouble, table.c.requests, table.c.judged, table.c.written
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.id.desc()).limit(limit))
            return [PassRecord(at, bool(ok), *rest) for at, ok, *rest in rows]

    def last_good_pass(self) -> Instant | None:
        """When a pass last went through, or None."""
        table = schema.passes
        with self.engine.connect() as connection:
            return connection.execute(select(func.max(table.c.at)).where(table.c.ok == 1)).scalar()
