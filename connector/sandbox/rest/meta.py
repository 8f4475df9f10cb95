"""`GET /api/now/ui/meta/{table}`: what the columns of a table are, as forms and some clients ask (section 8).

The address belongs to the platform's own pages and is documented nowhere; the members are those clients read.
"""

from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.error import MethodNotAllowed
from connector.sandbox.rest.turn import Answer, Turn, envelope_of

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest


class MetaApi:
    """Columns by name; of a column label, type, length, flags, what it refers to and its choices."""

    open = False
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._instance = rest.instance

    def answer(self, turn: Turn) -> Answer:
        """The columns that the user may read.  Raises `RecordError`."""
        if turn.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed(turn.method)
        instance = self._instance
        table = instance.open_table(turn.logged.table)
        seen = instance.access.columns(turn.user, table, tuple(table.columns))
        columns = {element: described(instance.dictionary, table, element) for element in seen}
        return Answer(200, envelope_of({"columns": columns}))


def described(dictionary: Dictionary, table: Table, element: str) -> dict[str, Any]:
    """One column, its values typed."""
    column = table.columns[element]
    told: dict[str, Any] = {
        "label": column.label,
        "type": "choice" if column.choices else column.type,
        "max_length": column.max_length,
        "name": element,
        "internal_type": column.type,
        "mandatory": False,
        "read_only": column.read_only,
        "display": element == table.display,
    }
    if column.reference:
        target = dictionary.get(column.reference)
        told |= {"reference": column.reference, "reference_display_field": target.display if target else ""}
    if column.choices:
        told["choices"] = [{"value": value, "label": label} for value, label in column.choices.items()]
    return told
