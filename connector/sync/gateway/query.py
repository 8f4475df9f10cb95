"""Encoded queries, built so that no value can become a condition.

The language has no escape for ``^`` that can be relied on, and ``javascript:`` runs on the server
(SERVICENOW.md §2.1); a value that holds either is refused before anything is sent.
"""

import re
from collections.abc import Iterable

from connector.errors import Refused

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_TABLE = re.compile(r"[a-z][a-z0-9_]*")
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_BREAK = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_LISTS = frozenset({"IN", "NOT IN"})
_EMPTINESS = frozenset({"ISEMPTY", "ISNOTEMPTY"})
_OPERATORS = (
    _LISTS | _EMPTINESS | {"=", "!=", "<", "<=", ">", ">=", "STARTSWITH", "ENDSWITH", "LIKE", "NOT LIKE"}
)


def term(field: str, operator: str, value: str | Iterable[str] = "") -> str:
    """One condition: ``term("state", "IN", ["1", "2"])`` → ``stateIN1,2``.

    Raises `Refused` for a field or operator that is none, and for a value that could become a condition of
    its own: with ``^``, a line end or another control character, a leading ``javascript:``, or a comma
    inside an item of a list.
    """
    if not _FIELD.fullmatch(field):
        raise Refused(f"{field!r} is not a field name; nothing was asked")
    if operator not in _OPERATORS:
        raise Refused(f"{operator!r} is not an operator this connector uses; nothing was asked")
    if operator in _EMPTINESS:
        return f"{field}{operator}"
    if isinstance(value, str):
        return f"{field}{operator}{_checked(value, field)}"
    if operator not in _LISTS:
        raise Refused(f"{field} {operator} takes one value, not several; nothing was asked")
    items = [_checked(item, field) for item in value]
    if any("," in item for item in items):
        raise Refused(f"a value for {field} holds a comma, which would split it in two; nothing was asked")
    return f"{field}{operator}{','.join(items)}"


def _checked(value: str, field: str) -> str:
    if "^" in value or _BREAK.search(value) or value.lstrip().lower().startswith("javascript:"):
        raise Refused(
            f"the value {value[:40]!r} for {field} could become a condition of its own (^, a line end or "
            "javascript:); nothing was asked"
        )
    return value


def table_name(table: str) -> str:
    """The name itself. Raises `Refused` where it could lead a URL elsewhere."""
    if not _TABLE.fullmatch(table):
        raise Refused(f"{table!r} is not a table name; nothing was sent")
    return table


def is_sys_id(text: str) -> bool:
    """Whether it can be one: 32 hex digits."""
    return _SYS_ID.fullmatch(text) is not None


def record_id(sys_id: str) -> str:
    """The sys_id itself, 32 hex digits. Raises `Refused` where it could lead a URL to another record."""
    if not is_sys_id(sys_id):
        raise Refused(f"{sys_id[:40]!r} is not a sys_id (32 hex digits); nothing was sent")
    return sys_id
