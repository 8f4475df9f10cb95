"""What goes over the wire, without any wire: a request, an answer, a line of the log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Headers(Protocol):
    """Headers by name; whether case matters is the mount's affair."""

    def get(self, name: str, /) -> str | None:
        """The value, None if absent."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is path and query as sent (percent-encoded), `base_url` the address the client used.

    `peer` is the client's network address, "" inside the process; `certificate` the one that the client
    proved to hold, as DER, b"" where it showed none.
    """

    method: str
    target: str
    headers: Headers = field(default_factory=dict[str, str])
    body: bytes = b""
    base_url: str = ""
    peer: str = ""
    certificate: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers in order, body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Call:
    """What a fault rule may look at.  `nth` counts all requests from 1."""

    method: str
    table: str
    sys_id: str
    nth: int
    params: Mapping[str, str]


@dataclass(slots=True)
class Logged:
    """One request as the sandbox saw it.

    `at` is the instance's clock (epoch seconds), `body` the parsed JSON (None where there is none or it
    cannot be read), `status` 0 where no answer was given, `committed` whether a write took effect, whatever
    the client was told.
    """

    at: int
    method: str
    table: str
    sys_id: str
    params: dict[str, str]
    body: Any
    status: int = 0
    committed: bool = False
    user: str = ""
