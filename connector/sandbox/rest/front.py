"""What stands before every API: the log, the faults, the login, the headers, the envelope of errors."""

import re

from connector.sandbox.access.grant import Grants
from connector.sandbox.access.login import Login, presented
from connector.sandbox.access.policy import FIRST_ONLY, Target
from connector.sandbox.cookie import Cookies, Node
from connector.sandbox.error import Busy, NotAuthorized, NotJson, RecordError, TooLarge, Unauthenticated
from connector.sandbox.fault import Fault, Faults, spoilt
from connector.sandbox.header import HTML, beside, headers
from connector.sandbox.instance import Instance
from connector.sandbox.message import Call, Logged, Request, Response
from connector.sandbox.page import PageApi
from connector.sandbox.parameter import parameters
from connector.sandbox.reading import Reading
from connector.sandbox.rest.manner import Manner
from connector.sandbox.rest.payload import record
from connector.sandbox.rest.rate import Rates
from connector.sandbox.rest.route import ROUTES, find
from connector.sandbox.rest.semaphore import Semaphore
from connector.sandbox.rest.turn import Answer, Api, Turn, envelope
from connector.sandbox.tiny import Tiny

_WRITES = frozenset({"POST", "PUT", "PATCH"})
_GATED = re.compile(r"/api/now(?:/v\d)?/(?:table|stats|import|attachment)\b")
_CHANGES = _WRITES | {"DELETE"}
_UNSUPPORTED = frozenset({405, 406, 415})
_KEPT = 100_000
_TOO_LONG = (
    b"<html><head><title>414 Request-URI Too Large</title></head>"
    b"<body><center><h1>414 Request-URI Too Large</h1></center></body></html>"
)


