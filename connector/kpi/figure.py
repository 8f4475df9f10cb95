"""All that is known of some periods, as one frozen value: what pages, exports and reports are made from.

Made by `connector.reconcile.figures`; nothing here reads, writes or knows the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.kpi.case import Case
from connector.kpi.grade import Grade
from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period
from connector.kpi.score import Score
from connector.kpi.source import State
from connector.kpi.trend import Trend
from connector.kpi.watch import Finding
from connector.ticket import Call, Directory, Instant


@dataclass(frozen=True)
class Figures:
    """One look at a desk."""

    as_of: Instant | None
    """The moment of which they tell; None: nothing has been read yet."""
    zone: str
    """IANA name; periods are cut and times told in it."""
    period: Period
    """The one that is looked at, the last of `periods`."""
    periods: tuple[Period, ...]
    """Of one kind, oldest first, those before it for the trend."""
    scores: tuple[Score, ...]
    """Of `period`, by kind of scope, scope and indicator."""
    trends: tuple[Trend, ...]
    """One for each of `scores`, over `periods`."""
    grades: tuple[Grade, ...] = ()
    """Weighted scores of `period`."""
    watch: tuple[Finding, ...] = ()
    """What gaming would look like, in `period`."""
    sources: tuple[State, ...] = ()
    """Where the figures come from and how fresh that is."""
    problems: tuple[str, ...] = ()
    """What could not be read, each with its place; not empty: the report is incomplete."""
    names: Mapping[str, str] = field(default_factory=dict)
    """sys_id of a group, consultant or customer → name to show."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """sys_id of a ticket or call-back → the number people know it by."""
    links: Mapping[str, str] = field(default_factory=dict)
    """sys_id of a ticket, call-back or call → its address on the instance."""
    facts: tuple[TicketFact, ...] = ()
    """The tickets behind it, as of then, each with how its limits ended."""
    calls: tuple[Call, ...] | None = None
    """The calls behind it; None: no source of calls."""
    directory: Directory = field(default_factory=Directory)
    cases: tuple[Case, ...] | None = None
    """The complaints; None: no policy is about complaints."""

    @property
    def complete(self) -> bool:
        """Everything that was declared could be read."""
        lacking = (state for state in self.sources if state.missing and not state.optional)
        return not self.problems and not any(lacking)
