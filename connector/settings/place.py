"""Where in a TOML file a setting stands: the standard library's parser gives no lines.

The text has been parsed already when a line is asked for, so this reader may be loose: it only finds its way.
"""

import re
import tomllib
from collections.abc import Mapping

Place = tuple[str | int, ...]
"""The way to a setting: ``("policy", 2, "when", "class", 0)``; ``()`` is the file itself."""

_BLANK = re.compile(r"(?:[\s,]|#[^\n]*)*")
_STRING = (
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_WORD = re.compile(rf"{_STRING}|[A-Za-z0-9_-]+", re.DOTALL)
_VALUE = re.compile(rf"{_STRING}|[^,\]}}#\n]*", re.DOTALL)


def places(text: str) -> Mapping[Place, int]:
    """Each setting of a valid TOML text → the line on which it begins, counted from 1."""
    return _Reader(text).read()


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """The line of a setting, or of the nearest table around it that the file really has."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Place, int] = {(): 1}
        self.entries: dict[Place, int] = {}
        """Arrays of tables → how many tables they have so far."""

    def read(self) -> dict[Place, int]:
        table: Place = ()
        while self.more():
            table = self.header() if self.text[self.at] == "[" else self.setting(table)
        return self.lines

    def more(self) -> bool:
        """Go past blanks, comments and commas; is anything left?"""
        self.skip(_BLANK)
        return self.at < len(self.text)

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:  # nothing a valid text can hold: move on rather than stand still
            self.at += 1
            return ""
        self.at = match.end()
        return match[0]

    def mark(self, place: Place) -> Place:
        self.lines.setdefault(place, self.text.count("\n", 0, self.at) + 1)
        return place

    def name(self) -> list[str]:
        """A key, perhaps dotted, perhaps quoted, and whatever closes it (``=``, ``]``)."""
        words = []
        while True:
            self.skip(re.compile(r"[ \t]*"))
            word = self.skip(_WORD)
            words.append(tomllib.loads(f"x = {word}")["x"] if word[:1] in ("'", '"') else word)
            if not self.skip(re.compile(r"[ \t]*\.|(?=.)|$", re.DOTALL)).endswith("."):
                self.skip(re.compile(r"[ \t]*[=\]]*"))
                return words

    def header(self) -> Place:
        many = self.text.startswith("[[", self.at)
        begins = self.at
        self.at += 2 if many else 1
        words = self.name()
        ends, self.at = self.at, begins
        place: Place = ()
        for word in words[:-1]:
            place = self.mark(self.latest((*place, word)))
        place = (*place, words[-1])
        if many:
            self.mark(place)
            self.entries[place] = self.entries.get(place, -1) + 1
        self.mark(place := self.latest(place))
        self.at = ends
        return place

    def latest(self, place: Place) -> Place:
        return (*place, self.entries[place]) if place in self.entries else place

    def setting(self, table: Place) -> Place:
        begins = self.at
        words = self.name()
        ends, self.at = self.at, begins
        place = table
        for word in words:
            place = self.mark((*place, word))
        self.at = ends
        self.skip(re.compile(r"[ \t]*"))
        self.value(place)
        return table

    def value(self, place: Place) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening not in ("[", "{"):
            self.skip(_VALUE)
            return
        self.at += 1
        count = 0
        while self.more() and self.text[self.at] not in "]}":
            if opening == "[":
                self.value(self.mark((*place, count)))
                count += 1
            else:
                self.setting(place)
        self.at += 1
