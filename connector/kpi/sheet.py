"""CSV files that other programs wrote: whichever encoding and separator they took, with the line of each row.

Pure: bytes in, rows and findings out. Nothing here knows what the columns mean.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")
"""Tried in this order; UTF-16 only where the file begins with its mark."""


class Unusable(ValueError):
    """Nothing in the file can be used; the text says where and why."""


class Sheet(NamedTuple):
    """A file as rows of text."""

    name: str
    """What errors call it."""
    encoding: str
    header: tuple[str, ...]
    text: str
    separator: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line on which the row ends, cells) of each row under the header; empty lines are passed over."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
        try:
            next(reader)
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error as error:
            raise Unusable(f"{self.name}:{reader.line_num}: not CSV: {error}") from None


def opened(raw: bytes, name: str, encoding: str = "") -> Sheet:
    """A CSV file, perhaps packed with gzip. Raises `Unusable` naming the line from which it is no text."""
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise Unusable(f"{name}: the packed file is damaged: {error}") from None
    text, used = _decoded(raw, name, encoding)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as spreadsheets of old Macs save it
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise Unusable(f"{name}:1: no header; the first line names the columns")
    if "\0" in first:
        raise Unusable(f"{name}:1: not a CSV file")
    separator = max(",;\t|", key=first.count)
    header = next(csv.reader([first.rstrip("\r")], delimiter=separator))
    return Sheet(name, used, tuple(cell.strip() for cell in header), text, separator)


def located(
    sheet: Sheet, wanted: Mapping[str, Sequence[str]], optional: frozenset[str] = frozenset()
) -> tuple[dict[str, int], list[str]]:
    """Our word → place of its column, and a problem for each that is missing and not ``optional``.

    ``wanted`` has the headings under which a column may stand, the usual one first; ``Assignment group`` is
    ``assignment_group``.
    """
    known = {_plain(heading): place for place, heading in reversed(list(enumerate(sheet.header)))}
    found, problems = {}, []
    for word, headings in wanted.items():
        place = next((known[_plain(h)] for h in headings if _plain(h) in known), None)
        if place is not None:
            found[word] = place
        elif word not in optional:
            near = get_close_matches(headings[0], sheet.header, 1)
            guess = f'; did you mean "{near[0]}"?' if near else f"; there are {_listed(sheet.header)}"
            problems.append(f'{sheet.name}:1: column "{headings[0]}" is missing{guess}')
    return found, problems


def _plain(heading: str) -> str:
    return heading.casefold().replace("_", " ").strip()


def _decoded(raw: bytes, name: str, encoding: str) -> tuple[str, str]:
    tried = (encoding,) if encoding else ENCODINGS
    problems = []
    for one in tried:
        if one == "utf-16" and not encoding and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return raw.decode(one), one.removesuffix("-sig")
        except UnicodeDecodeError as error:
            problems.append((error.object[: error.start].count(b"\n") + 1, one.removesuffix("-sig")))
        except LookupError:
            raise Unusable(f'{name}: no encoding "{encoding}"; write utf-8 or gb18030') from None
    line = max(problems)[0]
    if encoding:
        raise Unusable(f"{name}:{line}: not {encoding} text; without that word its encoding is found out")
    raise Unusable(
        f"{name}:{line}: neither {' nor '.join(one for _, one in problems)} text; save it as UTF-8"
    )


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(f'"{word}"' for word in words[:12])
    return f"{shown}, …" if len(words) > 12 else shown
