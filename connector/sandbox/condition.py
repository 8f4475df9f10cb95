"""Terms of a query as SQL with parameters: nothing is walked row by row.

An absent value is the empty string.  As on the platform, `!=`, `NOT IN` and `NOT LIKE` also match records
that have no value, while `<` and `>` never do.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from connector.sandbox.column import Column
from connector.sandbox.error import QueryError
from connector.sandbox.moment import DAYS, instant, relative, scripted
from connector.sandbox.query import Term

Fragment = tuple[str, list[str | float]]
"""SQL text and the values of its question marks."""

ALWAYS: Fragment = ("1", [])
NEVER: Fragment = ("0", [])

MANY = 1000
"""A longer list goes in as one parameter: SQLite takes 32,766 of them."""

ME = "54635e965f510100a9ad2572f2b4774c"
"""The dynamic filter option "Me" as every instance ships it."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and when: what relative dates and `gs.getUserID()` depend on.

    `at` is the instance's clock in epoch seconds, `zone` the user's IANA zone.
    """

    at: int
    zone: str
    user_id: str
    user_name: str


@dataclass(frozen=True, slots=True)
class Operand:
    """A column inside a statement: its SQL, its dictionary entry, the SQL of what a reference shows.

    `family` lists the classes below a table name, for INSTANCEOF.
    """

    sql: str
    column: Column
    shown: str
    family: Callable[[str], list[str]]


def condition(term: Term, operand: Operand, other: Operand | None, asker: Asker) -> Fragment:
    """One term as SQL.  `other` is the second column of SAMEAS and the _FIELD operators.

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
        return _fields(term, operand, other)
    if operator in {"LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH"}:
        return _like(term, operand, asker)
    if operator == "INSTANCEOF":
        classes = operand.family(term.value)
        return (f"{sql} IN ({_marks(classes)})", [*classes]) if classes else NEVER
    if operator == "DYNAMIC":
        if term.value != ME:
            raise QueryError(f"{term.path}{operator}{term.value}", "only the dynamic option Me is known")
        return f"{sql} = ?", [asker.user_id]
    if operator.startswith("RELATIVE"):
        return _relative(term, operand, asker)
    if operator == "DATEPART":
        return _datepart(term, operand, asker)
    if operator in {"ON", "NOTON", "BETWEEN"}:
        return _between(term, operand, asker)
    if operator in {"IN", "NOT IN"}:
        values = [_value(operand.column, part, term, asker) for part in term.value.split(",")]
        if len(values) > MANY:
            return f"{sql} {operator} (SELECT value FROM json_each(?))", [json.dumps(values)]
        return f"{sql} {operator} ({_marks(values)})", [*values]
    value = _value(operand.column, term.value, term, asker)
    if operator in {"=", "!="}:
        if term.shown and (operand.column.choices or operand.column.reference):
            return f"({sql} = ? OR {operand.shown} = ?)", [value, term.value]
        return f"{sql} {'=' if operator == '=' else '<>'} ?", [value]
    return _compare(operator, operand, value, term)


def _marks(values: list[str]) -> str:
    return ",".join("?" * len(values))


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
    sql = operand.shown if operand.column.reference else operand.sql
    text = _called(term.value, term, asker)
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    pattern = {"STARTSWITH": f"{text}%", "ENDSWITH": f"%{text}"}.get(term.operator, f"%{text}%")
    negated = "NOT " if term.operator == "NOT LIKE" else ""
    return f"{sql} {negated}LIKE ? ESCAPE '\\'", [pattern]


def _fields(term: Term, operand: Operand, other: Operand) -> Fragment:
    left, right = operand.sql, other.sql
    part = term.value.partition("@")[2]
    if part:
        size = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}.get(part)
        if size is None or term.operator not in {"SAMEAS", "NSAMEAS"}:
            raise QueryError(f"{term.path}{term.operator}{term.value}", "unknown part of a date")
        left, right = f"substr({left},1,{size})", f"substr({right},1,{size})"
    if term.operator in {"SAMEAS", "NSAMEAS"}:
        return f"{left} {'=' if term.operator == 'SAMEAS' else '<>'} {right}", []
    sign = {"GT_FIELD": ">", "LT_FIELD": "<", "GT_OR_EQUALS_FIELD": ">=", "LT_OR_EQUALS_FIELD": "<="}[
        term.operator
    ]
    filled = f"{left} <> '' AND {right} <> ''"
    if operand.column.is_numeric:
        left, right = f"CAST({left} AS REAL)", f"CAST({right} AS REAL)"
    return f"({filled} AND {left} {sign} {right})", []


def _relative(term: Term, operand: Operand, asker: Asker) -> Fragment:
    moment = relative(term.value, asker.at, asker.zone)
    if moment is None or not operand.column.is_instant:
        raise QueryError(
            f"{term.path}{term.operator}{term.value}", "needs a date column and @unit@ago|ahead@n"
        )
    sign = {"GT": ">", "LT": "<", "GE": ">=", "LE": "<=", "EE": "="}[term.operator.removeprefix("RELATIVE")]
    return f"({operand.sql} <> '' AND {operand.sql} {sign} ?)", [moment]


def _datepart(term: Term, operand: Operand, asker: Asker) -> Fragment:
    name = term.value.partition("@")[0].strip().lower()
    if name not in DAYS:
        raise QueryError(f"{term.path}DATEPART{term.value}", "only days of the week are known")
    weekday = str((DAYS.index(name) + 1) % 7)
    moved = f"strftime('%w', local({operand.sql}, ?))"
    return f"({operand.sql} <> '' AND {moved} = ?)", [asker.zone, weekday]


def _between(term: Term, operand: Operand, asker: Asker) -> Fragment:
    parts = term.value.split("@")
    if len(parts) != (2 if term.operator == "BETWEEN" else 3):
        raise QueryError(f"{term.path}{term.operator}{term.value}", "needs a start and an end")
    low, low_values = _compare(">=", operand, _value(operand.column, parts[-2], term, asker), term)
    high, high_values = _compare("<=", operand, _value(operand.column, parts[-1], term, asker), term)
    negated = "NOT " if term.operator == "NOTON" else ""
    return f"{negated}({low} AND {high})", low_values + high_values


def _value(column: Column, text: str, term: Term, asker: Asker) -> str:
    """A literal in the form in which the column stores it."""
    text = _called(text, term, asker)
    if not text:
        return text
    if column.type == "boolean":
        return {"1": "true", "0": "false"}.get(text, text.lower())
    if column.type == "integer" and not text.isascii():
        return text
    if column.type == "integer":
        try:
            return str(int(text))
        except ValueError:
            return text
    if column.is_instant:
        if instant(text) is None:
            raise QueryError(f"{term.path}{term.operator}{text}", "no date-time YYYY-MM-DD HH:MM:SS")
        return f"{text} 00:00:00" if len(text) == 10 else text
    return text


def _called(text: str, term: Term, asker: Asker) -> str:
    """The value of a whitelisted `javascript:` call; other text as it is."""
    if not text.startswith("javascript:"):
        return text
    call = text.removeprefix("javascript:").strip().removesuffix(";").removeprefix("return ").strip()
    if call == "gs.getUserID()":
        return asker.user_id
    if call == "gs.getUserName()":
        return asker.user_name
    value = scripted(call, asker.at, asker.zone)
    if value is None:
        raise QueryError(f"{term.path}{term.operator}{text}", "this call is not on the sandbox's list")
    return value
