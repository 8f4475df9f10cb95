"""How earlier tickets of a configuration item were solved, looked up in the mirror by the item.

Nothing is read unless somebody asks, and then only the last tickets of that one item: what it costs follows
the warnings that lack a suggestion, not the tickets there are.
"""

from connector.reconcile.world import World
from connector.sync.normalise import Unreadable
from connector.sync.store import Mirrored
from connector.ticket import ENDED_STATES, Instant, Precedent, Precedents

LATEST = 20
"""Tickets of an item that are looked at, the last one first."""
_PUBLISHED = "published"


class MirroredPrecedents(Precedents):
    """Those of the mirror."""

    def __init__(self, world: World) -> None:
        self._world = world

    def last(self, item: str, category: str, start: Instant, end: Instant) -> Precedent | None:
        """Among the last `LATEST` that were resolved then and still are."""
        store = self._world.store
        wanted = store.solved_before(item, start, end, LATEST)
        if not wanted:
            return None
        told = {one.row["sys_id"]: self._told(one) for one in store.load(wanted)}
        last_first = (told[sys_id] for sys_id in wanted if sys_id in told)
        return next((one for of, one in filter(None, last_first) if category in ("", of)), None)

    def _told(self, mirrored: Mirrored) -> tuple[str, Precedent] | None:
        """What one of them tells; None: nothing, or it is open again, or cannot be read."""
        try:
            ticket = self._world.normaliser.ticket(*mirrored)
        except Unreadable:
            return None
        solution = " ".join(ticket.extra.get("close_notes", "").split())
        article = next((one.number for one in ticket.articles if one.workflow_state == _PUBLISHED), "")
        if ticket.state not in ENDED_STATES or ticket.resolved_at is None or not (solution or article):
            return None
        return ticket.category, Precedent(ticket.number, ticket.resolved_at, solution, article)
