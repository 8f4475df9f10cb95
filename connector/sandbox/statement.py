"""A query over a table as the tail of a SELECT: joins, conditions, order.

Dot-walks become left joins, so a missing reference reads as an empty value and a record is never lost by
sorting or filtering on the far side of one.
"""

from dataclasses import dataclass, field
from typing import Literal

from connector.sandbox.column import Column
from connector.sandbox.condition import ALWAYS, NEVER, Asker, Fragment, Operand, condition
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.error import QueryError, QueryForbidden
from connector.sandbox.query import Query, Term
from connector.sandbox.walk import floor, index, looks_up

InvalidQuery = Literal["ignore", "no_rows", "forbid"]
"""What an unknown column in a query does (section 2.3): the condition vanishes, nothing is found, or 403."""

_FIELD_OPERATORS = frozenset(
    {"SAMEAS", "NSAMEAS", "GT_FIELD", "LT_FIELD", "GT_OR_EQUALS_FIELD", "LT_OR_EQUALS_FIELD"}
)


@dataclass(slots=True)
class Path:
    """The joins that dot-walks need, each made once.  The rows' own alias is t."""

    dictionary: Dictionary
    table: Table
    prefix: str = "j"
    aliases: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)

    def column(self, path: str) -> tuple[str, Column] | None:
        """SQL of a possibly dot-walked column and its dictionary entry; None if there is no such column."""
        *walked, element = path.split(".")
        table, alias = self.table, "t"
        for depth, step in enumerate(walked, 1):
            column = table.columns.get(step)
            target = self.dictionary.get(column.reference) if column and column.type == "reference" else None
            if target is None:
                return None
            table, alias = target, self._joined(".".join(walked[:depth]), alias, step, target)
        found = table.columns.get(element)
        if found is None:
            return None
        if alias == "t":
            return f't."{element}"', found
        collation = " COLLATE NOCASE" if found.is_text else ""
        return f"COALESCE({alias}.\"{element}\",''){collation}", found

    def _joined(self, path: str, alias: str, step: str, target: Table) -> str:
        name = self.aliases.get(path)
        if name is None:
            name = self.aliases[path] = f"{self.prefix}{len(self.aliases)}"
            self.joins.append(f'LEFT JOIN "{target.root}" {name} ON {name}."sys_id" = {alias}."{step}"')
        return name

    def shown(self, sql: str, column: Column) -> str:
        """SQL of what a reference or choice column shows; the column's own SQL for all others."""
        if (
            column.type == "reference"
            and (target := self.dictionary.get(column.reference))
            and target.display
        ):
            name = f'(SELECT d."{target.display}" FROM "{target.root}" d WHERE d."sys_id" = {sql})'
            return f"COALESCE({name},'') COLLATE NOCASE"
        if column.choices:
            cases = " ".join(f"WHEN {literal(v)} THEN {literal(text)}" for v, text in column.choices.items())
            return f"(CASE {sql} {cases} ELSE {sql} END)"
        return sql


def literal(text: str) -> str:
    """Text of our own (labels, names, addresses) as an SQL literal."""
    return "'" + text.replace("'", "''").replace("\0", "") + "'"


@dataclass(frozen=True, slots=True)
class Statement:
    """The tail of a SELECT whose rows have the alias t.  `values` fill the question marks of `where`."""

    joins: str
    where: str
    order: str
    values: list[str | float]
    index: str = ""


def statement(
    dictionary: Dictionary,
    table: Table,
    query: Query,
    asker: Asker,
    *,
    pairs: tuple[Term, ...] = (),
    invalid: InvalidQuery = "ignore",
    strict: bool = True,
) -> Statement:
    """Compile a query.  `pairs` (name-value pairs of the URL) join every set by AND.

    Raises `QueryError` (strict only) and `QueryForbidden`.
    """
    path = Path(dictionary, table)

    def operand(name: str) -> Operand | None:
        found = path.column(name)
        if found is None:
            if invalid == "forbid":
                raise QueryForbidden
            return None
        sql, column = found
        family = lambda name: dictionary.family(name) if dictionary.get(name) else []  # noqa: E731
        return Operand(sql, column, path.shown(sql, column), family)

    def term(one: Term) -> Fragment | None:
        mine = operand(one.path)
        other = operand(one.value.partition("@")[0]) if one.operator in _FIELD_OPERATORS else None
        if mine is None or (one.operator in _FIELD_OPERATORS and other is None):
            return NEVER if invalid == "no_rows" else None
        try:
            return condition(one, mine, other, asker)
        except QueryError:
            if strict:
                raise
            return None

    def group(terms: tuple[Term, ...]) -> Fragment:
        return _joined(" OR ", [made for made in map(term, terms) if made is not None])

    def groups(terms: tuple[tuple[Term, ...], ...]) -> Fragment:
        return _joined(" AND ", [made for made in map(group, terms) if made[0] != ALWAYS[0]])

    parts = [_class(dictionary, table, query), floor(table, query), groups(tuple((pair,) for pair in pairs))]
    sets = [groups(terms) for terms in query.sets]
    if all(sql != ALWAYS[0] for sql, _ in sets):
        parts.append(_joined(" OR ", sets))
    where, values = _joined(" AND ", [part for part in parts if part[0] != ALWAYS[0]])
    order = _order(path, query, invalid)
    return Statement(" ".join(path.joins), where, order, values, index(dictionary, table, query))


def _joined(word: str, parts: list[Fragment]) -> Fragment:
    """Several fragments in brackets; nothing at all is true."""
    if len(parts) < 2:
        return parts[0] if parts else ALWAYS
    if len(parts) > 64:  # SQLite reads a chain as a tower, and towers may be 1,000 high
        half = len(parts) // 2
        return _joined(word, [_joined(word, parts[:half]), _joined(word, parts[half:])])
    return f"({word.join([sql for sql, _ in parts])})", [value for _, values in parts for value in values]


def _class(dictionary: Dictionary, table: Table, query: Query) -> Fragment:
    """The classes of a table that shares its storage; a `+` keeps SQLite from searching by them."""
    if not table.parent:
        return ALWAYS
    column = f"{'+' if looks_up(table, query) else ''}t.sys_class_name"
    names = [literal(name) for name in dictionary.family(table.name)]
    return (f"{column} = {names[0]}" if len(names) == 1 else f"{column} IN ({','.join(names)})"), []


def _order(path: Path, query: Query, invalid: InvalidQuery) -> str:
    parts = []
    for one in query.order:
        found = path.column(one.path)
        if found is None:
            if invalid == "forbid":
                raise QueryForbidden
            continue
        sql, column = found
        if column.is_numeric:
            sql = f"CAST({sql} AS REAL)"
        elif column.type == "reference":
            sql = path.shown(sql, column)
        parts.append(f"{sql} DESC" if one.descending else sql)
    return "ORDER BY " + ", ".join(parts) if parts else ""
