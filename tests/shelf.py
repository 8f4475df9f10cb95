"""A knowledge base for tests, held in memory."""

from collections.abc import Mapping, Sequence

from connector.ticket import DeskTask, Held, Instant, Library, Ticket, TicketState
from tests.builder import MON


class Shelf(Library):
    """These articles, and how many tickets each helped with, whenever one asks."""

    def __init__(self, *articles: Held, used: Mapping[str, int] | None = None) -> None:
        self._articles = articles
        self._used = used or {}

    def published(self) -> Sequence[Held]:
        """As they were given."""
        return self._articles

    def used(self, since: Instant) -> Mapping[str, int]:
        """As they were given."""
        return self._used


def held(number: int, updated_at: Instant = MON, **more: object) -> Held:
    """An article, by its number."""
    return Held(f"KB{number:07}", f"Article {number}", updated_at, **more)  # type: ignore[arg-type]


def calendar(*tasks: DeskTask) -> Ticket:
    """The calendar with these tasks of ours."""
    return Ticket("calendar", "CALENDAR", 0, 0, 0, TicketState.IN_PROGRESS, kind="calendar", tasks=tasks)
