"""Complaints as figures are counted from them (R-D3, R-H2)."""

from typing import NamedTuple

from connector.ticket import Instant


class Case(NamedTuple):
    """One complaint, as it stood at the moment of the look."""

    number: str
    since: Instant
    group: str
    """sys_id of the group that has it, or empty."""
    category: str
    acted: bool
    solved_at: Instant | None
    called: bool
    """The customer was called again."""
    low_score: bool
    """It is one because of a call-back's score."""
