"""What is left of HTML in a REST write: nothing in text, a safe part in columns that hold HTML.

`glide.rest.sanitize_request_input` (true unless set) asks for it; section 5.3.
"""

import re
from collections.abc import Mapping

from connector.sandbox.column import Column

PROPERTY = "glide.rest.sanitize_request_input"

HTML = frozenset({"html", "translated_html"})
"""The internal types whose columns hold HTML."""

_HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-z][^<>]*>|<!doctype[^<>]*>", re.IGNORECASE)
_CODE = re.compile(r"(\[code\].*?\[/code\])", re.IGNORECASE | re.DOTALL)


def cleaned(column: Column, text: str, properties: Mapping[str, str]) -> str:
    """What a REST write may leave of `text` in `column`, as the property has it."""
    if "<" not in text or not column.is_text or properties.get(PROPERTY) == "false":
        return text
    return sanitised(text, column.type, journal=column.is_journal)


def sanitised(text: str, kind: str, *, journal: bool = False) -> str:
    """`text` for a column of the internal type `kind`; in journals, what stands in `[code]` may hold HTML."""
    if "<" not in text:
        return text
    if kind in HTML:
        return _safe(text)
    if journal:
        parts = _CODE.split(text)
        return "".join(_safe(part) if at % 2 else _stripped(part) for at, part in enumerate(parts))
    return _stripped(text)


def _stripped(text: str) -> str:
    """No tag at all, also none that is made by taking another away."""
    before = ""
    while before != text:
        before, text = text, _TAG.sub("", _HIDDEN.sub("", text))
    return text


def _safe(text: str) -> str:
    from connector.sandbox.markup import safe  # with a parser: only who writes HTML waits for it

    return safe(text)
