"""Rows of the platform in one text each: the values, and in front of them which columns they are of.

Three times as quick as JSON on the way in and twice on the way out, and half the size; a poll brings the
same columns a hundred thousand times. The order of the columns (`Layout`) is such that two texts tell by how
they begin whether an incident is found by the same, or was only touched.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from sqlalchemy import Connection, insert, select

from connector.sync.row import Layout, Record, Row, Texts, layout_of, sheets_of, storable
from connector.sync.store import schema

SEPARATOR = "\x1f"
"""ASCII "unit separator". A value that holds one, by whatever accident, gets a blank instead."""


class Shape:
    """Columns of rows that are packed. Texts of another shape have another number in front, and so no
    beginning in common with those of this one.
    """

    __slots__ = ("_found_by", "_found_by_and_ends", "_number", "layout")

    def __init__(self, number: int, layout: Layout) -> None:
        self.layout = layout
        self._number = str(number)
        self._found_by = layout.found_by
        self._found_by_and_ends = layout.found_by + layout.ends

    def packed(self, rows: Sequence[Texts]) -> Iterator[tuple[str, "Shape", Texts]]:
        """As `Packing.packed`, of the values of each row."""
        begin = self._number + SEPARATOR
        texts = [begin + text for text in map(SEPARATOR.join, rows)]
        # Each holds as many separators as it has values, if not more.
        whole = sum(map(str.count, texts, repeat(SEPARATOR))) == len(texts) * len(self.layout.names)
        if not whole or not (all(map(str.isascii, texts)) or all(map(_is_whole, texts))):
            rows = [tuple([storable(value).replace(SEPARATOR, " ") for value in row]) for row in rows]
            texts = [begin + text for text in map(SEPARATOR.join, rows)]
        return zip(texts, repeat(self), rows, strict=False)

    def touched(self, before: str, after: str) -> bool:
        """A text of any shape differs from one of this in nothing but `STAMPS`, if at all."""
        return before.startswith(after.rsplit(SEPARATOR, self.layout.stamps)[0] + SEPARATOR)

    def found_alike(self, before: str, after: Texts) -> bool:
        """A row is found by the same as before, and so are its ends."""
        return before.startswith(SEPARATOR.join((self._number, *after[: self._found_by_and_ends], "")))

    def found_alike_but_for_ends(self, before: str, after: Texts) -> bool:
        """A row is found by the same as before, whatever its ends."""
        return before.startswith(SEPARATOR.join((self._number, *after[: self._found_by], "")))


class Packing:
    """Packs and unpacks; knows the column lists (*shapes*) met so far."""

    def __init__(self) -> None:
        self._shape_of: dict[Layout, Shape] = {}
        self._layout_of: dict[str, Layout] = {}
        """Number of a shape, as it stands in front of a text → columns."""

    def packed(self, connection: Connection, rows: Sequence[Row]) -> Iterator[tuple[str, Shape, Texts]]:
        """Each row as one text, and as it will be unpacked again: the same but for what cannot be kept.

        A new shape is written in the connection's transaction.
        """
        sheets = sheets_of(rows)
        return chain.from_iterable(self._shape(connection, one.layout).packed(one.texts) for one in sheets)

    def unpack(self, connection: Connection, texts: Iterable[str]) -> list[Record]:
        """The rows again."""
        rows = []
        known = self._layout_of
        for text in texts:
            shape, _, values = text.partition(SEPARATOR)
            if shape not in known:
                self._recall(connection)
            rows.append(Record(known[shape], tuple(values.split(SEPARATOR))))
        return rows

    def forget(self) -> None:
        """What was learned in a transaction that failed is not known."""
        self._shape_of.clear()
        self._layout_of.clear()

    def _shape(self, connection: Connection, layout: Layout) -> Shape:
        shape = self._shape_of.get(layout)
        if shape is None:
            text = json.dumps(layout.names)
            known = select(schema.shape.c.id).where(schema.shape.c.columns == text)
            number = connection.execute(known).scalar()
            if number is None:
                connection.execute(insert(schema.shape).values(columns=text))
                number = connection.execute(known).scalar_one()
            shape = self._shape_of[layout] = Shape(number, layout)
            self._layout_of[str(number)] = layout
        return shape

    def _recall(self, connection: Connection) -> None:
        for number, text in connection.execute(select(schema.shape.c.id, schema.shape.c.columns)):
            names = tuple(json.loads(text))
            layout = layout_of(names)
            # Kept by an earlier program, which had them in another order.
            self._layout_of[str(number)] = layout if layout.names == names else Layout(names)


def _is_whole(text: str) -> bool:
    """No half of a character is in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
