"""What stands before every API: the log, the faults, the login, the headers, the envelope of errors."""

import re

from connector.sandbox.access.grant import Grants
from connector.sandbox.access.login import Login, presented
from connector.sandbox.cookie import Cookies, Node
from connector.sandbox.error import NotAuthorized, RecordError, Unauthenticated
from connector.sandbox.fault import Fault, Faults, spoilt
from connector.sandbox.header import headers
from connector.sandbox.instance import Instance
from connector.sandbox.message import Call, Logged, Request, Response
from connector.sandbox.parameter import parameters
from connector.sandbox.reading import Reading
from connector.sandbox.rest.route import ROUTES, find
from connector.sandbox.rest.turn import Answer, Api, Turn, envelope, record

_WRITES = frozenset({"POST", "PUT", "PATCH"})
_GATED = re.compile(r"/api/now(?:/v\d)?/(?:table|stats|import|attachment)\b")
_KEPT = 100_000


class Rest:
    """The REST face of one instance.

    `base_url` begins the links in answers, exactly as given; without one it is the address the client used.
    `requests` is the log, oldest first, at most 100,000 entries; `requests.clear()` empties it.  `cookies`
    has the sessions and the nodes.  `login`, `grants` and `reading` are shared by the APIs.
    """

    def __init__(self, instance: Instance, *, faults: Faults | None = None, base_url: str = "") -> None:
        self.instance = instance
        self.faults = faults if faults is not None else Faults()
        self.requests: list[Logged] = []
        self.served = 0
        self.base_url = base_url.rstrip("/")
        self.cookies = Cookies(instance.seed)
        self.login = Login(instance)
        self.grants = Grants(instance, self.login)
        self.reading = Reading(instance)
        self._apis: dict[type[Api], Api] = {kind: kind(self) for kind in {route.api for route in ROUTES}}

    def handle(self, request: Request) -> Response:
        """Serve one request.  Raises only `fault.NoAnswer`."""
        turn, api = self._turn(request)
        logged = turn.logged
        with self.instance.lock:
            self.served += 1
            nth = self.served
            self._log(logged)
        offset, harm = self._harm(logged, nth) if self.faults else (0.0, None)
        node = self.cookies.routed(request.headers)
        now = int(self.instance.now() + node.skew + offset)
        if harm is not None and harm.stage == "before":
            response = spoilt(harm, Response(0, headers(now, nth, logged_in=False)), now)
        else:
            with self.instance.lock, self.instance.on_node(node.skew):
                response = self._serve(turn, api, node, now, nth)
            if harm is not None:
                response = spoilt(harm, response, now)
        logged.status = response.status
        return response

    def within(self, turn: Turn, request: Request) -> Response:
        """Serve a request that came inside of another (a batch): same user, same address, faults of its own.

        The caller holds the lock.  It is logged like any other, and its errors are answers too.
        """
        inner, api = self._turn(request)
        inner.user, inner.zone, inner.base = turn.user, turn.zone, turn.base
        inner.logged.user = turn.user
        self.served += 1
        nth = self.served
        self._log(inner.logged)
        offset, harm = self._harm(inner.logged, nth) if self.faults else (0.0, None)
        now = int(self.instance.now() + offset)
        if harm is not None and harm.stage == "before":
            response = spoilt(harm, Response(0, headers(now, nth, logged_in=False)), now)
        else:
            try:
                answer = self._answer(inner, api)
            except RecordError as refused:
                answer = Answer(refused.status, envelope(refused))
            answer = self._trimmed(inner, answer)
            found = headers(now, nth, answer.headers, logged_in=True, kind=answer.kind)
            response = Response(answer.status, found, answer.body)
            if harm is not None:
                response = spoilt(harm, response, now)
        inner.logged.status = response.status
        return response

    def _turn(self, request: Request) -> tuple[Turn, Api | None]:
        path, _, query = request.target.partition("?")
        method = (request.headers.get("X-http-method-override") or request.method).upper()
        asked = parameters(query)
        found = find(path)
        api = self._apis[found.api] if found else None
        parts = found.parts if found else {}
        logged = Logged(
            int(self.instance.now()),
            method,
            parts.get("table", ""),
            parts.get("sys_id", ""),
            dict(asked.sent),
            None,
        )
        stem, version = (found.stem, found.version) if found else ("", "")
        base = self.base_url or request.base_url or self.instance.base_url
        turn = Turn(request, method, path, query, asked, parts, stem, version, logged, base)
        if method in _WRITES and api is not None and api.reads == "json":
            try:
                logged.body = record(request)
            except RecordError as refused:
                turn.refused = refused
        return turn, api

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

    def _serve(self, turn: Turn, api: Api | None, node: Node, now: int, nth: int) -> Response:
        cookies: list[tuple[str, str]] = []
        try:
            cookies = self._enter(turn, api, node)
            answer = self._answer(turn, api)
        except Unauthenticated as refused:
            challenge = [("WWW-Authenticate", 'BASIC realm="Service-now"')]
            return Response(
                401, headers(now, nth, challenge, logged_in=False, alive=False), envelope(refused)
            )
        except RecordError as refused:
            answer = Answer(refused.status, envelope(refused))
        answer = self._trimmed(turn, answer)
        own, known = answer.headers, bool(turn.user)
        found = headers(now, nth, own, logged_in=known, kind=answer.kind, cookies=cookies)
        return Response(answer.status, found, answer.body)

    def _enter(self, turn: Turn, api: Api | None, node: Node) -> list[tuple[str, str]]:
        """Find out who asks, and begin a session with whoever has none: its cookies.

        Credentials win over a cookie.  Raises `Unauthenticated` where the API is not open.
        """
        sent, now = turn.request.headers, self.instance.now()
        user = known = self.cookies.user(sent, now)
        cookies: list[tuple[str, str]] = []
        try:
            if not known or presented(sent, turn.logged.params):
                caller = self.login.caller(sent, turn.logged.params)
                turn.user = turn.logged.user = user = caller.user
                if caller.scoped and turn.path.startswith("/api/"):
                    raise NotAuthorized("Access to unscoped api is not allowed")
            elif not self.login.may(known):
                raise Unauthenticated
        except Unauthenticated:
            if api is None or not api.open:
                raise
            return cookies
        if user != known:
            cookies = self.cookies.begin(user, node, now, secure=turn.base.startswith("https:"))
        turn.user = turn.logged.user = user
        turn.zone = self.instance.sessions.asker(user).zone
        return cookies

    def _answer(self, turn: Turn, api: Api | None) -> Answer:
        if api is None:
            raise RecordError(400, "Requested URI does not represent any resource")
        if self.instance.access.endpoint_role and _GATED.match(turn.path):
            self.instance.access.enter(turn.user)
        return api.answer(turn)

    def _trimmed(self, turn: Turn, answer: Answer) -> Answer:
        """Without the body where none is wanted."""
        silent = turn.logged.committed and turn.request.headers.get("X-no-response-body") == "true"
        if silent or turn.method == "HEAD":
            answer.body = b""
        return answer
