"""Secrets: the configuration says where they are found, never what they are (D12)."""

import json
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from stat import S_IMODE
from typing import Annotated, Literal
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connector.errors import SettingsError

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts what ``LoadCredential=`` names."""

_KNOWN: set[str] = set()
"""Every secret read in this process, only so that it can be taken out of what is told."""
SHORTEST = 4
"""Characters; to take shorter ones out of a text would leave nothing of it."""


def without_known(text: str) -> str:
    """The text without any secret that was read, as it is or in the forms in which it is sent."""
    for secret in sorted(_KNOWN, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _know(secret: str) -> str:
    if len(secret) >= SHORTEST:
        told = json.dumps(secret)[1:-1]
        _KNOWN.update((secret, told, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]))
        # Of a key or certificate also each line, for a traceback shows lines.
        _KNOWN.update(line for line in secret.split("\n") if len(line) >= 16 and not line.startswith("-----"))
    return secret


class Secret(BaseModel):
    """Where a secret is found: ``{ env = "NAME" }`` or ``{ file = "path" }``. Read late, shown never."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str = Field(
        default="",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable that holds the secret, or NAME_FILE with the path of a file",
    )
    file: str = Field(
        default="",
        description="File whose text is the secret; without a folder it is looked for in "
        "$CREDENTIALS_DIRECTORY, then beside the configuration",
    )

    keyring: str = Field(
        default="",
        pattern=r"^(|[^/]+/[^/]+)$",
        description="service/user in the keyring of the machine (extra: keyring)",
    )

    @model_validator(mode="after")
    def _one_way(self) -> "Secret":
        if sum(map(bool, (self.env, self.file, self.keyring))) != 1:
            raise ValueError('say either { env = "NAME" } or { file = "path" }')
        return self

    def read(self, beside: Path, environment: Mapping[str, str]) -> str:
        """The secret itself, without the line end of its file.

        Raises `SettingsError` that names every place that was looked in, and nothing that was found.
        """
        looked = []
        if self.keyring:
            return _know(_from_keyring(self.keyring))
        if self.env:
            if environment.get(self.env):
                return _know(environment[self.env])
            looked.append(f"${self.env} (not set or empty)")
        for path in self.places(beside, environment):
            try:
                text = path.read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as why:
                reason = "is not text" if isinstance(why, UnicodeDecodeError) else why.strerror
                looked.append(f"{path} ({reason})")
                continue
            if text:
                return _know(text)
            looked.append(f"{path} (empty)")
        if self.env and not environment.get(f"{self.env}_FILE"):
            looked.append(f"${self.env}_FILE (not set or empty)")
        if not environment.get(CREDENTIALS) and not Path(self.file).is_absolute():
            looked.append(f"${CREDENTIALS} (not set)")
        raise SettingsError("no secret found; looked in " + ", ".join(looked))

    def open_to_others(self, beside: Path, environment: Mapping[str, str]) -> tuple[Path, int] | None:
        """The file it is read from and its mode, where others than its owner may read it."""
        if self.env and environment.get(self.env):
            return None
        for path in self.places(beside, environment):
            try:
                mode = S_IMODE(path.stat().st_mode)
            except OSError:
                continue
            return (path, mode) if mode & 0o077 else None
        return None

    def places(self, beside: Path, environment: Mapping[str, str]) -> list[Path]:
        """The files in which it may lie, in this order."""
        credentials = environment.get(CREDENTIALS)
        if self.keyring:
            return []
        if self.file:
            path = Path(self.file)
            if path.is_absolute():
                return [path]
            return [*([Path(credentials) / path] if credentials else []), beside / path]
        named = environment.get(f"{self.env}_FILE")
        return [
            *([Path(named)] if named else []),
            *([Path(credentials) / self.env] if credentials else []),
        ]


def _from_keyring(place: str) -> str:
    """Raises `SettingsError` without the extra, without such an entry, and where the keyring is locked."""
    service, _, user = place.partition("/")
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise SettingsError(
            'no secret found: the keyring takes pip install "desk-policy-connector[keyring]"'
        ) from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001 (each backend has errors of its own)
        raise SettingsError(f"no secret found: the keyring says {type(error).__name__}: {error}") from None
    if not found:
        raise SettingsError(f"no secret found: the keyring has none for {service}, {user}")
    return str(found)


def _no_plain_text(value: object) -> object:
    if isinstance(value, str):
        raise ValueError('a secret never stands in this file; write { env = "NAME" } or { file = "path" }')
    return value


Hidden = Annotated[Secret | None, BeforeValidator(_no_plain_text)]
"""A setting that says where a secret is found."""

