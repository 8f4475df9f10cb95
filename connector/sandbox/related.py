"""Conditions that look beyond the record: other tables, hierarchies, tags, the text index.

Each becomes a subselect that does not depend on the row, so SQLite makes it once for a query.  Inside of one
the rows have the alias t again.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.operand import ALWAYS, Asker, Fragment, Operand, members, unread
from connector.sandbox.query import Term

if TYPE_CHECKING:
    from connector.sandbox.statement import Statement

Compile = Callable[[Table, str], "Statement"]
"""An encoded query of another table, in the same session."""

_RELATED = re.compile(
    r"\s*(\w+)\.(\w+),(>=|<=|!=|=|>|<|BETWEEN)(\d+)(?:@(\d+))?(?:,(m2m))?(?:[,^](.*))?\Z", re.DOTALL
)
_JOIN = re.compile(r"(\w+)\.(\w+)=(\w+)\.(\w+)!(.*)\Z", re.DOTALL)
_COUNTS: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_TEXT = frozenset({"123TEXTQUERY321", "IR_AND_QUERY", "IR_OR_QUERY", "IR_AND_OR_QUERY"})
_FULL_TEXT_TYPES = frozenset({"string", "html", "wiki_text", "translated_text", "translated_field"})

BEYOND = frozenset(
    {"RLQUERY", "JOIN", "TAG=", "TAGDOESNOTHAVE", "TAGEXCLUDING", "123TEXTINDEXGROUP321", *_TEXT}
)
"""Operators that only this file knows; their column is one of the record itself."""


def beyond(
    term: Term, operand: Operand, table: Table, dictionary: Dictionary, compiled: Compile
) -> Fragment | None:
    """One of the BEYOND as SQL; None if it names what does not exist.  Raises `QueryError`."""
    if term.operator == "RLQUERY":
        return _counted(term, operand, dictionary, compiled)
    if term.operator == "JOIN":
        return _joined(term, operand, table, dictionary, compiled)
    if term.operator.startswith("TAG"):
        return _tagged(term, operand, dictionary)
    return _found(term, table, dictionary) if term.operator in _TEXT else ALWAYS


def _counted(term: Term, operand: Operand, dictionary: Dictionary, compiled: Compile) -> Fragment | None:
    """RLQUERY: how many rows of another table refer to the record, `incident.problem_id,>=1^priority=1`."""
    read = _RELATED.match(term.value)
    if read is None:
        raise unread(term, "needs table.column,>=n and perhaps ,m2m and conditions")
    name, element, kind, low, high, _, inner = read.groups()
    other = dictionary.get(name)
    if other is None or element not in other.columns:
        return None
    fits: Callable[[int], bool]
    if kind == "BETWEEN":
        if high is None:
            raise unread(term, "needs two numbers")
        having, fits = f"BETWEEN {int(low)} AND {int(high)}", lambda count: int(low) <= count <= int(high)
    else:
        having, fits = f"{kind} {int(low)}", lambda count: _COUNTS[kind](count, int(low))
    found = compiled(other, inner or "")
    rows = (
        f'SELECT t."{element}" FROM "{other.root}" t {found.joins}'
        f" WHERE ({found.where}) AND t.\"{element}\" <> ''"
        f" GROUP BY 1 HAVING {{}}(count(*) {having})"
    )
    # A record that nothing refers to is in no group, so where 0 fits the groups that do not fit are excluded.
    if fits(0):
        return f"{operand.sql} NOT IN ({rows.format('NOT ')})", found.values
    return f"{operand.sql} IN ({rows.format('')})", found.values


def _joined(
    term: Term, operand: Operand, table: Table, dictionary: Dictionary, compiled: Compile
) -> Fragment | None:
    """JOIN: a row of another table has the same value, `incident.problem_id=problem.sys_id!active=true`."""
    read = _JOIN.match(term.value)
    other = dictionary.get(read[3]) if read else None
    left = dictionary.get(read[1]) if read else None
    if read is None:
        raise unread(term, "needs table.column=table.column!")
    if left is None or other is None or read[4] not in other.columns:
        return None
    if left.root != table.root:
        raise unread(term, "the left side must be the table that is asked")
    found = compiled(other, read[5])
    rows = f'SELECT t."{read[4]}" FROM "{other.root}" t {found.joins} WHERE {found.where}'
    return f"({operand.sql} <> '' AND {operand.sql} IN ({rows}))", found.values


def bare(term: Term) -> Term:
    """The JOIN without its condition: whatever its place in the query, the row must be there."""
    return Term(term.path, "JOIN", term.value.partition("!")[0] + "!")


def _tagged(term: Term, operand: Operand, dictionary: Dictionary) -> Fragment | None:
    """`sys_tags.<id>=<id>`: a row of `label_entry` ties the tag to the record."""
    if dictionary.get("label_entry") is None:
        return None
    keys = "SELECT e.table_key FROM label_entry e"
    if term.operator == "TAG=":
        return f"{operand.sql} IN ({keys} WHERE e.label = ?)", [term.value]
    without = f"{operand.sql} NOT IN ({keys} WHERE e.label = ?)"
    if term.operator == "TAGEXCLUDING":
        return without, [term.value]
    return f"({operand.sql} IN ({keys}) AND {without})", [term.value]


def _found(term: Term, table: Table, dictionary: Dictionary) -> Fragment:
    """Full text: every word (of IR_OR_QUERY any) stands somewhere in the record's own text.

    IR_AND_OR_QUERY falls back to any word where no record has them all.
    """
    names = [column.element for column in table.columns.values() if column.type in _FULL_TEXT_TYPES]
    text = "||char(10)||".join(f't."{name}"' for name in names if not name.startswith("sys_")) or "''"
    words = term.value.split()
    likes = [f"({text}) LIKE ? ESCAPE '\\'" for _ in words]
    values = [f"%{word.translate(_ESCAPED)}%" for word in words]
    if not words:
        return ALWAYS
    every, some = f"({' AND '.join(likes)})", f"({' OR '.join(likes)})"
    if term.operator == "IR_OR_QUERY":
        return some, [*values]
    if term.operator != "IR_AND_OR_QUERY":
        return every, [*values]
    classes = ",".join(f"'{name}'" for name in dictionary.family(table.name))
    within = f"t.sys_class_name IN ({classes}) AND " if table.parent else ""
    there = f'EXISTS (SELECT 1 FROM "{table.root}" t WHERE {within}{every})'
    return f"(CASE WHEN {there} THEN {every} ELSE {some} END)", [*values, *values, *values]


_ESCAPED = str.maketrans({sign: "\\" + sign for sign in "\\%_"})


def below(term: Term, operand: Operand, dictionary: Dictionary, asker: Asker) -> Fragment:
    """IN_HIERARCHY: `<definition>@<sys_id>`, the record named and all below it.

    The definition is not read: users hang below their manager, everything else below its parent.
    """
    _, sign, start = term.value.replace("%40", "@").partition("@")
    target = dictionary.get(operand.column.reference)
    step = "manager" if target is not None and target.name == "sys_user" else "parent"
    if not sign or target is None or step not in target.columns:
        raise unread(term, "needs definition@sys_id, and a table with a hierarchy")
    first: Fragment | None = ("(?)", [start])
    if term.operator == "IN_HIERARCHY_DYNAMIC":
        first = members(asker.option(start), asker)
    if first is None:
        raise unread(term, "no dynamic filter option whose script the sandbox knows")
    tree = (
        f'WITH RECURSIVE h(id) AS (SELECT sys_id FROM "{target.root}" WHERE sys_id IN {first[0]}'
        f' UNION SELECT d.sys_id FROM "{target.root}" d JOIN h ON d."{step}" = h.id) SELECT id FROM h'
    )
    return f"{operand.sql} IN ({tree})", first[1]
