"""The local store: a cache of the instance and a journal of our own doing, nothing else.

Losing it costs one full pass and the journal, never a deadline: what has been done stands on the records.
"""

from connector.sync.store import schema
from connector.sync.store.engine import open_engine
from connector.sync.store.figure import FigureShelf, FrozenFigure
from connector.sync.store.ledger import JournalEntry, PassRecord, Quarantined
from connector.sync.store.mirror import Look, Mirror, Waiting
from connector.sync.store.outcome import OutcomeRow, OutcomeShelf
from connector.sync.store.view import Mirrored

__all__ = [
    "FrozenFigure",
    "JournalEntry",
    "Look",
    "Mirrored",
    "OutcomeRow",
    "PassRecord",
    "Quarantined",
    "Store",
    "Waiting",
]


class Store(Mirror, FigureShelf, OutcomeShelf):
    """Mirror and ledger in one database, so that rows and their cursor move in one transaction.

    ``url``: ``sqlite://`` for memory, ``sqlite:///path/to/file``, or PostgreSQL with psycopg installed. Not
    for several threads or processes that poll at once: where reading stands is kept in memory as well.
    Raises `SettingsError` for a database it does not know.
    """

    def __init__(self, url: str = "sqlite://") -> None:
        self.engine = open_engine(url)
        schema.SCHEMA.create_all(self.engine)
        self._prepare_ledger()
        self._prepare_mirror()
        self._prepare_figures()
        self._prepare_outcomes()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