Kind = Literal[
    "basic",
    "oauth-client-credentials",
    "oauth-password",
    "oauth-refresh-token",
    "oauth-jwt-bearer",
    "api-key",
    "mutual-tls",
]

_CLIENT = ("client_id", "client_secret")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "basic": ("password",),
    "oauth-client-credentials": _CLIENT,
    "oauth-password": (*_CLIENT, "password"),
    "oauth-refresh-token": (*_CLIENT, "refresh_token"),
    "oauth-jwt-bearer": (*_CLIENT, "private_key"),
    "api-key": ("key",),
    "mutual-tls": ("certificate",),
}
"""Kind → settings without which it cannot be."""
_TAKES: Mapping[str, tuple[str, ...]] = {
    "oauth-client-credentials": ("scope",),
    "oauth-password": ("scope",),
    "oauth-refresh-token": ("scope", "token_file"),
    "oauth-jwt-bearer": ("scope", "key_id", "algorithm"),
}
"""Kind → what it can use besides; a certificate goes with every kind."""
_ALWAYS = {"kind", "user", "certificate", "certificate_key"}


class Auth(BaseModel):
    """How the connector signs in.

    Kinds: `basic` (password of a user), `oauth-client-credentials`, `oauth-password`,
    `oauth-refresh-token` and `oauth-jwt-bearer` (a client of the instance's OAuth), `api-key`, `mutual-tls`
    (a client certificate alone). A client certificate can go with any of them. `user` is named also where a
    token, key or certificate stands for the account: its own writes are known by it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = Field(default="basic", description="How; each kind has settings of its own")
    user: str = Field(
        min_length=1,
        description="User name of the connector's own account",
    )
    password: Hidden = Field(
        default=None, description='basic, oauth-password: { env = "NAME" } or { file = "path" }'
    )
    client_id: str = Field(default="", description="oauth-…: id of the client in the Application Registry")
    client_secret: Hidden = Field(
        default=None, description="oauth-…: the client's secret, found as a password"
    )
    scope: str = Field(
        default="", description="oauth-…: auth scopes, separated by spaces, if the client needs any"
    )
    refresh_token: Hidden = Field(
        default=None, description="oauth-refresh-token: the token that a person fetched, found as a password"
    )
    token_file: str = Field(
        default="",
        description="oauth-refresh-token: file for the token that the instance gives in its place, if it "
        "rotates them; by default the store's name with .token",
    )
    private_key: Hidden = Field(
        default=None, description="oauth-jwt-bearer: private key (PEM, not encrypted), found as a password"
    )
    key_id: str = Field(
        default="", description="oauth-jwt-bearer: `kid` under which the instance knows the key"
    )
    algorithm: Literal["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] = Field(
        default="RS256", description="oauth-jwt-bearer: how assertions are signed"
    )
    key: Hidden = Field(default=None, description="api-key: the key, found as a password")
    certificate: str = Field(
        default="",
        description="Client certificate, a PEM file; found as the file of a password. mutual-tls needs it",
    )
    certificate_key: str = Field(
        default="", description="Its key, a PEM file that is not encrypted; if it is not in the same file"
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Auth":
        missing = [name for name in NEEDS[self.kind] if not getattr(self, name)]
        useless = self.model_fields_set - _ALWAYS - set(NEEDS[self.kind]) - set(_TAKES.get(self.kind, ()))
        if missing:
            raise ValueError(f'kind "{self.kind}" needs {" and ".join(missing)}')
        if useless:
            raise ValueError(f'kind "{self.kind}" has no use for {", ".join(sorted(useless))}; take it out')
        if self.certificate_key and not self.certificate:
            raise ValueError("certificate_key without a certificate; write certificate, too")
        return self

    def secret(
        self,
        beside: Path | None = None,
        environment: Mapping[str, str] = os.environ,
        *,
        name: str = "password",
    ) -> str:
        """The secret of a setting, read now. ``beside`` is the folder of the configuration.

        Raises `SettingsError` that names every place that was looked in.
        """
        found = getattr(self, name)
        if not isinstance(found, Secret):
            raise SettingsError(f"instance: auth: {name}: missing")
        try:
            return found.read(beside or Path(), environment)
        except SettingsError as error:
            raise SettingsError(f"instance: auth: {name}: {error}") from None

    def file(self, name: str, beside: Path | None = None, environment: Mapping[str, str] = os.environ) -> str:
        """The path of a certificate or key, "" where none is set. Raises `SettingsError` if it is gone."""
        given = getattr(self, name)
        if not given:
            return ""
        looked = Secret(file=given).places(beside or Path(), environment)
        for path in looked:
            if path.is_file():
                return str(path)
        raise SettingsError(
            f"instance: auth: {name}: no such file; looked in {', '.join(str(path) for path in looked)}"
        )
