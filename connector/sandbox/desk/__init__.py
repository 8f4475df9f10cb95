"""A believable desk: people, shifts, calls, tickets and their stories, played into an instance."""

from connector.sandbox.desk.floor import Desk

__all__ = ["Desk"]
