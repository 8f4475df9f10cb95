"""What a seed may say, and whether a document says it: every mistake with its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from connector.sandbox.column import Column, accepted, java_text
from connector.sandbox.dictionary import NAME, Dictionary, Table, labelled
from connector.sandbox.exchange import KEPT
from connector.sandbox.seed.document import Document
from connector.sandbox.stock import PLUGINS, found_table, plugin_columns, plugin_tables

SYS_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}\Z")
_TYPES = """
string integer decimal float boolean glide_date_time due_date glide_date glide_duration glide_time time
timer reference glide_list journal_input journal_list journal html wiki_text url email password2 choice GUID
conditions script currency price phone_number_e164 translated_text user_roles
"""
TYPES = frozenset(_TYPES.split())
"""Column types that a seed may name."""

TABLE_KEYS = {"name": str, "label": str, "extends": str}
COLUMN_KEYS = {
    "table": str, "name": str, "type": str, "label": str, "max_length": int, "reference": str,
    "choices": list, "default": str, "read_only": bool,
}  # fmt: skip
CHOICE_KEYS = {"value": str, "label": str}
GENERATE_KEYS = {"table": str, "count": int, "values": dict}
PARTS = {
    "plugins": list, "tables": list, "columns": list, "users": list, "rows": dict, "generate": list,
}  # fmt: skip
_KINDS = {str: "text", int: "a whole number", list: "a list", dict: "an object", bool: "true or false"}


@dataclass
class Order:
    """What is to be done, checked: in the order in which it is done."""

    plugins: list[str] = field(default_factory=list)
    tables: list[tuple[str, str, str]] = field(default_factory=list)
    """name, label, extends"""
    columns: list[tuple[str, Column]] = field(default_factory=list)
    users: list[tuple[dict[str, str], str, list[str]]] = field(default_factory=list)
    """Columns of `sys_user`, password, roles."""
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    generate: list[tuple[str, int, dict[str, list[str]]]] = field(default_factory=list)


class Check:
    """Reads documents against a dictionary, which grows by the tables and columns they add.

    `taken` says whether a table's storage holds a sys_id.
    """

    def __init__(self, dictionary: Dictionary, taken: Callable[[str, str], bool]) -> None:
        self.order = Order()
        self.problems: list[str] = []
        self._dictionary = dictionary
        self._taken = taken
        self._given: set[tuple[str, str]] = set()
        self._names: set[str] = set()

    def read(self, document: Document) -> None:
        """Take one document; what is wrong with it is added to `problems`."""
        self._file = document.name
        content = self._object(document.content, "", PARTS)
        for index, given in enumerate(content.get("plugins", ())):
            self._plugin(given, f"plugins[{index}]")
        for index, given in enumerate(content.get("tables", ())):
            self._table(self._object(given, f"tables[{index}]", TABLE_KEYS), f"tables[{index}]")
        for index, given in enumerate(content.get("columns", ())):
            self._column(self._object(given, f"columns[{index}]", COLUMN_KEYS), f"columns[{index}]")
        for index, given in enumerate(content.get("users", ())):
            self._user(given, f"users[{index}]")
        for name, rows in content.get("rows", {}).items():
            self._rows(name, rows, f"rows.{name}")
        for index, given in enumerate(content.get("generate", ())):
            self._generate(self._object(given, f"generate[{index}]", GENERATE_KEYS), f"generate[{index}]")

    def _wrong(self, place: str, what: str) -> None:
        self.problems.append(f"{self._file}: {place}: {what}" if place else f"{self._file}: {what}")

    def _object(self, given: object, place: str, keys: Mapping[str, type]) -> dict[str, Any]:
        """The known keys that have the right type."""
        if not isinstance(given, dict):
            self._wrong(place, "must be an object")
            return {}
        good = {}
        for key, value in given.items():
            inner = f"{place}.{key}" if place else key
            if key not in keys:
                self._wrong(inner, f"no such key{_meant(key, keys)}")
            elif not isinstance(value, keys[key]) or (keys[key] is int and isinstance(value, bool)):
                self._wrong(inner, f"must be {_KINDS[keys[key]]}")
            else:
                good[key] = value
        return good

    def _known(self, name: str, place: str) -> Table | None:
        table = self._dictionary.get(name)
        if table is None:
            self._wrong(place, f"no table {name!r}{_meant(name, self._dictionary.tables)}")
        return table

    def _plugin(self, given: object, place: str) -> None:
        if not isinstance(given, str) or given not in PLUGINS:
            self._wrong(place, f"no plug-in {given!r}; there are {', '.join(PLUGINS)}")
            return
        for brought, columns in plugin_tables(given):
            if brought.name not in self._dictionary.tables:
                self._dictionary.add_table(brought, columns)
        for table, column in plugin_columns(given):
            self._dictionary.add_column(table, column)
        self.order.plugins.append(given)

    def _table(self, given: Mapping[str, Any], place: str) -> None:
        name, extends = given.get("name", ""), given.get("extends", "")
        if extends and self._known(extends, f"{place}.extends") is None:
            return
        label = given.get("label", "")
        try:
            found_table(self._dictionary, name, label, extends)
        except ValueError as wrong:
            self._wrong(f"{place}.name", str(wrong))
            return
        self.order.tables.append((name, label, extends))

    def _column(self, given: Mapping[str, Any], place: str) -> None:
        table = self._known(given.get("table", ""), f"{place}.table")
        name, kind, reference = given.get("name", ""), given.get("type", "string"), given.get("reference", "")
        good = table is not None
        if not NAME.match(name):
            self._wrong(f"{place}.name", f"{name!r} is no column name: lower case, digits and _ only")
            good = False
        if kind not in TYPES:
            self._wrong(f"{place}.type", f"no type {kind!r}{_meant(kind, TYPES)}")
            good = False
        if kind == "reference" and not reference:
            self._wrong(f"{place}.reference", "missing: which table does it refer to?")
            good = False
        if reference and self._known(reference, f"{place}.reference") is None:
            good = False
        choices = {}
        for index, choice in enumerate(given.get("choices", ())):
            told = self._object(choice, f"{place}.choices[{index}]", CHOICE_KEYS)
            if "value" in told:
                choices[told["value"]] = told.get("label", told["value"])
            elif isinstance(choice, dict):
                self._wrong(f"{place}.choices[{index}]", "value: missing")
        length = given.get("max_length", 255)
        if length < 1:
            self._wrong(f"{place}.max_length", "must be 1 or more")
            good = False
        if good:
            column = Column(
                name,
                "string" if kind == "choice" else kind,
                given.get("label") or labelled(name),
                32 if kind == "reference" else length,
                choices,
                given.get("default", ""),
                given.get("read_only", False),
                reference,
            )
            self._dictionary.add_column(given["table"], column)
            self.order.columns.append((given["table"], column))

    def _user(self, given: object, place: str) -> None:
        if not isinstance(given, dict):
            self._wrong(place, "must be an object")
            return
        roles, password = given.get("roles", []), given.get("password", "")
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            self._wrong(f"{place}.roles", "must be a list of role names")
            return
        if not isinstance(password, str):
            self._wrong(f"{place}.password", "must be text")
            return
        rest = {key: value for key, value in given.items() if key not in ("roles", "password")}
        row = self._row(self._dictionary["sys_user"], rest, place)
        name = row.get("user_name", "")
        if not name:
            self._wrong(f"{place}.user_name", "missing")
        elif name.lower() in self._names:
            self._wrong(f"{place}.user_name", f"{name!r} stands here twice")
        else:
            self._names.add(name.lower())
            self.order.users.append((row, password, roles))

    def _rows(self, name: str, rows: object, place: str) -> None:
        table = self._known(name, place)
        if not isinstance(rows, list):
            self._wrong(place, "must be a list of records")
        elif table is not None:
            for index, given in enumerate(rows):
                where = f"{place}[{index}]"
                if not isinstance(given, dict):
                    self._wrong(where, "must be an object")
                    continue
                real = given.get("sys_class_name", name)
                if table.classes and real not in self._dictionary.family(name):
                    self._wrong(f"{where}.sys_class_name", f"{real!r} is not {name} and does not extend it")
                    continue
                kind = self._dictionary[real] if table.classes else table
                self.order.rows.append((kind.name, self._row(kind, given, where)))

    def _row(self, table: Table, given: Mapping[str, object], place: str) -> dict[str, str]:
        row = {}
        for element, value in given.items():
            column = table.columns.get(element)
            if column is None:
                meant = _meant(element, table.columns)
                self._wrong(f"{place}.{element}", f"{table.name} has no such column{meant}")
                continue
            text, wrong = _text(column, value)
            if wrong:
                self._wrong(f"{place}.{element}", wrong)
            else:
                row[element] = text
        sys_id = row.get("sys_id", "")
        if sys_id:
            key = (table.root, sys_id)
            if not SYS_ID.match(sys_id):
                self._wrong(f"{place}.sys_id", f"{sys_id!r} is no sys_id: up to 32 letters, digits, _ and -")
            elif key in self._given or self._taken(table.root, sys_id):
                self._wrong(f"{place}.sys_id", f"{sys_id!r} is taken")
            self._given.add(key)
        return row

    def _generate(self, given: Mapping[str, Any], place: str) -> None:
        table = self._known(given.get("table", ""), f"{place}.table")
        count = given.get("count", 0)
        if not 1 <= count <= 10_000_000:
            self._wrong(f"{place}.count", "must be from 1 to 10,000,000")
        elif table is not None:
            values: dict[str, list[str]] = {}
            for element, value in given.get("values", {}).items():
                several = value if isinstance(value, list) else [value]
                rows = [self._row(table, {element: one}, f"{place}.values") for one in several]
                values[element] = [row[element] for row in rows if element in row]
                if element == "sys_id" or not several:
                    what = "cannot be the same for all" if element == "sys_id" else "must not be empty"
                    self._wrong(f"{place}.values.{element}", what)
            self.order.generate.append((table.name, count, values))


def _text(column: Column, value: object) -> tuple[str, str]:
    """What is stored, and what is wrong with the value instead."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC) if value.tzinfo else value
        value = at.strftime("%Y-%m-%d %H:%M:%S")
    elif isinstance(value, date):
        value = value.isoformat()
    elif value is None:
        value = ""
    elif not isinstance(value, str | int | float):
        return "", "must be text, a number, or true or false"
    text = java_text(value)
    if column.is_journal or not text or "{n}" in text:
        return text, ""
    if column.type == "boolean":
        if text.lower() not in {"true", "false", "1", "0"}:
            return "", f"{text!r} is not true or false"
        return ("true" if text.lower() in {"true", "1"} else "false"), ""
    if column.max_length and len(text) > column.max_length:
        return "", f"longer than its {column.max_length} characters"
    if column.is_money and ";" in text:
        kept = KEPT[column.type]
        return (
            "",
            f"{text!r} must be a number in the instance's currency; what was entered is a row of {kept}",
        )
    stored = accepted(column, text, any_choice=True)
    if stored is None:
        whole = "an amount" if column.is_money else "a whole number"
        form = "YYYY-MM-DD HH:MM:SS in UTC" if column.is_instant else whole
        return "", f"{text!r} is not {'YYYY-MM-DD' if column.type == 'glide_date' else form}"
    return stored, ""


def _meant(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
