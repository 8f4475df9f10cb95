"""Terms of a query as SQL with parameters: nothing is walked row by row.

An absent value is the empty string.  As on the platform, `!=`, `NOT IN` and `NOT LIKE` also match records
that have no value (unless the `Dialect` says otherwise), while `<` and `>` never do.
"""

import json

from connector.sandbox.error import QueryError
from connector.sandbox.operand import (
    ALWAYS,
    NEVER,
    Asker,
    Fragment,
    Operand,
    called,
    marks,
    members,
    script,
    stored,
    unread,
)
from connector.sandbox.period import apart, date_part, relative_to, same_period
from connector.sandbox.query import Term

MANY = 1000
"""A longer list goes in as one parameter: SQLite takes 32,766 of them."""

FIELD_OPERATORS = frozenset(
    {
        "SAMEAS",
        "NSAMEAS",
        "GT_FIELD",
        "LT_FIELD",
        "GT_OR_EQUALS_FIELD",
        "LT_OR_EQUALS_FIELD",
        "MORETHAN",
        "LESSTHAN",
    }
)
"""Their value begins with the name of a second column."""

_SIGN = {"GT_FIELD": ">", "LT_FIELD": "<", "GT_OR_EQUALS_FIELD": ">=", "LT_OR_EQUALS_FIELD": "<="}


def condition(term: Term, operand: Operand, other: Operand | None, asker: Asker) -> Fragment:
    """One term as SQL.  `other` is the second column of the FIELD_OPERATORS.

    Raises `QueryError` for a value that does not fit the operator or the column.
    """
    operator, sql = term.operator, operand.sql
    if operator == "ANYTHING":
        return ALWAYS
    if operator in {"ISEMPTY", "EMPTYSTRING"}:
        return f"{sql} = ''", []
    if operator == "ISNOTEMPTY":
        return f"{sql} <> ''", []
    if other is not None:
        return _fields(term, operand, other, asker)
    if operator in {"LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH"}:
        return _like(term, operand, asker)
    if operator == "INSTANCEOF":
        classes = operand.family(term.value)
        return (f"{sql} IN ({marks(classes)})", [*classes]) if classes else NEVER
    if operator == "DYNAMIC":
        listed = members(asker.option(term.value), asker)
        if listed is None:
            raise unread(term, "no dynamic filter option whose script the sandbox knows")
        return f"{sql} IN {listed[0]}", listed[1]
    if operator.startswith("RELATIVE"):
        return relative_to(term, operand, asker)
    if operator == "DATEPART":
        return date_part(term, operand, asker)
    if operator in {"ON", "NOTON", "BETWEEN"}:
        return _between(term, operand, asker)
    if operator in {"IN", "NOT IN", "=", "!="}:
        return _equal(term, operand, asker)
    if operator in {"<", "<=", ">", ">="}:
        return _compare(operator, operand, stored(operand.column, term.value, term, asker), term)
    raise unread(term, "means nothing in a list")


def _equal(term: Term, operand: Operand, asker: Asker) -> Fragment:
    """`=`, `!=`, `IN`, `NOT IN`."""
    operator, sql, column = term.operator, operand.sql, operand.column
    negated = operator in {"!=", "NOT IN"}
    found: Fragment
    if listed := members(script(term.value), asker):
        found = f"{sql} {'NOT IN' if negated else 'IN'} {listed[0]}", listed[1]
    elif operator in {"IN", "NOT IN"}:
        values = [stored(column, part, term, asker) for part in term.value.split(",")]
        if len(values) > MANY:
            found = f"{sql} {operator} (SELECT value FROM json_each(?))", [json.dumps(values)]
        else:
            found = f"{sql} {operator} ({marks(values)})", [*values]
    else:
        value = stored(column, term.value, term, asker)
        if term.shown and (column.choices or column.reference):
            if column.reference == "sys_user":  # `assigned_to=john.smith` (1.2)
                named = f"{sql} IN (SELECT sys_id FROM sys_user WHERE user_name = ?)"
                return f"({sql} = ? OR {operand.shown} = ? OR {named})", [value, term.value, term.value]
            return f"({sql} = ? OR {operand.shown} = ?)", [value, term.value]
        found = f"{sql} {'<>' if negated else '='} ?", [value]
    return operand.besides_empty(found) if negated else found


