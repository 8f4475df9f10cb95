"""The gateway: one account on one instance, one request at a time.

pysnow owns the URL and sends; the session, the parameters, the timeouts and the meaning of an answer are
ours. Each call uses a fresh pysnow ``Resource``, because parameters of one call leak into the next on the
same one (rbw/pysnow#195). What is repeated, and how often anything is sent, is `traffic.Traffic`'s; a write
whose answer was lost is in doubt until its record has been read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import requests
from pysnow import Client

import connector
from connector.clock import Clock, SystemClock
from connector.errors import Refused, Unauthorised, Unavailable, WrongInstance
from connector.sync.address import place
from connector.sync.gateway.answer import is_more, result_of, server_time, token_of
from connector.sync.gateway.auth import UNSIGNED, Bearer, Tokens, signature
from connector.sync.gateway.auth.token import Granted
from connector.sync.gateway.condition import Condition
from connector.sync.gateway.credential import AnyCredentials, OAuth
from connector.sync.gateway.query import record_id, table_name, term
from connector.sync.gateway.session import Session, told
from connector.sync.gateway.terms import Terms
from connector.sync.gateway.traffic import Traffic
from connector.ticket import Instant

CHUNK = 100
"""sys_ids in one query: longer URLs are refused with 414 (the practical limit is about 8 kB)."""

Row = dict[str, str]
T = TypeVar("T")


class Page(NamedTuple):
    """One page of a list."""

    rows: list[Row]
    """Raw values; a column that does not exist or may not be read is missing."""
    server_time: Instant
    """The instance's clock when the page was asked for."""
    more: bool
    """There are rows behind it, even if this page is short or empty."""


class Probe(NamedTuple):
    """A first look at an instance."""

    server_time: Instant
    visible: bool
    """At least one row could be read."""


class _Parameters(dict[str, str]):
    """The parameters of one request and no others; pysnow asks for them by this method."""

    def as_dict(self) -> dict[str, str]:
        return dict(self)


