"""Counts, averages, sums and extremes of a query, perhaps by groups, as one SELECT (platform facts, 3.1).

Records without a value take no part in the aggregates of that column.  Columns that do not exist, or that a
function means nothing for, are left out, as unknown names are everywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connector.sandbox.column import Column
from connector.sandbox.operand import Fragment
from connector.sandbox.projection import View, display
from connector.sandbox.statement import Path, Statement

FUNCTIONS = ("sum", "avg", "min", "max")
"""In the order in which answers name them, after the count."""

_HAVING = re.compile(
    r"(count|sum|avg|min|max)\^([\w.]*)\^(=|!=|>=|<=|>|<)\^(.*)\Z", re.IGNORECASE | re.DOTALL
)
_DURATIONS = frozenset({"glide_duration", "timer"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the rows: `functions` are (function, column), `groups` columns.

    `having` and `order` are the parameters as sent; what names a column that is not `readable` is left out.
    """

    count: bool = False
    functions: tuple[tuple[str, str], ...] = ()
    groups: tuple[str, ...] = ()
    having: str = ""
    order: str = ""
    readable: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A SELECT whose rows are groups: the count if asked for, then `functions`, then two columns a group.

    Of the two the first is the value, the second what it shows.
    """

    sql: str
    values: list[str | float]
    functions: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]


def aggregate(found: Statement, path: Path, wanted: Wanted, view: View) -> Aggregate:
    """Compile.  `path` is of the table of `found` and has its own prefix; `view` says how groups show."""
    groups = {name: at for name in wanted.groups if (at := path.column(name))}
    functions = {one: made for one in wanted.functions if (made := _function(path, *one))}
    columns = ["CAST(count(*) AS TEXT)"] if wanted.count else []
    columns += [_rendered(function, sql, kind) for (function, _), (sql, kind) in functions.items()]
    for sql, column in groups.values():
        columns += [sql, display(path, sql, column, view)]
    having, values = _having(path, wanted)
    order = ", ".join(_order(path, wanted)) or ", ".join(_sorted(path, name) for name in groups)
    tail = f" GROUP BY {', '.join(sql for sql, _ in groups.values())}" if groups else ""
    tail += f" HAVING {having}" if having else ""
    tail += f" ORDER BY {order}" if order and groups else ""
    sql = (
        f'SELECT {", ".join(columns) or "1"} FROM "{path.table.root}" t {found.joins}'
        f" {' '.join(path.joins)} WHERE {found.where}{tail}"
    )
    return Aggregate(sql, [*found.values, *values], tuple(functions), tuple(groups))


def _function(path: Path, function: str, name: str) -> tuple[str, Column] | None:
    """SQL of one aggregate as a number or a text to sort by; None where there is none of this column."""
    at = path.column(name)
    if function == "count":
        return (f"count(NULLIF({at[0]},''))", at[1]) if at else ("count(*)", Column(name))
    if at is None:
        return None
    sql, column = at
    filled = f"NULLIF({sql},'')"
    if column.is_numeric:
        kind = "INTEGER" if column.type == "integer" and function != "avg" else "REAL"
        return f"{function}(CAST({filled} AS {kind}))", column
    if function in {"min", "max"}:
        return f"{function}({filled})", column
    if column.type in _DURATIONS or (column.is_instant and function == "avg"):
        return f"{function}(CAST(strftime('%s',{filled}) AS INTEGER))", column
    return None


def _rendered(function: str, sql: str, column: Column) -> str:
    """The same as text: averages with four decimals, durations and dates as records hold them.

    Money stays in the reference currency, with all the places that amounts have.
    """
    if column.is_money:
        return f"CASE WHEN {sql} IS NULL THEN '' ELSE printf('%.*f', money_places(), {sql}) END"
    if column.is_numeric:
        form = "%.4f" if function == "avg" else "%d" if column.type == "integer" else "%.15g"
        return f"CASE WHEN {sql} IS NULL THEN '' ELSE printf('{form}', {sql}) END"
    if function in {"sum", "avg"}:
        sql = f"datetime(CAST(round({sql}) AS INTEGER), 'unixepoch')"
    return f"COALESCE({sql},'')"


def _having(path: Path, wanted: Wanted) -> Fragment:
    """`count^priority^>^3,avg^priority^>^2`: all must hold; what cannot be read is left out."""
    parts: list[str] = []
    values: list[str | float] = []
    for one in re.split(r",(?=(?:count|sum|avg|min|max)\^)", wanted.having, flags=re.IGNORECASE):
        read = _HAVING.match(one.strip())
        found = _function(path, read[1].lower(), read[2]) if read else None
        if read is None or found is None or not wanted.readable(read[2]):
            continue
        sign = "<>" if read[3] == "!=" else read[3]
        sql, column = found
        value: str | float = read[4]
        if read[1].lower() == "count" or column.is_numeric:
            try:
                value = float(read[4])
            except ValueError:
                continue
        elif read[1].lower() in {"sum", "avg"}:
            value = f"{read[4]}"
            sql = f"datetime(CAST(round({sql}) AS INTEGER), 'unixepoch')"
        parts.append(f"{sql} {sign} ?")
        values.append(value)
    return " AND ".join(parts), values


def _order(path: Path, wanted: Wanted) -> Iterator[str]:
    """`AVG^state`, `COUNT^DESC`, `state^DESC`: aggregates or columns, rising unless DESC is said."""
    for one in filter(None, wanted.order.split(",")):
        words = [word.strip() for word in one.split("^") if word.strip()]
        falling = " DESC" if words and words[-1].upper() == "DESC" else ""
        if words and words[-1].upper() in {"ASC", "DESC"}:
            words.pop()
        if words and not wanted.readable(words[-1]):
            continue
        if words and words[0].lower() in {"count", *FUNCTIONS}:
            found = _function(path, words[0].lower(), words[1] if len(words) > 1 else "")
            if found:
                yield found[0] + falling
        elif words and (sorted_by := _sorted(path, words[0])):
            yield sorted_by + falling


def _sorted(path: Path, name: str) -> str:
    """SQL of a column to sort by, as lists sort: numbers by size, references by what they show."""
    found = path.column(name)
    if found is None:
        return ""
    sql, column = found
    if column.is_numeric:
        return f"CAST({sql} AS REAL)"
    return path.shown(sql, column) if column.type == "reference" else sql
