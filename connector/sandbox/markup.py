"""The part of HTML that is safe to keep in a column that holds HTML."""

import re
from html import escape
from html.parser import HTMLParser

TAGS = frozenset(
    """a b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup
    table tbody td th thead tr u ul""".split()  # noqa: SIM905  one tag a line would be 35 lines
)
"""What stays in an HTML column."""

_ATTRIBUTES = frozenset({"alt", "class", "colspan", "height", "href", "rowspan", "src", "title", "width"})
_VOID = frozenset({"br", "hr", "img"})
_UNSEEN = frozenset({"script", "style"})
_SAFE_URL = re.compile(r"(?:https?:|mailto:|/|#|[\w.%-]+(?:[/?#]|\Z))", re.IGNORECASE)


def safe(text: str) -> str:
    """The text with the tags and attributes that are allowed, and without what nobody sees."""
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
