"""The Batch API (platform facts, 3.2): several requests in one, served one after another."""

import base64
import binascii
import json
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from connector.sandbox.error import Malformed, RecordError, TooLarge
from connector.sandbox.message import Request, Response
from connector.sandbox.rest.turn import Answer, Turn, envelope

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

INPUT, OUTPUT = "glide.rest.batch.max.inputSize", "glide.rest.batch.max.outputSize"
MEGABYTE = 1024 * 1024
QUOTA = 30
"""Seconds on the instance's clock after which no further item is begun."""

OWN_LIMIT = "X-BATCHREQUEST-MAX-OUTPUT-SIZE"
"""The header with which a client asks for less output, in bytes."""

_BATCH = re.compile(r"/api/now(?:/v\d)?/batch(?:[/?]|\Z)")
_OF_THE_WIRE = frozenset(
    {"Server-Timing", "Connection", "Keep-Alive", "Server", "Date", "Strict-Transport-Security", "Set-Cookie"}
)


class BatchApi:
    """`POST /api/now[/v1]/batch`.

    Items run as the user of the batch and are logged each; one that fails does not fail the batch.  What
    comes after the quota, or what does not fit into the output any more, is named in `unserviced_requests`.
    """

    open = False
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._rest = rest

    def answer(self, turn: Turn) -> Answer:
        """All answers in one, without an envelope.  Raises `RecordError` for a batch that cannot be read."""
        if turn.method != "POST":
            raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
        size, most = len(turn.request.body), self._limit(INPUT, 5 * MEGABYTE)
        if size > most:
            raise TooLarge(size, most, self._rest.manner.too_large)
        body = turn.record()
        items = body.get("rest_requests")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Malformed("rest_requests is not a list of requests")
        room = self._limit(OUTPUT, 10 * MEGABYTE)
        wished = turn.request.headers.get(OWN_LIMIT) or ""
        if wished.isdecimal():
            room = min(room, int(wished))
        serviced: list[dict[str, Any]] = []
        unserviced: list[str] = []
        begun = self._rest.instance.now()
        for item in items:
            if unserviced or self._rest.instance.now() - begun >= QUOTA:
                unserviced.append(_text(item.get("id")))
                continue
            said = self._serve(turn, item)
            room -= len(said["body"])
            if room < 0:
                unserviced.append(said["id"])
            else:
                serviced.append(said)
        whole = {
            "batch_request_id": _text(body.get("batch_request_id")),
            "serviced_requests": serviced,
            "unserviced_requests": unserviced,
        }
        return Answer(200, json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())

    def _serve(self, turn: Turn, item: dict[str, Any]) -> dict[str, Any]:
        begun = time.perf_counter()
        try:
            response = self._rest.within(turn, _request(turn, item))
        except RecordError as refused:
            response = Response(refused.status, [], envelope(refused))
        shown = [] if item.get("exclude_response_headers") is True else _shown(response.headers)
        return {
            "id": _text(item.get("id")),
            "body": base64.b64encode(response.body).decode(),
            "status_code": response.status,
            "status_text": HTTPStatus(response.status).phrase,
            "headers": shown,
            "execution_time": round((time.perf_counter() - begun) * 1000),
        }

    def _limit(self, name: str, default: int) -> int:
        text = self._rest.instance.properties.get(name, "")
        return int(text) if text.isdecimal() else default


class _Fields:
    """Headers of an item, whatever their case."""

    def __init__(self, listed: Any) -> None:
        self._named = {
            _text(one.get("name")).lower(): _text(one.get("value"))
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict)
        }

    def get(self, name: str, /) -> str | None:
        """The value, None if absent."""
        return self._named.get(name.lower())


def _request(turn: Turn, item: dict[str, Any]) -> Request:
    """The request that an item describes.  Raises `RecordError`."""
    method, url, body = item.get("method"), item.get("url"), item.get("body")
    if not isinstance(method, str) or not isinstance(url, str):
        raise Malformed("a request of a batch needs a method and a url")
    parts = urlsplit(url)
    target = f"/{parts.path.lstrip('/')}" + (f"?{parts.query}" if parts.query else "")
    if _BATCH.match(target):
        raise RecordError(400, "Requested URI does not represent any resource")
    try:
        content = base64.b64decode(_text(body), validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Malformed(f"the body of a request is not base64: {broken}") from None
    return Request(method.upper(), target, _Fields(item.get("headers")), content, turn.base)


def _shown(headers: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The headers of an item; `Cache-control` is spelled as it was recorded."""
    spelled = {"Cache-Control": "Cache-control"}
    return [
        {"name": spelled.get(name, name), "value": value}
        for name, value in headers
        if name not in _OF_THE_WIRE
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
