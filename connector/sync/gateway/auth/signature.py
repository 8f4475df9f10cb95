"""What is put on a request so that the instance knows whose it is."""

from collections.abc import Callable

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from connector.errors import SettingsError
from connector.sync.gateway.credential import ApiKey, Credentials, MutualTls


class Unsigned(AuthBase):
    """Nothing: the certificate of the connection says it, or the request asks for a token.

    Not None, for then requests looks into ``~/.netrc``.
    """

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """As it is."""
        return request


UNSIGNED = Unsigned()


class Key(AuthBase):
    """An API key; in a header, for addresses are logged."""

    def __init__(self, key: str) -> None:
        if not key.isascii() or not key.isprintable() or " " in key:
            raise SettingsError(
                "instance: auth: key: this is no API key: it holds blanks or other characters"
            )
        self._key = key

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """With the key."""
        request.headers["x-sn-apikey"] = self._key
        return request


class Bearer(AuthBase):
    """An access token; ``held`` gives the one of the moment."""

    def __init__(self, held: Callable[[], str]) -> None:
        self._held = held

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """With the token."""
        request.headers["Authorization"] = f"Bearer {self._held()}"
        return request


def signature(credentials: Credentials | ApiKey | MutualTls) -> AuthBase:
    """What signs each request. UTF-8, for passwords are not always Latin.

    Raises `SettingsError` for a key that is none.
    """
    match credentials:
        case Credentials():
            return HTTPBasicAuth(credentials.user.encode(), credentials.password.encode())
        case ApiKey():
            return Key(credentials.key)
        case MutualTls():
            return UNSIGNED
