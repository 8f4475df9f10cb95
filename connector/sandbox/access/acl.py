"""The access rules: who may read, create, write and delete what.

Rules are rows of `sys_security_acl`, their roles rows of `sys_security_acl_role`.  A rule is named after a
table (`incident`), a column (`incident.work_notes`), all columns (`incident.*`) or any table (`*`); the most
special name that has rules decides, and of several rules with one name one that passes is enough.  What no
rule names is open, as with `glide.sm.default_mode=allow`.  Admins pass every rule but those that do not let
them override.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.sandbox.access.criteria import unreadable_articles
from connector.sandbox.access.role import ADMIN, READ_ONLY, Roles
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.error import Denied, NotAuthorized
from connector.sandbox.session import Sessions
from connector.sandbox.store import Store

WATCHED = frozenset(
    {
        "kb_knowledge_base",
        "kb_uc_can_read_mtom",
        "kb_uc_cannot_read_mtom",
        "sys_group_has_role",
        "sys_security_acl",
        "sys_security_acl_role",
        "sys_user",
        "sys_user_grmember",
        "sys_user_has_role",
        "sys_user_role",
        "sys_user_role_contains",
        "user_criteria",
    }
)
"""Tables whose rows decide about access."""

RULING = frozenset({"sys_security_acl", "sys_security_acl_role", "sys_user_role"})
"""Those of them that hold the rules themselves."""

STAR = "*.*"
"""The name of the rules of all columns of all tables."""

_RULES = """
SELECT a.sys_id, a.operation, a.name, a.admin_overrides, COALESCE(r.name, '')
FROM sys_security_acl a
LEFT JOIN sys_security_acl_role m ON m.sys_security_acl = a.sys_id
LEFT JOIN sys_user_role r ON r.sys_id = m.sys_user_role
WHERE a.active <> 'false' AND a.type IN ('', 'record')
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles of which one is needed (none: everybody passes), and whether admins pass anyway."""

    roles: frozenset[str]
    admin_overrides: bool

    def passes(self, held: frozenset[str]) -> bool:
        """Whether somebody with these roles passes."""
        return not self.roles or bool(self.roles & held) or (self.admin_overrides and ADMIN in held)


@dataclass(frozen=True, slots=True)
class Limits:
    """What keeps a user from reading all of a table.

    `closed` classes (the table itself, and those below it) show no row, `queries` name rows that are not
    shown, `columns` are not shown in any.
    """

    closed: frozenset[str] = frozenset()
    queries: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    shut: bool = False
    """No class of the table may be read."""

    @property
    def rows(self) -> bool:
        """Whether rows may be taken away."""
        return bool(self.closed or self.queries)


class Access:
    """Decides, and remembers the decisions until `forget`.  The caller holds the instance's lock.

    `hidden` (user, table) → queries, and `unread` (user, table, column), are restrictions put on single users
    whatever their roles; whoever changes them calls `forget`.  `endpoint_role` is the role without which no
    record API may be called; "" asks for none.
    """

    def __init__(self, store: Store, dictionary: Dictionary, sessions: Sessions) -> None:
        self.roles = Roles(store)
        self.hidden: dict[tuple[str, str], list[str]] = {}
        self.unread: set[tuple[str, str, str]] = set()
        self.endpoint_role = ""
        self.changes = 0
        self._store = store
        self._dictionary = dictionary
        self._sessions = sessions
        self._rules: dict[tuple[str, str], list[Rule]] | None = None
        self._columns: frozenset[str] | None = None
        self._queries: bool | None = None
        self._limits: dict[tuple[str, str], Limits | None] = {}
        self._writable: dict[tuple[str, str, str], bool] = {}

    def forget(self, table: str = "") -> None:
        """Something that decides about access has changed; `changes` counts it.

        `table` is where, if it was a row: people come and go much oftener than rules, which then stand.
        """
        self.changes += 1
        self.roles.forget()
        if not table or table in RULING:
            self._rules = self._columns = self._queries = None
        self._limits.clear()
        self._writable.clear()

    def held(self, user: str) -> frozenset[str]:
        """The roles of a user by user name."""
        account = self._sessions.account(user)
        return self.roles.of(account.sys_id) if account else frozenset()

    def limits(self, user: str, table: Table) -> Limits | None:
        """What of this table the user may not read; None where nothing is kept back."""
        try:
            return self._limits[user, table.name]
        except KeyError:
            found = self._limits[user, table.name] = self._judged(user, table)
            return found

    def may(self, user: str, operation: str, table: Table) -> bool:
        """Whether the user may "create", "write" or "delete" records of this class."""
        known = self._writable.get((user, operation, table.name))
        if known is None:
            held = self.held(user)
            known = READ_ONLY not in held and self._passes(operation, self._row_names(table), held)
            self._writable[user, operation, table.name] = known
        return known

    def enter(self, user: str) -> None:
        """Raises `NotAuthorized` where the record APIs ask for a role that the user has not."""
        if self.endpoint_role and not {self.endpoint_role, ADMIN} & self.held(user):
            raise NotAuthorized("Failed API level ACL Validation")

    def require(self, user: str, operation: str, table: Table) -> None:
        """Raises `Denied` where the user may not; a database view is only read."""
        if table.view or not self.may(user, operation, table):
            raise Denied(operation)

    def may_write_column(self, user: str, table: Table, element: str) -> bool:
        """Whether the user may write this column, of a record that may be written."""
        if "write" not in self._by_column():
            return True
        return self._passes("write", self._column_names(table, element), self.held(user))

    @property
    def queries_matter(self) -> bool:
        """Whether there is any rule about queries that does not leave the matter to the read rules."""
        if self._queries is None:
            known = self._known()
            self._queries = any(kind.startswith("query_") and name != STAR for kind, name in known)
        return self._queries

    def may_query(self, user: str, operation: str, table: Table, element: str) -> bool | None:
        """Whether a rule lets the user ask so for a column; None where only that of all columns is there."""
        held = self.held(user)
        if not self._passes(operation, self._row_names(table), held):
            return False
        for name in self._column_names(table, element):
            rules = self._known().get((operation, name))
            if rules and name != STAR:
                return any(rule.passes(held) for rule in rules)
        return None

    def delegates(self, operation: str) -> bool:
        """Whether the query rule of all columns is in force, which asks the read rules."""
        return (operation, STAR) in self._known()

    @property
    def columns_matter(self) -> bool:
        """Whether there is any restriction on reading columns: mostly there is none, and nobody pays."""
        return bool(self.unread) or "read" in self._by_column()

    def columns(self, user: str, table: Table, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these columns of `table`, dot-walked or not, that the user may read."""
        limits = self.limits(user, table)
        plain = not self.columns_matter and not any("." in path for path in paths)
        if plain and (limits is None or not limits.shut):
            return paths
        return tuple(path for path in paths if self.readable(user, table, path))

    def readable(self, user: str, table: Table, path: str) -> bool:
        """Whether the user may read a possibly dot-walked column of `table`; also one that does not exist.

        Nothing of a table that is closed is readable, nor is it by a dot-walk from one that is open.
        """
        *walked, element = path.split(".")
        for step in walked:
            limits = self.limits(user, table)
            column = table.columns.get(step)
            target = self._dictionary.get(column.reference) if column else None
            if target is None:
                return True
            if limits and (limits.shut or step in limits.columns):
                return False
            table = target
        limits = self.limits(user, table)
        return limits is None or not (limits.shut or element in limits.columns)

    def _judged(self, user: str, table: Table) -> Limits | None:
        held = self.held(user)
        family = [self._dictionary[name] for name in self._dictionary.family(table.name)]
        closed = frozenset(one.name for one in family if not self._passes("read", self._row_names(one), held))
        queries = tuple(self.hidden.get((user, table.name), ()))
        if table.name == "kb_knowledge" and ADMIN not in held:
            account = self._sessions.account(user)
            queries += unreadable_articles(self._store, account.sys_id if account else "", held)
        columns = {
            element for who, name, element in self.unread if who == user and name in self._above(table)
        }
        if "read" in self._by_column():
            columns |= {
                element
                for element in table.columns
                if not self._passes("read", self._column_names(table, element), held)
            }
        found = Limits(closed, queries, frozenset(columns), shut=len(closed) == len(family))
        return found if found.rows or found.columns else None

    def _passes(self, operation: str, names: Iterator[str], held: frozenset[str]) -> bool:
        known = self._known()
        for name in names:
            rules = known.get((operation, name))
            if rules:
                return any(rule.passes(held) for rule in rules)
        return True

    def _known(self) -> dict[tuple[str, str], list[Rule]]:
        if self._rules is None:
            gathered: dict[tuple[str, str, str, bool], set[str]] = {}
            for sys_id, operation, name, overrides, role in self._store.db.execute(_RULES):
                wanted = gathered.setdefault((sys_id, operation, name, overrides != "false"), set())
                if role:
                    wanted.add(role)
            self._rules = {}
            for (_, operation, name, overrides), wanted in gathered.items():
                self._rules.setdefault((operation, name), []).append(Rule(frozenset(wanted), overrides))
        return self._rules

    def _by_column(self) -> frozenset[str]:
        """The operations that have rules about columns."""
        if self._columns is None:
            self._columns = frozenset(operation for operation, name in self._known() if "." in name)
        return self._columns

    def _above(self, table: Table) -> list[str]:
        names = [table.name]
        while (above := self._dictionary.get(table.parent)) is not None:
            names.append(above.name)
            table = above
        return names

    def _row_names(self, table: Table) -> Iterator[str]:
        yield from self._above(table)
        yield "*"

    def _column_names(self, table: Table, element: str) -> Iterator[str]:
        above = self._above(table)
        yield from (f"{name}.{element}" for name in above)
        yield f"*.{element}"
        yield from (f"{name}.*" for name in above)
        yield "*.*"
