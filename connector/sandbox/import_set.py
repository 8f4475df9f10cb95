"""Import sets that are transformed later: what `insertMultiple` loads (platform facts, 3.4).

The rows are there when the answer comes, as `pending`; what becomes of them shows once the job has run.
"""

from collections import deque
from typing import TYPE_CHECKING

from connector.sandbox.transform import transform

if TYPE_CHECKING:
    from connector.sandbox.instance import Instance

LOADED, PROCESSED = "loaded", "processed"


class ImportSets:
    """Those that wait, oldest first.  The caller holds the instance's lock.

    `lag` is how many seconds after the last row was loaded a set is transformed.
    """

    def __init__(self, instance: "Instance") -> None:
        self.lag = 5
        self.waiting: deque[tuple[int, str]] = deque()
        self._instance = instance

    def restore(self) -> None:
        """Know again what an earlier run loaded and did not get to."""
        for row in self._instance.rows("sys_import_set", f"state={LOADED}^ORDERBYsys_created_on"):
            self.waiting.append((0, row["sys_id"]))

    def loaded(self, import_set: str, user: str, now: int) -> None:
        """All rows of a set are there: its turn comes after the lag, or, where the switch says so, now."""
        if self._instance.switches.import_at_once:
            self._process(import_set)
            return
        self._instance.update("sys_import_set", import_set, {"state": LOADED}, user=user)
        self.waiting.append((now + self.lag, import_set))

    def catch_up(self, now: int) -> None:
        """Transform all whose time has come, each at its time."""
        instance = self._instance
        while self.waiting and self.waiting[0][0] <= now:
            due, import_set = self.waiting.popleft()
            with instance.on_node((due or now) + 0.5 - instance.now()):
                self._process(import_set)

    def _process(self, import_set: str) -> None:
        """Every row of a set that was not transformed yet, in the name of whoever loaded it."""
        instance = self._instance
        head = instance.get("sys_import_set", import_set)
        table = instance.dictionary.get(head["table_name"]) if head else None
        if head is None or table is None:
            return
        user = head["sys_created_by"]
        query = f"sys_import_set={import_set}^sys_import_state=pending^ORDERBYsys_import_row"
        for row in instance.rows(table.name, query):
            transform(instance, table, row, user)
        instance.update("sys_import_set", import_set, {"state": PROCESSED}, user=user)
        if head["multi_import_set"]:
            instance.update("sys_multi_import_set", head["multi_import_set"], {"state": PROCESSED}, user=user)
