"""The Table API: a request in, an answer out, no sockets.  The mounts put it on a wire."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from connector.sandbox.body import incoming
from connector.sandbox.dictionary import Table
from connector.sandbox.error import (
    Malformed,
    NotFound,
    NothingFound,
    RecordError,
    Unauthenticated,
)
from connector.sandbox.fault import Fault, Faults, spoilt
from connector.sandbox.header import common, link
from connector.sandbox.instance import Instance
from connector.sandbox.login import Login
from connector.sandbox.message import Call, Logged, Request, Response
from connector.sandbox.parameter import Parameters, parameters
from connector.sandbox.projection import View
from connector.sandbox.query import Term
from connector.sandbox.reading import Reading

_ROUTE = re.compile(r"(/api/now(?:/(v[12]))?/table)/([^/]+)(?:/([^/]+))?/?\Z")
_SYS_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}\Z")
_KEPT = 100_000


@dataclass(slots=True)
class _Turn:
    """One request on its way: what was asked, what has been found out, what goes into the answer."""

    request: Request
    method: str
    query: str
    asked: Parameters
    stem: str
    version: str
    logged: Logged
    body: dict[str, Any] | RecordError
    headers: list[tuple[str, str]] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """The record in the body, or the refusal that reading it met."""
        if isinstance(self.body, RecordError):
            raise self.body
        return self.body


class Rest:
    """The REST face of one instance.

    `requests` is the log, oldest first, at most 100,000 entries; `requests.clear()` empties it.
    """

    def __init__(self, instance: Instance, *, faults: Faults | None = None) -> None:
        self.instance = instance
        self.faults = faults if faults is not None else Faults()
        self.requests: list[Logged] = []
        self.served = 0
        self._login = Login(instance)
        self._reading = Reading(instance)

    def handle(self, request: Request) -> Response:
        """Serve one request.  Raises only `fault.NoAnswer`."""
        turn = self._turn(request)
        logged = turn.logged
        with self.instance.lock:
            self.served += 1
            nth = self.served
            self._log(logged)
        offset, harm = self._harm(logged, nth) if self.faults else (0.0, None)
        now = int(self.instance.now() + offset)
        if harm is not None and harm.stage == "before":
            response = spoilt(harm, Response(0, common(now, nth, logged_in=False)), now)
        else:
            with self.instance.lock:
                response = self._serve(turn, now, nth)
            if harm is not None:
                response = spoilt(harm, response, now)
        logged.status = response.status
        return response

    def _turn(self, request: Request) -> _Turn:
        path, _, query = request.target.partition("?")
        method = (request.headers.get("X-http-method-override") or request.method).upper()
        asked = parameters(query)
        route = _ROUTE.match(path)
        table, sys_id = (unquote(route[3]), unquote(route[4] or "")) if route else ("", "")
        logged = Logged(int(self.instance.now()), method, table, sys_id, dict(asked.sent), None)
        body: dict[str, Any] | RecordError = {}
        if method in {"POST", "PUT", "PATCH"}:
            try:
                body = logged.body = _record(request)
            except RecordError as refused:
                body = refused
        stem, version = (route[1], route[2] or "") if route else ("", "")
        return _Turn(request, method, query, asked, stem, version, logged, body)

    def _log(self, logged: Logged) -> None:
        self.requests.append(logged)
        if len(self.requests) > _KEPT:
            del self.requests[: _KEPT // 10]

    def _harm(self, logged: Logged, nth: int) -> tuple[float, Fault | None]:
        """The offset of the clock in seconds, and what goes wrong; delays and actions happen here."""
        offset = 0.0
        harm: Fault | None = None
        for fault in self.faults.due(Call(logged.method, logged.table, logged.sys_id, nth, logged.params)):
            if fault.kind == "delay":
                self.faults.sleep(fault.seconds)
            elif fault.kind == "clock":
                offset += fault.seconds
            elif fault.action is not None:
                fault.action()
            else:
                harm = fault
        return offset, harm

    def _serve(self, turn: _Turn, now: int, nth: int) -> Response:
        logged = turn.logged
        try:
            logged.user = self._login.user(turn.request.headers.get("Authorization"))
            status, body = self._answer(turn)
        except Unauthenticated as refused:
            headers = common(now, nth, logged_in=False)
            headers += [("WWW-Authenticate", 'BASIC realm="Service-now"'), ("Connection", "close")]
            return Response(refused.status, headers, _error(refused))
        except RecordError as refused:
            status, body = refused.status, _error(refused)
        silent = logged.committed and turn.request.headers.get("X-no-response-body") == "true"
        if silent or turn.method == "HEAD":
            body = b""
        return Response(status, common(now, nth, logged_in=True) + turn.headers, body)

    def _answer(self, turn: _Turn) -> tuple[int, bytes]:
        """Status and body.  Raises `RecordError`."""
        method, logged, instance = turn.method, turn.logged, self.instance
        if not turn.stem:
            raise RecordError(400, "Requested URI does not represent any resource")
        shape = instance.dictionary[logged.table]
        accept = turn.request.headers.get("Accept") or "*/*"
        if not any(kind in accept for kind in ("json", "*/*", "application/*")):
            raise RecordError(406, "Not Acceptable", f"{accept} is not supported")
        zone = instance.sessions.asker(logged.user).zone
        base = (turn.request.base_url or instance.base_url) + turn.stem
        view = View(turn.asked.display, turn.asked.links, base, zone)
        if logged.sys_id and method in {"GET", "HEAD", "PUT", "PATCH", "DELETE"}:
            return self._one(turn, shape, view)
        if method == "POST" and not logged.sys_id:
            return self._create(turn, shape, view)
        if method in {"GET", "HEAD"}:
            return 200, self._list(turn, view)
        raise RecordError(405, "Method Not Allowed", f"{method} is not supported here")

    def _list(self, turn: _Turn, view: View) -> bytes:
        asked, logged = turn.asked, turn.logged
        pairs = (
            () if asked.query else tuple(Term(name, "=", value, shown=True) for name, value in asked.pairs)
        )
        page = self._reading.page(logged.table, asked, pairs, view, logged.user)
        if asked.paging:
            size = {"limit": asked.limit, "offset": asked.offset}
            header = link(f"{view.base}/{logged.table}", turn.query, **size, total=page.total, full=page.full)
            if header:
                turn.headers.append(("Link", header))
        if page.total is not None:
            turn.headers.append(("X-Total-Count", str(page.total)))
        if turn.version == "v1" and not page.fragments:
            raise NothingFound
        return b'{"result":[' + b",".join(page.fragments) + b"]}"

    def _one(self, turn: _Turn, shape: Table, view: View) -> tuple[int, bytes]:
        instance, logged, asked = self.instance, turn.logged, turn.asked
        table, sys_id, user = logged.table, logged.sys_id, logged.user
        if instance.hidden and instance.unseen(shape, [sys_id], user):
            raise NotFound
        if turn.method == "DELETE":
            instance.delete(table, sys_id, user=user)
            logged.committed = True
            return 204, b""
        if turn.method in {"PUT", "PATCH"}:
            real = instance.records.current(shape, sys_id)[0] if shape.children else shape
            fields = incoming(instance, real, turn.record(), user, view.zone if asked.input_display else None)
            instance.update(table, sys_id, fields, user=user)
            logged.committed = True
        return 200, self._reading.one(shape, sys_id, asked.fields, view)

    def _create(self, turn: _Turn, shape: Table, view: View) -> tuple[int, bytes]:
        instance, logged, asked = self.instance, turn.logged, turn.asked
        body = turn.record()
        fields = incoming(instance, shape, body, logged.user, view.zone if asked.input_display else None)
        if shape.prefix:
            fields.pop("number", None)
        wished = body.get("sys_id")
        if isinstance(wished, str) and _SYS_ID.match(wished):
            fields["sys_id"] = wished
        logged.sys_id = sys_id = instance.insert(shape.name, fields, user=logged.user)["sys_id"]
        logged.committed = True
        turn.headers.append(("Location", f"{view.base}/{shape.name}/{sys_id}"))
        return 201, self._reading.one(shape, sys_id, asked.fields, view)


def _record(request: Request) -> dict[str, Any]:
    """The record in the body; of several only the first, as the platform does."""
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in {"application/json", ""}:
        raise RecordError(415, "Unsupported Media Type", f"{kind} is not supported")
    if not request.body.strip():
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as broken:
        raise Malformed(str(broken)) from None
    if isinstance(body, list):
        body = body[0] if body else {}
    if not isinstance(body, dict):
        raise Malformed("the body is not an object")
    return body


def _error(refused: RecordError) -> bytes:
    error = {"message": refused.message, "detail": refused.detail}
    return json.dumps(
        {"error": error, "status": "failure"}, ensure_ascii=False, separators=(",", ":")
    ).encode()
