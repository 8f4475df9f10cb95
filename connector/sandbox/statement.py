"""A query over a table as the tail of a SELECT: joins, conditions, order.

Dot-walks become left joins, so a missing reference reads as an empty value and a record is never lost by
sorting or filtering on the far side of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from connector.sandbox.column import Column
from connector.sandbox.condition import FIELD_OPERATORS, condition
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.error import QueryError, QueryForbidden
from connector.sandbox.operand import ALWAYS, NEVER, Asker, Dialect, Fragment, Operand
from connector.sandbox.query import UNREAD, Query, Term, parse
from connector.sandbox.query_acl import MATCHING, Denied, QueryOperation
from connector.sandbox.related import BEYOND, bare, below, beyond
from connector.sandbox.switch import InvalidField
from connector.sandbox.walk import floor, index, looks_up, sweeps

_T = TypeVar("_T")


DEEPEST = 4
"""How many RLQUERY and JOIN may stand inside of each other; SQLite's parser has its limits."""


@dataclass(slots=True)
class Path:
    """The joins that dot-walks need, each made once.  The rows' own alias is t."""

    dictionary: Dictionary
    table: Table
    prefix: str = "j"
    exact: bool = False
    aliases: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)

    def column(self, path: str) -> tuple[str, Column] | None:
        """SQL of a possibly dot-walked column and its dictionary entry; None if there is no such column."""
        *walked, element = path.split(".")
        table, alias = self.table, "t"
        for depth, step in enumerate(walked, 1):
            column = table.columns.get(step)
            if column is None or column.type != "reference":
                return None
            target = self.dictionary.get(column.reference)
            if target is None:
                return None
            table, alias = target, self._joined(".".join(walked[:depth]), alias, column, target)
        found = table.columns.get(element)
        if found is None:
            return None
        if alias == "t":
            return f't."{element}"' + (" COLLATE BINARY" if self.exact and found.is_text else ""), found
        collation = " COLLATE NOCASE" if found.is_text and not self.exact else ""
        return f"COALESCE({alias}.\"{element}\",''){collation}", found

    def home(self, path: str) -> str:
        """The table that holds the column at the end of a path that `column` has found."""
        table = self.table
        for step in path.split(".")[:-1]:
            table = self.dictionary[table.columns[step].reference]
        return table.name

    def _joined(self, path: str, alias: str, column: Column, target: Table) -> str:
        name = self.aliases.get(path)
        if name is None:
            name = self.aliases[path] = f"{self.prefix}{len(self.aliases)}"
            own = f'{alias}."{column.element}"'
            self.joins.append(f'LEFT JOIN "{target.root}" {name} ON {name}."{column.key}" = {own}')
        return name

    def shown(self, sql: str, column: Column) -> str:
        """SQL of what a reference or choice column shows; the column's own SQL for all others."""
        if (
            column.type == "reference"
            and (target := self.dictionary.get(column.reference))
            and target.display
        ):
            name = f'(SELECT d."{target.display}" FROM "{target.root}" d WHERE d."{column.key}" = {sql})'
            return f"COALESCE({name},'')" + ("" if self.exact else " COLLATE NOCASE")
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

    def within(self, column: str, values: Sequence[str]) -> "Statement":
        """The same for rows whose `column` has one of these values."""
        where = f'({self.where}) AND t."{column}" IN ({",".join("?" * len(values))})'
        return replace(self, where=where, values=[*self.values, *values])


def statement(
    dictionary: Dictionary,
    table: Table,
    query: Query,
    asker: Asker,
    *,
    pairs: tuple[Term, ...] = (),
    invalid: InvalidField = "ignore",
    strict: bool = True,
    dialect: Dialect = Dialect(),  # noqa: B008  frozen
    denied: Denied | None = None,
) -> Statement:
    """Compile a query.  `pairs` (name-value pairs of the URL) join every set by AND.

    Raises `QueryError` (strict only) and `QueryForbidden`.
    """
    return _Compiler(dictionary, asker, invalid, strict, dialect, denied).statement(table, query, pairs)


