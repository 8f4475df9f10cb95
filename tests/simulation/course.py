"""What a run came to."""

from dataclasses import dataclass, field


@dataclass
class Course:
    """What a run came to."""

    good: set[int] = field(default_factory=set)
    """Ticks at which a pass reached the records."""
    bad: set[int] = field(default_factory=set)
    """Ticks at which one was made and failed."""
    wrote: set[int] = field(default_factory=set)
    """Ticks at which one wrote."""
    touched: dict[str, set[int]] = field(default_factory=dict)
    """Ticket → when people did something to it."""
    odd: set[str] = field(default_factory=set)
    """Tickets that people or the instance treated in a way the faultless days do not have."""
    odd_times: list[tuple[int, int, int]] = field(default_factory=list)
    """When the instance's own clock was wrong, and by how much: what was done then carries wrong stamps."""
    overlooked: list[tuple[str, int, int]] = field(default_factory=list)
    """A ticket that became visible late, and from when until the poll that saw it: what people did then hid
    what was before.
    """
    refused: list[tuple[str, int, int]] = field(default_factory=list)
    """A column that the instance dropped, from the poll before to the one that could write it again."""
    stale: list[str] = field(default_factory=list)
    """Writes to a record that had changed before the connector's last look at it."""
    lost: list[str] = field(default_factory=list)
    """Tickets that a good pass had not seen as they stood when it began."""
    unseen: set[str] = field(default_factory=set)
    """Tickets that are hidden from the connector, or were for longer than any promise holds."""
    starts: int = 0
    """How often the connector was started."""
    doubled: bool = False
    """Two connectors worked at once."""
