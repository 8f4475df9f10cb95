"""Encoded queries, read into terms: `active=true^priorityIN1,2^ORstate=6^ORDERBYDESCsys_updated_on`.

Precedence (platform facts, section 2.1): `^OR` binds to the term before it, `^` joins those groups, `^NQ`
starts another complete set of conditions.  ORDERBY may stand anywhere; a trailing `^EQ` or `^` says nothing.
A literal caret in a value is written `^^`.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from connector.sandbox.error import QueryError

OPERATORS = (
    "GT_OR_EQUALS_FIELD",
    "LT_OR_EQUALS_FIELD",
    "DOES NOT CONTAIN",
    "ISNOTEMPTY",
    "EMPTYSTRING",
    "RELATIVEGT",
    "RELATIVELT",
    "RELATIVEGE",
    "RELATIVELE",
    "RELATIVEEE",
    "STARTSWITH",
    "INSTANCEOF",
    "NOTEMPTY",
    "ENDSWITH",
    "GT_FIELD",
    "LT_FIELD",
    "NOT LIKE",
    "CONTAINS",
    "ANYTHING",
    "DATEPART",
    "ISEMPTY",
    "BETWEEN",
    "NSAMEAS",
    "NOTLIKE",
    "DYNAMIC",
    "SAMEAS",
    "NOT IN",
    "NOTON",
    "NOTIN",
    "EMPTY",
    "LIKE",
    "IN",
    "ON",
    "!=",
    "<=",
    ">=",
    "!*",
    "=",
    "<",
    ">",
    "*",
    "%",
)
"""Longest first, so that INSTANCEOF is not read as IN with a strange list."""

_SAME = {
    "EMPTY": "ISEMPTY",
    "NOTEMPTY": "ISNOTEMPTY",
    "CONTAINS": "LIKE",
    "*": "LIKE",
    "DOES NOT CONTAIN": "NOT LIKE",
    "NOTLIKE": "NOT LIKE",
    "!*": "NOT LIKE",
    "NOTIN": "NOT IN",
    "%": "ENDSWITH",
}

_TERM = re.compile(
    r"([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)(" + "|".join(re.escape(o) for o in OPERATORS) + ")(.*)",
    re.DOTALL,
)
_FIELD = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*\Z")


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: a column (perhaps dot-walked), an operator in its one spelling, a value as written.

    `shown` marks a name-value pair of the URL, which also matches by display value.
    """

    path: str
    operator: str
    value: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One column to sort by."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """`sets` are joined by OR, the groups in a set by AND, the terms in a group by OR."""

    sets: tuple[tuple[tuple[Term, ...], ...], ...] = ()
    order: tuple[Order, ...] = ()
    unread: tuple[str, ...] = field(default=())


@lru_cache(maxsize=512)
def parse(text: str, *, strict: bool = True) -> Query:
    """Read an encoded query.

    Raises `QueryError` for what cannot be read when `strict`; otherwise such parts land in `unread`.
    """
    sets: list[list[list[Term]]] = [[]]
    order: list[Order] = []
    unread: list[str] = []
    for part in _split(text):
        joined = False
        if part in {"", "EQ"}:
            continue
        if part.startswith("ORDERBY"):
            descending = part.startswith("ORDERBYDESC")
            order.append(Order(_path(part, 11 if descending else 7, strict=strict), descending))
            continue
        if part.startswith("GROUPBY"):
            order.append(Order(_path(part, 7, strict=strict)))
            continue
        if part.startswith("NQ"):
            sets.append([])
            part = part[2:]
            if not part:
                continue
        elif part.startswith("OR"):
            joined = True
            part = part[2:]
        found = _TERM.match(part)
        if found is None:
            if strict:
                raise QueryError(part, "no known operator follows a column name")
            unread.append(part)
            continue
        path, operator, value = found.groups()
        term = Term(path, _SAME.get(operator, operator), value)
        if joined and sets[-1]:
            sets[-1][-1].append(term)
        elif joined and strict:
            raise QueryError(part, "OR with nothing before it")
        else:
            sets[-1].append([term])
    frozen = tuple(tuple(tuple(group) for group in groups) for groups in sets if groups)
    return Query(frozen, tuple(order), tuple(unread))


def _split(text: str) -> list[str]:
    if "^^" not in text:
        return text.split("^")
    return [part.replace("\0", "^") for part in text.replace("^^", "\0").split("^")]


def _path(part: str, start: int, *, strict: bool) -> str:
    path = part[start:].strip()
    if strict and not _FIELD.match(path):
        raise QueryError(part, "no column to sort by")
    return path
