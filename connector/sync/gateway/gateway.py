"""The gateway: one account on one instance, one request at a time.

What is asked for and what may be written, by table and record. `line.Line` signs and sends; what is repeated,
and how often anything is sent, is `traffic.Traffic`'s. A write whose answer was lost is in doubt until its
record has been read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import requests

from connector.clock import Clock, SystemClock
from connector.errors import GatewayError, Refused, Skippable, Unavailable, WrongInstance
from connector.sync.gateway.answer import is_more, parsed, result_of, server_time
from connector.sync.gateway.attachment import Attachments
from connector.sync.gateway.batch import Part
from connector.sync.gateway.condition import Condition
from connector.sync.gateway.credential import AnyCredentials
from connector.sync.gateway.line import Line
from connector.sync.gateway.packing import Packing
from connector.sync.gateway.query import record_id, table_name, term
from connector.sync.gateway.sheet import Sheets, rows_of
from connector.sync.gateway.terms import Terms
from connector.sync.request import Search, Write
from connector.sync.row import Row, layout_of
from connector.ticket import Instant

CHUNK = 100
"""sys_ids in one query: longer URLs are refused with 414 (the practical limit is about 8 kB)."""

T = TypeVar("T")


class Page(NamedTuple):
    """One page of a list."""

    rows: Sequence[Row]
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


class Gateway:
    """Reads and writes of one instance.

    ``url``: ``https://…``; ``http://`` only to this machine. ``writable``: table → columns that may be
    written; anything else is refused before it is sent. ``erasable``: tables whose records may be deleted,
    none for a pass. ``terms``: time-outs, repeats, rates, the way there. ``stopping``: asked while waiting; a
    process that is to end waits for nothing. Raises `SettingsError` for an address, or a file of `terms` or
    credentials, that cannot be used.
    """

    def __init__(
        self,
        url: str,
        credentials: AnyCredentials,
        *,
        writable: Mapping[str, frozenset[str]],
        erasable: frozenset[str] = frozenset(),
        terms: Terms = Terms(),  # noqa: B008  (frozen)
        clock: Clock | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.by_table: Counter[str] = Counter()
        self._writable = dict(writable)
        self._erasable = erasable
        self._line = Line(url, credentials, terms, clock or SystemClock(), stopping)
        self.files = Attachments(self._line)
        """Files at records."""
        self._sheets = Sheets()
        self._packing = Packing(terms.batch, self._post_batch, stopping)

    @property
    def requests_sent(self) -> int:
        """Requests so far, repeats and tokens counted."""
        return self._line.sent

    def condition(self) -> Condition:
        """How it goes with the instance: breaker, budget, counts; sends nothing."""
        return self._line.condition(self._packing.state)

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def page(
        self, table: str, query: str, fields: Sequence[str], *, limit: int = 1000, offset: int = 0
    ) -> Page:
        """One page of raw rows, as the encoded query orders them. Raises `GatewayError`."""
        what = f"reading {table}"

        def page(response: requests.Response) -> Page:
            rows = self._sheets.read(response, what, fields)
            return Page(rows, server_time(response, what), is_more(response, offset + limit))

        return self._call("GET", table, _of_read(query, fields, limit, offset), what, page)

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
        query, columns = _search(table, equals, fields)
        return _found(table, equals, self.page(table, query, columns, limit=10).rows)

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

    def delete(self, table: str, sys_id: str) -> None:
        """Exactly one DELETE. Raises `Refused` for a table that is not erasable, and as `patch` does."""
        if table not in self._erasable:
            raise Refused(f"nothing is deleted from {table}; nothing was sent")
        what = f"deleting {table}/{record_id(sys_id)}"

        def gone(response: requests.Response) -> None:
            if response.status_code != 204:
                parsed(response, what)

        self._call("DELETE", table, {}, what, gone, sys_id)

    @property
    def packs(self) -> bool:
        """Several writes can go in one request."""
        return self._packing.on

    def write_all(self, writes: Sequence[Write]) -> list[Row | GatewayError] | None:
        """Exactly one PATCH or POST for each, in as few requests as may be; the records afterwards, or what
        kept one from being written. None where the instance takes no batches: nothing was done then.

        What has no usable answer is in doubt, as after `patch`; so is `Unserviced`, which may be sent again
        once the record has shown that it did not happen. Of several batches those after one that was lost are
        not sent, and are `Unserviced`. Raises `Refused` before anything is sent, and `Fatal`.
        """
        parts = []
        for write in writes:
            self._check_columns(write.table, write.fields)
            path = f"/api/now/table/{table_name(write.table)}"
            sys_id = record_id(write.sys_id)
            if write.creates:
                parts.append(Part("POST", path, _of_write(write.read), {**write.fields, "sys_id": sys_id}))
            else:
                parts.append(Part("PATCH", f"{path}/{sys_id}", _of_write(write.read), dict(write.fields)))
        answers = self._packing.all(parts, write=True)
        if answers is None:
            return None
        self.by_table.update(write.table for write in writes)
        return [_outcome(answer, w.table) for w, answer in zip(writes, answers, strict=True)]

    def find_all(self, searches: Sequence[Search]) -> list[Row | GatewayError | None]:
        """What `find` finds for each, in as few requests as may be. `Skippable` is told, the rest raised."""
        asked = [_search(*search) for search in searches]
        parts = [
            Part("GET", f"/api/now/table/{table_name(s.table)}", _of_read(query, columns, 10, 0))
            for s, (query, columns) in zip(searches, asked, strict=True)
        ]
        answers = self._packing.all(parts, write=False) if len(parts) > 1 and self.packs else None
        found: list[Row | GatewayError | None] = []
        for index, search in enumerate(searches):
            answer = answers[index] if answers is not None else None
            try:
                if isinstance(answer, requests.Response):
                    rows = rows_of(answer, f"reading {search.table}")
                    found.append(_found(search.table, search.equals, rows))
                else:
                    found.append(self.find(*search))
            except Skippable as error:
                found.append(error)
        return found

    def count(self, table: str, query: str = "") -> int:
        """Records that match, by the Aggregate API: perhaps also some that may not be read (§3.1)."""
        what = f"counting {table}"

        def counted(response: requests.Response) -> int:
            found = result_of(response, what)
            number = found.get("stats", {}).get("count", "") if type(found) is dict else ""
            if not str(number).isdigit():
                raise Unavailable(f"{what}: the answer holds no count")
            return int(number)

        parameters = {"sysparm_query": query, "sysparm_count": "true"}
        path = f"/stats/{table_name(table)}"
        return self._line.call("GET", path, what, counted, write=False, parameters=parameters)

    def lineage(self, table: str) -> tuple[str, ...]:
        """The table and those it extends, nearest first. Raises `WrongInstance` without such a table."""
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
        return tuple(chain)

    def columns(self, table: str) -> frozenset[str]:
        """Columns of a table and of those it extends. Raises `WrongInstance` where there is no such table."""
        chain = self.lineage(table)
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
        parameters = _of_write(read)
        what = f"{'updating' if sys_id else 'creating a record in'} {table}{'/' if sys_id else ''}{sys_id}"

        def meaning(response: requests.Response) -> Row:
            return _record(response, what)

        return self._call(method, table, parameters, what, meaning, sys_id, dict(fields))

    def _call(
        self,
        method: str,
        table: str,
        parameters: Mapping[str, str],
        what: str,
        meaning: Callable[[requests.Response], T],
        sys_id: str = "",
        body: Mapping[str, str] | None = None,
    ) -> T:
        """What the answer to a request to the Table API means. Raises as `Line.call` does."""

        def sending() -> None:
            self.by_table[table] += 1

        return self._line.call(
            method,
            f"/table/{table_name(table)}",
            what,
            meaning,
            write=method != "GET",
            parameters=parameters,
            append=f"/{sys_id}" if sys_id else None,
            body=body,
            sending=sending,
        )

    def _post_batch(
        self,
        body: Mapping[str, Any],
        meaning: Callable[[requests.Response], list[requests.Response | GatewayError] | None],
        *,
        write: bool,
    ) -> list[requests.Response | GatewayError] | None:
        what = "sending a batch"
        return self._line.call("POST", "/batch", what, meaning, write=write, body=body, base="/api/now/v1")


def _of_read(query: str, fields: Sequence[str], limit: int, offset: int) -> dict[str, str]:
    return {
        "sysparm_query": query,
        # As they are kept: where rows come in the order asked for, each name is found at the first look.
        "sysparm_fields": ",".join(layout_of(fields).names),
        "sysparm_limit": str(limit),
        "sysparm_offset": str(offset),
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "true",
    }


def _of_write(read: Sequence[str]) -> dict[str, str]:
    return {"sysparm_fields": ",".join(read), "sysparm_exclude_reference_link": "true"}


def _record(response: requests.Response, what: str) -> Row:
    after = result_of(response, what)
    if type(after) is not dict:
        raise Unavailable(f"{what}: the result is not a record")
    return after


def _outcome(answer: requests.Response | GatewayError, table: str) -> Row | GatewayError:
    if isinstance(answer, GatewayError):
        return answer
    try:
        return _record(answer, f"writing {table} in a batch")
    except GatewayError as error:
        return error


def _search(table: str, equals: Mapping[str, str], fields: Sequence[str]) -> tuple[str, list[str]]:
    """Encoded query and columns of a search. Raises `Refused` where any record would do."""
    if not equals or not all(equals.values()):
        raise Refused(f"a search of {table} without values would find any record; nothing was asked")
    query = "^".join([term(field, "=", value) for field, value in equals.items()] + ["ORDERBYsys_id"])
    return query, list(dict.fromkeys(["sys_id", *fields, *equals]))


def _found(table: str, equals: Mapping[str, str], rows: Sequence[Row]) -> Row | None:
    """The row that has the values. Raises `WrongInstance` where a column asked for did not come back."""
    for row in rows:
        unread = [field for field in equals if field not in row]
        if unread:
            raise WrongInstance(f"{table} has no column {unread[0]}, or the account may not read it")
        if all(row[field] == value for field, value in equals.items()):
            return row
    return None
