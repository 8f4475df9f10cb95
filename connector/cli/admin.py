"""An admin's one-off credentials, for verbs that install: asked for or from the environment."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.install import Piece
    from connector.settings import Settings
    from connector.sync.gateway import Gateway

PASSWORD = "DESK_ADMIN_PASSWORD"
"""The environment variable, or with _FILE the file, in which the password may stand."""


def add_admin(parser: argparse.ArgumentParser) -> None:
    """--admin."""
    parser.add_argument(
        "--admin",
        metavar="USER",
        help=f"sign in as this admin, for this once; the password is asked for, or ${PASSWORD}, or the file "
        f"that ${PASSWORD}_FILE names. Without it the configured account looks, and nothing can be written",
    )


@contextmanager
def admin_gateway(
    args: argparse.Namespace, settings: "Settings", pieces: "tuple[Piece, ...]"
) -> "Iterator[Gateway]":
    """Signed in as --admin says, else as configured. Raises `SettingsError`."""
    from connector.install import open_admin_gateway
    from connector.reconcile.account import account
    from connector.sync.gateway import Credentials

    signed = Credentials(args.admin, _password(args.admin, settings)) if args.admin else account(settings)
    gateway = open_admin_gateway(settings, signed, pieces)
    try:
        yield gateway
    finally:
        gateway.close()


def _password(user: str, settings: "Settings") -> str:
    import os
    import sys
    from getpass import getpass

    from connector.errors import SettingsError
    from connector.settings.secret import Secret

    told = (
        os.environ.get(PASSWORD)
        or os.environ.get(f"{PASSWORD}_FILE")
        or os.environ.get("CREDENTIALS_DIRECTORY")
    )
    if told or not sys.stdin.isatty():
        try:
            return Secret(env=PASSWORD).read(settings.path.parent, os.environ)
        except SettingsError as error:
            raise SettingsError(f"--admin: {error}") from None
    return getpass(f"password of {user} on {settings.instance.url}: ", stream=sys.stderr)
