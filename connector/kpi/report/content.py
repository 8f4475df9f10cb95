"""What a service report is made of (R-H4): parts with sentences and tables, and what is not measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from connector.kpi.indicator import Words


class Grid(NamedTuple):
    """A table."""

    heads: tuple[Words, ...]
    rows: tuple[tuple[str, ...], ...]
    """As wide as the heads."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the report."""

    key: str
    """``volume``, ``limits``, ``escalations``, ``major``, ``knowledge``, ``call_backs``,
    ``complaints``, ``calls``, ``improvements``, ``conformity``.
    """
    title: Words
    clauses: str
    said: tuple[Words, ...] = ()
    """Sentences."""
    grids: tuple[Grid, ...] = ()
    unmeasured: tuple[Words, ...] = ()
    """What this part should say and nothing tells, each with why."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; what a template gets as ``report``."""

    period: str
    start: str
    end: str
    """The last moment of the period, as local time."""
    as_of: str
    """Empty: nothing has been read yet."""
    zone: str
    running: bool
    """The period had not ended."""
    frozen: bool
    complete: bool
    problems: tuple[str, ...]
    met: int
    missed: int
    parts: tuple[Part, ...]
    scores: Mapping[str, str]
    """Indicator id → its value as text, of the whole; for a template of one's own."""

    def part(self, key: str) -> Part:
        """The part of that key. Raises `KeyError` naming those there are."""
        for one in self.parts:
            if one.key == key:
                return one
        raise KeyError(f'no part "{key}"; there are {", ".join(one.key for one in self.parts)}')
