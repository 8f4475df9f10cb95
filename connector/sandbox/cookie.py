"""Sessions that live in cookies, and the node each of them sticks to (platform facts, 1.3)."""

import random
import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from connector.sandbox.header import date
from connector.sandbox.message import Headers

IDLE = 1800
"""Seconds, by the instance's clock, after which an unused session is over."""

_KEPT = 10_000
_FOREVER = 2_147_483_647
_LONG_AGO = "Thu, 01-Jan-1970 00:00:10 GMT"
_SESSION = re.compile(r"(?:^|;)\s*JSESSIONID=([0-9A-F]{32})(?=;|\s*\Z)")
_ROUTE = re.compile(r"(?:^|;)\s*glide_user_route=glide\.([0-9a-f]{32})(?=;|\s*\Z)")


@dataclass(slots=True)
class Node:
    """One application node; `skew` is how many seconds its clock is ahead of the instance's."""

    name: str
    skew: float = 0.0


@dataclass(slots=True)
class _Session:
    user: str
    node: Node
    used: float


class Cookies:
    """The sessions of one instance, the newest 10,000 of them.  The caller holds the instance's lock.

    `nodes` may be changed: calls without cookies go to them in turn, a session stays where it began.
    """

    def __init__(self, seed: int = 0) -> None:
        self._dice = random.Random(f"sessions {seed}")
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._turn = 0
        self.nodes = [self.node()]

    def node(self, skew: float = 0.0) -> Node:
        """Another node, not yet among `nodes`."""
        return Node(f"{self._dice.getrandbits(128):032x}", skew)

    def routed(self, headers: Headers) -> Node:
        """The node that serves this call."""
        if len(self.nodes) == 1:
            return self.nodes[0]
        sticky = _ROUTE.search(headers.get("Cookie") or "")
        for node in self.nodes if sticky else ():
            if sticky and node.name == sticky[1]:
                return node
        self._turn += 1
        return self.nodes[self._turn % len(self.nodes)]

    def user(self, headers: Headers, now: float) -> str:
        """Who is logged in by cookie; "" if nobody is."""
        cookie = headers.get("Cookie")
        found = _SESSION.search(cookie) if cookie else None
        session = self._sessions.get(found[1]) if found else None
        if found is None or session is None:
            return ""
        if now - session.used > IDLE:
            del self._sessions[found[1]]
            return ""
        session.used = now
        return session.user

    def token(self, headers: Headers) -> str:
        """What the session of this cookie must bring along as `X-UserToken` where that is asked for."""
        found = _SESSION.search(headers.get("Cookie") or "")
        return sha256(found[1].encode()).hexdigest() + found[1][:8].lower() if found else ""

    def begin(self, user: str, node: Node, now: float, *, secure: bool) -> list[tuple[str, str]]:
        """A session for somebody who just logged in: its `Set-Cookie` headers.

        `secure` asks clients to send them over TLS only; they would never come back over plain HTTP.
        """
        mark = f"{self._dice.getrandbits(256):064X}"
        key, store = mark[:32], mark[32:]
        self._sessions[key] = _Session(user, node, now)
        if len(self._sessions) > _KEPT:
            self._sessions.popitem(last=False)
        kept = "Path=/; HttpOnly; SameSite=None" + ("; Secure" if secure else "")
        cleared = f"Max-Age=0; Expires={_LONG_AGO}; {kept}"
        cookies = (
            f"JSESSIONID={key}; {kept}",
            f"glide_user=; {cleared}",
            f"glide_user_session=; {cleared}",
            f"glide_user_route=glide.{node.name}; {_lasting(now, _FOREVER)}; {kept}",
            f"glide_node_id_for_js={node.name}; {kept.replace('HttpOnly; ', '')}",
            f"glide_session_store={store}; {_lasting(now, IDLE)}; {kept}",
        )
        return [("Set-Cookie", cookie) for cookie in cookies]

    def forget(self) -> None:
        """End all sessions."""
        self._sessions.clear()


def _lasting(now: float, seconds: int) -> str:
    day, *rest, clock, zone = date(int(now) + seconds).split(" ")
    return f"Max-Age={seconds}; Expires={day} {'-'.join(rest)} {clock} {zone}"
