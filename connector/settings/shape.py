"""What the configuration may hold, read from its JSON schema: the settings of each table and their types."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connector.settings.place import Place

Schema = Mapping[str, Any]

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
_WORDS = {
    "string": "text in quotes",
    "boolean": "true or false, without quotes",
    "integer": "a whole number, without quotes",
    "number": "a number, without quotes",
    "array": "a list in brackets",
    "object": "a table",
}


def described(value: object) -> str:
    """What somebody wrote, by its kind: ``"text"``, ``"a number"``."""
    words = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a fraction",
        list: "a list",
        dict: "a table",
    }
    return words.get(type(value), "a date or a time")


class Shape:
    """One place of the schema; several where the schema leaves a choice."""

    def __init__(self, root: Schema, *nodes: Schema) -> None:
        self._root = root
        self._nodes = [leaf for node in nodes or (root,) for leaf in self._leaves(node)]

    def _leaves(self, node: Schema) -> Iterator[Schema]:
        if "$ref" in node:
            yield from self._leaves(self._root["$defs"][node["$ref"].rsplit("/", 1)[1]])
        for branch in (*node.get("anyOf", ()), *node.get("oneOf", ())):
            yield from self._leaves(branch)
        if not node.keys() & {"$ref", "anyOf", "oneOf"}:
            yield node

    def within(self, key: str | int, value: object = None) -> "Shape | None":
        """The shape of a setting in this table, or of an entry of this list; None where there is none.

        ``value`` is the table that holds the key: its ``rule`` decides between the rules.
        """
        found: list[Schema] = []
        for node in self._of_rule(value):
            if isinstance(key, int):
                found += [node["items"]] if "items" in node else node.get("prefixItems", ())[key : key + 1]
            elif key in node.get("properties", {}):
                found.append(node["properties"][key])
            elif pattern := next((p for p in node.get("patternProperties", {}) if re.search(p, key)), None):
                found.append(node["patternProperties"][pattern])
            elif isinstance(node.get("additionalProperties"), Mapping):
                found.append(node["additionalProperties"])
        return Shape(self._root, *found) if found else None

    def at(self, place: Place, document: object) -> "Shape | None":
        """The shape at the end of a way through the document."""
        shape: Shape | None = self
        for key in place:
            if shape is None:
                return None
            shape = shape.within(key, document)
            document = _entry(document, key)
        return shape

    def _of_rule(self, value: object) -> list[Schema]:
        rule = value.get("rule") if isinstance(value, dict) else None
        chosen = [n for n in self._nodes if n.get("properties", {}).get("rule", {}).get("const") == rule]
        return chosen if rule is not None and chosen else self._nodes

    def settings(self, value: object = None) -> dict[str, Schema]:
        """Name → schema of the settings that a table at this place may have."""
        return {
            name: schema
            for node in self._of_rule(value)
            for name, schema in node.get("properties", {}).items()
        }

    @property
    def rules(self) -> list[str]:
        """Names of the rules whose tables may stand here."""
        tables = (node.get("properties", {}) for node in self._nodes)
        return [table["rule"]["const"] for table in tables if "const" in table.get("rule", {})]

    @property
    def description(self) -> str:
        """What the reference says of this place."""
        return next((node["description"] for node in self._nodes if "description" in node), "")

    @property
    def kinds(self) -> frozenset[str]:
        """JSON types allowed here; empty where anything may stand."""
        kinds = set()
        for node in self._nodes:
            kind = node.get("type") or ("string" if "enum" in node or "const" in node else "")
            kinds.add(kind)
        return frozenset() if "" in kinds else frozenset(kinds - {"null"})

    def wrong_kind(self, value: object) -> str | None:
        """In words, what should stand here instead of a value of this kind; None if the kind fits."""
        kinds = self.kinds
        kind = _TYPES.get(type(value), "string")
        if (
            not kinds
            or kinds <= {"object", "array"}
            or kind in kinds
            or (kind == "integer" and "number" in kinds)
        ):
            return None
        if kind not in ("string", "boolean", "integer", "number"):
            return None  # the model itself says this better
        if any("format" in node for node in self._nodes):
            return None
        return f"must be {' or '.join(sorted(_WORDS[k] for k in kinds))}, not {described(value)}"


def _entry(document: object, key: str | int) -> object:
    try:
        return document[key]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return None
