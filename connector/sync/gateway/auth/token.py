"""The access token of an OAuth client: fetched when needed, one fetch at a time, used until shortly before
its end, and fetched once more when the instance does not take it any longer (401).
"""

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from connector.clock import Clock
from connector.errors import Unauthorised
from connector.sync.gateway.auth.assertion import assertion
from connector.sync.gateway.auth.kept import KeptToken
from connector.sync.gateway.credential import (
    ClientSecret,
    OAuth,
    RefreshToken,
    SignedAssertion,
    UserPassword,
)

MARGIN = 60.0
"""Seconds before its end from which a token is not used any more; of a short life a tenth."""

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Granted(NamedTuple):
    """What the instance gave."""

    access: str
    refresh: str
    """Empty where it gave none."""
    seconds: float
    """The life of the access token."""


class Tokens:
    """``ask`` sends a form to the token endpoint and raises `Unauthorised` where it is refused.

    Raises `SettingsError` for a key that cannot sign.
    """

    def __init__(self, client: OAuth, clock: Clock, ask: Callable[[Mapping[str, str]], Granted]) -> None:
        self._client = client
        self._clock = clock
        self._ask = ask
        self._lock = threading.Lock()
        self._access = self._refresh = ""
        self._good_until = self._ends_at = 0.0
        grant = client.grant
        if isinstance(grant, SignedAssertion):  # a key that cannot sign is told now, not at the first pass
            assertion(grant, client.client_id, client.user, clock.now())
        self._kept = KeptToken(grant.kept, grant.token) if isinstance(grant, RefreshToken) else None

    @property
    def held(self) -> str:
        """The token as it is, good or not; "" before the first."""
        return self._access

    def life(self) -> float | None:
        """Seconds until the token ends; None where none is held."""
        return max(0.0, self._ends_at - self._clock.monotonic()) if self._access else None

    def current(self) -> str:
        """A token with time left, fetched if need be. Raises what ``ask`` raises, and `SettingsError`."""
        with self._lock:
            if not self._access or self._clock.monotonic() >= self._good_until:
                self._fetch()
            return self._access

    def renew(self, refused: str) -> None:
        """The instance did not take this token: fetch another, unless somebody has done so meanwhile.

        Raises as `current` does.
        """
        with self._lock:
            if self._access == refused:  # the only place where a second refresh is prevented
                self._fetch()

    def _fetch(self) -> None:
        """By the refresh token, if there is one; where that is refused, once by the grant itself."""
        self._access = ""
        grant = self._client.grant
        own = self._kept.read() if self._kept is not None and not self._refresh else ""
        refresh = self._refresh or own
        if refresh:
            try:
                self._take(self._ask(self._form("refresh_token", refresh_token=refresh)))
            except Unauthorised:
                self._refresh = ""
                if isinstance(grant, RefreshToken):
                    raise
            else:
                return
        match grant:
            case ClientSecret():
                form = self._form("client_credentials")
            case UserPassword(password):
                form = self._form("password", username=self._client.user, password=password)
            case SignedAssertion():
                signed = assertion(grant, self._client.client_id, self._client.user, self._clock.now())
                form = self._form(JWT_BEARER, assertion=signed)
            case RefreshToken(token):
                form = self._form("refresh_token", refresh_token=token)
        self._take(self._ask(form))

    def _take(self, granted: Granted) -> None:
        now = self._clock.monotonic()
        self._access = granted.access
        self._ends_at = now + granted.seconds
        self._good_until = self._ends_at - min(MARGIN, granted.seconds / 10)
        if granted.refresh:
            if self._kept is not None and granted.refresh != (self._refresh or self._kept.read()):
                self._kept.write(granted.refresh)
            self._refresh = granted.refresh

    def _form(self, grant: str, **more: str) -> dict[str, str]:
        client = {"client_id": self._client.client_id, "client_secret": self._client.client_secret}
        scope = {"scope": self._client.scope} if self._client.scope else {}
        return {"grant_type": grant, **client, **scope, **more}
