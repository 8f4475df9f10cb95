"""Secrets: the configuration says where they are found, never what they are (D12)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connector.errors import SettingsError

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts what ``LoadCredential=`` names."""


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

    @model_validator(mode="after")
    def _one_way(self) -> "Secret":
        if bool(self.env) == bool(self.file):
            raise ValueError('say either { env = "NAME" } or { file = "path" }')
        return self

    def read(self, beside: Path, environment: Mapping[str, str]) -> str:
        """The secret itself, without the line end of its file.

        Raises `SettingsError` that names every place that was looked in, and nothing that was found.
        """
        looked = []
        if self.env:
            if environment.get(self.env):
                return environment[self.env]
            looked.append(f"${self.env} (not set or empty)")
        for path in self._files(beside, environment):
            try:
                text = path.read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as why:
                reason = "is not text" if isinstance(why, UnicodeDecodeError) else why.strerror
                looked.append(f"{path} ({reason})")
                continue
            if text:
                return text
            looked.append(f"{path} (empty)")
        if self.env and not environment.get(f"{self.env}_FILE"):
            looked.append(f"${self.env}_FILE (not set or empty)")
        if not environment.get(CREDENTIALS) and not Path(self.file).is_absolute():
            looked.append(f"${CREDENTIALS} (not set)")
        raise SettingsError("no secret found; looked in " + ", ".join(looked))

    def _files(self, beside: Path, environment: Mapping[str, str]) -> list[Path]:
        credentials = environment.get(CREDENTIALS)
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


def _no_plain_text(value: object) -> object:
    if isinstance(value, str):
        raise ValueError('a secret never stands in this file; write { env = "NAME" } or { file = "path" }')
    return value


class Auth(BaseModel):
    """How the connector signs in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["basic"] = Field(default="basic", description="basic: a user of the instance, its password")
    user: str = Field(min_length=1, description="User name of the connector's own account")
    password: Annotated[Secret, BeforeValidator(_no_plain_text)] = Field(
        description='{ env = "NAME" } or { file = "path" }'
    )

    def secret(self, beside: Path | None = None, environment: Mapping[str, str] = os.environ) -> str:
        """The password, read now. ``beside`` is the folder of the configuration.

        Raises `SettingsError` that names every place that was looked in.
        """
        try:
            return self.password.read(beside or Path(), environment)
        except SettingsError as error:
            raise SettingsError(f"instance: auth: password: {error}") from None
