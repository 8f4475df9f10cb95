"""How one instance says things: its states, its priorities, and in which of its columns ours stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.ticket import FaultClass, TicketState

_MOST = 4096
"""Answers kept; where more differ, few come twice."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one instance says things."""

    states: Mapping[str, TicketState]
    """Raw `state` → where the ticket stands."""
    classes: Mapping[str, FaultClass]
    """Raw `priority` → fault class (R-C1)."""
    ranks: tuple[tuple[FaultClass, tuple[tuple[str, tuple[str, ...]], ...]], ...] = ()
    """Classes with the columns and values that come before the priority; the first that fits decides."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role of a field of ours → its column."""
    extra: tuple[str, ...] = ()
    """Further columns that policies read."""
    own_user: str = ""
    """user_name of the connector's account: its notes are nobody's."""
    score: str = ""
    """Column of an incident_task in which the caller's answer stands."""
    ratings: Mapping[str, str] = field(default_factory=dict)
    """Dimension (R-D4) → column of an incident_task with the caller's answer on it."""
    notes_known: bool = False
    """The history tells who wrote work notes (sys_audit with `work_notes`)."""
    journals: tuple[str, ...] = ()
    """Journal columns of which it is wanted, and told by the history, when a person last wrote in them."""
    measured: bool = False
    """The past is told by metrics, where there are any."""


class Classes(dict[tuple[str, ...], FaultClass]):
    """Priority, and the values of `columns`, → fault class (R-C1); each is reckoned when it first comes.

    Raises KeyError for a priority that the dialect does not know.
    """

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._by_priority = dialect.classes
        self.columns = tuple({column: None for _, where in dialect.ranks for column, _ in where})
        """What the ranks look at."""
        self._ranks = [
            (fault_class, [(self.columns.index(column) + 1, values) for column, values in where])
            for fault_class, where in dialect.ranks
        ]

    def __missing__(self, key: tuple[str, ...]) -> FaultClass:
        if len(self) >= _MOST:
            self.clear()
        found = self[key] = self._ranked(key) or self._by_priority_of(key[0])
        return found

    def _ranked(self, key: tuple[str, ...]) -> FaultClass | None:
        """The first class whose columns all have one of their values."""
        for fault_class, where in self._ranks:
            if all(key[place] in wanted for place, wanted in where):
                return fault_class
        return None

    def _by_priority_of(self, priority: str) -> FaultClass:
        return self._by_priority[priority] if priority else FaultClass.GENERAL
