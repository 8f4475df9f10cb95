"""``sandbox``: what can be done with the stand-in of an instance; one file per part, like the verbs."""

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from connector.cli import Verb

SUMMARY = "a stand-in of the instance on this machine: serve it, or replay a log through the policies"

PARTS = {
    "serve": "connector.cli.serve",
    "replay": "connector.cli.replay",
}
"""Part → its module."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The parts, each with its own."""
    several = parser.add_subparsers(dest="part", metavar="|".join(PARTS), required=True)
    for name in PARTS:
        module = _part(name)
        summary = module.SUMMARY
        module.add_arguments(
            several.add_parser(name, help=summary, description=summary[:1].upper() + summary[1:] + ".")
        )


def run(args: argparse.Namespace) -> int:
    """The exit code of the part."""
    return _part(args.part).run(args)


def _part(name: str) -> "Verb":
    return cast("Verb", import_module(PARTS[name]))
