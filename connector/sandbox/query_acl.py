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
    """The rules that fail.  Nobody pays for them while there are none.

    Where no rule of this kind fails the column's read ACLs decide, as the platform's `*.*` rules have it;
    `follow_read = False` is an instance of an older release, on which unreadable columns may be asked for.
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
        if not self._failing and not by_read:
            return None
        everyone = ("", user, *(f"role {role}" for role in access.held(user)))

        def fails(table: str, column: str, kind: QueryOperation) -> bool:
            if by_read and not access.readable(user, dictionary[table], column):
                return True
            return any(
                (who, table, name, kind) in self._failing for who in everyone for name in (column, "*")
            )

        return fails
