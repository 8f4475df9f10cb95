"""What the indicators need to know of a ticket, in one narrow row: for figures over millions of them.

Where lists of records are not asked for, a ticket comes down to two instants, three owners and a few answers
of yes or no. Rows of these are kept beside the mirror, replaced when their ticket changes, and counted by the
database (`connector.sync.store.outcome`); here is what they mean.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from connector.kpi import life
from connector.kpi.indicator import Indicator, TicketFact
from connector.kpi.period import Period
from connector.kpi.score import SMALL, Scope, Score, Sizes, is_met, wilson
from connector.ticket import ENDED_STATES, Group, Instant, TicketState, Tier

Dated = Literal["opened_at", "ended_at"]
Whose = Literal["first", "responder", "resolver"]

CANCELED, ENDED, RESPONSE_KNOWN, RESPONDED_IN_TIME = 1, 2, 4, 8
RESOLUTION_KNOWN, RESOLVED_IN_TIME, IMMEDIATE, SUPPORTED, VENDOR = 16, 32, 64, 128, 256


class Outcome(NamedTuple):
    """One ticket. Instants are seconds UTC, owners sys_ids of groups or empty."""

    sys_id: str
    opened_at: Instant
    ended_at: Instant | None
    first: str
    responder: str
    resolver: str
    bits: int


class Count(NamedTuple):
    """How an indicator is counted from bits: which tickets count, which of them succeed."""

    dated: Dated
    whose: Whose
    counts: Callable[[int], bool]
    succeeds: Callable[[int], bool]


COUNTS: Mapping[str, Count] = {
    "R-E3": Count(
        "opened_at", "responder", lambda b: bool(b & RESPONSE_KNOWN), lambda b: bool(b & RESPONDED_IN_TIME)
    ),
    "R-E4": Count("opened_at", "first", lambda b: not b & CANCELED, lambda b: bool(b & IMMEDIATE)),
    "R-E5": Count("opened_at", "resolver", lambda b: not b & CANCELED, lambda b: bool(b & ENDED)),
    "R-E6": Count(
        "ended_at", "resolver", lambda b: bool(b & RESOLUTION_KNOWN), lambda b: bool(b & RESOLVED_IN_TIME)
    ),
    "R-E8": Count("ended_at", "first", lambda b: True, lambda b: not b & VENDOR),
    "R-E11": Count("opened_at", "responder", lambda b: not b & CANCELED, lambda b: bool(b & SUPPORTED)),
    "R-E12-accepted": Count("opened_at", "first", lambda b: True, lambda b: True),
    "R-E12-handled": Count("ended_at", "resolver", lambda b: True, lambda b: True),
}
"""Indicator → how; those that are not here need more than a row tells."""


def outcome_of(fact: TicketFact, groups: Mapping[str, Group], first_contact: int) -> Outcome:
    """The row of a ticket. ``first_contact``: seconds of R-E4."""
    ticket, responded, resolved = fact
    bits = 0
    if ticket.state is TicketState.CANCELED:
        bits |= CANCELED
    if ticket.state in ENDED_STATES:
        bits |= ENDED
    if responded is not None:
        bits |= RESPONSE_KNOWN | (RESPONDED_IN_TIME if responded else 0)
    if resolved is not None:
        bits |= RESOLUTION_KNOWN | (RESOLVED_IN_TIME if resolved else 0)
    if life.at_first_contact(ticket, first_contact, groups):
        bits |= IMMEDIATE
    if bits & ENDED or ticket.responded_at is not None:
        bits |= SUPPORTED
    if life.reached(ticket, groups, Tier.VENDOR):
        bits |= VENDOR
    return Outcome(
        ticket.sys_id,
        ticket.opened_at,
        ticket.ended_at,
        life.first_hands(ticket).group,
        life.responder(ticket).group,
        life.resolver(ticket).group,
        bits,
    )


def sizes_of(count: Count, bits: Mapping[int, int], young: Mapping[int, int] | None = None) -> Sizes:
    """The lengths of the lists, from how many tickets have which bits.

    ``young``: those of them, still open, for which it is too early to tell; they are left out.
    """
    early = young or {}
    total = sum(bits.values())
    counted = sum(number - early.get(value, 0) for value, number in bits.items() if count.counts(value))
    won = sum(
        number - early.get(value, 0)
        for value, number in bits.items()
        if count.counts(value) and count.succeeds(value)
    )
    return Sizes(won, counted, total - counted)


def score_from(
    one: Indicator[Any], scope: Scope, period: Period, sizes: Sizes, *, running: bool = False
) -> Score:
    """The score of an indicator of which only the lengths of the lists are known."""
    won, counted, _ = sizes
    rate = one.about.unit == "per cent"
    return Score(
        one.about,
        scope,
        period,
        points=float(won),
        out_of=float(counted),
        value=(100 * won / counted if counted else None) if rate else float(won),
        target=one.target,
        met=is_met(one, float(won), float(counted)),
        small=rate and 0 < counted < SMALL,
        interval=wilson(won, counted) if rate and counted else None,
        provisional=running,
        kept=sizes,
    )


def added(several: Iterable[Sizes]) -> Sizes:
    """The lengths together: of a desk from its groups, of the whole from all."""
    sums: Sequence[int] = [sum(column) for column in zip(*several, strict=True)] or [0, 0, 0]
    return Sizes(*sums)
