"""How a request is made ready: as `requests` does it, but for settings that it merges anew at every call.

For each request `requests` merges headers, parameters, cookies and hooks of session and call, reads the URL
apart and quotes it twice: that is half the time of a short read. All calls of the gateway are of one kind
(parameters, perhaps a JSON body, everything else from the session), so what does not change is worked out
once. A call of another kind is prepared as always.
"""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

import requests

_quoted = lru_cache(maxsize=1024)(quote_plus)
"""Names, columns and most values are the same in every request."""

_PLAIN = re.compile(r"https?://[^/?#]+/[^?#]*/[A-Za-z0-9_]+")
"""A URL whose last part, a table or a sys_id, is written as it stands; what is before it changes little."""


class Preparing(requests.Session):
    """Sends byte for byte what `requests.Session` would."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """The request as it goes out. Raises what `requests` raises."""
        parameters = request.params
        if (
            request.headers
            or request.data
            or request.files
            or request.auth
            or request.cookies
            or self.params
            or self.auth is None
            or not _PLAIN.fullmatch(str(request.url))
            or not isinstance(parameters, dict)
            or not all(type(value) is str for value in parameters.values())
        ):
            return super().prepare_request(request)
        sent = requests.PreparedRequest()
        sent.prepare_method(request.method)
        stem, _, last = str(request.url).rpartition("/")
        sent.url = f"{_address(stem)}/{last}"
        if parameters:
            query = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in parameters.items()])
            sent.url += f"?{query}"
        sent.prepare_headers(self.headers)
        if self.cookies:
            sent.prepare_cookies(self.cookies)
        sent.prepare_body(None, None, request.json)
        sent.prepare_auth(self.auth)
        sent.prepare_hooks(self.hooks)
        return sent

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """How to send. Without an environment to be heeded, and with nothing of the call's own: as we are."""
        if self.trust_env or proxies or verify is not None or cert is not None:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        own = {"proxies": self.proxies, "verify": self.verify, "cert": self.cert}
        return own | {"stream": self.stream if stream is None else stream}


@lru_cache(maxsize=256)
def _address(url: str) -> str:
    """A URL without parameters as `requests` writes it."""
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return prepared.url or url
