"""``resume``: the end of ``pause``."""

import argparse

from connector.cli.exit import DONE
from connector.cli.option import add_config

SUMMARY = "go on after pause"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG."""
    add_config(parser)


def run(args: argparse.Namespace) -> int:
    """0: it is not paused by us any more."""
    from connector.reconcile import halted, lift
    from connector.settings import load

    settings = load(args.config)
    said = lift(settings, "pause")
    if said is None:
        print("it was not paused")
    else:
        print("goes on; the next pass reads what changed meanwhile, and says of limits what is true then")
    left = halted(settings)
    if left is not None:
        print(left.told(settings))
    if settings.safety.switch:
        print(f"the property {settings.safety.switch} on the instance is a switch of its own")
    return DONE