class Rest:
    """The REST face of one instance.

    `base_url` begins the links in answers, exactly as given; without one it is the address the client used.
    `requests` is the log, oldest first, at most 100,000 entries; `requests.clear()` empties it.  `cookies`
    has the sessions and the nodes, `manner` the switches of the REST face.  `login`, `grants`, `reading` and
    `tiny` are shared by the APIs.
    """

    def __init__(self, instance: Instance, *, faults: Faults | None = None, base_url: str = "") -> None:
        self.instance = instance
        self.faults = faults if faults is not None else Faults()
        self.requests: list[Logged] = []
        self.served = 0
        self.base_url = base_url.rstrip("/")
        self.cookies = Cookies(instance.seed)
        self.manner = Manner()
        self.tiny = Tiny()
        self.semaphore = Semaphore(self.manner)
        self._rates = Rates(instance, self.manner)
        self.login = Login(instance)
        self.grants = Grants(instance, self.login, self.manner)
        self.reading = Reading(instance)
        self._apis: dict[type[Api], Api] = {kind: kind(self) for kind in {route.api for route in ROUTES}}

    def handle(self, request: Request) -> Response:
        """Serve one request.  Raises only `fault.NoAnswer`."""
        turn, api = self._turn(request)
        if turn.aside and api is not None:
            return self._aside(turn, api)
        with self.instance.lock:
            self.served += 1
            nth = self.served
            self._log(turn.logged)
        refused = self._refused(request)
        waited = self.semaphore.enter() if refused is None else None
        if waited is None:
            now = int(self.instance.now())
            answer = refused or self._refusal(Busy())
            response = Response(
                answer.status, headers(now, nth, logged_in=False, kind=answer.kind), answer.body
            )
        else:
            try:
                response = self._handle(turn, api, nth, round(waited * 1000))
            finally:
                self.semaphore.leave()
        turn.logged.status = response.status
        return response

    def _handle(self, turn: Turn, api: Api | None, nth: int, waited: int) -> Response:
        """With a place at the semaphore."""
        offset, harm = self._harm(turn.logged, nth) if self.faults else (0.0, None)
        node = self.cookies.routed(turn.request.headers)
        now = int(self.instance.now() + node.skew + offset)
        if harm is not None and harm.stage == "before":
            return spoilt(harm, Response(0, headers(now, nth, logged_in=False)), now)
        with self.instance.lock, self.instance.on_node(node.skew):
            response = self._serve(turn, api, node, now, nth, waited)
        return response if harm is None else spoilt(harm, response, now)

    def _aside(self, turn: Turn, api: Api) -> Response:
        """What is no part of the instance: nobody logs in, nothing goes wrong, nothing is logged."""
        with self.instance.lock:
            try:
                answer = api.answer(turn)
            except RecordError as refused:
                answer = self._refusal(refused)
        kind = [("Content-Type", answer.kind)] if answer.kind else []
        return Response(answer.status, [*kind, *answer.headers], answer.body)

    def _refused(self, request: Request) -> Answer | None:
        """The answer to what is too long to be looked at."""
        if len(request.target) > self.manner.longest_url:
            return Answer(414, _TOO_LONG, kind=HTML)
        most = self._longest_body()
        length = len(request.body)
        if not length and (declared := request.headers.get("Content-Length") or "").isdecimal():
            length = int(declared)
        if length > most:
            return self._refusal(TooLarge(length, most, self.manner.too_large))
        return None

    def _longest_body(self) -> int:
        """Bytes: the property's megabytes, between 1 and 25."""
        told = self.instance.properties.get("glide.rest.max_content_length") or "10"
        return min(max(int(told), 1), 25) * 1024 * 1024 if told.isdecimal() else 10 * 1024 * 1024

    def _refusal(self, refused: RecordError) -> Answer:
        if refused.status in _UNSUPPORTED and self.manner.bare_refusals:
            return Answer(refused.status, headers=list(refused.headers))
        if isinstance(refused, NotJson) and self.manner.malformed_detail:
            refused.detail = self.manner.malformed_detail
        body = envelope(refused, detail_first=self.manner.detail_first)
        return Answer(refused.status, body, list(refused.headers))

    def within(self, turn: Turn, request: Request) -> Response:
        """Serve a request that came inside of another (a batch): same user, same address, faults of its own.

        The caller holds the lock.  It is logged like any other, and its errors are answers too.
        """
        inner, api = self._turn(request)
        inner.user, inner.zone, inner.form, inner.base = turn.user, turn.zone, turn.form, turn.base
        inner.locale = turn.locale
        inner.logged.user, inner.caller = turn.user, turn.caller
        self.served += 1
        nth = self.served
        self._log(inner.logged)
        offset, harm = self._harm(inner.logged, nth) if self.faults else (0.0, None)
        now = int(self.instance.now() + offset)
        if harm is not None and harm.stage == "before":
            response = spoilt(harm, Response(0, headers(now, nth, logged_in=False)), now)
        else:
            try:
                self._admit(inner)
                answer = self._answer(inner, None if inner.aside else api)
            except RecordError as refused:
                answer = self._refusal(refused)
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
        asked = parameters(self._spelt_out(query) if "sysparm_tiny=" in query else query)
        found = find(path)
        if found is not None and found.api is PageApi and method in _CHANGES:
            found = None  # nobody writes to a page: that is an address beside the APIs (1.8)
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
        stem, version, service = (found.stem, found.version, found.service) if found else ("", "", "")
        aside = found is not None and found.aside
        base = self.base_url or request.base_url or self.instance.base_url
        turn = Turn(request, method, path, query, asked, parts, stem, version, service, logged, base, aside)
        if method in _WRITES and api is not None and api.reads == "json":
            try:
                logged.body = record(request)
            except RecordError as refused:
                turn.refused = refused
        return turn, api

    def _spelt_out(self, query: str) -> str:
        """The query string with what `sysparm_tiny` stands for after what was sent beside it."""
        long = self.tiny.long(parameters(query).tiny)
        rest = [part for part in query.split("&") if part and not part.startswith("sysparm_tiny=")]
        return "&".join([*rest, long] if long else rest)

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

    def _serve(self, turn: Turn, api: Api | None, node: Node, now: int, nth: int, waited: int) -> Response:
        cookies: list[tuple[str, str]] = []
        limits: list[tuple[str, str]] = []
        if api is None and turn.method in _CHANGES and not turn.path.startswith("/api/"):
            return Response(200, beside(now, waited))
        try:
            cookies = self._enter(turn, api, node)
            limits = self._rates.count(turn.user, turn.service, now) if turn.service else []
            answer = self._answer(turn, api)
        except Unauthenticated as refused:
            refused.message = self.manner.not_authenticated
            challenge = [("WWW-Authenticate", one) for one in self._challenges(turn)]
            challenge += refused.headers
            found = headers(now, nth, challenge, logged_in=False, waited=waited, alive=False)
            return Response(401, found, self._refusal(refused).body)
        except RecordError as refused:
            answer = self._refusal(refused)
        answer = self._trimmed(turn, answer)
        found = headers(
            now,
            nth,
            [*limits, *answer.headers],
            logged_in=bool(turn.user),
            kind=answer.kind,
            waited=waited,
            cookies=cookies,
        )
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
                caller = self.login.caller(sent, turn.logged.params, turn.request.certificate)
                turn.caller = caller
                self._admit(turn)
                turn.user = turn.logged.user = user = caller.user
            elif not self.login.may(known):
                raise Unauthenticated
            elif self.manner.user_token and sent.get("X-UserToken") != self.cookies.token(sent):
                raise Unauthenticated([("X-UserToken-Response", self.cookies.token(sent))])
        except Unauthenticated:
            if api is None or not api.open:
                raise
            return cookies
        if user != known and self.manner.sessions:
            cookies = self.cookies.begin(user, node, now, secure=turn.base.startswith("https:"))
        turn.user = turn.logged.user = user
        account = self.instance.sessions.account(user)
        if account:
            turn.zone, turn.form, turn.locale = account.zone, account.form, account.locale
        return cookies

    def _admit(self, turn: Turn) -> None:
        """Ask the access policies and the auth scopes.  Raises `Unauthenticated` and `NotAuthorized`."""
        caller = turn.caller
        if caller is None or not turn.path.startswith("/api/"):
            return
        policies, target = self.instance.policies, _target(turn)
        if not policies.admits(target, caller.kind):
            raise Unauthenticated
        if caller.scopes is not None and not policies.opens(target, caller.scopes, restricted=caller.scoped):
            turn.user = turn.logged.user = caller.user
            raise NotAuthorized("Access to unscoped api is not allowed")

    def _challenges(self, turn: Turn) -> list[str]:
        first_only = self.instance.properties.get(FIRST_ONLY, "true") != "false"
        return self.instance.policies.challenges(_target(turn), first_only=first_only)

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


def _target(turn: Turn) -> Target:
    """What is called, as access policies tell it apart."""
    return Target(turn.service, turn.method, turn.version, turn.path, turn.logged.table)
