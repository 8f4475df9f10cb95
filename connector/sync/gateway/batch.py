"""The Batch API's envelope: several requests packed into one, and its answer taken apart again.

Parts are served one after another, each with its own status; one that fails does not fail the others. The
server may put them into another order unless told not to, so `enforce_order` is said and, besides, what
depends on another part is never in the same batch. What did not fit into a limit of time or size is named as
unserviced; it may have been carried out all the same, because its answer was what did not fit.

Contract §3.2; limits: 5 MB in, 10 MB out, 30 s.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from requests import PreparedRequest, Response
from requests.structures import CaseInsensitiveDict

from connector.errors import GatewayError, Unavailable, Unserviced

PARTS = 25
"""In one batch: a write takes an instance some tenths of a second, and a batch has thirty."""
BYTES = 512 * 1024
"""Of all bodies in one batch, before they are packed."""

REFUSALS = frozenset({400, 403, 404, 405, 413, 415, 501})
"""Statuses with which an instance says that it does not take batches, before it looks at their parts."""


class Part(NamedTuple):
    """One request inside of another."""

    method: str
    path: str
    """Below the instance's address: ``/api/now/table/incident/…``; its parts have been checked."""
    parameters: Mapping[str, str]
    body: Mapping[str, str] | None = None

    @property
    def content(self) -> bytes:
        """The body as JSON, b"" for none."""
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


def loads(parts: Sequence[Part]) -> Iterator[range]:
    """Which parts go together, in their order, each load within the limits; a huge part goes alone."""
    start, size = 0, 0
    for index, part in enumerate(parts):
        length = len(part.content)
        if index > start and (index - start >= PARTS or size + length > BYTES):
            yield range(start, index)
            start, size = index, 0
        size += length
    if start < len(parts):
        yield range(start, len(parts))


def packed(parts: Sequence[Part]) -> dict[str, Any]:
    """The body of a batch request; parts are named by their index."""
    headers = [
        {"name": "Content-Type", "value": "application/json"},
        {"name": "Accept", "value": "application/json"},
    ]
    return {
        "batch_request_id": "1",
        "enforce_order": True,
        "rest_requests": [
            {
                "id": str(index),
                "method": part.method,
                "url": f"{part.path}?{urlencode(part.parameters)}",
                "headers": headers,
                "exclude_response_headers": True,
                **({"body": base64.b64encode(part.content).decode()} if part.body is not None else {}),
            }
            for index, part in enumerate(parts)
        ],
    }


def unpacked(parts: Sequence[Part], found: Mapping[str, Any], what: str) -> list[Response | GatewayError]:
    """The answer to each part, or why there is none. Raises `Unavailable` for no answer to a batch."""
    serviced = found.get("serviced_requests")
    if not isinstance(serviced, list) or not all(isinstance(said, dict) for said in serviced):
        raise Unavailable(f"{what}: the answer is not one to a batch")
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for said in serviced:
        by_id.setdefault(str(said.get("id")), []).append(said)
    return [_answer(part, by_id.get(str(index), []), what) for index, part in enumerate(parts)]


def _answer(part: Part, said: Sequence[Mapping[str, Any]], what: str) -> Response | GatewayError:
    if not said:
        return Unserviced(f"{what}: {part.method} {part.path} was left out of the batch")
    status, body = said[0].get("status_code"), said[0].get("body")
    if len(said) > 1 or type(status) is not int or not isinstance(body, str):
        return Unavailable(f"{what}: {part.method} {part.path} has no clear answer")
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return Unavailable(f"{what}: {part.method} {part.path}: its answer is not base64")
    response = Response()
    response.status_code, response.reason = status, str(said[0].get("status_text") or "")
    response.headers = CaseInsensitiveDict({"Content-Type": "application/json"})
    response._content = content
    response.request = PreparedRequest()
    response.request.method = part.method
    return response