def _compare(operator: str, operand: Operand, value: str, term: Term) -> Fragment:
    """`<`, `<=`, `>`, `>=`: numbers as numbers, everything else as text; no value is never less or more."""
    sql = operand.sql
    if operand.column.is_numeric:
        try:
            number = float(value)
        except ValueError:
            raise QueryError(f"{term.path}{operator}{value}", "not a number") from None
        return f"({sql} <> '' AND CAST({sql} AS REAL) {operator} ?)", [number]
    if operator in {"<", "<="}:
        return f"({sql} <> '' AND {sql} {operator} ?)", [value]
    if value == "" and operator == ">=":
        return f"{sql} <> ''", []
    return f"{sql} {operator} ?", [value]


def _like(term: Term, operand: Operand, asker: Asker) -> Fragment:
    """Parts of a text; of a reference, parts of what it shows."""
    sql = operand.shown if operand.column.reference else operand.sql
    text = called(term.value, term, asker)
    found: Fragment
    if not operand.dialect.ignores_case:
        part = {
            "STARTSWITH": f"substr({sql},1,{len(text)})",
            "ENDSWITH": f"substr({sql},{-len(text)})" if text else "''",
        }.get(term.operator)
        sign = "=" if term.operator == "NOT LIKE" else ">"
        found = (f"{part} = ?", [text]) if part else (f"instr({sql},?) {sign} 0", [text])
    else:
        for sign in ("\\", "%", "_"):
            text = text.replace(sign, "\\" + sign)
        pattern = {"STARTSWITH": f"{text}%", "ENDSWITH": f"%{text}"}.get(term.operator, f"%{text}%")
        negated = "NOT " if term.operator == "NOT LIKE" else ""
        found = f"{sql} {negated}LIKE ? ESCAPE '\\'", [pattern]
    return operand.besides_empty(found) if term.operator == "NOT LIKE" else found


def _fields(term: Term, operand: Operand, other: Operand, asker: Asker) -> Fragment:
    """Two columns of one record."""
    left, right = operand.sql, other.sql
    if term.operator in {"MORETHAN", "LESSTHAN"}:
        return apart(term, operand, other)
    part = term.value.partition("@")[2]
    if term.operator in {"SAMEAS", "NSAMEAS"}:
        if part:
            return same_period(term, part, operand, other, asker)
        return f"{left} {'=' if term.operator == 'SAMEAS' else '<>'} {right}", []
    if part:
        raise unread(term, "only SAMEAS and NSAMEAS compare parts of dates")
    filled = f"{left} <> '' AND {right} <> ''"
    if operand.column.is_numeric:
        left, right = f"CAST({left} AS REAL)", f"CAST({right} AS REAL)"
    return f"({filled} AND {left} {_SIGN[term.operator]} {right})", []


def _between(term: Term, operand: Operand, asker: Asker) -> Fragment:
    """BETWEEN has a start and an end, ON and NOTON have a label before them; both ends belong to it."""
    parts = term.value.split("@")
    if len(parts) != (2 if term.operator == "BETWEEN" else 3):
        raise unread(term, "needs a start and an end")
    ends = [stored(operand.column, part, term, asker) for part in parts[-2:]]
    low, low_values = _compare(">=", operand, ends[0], term)
    high, high_values = _compare("<=", operand, ends[1], term)
    both: Fragment = f"({low} AND {high})", low_values + high_values
    return operand.besides_empty((f"NOT {both[0]}", both[1])) if term.operator == "NOTON" else both
