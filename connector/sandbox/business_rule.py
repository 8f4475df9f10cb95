"""Business rules that stop a write: rows of `sys_script`, and those a test puts in place.

Only `abort_action` is imitated; a `script` is never run.  Of the stock rules with a script, those of `STOCK`
are rows whose work is done in `rule`, as long as they are active.  A rule looks at the record as the write
would leave it, or as it is before it is deleted.
"""

from collections.abc import Callable
from typing import NamedTuple

from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.error import Aborted
from connector.sandbox.stock import STOCK_RULES, key
from connector.sandbox.store import Store

Matches = Callable[[Table, str, str], bool]
"""(table, encoded query, sys_id) → whether the record is among what the query finds."""

STOCK = frozenset(STOCK_RULES)

_ROWS = """
SELECT name, sys_id, collection, filter_condition, action_insert, action_update, action_delete
FROM sys_script WHERE active = 'true' AND abort_action = 'true' AND "when" = 'before'
ORDER BY CAST("order" AS INTEGER), name
"""


class Rule(NamedTuple):
    """Refuses what `operations` ("insert", "update", "delete") would do to matching records of `table`."""

    name: str
    sys_id: str
    table: str
    query: str
    operations: frozenset[str]


class BusinessRules:
    """All rules in force.  The caller holds the instance's lock and, while checking, a transaction."""

    def __init__(self, store: Store, dictionary: Dictionary, matches: Matches) -> None:
        self._store = store
        self._dictionary = dictionary
        self._matches = matches
        self._added: list[Rule] = []
        self._all: list[Rule] = []
        self.off: frozenset[str] = frozenset()

    def add(self, name: str, table: str, query: str) -> None:
        """A rule of a test's own, on updates."""
        self._added.append(Rule(name, key("sys_script", name), table, query, frozenset({"update"})))
        self.read()

    def read(self) -> None:
        """The rows have changed."""
        self._all = list(self._added)
        active = self._store.db.execute("SELECT sys_id FROM sys_script WHERE active = 'true'")
        self.off = STOCK - {str(row[0]) for row in active}
        for name, sys_id, table, query, *actions in self._store.db.execute(_ROWS):
            when = zip(("insert", "update", "delete"), actions, strict=True)
            wanted = frozenset(operation for operation, asked in when if asked == "true")
            if table in self._dictionary.tables:
                self._all.append(Rule(name, sys_id, table, query, wanted))

    def check(self, operation: str, table: Table, sys_id: str) -> None:
        """Raises `Aborted`, naming the first rule that refuses."""
        for rule in self._all:
            if (
                operation in rule.operations
                and table.name in self._dictionary.family(rule.table)
                and self._matches(table, rule.query, sys_id)
            ):
                raise Aborted(table.name, rule.name, rule.sys_id)
