"""Conditions of service levels that are about the write itself: `stateCHANGESTO2`, `commentsVALCHANGES`.

What a definition allows by its `advanced_condition_type` (section 4.2): `advanced` columns, with `journal`
also new entries of a journal, with `system` also the sys_ fields.  What it does not allow is never true.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

_PARTS = re.compile(r"(?<!\^)\^(?!\^)")
_TERM = re.compile(r"(NQ|OR)?([a-z]\w*?)(VALCHANGES|CHANGESFROM|CHANGESTO|CHANGES)(.*)\Z", re.DOTALL)
_ALWAYS, _NEVER = "sys_idISNOTEMPTY", "sys_idISEMPTY"


class Change(NamedTuple):
    """One write."""

    row: Mapping[str, str]
    """The record after it."""
    before: Mapping[str, str]
    """What the columns held that it changed; of a new record "" for each that has a value."""
    entries: Collection[str] = ()
    """The journals that got an entry."""


def made(row: Mapping[str, str], entries: Collection[str] = ()) -> Change:
    """The write that a record was made by."""
    return Change(row, {name: "" for name, value in row.items() if value}, entries)


def settled(query: str, change: Change, kind: str) -> str:
    """The query with all that is about the write answered, so that the record alone decides the rest."""
    if "CHANGES" not in query:
        return query
    return "^".join(_answered(part, change, kind) for part in _PARTS.split(query))


def _answered(part: str, change: Change, kind: str) -> str:
    found = _TERM.match(part)
    if found is None:
        return part
    lead, element, operator, value = found.groups()
    return f"{lead or ''}{_ALWAYS if _holds(element, operator, value, change, kind) else _NEVER}"


def _holds(element: str, operator: str, value: str, change: Change, kind: str) -> bool:
    if not kind.startswith("advanced"):
        return False
    if element in change.entries:
        return "journal" in kind and operator in {"VALCHANGES", "CHANGES"}
    if element not in change.before or (element.startswith("sys_") and "system" not in kind):
        return False
    if operator == "CHANGESFROM":
        return change.before[element] == value
    return operator != "CHANGESTO" or change.row.get(element, "") == value
