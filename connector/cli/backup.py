"""``backup``: a copy of the local store, made while the daemon runs."""

import argparse
from pathlib import Path

from connector.cli.exit import DONE

SUMMARY = "copy the local store into a file, also while the daemon runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Both are named, for a copy in the wrong place is worse than none."""
    parser.add_argument("config", help="configuration file, whose store is copied")
    parser.add_argument("file", help="where the copy is to be; what is there is replaced by a whole one")


def run(args: argparse.Namespace) -> int:
    """0 the copy is there and sound; 1 it could not be made, and what was there before still is."""
    from connector.settings import load
    from connector.sync.store import back_up

    settings = load(args.config)
    size = back_up(settings.store_url, Path(args.file))
    print(f"{settings.store_path} copied to {args.file}: {size:,} bytes, checked")
    print(
        f"to go back to it: stop the connector, put it in the place of {settings.store_path.name}, start; "
        "what happened since is read from the instance"
    )
    return DONE
