"""OAuth tokens: rows of `oauth_credential` that belong to a client (`oauth_entity`) and a user.

A client is given the same access token again as long as it lives; the clock is the instance's (platform
facts, 3.5).
"""

import secrets
from dataclasses import dataclass

from connector.sandbox.access.policy import BROAD
from connector.sandbox.error import Unauthenticated
from connector.sandbox.instance import Instance
from connector.sandbox.moment import instant, stamp

ACCESS, REFRESH = "access_token", "refresh_token"

_BEARER = """
SELECT u.user_name, c.expires, e.scope_restriction, c.scopes, e.sys_id
FROM oauth_credential c JOIN oauth_entity e ON e.sys_id = c.peer JOIN sys_user u ON u.sys_id = c."user"
WHERE c.token = ? AND c.type = 'access_token' AND e.active <> 'false'
"""


@dataclass(frozen=True, slots=True)
class Client:
    """A row of `oauth_entity`: lifetimes in seconds, `user_id` the application user of client credentials."""

    sys_id: str
    client_id: str
    secret: str
    user_id: str
    user_field: str
    access_seconds: int
    refresh_seconds: int
    scopes: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the second in which it ends."""

    text: str
    ends: int
    user_id: str


class Tokens:
    """Gives out, finds and revokes.  The caller holds the lock."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def client(self, client_id: str) -> Client | None:
        """The active client of this id; None if there is none."""
        row = self._instance.store.db.execute(
            'SELECT sys_id, client_id, client_secret, "user", user_field, access_token_lifespan,'
            " refresh_token_lifespan, scope_restriction, scopes FROM oauth_entity"
            " WHERE client_id = ? AND active <> 'false'",
            (client_id,),
        ).fetchone()
        if row is None or row[1] != client_id:
            return None
        sys_id, name, secret, user, field, access, refresh, restriction, scopes = row
        scopes = " ".join(dict.fromkeys([*scopes.split(), *self._mapped(sys_id)]))
        shown = scopes if restriction == "securely_scoped" else scopes or BROAD
        return Client(
            sys_id, name, secret, user, field, int(access or 1800), int(refresh or 8_640_000), shown
        )

    def bearer(self, token: str) -> tuple[str, bool, frozenset[str]]:
        """The user of an access token, whether its client may call scoped APIs only, and its scopes.

        Those that were mapped to the client meanwhile count as well.

        Raises `Unauthenticated` for one that is unknown, revoked or at its end.
        """
        row = self._instance.store.db.execute(_BEARER, (token,)).fetchone()
        if row is None or (instant(row[1]) or 0) <= self._instance.now():
            raise Unauthenticated
        scopes = frozenset(str(row[3]).split()).union(self._mapped(row[4]))
        return str(row[0]), row[2] == "securely_scoped", scopes

    def _mapped(self, client: str) -> list[str]:
        """The auth scopes that rows give to a client."""
        found = self._instance.store.db.execute(
            "SELECT s.name FROM oauth_entity_auth_scope_mapping m JOIN sys_auth_scope s"
            " ON s.sys_id = m.auth_scope WHERE m.oauth_entity = ? ORDER BY s.name",
            (client,),
        )
        return [str(row[0]) for row in found]

    def living(self, client: Client, kind: str, user_id: str) -> Token | None:
        """The token of this kind that the client holds for the user and that has time left."""
        row = self._instance.store.db.execute(
            'SELECT token, expires, "user" FROM oauth_credential'
            ' WHERE peer = ? AND type = ? AND "user" = ? AND expires > ? ORDER BY expires DESC LIMIT 1',
            (client.sys_id, kind, user_id, stamp(int(self._instance.now()) + 1)),
        ).fetchone()
        return _token(row)

    def refresh(self, client: Client, text: str) -> Token | None:
        """This refresh token, if it is the client's and has time left."""
        row = self._instance.store.db.execute(
            'SELECT token, expires, "user" FROM oauth_credential'
            " WHERE token = ? AND peer = ? AND type = 'refresh_token' AND expires > ?",
            (text, client.sys_id, stamp(int(self._instance.now()))),
        ).fetchone()
        return _token(row)

    def give(self, client: Client, kind: str, user_id: str) -> Token:
        """The living token, or a new one; those that have ended are forgotten."""
        known = self.living(client, kind, user_id)
        if known is not None:
            return known
        instance = self._instance
        now = int(instance.now())
        for row in instance.rows(
            "oauth_credential", f"peer={client.sys_id}^type={kind}^user={user_id}^expires<={stamp(now)}"
        ):
            instance.delete("oauth_credential", row["sys_id"], user="system")
        ends = now + (client.access_seconds if kind == ACCESS else client.refresh_seconds)
        text = secrets.token_urlsafe(64)
        instance.insert(
            "oauth_credential",
            {
                "peer": client.sys_id,
                "user": user_id,
                "type": kind,
                "token": text,
                "expires": stamp(ends),
                "scopes": client.scopes,
            },
            user="system",
        )
        return Token(text, ends, user_id)

    def revoke(self, text: str) -> None:
        """Forget a token of either kind; one that is not known changes nothing."""
        for (sys_id,) in self._instance.store.db.execute(
            "SELECT sys_id FROM oauth_credential WHERE token = ?", (text,)
        ).fetchall():
            self._instance.delete("oauth_credential", sys_id, user="system")


def _token(row: tuple[str, str, str] | None) -> Token | None:
    return Token(row[0], instant(row[1]) or 0, row[2]) if row else None
