"""OAuth: `/oauth_token.do` gives tokens, `/oauth_revoke_token.do` takes them back (platform facts, 3.5)."""

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

from connector.sandbox.access.grant import GrantRefused
from connector.sandbox.error import RecordError
from connector.sandbox.rest.turn import Answer, Turn

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

FORM = "application/x-www-form-urlencoded"


class TokenApi:
    """`POST /oauth_token.do`, form-urlencoded only.

    The client's id and secret stand in the form, or in the `Authorization` header as pysnow sends them.
    """

    open = True
    reads: Literal["json", "raw"] = "raw"

    def __init__(self, rest: "Rest") -> None:
        self._grants = rest.grants

    def answer(self, turn: Turn) -> Answer:
        """A token, or 401 that does not say why."""
        if turn.method != "POST":
            raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
        headers = turn.request.headers
        form: dict[str, str] = {}
        if (headers.get("Content-Type") or "").partition(";")[0].strip().lower() == FORM:
            form = dict(parse_qsl(turn.request.body.decode("utf-8", "replace"), keep_blank_values=True))
        if "client_id" not in form:
            form |= _client(headers.get("Authorization") or "")
        try:
            return _said(200, self._grants.token(form))
        except GrantRefused as refused:
            return _said(401, {"error_description": "access_denied", "error": refused.error})


class RevokeApi:
    """`GET /oauth_revoke_token.do?token=…`: 200 whether there was such a token or not, as RFC 7009 has it."""

    open = True
    reads: Literal["json", "raw"] = "raw"

    def __init__(self, rest: "Rest") -> None:
        self._tokens = rest.login.tokens

    def answer(self, turn: Turn) -> Answer:
        """Forget the token of the URL, or of a form."""
        form = dict(parse_qsl(turn.request.body.decode("utf-8", "replace"))) if turn.method == "POST" else {}
        token = turn.logged.params.get("token") or form.get("token", "")
        if token:
            self._tokens.revoke(token)
        return Answer(200, kind="")


def _client(header: str) -> dict[str, str]:
    kind, _, given = header.partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return {}
    return {"client_id": name, "client_secret": secret}


def _said(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(body, separators=(",", ":")).encode())
