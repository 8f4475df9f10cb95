"""Who is asking: basic authentication, and the lock after six failures."""

import base64
import binascii

from connector.sandbox.error import Unauthenticated
from connector.sandbox.instance import Instance
from connector.sandbox.message import Headers

FAILURES = 6
"""So many wrong passwords lock an account."""


class Login:
    """Checks the `Authorization` header against the instance's users.  The caller holds the lock."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._failed: dict[str, int] = {}

    def may(self, user_name: str) -> bool:
        """Whether this account may still be used: active, not locked, no password to be reset."""
        account = self._instance.sessions.account(user_name)
        return account is not None and account.may_log_in

    def user(self, headers: Headers) -> str:
        """The user name.  Raises `Unauthenticated`: nothing given, wrong, inactive, locked, reset needed."""
        kind, _, token = (headers.get("Authorization") or "").partition(" ")
        if kind.lower() != "basic":
            raise Unauthenticated
        try:
            name, colon, password = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            raise Unauthenticated from None
        instance = self._instance
        account = instance.sessions.account(name) if colon else None
        if account is None or not account.may_log_in:
            raise Unauthenticated
        expected = instance.passwords.get(account.user_name)
        if not expected or expected != password:
            self._fail(account.user_name, account.sys_id)
            raise Unauthenticated
        if self._failed:
            self._failed.pop(account.user_name, None)
        return account.user_name

    def _fail(self, name: str, sys_id: str) -> None:
        count = self._failed[name] = self._failed.get(name, 0) + 1
        if count >= FAILURES:
            self._failed.pop(name)
            self._instance.update("sys_user", sys_id, {"locked_out": "true"}, user="system")
