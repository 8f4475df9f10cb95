"""The way from `requests` to the REST face inside the process.

`responses` takes the place of the sockets and refuses every other address. What it does for each call besides
(reading the query string, looking for a match, recording the call for assertions) costs several times what
the sandbox itself does for an unchanged page, and nobody here looks at it: the plain case goes past it.
"""

import http.client
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from connector.sandbox.message import Response

Serve = Callable[[requests.PreparedRequest], Response]
"""The answer to what a client sent.  Raises what `requests` raises where none came."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class Transport(responses.RequestsMock):
    """Sends everything under `address` to `serve`, from whatever session, while it is entered."""

    def __init__(self, address: str, serve: Serve) -> None:
        super().__init__(assert_all_requests_are_fired=False)
        self._serve = serve
        self._under = re.compile(re.escape(address.rstrip("/")) + r"(?:/|\Z)")
        for method in _METHODS:
            self.add(_Served(method, self._under, serve))

    def _on_request(self, adapter: HTTPAdapter, request: Any, **more: Any) -> requests.Response:
        """The answer; one of another address, or of a client that wants retries, goes the usual way."""
        retries = adapter.max_retries
        plain = not retries.total and not retries.status_forcelist
        if plain and request.method in _METHODS and self._under.match(request.url):
            return adapter.build_response(request, _raw(self._serve(request), request.method))
        answer: requests.Response = super()._on_request(adapter, request, **more)
        self._calls.reset()
        for one in self.registered():
            one.calls.reset()  # or a long run would keep all that it ever asked
        return answer


class _Served(responses.BaseResponse):
    """What `responses` finds for an address of ours."""

    def __init__(self, method: str, under: "re.Pattern[str]", serve: Serve) -> None:
        super().__init__(method, under)
        self._serve = serve

    def get_response(self, request: Any) -> HTTPResponse:
        """The answer as urllib3 would have read it."""
        return _raw(self._serve(request), request.method)


def _raw(answer: Response, method: str | None) -> HTTPResponse:
    headers = HTTPHeaderDict(answer.headers)
    # Where no cookie is set nobody needs the second response in which `requests` looks for cookies.
    original: Any = None
    if "Set-Cookie" in headers:
        original = HTTPResponse(body=BytesIO(), msg=headers, preload_content=False)  # type: ignore[arg-type]
    return HTTPResponse(
        BytesIO(answer.body),
        headers,
        answer.status,
        reason=http.client.responses.get(answer.status),
        preload_content=False,
        original_response=original,
        request_method=method,
    )
