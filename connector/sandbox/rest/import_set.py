"""The Import Set API (platform facts, 3.4): rows into a staging table, and what became of them."""

import json
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.column import java_text
from connector.sandbox.dictionary import Table
from connector.sandbox.error import Malformed, NotFound, RecordError
from connector.sandbox.rest.turn import Answer, Turn
from connector.sandbox.sanitise import cleaned
from connector.sandbox.transform import Outcome, begin, load, staging_table, transform

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest


class ImportApi:
    """`/api/now[/v1]/import/{staging}[/{sys_id}]` and `…/insertMultiple`.

    An error of the transform is told in a 201: the staging row was made.  Several rows are only loaded; the
    instance transforms them later (`Instance.imports`).
    """

    open = False
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._instance = rest.instance

    def answer(self, turn: Turn) -> Answer:
        """What became of the rows.  Raises `RecordError`."""
        table = staging_table(self._instance, turn.parts["staging"])
        inner = turn.parts.get("sys_id", "")
        if turn.method in {"GET", "HEAD"} and inner:
            return self._state(turn, table, inner)
        if turn.method != "POST" or inner not in {"", "insertMultiple"}:
            raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
        body = turn.record()
        self._instance.access.require(turn.user, "create", table)
        return self._several(turn, table, body) if inner else self._single(turn, table, body)

    def _single(self, turn: Turn, table: Table, body: dict[str, Any]) -> Answer:
        instance = self._instance
        import_set = begin(instance, table, turn.user)
        row = load(instance, table, self._own(table, body), import_set["sys_id"], 0, turn.user)
        turn.logged.sys_id, turn.logged.committed = row["sys_id"], True
        outcomes = transform(instance, table, row, turn.user)
        self._close(import_set["sys_id"], turn.user)
        where = f"{turn.base}{turn.stem}/{table.name}/{row['sys_id']}"
        shown = [self._shown(turn, outcome) for outcome in outcomes]
        head = {"import_set": import_set["number"], "staging_table": table.name}
        return Answer(201, _json(head | {"result": shown}), [("Location", where)])

    def _several(self, turn: Turn, table: Table, body: dict[str, Any]) -> Answer:
        records = body.get("records")
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise Malformed("records is not a list of objects")
        instance, user = self._instance, turn.user
        whole = instance.insert("sys_multi_import_set", {"state": "loading"}, user=user)["sys_id"]
        import_set = begin(instance, table, user, multi_import_set=whole)["sys_id"]
        turn.logged.sys_id, turn.logged.committed = import_set, True
        labels = {column.label: name for name, column in table.columns.items()}
        for position, record in enumerate(records):
            named = {labels.get(name, name): value for name, value in record.items()}
            load(instance, table, self._own(table, named), import_set, position, user)
        instance.imports.loaded(import_set, user, int(instance.now()))
        return Answer(201, _json({"import_set_id": import_set, "multi_import_set_id": whole}))

    def _state(self, turn: Turn, table: Table, sys_id: str) -> Answer:
        row = self._instance.get(table.name, sys_id)
        if row is None or self._instance.unseen(table, [sys_id], turn.user):
            raise NotFound
        found = self._instance.get("sys_transform_map", row["sys_transform_map"])
        outcome = Outcome(
            row["sys_import_state"],
            found["name"] if found else "",
            row["sys_target_table"],
            row["sys_target_sys_id"],
            row["sys_import_state_comment"],
        )
        import_set = self._instance.get("sys_import_set", row["sys_import_set"]) or {"number": ""}
        head = {"import_set": import_set["number"], "staging_table": table.name}
        return Answer(200, _json(head | {"result": [self._shown(turn, outcome)]}))

    def _own(self, table: Table, body: dict[str, Any]) -> dict[str, str]:
        """The values for the columns of the staging table itself, as text without HTML.

        Objects become the text of a Java map.
        """
        properties = self._instance.properties
        return {
            name: cleaned(table.columns[name], java_text(value), properties)
            for name, value in body.items()
            if name in table.columns and not name.startswith("sys_")
        }

    def _close(self, import_set: str, user: str) -> None:
        self._instance.update("sys_import_set", import_set, {"state": "processed"}, user=user)

    def _shown(self, turn: Turn, outcome: Outcome) -> dict[str, str]:
        """One row of the answer, keys as recorded."""
        shown = {"transform_map": outcome.map_name, "table": outcome.table}
        shape = self._instance.dictionary.get(outcome.table)
        record = self._instance.get(outcome.table, outcome.sys_id) if shape and outcome.sys_id else None
        if record is not None and shape is not None:
            shown |= {
                "display_name": shape.display,
                "display_value": record.get(shape.display, ""),
                "record_link": f"{turn.base}/api/now/table/{shape.name}/{outcome.sys_id}",
            }
        shown["status"] = outcome.status
        if record is not None:
            shown["sys_id"] = outcome.sys_id
        if outcome.status == "error":
            shown |= {"error_message": outcome.message, "status_message": outcome.message}
        elif outcome.message:
            shown["status_message"] = outcome.message
        return shown


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
