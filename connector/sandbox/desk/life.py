"""A ticket as the people of the desk remember it."""

from dataclasses import dataclass

from connector.sandbox.desk.story import Story

OPEN = frozenset(("1", "2", "3"))
"""States of an incident in which there is work to do."""

Row = dict[str, str]


@dataclass(slots=True)
class Life:
    """What people last did to a ticket, so that they notice when somebody else did more."""

    sys_id: str
    story: Story
    group: str = ""
    """Name of the group that has it; empty when another team has."""
    state: str = "1"
    turn: int = 0
    """Grows when the plan for the ticket changes; a step planned in an earlier turn is dropped."""
    held: bool = False
    documented: bool = False
