"""What an HTTP answer means. 200 is not success, 403 is not always a permission, 202 is a refusal.

Every case here was seen on instances (SERVICENOW.md §0, §1.6 to §1.8, field/clients notes in the design).
"""

import json
from email.utils import parsedate_to_datetime
from typing import Any

from requests import Response

from connector.errors import (
    Forbidden,
    GatewayError,
    NotFound,
    Throttled,
    TimedOut,
    Unauthorised,
    Unavailable,
    WrongInstance,
)
from connector.ticket import Instant

_LONGEST = 300
"""Characters of a foreign message that are worth repeating."""


def result_of(response: Response, what: str) -> Any:
    """The ``result`` of a good answer, parsed; ``what`` was asked, for the message.

    Raises `Unauthorised` (401), `Forbidden` (403), `NotFound` (404), `Throttled` (429, with the seconds of
    Retry-After), `WrongInstance` (400 for a table that is not there), `TimedOut` (408, 499) and
    `Unavailable` for everything else that is no answer: 5xx, 202, a redirect, HTML, an empty body, cut JSON,
    an ``error`` beside the ``result`` of a 200 (a quota cancels in the middle).
    """
    if response.status_code not in (200, 201):
        raise _refusal(response, what)
    kind = response.headers.get("Content-Type", "")
    body = response.content
    if not kind.lower().startswith("application/json"):
        raise Unavailable(f"{what}: the answer is {kind or 'of no type'}, not JSON{_page_title(body)}")
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise Unavailable(f"{what}: the answer is broken off or is not JSON ({error})") from None
    if not isinstance(parsed, dict):
        raise Unavailable(f"{what}: the answer is not an object")
    if "error" in parsed or parsed.get("status") == "failure":
        raise Unavailable(f"{what}: the answer holds an error: {_words(parsed.get('error'))}")
    if "result" not in parsed:
        raise Unavailable(f"{what}: the answer holds no result")
    return parsed["result"]


def _refusal(response: Response, what: str) -> GatewayError:
    status = response.status_code
    words = f"{what}: HTTP {status}: {_message(response)}"
    if status == 401:
        return Unauthorised(
            f"{words}. The instance refused the account or its password; nothing more is sent, because six "
            "failures lock an account"
        )
    if status == 403:
        return Forbidden(words)
    if status == 404:
        return NotFound(words)
    if status == 429:
        return Throttled(words, _seconds(response.headers.get("Retry-After", "")))
    if status in (408, 499):
        return TimedOut(words)
    if status == 400 and "Invalid table" in words:
        return WrongInstance(words)
    if 400 <= status < 500 and response.request is not None and response.request.method != "GET":
        return Forbidden(words)  # this record cannot be written so; the others go on
    return Unavailable(words)


def _message(response: Response) -> str:
    try:
        parsed = json.loads(response.content)
    except ValueError:
        return f"{response.reason or 'no reason given'}{_page_title(response.content)}"
    return _words(parsed.get("error") if isinstance(parsed, dict) else parsed)


def _words(error: object) -> str:
    """``message: detail`` of an error body, whichever of the two are there."""
    if isinstance(error, dict):
        parts = [str(error[key]) for key in ("message", "detail") if error.get(key)]
        return ": ".join(parts)[:_LONGEST] or "no reason given"
    return str(error)[:_LONGEST] if error else "no reason given"


def _page_title(body: bytes) -> str:
    text = body[:4000].decode("utf-8", "replace")
    start, end = text.lower().find("<title>"), text.lower().find("</title>")
    return f' ("{text[start + 7 : end].strip()[:80]}")' if 0 <= start < end else ""


def _seconds(retry_after: str) -> int | None:
    return int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


def server_time(response: Response, what: str) -> Instant:
    """What the instance's clock said when the request was sent: its Date header, less the time it took.

    Raises `Unavailable` without a Date: the local clock must never stand in for it.
    """
    text = response.headers.get("Date", "")
    try:
        stamped = int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError):
        raise Unavailable(f"{what}: the answer has no usable Date header ({text!r})") from None
    return stamped - int(response.elapsed.total_seconds())


def is_more(response: Response, seen: int) -> bool:
    """There are rows behind this page. ``seen``: offset and limit together, before any ACL.

    A short page is not the end, for ACLs take rows out after the limit. ``rel="next"`` says so; where a
    proxy dropped the Link header, the count does.
    """
    if 'rel="next"' in response.headers.get("Link", ""):
        return True
    total = response.headers.get("X-Total-Count", "")
    return total.isdigit() and int(total) > seen
