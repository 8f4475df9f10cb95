"""The Table API: a request in, an answer out, no sockets.  The mounts put it on a wire."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from connector.sandbox.error import (
    InvalidTable,
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
from connector.sandbox.writing import incoming

_ROUTE = re.compile(r"(/api/now(?:/(v[12]))?/table)/([^/]+)(?:/([^/]+))?/?\Z")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_KEPT = 100_000


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
        path, _, query = request.target.partition("?")
        method = request.method.upper()
        method = (request.headers.get("X-http-method-override") or method).upper()
        asked = parameters(query)
        route = _ROUTE.match(path)
        table, sys_id = (unquote(route[3]), unquote(route[4] or "")) if route else ("", "")
        with self.instance.lock:
            self.served += 1
            nth = self.served
            logged = Logged(int(self.instance.now()), method, table, sys_id, dict(asked.sent), None)
            self._log(logged)
        due = self.faults.due(Call(method, table, sys_id, nth, logged.params)) if self.faults else []
        offset = 0.0
        harm: Fault | None = None
        for fault in due:
            if fault.kind == "delay":
                self.faults.sleep(fault.seconds)
            elif fault.kind == "clock":
                offset += fault.seconds
            elif fault.kind == "between" and fault.action:
                fault.action()
            else:
                harm = fault
        now = self.instance.now()
        if harm is not None and harm.stage == "before":
            response = spoilt(harm, Response(0, common(int(now + offset), nth, logged_in=False)), now)
            logged.status = response.status
            return response
        with self.instance.lock:
            response = self._serve(request, method, route, asked, query, logged, int(now + offset), nth)
        logged.status = response.status
        if harm is not None:
            logged.status = 0
            response = spoilt(harm, response, now)
            logged.status = response.status
        return response

    def _log(self, logged: Logged) -> None:
        self.requests.append(logged)
        if len(self.requests) > _KEPT:
            del self.requests[: _KEPT // 10]

    def _serve(
        self,
        request: Request,
        method: str,
        route: re.Match[str] | None,
        asked: Parameters,
        query: str,
        logged: Logged,
        now: int,
        nth: int,
    ) -> Response:
        extra: list[tuple[str, str]] = []
        user = ""
        try:
            user = logged.user = self._login.user(request.headers.get("Authorization"))
            if route is None:
                raise RecordError(400, "Requested URI does not represent any resource")
            if method not in _METHODS:
                raise RecordError(405, "Method Not Allowed", f"{method} is not supported")
            base = (request.base_url or self.instance.base_url) + route[1]
            view = View(asked.display, asked.links, base, self.instance.asker(user).zone)
            if logged.sys_id:
                status, body = self._one(request, method, asked, view, logged, extra)
            elif method == "POST":
                status, body = self._create(request, asked, view, logged, extra)
            elif method in {"GET", "HEAD"}:
                status, body = (
                    200,
                    self._list(asked, view, query, logged, extra, empty_is_404=route[2] == "v1"),
                )
            else:
                raise RecordError(405, "Method Not Allowed", f"{method} needs a sys_id")
        except Unauthenticated as refused:
            headers = common(now, nth, logged_in=False)
            headers += [("WWW-Authenticate", 'BASIC realm="Service-now"'), ("Connection", "close")]
            return Response(refused.status, headers, _error(refused))
        except RecordError as refused:
            status, body = refused.status, _error(refused)
        headers = common(now, nth, logged_in=True) + extra
        if method == "HEAD" or (logged.committed and request.headers.get("X-no-response-body") == "true"):
            body = b""
        return Response(status, headers, body)

    def _list(
        self,
        asked: Parameters,
        view: View,
        query: str,
        logged: Logged,
        extra: list[tuple[str, str]],
        *,
        empty_is_404: bool,
    ) -> bytes:
        pairs = (
            () if asked.query else tuple(Term(name, "=", value, shown=True) for name, value in asked.pairs)
        )
        page = self._reading.page(logged.table, asked, pairs, view, logged.user)
        if asked.paging:
            address = f"{view.base}/{logged.table}"
            header = link(
                address, query, limit=asked.limit, offset=asked.offset, total=page.total, full=page.full
            )
            if header:
                extra.append(("Link", header))
        if page.total is not None:
            extra.append(("X-Total-Count", str(page.total)))
        if empty_is_404 and not page.fragments:
            raise NothingFound
        return b'{"result":[' + b",".join(page.fragments) + b"]}"

    def _one(
        self,
        request: Request,
        method: str,
        asked: Parameters,
        view: View,
        logged: Logged,
        extra: list[tuple[str, str]],
    ) -> tuple[int, bytes]:
        instance, table, sys_id, user = self.instance, logged.table, logged.sys_id, logged.user
        real = instance.real(table, sys_id)
        if instance.hidden and instance.unseen(instance.dictionary[table], [sys_id], user):
            raise NotFound
        if method == "DELETE":
            instance.delete(table, sys_id, user=user)
            logged.committed = True
            return 204, b""
        if method in {"PUT", "PATCH"}:
            logged.body = body = _record(request)
            fields = incoming(instance, real, body, user, view.zone if asked.input_display else None)
            instance.update(table, sys_id, fields, user=user, suppress=asked.suppress_stamps)
            logged.committed = True
        elif method == "POST":
            raise RecordError(405, "Method Not Allowed", "POST takes no sys_id")
        return 200, self._reading.one(table, sys_id, asked, view)

    def _create(
        self,
        request: Request,
        asked: Parameters,
        view: View,
        logged: Logged,
        extra: list[tuple[str, str]],
    ) -> tuple[int, bytes]:
        instance, table = self.instance, logged.table
        shape = instance.dictionary[table]
        logged.body = body = _record(request)
        fields = incoming(instance, shape, body, logged.user, view.zone if asked.input_display else None)
        fields.pop("number", None)
        if isinstance(body.get("sys_id"), str):
            fields["sys_id"] = body["sys_id"]
        sys_id = instance.insert(table, fields, user=logged.user)["sys_id"]
        logged.committed = True
        logged.sys_id = sys_id
        extra.append(("Location", f"{view.base}/{table}/{sys_id}"))
        return 201, self._reading.one(table, sys_id, asked, view)


def _record(request: Request) -> dict[str, Any]:
    """The record in the body; of several only the first, as the platform does."""
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in {"application/json", ""}:
        raise RecordError(415, "Unsupported Media Type", f"{kind} is not supported")
    if not request.body.strip():
        return {}
    try:
        body = json.loads(request.body)
    except ValueError as broken:
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
