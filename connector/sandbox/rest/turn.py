"""What an API is, what it is given and what it hands back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from connector.sandbox.error import RecordError
from connector.sandbox.header import JSON
from connector.sandbox.message import Logged, Request
from connector.sandbox.parameter import Parameters

if TYPE_CHECKING:
    from connector.sandbox.access.login import Caller
    from connector.sandbox.rest.front import Rest


@dataclass(slots=True)
class Answer:
    """What an API says; the front adds the headers that every answer has.

    `body` goes out as it is, `kind` is its Content-Type ("" for none), `headers` come after the common ones.
    """

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    kind: str = JSON


@dataclass(slots=True)
class Turn:
    """One request on its way to an API.

    `path` and `query` are as sent, `asked` is the query string read; `parts` are the parts of the path that
    the route names, percent-decoded; `stem` is the fixed beginning of the path with the version as sent
    ("/api/now/v2/table"), `version` "v1", "v2" or "", `service` the name of the API in rate rules ("Table
    API").  `base` is scheme and host for links.  `user` is who asks ("" where the API is open and nobody
    logged in), `zone` and `form` how that user sees date-times, `locale` their money.  `logged` is the
    line in the log: an API that writes sets `committed`, and `sys_id` of what it made.
    """

    request: Request
    method: str
    path: str
    query: str
    asked: Parameters
    parts: Mapping[str, str]
    stem: str
    version: str
    service: str
    logged: Logged
    base: str
    aside: bool = False
    user: str = ""
    zone: str = ""
    form: str = ""
    locale: str = ""
    refused: RecordError | None = None
    caller: "Caller | None" = None
    """Whoever brought credentials; None for a session."""

    def record(self) -> dict[str, Any]:
        """The JSON object in the body, {} for none.  Raises the `RecordError` that reading it met."""
        if self.refused is not None:
            raise self.refused
        return self.logged.body or {}


class Api(Protocol):
    """One of the instance's APIs.  Made once, with the `Rest` it belongs to as its only argument.

    `open`: whether it may be called without a login (it then finds `turn.user` filled only if the client sent
    good credentials).  `reads`: "json" lets the front read the body of a write as one JSON object, "raw"
    leaves it alone in `turn.request.body`.
    """

    open: bool
    reads: Literal["json", "raw"]

    def __init__(self, rest: "Rest") -> None: ...

    def answer(self, turn: Turn) -> Answer:
        """Serve one request, with the instance's lock held.  Raises `RecordError` for the usual envelope."""
        ...


def envelope_of(result: object) -> bytes:
    """The body of a success."""
    return json.dumps({"result": result}, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def envelope(refused: RecordError, *, detail_first: bool = False) -> bytes:
    """The body of an error (platform facts, 1.6)."""
    error = {"message": refused.message, "detail": refused.detail}
    if detail_first:
        error = {"detail": refused.detail, "message": refused.message}
    return json.dumps(
        {"error": error, "status": "failure"}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")
