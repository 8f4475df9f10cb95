"""What an HTTP answer means. 200 is not success, 403 is not always a permission, 202 is a refusal.

Every case here was seen on instances (SERVICENOW.md §0, §1.6 to §1.8, field/clients notes in the design).
"""

import json
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import msgspec
from requests import Response

from connector.errors import (
    Forbidden,
    GatewayError,
    NoTable,
    NotFound,
    Throttled,
    TimedOut,
    Unauthorised,
    Unavailable,
)
from connector.sync.gateway.auth.token import Granted
from connector.sync.gateway.failure import Declined, Exhausted
from connector.ticket import Instant

_CANCELLED = b"Transaction cancelled: maximum execution time exceeded"
"""How a quota ends a request, in a 500, beside the result of a 200, or in the middle of it."""
_LONGEST = 300
"""Characters of a foreign message that are worth repeating."""


def result_of(response: Response, what: str) -> Any:
    """The ``result`` of a good answer, parsed; ``what`` was asked, for the message.

    Raises as `parsed` does; `Unavailable` also for an ``error`` beside the ``result`` of a 200 (a quota
    cancels in the middle) and for an object without a result.
    """
    found = parsed(response, what)
    if "error" in found or found.get("status") == "failure":
        raise spoilt(response.content)(f"{what}: the answer holds an error: {_words(found.get('error'))}")
    if "result" not in found:
        raise Unavailable(f"{what}: the answer holds no result")
    return found["result"]


def parsed(response: Response, what: str) -> dict[str, Any]:
    """The JSON object of an answer with 200 or 201, whatever it says.

    Raises `Unauthorised` (401), `Forbidden` (403), `NotFound` (404), `Throttled` (429, with the seconds to
    wait where the instance names them), `NoTable` (400 for a table that is not there), `TimedOut`
    (408, 499) and `Unavailable` for everything else that is no answer: 5xx, 202, a redirect, HTML, an empty
    body, cut JSON.
    """
    body = body_of(response, what)
    try:
        found = _loaded(body)
    except (ValueError, RecursionError) as error:
        raise spoilt(body)(f"{what}: the answer is broken off or is not JSON ({error})") from None
    if not isinstance(found, dict):
        raise Unavailable(f"{what}: the answer is not an object")
    return found


def body_of(response: Response, what: str) -> bytes:
    """The JSON text of an answer with 200 or 201, not yet read. Raises as `parsed` does."""
    if response.status_code not in (200, 201):
        raise _refusal(response, what)
    kind = response.headers.get("Content-Type", "")
    body = response.content
    if not kind.lower().startswith("application/json"):
        raise Unavailable(f"{what}: the answer is {kind or 'of no type'}, not JSON{_page_title(body)}")
    return body


def _loaded(body: bytes) -> Any:
    """The value of JSON text. Raises ValueError; `RecursionError` where it is nested too deeply.

    msgspec takes half the time, but it is strict: half a surrogate pair, which is what remains where a text
    was cut, and bytes that are no UTF-8 are for the standard library to read or to refuse.
    """
    try:
        return msgspec.json.decode(body)
    except ValueError:
        return json.loads(body)


def token_of(response: Response, what: str) -> Granted:
    """What the token endpoint gave. Raises as `parsed` does; `Unauthorised` for every refusal.

    It says ``access_denied`` whatever is wrong; the reason stands in the instance's system log only.
    """
    if response.status_code in (400, 401, 403):
        raise Unauthorised(
            f"{what}: HTTP {response.status_code}: {_grant_error(response)}: the instance gives no token. "
            "One attempt was made; its system log says why: client id and secret, the account or its "
            "password, the end of a refresh token, a grant that is not switched on"
        )
    found = parsed(response, what)
    access, refresh, seconds = (found.get(n) for n in ("access_token", "refresh_token", "expires_in"))
    if not isinstance(access, str) or not access.isascii() or not access.isprintable() or " " in access:
        raise Unavailable(f"{what}: the answer holds no access token")
    try:
        life = max(0.0, float(seconds))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        life = 0.0  # of unknown life: good for this one call
    return Granted(access, refresh if isinstance(refresh, str) else "", life)


