"""A configuration and what it includes, read as one document that remembers where each setting stands.

    include = ["shared/hours.toml", "shared/policies.toml"]

What the file itself says wins, setting by setting; tables are laid over each other. Of tables with a name
([[policy]], [[desk]], …) those of the same name are laid over each other too, so that a file can change a
shared policy in one setting. Two included files that say different things of one setting are an error: whom
to believe must not hang on an order.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from connector.errors import SettingsError
from connector.settings.place import Place, places

KEY = "include"
NAMED = frozenset({"policy", "desk", "table", "source", "indicator", "score", "period"})
"""Arrays of tables whose entries have a name."""

_PLAINER = {
    "Cannot overwrite a value": "the setting stands here for the second time",
    "Cannot declare": "the table stands here for the second time",
    "Invalid value": "not a value; text stands in quotes",
    "Unclosed array": "the list is not closed",
    "Unterminated string": "the text is not closed",
    "Expected newline or end of document after a statement": "something follows that does not belong here",
    "Expected '=' after a key in a key/value pair": "a setting is written as key = value",
}
"""How the parser begins what it says → the same for people."""


class Spot(NamedTuple):
    """A line of a file. In the order of files as they were read, then of lines."""

    order: int
    """0 for the configuration itself, then the included files."""
    line: int
    path: Path

    def __str__(self) -> str:
        """``config.toml:12``."""
        return f"{self.path}:{self.line}"


class Gathered(NamedTuple):
    """One document out of one or several files."""

    document: dict[str, Any]
    spots: Mapping[Place, Spot]
    texts: Mapping[Path, str]
    """Each file with what stands in it, the configuration itself first."""

    def spot(self, place: Place) -> Spot:
        """Where a setting stands, or the nearest table around it that a file really has."""
        while place and place not in self.spots:
            place = place[:-1]
        return self.spots[place]


def read_file(path: Path) -> str:
    """The text of a file. Raises `SettingsError` naming it."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        raise SettingsError(f"{path}:{before + 1}: not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None


def gather(text: str, path: Path, read: Callable[[Path], str] = read_file) -> Gathered:
    """The document that a text and what it includes stand for.

    Raises `SettingsError` for what is not TOML, cannot be read, or is said twice, all of it at once.
    """
    own = _parsed(text, path)
    lines = places(text)
    problems: list[str] = []
    merged = _Merged()
    texts = {path: text}
    names = own.get(KEY, [])
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        for index, name in enumerate(names):
            line = lines.get((KEY, index), lines.get((KEY,), 1))
            try:
                file, found = _included(path, name, texts, read, f"{path}:{line}")
            except SettingsError as error:
                problems += error.problems
                continue
            texts[file] = found[0]
            merged.lay(found[1], places(found[0]), len(texts) - 1, file)
    if problems:
        raise SettingsError(*problems)
    merged.lay(own, lines, 0, path)
    twice = [
        f"{again}: {_named(place)}: {first} says something else; say it in one of the two, or in {path}"
        for place, (first, again) in merged.twice.items()
    ]
    if twice:
        raise SettingsError(*twice)
    return Gathered(merged.document, merged.spots, texts)


def _included(
    path: Path, name: str, texts: Mapping[Path, str], read: Callable[[Path], str], where: str
) -> tuple[Path, tuple[str, dict[str, Any]]]:
    file = path.parent / name
    if file in texts:
        raise SettingsError(f"{where}: include: {name}: included already, or this file itself")
    try:
        text = read(file)
    except SettingsError as error:
        raise SettingsError(*(f"{where}: include: {problem}" for problem in error.problems)) from None
    document = _parsed(text, file)
    if KEY in document:
        line = places(text).get((KEY,), 1)
        raise SettingsError(
            f"{file}:{line}: include: a file that is included cannot include others; name them all in {path}"
        )
    return file, (text, document)


class _Merged:
    """Documents laid over each other; the last one wins, and may say anything again."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self.spots: dict[Place, Spot] = {}
        self.twice: dict[Place, tuple[Spot, Spot]] = {}
        """What two included files say differently → where."""

    def lay(self, document: dict[str, Any], lines: Mapping[Place, int], order: int, path: Path) -> None:
        """Another document on top; ``order`` 0 is the configuration itself."""
        moved = self._moved(document)
        spots = {_shifted(place, moved): Spot(order, line, path) for place, line in lines.items()}
        for key, value in document.items():
            if key in NAMED and isinstance(value, list) and isinstance(self.document.get(key, []), list):
                entries = self.document.setdefault(key, [])
                for index, entry in enumerate(value):
                    at = moved.get((key, index), index)
                    if at == len(entries):
                        entries.append(entry)
                    else:
                        self._over(entries, at, entry, (key, at), spots)
            else:
                self._over(self.document, key, value, (key,), spots)
        self.spots |= spots

    def _moved(self, document: Mapping[str, Any]) -> dict[tuple[str, int], int]:
        """Where the tables with a name go: onto the one of that name in another file, or behind all."""
        moved = {}
        for key in NAMED & document.keys():
            there, entries = self.document.get(key, []), document[key]
            if not isinstance(there, list) or not isinstance(entries, list):
                continue
            known = {_name(entry): index for index, entry in enumerate(there) if _name(entry)}
            end = len(there)
            taken: set[int] = set()
            for index, entry in enumerate(entries):
                at = known.get(_name(entry))
                if at is None or at in taken:  # the second of one name in one file: `references` tells of it
                    at, end = end, end + 1
                taken.add(at)
                moved[key, index] = at
        return moved

    def _over(
        self, holder: Any, key: str | int, value: Any, place: Place, spots: Mapping[Place, Spot]
    ) -> None:
        there = holder.get(key) if isinstance(holder, dict) else holder[key]
        if isinstance(there, dict) and isinstance(value, dict):
            for inner, one in value.items():
                self._over(there, inner, one, (*place, inner), spots)
            return
        before, now = self.spots.get(place), spots.get(place)
        if now is not None and now.order == 0:
            self.twice = {at: told for at, told in self.twice.items() if at[: len(place)] != place}
        elif there is not None and before is not None and now is not None and there != value:
            self.twice.setdefault(place, (before, now))
        if there is not None:
            self.spots = {at: spot for at, spot in self.spots.items() if at[: len(place)] != place}
        holder[key] = value


def _shifted(place: Place, moved: Mapping[tuple[str, int], int]) -> Place:
    match place:
        case (str(key), int(index), *rest) if (key, index) in moved:
            return (key, moved[key, index], *rest)
    return place


def _name(entry: object) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def _named(place: Place) -> str:
    return ": ".join(str(key) for key in place if isinstance(key, str))


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_not_toml(str(error), text, path)) from None


def _not_toml(message: str, text: str, path: Path) -> str:
    what, _, where = message.rpartition(" (at ")
    number = re.match(r"line (\d+), column (\d+)", where)
    at = int(number[1]) if number else max(1, len(text.rstrip().splitlines()))
    plain = next((said for begins, said in _PLAINER.items() if what.startswith(begins)), what)
    column = f" (at column {number[2]})" if number else " (at the end of the file)"
    return f"{path}:{at}: not TOML: {plain}{column}"
