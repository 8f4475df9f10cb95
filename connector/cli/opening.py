"""Opens the world for a verb: the instance is waited for in sight, and a bad store is told as what it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, InternalError, OperationalError

from connector.errors import StoreFailed
from connector.reconcile import World, open_world
from connector.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[World]:
    """The world of these settings. Raises what `open_world` raises, and `StoreFailed`."""
    with in_order(settings), open_world(settings) as world:
        yield world


@contextmanager
def in_order(settings: Settings) -> Iterator[None]:
    """Turn what a damaged, full, locked or forbidden store says into `StoreFailed`, with the way out."""
    try:
        yield
    except DatabaseError as error:
        # Its other children mean that our SQL is wrong, and that is a report.
        if type(error) not in (DatabaseError, OperationalError, InternalError):
            raise
        raise StoreFailed(_told(settings, str(error.orig))) from error


def _told(settings: Settings, said: str) -> str:
    path = settings.store_path
    if "locked" in said:
        way_out = "another process is busy with it; try again"
    elif "full" in said:
        way_out = "make room on its disk; what was not stored is read again"
    elif "unable to open" in said or "readonly" in said:
        way_out = "may this user write the file and its folder? [store] path says where it is"
    else:
        way_out = (
            "it is damaged, or of another version. It is a cache and the journal: move "
            f"{path.name} and {path.name}-wal, if there is one, aside, and the next pass reads everything "
            "again; nothing is written twice"
        )
    return f"the store {path}: {said}; {way_out}"
