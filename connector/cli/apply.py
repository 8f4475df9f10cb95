"""``apply``: one pass that writes what the plan says."""

import argparse
import json

SUMMARY = "make one pass: show the plan and write it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("config", help="configuration file")
    parser.add_argument("--limit", type=int, default=50, help="changes shown; 0 for all (default 50)")
    parser.add_argument("--json", action="store_true", help="the pass as JSON")


def run(args: argparse.Namespace) -> int:
    """Exit code 0: done; 1: the pass ended early; 3: the brake or a conflict held something back."""
    from rich.console import Console

    from connector.cli.view import print_outcome, print_plan, report_json, summary
    from connector.daemon import only_one
    from connector.reconcile import open_world, run_pass
    from connector.settings import load

    settings = load(args.config)
    with only_one(settings.store_path.with_suffix(".lock")), open_world(settings) as world:
        report = run_pass(world, settings, world.clock.now(), apply=True, full=True)
    if args.json:
        print(json.dumps(report_json(report), ensure_ascii=False, indent=1))
    else:
        console = Console()
        print_plan(console, report.plan, limit=args.limit or len(report.plan.changes + report.plan.observed))
        console.print(summary(report), highlight=False)
        print_outcome(console, report)
    if report.trouble:
        return 1
    return 3 if report.plan.refused or report.plan.conflicts else 0
