"""The body of a write as one record."""

import json
import re
from typing import Any

from connector.sandbox.error import Malformed, NoContentType, NotJson, UnsupportedMediaType
from connector.sandbox.message import Request

_TOKEN = re.compile(r"""'((?:[^'\\]|\\.)*)'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)


def record(request: Request) -> dict[str, Any]:
    """The JSON object in the body, {} for none; of several only the first, as the platform does (1.1, 1.9).

    Raises `UnsupportedMediaType`, `NoContentType` for a body that does not say what it is, `Malformed`.
    """
    kind, _, rest = (request.headers.get("Content-Type") or "").partition(";")
    kind = kind.strip().lower()
    if kind not in {"application/json", ""}:
        raise UnsupportedMediaType(kind)
    if not request.body.strip():
        return {}
    if not kind:
        raise NoContentType
    body = _parsed(request.body, _charset(rest))
    if isinstance(body, list):
        body = body[0] if body else {}
    if not isinstance(body, dict):
        raise Malformed("the body is not an object")
    return body


def _charset(parameters: str) -> str:
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.IGNORECASE)
    return found[1].lower() if found else ""


def _parsed(body: bytes, charset: str) -> Any:
    try:
        if charset in {"", "utf-8", "utf8"}:
            text = body.decode(json.detect_encoding(body), "surrogatepass")
        else:
            text = body.decode(charset)
    except LookupError:
        raise UnsupportedMediaType(f"application/json;charset={charset}") from None
    except ValueError as broken:
        raise NotJson(str(broken)) from None
    text = text.removeprefix("\ufeff")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as broken:
        if "'" not in text:
            raise NotJson(str(broken)) from None
    try:
        return json.loads(_TOKEN.sub(_doubled, text))
    except (ValueError, RecursionError) as broken:
        raise NotJson(str(broken)) from None


def _doubled(token: re.Match[str]) -> str:
    """A string in single quotes, which the platform's parser reads too, as JSON; others as they are."""
    if token[1] is None:
        return token[0]
    text = re.sub(r"\\'", "'", token[1])
    return '"' + re.sub(r'(?<!\\)"', r"\"", text) + '"'
