"""``brake``: from now on nothing is written, until ``brake --release``; it goes on reading and judging."""

import argparse

from connector.cli.exit import DONE
from connector.cli.option import add_config

SUMMARY = "stop writing at once, and stay so until --release; it goes on reading and judging"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --release, --reason."""
    add_config(parser)
    parser.add_argument("--release", action="store_true", help="let it write again")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for whoever finds it")


def run(args: argparse.Namespace) -> int:
    """0: the brake is on, or with --release off."""
    from connector.clock import SystemClock
    from connector.reconcile import halt, halted, lift
    from connector.settings import load

    settings = load(args.config)
    if not args.release:
        print(halt(settings, "brake", args.reason, SystemClock().now()).told(settings))
        print(
            "a running connector finishes the record or batch in hand. What waits for release: "
            f"desk-connector plan {args.config}"
        )
        return DONE
    said = lift(settings, "brake")
    if said is None:
        print("the brake was not on")
    else:
        print(f"released; the next pass writes what is still wanted: desk-connector plan {args.config}")
    left = halted(settings)
    if left is not None:
        print(left.told(settings))
    if settings.safety.switch:
        print(f"the property {settings.safety.switch} on the instance is a switch of its own")
    return DONE
