"""Query ACLs: which columns a user may not ask for, and how (platform facts, section 2.3).

`query_match` is naming a record, `query_range` narrowing it down, and sorting.
"""

from collections.abc import Callable, Iterable
from typing import Literal

from connector.sandbox.access.acl import Access
from connector.sandbox.dictionary import Dictionary

QueryOperation = Literal["query_match", "query_range"]

Denied = Callable[[str, str, QueryOperation], bool]
"""Whether one user may not ask so: table, column, operation."""

BOTH: tuple[QueryOperation, ...] = ("query_match", "query_range")

MATCHING = frozenset(
    {"=", "!=", "IN", "NOT IN", "SAMEAS", "NSAMEAS", "ANYTHING", "EMPTYSTRING", "ISEMPTY", "ISNOTEMPTY"}
    | {"DYNAMIC", "RLQUERY", "JOIN"}
)
"""The operators of query_match; all others and ORDERBY need query_range."""


class QueryAcls:
    """What fails: rows of `sys_security_acl` with these operations, and what a test puts in place.

    A row is named and decides as those for reading do; where none but the one of all columns (`*.*`) is
    there, the column's read ACLs decide.  `follow_read = False` is an instance of an older release, on which
    unreadable columns may be asked for.  Nobody pays for any of it while there are no rules.
    """

    def __init__(self) -> None:
        self.follow_read = True
        self._failing: set[tuple[str, str, str, str]] = set()

    def deny(
        self,
        tables: Iterable[str],
        column: str,
        *,
        user: str = "",
        role: str = "",
        operations: Iterable[QueryOperation] = BOTH,
    ) -> None:
        """A rule that fails for a user, the holders of a role, or all; `column` "*" is every column."""
        who = user or (f"role {role}" if role else "")
        kinds = tuple(operations)
        for table in tables:
            self._failing.update((who, table, column, kind) for kind in kinds)

    def denied(self, user: str, access: Access, dictionary: Dictionary) -> Denied | None:
        """What fails for one user; None while nothing does for anybody."""
        by_read = self.follow_read and access.columns_matter
        by_rule = access.queries_matter
        if not self._failing and not by_read and not by_rule:
            return None
        everyone = ("", user, *(f"role {role}" for role in access.held(user)))

        def fails(table: str, column: str, kind: QueryOperation) -> bool:
            shape = dictionary[table]
            verdict = access.may_query(user, kind, shape, column) if by_rule else None
            if verdict is None and by_read and access.delegates(kind):
                verdict = access.readable(user, shape, column)
            if verdict is False:
                return True
            return any(
                (who, table, name, kind) in self._failing for who in everyone for name in (column, "*")
            )

        return fails
