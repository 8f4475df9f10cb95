"""What a verdict may depend on beside its ticket: the closed set of a period, and tickets like this one."""

from typing import NamedTuple

from connector.ticket import Instant


class Cohort(NamedTuple):
    """The closed set of a period: tickets whose ``closed_at`` lies in [start, end)."""

    start: Instant
    end: Instant


class Kin(NamedTuple):
    """Tickets like one of them, opened in [start, end], that its verdict depends on."""

    policy: str
    """Only tickets that this policy is about."""
    same: tuple[tuple[str, str], ...]
    """Column → the value that all of them have."""
    start: Instant
    end: Instant


class Peer(NamedTuple):
    """One of the kin, in the order in which they were opened."""

    opened_at: Instant
    sys_id: str
    number: str
