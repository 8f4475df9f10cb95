"""Lists and single records as JSON text, straight out of SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connector.sandbox.dictionary import Table
from connector.sandbox.error import NotFound
from connector.sandbox.instance import Instance
from connector.sandbox.parameter import Parameters
from connector.sandbox.projection import Projection, View, projection
from connector.sandbox.query import Term, parse
from connector.sandbox.statement import literal

_COMPILED = 256


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    `total` counts before access rules (None if not asked for); `full` says the page was full before them.
    """

    fragments: list[bytes]
    total: int | None
    full: bool


class Reading:
    """Reads for the REST face.  The caller holds the instance's lock."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._compiled: dict[tuple[str, tuple[str, ...], View], Projection] = {}
        self._generation = -1

    def page(
        self,
        table: str,
        asked: Parameters,
        pairs: Sequence[Term],
        view: View,
        user: str,
        *,
        made_by: str = "",
    ) -> Page:
        """A page; rows that access rules hide are taken away after limit and count, as the platform does.

        With `made_by`, a stamp, rows that were created later are not there yet.
        """
        instance = self._instance
        shape = instance.dictionary[table]
        limits = instance.access.limits(user, shape)
        shown = self._projection(table, self._fields(shape, asked.fields, user), view)
        found = instance.compiled(
            shape, parse(asked.query, strict=instance.strict), user, tuple(pairs), everywhere=asked.everywhere
        )
        if made_by:
            where = f"({found.where}) AND t.sys_created_on <= ?"
            found = replace(found, where=where, values=[*found.values, made_by])
        guarded = limits is not None and limits.rows
        # Rows are chosen first and rendered then: a sort would otherwise render all that it sorts.
        chosen = (
            f'SELECT t.rowid AS at FROM "{shape.root}" t {found.index} {found.joins}'
            f" WHERE {found.where} {found.order} LIMIT ? OFFSET ?"
        )
        sql = (
            f"SELECT {'t.sys_id,' if guarded else ''}{shown.sql} FROM ({chosen}) k"
            f' CROSS JOIN "{shape.root}" t ON t.rowid = k.at {shown.joins}'
        )
        rows = instance.store.db.execute(sql, [*found.values, asked.limit, asked.offset]).fetchall()
        full = len(rows) == asked.limit
        total: int | None = None
        if asked.count:
            known = not full and (rows or not asked.offset)
            total = asked.offset + len(rows) if known else instance.counted(shape, found)
        if guarded:
            unseen = instance.unseen(shape, [row[0] for row in rows], user)
            rows = [row[1:] for row in rows if row[0] not in unseen]
        return Page(shown.fragments(rows), total, full)

    def one(self, table: Table, sys_id: str, fields: tuple[str, ...], view: View, user: str) -> bytes:
        """A single record of `table`, or of a table below it, in its envelope, as `user` may see its columns.

        Raises `NotFound`.
        """
        self._instance.catch_up()
        shown = self._projection(table.name, self._fields(table, fields, user), view)
        where = "t.sys_id = ?" if not table.parent else f"t.sys_id = ? AND {self._class(table)}"
        sql = f'SELECT {shown.sql} FROM "{table.root}" t {shown.joins} WHERE {where}'
        row = self._instance.store.db.execute(sql, (sys_id,)).fetchone()
        if row is None:
            raise NotFound
        return b'{"result":' + Projection.joined(row) + b"}"

    def _fields(self, table: Table, fields: tuple[str, ...], user: str) -> tuple[str, ...]:
        """The columns asked for without those that the user may not read; they are missing in the answer."""
        access = self._instance.access
        if not fields and not access.columns_matter:
            return fields
        return access.columns(user, table, fields or tuple(table.columns)) or ("",)

    def _class(self, table: Table) -> str:
        names = ",".join(literal(name) for name in self._instance.dictionary.family(table.name))
        return f"t.sys_class_name IN ({names})"

    def _projection(self, table: str, fields: tuple[str, ...], view: View) -> Projection:
        if self._generation != self._instance.generation:
            self._compiled.clear()
            self._generation = self._instance.generation
        key = (table, fields, view)
        found = self._compiled.get(key)
        if found is None:
            dictionary = self._instance.dictionary
            if len(self._compiled) >= _COMPILED:
                self._compiled.clear()
            found = self._compiled[key] = projection(dictionary, dictionary[table], fields, view)
        return found
