"""The gateway of an admin who installs: it may write four tables of the dictionary, and nothing else."""

from connector.clock import Clock
from connector.install.blueprint import TABLES, Piece
from connector.reconcile.world import terms
from connector.settings import Settings
from connector.sync.gateway import AnyCredentials, Gateway


def open_admin_gateway(
    settings: Settings, credentials: AnyCredentials, pieces: tuple[Piece, ...], *, clock: Clock | None = None
) -> Gateway:
    """Signed in as ``credentials`` say; writes and deletes only records of the kinds of these pieces.

    Raises `SettingsError` for an address or a file that cannot be used.
    """
    writable = {
        table: frozenset(name for piece in pieces if piece.table == table for name in piece.fields)
        for table in TABLES.values()
    }
    return Gateway(
        settings.instance.url,
        credentials,
        writable=writable,
        erasable=frozenset(TABLES.values()),
        terms=terms(settings),
        clock=clock,
    )
