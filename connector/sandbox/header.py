"""Headers of answers: the fixed ones, the date, and the `Link` of a page (platform facts, 1.3 and 1.4)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Pairs = Sequence[tuple[str, str]]

_UNCACHED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Pragma", "no-store,no-cache"),
    ("Cache-Control", "no-cache,no-store,must-revalidate,max-age=-1"),
    ("Expires", "0"),
)
_ALIVE = (("Keep-Alive", "timeout=20"), ("Connection", "keep-alive"))
_LAST = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def headers(
    now: int,
    transaction: int,
    own: Pairs = (),
    *,
    logged_in: bool,
    kind: str = JSON,
    waited: int = 0,
    cookies: Pairs = (),
    alive: bool = True,
) -> list[tuple[str, str]]:
    """All headers of an answer in the recorded order, but for those of the wire (length, encoding).

    `now` is the instance's clock in epoch seconds, `own` what the API adds, `kind` the Content-Type ("" for
    none), `waited` milliseconds spent before a semaphore, `alive` whether the connection stays open.
    """
    found = [("Server-Timing", f"sem_wait;dur={waited}, sesh_wait;dur=0")]
    if logged_in:
        found.append(("X-Is-Logged-In", "true"))
    found += [("X-Transaction-ID", f"{transaction:012x}"), *own, *_UNCACHED]
    if kind:
        found.append(("Content-Type", kind))
    found.append(("Date", date(now)))
    found += _ALIVE if alive else (("Connection", "close"),)
    found += [("Server", "ServiceNow"), *cookies, _LAST]
    return found


def beside(now: int, waited: int) -> list[tuple[str, str]]:
    """All headers of the empty answer to a write at an address that is no API's (1.8), as recorded."""
    timing = (
        f"wall;dur=0, sem_wait;dur={waited}, sesh_wait;dur=0, app_cpu;dur=0, db;dur=1, acl;dur=0,"
        " br;dur=null, ui_action;dur=0, cache_build;dur=0, scripting;dur=0"
    )
    framed = "frame-ancestors 'self' teams.microsoft.com *.teams.microsoft.com"
    found = [("Server-Timing", timing), ("Content-Security-Policy", framed), ("Date", date(now))]
    return [*found, *_ALIVE, ("Server", "ServiceNow"), _LAST]


@lru_cache(maxsize=64)
def date(now: int) -> str:
    """`Mon, 20 Nov 2023 01:00:00 GMT` from epoch seconds."""
    at = datetime.fromtimestamp(now, UTC)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04} {at:%H:%M:%S} GMT"


def link(
    address: str,
    query: str,
    *,
    limit: int,
    offset: int,
    total: int | None,
    full: bool,
    negative: bool = True,
) -> str:
    """The `Link` header of a list; empty where everything fits on one page.

    `address` is scheme, host and path, `query` the request's query string as sent.  All its parameters are
    echoed, then limit and offset.  The first page has a `prev` with the negative offset, as recorded, unless
    `negative` is off: then it has none, as in about 2017.  Without a total (`sysparm_no_count`) there is no
    `last`, and `next` stands while pages are `full`.
    """
    if total is not None and total <= limit:
        return ""
    if total is None and not full and offset == 0:
        return ""
    kept = [
        part
        for part in query.split("&")
        if part and part.partition("=")[0] not in {"sysparm_limit", "sysparm_offset"}
    ]
    stem = f"<{address}?{'&'.join([*kept, f'sysparm_limit={limit}'])}&sysparm_offset="
    links = [(0, "first")]
    if offset > 0 or negative:
        links.append((offset - limit, "prev"))
    if full if total is None else offset + limit < total:
        links.append((offset + limit, "next"))
    if total is not None:
        links.append(((total - 1) // limit * limit, "last"))
    return ",".join(f'{stem}{at}>;rel="{name}"' for at, name in links)
