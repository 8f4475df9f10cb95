"""The Aggregate API (platform facts, section 3.1): statistics of a table, no rows.

Columns that the user may not read are left out; rows that the user may not see are counted all the same.
"""

import json
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.aggregate import FUNCTIONS, Aggregate, Wanted, aggregate
from connector.sandbox.dictionary import Table
from connector.sandbox.error import NotAuthorized, RecordError
from connector.sandbox.projection import SHOWN, View
from connector.sandbox.query import Term, parse
from connector.sandbox.rest.turn import Answer, Turn
from connector.sandbox.statement import Path

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest


class AggregateApi:
    """`/api/now[/v1|/v2]/stats/{table}`."""

    open = False
    reads: Literal["json", "raw"] = "raw"

    def __init__(self, rest: "Rest") -> None:
        self._instance = rest.instance
        self._manner = rest.manner

    def answer(self, turn: Turn) -> Answer:
        """The statistics: one object, or a list where groups are asked for.  Raises `RecordError`."""
        if turn.method not in {"GET", "HEAD"}:
            raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
        instance, asked = self._instance, turn.asked
        table = instance.open_table(turn.logged.table)
        if table.name.startswith("kb_") and not self._manner.knowledge_stats:
            raise NotAuthorized("Statistics of knowledge tables are not available")
        wanted = self._wanted(turn, table)
        pairs = () if asked.query else tuple(Term(name, "=", text, shown=True) for name, text in asked.pairs)
        query = parse(asked.query, strict=instance.strict)
        found = instance.compiled(table, query, turn.user, pairs, everywhere=asked.everywhere)
        exact = not instance.dialect.ignores_case
        path = Path(instance.dictionary, table, prefix="g", exact=exact)
        made = aggregate(found, path, wanted, View(SHOWN, zone=turn.zone, locale=turn.locale))
        rows = instance.store.db.execute(made.sql, made.values).fetchall()
        shown = asked.display != "false"
        results = [_group(made, row, count=wanted.count, shown=shown) for row in rows]
        if not made.groups:
            results = [{"stats": results[0]["stats"] if results else {}}]
        body = {"result": results if made.groups else results[0]}
        return Answer(200, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())

    def _wanted(self, turn: Turn, table: Table) -> Wanted:
        """What the parameters ask for, without the columns that the user may not read."""
        given = {name: value for name, value in turn.asked.sent if value}
        access = self._instance.access

        def secret(name: str) -> bool:
            found = Path(self._instance.dictionary, table).column(name)
            return found is not None and found[1].type == "password2"

        def columns(name: str) -> list[str]:
            told = dict.fromkeys(one.strip() for one in given.get(name, "").split(",") if one.strip())
            return [one for one in access.columns(turn.user, table, tuple(told)) if not secret(one)]

        return Wanted(
            count=given.get("sysparm_count", "").lower() == "true",
            functions=tuple((kind, name) for kind in FUNCTIONS for name in columns(f"sysparm_{kind}_fields")),
            groups=tuple(columns("sysparm_group_by")),
            having=given.get("sysparm_having", ""),
            order=given.get("sysparm_order_by", ""),
            readable=lambda name: not secret(name) and access.readable(turn.user, table, name),
        )


def _group(made: Aggregate, row: tuple[Any, ...], *, count: bool, shown: bool) -> dict[str, Any]:
    """One row of the SELECT as the API prints it."""
    stats: dict[str, Any] = {"count": row[0]} if count else {}
    for (kind, name), text in zip(made.functions, row[count:], strict=False):
        stats.setdefault(kind, {})[name] = text
    at = len(row) - 2 * len(made.groups)
    groups = []
    for number, name in enumerate(made.groups):
        group = {"field": name, "value": row[at + 2 * number]}
        if shown:
            group["display_value"] = row[at + 2 * number + 1]
        groups.append(group)
    return {"stats": stats, "groupby_fields": groups}
