"""``check``: all that is wrong with a configuration, at once; with --instance, with the instance too."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE, FORESEEN, SETTINGS
from connector.cli.option import add_config, add_json, count

if TYPE_CHECKING:
    from connector.settings import Settings

SUMMARY = "everything that is wrong with a configuration, at once; nothing is sent"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file; --instance to compare it with what it names."""
    add_config(parser)
    parser.add_argument(
        "--instance",
        action="store_true",
        help="also hold it against the instance: sign-in, rights, columns, choices, groups, people, what "
        "else writes there; only reads",
    )
    parser.add_argument(
        "--probe",
        metavar="NUMBER",
        default="",
        help="with --instance: write to this ticket the values that stand on it, and see that nothing moved",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 nothing wrong, 2 the configuration is wrong, 1 the instance does not fit it."""
    from connector.cli.terminal import print_json
    from connector.clock import SystemClock
    from connector.errors import SettingsError
    from connector.settings import load, warnings

    try:
        settings = load(args.config)
    except SettingsError as error:
        if args.json:
            print_json({"ok": False, "problems": list(error.problems)})
        else:
            for problem in error.problems:
                print(problem, file=sys.stderr)
            print(f"{count(len(error.problems), 'error')}; nothing was sent", file=sys.stderr)
        return SETTINGS
    now = SystemClock().now()
    told: dict[str, Any] = {"ok": True, "warnings": warnings(settings, now), "settings": settings.digest}
    if not args.json:
        _summary(settings, told["warnings"])
    if args.instance or args.probe:
        told |= _instance(settings, args.json, args.probe)
    if args.json:
        print_json(told)
    return DONE if told["ok"] else FORESEEN


def _summary(settings: "Settings", warnings: list[str]) -> None:
    from connector.cli.summary import summary

    for warning in warnings:
        print(f"warning: {warning}")
    print(f"{settings.path}: ok" + (f", {count(len(warnings), 'warning')}" if warnings else ""))
    for name, text in summary(settings):
        print(f"  {name:<14} {text}")


def _instance(settings: "Settings", quiet: bool, ticket: str) -> dict[str, Any]:
    from connector.cli.examination import examine
    from connector.install.look import Level

    answers = []
    for level, text in examine(settings, ticket):
        answers.append({"level": level.value, "text": text})
        if not quiet:
            print(f"{level.value:<8} {text}", flush=True)
    wrong = sum(answer["level"] == Level.WRONG for answer in answers)
    if not quiet:
        print(
            "the instance fits"
            if not wrong
            else f"{count(wrong, 'thing')} to put right on {settings.instance.url}"
        )
    return {"ok": not wrong, "instance": answers}
