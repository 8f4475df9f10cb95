"""The tables that say how the daemon is run: its store, its log, and where it says how it is."""

from typing import Literal

from pydantic import Field, model_validator

from connector.settings.table import Interval, Table
from connector.sync.address import LOOPBACK


class Storage(Table):
    """Where the local cache and the journal are kept."""

    path: str = Field(
        default="",
        description="File; relative to the configuration. By default the configuration's name with .sqlite",
    )
    journal_for: Interval = Field(
        default=2160 * 3600,
        ge=3600,
        description="Entries of the journal older than this go into compressed files beside the store",
    )
    journal_most: int = Field(
        default=200_000, ge=1000, description="And so do the oldest of more entries than these"
    )


class Log(Table):
    """What the daemon says of itself on standard error."""

    format: Literal["text", "json"] = Field(
        default="text", description="Lines for people, or one JSON object a line for programs"
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="info: what begins, ends and is written; debug: every pass. No text of a ticket at any",
    )


class Health(Table):
    """Where the daemon answers `/healthz`, `/readyz` and `/metrics`, if it is told to."""

    listen: str = Field(
        default="",
        pattern=r"^(|[^\s:/]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5})$",
        description='Address and port, such as "127.0.0.1:9464"; without it the daemon listens nowhere',
    )
    beyond_loopback: bool = Field(
        default=False, description="Allow another address than loopback: whoever reaches it may read it"
    )

    @model_validator(mode="after")
    def _on_loopback(self) -> "Health":
        if self.listen and not LOOPBACK.fullmatch(self.address[0]) and not self.beyond_loopback:
            raise ValueError(
                f'"{self.listen}" is not on this machine alone; write "127.0.0.1:{self.address[1]}", or say '
                "beyond_loopback = true if others may read it"
            )
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port; port 0 takes any that is free."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port or 0)