@dataclass(frozen=True, slots=True)
class _Compiler:
    """What all parts of one query have in common, those on other tables included."""

    dictionary: Dictionary
    asker: Asker
    invalid: InvalidField
    strict: bool
    dialect: Dialect
    denied: Denied | None
    depth: int = 0

    def statement(self, table: Table, query: Query, pairs: tuple[Term, ...] = ()) -> Statement:
        path = Path(self.dictionary, table, exact=not self.dialect.ignores_case)
        joins = [bare(term) for term in _scattered_joins(query)]
        every = tuple((term,) for term in (*pairs, *query.every, *joins))
        parts = [
            _class(self.dictionary, table, query),
            floor(table, query),
            self._groups(path, every),
        ]
        # What cannot be read counts only where an invalid condition is true of no record.
        asked = query.marked if self.invalid == "no_rows" else query.sets
        sets = [self._groups(path, terms) for terms in asked]
        if all(sql != ALWAYS[0] for sql, _ in sets):
            parts.append(_joined(" OR ", sets))
        where, values = _joined(" AND ", [part for part in parts if part[0] != ALWAYS[0]])
        order = self._order(path, query)
        return Statement(" ".join(path.joins), where, order, values, index(self.dictionary, table, query))

    def _groups(self, path: Path, terms: tuple[tuple[Term, ...], ...]) -> Fragment:
        groups = [
            _joined(" OR ", [made for one in group if (made := self._term(path, one))]) for group in terms
        ]
        return _joined(" AND ", [made for made in groups if made[0] != ALWAYS[0]])

    def _term(self, path: Path, term: Term) -> Fragment | None:
        """One condition; None where it is dropped."""
        try:
            made = self._compiled(path, term)
        except QueryError:
            if self.strict:
                raise
            made = None
        if made is None and self.invalid == "no_rows":
            return NEVER
        return made

    def _compiled(self, path: Path, term: Term) -> Fragment | None:
        """One condition; None if it names a column that does not exist, or cannot be read."""
        if term.operator == UNREAD:
            return None
        operation: QueryOperation = "query_match" if term.operator in MATCHING else "query_range"
        mine = self._operand(path, term.path, operation)
        if mine is None:
            return None
        if term.operator in BEYOND:
            return self._known(beyond(term, mine, path.table, self.dictionary, self._inner))
        if term.operator.startswith("IN_HIERARCHY"):
            return below(term, mine, self.dictionary, self.asker)
        other = None
        if term.operator in FIELD_OPERATORS:
            other = self._operand(path, term.value.partition("@")[0], operation)
            if other is None:
                return None
        return condition(term, mine, other, self.asker)

    def _inner(self, table: Table, text: str) -> Statement:
        if self.depth == DEEPEST:
            raise QueryError(text, "too many queries inside of each other")
        deeper = replace(self, depth=self.depth + 1)
        return deeper.statement(table, parse(text, strict=self.strict))

    def _operand(self, path: Path, name: str, operation: QueryOperation) -> Operand | None:
        found = path.column(name)
        if found is not None and found[1].type == "password2":
            found = None  # whoever could ask for a secret letter by letter would have it
        if self._known(found) is None or found is None:
            return None
        if self.denied and self.denied(path.home(name), name.rpartition(".")[2], operation):
            raise QueryForbidden
        sql, column = found
        return Operand(sql, column, path.shown(sql, column), self._family, self.dialect)

    def _known(self, found: _T | None) -> _T | None:
        if found is None and self.invalid == "forbid":
            raise QueryForbidden
        return found

    def _family(self, name: str) -> list[str]:
        return self.dictionary.family(name) if self.dictionary.get(name) else []

    def _order(self, path: Path, query: Query) -> str:
        parts = []
        for one in query.order:
            found = self._operand(path, one.path, "query_range")
            if found is None:
                continue
            sql = found.sql
            if found.column.is_numeric:
                sql = f"CAST({sql} AS REAL)"
            elif found.column.type == "reference":
                sql = found.shown
            parts.append(f"{sql} DESC" if one.descending else sql)
        return "ORDER BY " + ", ".join(parts) if parts else ""


def _scattered_joins(query: Query) -> list[Term]:
    """The JOINs that stand in an OR: their rows must be there all the same."""
    terms = [term for groups in query.sets for group in groups for term in group if term.operator == "JOIN"]
    alone = len(query.sets) == 1 and all(len(group) == 1 for group in query.sets[0])
    return [] if alone else terms


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
    names = [literal(name) for name in dictionary.family(table.name)]
    elsewhere = looks_up(table, query) or (sweeps(query) and len(names) > 1)
    column = f"{'+' if elsewhere else ''}t.sys_class_name"
    return (f"{column} = {names[0]}" if len(names) == 1 else f"{column} IN ({','.join(names)})"), []
