"""The line to one instance: each call is signed, sent by pysnow, and counted.

pysnow owns the URL and sends; each call uses a fresh ``Resource``, because parameters of one call leak into
the next on the same one (rbw/pysnow#195).
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from warnings import catch_warnings, filterwarnings

import requests

import connector
from connector.clock import Clock
from connector.errors import Unauthorised
from connector.sync.address import place
from connector.sync.gateway.answer import token_of
from connector.sync.gateway.auth import UNSIGNED, Bearer, Tokens, signature
from connector.sync.gateway.auth.token import Granted
from connector.sync.gateway.condition import Condition
from connector.sync.gateway.credential import AnyCredentials, OAuth
from connector.sync.gateway.session import Session, told
from connector.sync.gateway.terms import Terms
from connector.sync.gateway.traffic import Traffic


@contextmanager
def _absent(*names: str) -> Iterator[None]:
    """Meanwhile these modules cannot be imported, as if they were not installed."""
    ours = [name for name in names if name not in sys.modules]
    sys.modules |= dict.fromkeys(ours)  # type: ignore[arg-type]  # None: no such module
    try:
        yield
    finally:
        for name in ours:
            del sys.modules[name]


# pysnow looks for a library for attachments, and its JSON reader for a faster one in C. We use neither, and
# to look takes a quarter of a start and two megabytes.
with catch_warnings(), _absent("magic", "ijson.backends.yajl2_cffi", "ijson.backends.yajl2"):
    filterwarnings("ignore", ".*python-magic", UserWarning)
    from pysnow import Client

T = TypeVar("T")


class Parameters(dict[str, str]):
    """The parameters of one request and no others; pysnow asks for them by this method."""

    def as_dict(self) -> dict[str, str]:
        """Themselves."""
        return dict(self)


class Line:
    """Raises `SettingsError` for an address, or a file of `terms` or credentials, that cannot be used."""

    def __init__(
        self,
        url: str,
        credentials: AnyCredentials,
        terms: Terms,
        clock: Clock,
        stopping: Callable[[], bool],
    ) -> None:
        where = place(url)
        self._timeout = (terms.connect, terms.answer)
        self._traffic = Traffic(clock, terms, seed=f"{url} {credentials.user}", stopping=stopping)
        self._answers: list[requests.Response] = []
        self._base = f"{'https' if where.secure else 'http'}://{where.host}"
        self._session = Session(terms, clock, near=where.near, certificate=credentials.certificate)
        self._tokens: Tokens | None = None
        if isinstance(credentials, OAuth):
            self._tokens = tokens = Tokens(credentials, clock, self._ask_for_token)
            self._session.auth = Bearer(lambda: tokens.held)
        else:
            self._session.auth = signature(credentials)
        self._session.hooks["response"].append(self._keep)
        self._client = Client(host=where.host, use_ssl=where.secure, session=self._session)
        self._client.parameters = None  # copied deep into each resource, and ours have their own
        # After the client, which puts its own name there.
        self._session.headers["User-Agent"] = f"desk-policy-connector/{connector.__version__}"

    @property
    def sent(self) -> int:
        """Requests so far, repeats and tokens counted."""
        return self._traffic.sent

    def condition(self, batch: str) -> Condition:
        """How it goes; sends nothing."""
        return self._traffic.condition(token_for=self._tokens.life() if self._tokens else None, batch=batch)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def call(
        self,
        method: str,
        path: str,
        what: str,
        meaning: Callable[[requests.Response], T],
        *,
        write: bool,
        parameters: Mapping[str, str] | None = None,
        append: str | None = None,
        body: Mapping[str, Any] | None = None,
        content: tuple[bytes, str] | None = None,
        base: str = "/api/now",
        sending: Callable[[], object] = lambda: None,
    ) -> T:
        """What the answer means; ``sending`` is told of each request that goes out.

        ``body`` goes as JSON, ``content`` as it is, with its media type.

        Raises what ``meaning``, `session.told` and `Traffic.carry` raise.
        """

        def attempt() -> requests.Response:
            sending()
            resource = self._client.resource(api_path=path, base_path=base, timeout=self._timeout)
            resource.parameters = Parameters(parameters or {})
            more: dict[str, Any] = {} if body is None else {"json": body}
            if content is not None:
                more = {"data": content[0], "headers": {"Content-Type": content[1]}}
            self._answers.clear()
            with told(what):
                resource.request(method, path_append=append, **more)
            return self._answers.pop()

        return self._signed(lambda: self._traffic.carry(what, attempt, meaning, write=write))

    def _signed(self, call: Callable[[], T]) -> T:
        """The call, with a token that is good; after a 401 once more, with another.

        A 401 comes before anything is done, so that a write may be sent again. Without tokens, or with the
        second 401, nothing is sent any more.
        """
        try:
            if self._tokens is None:
                return call()
            token = self._tokens.current()
            try:
                return call()
            except Unauthorised:
                self._tokens.renew(token)
            return call()
        except Unauthorised as error:
            self._traffic.shut = self._traffic.shut or str(error)
            raise

    def _ask_for_token(self, form: Mapping[str, str]) -> Granted:
        """One form to the token endpoint. Raises as `token_of` and `Traffic.carry` do."""
        what = f"asking for a token ({form['grant_type'].rpartition(':')[2]})"

        def attempt() -> requests.Response:
            with told(what):
                return self._session.post(
                    f"{self._base}/oauth_token.do",
                    data=dict(form),
                    headers={"Content-Type": "application/x-www-form-urlencoded"},
                    auth=UNSIGNED,
                    timeout=self._timeout,
                )

        # As a write: who rotates refresh tokens has taken the old one back, whatever became of the answer.
        return self._traffic.carry(what, attempt, lambda response: token_of(response, what), write=True)

    def _keep(self, response: requests.Response, *_: object, **__: object) -> None:
        """Hook of the session: pysnow keeps the answer to itself, and would parse it a second time."""
        self._answers.append(response)
