"""The connection: TLS, proxies, time-outs, and answers of a bounded size.

`requests.Session` with four things put right. Answers are read in pieces and given up when they grow too
large or take too long. What the configuration says of proxy and authorities wins over the environment, which
requests has the other way round. Plain HTTP reaches this machine only, whatever its name resolves to. And
there is no way to switch the verification of certificates off.
"""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, NewConnectionError

from connector.clock import Clock
from connector.errors import SettingsError, TimedOut, Unavailable
from connector.sync.gateway.failure import Exhausted, Unsent
from connector.sync.gateway.request import Preparing
from connector.sync.gateway.terms import Terms

PIECE = 128 * 1024
"""Bytes read at once, unpacked: urllib3 unpacks no further than it is asked for (since 2.6)."""


class TooMuch(requests.RequestException):
    """The answer is larger than we take."""


class TooSlow(requests.RequestException):
    """The answer does not come to its end."""


class LoopbackConnection(HTTPConnection):
    """Plain HTTP, to this machine and no other."""

    def connect(self) -> None:
        """Connect, and hang up before a byte is sent if the name led to another machine."""
        super().connect()
        peer = self.sock.getpeername()[0]
        if not ipaddress.ip_address(peer.partition("%")[0]).is_loopback:
            self.close()
            raise NewConnectionError(self, f"{self.host} is {peer}, not this machine; write https://")


class LoopbackPool(HTTPConnectionPool):
    """Connections to this machine."""

    ConnectionCls = LoopbackConnection


class LoopbackAdapter(HTTPAdapter):
    """For ``http://``."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """As ever, with pools that look where they lead."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {
            **self.poolmanager.pool_classes_by_scheme,
            "http": LoopbackPool,
        }


class Session(Preparing):
    """A session on these terms. ``near``: the instance is on this machine, where no proxy leads.

    ``certificate``: PEM files of a client certificate and its key, "" where both are in one. Raises
    `SettingsError` for files that cannot be used.
    """

    def __init__(
        self, terms: Terms, clock: Clock, *, near: bool, certificate: tuple[str, str] | None = None
    ) -> None:
        super().__init__()
        self._terms = terms
        self._clock = clock
        self.max_redirects = 0  # a redirected PATCH would arrive as a GET
        self.trust_env = not near
        self.mount("http://", LoopbackAdapter())
        if terms.ca_file:
            _look_at_authorities(terms.ca_file)
            self.verify = terms.ca_file
        if terms.proxy and not near:
            self.proxies = {"http": terms.proxy, "https": terms.proxy}
        if certificate is not None:
            _look_at_certificate(*certificate)
            self.cert = (certificate[0], certificate[1]) if certificate[1] else certificate[0]

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Ours first, then the environment's."""
        ours: dict[str, Any] = {**self.proxies, **(proxies or {})}
        if self.verify is not True:
            verify = self.verify
        return super().merge_environment_settings(url, ours, stream, verify, cert)

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        """Send, and read the answer to its end. Raises `TooMuch` and `TooSlow` besides what requests does."""
        more["stream"] = True
        begun = self._clock.monotonic()
        response = super().send(request, **more)
        try:
            self._read(response, begun)
        except BaseException:
            response.close()
            raise
        return response

    def _read(self, response: requests.Response, begun: float) -> None:
        most, whole = self._terms.largest, self._terms.whole
        told = response.headers.get("Content-Length", "")
        if told.isascii() and told.isdigit() and int(told) > most:
            raise TooMuch(
                f"the answer has {int(told):,} bytes, of which {most:,} are taken", response=response
            )
        body = BytesIO()  # gives away what it holds without a copy, and a page has a megabyte
        for piece in response.iter_content(PIECE):
            body.write(piece)
            if body.tell() > most:
                raise TooMuch(f"the answer is larger than {most:,} bytes", response=response)
            if self._clock.monotonic() - begun > whole:
                raise TooSlow(f"the answer has not ended after {whole:.0f} s", response=response)
        response._content = body.getvalue()


@contextmanager
def told(what: str) -> Iterator[None]:
    """What requests raises becomes what the connector raises: `Unsent`, `TimedOut`, `Unavailable` …"""
    try:
        yield
    except TooMuch as error:
        raise Exhausted(f"{what}: {error}") from None
    except requests.exceptions.SSLError as error:
        raise Unavailable(f"{what}: no secure connection: {cause(error)}") from None
    except requests.exceptions.TooManyRedirects as error:
        target = error.response.headers.get("Location", "") if error.response is not None else ""
        raise Unavailable(f"{what}: the instance sends us elsewhere ({target}); is its URL right?") from None
    except (
        TooSlow,
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
    ) as error:
        kind = Unsent if unsent(error) else TimedOut
        raise kind(f"{what}: no answer: {cause(error)}") from None
    except requests.exceptions.RequestException as error:
        raise Unavailable(f"{what}: {cause(error)}") from None


def unsent(error: requests.RequestException) -> bool:
    """Nothing was sent: the connection never stood."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason: object = error
    while isinstance(reason, Exception):
        if isinstance(reason, NewConnectionError):
            return True
        reason = getattr(reason, "reason", None) or (reason.args[0] if reason.args else None)
    return False


def cause(error: Exception) -> str:
    """The innermost reason, without the object addresses that requests wraps around it."""
    reason: object = error
    while isinstance(reason, Exception) and reason.args:
        inner = getattr(reason, "reason", None) or reason.args[-1]
        if not isinstance(inner, Exception) or inner is reason:
            break
        reason = inner
    words = str(reason)
    if isinstance(reason, HTTPError) and " object at 0x" in words:
        words = words.partition(": ")[2]
    return f"{type(error).__name__}: {words}"


def _look_at_authorities(path: str) -> None:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"instance: ca_file: {path}: {_words(error)}; it must hold PEM certificates"
        ) from None


def _look_at_certificate(path: str, key: str) -> None:
    def no_password() -> str:
        raise ValueError("the key is encrypted, and a daemon cannot be asked for its password")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(path, key or None, no_password)
    except (OSError, ValueError) as error:
        files = f"{path} with {key}" if key else path
        raise SettingsError(
            f"instance: auth: certificate: {files}: {_words(error)}; write the path of a PEM certificate "
            "and of its key, which is not encrypted and which this user may read"
        ) from None


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason.replace("_", " ").lower() if error.reason else "not a PEM file"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
