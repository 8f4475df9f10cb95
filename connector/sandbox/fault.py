"""What goes wrong between a client and an instance, on purpose.

A `Fault` says what happens, a rule of `Faults` when: `faults.add(Fault.reset_after(), when=on("PATCH"))`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from connector.sandbox.message import Call, Response

Stage = Literal["before", "after"]
"""Whether the fault strikes before the request took effect or after."""

HIBERNATING = (
    b"<html><head><title>Instance Hibernating page</title></head>"
    b"<body>Your instance is hibernating.</body></html>"
)
CANCELLED = "Transaction cancelled: maximum execution time exceeded"
CANCEL_DETAIL = (
    "Check logs for error trace or enable glide.rest.debug property to verify REST request processing"
)

_REASON = f'{{"detail":"No such column {CANCEL_DETAIL}","message":"{CANCELLED}"}}'
_CUT = f'"error":{_REASON},"status":"failure"}}'.encode()
"""How a list ends that was cut, as recorded: detail first, whatever the release."""


class NoAnswer(Exception):
    """No answer: "refused", "reset" or "timeout" (of `seconds`).  The mounts make of it what clients see."""

    def __init__(self, kind: str, seconds: float = 30.0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; made by the class methods."""

    kind: str
    stage: Stage = "before"
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    action: Callable[[], object] | None = None

    @classmethod
    def refused(cls) -> "Fault":
        """Nothing listens."""
        return cls("refused")

    @classmethod
    def reset_before(cls) -> "Fault":
        """The connection breaks and nothing was done."""
        return cls("reset")

    @classmethod
    def reset_after(cls) -> "Fault":
        """The lost answer: the write took effect, then the connection breaks."""
        return cls("reset", "after")

    @classmethod
    def timeout_before(cls, seconds: float = 30.0) -> "Fault":
        """No answer comes and nothing was done.  The HTTP server keeps silent for so many seconds."""
        return cls("timeout", seconds=seconds)

    @classmethod
    def timeout_after(cls, seconds: float = 30.0) -> "Fault":
        """The write took effect, but no answer comes."""
        return cls("timeout", "after", seconds=seconds)

    @classmethod
    def unauthorised(cls) -> "Fault":
        """401, as for a wrong password."""
        message = _error("User Not Authenticated", "Required to provide Auth information")
        return cls(
            "answer", status=401, headers=(("WWW-Authenticate", 'BASIC realm="Service-now"'),), body=message
        )

    @classmethod
    def forbidden(cls) -> "Fault":
        """403 by an access rule; nothing was done."""
        detail = "ACL Exception Update Failed due to security constraints"
        return cls("answer", status=403, body=_error("Operation Failed", detail))

    @classmethod
    def rate_limited(cls, retry_after: int = 60, limit: int = 100) -> "Fault":
        """429 of a rate rule, with its headers."""
        detail = f"Rate limit of {limit} requests per hour for Table API exceeded"
        headers = (
            ("Retry-After", str(retry_after)),
            ("X-RateLimit-Limit", str(limit)),
            ("X-RateLimit-Reset", f"+{retry_after}"),
            ("X-RateLimit-Rule", "a7d2f0c1db3f1010d0ac1ca1ca961987"),
        )
        return cls("answer", status=429, headers=headers, body=_error("Rate limit exceeded", detail))

    @classmethod
    def busy(cls) -> "Fault":
        """429 of a full semaphore: no headers that say when to come back."""
        return cls("answer", status=429, body=_error("Too many requests", None))

    @classmethod
    def server_error(cls, stage: Stage = "before") -> "Fault":
        """500, "Transaction cancelled"; with `stage="after"` the write took effect all the same."""
        return cls("answer", stage, status=500, body=_error(CANCELLED, CANCEL_DETAIL))

    @classmethod
    def unavailable(cls) -> "Fault":
        """503 of an upgrade, as HTML."""
        page = b"<html><body>Service Unavailable</body></html>"
        return cls("answer", status=503, headers=(("Content-Type", "text/html"),), body=page)

    @classmethod
    def hibernating(cls) -> "Fault":
        """200 with the HTML page of a sleeping developer instance."""
        return cls("answer", status=200, headers=(("Content-Type", "text/html"),), body=HIBERNATING)

    @classmethod
    def empty(cls) -> "Fault":
        """200 without a body or a content type: not an API answer at all."""
        return cls("answer", status=200, headers=(("Content-Type", ""),))

    @classmethod
    def accepted(cls) -> "Fault":
        """202 without a body."""
        return cls("answer", status=202, headers=(("Content-Type", ""),))

    @classmethod
    def truncated(cls) -> "Fault":
        """The answer's JSON stops half way; a write took effect."""
        return cls("truncated", "after")

    @classmethod
    def cancelled(cls, *, broken: bool = False, bare: bool = False) -> "Fault":
        """200 with some rows and an `error` beside them; `broken`: a row is cut and the JSON is none;
        `bare`: none either, because `"error"` follows the rows without bracket and comma (1.7).
        """
        return cls("bare" if bare else "broken" if broken else "cancelled", "after")

    @classmethod
    def delay(cls, seconds: float) -> "Fault":
        """The answer takes longer; `Faults.sleep` decides how that is spent."""
        return cls("delay", seconds=seconds)

    @classmethod
    def clock_offset(cls, seconds: float) -> "Fault":
        """The `Date` header is wrong by so many seconds."""
        return cls("clock", seconds=seconds)

    @classmethod
    def between(cls, action: Callable[[], object]) -> "Fault":
        """Run something on the instance just before the request is served."""
        return cls("between", action=action)


