"""Which roles a user has: given, through groups, and contained in others."""

from collections import defaultdict
from collections.abc import Iterable

from connector.sandbox.store import Store

ADMIN = "admin"
READ_ONLY = "snc_read_only"
SECURITY_ADMIN = "security_admin"
"""Elevated: nobody holds it in a REST session, not even who has it in `sys_user_has_role`."""

_HELD = """
SELECT h.role FROM sys_user_has_role h WHERE h.user = ? AND h.state IN ('', 'active')
UNION SELECT g.role FROM sys_user_grmember m
JOIN sys_group_has_role g ON g."group" = m."group" WHERE m.user = ?
"""


class Roles:
    """The effective roles by sys_id of the user, remembered until `forget`.  The caller holds the lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._contained: dict[str, set[str]] | None = None
        self._known: dict[str, frozenset[str]] = {}

    def forget(self) -> None:
        """A role, a membership or a user changed."""
        self._contained = None
        self._known.clear()

    def of(self, user_id: str) -> frozenset[str]:
        """Names of all roles of a user, those inside others too; none for a user that does not exist."""
        known = self._known.get(user_id)
        if known is None:
            held = [row[0] for row in self._store.db.execute(_HELD, (user_id, user_id))] if user_id else []
            known = self._known[user_id] = self._closure(held)
        return known

    def _closure(self, held: Iterable[str]) -> frozenset[str]:
        if self._contained is None:
            self._contained = defaultdict(set)
            for role, inner in self._store.db.execute("SELECT role, contains FROM sys_user_role_contains"):
                self._contained[role].add(inner)
        found: set[str] = set()
        waiting = list(held)
        while waiting:
            role = waiting.pop()
            if role not in found:
                found.add(role)
                waiting += self._contained.get(role, ())
        marks = ",".join("?" * len(found))
        names = self._store.db.execute(
            f"SELECT name FROM sys_user_role WHERE sys_id IN ({marks})", tuple(found)
        )
        return frozenset(str(row[0]) for row in names) - {SECURITY_ADMIN}
