"""Rows of the platform as they should be: every value a text.

A page of a list brings the same columns a thousand times. So it is kept as a `Sheet`: the columns once, and
the values of each row in their order. Whoever asks for a row gets a `Record`, which is a mapping as any other
row; whoever needs the same few columns of very many picks them by their places (`Picks`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, overload

Row = Mapping[str, str]
Texts = tuple[str, ...]
"""The values of a row, in the order of its layout."""

FOUND_BY = ("number", "opened_at", "cmdb_ci")
"""Columns that an incident is looked for by and that seldom change."""
ENDS = ("resolved_at", "closed_at")
"""Further ones, which change once or twice in its life."""
STAMPS = ("sys_updated_on", "sys_updated_by", "sys_mod_count")
"""Columns that every update changes, whatever else it changes."""


class Layout:
    """Which columns rows have, by name; made by `layout_of`.

    What an incident is looked for by stands first, its ends behind, the stamps of the update stand last.
    """

    __slots__ = ("at", "ends", "found_by", "names", "stamps")

    def __init__(self, names: tuple[str, ...], found_by: int = 0, ends: int = 0, stamps: int = 0) -> None:
        self.names = names
        self.at = {name: place for place, name in enumerate(names)}
        """Column → its place."""
        self.found_by = found_by
        """How many of `FOUND_BY` there are, at the beginning."""
        self.ends = ends
        """How many of `ENDS` there are, behind them."""
        self.stamps = stamps
        """How many of `STAMPS` there are, at the end."""


class Picks(dict[Layout, Callable[[Texts], Texts]]):
    """Layout → what picks the values of these columns, two or more, out of a row's texts.

    "" stands for a column that there is not.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self._columns = tuple(columns)

    def __missing__(self, layout: Layout) -> Callable[[Texts], Texts]:
        beyond = len(layout.names)
        places = [layout.at.get(column, beyond) for column in self._columns]
        pick = itemgetter(*places)
        found = self[layout] = (lambda texts: pick((*texts, ""))) if beyond in places else pick
        return found


def layout_of(columns: Iterable[str]) -> Layout:
    """The one layout of these columns, whatever their order."""
    return _layout(frozenset(columns))


@cache
def _layout(columns: frozenset[str]) -> Layout:
    found_by, ends, stamps = ([one for one in group if one in columns] for group in (FOUND_BY, ENDS, STAMPS))
    others = sorted(columns.difference(found_by, ends, stamps))
    return Layout((*found_by, *ends, *others, *stamps), len(found_by), len(ends), len(stamps))


class Record(Mapping[str, str]):
    """A row by its layout and its texts."""

    __slots__ = ("layout", "texts")

    def __init__(self, layout: Layout, texts: Texts) -> None:
        self.layout = layout
        self.texts = texts

    def __getitem__(self, column: str) -> str:
        return self.texts[self.layout.at[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout.names)

    def __len__(self) -> int:
        return len(self.texts)

    def __contains__(self, column: object) -> bool:
        return column in self.layout.at

    def __repr__(self) -> str:
        return repr(dict(self))


class Sheet(Sequence[Row]):
    """Rows that all have the same columns."""

    __slots__ = ("layout", "texts")

    def __init__(self, layout: Layout, texts: Sequence[Texts]) -> None:
        self.layout = layout
        self.texts = texts

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> "Sheet": ...
    def __getitem__(self, index: int | slice) -> "Record | Sheet":
        if isinstance(index, slice):
            return Sheet(self.layout, self.texts[index])
        return Record(self.layout, self.texts[index])

    def __len__(self) -> int:
        return len(self.texts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str | bytes):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))


def sheets_of(rows: Sequence[Row]) -> Iterator[Sheet]:
    """The rows in their order, those side by side that have the same columns in one sheet each."""
    if isinstance(rows, Sheet):
        yield rows
        return
    layout: Layout | None = None
    texts: list[Texts] = []
    for row in rows:
        one = record_of(row)
        if one.layout is not layout:
            if layout is not None:
                yield Sheet(layout, texts)
            layout, texts = one.layout, []
        texts.append(one.texts)
    if layout is not None:
        yield Sheet(layout, texts)


def record_of(row: Mapping[str, Any]) -> Record:
    """A row as a record, every value a text (`flat`)."""
    if type(row) is Record:
        return row
    layout = layout_of(row)
    texts = tuple([row[column] for column in layout.names])
    try:
        "".join(texts)
    except TypeError:  # an object or null among the values
        plain = flat(row)
        texts = tuple([plain[column] for column in layout.names])
    return Record(layout, texts)


def values_of(rows: Sequence[Row], columns: tuple[str, ...]) -> list[Any]:
    """The values of these columns, a tuple a row; of one column its value. Raises KeyError without one."""
    if not isinstance(rows, Sheet):
        return list(map(itemgetter(*columns), rows))
    at = rows.layout.at
    return list(map(itemgetter(*[at[column] for column in columns]), rows.texts))


def flat(row: Mapping[str, object]) -> dict[str, str]:
    """Every value as text: a reference that came as an object by its value, null as empty."""
    if type(row) is Record:
        return dict(zip(row.layout.names, row.texts, strict=True))
    texts: dict[str, str] = {}
    for column, value in row.items():
        plain = value.get("value", "") if isinstance(value, dict) else value
        if isinstance(plain, bool):
            plain = "true" if plain else "false"
        texts[column] = "" if plain is None else str(plain)
    return texts


def storable(text: object) -> str:
    """The text without halves of characters, which a database refuses; "" for what is no text.

    The platform cuts a text at a number of code units, so an emoji at the end can lose its second half.
    """
    if not isinstance(text, str):
        return ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


CALENDAR = "calendar"
"""Stands where the sys_id of a record would: to it belong the tasks of dated things, which have no record."""


def owner_of(task: Row) -> str:
    """sys_id of what a task of ours belongs to: its incident, else its parent, else the calendar."""
    return task.get("incident") or task.get("parent") or CALENDAR
