"""What every list says besides its rows: where its other pages are, and how many rows there are."""

from connector.sandbox.error import RecordError
from connector.sandbox.header import link
from connector.sandbox.parameter import Parameters
from connector.sandbox.query import Term
from connector.sandbox.reading import Page
from connector.sandbox.rest.manner import Manner
from connector.sandbox.rest.turn import Turn


def filters(asked: Parameters) -> tuple[Term, ...]:
    """The name=value filters; none beside a `sysparm_query` (platform facts, 1.2)."""
    return () if asked.query else tuple(Term(name, "=", value, shown=True) for name, value in asked.pairs)


def refuse_odd(asked: Parameters, manner: Manner) -> None:
    """Raises a 400 for an offset below 0 and a limit that is none, where instances are that strict."""
    if manner.negative_offset and manner.odd_limit:
        return
    sent = dict(asked.sent)
    if not manner.negative_offset and sent.get("sysparm_offset", "").startswith("-"):
        raise RecordError(400, "Invalid parameter", "sysparm_offset must not be negative")
    limit = sent.get("sysparm_limit", "")
    if not manner.odd_limit and limit and (not limit.isdecimal() or int(limit) < 1):
        raise RecordError(400, "Invalid parameter", "sysparm_limit must be a number from 1 on")


def page_headers(turn: Turn, address: str, page: Page, manner: Manner) -> list[tuple[str, str]]:
    """`Link` and `X-Total-Count`, as far as the request wants them (platform facts, 1.3 and 1.4)."""
    asked = turn.asked
    found = []
    if asked.paging:
        header = link(
            address,
            turn.query,
            limit=asked.limit,
            offset=asked.offset,
            total=page.total if asked.count else None,  # without a count no link is of use (1.2)
            full=page.full,
            negative=manner.negative_prev,
        )
        if header:
            found.append(("Link", header))
    if page.total is not None:
        found.append(("X-Total-Count", str(page.total)))
    return found
