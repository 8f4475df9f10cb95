"""What can be asked of the gateway several at a time, as values; raw text in and out."""

from collections.abc import Mapping
from typing import NamedTuple


class Write(NamedTuple):
    """One write to one record: PATCH, or POST where it is to be made."""

    table: str
    sys_id: str
    fields: Mapping[str, str]
    """For a new record without its ``sys_id``, which is added."""
    read: tuple[str, ...]
    """Columns to tell afterwards."""
    creates: bool = False


class Search(NamedTuple):
    """A record that has these values."""

    table: str
    equals: Mapping[str, str]
    fields: tuple[str, ...]
    """Columns to tell."""
