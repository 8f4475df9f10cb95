"""The pages as one more API behind the same front."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote

from connector.sandbox.access.login import presented
from connector.sandbox.error import InvalidTable, NotAuthorized, NotFound, RecordError
from connector.sandbox.rest.turn import Answer, Turn

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

_ALWAYS = [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]
_INSIDE = re.compile(r"/?([a-z][a-z0-9_]*\.do(?:\?[!-~]*)?)\Z")


class PageApi:
    """Lists and forms.  Open without a login: invented data, and a browser has no account here.

    They stand aside: who looks is not in the log, spends no requests and is struck by no fault.  Who sends
    credentials all the same sees date-times in the account's zone, the instance's otherwise.  A method other
    than GET and HEAD gets the empty 200 that the platform gives off its APIs (platform facts, 1.8).
    """

    open = True
    reads: Literal["json", "raw"] = "raw"

    def __init__(self, rest: "Rest") -> None:
        self._rest = rest

    def answer(self, turn: Turn) -> Answer:
        """A page.  Raises nothing: what cannot be shown is a page too."""
        answer = self._answer(turn)
        answer.headers += _ALWAYS
        if turn.method == "HEAD":
            answer.body = b""
        return answer

    def _answer(self, turn: Turn) -> Answer:
        from connector.sandbox.page.paint import painted  # with jinja2: only who looks waits for it

        if turn.method not in {"GET", "HEAD"}:
            return Answer(200, kind="")
        target = turn.parts.get("uri", "")
        asked = dict(parse_qsl(turn.query, keep_blank_values=True))
        name = turn.parts.get("page", "")
        if name == "nav_to":
            target = asked.get("uri", "")
        if target:
            return _elsewhere(unquote(target) if "uri" in turn.parts else target)
        try:
            return painted(self._rest, self._zone(turn), name, asked)
        except (InvalidTable, NotFound) as missing:
            return self._refusal(404, missing)
        except RecordError as refused:
            return self._refusal(refused.status, refused)

    def _zone(self, turn: Turn) -> str:
        """The zone to show times in.  Refuses accounts for web services only (platform facts, 3.6)."""
        instance, headers = self._rest.instance, turn.request.headers
        account = None
        if presented(headers, {}):
            with suppress(RecordError):  # wrong credentials are as good as none
                account = instance.sessions.account(self._rest.login.caller(headers, {}).user)
        if account is None:
            return instance.time_zone
        if account.web_services_only:
            raise NotAuthorized("Web service access only")
        return account.zone

    def _refusal(self, status: int, refused: RecordError) -> Answer:
        from connector.sandbox.page.paint import page

        return page(status, "refusal.html", title=refused.message, detail=refused.detail or "")


def _elsewhere(target: str) -> Answer:
    """The frame of the platform leads to the page itself; addresses of other places are not followed."""
    found = _INSIDE.match(target)
    if found is None:
        return Answer(302, headers=[("Location", "/")], kind="")
    return Answer(302, headers=[("Location", f"/{found[1]}")], kind="")
