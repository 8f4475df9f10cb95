"""Which roles a user has: given, through groups, and contained in others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from connector.sandbox.store import Store

ADMIN = "admin"
READ_ONLY = "snc_read_only"
SECURITY_ADMIN = "security_admin"
"""Elevated: nobody holds it in a REST session, not even who has it in `sys_user_has_role`."""

_HELD = """
SELECT h.role FROM sys_user_has_role h
WHERE h.user = ? AND h.state IN ('', 'active') AND h.inherited <> 'true'
UNION SELECT g.role FROM sys_user_grmember m
JOIN sys_group_has_role g ON g."group" = m."group" WHERE m.user = ?
"""


_GIVEN = """
SELECT role FROM sys_user_has_role WHERE user = ? AND state IN ('', 'active') AND inherited <> 'true'
"""

_THROUGH = """
SELECT m."group", g.role FROM sys_user_grmember m
JOIN sys_group_has_role g ON g."group" = m."group" WHERE m.user = ?
"""

TELLING = frozenset(
    {"sys_user_has_role", "sys_user_grmember", "sys_group_has_role", "sys_user_role_contains"}
)
"""Tables whose rows decide which roles somebody inherits."""


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

    def inherited(self, user_id: str) -> set[tuple[str, str]]:
        """The roles (sys_ids) that a user was not given: inside of others (role, ""), or (role, group)."""
        given = [str(row[0]) for row in self._store.db.execute(_GIVEN, (user_id,))]
        found = {(role, "") for role in self._reached(given).difference(given)}
        through: dict[str, list[str]] = defaultdict(list)
        for group, role in self._store.db.execute(_THROUGH, (user_id,)):
            through[group].append(role)
        for group, roles in through.items():
            found.update((role, group) for role in self._reached(roles))
        return found

    def concerned(self, table: str, row: Mapping[str, str], *, changed: bool) -> list[str]:
        """The users whose roles a row of the `TELLING` tables may be about; all where it was `changed`."""
        if not changed and "user" in row:
            return [row["user"]]
        if not changed and table == "sys_group_has_role":
            sql = 'SELECT user FROM sys_user_grmember WHERE "group" = ?'
            found = self._store.db.execute(sql, (row["group"],))
        else:
            sql = "SELECT user FROM sys_user_has_role UNION SELECT user FROM sys_user_grmember"
            found = self._store.db.execute(sql)
        return [str(one[0]) for one in found]

    def _closure(self, held: Iterable[str]) -> frozenset[str]:
        found = self._reached(held)
        marks = ",".join("?" * len(found))
        names = self._store.db.execute(
            f"SELECT name FROM sys_user_role WHERE sys_id IN ({marks})", tuple(found)
        )
        return frozenset(str(row[0]) for row in names) - {SECURITY_ADMIN}

    def _reached(self, held: Iterable[str]) -> set[str]:
        """These roles and all inside of them, by sys_id."""
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
        return found
