"""The four ways to an access token (platform facts, 3.5).

Whatever is wrong, the answer is one and the same `access_denied`; the reason stands in the system log only,
which the sandbox keeps as `Grants.reasons`.
"""

import hmac
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.access.assertion import AssertionRefused, subject
from connector.sandbox.access.login import Login
from connector.sandbox.access.token import ACCESS, REFRESH, Client
from connector.sandbox.error import Unauthenticated
from connector.sandbox.instance import Instance

if TYPE_CHECKING:
    from connector.sandbox.rest.manner import Manner

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
NO_PASSWORDS = "glide.oauth.inbound.ropc.grant_type.disabled"
CREDENTIALS = "glide.oauth.inbound.client.credential.grant_type.enabled"


class GrantRefused(Exception):
    """No token.  `error` is what the answer says, the text is the reason, which it does not tell."""

    def __init__(
        self, reason: str, error: Literal["server_error", "invalid_client"] = "server_error"
    ) -> None:
        super().__init__(reason)
        self.error = error


class Grants:
    """Answers of `/oauth_token.do` as objects.  The caller holds the lock.

    `reasons` are the last refusals.  Two switches of the manner count: `names_clients` and
    `refreshes_clients`.
    """

    def __init__(self, instance: Instance, login: Login, manner: "Manner") -> None:
        self.reasons: deque[str] = deque(maxlen=100)
        self._instance = instance
        self._login = login
        self._manner = manner

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The answer to this form.  Raises `GrantRefused`."""
        try:
            return self._granted(form)
        except GrantRefused as refused:
            self.reasons.append(str(refused))
            raise

    def _granted(self, form: Mapping[str, str]) -> dict[str, Any]:
        client = self._client(form)
        grant = form.get("grant_type", "")
        if grant == "password":
            return self._answer(client, self._password(form))
        if grant == "refresh_token":
            held = self._login.tokens.refresh(client, form.get("refresh_token", ""))
            if held is None:
                raise GrantRefused("the refresh token is unknown or at its end")
            return self._answer(client, self._able(held.user_id), refresh=held.text)
        if grant == "client_credentials":
            if self._instance.properties.get(CREDENTIALS) != "true":
                raise GrantRefused(f"{CREDENTIALS} is not true")
            if not client.user_id:
                raise GrantRefused("the client has no OAuth application user")
            return self._answer(
                client, self._able(client.user_id), refresh=None if self._manner.refreshes_clients else ""
            )
        if grant == JWT_BEARER:
            return self._answer(client, self._able(self._subject(client, form)))
        raise GrantRefused(f"no such grant: {grant or 'none given'}")

    def _client(self, form: Mapping[str, str]) -> Client:
        client = self._login.tokens.client(form.get("client_id", ""))
        secret = form.get("client_secret", "").encode()
        if client is None or not client.secret or not hmac.compare_digest(client.secret.encode(), secret):
            raise GrantRefused(
                "no client of this id and secret",
                "invalid_client" if self._manner.names_clients else "server_error",
            )
        return client

    def _password(self, form: Mapping[str, str]) -> str:
        if self._instance.properties.get(NO_PASSWORDS) == "true":
            raise GrantRefused(f"{NO_PASSWORDS} is true")
        try:
            return self._login.password(form.get("username", ""), form.get("password", "")).sys_id
        except Unauthenticated:
            raise GrantRefused("no user of this name and password may log in") from None

    def _subject(self, client: Client, form: Mapping[str, str]) -> str:
        try:
            return subject(self._instance, client, form.get("assertion", ""))
        except AssertionRefused as refused:
            raise GrantRefused(str(refused)) from None

    def _able(self, user_id: str) -> str:
        row = self._instance.get("sys_user", user_id)
        account = self._instance.sessions.account(row["user_name"]) if row else None
        if account is None or not account.may_log_in:
            raise GrantRefused("the user may not log in")
        return account.sys_id

    def _answer(self, client: Client, user_id: str, refresh: str | None = None) -> dict[str, Any]:
        """`refresh` is the refresh token to show: None gives one out, "" shows none."""
        tokens = self._login.tokens
        access = tokens.give(client, ACCESS, user_id)
        if refresh is None:
            refresh = tokens.give(client, REFRESH, user_id).text
        return {
            "access_token": access.text,
            **({"refresh_token": refresh} if refresh else {}),
            "scope": client.scopes,
            "token_type": "Bearer",
            "expires_in": access.ends - int(self._instance.now()) - 1,
        }
