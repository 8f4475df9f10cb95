"""Conditions on any column of a ticket, for what `when` does not know: its configuration item, its service,
a skill, the caller's standing.

A column may be one of a record that the ticket refers to (``cmdb_ci.name``, ``caller_id.vip``): the instance
follows the reference. What changes there is seen when the ticket itself changes, or at the next full pass.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Annotated

from pydantic import BeforeValidator, Field

from connector.rules.base import as_tuple
from connector.ticket import Ticket

ColumnPath = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
"""A column of the ticket, or of what it refers to: ``cmdb_ci.name``."""

Values = Annotated[tuple[str, ...], BeforeValidator(as_tuple, json_schema_input_type=str | list[str])]
"""One value or several of a column, as raw text."""

Where = Mapping[ColumnPath, Values]
"""Column → value or values that it must have. All columns must."""

_OWN: Mapping[str, Callable[[Ticket], str]] = {
    "category": attrgetter("category"),
    "company": attrgetter("company"),
    "caller_id": attrgetter("caller"),
    "priority": attrgetter("priority"),
    "close_code": attrgetter("close_code"),
}
"""Columns that every ticket is read with."""


def value_in(ticket: Ticket, column: str) -> str:
    """The raw text of a column; "" where it is empty or may not be read."""
    own = _OWN.get(column)
    return own(ticket) if own else ticket.extra.get(column, "")


def holds(ticket: Ticket, where: Mapping[str, tuple[str, ...]]) -> bool:
    """Every column has one of its values."""
    for column, wanted in where.items():  # noqa: SIM110  mostly there are none, and all() would cost more
        if value_in(ticket, column) not in wanted:
            return False
    return True


def further(columns: Iterable[str]) -> frozenset[str]:
    """Those of the columns that have to be asked for."""
    return frozenset(columns) - _OWN.keys()
