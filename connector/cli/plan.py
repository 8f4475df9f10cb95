"""``plan``: what would be written, and why. Reads the instance, writes nothing to it."""

import argparse

from connector.cli.exit import DONE, FORESEEN, TO_DO
from connector.cli.option import add_config, add_json, add_limit

SUMMARY = "show what would be written, and why; writes nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_config(parser)
    add_limit(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: nothing to do; 4: something to do; 1: the instance could not be read to the end."""
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.cli.view import Legend, print_report
    from connector.reconcile import run_pass
    from connector.settings import load

    settings = load(args.config)
    with shown("signing in") as watch, opened(settings) as world:
        report = run_pass(world, settings, world.clock.now(), apply=False, full=True, watch=watch)
        legend = Legend.of(world, settings)
    print_report(report, legend, args, settings)
    if report.trouble:
        return FORESEEN
    return DONE if report.plan.empty else TO_DO
