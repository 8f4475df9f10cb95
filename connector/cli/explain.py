"""``explain``: everything the policies say of one ticket, also each "no"; an admin's unit test."""

import argparse
import json

SUMMARY = "say for one ticket what every policy thinks of it, and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("config", help="configuration file")
    parser.add_argument("number", help="the ticket, such as INC0010001")
    parser.add_argument("--policy", help="only this policy")
    parser.add_argument("--expect", metavar="REASON", help="exit 1 unless a policy gives this reason")
    parser.add_argument("--offline", action="store_true", help="do not poll; what the store knows")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if the ticket is not known or nobody gives the reason expected."""
    from rich.console import Console

    from connector.cli.view import Clockface, print_explanation
    from connector.reconcile import explain, open_world, refresh
    from connector.settings import load

    settings = load(args.config)
    with open_world(settings) as world:
        if not args.offline:
            refresh(world, settings)
        explanation = explain(world, settings, args.number, world.clock.now(), only=args.policy or "")
    if explanation is None:
        print(
            f"{args.number}: not known here. Is the number right, was it changed since the connector first "
            "looked, and may the account read it? `status` lists what could not be read."
        )
        return 1
    if args.json:
        print(json.dumps(explanation.as_data(), ensure_ascii=False, indent=1))
    else:
        print_explanation(Console(), explanation, Clockface(settings.instance.zone))
    reasons = [answer.verdict.reason for answer in explanation.answers if not answer.not_concerned]
    if args.expect and args.expect not in reasons:
        print(f"expected “{args.expect}”, the policies say: {', '.join(reasons) or 'nothing'}")
        return 1
    return 0
