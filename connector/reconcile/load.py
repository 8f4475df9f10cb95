"""How many open tickets each group has, counted when a policy first asks in a pass, and kept up within it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from connector.intent import Intent, Set
from connector.sync.store import Store
from connector.ticket import Ticket


class Loads(Mapping[str, int]):
    """sys_id of a group → open tickets. Nothing is counted unless somebody looks.

    Tickets that are handed over in this pass count where they go, so that not all of them go to the group
    that was idle at its beginning.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Counter[str] | None = None
        self._moved: set[str] = set()

    def count(self, ticket: Ticket, intents: Iterable[Intent]) -> None:
        """Take along what is to be handed over, if anybody has looked at all; a ticket counts once."""
        if self._known is None:
            return
        for intent in intents:
            if isinstance(intent, Set) and intent.field == "group" and ticket.sys_id not in self._moved:
                self._moved.add(ticket.sys_id)
                self._known[str(intent.value)] += 1

    @property
    def _counted(self) -> Counter[str]:
        if self._known is None:
            self._known = Counter(self._store.open_by_group())
        return self._known

    def __getitem__(self, group: str) -> int:
        """Open tickets of a group, 0 for one that has none."""
        return self._counted[group]

    def __iter__(self) -> Iterator[str]:
        """Groups that have any."""
        return iter(self._counted)

    def __len__(self) -> int:
        """How many have any."""
        return len(self._counted)
