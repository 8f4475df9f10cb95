"""Metrics: how long a column of a record held each of its values, as rows of `metric_instance`.

The platform works them out after the write, in an event of its own: a row appears, or ends, some seconds
later and is stamped then, while `start` and `end` are the stamps of the record.  Beside the durations stand
rows of script calculations, which look like them and are none.  Facts: section 4.10.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from connector.sandbox.column import Column
from connector.sandbox.dictionary import Dictionary
from connector.sandbox.moment import instant, stamp
from connector.sandbox.stock import key
from connector.sandbox.store import Store

Row = dict[str, str]

DURATION, CALCULATION = "field_value_duration", "calculation"
STATE, RESOLVED = "incident_state", "6"

STOCK = {
    STATE: "Incident State Duration",
    "assigned_to": "Assigned to Duration",
    "assignment_group": "Assignment Group Duration",
}
"""Column of an incident → the definition that comes with the platform and measures it."""

OPEN, TO_RESOLVE, FIRST_CALL = "Open", "Create to Resolve Duration", "First Call Resolution"
SCRIPTS = {OPEN: STATE, TO_RESOLVE: "", FIRST_CALL: STATE}
"""Script calculation of a stock incident → the `field` that its rows carry."""


class Noted(NamedTuple):
    """A write that the metrics have yet to hear of."""

    due: int
    table: str
    row: Row
    """The record as it was after the write."""
    before: Row
    """What it changed; of a new record nothing."""


class Metrics:
    """Writes the rows when their time has come.  The caller holds the instance's lock and a transaction.

    `lag` is how many seconds after the write that is; with `stop_when_inactive` all durations of a record
    end when it becomes inactive and none begins, as the documented script has it.
    """

    def __init__(
        self, store: Store, dictionary: Dictionary, *, lag: int = 30, stop_when_inactive: bool = False
    ) -> None:
        self.lag = lag
        self.stop_when_inactive = stop_when_inactive
        self.pending: deque[Noted] = deque()
        self._store = store
        self._dictionary = dictionary
        self._made = 0

    def note(self, table: str, row: Row, before: Row) -> None:
        """A record was made or changed."""
        at = instant(row["sys_updated_on"]) or 0
        self.pending.append(Noted(at + self.lag, table, dict(row), before))

    def catch_up(self, now: int) -> None:
        """Work out all whose time has come by `now`."""
        definitions: list[Row] | None = None
        while self.pending and self.pending[0].due <= now:
            if definitions is None:
                found = self._rows("metric_definition", "t.active = 'true' ORDER BY t.\"order\"", [])
                definitions = list(found)
            noted = self.pending.popleft()
            for definition in definitions:
                if definition["table"] == noted.table:
                    self._measure(definition, noted)

    def _measure(self, definition: Row, noted: Noted) -> None:
        if definition["type"] == CALCULATION:
            self._calculate(definition, noted)
            return
        row, before = noted.row, noted.before
        field, made = definition["field"], row["sys_mod_count"] == "0"
        if self.stop_when_inactive and row["active"] == "false" and "active" in before:
            self._end(definition, noted)
        elif field in before or (made and row[field]):
            self._end(definition, noted)
            value = self._shown(self._dictionary[noted.table].columns[field], row[field])
            self._begin(definition, noted, field, row[field], value)

    def _calculate(self, definition: Row, noted: Noted) -> None:
        """What the stock scripts make of it."""
        name, row, before = definition["name"], noted.row, noted.before
        field = SCRIPTS.get(name, "")
        if name == OPEN:
            if row["sys_mod_count"] == "0" or before.get("active") == "false":
                self._begin(definition, noted, field)
            elif row["active"] == "false" and "active" in before:
                self._end(definition, noted)
        elif row["state"] == RESOLVED and "state" in before:
            if name == TO_RESOLVE:
                self._begin(definition, noted, field, start=row["opened_at"])
                self._end(definition, noted)
            elif name == FIRST_CALL:
                once = "true" if row["reassignment_count"] in {"", "0"} else "false"
                self._begin(definition, noted, field, value=once, start="")

    def _begin(
        self,
        definition: Row,
        noted: Noted,
        field: str,
        raw: str = "",
        value: str = "",
        start: str | None = None,
    ) -> None:
        self._made += 1
        made = stamp(noted.due)
        self._store.insert(
            "metric_instance",
            {
                "sys_id": key("metric_instance", noted.row["sys_id"], definition["sys_id"], str(self._made)),
                "definition": definition["sys_id"],
                "table": noted.table,
                "id": noted.row["sys_id"],
                "field": field,
                "field_value": raw,
                "value": value,
                "start": noted.row["sys_updated_on"] if start is None else start,
                "calculation_complete": "false" if start != "" else "true",
                "sys_created_on": made,
                "sys_created_by": "system",
                "sys_updated_on": made,
                "sys_updated_by": "system",
                "sys_mod_count": "0",
            },
        )

    def _end(self, definition: Row, noted: Noted) -> None:
        """End what this definition measures of the record."""
        end = noted.row["sys_updated_on"]
        open_rows = "t.id = ? AND t.definition = ? AND t.calculation_complete = 'false'"
        for row in list(
            self._rows("metric_instance", open_rows, [noted.row["sys_id"], definition["sys_id"]])
        ):
            took = (instant(end) or 0) - (instant(row["start"]) or 0)
            ended = {
                "end": end,
                "duration": stamp(max(0, took)),
                "calculation_complete": "true",
                "sys_updated_on": stamp(noted.due),
                "sys_updated_by": "system",
                "sys_mod_count": str(int(row["sys_mod_count"]) + 1),
            }
            self._store.update("metric_instance", row["sys_id"], ended)

    def _rows(self, table: str, where: str, values: list[str]) -> Iterator[Row]:
        return self._store.select(self._dictionary[table], f"WHERE {where}", values)

    def _shown(self, column: Column, raw: str) -> str:
        if column.choices:
            return column.choices.get(raw, raw)
        target = self._dictionary.get(column.reference) if raw and column.type == "reference" else None
        row = self._store.row(target, raw) if target else None
        return row[target.display] if row and target and target.display else "" if target else raw
