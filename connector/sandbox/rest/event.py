"""`POST /api/global/em/jsonv2`: monitoring tools hand events over, several at once (platform facts, 4.9)."""

import json
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.column import storable
from connector.sandbox.dictionary import Table
from connector.sandbox.error import Malformed, MethodNotAllowed
from connector.sandbox.rest.turn import Answer, Turn, envelope_of

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest


class EventApi:
    """Rows of `em_event`, past all business rules: `{"records": [{"source": …, "severity": …}, …]}`."""

    open = False
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._instance = rest.instance

    def answer(self, turn: Turn) -> Answer:
        """How many events were taken.  Raises `RecordError`; then none was."""
        if turn.method != "POST":
            raise MethodNotAllowed(turn.method)
        instance = self._instance
        table = instance.dictionary["em_event"]
        records = turn.record().get("records")
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise Malformed("records must be a list of objects")
        instance.access.require(turn.user, "create", table)
        with instance.loading():
            for given in records:
                made = instance.records.made(turn.user) | {"sys_id": instance.records.mint()}
                instance.store.insert(table.name, _row(table, given) | made)
        turn.logged.committed = True
        return Answer(200, envelope_of({"Default Bulk Endpoint": f"{len(records)} events were inserted"}))


def _row(table: Table, given: dict[str, Any]) -> dict[str, str]:
    """The known columns; an object in `additional_info` is kept as the JSON that it is."""
    row = {name: column.default for name, column in table.columns.items()}
    for name, value in given.items():
        if column := table.columns.get(name):
            text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            row[name] = storable(column, text)
    return row
