"""What the connector signs in with, as values; no representation shows a secret."""

from dataclasses import dataclass, field
from pathlib import Path

ClientCertificate = tuple[str, str]
"""PEM files of a certificate and of its key; the second is "" where both are in one."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Basic: a user of the instance and the password."""

    user: str
    password: str = field(repr=False)
    certificate: ClientCertificate | None = None
    """Shown in the TLS handshake besides."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the instance (``x-sn-apikey``) that stands for a user."""

    user: str
    key: str = field(repr=False)
    certificate: ClientCertificate | None = None


@dataclass(frozen=True, slots=True)
class MutualTls:
    """The client certificate stands for the user; nothing else is sent."""

    user: str
    certificate: ClientCertificate


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """OAuth grant ``client_credentials``: the client's own application user."""


@dataclass(frozen=True, slots=True)
class UserPassword:
    """OAuth grant ``password``."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """OAuth grant ``refresh_token``. ``kept``: file for the token that the instance puts in its place."""

    token: str = field(repr=False)
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class SignedAssertion:
    """OAuth grant ``jwt-bearer``: ``key`` is a private key as PEM, ``key_id`` how the instance knows it."""

    key: str = field(repr=False)
    key_id: str = ""
    algorithm: str = "RS256"


@dataclass(frozen=True, slots=True)
class OAuth:
    """A client of the instance's OAuth, and how it comes by a token for the user."""

    user: str
    client_id: str
    client_secret: str = field(repr=False)
    grant: ClientSecret | UserPassword | RefreshToken | SignedAssertion
    scope: str = ""
    certificate: ClientCertificate | None = None


AnyCredentials = Credentials | ApiKey | MutualTls | OAuth
