"""``apply``: one pass that writes what the plan says."""

import argparse

from connector.cli.exit import DONE, FORESEEN, REFUSED
from connector.cli.option import add_config, add_json, add_limit

SUMMARY = "make one pass: show the plan and write it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_config(parser)
    add_limit(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: done; 1: the pass ended early; 3: something is held back until a person decides."""
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.cli.view import Legend, print_report
    from connector.daemon import only_one
    from connector.reconcile import run_pass
    from connector.settings import load

    settings = load(args.config)
    with (
        only_one(settings.store_path.with_suffix(".lock")),
        shown("signing in") as watch,
        opened(settings) as world,
    ):
        report = run_pass(world, settings, world.clock.now(), apply=True, full=True, watch=watch)
        legend = Legend.of(world, settings)
    print_report(report, legend, args, settings)
    if report.trouble:
        return FORESEEN
    plan = report.plan
    if report.halt is not None and (plan.changes or report.halt.kind != "brake"):
        return REFUSED
    return REFUSED if plan.refused or plan.conflicts or plan.full else DONE
