"""``plan``: what would be written, and why. Reads the instance, writes nothing to it."""

import argparse
import json

SUMMARY = "show what would be written, and why; writes nothing"
SOMETHING_TO_DO = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("config", help="configuration file")
    parser.add_argument("--limit", type=int, default=50, help="changes shown; 0 for all (default 50)")
    parser.add_argument("--json", action="store_true", help="the whole plan as JSON")


def run(args: argparse.Namespace) -> int:
    """Exit code 0: nothing to do; 4: something to do."""
    from rich.console import Console

    from connector.cli.view import print_outcome, print_plan, report_json, summary
    from connector.reconcile import open_world, run_pass
    from connector.settings import load

    settings = load(args.config)
    with open_world(settings) as world:
        report = run_pass(world, settings, world.clock.now(), apply=False, full=True)
    if args.json:
        print(json.dumps(report_json(report), ensure_ascii=False, indent=1))
    else:
        console = Console()
        print_plan(console, report.plan, limit=args.limit or len(report.plan.changes + report.plan.observed))
        console.print(summary(report), highlight=False)
        print_outcome(console, report)
    if report.trouble:
        return 1
    return 0 if report.plan.empty else SOMETHING_TO_DO
