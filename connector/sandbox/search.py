"""The part of an instance that finds records: encoded queries in somebody's session, and what is kept back.

The caller of what the REST face uses holds the lock; `generation` counts changes of the dictionary.
"""

import json
from collections.abc import Iterator, Sequence

from connector.sandbox.dictionary import Table
from connector.sandbox.number import COUNTERS
from connector.sandbox.operand import Dialect
from connector.sandbox.part import Part, Row
from connector.sandbox.query import Query, Term, parse
from connector.sandbox.statement import Statement, statement


class Search(Part):
    """What `Instance` offers for reading by a query."""

    @property
    def dialect(self) -> Dialect:
        """How the switches have queries read."""
        return Dialect(self.switches.unequal_finds_empty, self.switches.ignores_case)

    def rows(
        self, table: str, query: str = "", *, user: str = "admin", limit: int | None = None
    ) -> list[Row]:
        """Raw rows that an encoded query finds, without those that row ACLs hide from `user`."""
        with self.lock:
            shown = self.dictionary[table]
            found = self.compiled(shown, parse(query, strict=self.strict), user)
            tail = f"{found.index} {found.joins} WHERE {found.where} {found.order} LIMIT ?"
            rows = list(self.store.select(shown, tail, [*found.values, -1 if limit is None else limit]))
            unseen = self.unseen(shown, [row["sys_id"] for row in rows], user)
            return [row for row in rows if row["sys_id"] not in unseen] if unseen else rows

    def count(self, table: str, query: str = "") -> int:
        """How many records an encoded query finds."""
        with self.lock:
            shown = self.dictionary[table]
            return self.counted(shown, self.compiled(shown, parse(query, strict=self.strict), "admin"))

    def compiled(
        self,
        table: Table,
        query: Query,
        user: str,
        pairs: tuple[Term, ...] = (),
        *,
        everywhere: bool = False,
    ) -> Statement:
        """The query as SQL, in the session of `user`; `everywhere` asks for all domains."""
        self.catch_up()
        if table.name == COUNTERS:
            self.records.numbers.write_down()
        no_rows = self.properties.get("glide.invalid_query.returns_no_rows") == "true"
        seen = self.domains.seen(user, table, everywhere=everywhere)
        found = statement(
            self.dictionary,
            table,
            query,
            self.sessions.asker(user),
            pairs=pairs,
            invalid="no_rows" if no_rows else self.switches.invalid_query,
            strict=self.strict,
            dialect=self.dialect,
            denied=self.query_acls.denied(user, self.access, self.dictionary),
        )
        return found if seen is None else found.within("sys_domain", seen)

    def counted(self, table: Table, found: Statement) -> int:
        """The number of rows of a compiled query."""
        sql = f'SELECT count(*) FROM "{table.root}" t {found.joins} WHERE {found.where}'
        return self.totals.of(self.store.db, self.generation, sql, found.values)

    def unseen(self, table: Table, sys_ids: Sequence[str], user: str) -> set[str]:
        """Which of these records the row ACLs hide from `user`."""
        unseen: set[str] = set()
        limits = self.access.limits(user, table) if sys_ids else None
        if limits is None:
            return unseen
        if limits.closed and not table.classes:
            return set(sys_ids)
        if limits.closed:
            classes, ids = json.dumps(sorted(limits.closed)), json.dumps(list(sys_ids))
            sql = (
                f'SELECT sys_id FROM "{table.root}" WHERE sys_id IN (SELECT value FROM json_each(?))'
                " AND sys_class_name IN (SELECT value FROM json_each(?))"
            )
            unseen.update(str(row[0]) for row in self.store.db.execute(sql, (ids, classes)))
        for query in limits.queries:
            unseen.update(self._matching(table, query, sys_ids))
        return unseen

    def _matching(self, table: Table, query: str, sys_ids: Sequence[str]) -> Iterator[str]:
        found = self.compiled(table, parse(query, strict=self.strict), "admin")
        condition = f"({found.where}) AND t.sys_id IN (SELECT value FROM json_each(?))"
        sql = f'SELECT t.sys_id FROM "{table.root}" t {found.joins} WHERE {condition}'
        for row in self.store.db.execute(sql, [*found.values, json.dumps(list(sys_ids))]):
            yield str(row[0])

    def _holds(self, table: Table, query: str, sys_id: str) -> bool:
        return any(self._matching(table, query, [sys_id]))
