"""Records as pages show them: label, display value and, where the value is a reference, where it leads."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from connector.sandbox.column import INSTANT, Column
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.instance import Instance
from connector.sandbox.parameter import Parameters
from connector.sandbox.projection import BOTH, View
from connector.sandbox.sanitise import HTML

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

VIEWER = "admin"
"""Whose eyes the pages have: what is shown is what an administrator would see."""


_LINE_END = re.compile(r"<br\s*/?>|</(?:p|li|div|tr|h[1-6])\s*>", re.IGNORECASE)
_CELL_END = re.compile(r"</t[dh]>(?=\s*<t[dh]\b)", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)

HIDDEN = "••••••"
"""What stands where a secret is."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of one record.  `address` leads to the record that a reference means, "" otherwise."""

    element: str
    label: str
    type: str
    shown: str
    value: str
    address: str

    @property
    def style(self) -> str:
        """The class by which the style sheet knows it."""
        if self.element == "priority":
            return f"priority p{self.value}" if self.value.isdecimal() else "priority"
        if self.element in {"state", "short_description"}:
            return self.element
        return "at" if self.type in INSTANT else ""

    @property
    def is_empty(self) -> bool:
        """Nothing to show; journals stand in the activity stream."""
        return not self.value or self.type.startswith("journal")


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the table `table` (its real class) with the cells that were asked for."""

    table: str
    sys_id: str
    title: str
    cells: tuple[Cell, ...]

    @property
    def address(self) -> str:
        """Of its form."""
        return form_address(self.table, self.sys_id)

    def only(self, elements: Sequence[str]) -> "Record":
        """The same record with these columns, in this order."""
        cells = {cell.element: cell for cell in self.cells}
        return replace(self, cells=tuple(cells[element] for element in elements if element in cells))


class Shelf:
    """Reads records for the pages.  The caller holds the instance's lock."""

    def __init__(self, rest: "Rest", zone: str) -> None:
        self.instance: Instance = rest.instance
        self.dictionary: Dictionary = rest.instance.dictionary
        self.zone = zone
        self._reading = rest.reading

    def records(
        self, table: Table, query: str, *, fields: Sequence[str] = (), limit: int = 50, offset: int = 0
    ) -> tuple[list[Record], int]:
        """Records that an encoded query finds, and how many there are.  Raises `RecordError`."""
        wanted = [
            "sys_id",
            *(["sys_class_name"] if table.classes else []),
            *([table.display] if table.display else []),
        ]
        kept = tuple(dict.fromkeys([*fields, *wanted])) if fields else ()
        asked = Parameters(query=query, fields=kept, limit=limit, offset=offset, display=BOTH, links=False)
        page = self._reading.page(table.name, asked, (), View(BOTH, False, "", self.zone), VIEWER)
        records = [self._record(table, json.loads(one), fields) for one in page.fragments]
        return records, page.total or 0

    def _record(self, table: Table, told: dict[str, dict[str, str | None]], fields: Sequence[str]) -> Record:
        sys_id = told["sys_id"]["value"] or ""
        real = told.get("sys_class_name", {}).get("value") or table.name
        shape = self.dictionary.get(real) or table
        title = (told.get(shape.display, {}).get("display_value") if shape.display else "") or sys_id
        elements = fields or tuple(told)
        cells = tuple(self._cell(table, element, told[element]) for element in elements if element in told)
        return Record(real, sys_id, title, cells)

    def _cell(self, table: Table, element: str, told: dict[str, str | None]) -> Cell:
        column = table.columns.get(element) or Column(element, label=element)
        if column.type == "password2" and told["value"]:
            return Cell(element, column.label, column.type, HIDDEN, HIDDEN, "")
        value = told["value"] or ""
        shown = told["display_value"] or value
        if column.type in HTML:
            shown = plain(shown)
        target = self.dictionary.get(column.reference) if column.type == "reference" else None
        found = target and value and column.key == "sys_id"
        address = form_address(target.name, value) if target and found else ""
        return Cell(element, column.label or element, column.type, shown, value, address)


def plain(html: str) -> str:
    """What stands in a piece of HTML, a line for each paragraph and row, dots between the cells of a table;
    still only text, to be escaped like any.
    """
    lines = _LINE_END.sub("\n", _CELL_END.sub(" · ", html))
    return unescape(_TAG.sub("", lines)).strip()


def form_address(table: str, sys_id: str) -> str:
    """Where a record's form is."""
    return f"/{quote(table)}.do?sys_id={quote(sys_id)}"


def list_address(table: str, query: str, first: int = 1) -> str:
    """Where a list is."""
    told = {"sysparm_query": query} | ({"sysparm_first_row": str(first)} if first > 1 else {})
    return f"/{quote(table)}_list.do?{urlencode(told)}"
