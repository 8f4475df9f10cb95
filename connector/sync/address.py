"""Addresses, of the instance and of a proxy: what can be one, and never a password in the clear."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from connector.errors import SettingsError

LOOPBACK = re.compile(r"localhost|.+\.localhost|127(?:\.\d{1,3}){3}|::1", re.IGNORECASE)
"""Names of this machine (RFC 6761, 6.3). Not ``.local``: to that any machine of the network can answer.

Whether such a name really leads here is looked at once more when the connection stands, before anything is
sent (`gateway.session.LoopbackConnection`).
"""


class Place(NamedTuple):
    """An instance's address, taken apart."""

    host: str
    """With port and path, as pysnow wants it."""
    secure: bool
    near: bool
    """On this machine."""


def place(url: str) -> Place:
    """Raises `SettingsError` for what cannot be an address, or would tell the secret to the network."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise SettingsError(f"instance.url: {url!r} is not a URL such as https://desk.service-now.com")
    if "@" in parts.netloc:
        raise SettingsError("instance.url: a user or password never stands in the URL; see [instance.auth]")
    near = LOOPBACK.fullmatch(host) is not None
    if parts.scheme == "http" and not near:
        raise SettingsError(f"instance.url: {host} would get the password in the clear; write https://")
    return Place(parts.netloc + parts.path.rstrip("/"), parts.scheme == "https", near)


def checked_proxy(url: str) -> str:
    """The proxy's URL itself. Raises ValueError, in words for an admin, for one that cannot be used."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.path not in ("", "/"):
        raise ValueError('not a proxy; write its address: "http://proxy.example:3128"')
    if "@" in parts.netloc:
        raise ValueError(
            "a secret never stands in this file; for a proxy with a password leave `proxy` out and set "
            "HTTPS_PROXY in the environment"
        )
    return url
