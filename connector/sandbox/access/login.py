"""Who is asking: passwords, bearer tokens, API keys, client certificates; and the lock after six failures.

Platform facts, 3.5 and 3.6.  Whoever may not log in gets one and the same 401, whatever the reason.
"""

import base64
import binascii
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from connector.sandbox.access.policy import KEYS
from connector.sandbox.access.token import Tokens
from connector.sandbox.error import Unauthenticated
from connector.sandbox.instance import Instance
from connector.sandbox.message import Headers
from connector.sandbox.moment import instant
from connector.sandbox.session import Account

FAILURES = 6
"""So many wrong passwords lock an account."""

KEY = "x-sn-apikey"
"""The header, or parameter, that carries an API key."""

_RESTRICTION = "glide.authenticate.basic_auth.restriction."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by which kind of login (`stock.policy.KINDS`).

    `scopes` are those of an OAuth token, None for other kinds; `scoped` marks a client that may call scoped
    APIs only.
    """

    user: str
    kind: str
    scoped: bool = False
    scopes: frozenset[str] | None = None


def presented(headers: Headers, parameters: Mapping[str, str]) -> bool:
    """Whether a request brings credentials of its own, besides a cookie."""
    return bool(headers.get("Authorization")) or headers.get(KEY) is not None or KEY in parameters


class Login:
    """Checks credentials against the instance's users.  The caller holds the lock."""

    def __init__(self, instance: Instance) -> None:
        self.tokens = Tokens(instance)
        self._instance = instance
        self._failed: dict[str, int] = {}

    def caller(self, headers: Headers, parameters: Mapping[str, str], certificate: bytes = b"") -> Caller:
        """Raises `Unauthenticated`: nothing given, wrong, at its end, locked, reset needed, restricted."""
        kind, _, given = (headers.get("Authorization") or "").partition(" ")
        if kind.lower() == "basic":
            return Caller(self._basic(given), "basic_auth")
        if kind.lower() == "bearer":
            name, scoped, scopes = self.tokens.bearer(given.strip())
            return Caller(self._open(name).user_name, "oauth", scoped, scopes)
        key = headers.get(KEY) or parameters.get(KEY)
        if key and not kind:
            return Caller(self._key(key), KEYS)
        if certificate and not kind:
            return Caller(self._certified(certificate), "certificate")
        raise Unauthenticated

    def may(self, user_name: str) -> bool:
        """Whether this account may still be used: active, not locked, no password to be reset."""
        account = self._instance.sessions.account(user_name)
        return account is not None and account.may_log_in

    def password(self, name: str, password: str) -> Account:
        """The account, if this is its password and it may log in; a wrong one is counted."""
        account = self._open(name)
        expected = self._instance.passwords.get(account.user_name)
        if not expected or expected != password:
            self._fail(account.user_name, account.sys_id)
            raise Unauthenticated
        if self._failed:
            self._failed.pop(account.user_name, None)
        return account

    def _open(self, name: str) -> Account:
        account = self._instance.sessions.account(name) if name else None
        if account is None or not account.may_log_in:
            raise Unauthenticated
        return account

    def _basic(self, given: str) -> str:
        try:
            name, colon, password = base64.b64decode(given, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            raise Unauthenticated from None
        account = self.password(name if colon else "", password)
        if account.multifactor:
            raise Unauthenticated([("X-MFA_TOKEN", "invalid")])
        if self._restricted(account):
            raise Unauthenticated
        return account.user_name

    def _restricted(self, account: Account) -> bool:
        """Whether the instance has closed basic authentication to this account.

        From the enforcement date on (none: at once) everybody but web-service-only accounts, the users and
        the roles that the properties name; unless the default decision is to allow.
        """
        properties = self._instance.properties

        def said(name: str, default: str) -> str:
            return properties.get(_RESTRICTION + name, default).strip()

        if said("active", "false") != "true" or said("enforce", "false") != "true":
            return False
        date = said("enforcement_date", "")
        if (
            date
            and (at := instant(date if " " in date else f"{date} 00:00:00"))
            and self._instance.now() < at
        ):
            return False
        if said("allow_wsao", "true") == "true" and account.web_services_only:
            return False
        if account.user_name in _listed(said("allowed_users", "")):
            return False
        roles = _listed(said("allowed_roles", "snc_basic_auth_api_access"))
        if roles & self._instance.access.roles.of(account.sys_id):
            return False
        return said("default_decision", "deny") != "allow"

    def _key(self, key: str) -> str:
        """The user of an API key that is active and not expired."""
        found = self._instance.store.db.execute(
            'SELECT u.user_name, k.expires FROM api_key k JOIN sys_user u ON u.sys_id = k."user"'
            " WHERE k.token = ? AND k.active <> 'false'",
            (key,),
        ).fetchone()
        if found is None or (found[1] and (instant(found[1]) or 0) <= self._instance.now()):
            raise Unauthenticated
        return self._open(found[0]).user_name

    def _certified(self, certificate: bytes) -> str:
        """The user of a client certificate (DER), compared with those of `sys_user_certificate` (PEM)."""
        import ssl  # here, because only who shows a certificate needs it

        for name, pem in self._instance.store.db.execute(
            "SELECT u.user_name, c.pem_certificate FROM sys_user_certificate c JOIN sys_user u"
            " ON u.sys_id = c.\"user\" WHERE c.active <> 'false'"
        ).fetchall():
            with suppress(ValueError):
                if ssl.PEM_cert_to_DER_cert(pem) == certificate:
                    return self._open(name).user_name
        raise Unauthenticated

    def _fail(self, name: str, sys_id: str) -> None:
        count = self._failed[name] = self._failed.get(name, 0) + 1
        if count >= FAILURES:
            self._failed.pop(name)
            self._instance.update("sys_user", sys_id, {"locked_out": "true"}, user="system")


def _listed(text: str) -> set[str]:
    return {one.strip() for one in text.split(",") if one.strip()}