@dataclass(slots=True)
class _Rule:
    fault: Fault
    when: Callable[[Call], bool]
    left: int | None


def on(
    method: str = "", table: str = "", sys_id: str = "", nth: int = 0, *, writes: bool = False
) -> Callable[[Call], bool]:
    """A condition: everything given must fit.  `writes` means POST, PUT, PATCH or DELETE."""

    def fits(call: Call) -> bool:
        return (
            (not method or call.method == method)
            and (not table or call.table == table)
            and (not sys_id or call.sys_id == sys_id)
            and (not nth or call.nth == nth)
            and (not writes or call.method in {"POST", "PUT", "PATCH", "DELETE"})
        )

    return fits


@dataclass(slots=True)
class Faults:
    """The rules, in order.  For each request all delays, clock offsets and `between` actions that fit apply,
    and the first other fault that fits.

    `sleep` spends delays; a test on simulated time may put its own clock there.
    """

    sleep: Callable[[float], object] = time.sleep
    _rules: list[_Rule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault, when: Callable[[Call], bool] | None = None, times: int | None = 1) -> None:
        """Let `fault` happen to the next `times` requests (None: for ever) for which `when` says so."""
        with self._lock:
            self._rules.append(_Rule(fault, when or (lambda _: True), times))

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._rules.clear()

    def waiting(self) -> list[dict[str, object]]:
        """What is still to happen: kind, stage, status, and how often (None: for ever)."""
        with self._lock:
            return [
                {
                    "kind": one.fault.kind,
                    "stage": one.fault.stage,
                    "status": one.fault.status,
                    "left": one.left,
                }
                for one in self._rules
            ]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def due(self, call: Call) -> list[Fault]:
        """What happens to this request; uses it up."""
        found: list[Fault] = []
        with self._lock:
            struck = False
            for rule in list(self._rules):
                mild = rule.fault.kind in {"delay", "clock", "between"}
                if (struck and not mild) or not rule.when(call):
                    continue
                struck = struck or not mild
                found.append(rule.fault)
                if rule.left is not None:
                    rule.left -= 1
                    if rule.left <= 0:
                        self._rules.remove(rule)
        return found


def spoilt(fault: Fault, response: Response, now: float) -> Response:
    """The answer that this fault makes of a good one.  Raises `NoAnswer`."""
    if fault.kind in {"refused", "reset", "timeout"}:
        raise NoAnswer(fault.kind, fault.seconds)
    if fault.kind == "answer":
        given = {
            name: str(int(now) + int(value)) if name == "X-RateLimit-Reset" else value
            for name, value in fault.headers
        }
        gone = {"X-Total-Count", "Link", *given}
        headers = [(name, value) for name, value in response.headers if name not in gone]
        headers += [(name, value) for name, value in given.items() if value]
        return Response(fault.status, headers, fault.body)
    body = response.body
    if fault.kind == "truncated":
        return replace(response, body=body[: len(body) * 2 // 3])
    if not body.startswith(b'{"result":') or fault.kind not in {"cancelled", "broken", "bare"}:
        return response
    error = _CUT
    kept = _half(body)
    if fault.kind == "broken":
        return replace(response, body=kept[:-9] + b'}""],' + error)
    if fault.kind == "bare":
        return replace(response, body=kept + error)
    return replace(
        response, body=kept + b"]," + error if kept.startswith(b'{"result":[') else kept + b"," + error
    )


def _half(body: bytes) -> bytes:
    """The first half of the rows of a list, without the closing bracket; a single record as it is."""
    if not body.startswith(b'{"result":['):
        return body[:-1]
    rows = body[len(b'{"result":[') : -2]
    cut = rows.rfind(b"},{", 0, max(len(rows) // 2, 1))
    return b'{"result":[' + (rows[: cut + 1] if cut > 0 else rows)


def _error(message: str, detail: str | None) -> bytes:
    shown = "null" if detail is None else f'"{detail}"'
    return f'{{"error":{{"message":"{message}","detail":{shown}}},"status":"failure"}}'.encode()
