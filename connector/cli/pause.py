"""``pause``: leave the instance alone, until ``resume``."""

import argparse

from connector.cli.exit import DONE
from connector.cli.option import add_config

SUMMARY = "leave the instance alone until resume, for an upgrade or a clone; asks and writes nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --reason."""
    add_config(parser)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for whoever finds it")


def run(args: argparse.Namespace) -> int:
    """0: paused."""
    from connector.clock import SystemClock
    from connector.reconcile import halt
    from connector.settings import load

    settings = load(args.config)
    print(halt(settings, "pause", args.reason, SystemClock().now()).told(settings))
    print("a running connector finishes the pass in hand without writing more; limits go on running out")
    return DONE
