"""A believable desk: people, shifts, calls, tickets and their stories, played into an instance."""

from connector.sandbox.desk.floor import Desk
from connector.sandbox.desk.roster import Roster

__all__ = ["Desk", "Roster"]
