"""Rows of the platform as they should be: every value a text."""

from collections.abc import Mapping

Row = Mapping[str, str]


def flat(row: Mapping[str, object]) -> dict[str, str]:
    """Every value as text: a reference that came as an object by its value, null as empty."""
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
