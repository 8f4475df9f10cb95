"""Headers of answers: the fixed ones, the date, and the `Link` of a page (platform facts, 1.3 and 1.4)."""

from email.utils import formatdate
from functools import lru_cache

JSON = "application/json;charset=UTF-8"

_FIXED = (
    ("Server-Timing", "sem_wait;dur=0, sesh_wait;dur=0"),
    ("X-Content-Type-Options", "nosniff"),
    ("Pragma", "no-store,no-cache"),
    ("Cache-Control", "no-cache,no-store,must-revalidate,max-age=-1"),
    ("Expires", "0"),
    ("Server", "ServiceNow"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
)


def common(now: int, transaction: int, *, logged_in: bool, kind: str = JSON) -> list[tuple[str, str]]:
    """The headers that every answer has.  `now` is the instance's clock, epoch seconds; `kind` the type."""
    headers = [("X-Is-Logged-In", "true")] if logged_in else []
    headers += [("X-Transaction-ID", f"{transaction:012x}"), *_FIXED, ("Date", _date(now))]
    if kind:
        headers.append(("Content-Type", kind))
    return headers


@lru_cache(maxsize=64)
def _date(now: int) -> str:
    return formatdate(now, usegmt=True)


def link(address: str, query: str, *, limit: int, offset: int, total: int | None, full: bool) -> str:
    """The `Link` header of a list; empty where everything fits on one page.

    `address` is scheme, host and path, `query` the request's query string as sent.  All its parameters are
    echoed, then limit and offset.  The first page has a `prev` with the negative offset, as recorded.
    Without a total (`sysparm_no_count`) there is no `last`, and `next` stands while pages are `full`.
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
    links = [(0, "first"), (offset - limit, "prev")]
    if full if total is None else offset + limit < total:
        links.append((offset + limit, "next"))
    if total is not None:
        links.append(((total - 1) // limit * limit, "last"))
    return ",".join(f'{stem}{at}>;rel="{name}"' for at, name in links)
