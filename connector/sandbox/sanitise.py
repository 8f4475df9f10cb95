"""What is left of HTML in a REST write: nothing in text, a safe part in columns that hold HTML.

`glide.rest.sanitize_request_input` (true unless set) asks for it; section 5.3.
"""

import re
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser

from connector.sandbox.column import Column

PROPERTY = "glide.rest.sanitize_request_input"

HTML = frozenset({"html", "translated_html"})
"""The internal types whose columns hold HTML."""

TAGS = frozenset(
    """a b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup
    table tbody td th thead tr u ul""".split()  # noqa: SIM905  one tag a line would be 35 lines
)
"""What stays in an HTML column."""

_ATTRIBUTES = frozenset({"alt", "class", "colspan", "height", "href", "rowspan", "src", "title", "width"})
_VOID = frozenset({"br", "hr", "img"})
_UNSEEN = frozenset({"script", "style"})
_SAFE_URL = re.compile(r"(?:https?:|mailto:|/|#|[\w.%-]+(?:[/?#]|\Z))", re.IGNORECASE)
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
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.kept)


class _Reader(HTMLParser):
    """Writes again what is allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in TAGS and not self._unseen:
            told = "".join(
                f' {name}="{escape(value or "")}"'
                for name, value in attrs
                if name in _ATTRIBUTES
                and (name not in {"href", "src"} or _SAFE_URL.match((value or "").strip()))
            )
            self.kept.append(f"<{tag}{told}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in TAGS - _VOID and not self._unseen:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.kept.append(escape(data, quote=False))
