"""Domains: whoever belongs to one sees its records, those of the domains below it and the global ones.

A domain is a group, as `sys_domain` refers to it, and hangs below its `parent` (platform facts, 1.2 and
7.12).  Records of tables without `sys_domain` are everybody's.  Other than access rules, domains narrow the
query: what is outside is not counted either.
"""

from connector.sandbox.access.acl import Access
from connector.sandbox.access.role import ADMIN
from connector.sandbox.dictionary import Table
from connector.sandbox.session import Sessions
from connector.sandbox.store import Store

GLOBAL = "global"
NO_DOMAIN = "query_no_domain_table_api"
"""The role that may look over the borders, with `sysparm_query_no_domain=true`."""

_BELOW = """
WITH RECURSIVE below(sys_id) AS (
  VALUES (?) UNION SELECT g.sys_id FROM sys_user_group g JOIN below b ON g.parent = b.sys_id
) SELECT sys_id FROM below
"""


class Domains:
    """Says which domains a user sees.  The caller holds the instance's lock."""

    def __init__(self, store: Store, sessions: Sessions, access: Access) -> None:
        self._store = store
        self._sessions = sessions
        self._access = access

    def seen(self, user: str, table: Table, *, everywhere: bool = False) -> list[str] | None:
        """The values of `sys_domain` that `user` sees in `table`; None where all are seen.

        `everywhere` is what the request asks for; it is heard from those who may.
        """
        account = self._sessions.account(user)
        if account is None or account.domain in {"", GLOBAL} or "sys_domain" not in table.columns:
            return None
        if everywhere and {ADMIN, NO_DOMAIN} & self._access.held(user):
            return None
        return ["", GLOBAL, *(str(row[0]) for row in self._store.db.execute(_BELOW, (account.domain,)))]

    def hides(self, user: str, table: Table, sys_id: str, *, everywhere: bool = False) -> bool:
        """Whether a record of `table` lies outside of what the user sees."""
        seen = self.seen(user, table, everywhere=everywhere)
        if seen is None:
            return False
        found = self._store.db.execute(
            f'SELECT sys_domain FROM "{table.root}" WHERE sys_id = ?', (sys_id,)
        ).fetchone()
        return found is not None and str(found[0]) not in seen
