"""The local store: a cache of the instance and a journal of our own doing, nothing else.

Losing it costs one full pass and the journal, never a deadline: what has been done stands on the records.
"""

from pathlib import Path

from connector.errors import StoreFailed
from connector.sync.store.engine import open_engine, path_of
from connector.sync.store.figure import FigureShelf, FrozenFigure
from connector.sync.store.file import beside, copy, damage, make_private, rescue, set_aside
from connector.sync.store.ledger import JournalEntry, PassRecord, Quarantined
from connector.sync.store.migration import VERSION, migrate
from connector.sync.store.mirror import Look, Waiting
from connector.sync.store.observation import Observations, Observed, Wanted
from connector.sync.store.outcome import OutcomeRow, OutcomeShelf
from connector.sync.store.register import Register
from connector.sync.store.view import Mirrored

__all__ = [
    "FrozenFigure",
    "JournalEntry",
    "Look",
    "Mirrored",
    "Observed",
    "OutcomeRow",
    "PassRecord",
    "Quarantined",
    "Store",
    "Waiting",
    "Wanted",
    "back_up",
    "open_sound",
]


class Store(Register, FigureShelf, OutcomeShelf, Observations):
    """Mirror and ledger in one database, so that rows and their cursor move in one transaction.

    ``url``: ``sqlite://`` for memory, ``sqlite:///path/to/file``, or PostgreSQL with psycopg installed. Not
    for several threads or processes that poll at once: where reading stands is kept in memory as well.
    Raises `SettingsError` for a database it does not know, and `StoreFailed` for one of a newer program.
    """

    def __init__(self, url: str = "sqlite://") -> None:
        path = path_of(url)
        if path is not None:
            make_private(path)
        self.archive = None if path is None else beside(path, ".journal")
        self.engine = open_engine(url)
        try:
            self.schema_before = migrate(self.engine)
            self._prepare_ledger()
            self._prepare_mirror()
            self._prepare_register()
            self._prepare_figures()
            self._prepare_outcomes()
            self._prepare_observations()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_sound(url: str, stamp: str) -> tuple[Store, list[str]]:
    """The store, checked from end to end first, and what had to be done about it in words.

    A damaged file is set aside under a name with ``stamp``; a new one takes its place, with what could be
    rescued of the journal, and the next pass reads the instance anew. Raises as `Store`.
    """
    path = path_of(url)
    if path is None:
        return Store(url), []
    told = []
    if path.exists():
        opened = make_private(path)
        told += [opened] if opened else []
    wrong = damage(path)
    if not wrong:
        store = Store(url)
        if store.schema_before and store.schema_before != VERSION:
            told.append(f"the store was moved from schema {store.schema_before} to {VERSION}")
        return store, told
    aside = set_aside(path, stamp)
    store = Store(url)
    try:
        saved = rescue(aside, path)
    except BaseException:
        store.close()
        raise
    told.append(
        f"the store {path} was damaged ({wrong}); it is kept as {aside.name}. Everything is read from the "
        f"instance anew; of the journal and what else only the store knew, {saved} rows could be rescued"
    )
    return store, told


def back_up(url: str, to: Path) -> int:
    """Copy the store, which may be in use, into a file; its size in bytes. Raises `StoreFailed`."""
    path = path_of(url)
    if path is None:
        raise StoreFailed("only a store in a file can be copied so; use the tools of your database")
    return copy(path, to)
