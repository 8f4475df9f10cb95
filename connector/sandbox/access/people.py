"""The part of an instance that is about people: users, groups, roles, access rules, clients, keys."""

from collections.abc import Sequence

from connector.sandbox.error import NotFound
from connector.sandbox.part import Part, Row
from connector.sandbox.query_acl import BOTH, QueryOperation
from connector.sandbox.stock import key, rule


class People(Part):
    """What `Instance` offers for people and their rights."""

    def add_user(
        self, user_name: str, *, name: str, password: str = "", roles: Sequence[str] = (), **fields: str
    ) -> str:
        """A user; returns the sys_id.  Without a password the account cannot log in.

        A role that the instance does not know is made.
        """
        row = {"user_name": user_name, "name": name, **fields}
        with self._write():
            sys_id = self.insert("sys_user", row)["sys_id"]
            self.grant(sys_id, roles)
        if password:
            self.set_password(user_name, password)
        return sys_id

    def _name_roles(self, user_id: str) -> None:
        """Write down in `sys_user.roles`, which the server calculates, what the user was given."""
        held = self.store.db.execute(
            "SELECT DISTINCT r.name FROM sys_user_has_role h JOIN sys_user_role r ON r.sys_id = h.role"
            " WHERE h.user = ? AND h.state IN ('', 'active') AND h.inherited <> 'true' ORDER BY r.name",
            (user_id,),
        )
        self.store.update("sys_user", user_id, {"roles": ",".join([str(row[0]) for row in held])})

    def _inherit(self, table: str, row: Row, *, changed: bool = False) -> None:
        """Keep a row of `sys_user_has_role` for each role that somebody has by another role or by a group."""
        roles = self.access.roles
        for user in roles.concerned(table, row, changed=changed):
            wanted = {key("sys_user_has_role", user, *one): one for one in roles.inherited(user)}
            sql = "SELECT sys_id FROM sys_user_has_role WHERE user = ? AND inherited = 'true'"
            known = {str(one[0]) for one in self.store.db.execute(sql, (user,))}
            for sys_id in known.difference(wanted):
                self.store.delete("sys_user_has_role", sys_id)
            for sys_id in wanted.keys() - known:
                role, group = wanted[sys_id]
                told = {"user": user, "role": role, "granted_by": group, "inherited": "true"}
                stamps = self.records.made("system")
                self.store.insert(
                    "sys_user_has_role", {"sys_id": sys_id, "state": "active", **told, **stamps}
                )

    def grant(self, user: str, roles: Sequence[str]) -> None:
        """Give a user (sys_id) the roles that are not granted yet; those that nobody knows are made."""
        with self._write():
            for role in map(self.add_role, roles):
                if not self.count("sys_user_has_role", f"user={user}^role={role}^inherited!=true"):
                    self.insert("sys_user_has_role", {"user": user, "role": role})

    def set_password(self, user_name: str, password: str) -> None:
        """Let an account log in with this password; "" shuts it out."""
        self.passwords[user_name] = password
        self.store.keep_password(user_name, password)

    def add_group(self, name: str, *, members: Sequence[str] = (), **fields: str) -> str:
        """A group; `members` are user names or sys_ids of users.  Returns the sys_id."""
        sys_id = self.insert("sys_user_group", {"name": name, **fields})["sys_id"]
        for member in members:
            self.insert("sys_user_grmember", {"user": self._user(member), "group": sys_id})
        return sys_id

    def add_role(self, name: str, *, contains: Sequence[str] = ()) -> str:
        """A role, made where there is none of this name, with the roles in it.  Returns the sys_id."""
        with self._write():
            found = self.rows("sys_user_role", f"name={name}", limit=1)
            sys_id = found[0]["sys_id"] if found else key("sys_user_role", name)
            if not found:
                self.insert("sys_user_role", {"sys_id": sys_id, "name": name})
            for inner in contains:
                self.insert("sys_user_role_contains", {"role": sys_id, "contains": self.add_role(inner)})
            return sys_id

    def add_oauth_client(
        self,
        name: str,
        *,
        client_id: str,
        client_secret: str,
        user: str = "",
        certificate: str = "",
        kid: str = "",
        **fields: str,
    ) -> str:
        """An OAuth client, a row of `oauth_entity`; returns the sys_id.

        `user` (user name or sys_id) is the application user of client credentials; `certificate`, a PEM of a
        certificate or public key, lets the client sign assertions with the key `kid`; `fields` are columns of
        `oauth_entity`, such as `access_token_lifespan` in seconds.
        """
        row = {"name": name, "client_id": client_id, "client_secret": client_secret, **fields}
        with self._write():
            if user:
                row["user"] = self._user(user)
            sys_id = self.insert("oauth_entity", row)["sys_id"]
            if certificate:
                pem = self.insert("sys_certificate", {"name": name, "pem_certificate": certificate})["sys_id"]
                verifier = {"name": name, "oauth_jwt": sys_id, "kid": kid, "sys_certificate": pem}
                self.insert("jwt_verifier_map", verifier)
        return sys_id

    def add_api_key(self, token: str, *, user: str, **fields: str) -> str:
        """A key that logs `user` (user name or sys_id) in; returns the sys_id of the row of `api_key`."""
        row = {"name": f"Key of {user}", "token": token, "user": self._user(user), **fields}
        return self.insert("api_key", row)["sys_id"]

    def _user(self, named: str) -> str:
        found = self.rows("sys_user", f"user_name={named}^NQsys_id={named}", limit=1)
        if not found:
            raise NotFound
        return found[0]["sys_id"]

    def allow(self, operation: str, name: str, role: str) -> None:
        """An access rule: `role` may do with `name` what `operation` says.

        That is "read", "write", "create", "delete", "query_match" or "query_range"; `name` is a table,
        `table.column`, `table.*` or `*`; a name that had no rule before is closed to
        everybody else by this one.
        """
        with self._write():
            self.add_role(role)
            for table, row in rule(operation, name, [role]):
                if self.get(table, row["sys_id"]) is None:
                    self.store.insert(table, row | self.records.made("admin"))
            self.access.forget()

    def hide(self, table: str, query: str, user: str) -> None:
        """A row ACL: `user` does not get rows of `table` that match; taken away after limit and count."""
        self.dictionary[table]
        self.access.hidden.setdefault((user, table), []).append(query)
        self.access.forget()

    def unhide(self, table: str, user: str) -> None:
        """The row ACLs of `hide` end."""
        self.access.hidden.pop((user, table), None)
        self.access.forget()

    def deny_read(self, table: str, column: str, user: str) -> None:
        """A column ACL: the column is missing in what `user` reads."""
        self.dictionary[table]
        self.access.unread.add((user, table, column))
        self.access.forget()

    def deny_write(self, table: str, column: str, user: str) -> None:
        """A column ACL: what `user` writes there over REST is dropped without a word."""
        self.dictionary[table]
        self.denied.add((user, table, column))

    def deny_query(
        self,
        table: str,
        column: str,
        *,
        user: str = "",
        role: str = "",
        operations: Sequence[QueryOperation] = BOTH,
    ) -> None:
        """A query ACL that fails: a query that asks so for the column is answered 403 (section 2.3).

        It fails for `user`, for everybody with `role`, or for all; in `table` and all that extend it, at the
        end of dot-walks too.  ORDERBY counts as query_range.  `column` "*" is every column.
        """
        family = self.dictionary.family(table)
        self.query_acls.deny(family, column, user=user, role=role, operations=operations)
        self.access.forget()
