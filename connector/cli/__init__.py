"""The command line: one file per verb, the only place that prints.

A verb's module has ``SUMMARY``, ``add_arguments(parser)`` and ``run(args) -> int``, and imports what is heavy
inside ``run``: ``--help`` and ``--version`` load neither pysnow nor SQLAlchemy nor pydantic.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from connector import __version__
from connector.cli.exit import DONE, EXITS, SETTINGS, guarded

VERBS = {
    "demo": "connector.cli.demo",
    "hours": "connector.cli.hours",
    "init": "connector.cli.init",
    "check": "connector.cli.check",
    "install": "connector.cli.install",
    "uninstall": "connector.cli.uninstall",
    "rights": "connector.cli.rights",
    "plan": "connector.cli.plan",
    "apply": "connector.cli.apply",
    "run": "connector.cli.run",
    "review": "connector.cli.review",
    "enforce": "connector.cli.enforce",
    "brake": "connector.cli.brake",
    "pause": "connector.cli.pause",
    "resume": "connector.cli.resume",
    "retire": "connector.cli.retire",
    "explain": "connector.cli.explain",
    "kpi": "connector.cli.kpi",
    "report": "connector.cli.report",
    "archive": "connector.cli.archive",
    "publish": "connector.cli.publish",
    "status": "connector.cli.status",
    "backup": "connector.cli.backup",
    "schema": "connector.cli.schema",
    "sandbox": "connector.cli.sandbox",
    "completion": "connector.cli.completion",
    "man": "connector.cli.man",
}
"""Verb → its module, in the order in which somebody new meets them."""


class Verb(Protocol):
    """What the module of a verb offers."""

    SUMMARY: str
    """One line of the overview."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what the verb takes."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line, without the program's name; the exit code (see `connector.cli.exit`)."""
    words = list(sys.argv[1:] if argv is None else argv)
    config = next((word for word in words[1:] if word.endswith(".toml")), "")
    return guarded(lambda: _run(words), config=config, as_json="--json" in words[1:])


def verb(name: str) -> Verb:
    """The module of a verb, imported now."""
    return cast(Verb, import_module(VERBS[name]))


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of one verb."""
    module = verb(name)
    parser = argparse.ArgumentParser(
        prog=f"desk-connector {name}",
        description=module.SUMMARY[:1].upper() + module.SUMMARY[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """All verbs in one parser, for whoever asks what there is; `main` makes only the one it needs."""
    parser = argparse.ArgumentParser(prog="desk-connector", allow_abbrev=False)
    parser.add_argument("-V", "--version", action="store_true", help="the version")
    several = parser.add_subparsers(dest="verb", metavar="VERB")
    for name in VERBS:
        module = verb(name)
        module.add_arguments(several.add_parser(name, help=module.SUMMARY, allow_abbrev=False))
    return parser


def _run(words: list[str]) -> int:
    if not words:
        print(_overview())
        return SETTINGS
    name, rest = words[0], words[1:]
    if name in ("-h", "--help", "help"):
        if rest and rest[0] in VERBS:
            parser_of(rest[0]).print_help()
        else:
            print(_overview())
        return DONE
    if name in ("-V", "--version"):
        print(f"desk-connector {__version__}")
        return DONE
    if name not in VERBS:
        return _unknown(name)
    return verb(name).run(parser_of(name).parse_args(rest))


def _overview() -> str:
    width = max(map(len, VERBS))
    return "\n".join(
        [
            "usage: desk-connector VERB …",
            "",
            "Attaches service-desk policies to a ServiceNow instance: polls, judges, plans, writes.",
            "",
            *(f"  {name:<{width}}  {verb(name).SUMMARY}" for name in VERBS),
            "",
            "desk-connector VERB --help says what a verb takes; desk-connector --version, the version.",
            "exit codes: " + "; ".join(f"{code} {text}" for code, text in EXITS.items()),
        ]
    )


def _unknown(name: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(name, VERBS, n=1)
    guess = f"did you mean {near[0]}?" if near else f"there are {', '.join(VERBS)}"
    print(f"desk-connector: no verb {name}; {guess}", file=sys.stderr)
    return SETTINGS