def _grant_error(response: Response) -> str:
    try:
        found = json.loads(response.content)
        return f"{found['error']}: {found.get('error_description', '')}".rstrip(": ")[:_LONGEST]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return reason(response)


def spoilt(body: bytes) -> type[Unavailable]:
    """What to make of a body that is no answer: a quota's end is not an outage."""
    return Exhausted if _CANCELLED in body else Unavailable


def _refusal(response: Response, what: str) -> GatewayError:
    status = response.status_code
    words = f"{what}: HTTP {status}: {reason(response)}"
    if status == 401:
        return Unauthorised(
            f"{words}. The instance refused the account or its secret; nothing more is sent, because six "
            "failures lock an account"
        )
    if status == 403:
        return Forbidden(words)
    if status == 404:
        return NotFound(words)
    if status == 429:
        return Throttled(words, retry_after(response))
    if status == 503 and "Retry-After" in response.headers:
        return Declined(words, retry_after(response))
    if status in (408, 499):
        return TimedOut(words)
    if status == 400 and "Invalid table" in words:
        return NoTable(words)
    if 400 <= status < 500 and response.request is not None and response.request.method != "GET":
        return Forbidden(words)  # this record cannot be written so; the others go on
    return spoilt(response.content)(words)


def reason(response: Response) -> str:
    """What a refusal says: message and detail of its body, or the title of its page."""
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError):
        return f"{response.reason or 'no reason given'}{_page_title(response.content)}"
    return _words(found.get("error") if isinstance(found, dict) else found)


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


def retry_after(response: Response) -> int | None:
    """Seconds until the instance wants to be asked again, None where it does not say.

    Retry-After in seconds or as a date, else X-RateLimit-Reset (seconds since 1970); points in time are held
    against the Date of the same answer, not against a clock of ours. A full semaphore says nothing.
    """
    given = response.headers.get("Retry-After", "").strip()
    if _is_number(given):
        return int(given)
    moment = _instant(given) if given else _number(response.headers.get("X-RateLimit-Reset", ""))
    now = _instant(response.headers.get("Date", ""))
    return None if moment is None or now is None else max(0, moment - now)


def rate_rule(response: Response) -> tuple[str, int, float] | None:
    """The rate rule that counted this request: its name, limit an hour, seconds to the end of the hour."""
    limit = _number(response.headers.get("X-RateLimit-Limit", ""))
    ends = _number(response.headers.get("X-RateLimit-Reset", ""))
    now = _instant(response.headers.get("Date", ""))
    if limit is None or ends is None or now is None:
        return None
    return response.headers.get("X-RateLimit-Rule", ""), limit, float(max(0, ends - now))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _number(text: str) -> int | None:
    return int(text) if _is_number(text.strip()) else None


@lru_cache(maxsize=16)
def _instant(text: str) -> int | None:
    """A date of a header. The answers of one second share theirs, and reading it is dear."""
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None


def server_time(response: Response, what: str) -> Instant:
    """What the instance's clock said when the request was sent: its Date header, less the time it took.

    Raises `Unavailable` without a Date: the local clock must never stand in for it.
    """
    text = response.headers.get("Date", "")
    stamped = _instant(text)
    if stamped is None:
        raise Unavailable(f"{what}: the answer has no usable Date header ({text!r})")
    return stamped - int(response.elapsed.total_seconds())


def is_more(response: Response, seen: int) -> bool:
    """There are rows behind this page. ``seen``: offset and limit together, before any ACL.

    A short page is not the end, for ACLs take rows out after the limit. ``rel="next"`` says so; where a
    proxy dropped the Link header, the count does.
    """
    if 'rel="next"' in response.headers.get("Link", ""):
        return True
    total = response.headers.get("X-Total-Count", "")
    return _is_number(total) and int(total) > seen
