"""Encoded queries, read into terms: `active=true^priorityIN1,2^ORstate=6^ORDERBYDESCsys_updated_on`.

Precedence (platform facts, section 2.1): `^OR` binds to the term before it, `^` joins those groups, `^NQ`
starts another complete set of conditions.  ORDERBY may stand anywhere; a trailing `^EQ` or `^` says nothing.
A literal caret in a value is written `^^`.  What asks other tables (RLQUERY, JOIN), the text index and tags
becomes a term with an operator of its own; `related` makes SQL of those.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from connector.sandbox.error import QueryError

OPERATORS = (
    "IN_HIERARCHY_DYNAMIC",
    "GT_OR_EQUALS_FIELD",
    "LT_OR_EQUALS_FIELD",
    "DOES NOT CONTAIN",
    "IN_HIERARCHY",
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
    "MORETHAN",
    "LESSTHAN",
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
_TAG = re.compile(r"sys_tags\.[0-9a-f]{32}(=|DOESNOTHAVE|EXCLUDING)([0-9a-f]{32})\Z")
_JOIN = re.compile(r"JOIN\w+\.(\w+)=\w+\.\w+!", re.DOTALL)
_TEXT = re.compile(r"(123TEXTQUERY321|123TEXTINDEXGROUP321|IR_(?:AND|OR|AND_OR)_QUERY)=(.*)", re.DOTALL)
_STRANGE = re.compile(r"([A-Za-z]\w*(?:\.\w+)*)(!=|<=|>=|=|<|>)(.*)", re.DOTALL)
UNREAD = "UNREAD"
"""The operator of a part that cannot be read; no text can spell it."""

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


Sets = tuple[tuple[tuple[Term, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """`sets` are joined by OR, the groups in a set by AND, the terms in a group by OR.

    `every` must hold whatever the sets say: an RLQUERY counts for the whole query.  `unread` are the parts
    that cannot be read; `marked` are the sets with these in their places, as terms of the operator UNREAD.
    """

    sets: Sets = ()
    order: tuple[Order, ...] = ()
    every: tuple[Term, ...] = ()
    unread: tuple[str, ...] = field(default=())
    marked: Sets = ()


@lru_cache(maxsize=512)
def parse(text: str, *, strict: bool = True) -> Query:
    """Read an encoded query.

    Raises `QueryError` for what cannot be read when `strict`; otherwise such parts land in `unread`.
    """
    sets: list[list[list[Term]]] = [[]]
    order: list[Order] = []
    every: list[Term] = []
    unread: list[str] = []
    parts = iter(_split(text))
    for part in parts:
        joined = False
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
        elif part.startswith("OR"):
            joined = True
            part = part[2:]
        if part in {"", "EQ", "ENDRLQUERY"}:
            continue
        if part.startswith("RLQUERY"):
            every.append(Term("sys_id", "RLQUERY", _until_end(part, parts)))
            continue
        term = _term(part)
        if term is None:
            if strict:
                raise QueryError(part, "no known operator follows a column name")
            unread.append(part)
            term = Term("", UNREAD, part)
        if joined and sets[-1]:
            sets[-1][-1].append(term)
        elif joined and strict:
            raise QueryError(part, "OR with nothing before it")
        else:
            sets[-1].append([term])
    marked = _frozen(sets)
    read = [[[term for term in group if term.operator != UNREAD] for group in groups] for groups in sets]
    return Query(_frozen(read) if unread else marked, tuple(order), tuple(every), tuple(unread), marked)


def _frozen(sets: list[list[list[Term]]]) -> Sets:
    """Without what is empty."""
    kept = [[tuple(group) for group in groups if group] for groups in sets]
    return tuple(tuple(groups) for groups in kept if groups)


def _term(part: str) -> Term | None:
    """One condition, None if it cannot be read."""
    if found := _TERM.match(part):
        path, operator, value = found.groups()
        if not path.startswith("sys_tags."):
            return Term(path, _SAME.get(operator, operator), value)
    if found := _TAG.match(part):
        return Term("sys_id", f"TAG{found[1]}", found[2])
    if found := _JOIN.match(part):
        return Term(found[1], "JOIN", part[4:])
    if found := _TEXT.match(part):
        return Term("sys_id", found[1], found[2])
    if found := _STRANGE.match(part):  # columns are lower case, so it is one that does not exist
        return Term(found[1], found[2], found[3])
    return None


def _until_end(part: str, parts: Iterator[str]) -> str:
    """The text of an RLQUERY up to its ENDRLQUERY, which may be missing at the end of the query."""
    inner = [part.removeprefix("RLQUERY")]
    for later in parts:
        if later == "ENDRLQUERY":
            break
        inner.append(later.replace("^", "^^"))
    return "^".join(inner)


def _split(text: str) -> list[str]:
    if "^^" not in text:
        return text.split("^")
    return [part.replace("\0", "^") for part in text.replace("^^", "\0").split("^")]


def _path(part: str, start: int, *, strict: bool) -> str:
    path = part[start:].strip()
    if strict and not _FIELD.match(path):
        raise QueryError(part, "no column to sort by")
    return path
