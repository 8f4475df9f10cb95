"""One column of the dictionary: its type, its choices and what a written value becomes.

Everything is stored as text; an absent value is the empty string, never NULL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector.sandbox.money import amount

NUMERIC = frozenset({"integer", "decimal", "float"})
MONEY = frozenset({"currency", "price"})
INSTANT = frozenset({"glide_date_time", "due_date"})
JOURNAL = frozenset({"journal_input", "journal_list", "journal"})
TIMES = frozenset({"glide_time", "time"})
IDENTITY = frozenset({"GUID", "reference", "glide_list", "domain_id", "password2"})

STAMPS = frozenset(
    {"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count"}
)
"""Kept by the server alone; a written value is ignored."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as `sys_dictionary` describes it.

    `type` is the internal type ("string", "integer", "glide_date_time", "reference", "journal_input", …),
    `reference` the table a reference points at, `key` the column of it that is stored (the type and the table
    that `sys_dictionary` names are stored by name), `choices` value → label in order of display.
    """

    element: str
    type: str = "string"
    label: str = ""
    max_length: int = 255
    choices: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    read_only: bool = False
    reference: str = ""
    key: str = "sys_id"
    unaudited: bool = False

    @property
    def is_numeric(self) -> bool:
        """Compared as a number."""
        return self.type in NUMERIC or self.type in MONEY

    @property
    def is_money(self) -> bool:
        """An amount in the reference currency, kept beside what was entered (`exchange`)."""
        return self.type in MONEY

    @property
    def is_instant(self) -> bool:
        """`YYYY-MM-DD HH:MM:SS` in UTC."""
        return self.type in INSTANT

    @property
    def is_journal(self) -> bool:
        """Written only: each write appends an entry, raw reads give nothing."""
        return self.type in JOURNAL

    @property
    def is_text(self) -> bool:
        """Compared without regard to case, as the platform's database does."""
        exact = self.is_numeric or self.is_instant or self.type in IDENTITY
        return not exact and self.type not in {"boolean", "glide_date", "glide_duration", "timer", *TIMES}

    @property
    def is_audited(self) -> bool:
        """Changes leave a row in `sys_audit`; sys_ fields never do, nor does what is marked `no_audit`."""
        return not self.unaudited and not self.element.startswith("sys_")


def java_text(value: Any) -> str:
    """A JSON value as the platform stores it: objects and arrays as the text of a Java map or list."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={java_text(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(java_text(inner) for inner in value) + "]"
    return str(value)


def storable(column: Column, value: Any) -> str:
    """What a server-side script leaves in the column: text, cut to length, booleans normalised.

    Choices, dates and numbers are taken as they come: the platform's own scripts may write what REST may not.
    """
    text = value if type(value) is str else java_text(value)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be stored
    if column.type == "boolean":
        return "true" if text.lower() in {"true", "1", "yes"} else "false"
    if column.is_journal:
        return text
    return text[: column.max_length] if column.max_length else text


def accepted(column: Column, value: Any, *, any_choice: bool = False, iso_dates: bool = False) -> str | None:
    """What a REST write leaves in the column; None where the platform drops the value without an error.

    Dropped: a choice that is not defined (unless `any_choice`), a number or amount that is none, a date-time
    that is not `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD` (with `iso_dates` also `YYYY-MM-DDTHH:MM:SSZ`).
    """
    text = storable(column, value)
    if not text or column.is_journal:
        return text
    if column.choices and not any_choice:
        return text if text in column.choices else None
    if column.type == "integer":
        try:
            return str(int(float(text)))
        except (ValueError, OverflowError):
            return None
    if column.is_money:
        return text if amount(text) else None
    if column.type in TIMES:
        return _time(text)
    if column.is_instant or column.type == "glide_date":
        if iso_dates and text[10:11] == "T":
            text = text[:19].replace("T", " ")
        return _date(text, whole_day=column.type == "glide_date")
    return text


def _time(text: str) -> str | None:
    """A time of the day lies on the first day of 1970 (platform facts, 1.5)."""
    for form in ("%Y-%m-%d %H:%M:%S", "%H:%M:%S", "%H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).strftime("1970-01-01 %H:%M:%S")
        except ValueError:
            continue
    return None


def _date(text: str, *, whole_day: bool) -> str | None:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007  the platform's text is UTC by definition
        except ValueError:
            continue
        return at.strftime("%Y-%m-%d" if whole_day else "%Y-%m-%d %H:%M:%S")
    return None
