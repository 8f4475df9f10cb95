"""`/sandbox/`: the sandbox's own switchboard, for people and for tests in other languages.

Not part of any instance: loopback only, without a login, without the log, never struck by a fault.

    GET    /sandbox/           what there is: faults, those that wait, switches, clock and nodes, with labels
    POST   /sandbox/faults     {"fault": "busy", "times": 2, "method": "GET", "table": "incident", …}
    DELETE /sandbox/faults     from now on all is well
    POST   /sandbox/switches   {"detail_first": true, …}
    POST   /sandbox/clock      {"ahead": 3600}: the instance's clock is so many seconds ahead
    POST   /sandbox/plugins    {"activate": "com.snc.incident.mim"}: its columns come to their tables
    POST   /sandbox/nodes      {"skews": [0, -3]}: one node for each, with its clock so many seconds ahead

Bodies are `application/json`; answers are JSON, errors in the usual envelope.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.error import MethodNotAllowed, RecordError
from connector.sandbox.fault import Fault, on
from connector.sandbox.rest.turn import Answer, Turn
from connector.sandbox.stock import PLUGINS
from connector.sandbox.switch import ALLOWED

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest


@dataclass(frozen=True, slots=True)
class _Named:
    label: str
    make: Callable[..., Fault]
    takes: dict[str, type]


FAULTS = {
    "refused": _Named("nothing listens", Fault.refused, {}),
    "reset_before": _Named("the connection breaks, nothing was done", Fault.reset_before, {}),
    "reset_after": _Named("the write took effect, then the connection breaks", Fault.reset_after, {}),
    "timeout_before": _Named("no answer comes, nothing was done", Fault.timeout_before, {"seconds": float}),
    "timeout_after": _Named(
        "the write took effect, no answer comes", Fault.timeout_after, {"seconds": float}
    ),
    "unauthorised": _Named("401, as for a wrong password", Fault.unauthorised, {}),
    "forbidden": _Named("403 by an access rule", Fault.forbidden, {}),
    "rate_limited": _Named(
        "429 of a rate rule, with its headers", Fault.rate_limited, {"retry_after": int, "limit": int}
    ),
    "busy": _Named("429 of a full semaphore, without headers", Fault.busy, {}),
    "server_error": _Named(
        '500, transaction cancelled; stage "after": the write took effect all the same',
        Fault.server_error,
        {"stage": str},
    ),
    "unavailable": _Named("503 of an upgrade, as HTML", Fault.unavailable, {}),
    "hibernating": _Named("200 with the page of a sleeping instance", Fault.hibernating, {}),
    "empty": _Named("200 without body or type", Fault.empty, {}),
    "accepted": _Named("202 without body", Fault.accepted, {}),
    "truncated": _Named("the JSON stops half way; a write took effect", Fault.truncated, {}),
    "cancelled": _Named(
        "200 with some rows and an error beside them; broken, bare: not valid JSON, in two ways",
        Fault.cancelled,
        {"broken": bool, "bare": bool},
    ),
    "delay": _Named("the answer takes longer", Fault.delay, {"seconds": float}),
    "clock_offset": _Named("the Date header is wrong", Fault.clock_offset, {"seconds": float}),
}
"""Every fault that can be asked for by name; `takes` are its own settings and their types."""

_STRICT = "a condition that cannot be read is 400; otherwise it is an invalid one, as on an instance"
_WHERE = {"method": str, "table": str, "sys_id": str, "writes": bool}
"""What narrows a fault to some requests; `times` (1, null: for ever) says how often it strikes."""

_HERE = frozenset({"", "127.0.0.1", "::1", "::ffff:127.0.0.1"})


class ControlApi:
    """The switchboard of one `Rest`."""

    open = True
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._rest = rest
        self._own = rest.instance.now
        self._ahead = 0.0

    def answer(self, turn: Turn) -> Answer:
        """What there is, after what was asked for was done.  Raises `RecordError`."""
        if turn.request.peer not in _HERE:
            raise RecordError(400, "Requested URI does not represent any resource")
        what, method = turn.parts.get("what", ""), turn.method
        if method == "POST" and what in {"faults", "switches", "clock", "nodes", "plugins"}:
            if not (turn.request.headers.get("Content-Type") or "").startswith("application/json"):
                raise RecordError(415, "Unsupported Media Type", "the body must be application/json")
            getattr(self, f"_{what}")(turn.record())
        elif method == "DELETE" and what == "faults":
            self._rest.faults.clear()
        elif method not in {"GET", "HEAD"} or what:
            raise MethodNotAllowed(method)
        return Answer(200, json.dumps(self._told(), ensure_ascii=False, indent=1).encode())

    def _faults(self, body: dict[str, Any]) -> None:
        named = FAULTS.get(str(body.get("fault")))
        if named is None:
            raise _unknown("fault", body.get("fault"), FAULTS)
        for name in body:
            if name not in {"fault", "times", *named.takes, *_WHERE}:
                raise _unknown("setting", name, ["times", *named.takes, *_WHERE])
        times = body.get("times", 1)
        if times is not None:
            times = _typed("times", times, int)
        own = {name: _typed(name, body[name], kind) for name, kind in named.takes.items() if name in body}
        if own.get("stage") not in {None, "before", "after"}:
            raise _unknown("stage", own["stage"], ["before", "after"])
        where = {name: _typed(name, body[name], kind) for name, kind in _WHERE.items() if name in body}
        self._rest.faults.add(named.make(**own), when=on(**where), times=times)

    def _switches(self, body: dict[str, Any]) -> None:
        manner = self._rest.manner
        known = {one.name for one in fields(manner)}
        switches = self._rest.instance.switches
        told = {}
        strict = _typed("strict", body.pop("strict", self._rest.instance.strict), bool)
        for name, value in body.items():
            if name in known:
                told[name] = _typed(name, value, type(getattr(manner, name)))
                continue
            try:
                switches = switches.set(name, value)
            except ValueError as wrong:
                raise RecordError(400, str(wrong), f"and {', '.join(sorted(known))}") from None
        self._rest.instance.switches = switches
        self._rest.instance.strict = strict
        for name, value in told.items():
            setattr(manner, name, value)

    def _clock(self, body: dict[str, Any]) -> None:
        if "ahead" not in body:
            raise RecordError(400, "ahead is missing: seconds")
        instance = self._rest.instance
        if not self._ahead:
            self._own = instance.now
        self._ahead = _typed("ahead", body["ahead"], float)
        own, ahead = self._own, self._ahead
        instance.now = (lambda: own() + ahead) if ahead else own

    def _plugins(self, body: dict[str, Any]) -> None:
        try:
            self._rest.instance.activate(str(body.get("activate")))
        except ValueError:
            raise _unknown("plugin", body.get("activate"), PLUGINS) from None

    def _nodes(self, body: dict[str, Any]) -> None:
        skews = body.get("skews")
        if not isinstance(skews, list) or not skews:
            raise RecordError(400, "skews must be a list of seconds, one for each node")
        cookies = self._rest.cookies
        cookies.nodes = [cookies.node(_typed("skews", one, float)) for one in skews]

    def _told(self) -> dict[str, Any]:
        rest = self._rest
        manner, switches = rest.manner, rest.instance.switches
        return {
            "faults": [
                {"fault": name, "label": one.label, "takes": {n: k.__name__ for n, k in one.takes.items()}}
                for name, one in FAULTS.items()
            ],
            "narrowed_by": {**{name: kind.__name__ for name, kind in _WHERE.items()}, "times": "int"},
            "waiting": rest.faults.waiting(),
            "switches": [
                {"switch": "strict", "label": _STRICT, "value": rest.instance.strict},
                *(
                    {"switch": one.name, "label": one.metadata["label"], "value": getattr(manner, one.name)}
                    for one in fields(manner)
                ),
            ]
            + [
                {"switch": name, "label": _label(name, takes), "value": getattr(switches, name)}
                for name, takes in ALLOWED.items()
            ],
            "clock": {"now": rest.instance.now(), "ahead": self._ahead},
            "nodes": [{"node": one.name, "ahead": one.skew} for one in rest.cookies.nodes],
            "plugins": [
                {"plugin": row["id"], "label": row["name"], "active": row["active"] == "active"}
                for row in rest.instance.rows("v_plugin")
            ],
            "served": rest.served,
        }


def _label(name: str, takes: type | tuple[str, ...]) -> str:
    words = name.replace("_", " ")
    return words if isinstance(takes, type) else f"{words}: {', '.join(takes)}"


def _typed(name: str, value: Any, kind: type) -> Any:
    """The value as its type; whole numbers count as decimals, but a truth never counts as a number."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise RecordError(400, f"{name} must be a {kind.__name__}", f"not {value!r}")
    return value


def _unknown(what: str, name: object, known: Any) -> RecordError:
    return RecordError(400, f"no such {what}: {name}", f"there are {', '.join(sorted(known))}")