class Gateway:
    """Reads and writes of one instance.

    ``url``: ``https://…``; ``http://`` only to this machine. ``writable``: table → columns that may be
    written; anything else is refused before it is sent. ``terms``: time-outs, repeats, rates, the way there.
    ``stopping``: asked while waiting; a process that is to end waits for nothing. Raises `SettingsError` for
    an address, or a file of `terms` or credentials, that cannot be used.
    """

    def __init__(
        self,
        url: str,
        credentials: AnyCredentials,
        *,
        writable: Mapping[str, frozenset[str]],
        terms: Terms = Terms(),  # noqa: B008  (frozen)
        clock: Clock | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        where = place(url)
        clock = clock or SystemClock()
        self.by_table: Counter[str] = Counter()
        self._writable = dict(writable)
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
    def requests_sent(self) -> int:
        """Requests so far, repeats and tokens counted."""
        return self._traffic.sent

    def condition(self) -> Condition:
        """How it goes with the instance: breaker, budget, counts; sends nothing."""
        token_for = self._tokens.life() if self._tokens else None
        return self._traffic.condition(token_for=token_for, batch="off")

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def page(
        self, table: str, query: str, fields: Sequence[str], *, limit: int = 1000, offset: int = 0
    ) -> Page:
        """One page of raw rows, as the encoded query orders them. Raises `GatewayError`."""
        parameters = _Parameters(
            sysparm_query=query,
            sysparm_fields=",".join(fields),
            sysparm_limit=str(limit),
            sysparm_offset=str(offset),
            sysparm_display_value="false",
            sysparm_exclude_reference_link="true",
        )
        what = f"reading {table}"

        def page(response: requests.Response) -> Page:
            rows = result_of(response, what)
            if not isinstance(rows, list) or not all(type(row) is dict for row in rows):
                raise Unavailable(f"{what}: the result is not a list of records")
            return Page(rows, server_time(response, what), is_more(response, offset + limit))

        return self._call("GET", table, parameters, what, page)

    def by_ids(self, table: str, sys_ids: Iterable[str], fields: Sequence[str]) -> dict[str, Row]:
        """sys_id → row, as far as the rows exist and may be read; one request for each hundred."""
        wanted = list(dict.fromkeys(record_id(sys_id) for sys_id in sys_ids))
        columns = list(dict.fromkeys(["sys_id", *fields]))
        found: dict[str, Row] = {}
        for start in range(0, len(wanted), CHUNK):
            query = term("sys_id", "IN", wanted[start : start + CHUNK])
            for row in self.page(table, query, columns, limit=CHUNK).rows:
                if "sys_id" in row:
                    found[row["sys_id"]] = row
        return found

    def find(self, table: str, equals: Mapping[str, str], fields: Sequence[str]) -> Row | None:
        """The record with these values, or None.

        Raises `Refused` where nothing or an empty value is asked, `WrongInstance` where a column asked for
        does not come back: the platform ignores an unknown field in a query, and then anything matches.
        """
        if not equals or not all(equals.values()):
            raise Refused(f"a search of {table} without values would find any record; nothing was asked")
        query = "^".join([term(field, "=", value) for field, value in equals.items()] + ["ORDERBYsys_id"])
        columns = list(dict.fromkeys(["sys_id", *fields, *equals]))
        for row in self.page(table, query, columns, limit=10).rows:
            unread = [field for field in equals if field not in row]
            if unread:
                raise WrongInstance(f"{table} has no column {unread[0]}, or the account may not read it")
            if all(row[field] == value for field, value in equals.items()):
                return row
        return None

    def patch(self, table: str, sys_id: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Row:
        """Exactly one PATCH; the ``read`` columns as they are afterwards.

        Raises `Refused` for a column that is not ours. After any `Retriable` but `Throttled` the write is in
        doubt: read the record before deciding anything.
        """
        self._check_columns(table, fields)
        return self._write("PATCH", table, record_id(sys_id), fields, read)

    def create(self, table: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Row:
        """Exactly one POST of a record whose ``sys_id`` we chose; its ``read`` columns.

        Raises as `patch` does. Forbidden may hide a committed insert, too: look for the record.
        """
        record_id(fields.get("sys_id", ""))
        self._check_columns(table, fields.keys() - {"sys_id"})
        return self._write("POST", table, "", fields, read)

    def columns(self, table: str) -> frozenset[str]:
        """Columns of a table and of those it extends. Raises `WrongInstance` where there is no such table."""
        chain: list[str] = []
        condition = term("name", "=", table_name(table))
        while condition:
            rows = self.page("sys_db_object", condition, ["sys_id", "name", "super_class"], limit=10).rows
            row = next((row for row in rows if row.get("name") and row["name"] not in chain), None)
            if row is None:
                break
            chain.append(row["name"])
            above = row.get("super_class", "")
            condition = term("sys_id", "=", record_id(above)) if above else ""
        if not chain or chain[0] != table:
            raise WrongInstance(
                f"the instance has no table {table}, or the account may not read sys_db_object"
            )
        found: set[str] = set()
        query = f"{term('name', 'IN', chain)}^elementISNOTEMPTY^ORDERBYsys_id"
        offset, more = 0, True
        while more:
            page = self.page("sys_dictionary", query, ["element"], limit=CHUNK * 10, offset=offset)
            found.update(row["element"] for row in page.rows if row.get("element"))
            offset, more = offset + CHUNK * 10, page.more
        return frozenset(found)

    def probe(self, table: str = "incident") -> Probe:
        """One small read: is it there, may we in, do we see anything, what does its clock say."""
        page = self.page(table, "ORDERBYsys_id", ["sys_id"], limit=1)
        return Probe(page.server_time, bool(page.rows))

    def whoami(self) -> str:
        """User name of the account for which the credentials stand; "" where it may not be read."""
        page = self.page("sys_user", "sys_id=javascript:gs.getUserID()", ["user_name"], limit=2)
        return page.rows[0].get("user_name", "") if len(page.rows) == 1 else ""

    def _check_columns(self, table: str, columns: Iterable[str]) -> None:
        ours = self._writable.get(table, frozenset())
        foreign = sorted(set(columns) - ours)
        if foreign:
            raise Refused(
                f"{', '.join(foreign)} on {table} is not among the columns the connector may write; "
                "nothing was sent. [columns] in the configuration says what it may"
            )

    def _write(
        self, method: str, table: str, sys_id: str, fields: Mapping[str, str], read: Sequence[str]
    ) -> Row:
        parameters = _Parameters(sysparm_fields=",".join(read), sysparm_exclude_reference_link="true")
        what = f"{'updating' if sys_id else 'creating a record in'} {table}{'/' if sys_id else ''}{sys_id}"

        def record(response: requests.Response) -> Row:
            after = result_of(response, what)
            if type(after) is not dict:
                raise Unavailable(f"{what}: the result is not a record")
            return after

        return self._call(method, table, parameters, what, record, sys_id, dict(fields))

    def _call(
        self,
        method: str,
        table: str,
        parameters: _Parameters,
        what: str,
        meaning: Callable[[requests.Response], T],
        sys_id: str = "",
        body: Mapping[str, str] | None = None,
    ) -> T:
        """What the answer to a request means. Raises what `result_of` and `Traffic.carry` raise."""
        path = f"/table/{table_name(table)}"

        def attempt() -> requests.Response:
            self.by_table[table] += 1
            return self._send(method, path, parameters, what, f"/{sys_id}" if sys_id else None, body)

        def call() -> T:
            return self._traffic.carry(what, attempt, meaning, write=method != "GET")

        return self._signed(call)

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

    def _send(
        self,
        method: str,
        path: str,
        parameters: _Parameters,
        what: str,
        append: str | None,
        body: Mapping[str, str] | None,
    ) -> requests.Response:
        """One request; the raw answer, whatever it says. Raises `TimedOut` and `Unavailable` for none."""
        resource = self._client.resource(api_path=path, timeout=self._timeout)
        resource.parameters = parameters
        more: dict[str, Any] = {} if body is None else {"json": body}
        self._answers.clear()
        with told(what):
            resource.request(method, path_append=append, **more)
        return self._answers.pop()

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
