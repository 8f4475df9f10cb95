"""``explain``: everything the policies say of one ticket, also each "no"; an admin's unit test."""

import argparse
import sys

from connector.cli.exit import DONE, FORESEEN
from connector.cli.option import add_config, add_json

SUMMARY = "say for one ticket what every policy thinks of it, and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_config(parser)
    parser.add_argument("number", help="the ticket, such as INC0010001")
    parser.add_argument("--policy", metavar="NAME", help="only this policy")
    parser.add_argument("--expect", metavar="REASON", help="exit 1 unless a policy gives this reason")
    parser.add_argument("--offline", action="store_true", help="do not poll; what the store knows")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if the ticket is not known or nobody gives the reason expected."""
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.cli.terminal import console, print_json
    from connector.cli.view import Clockface, Legend, print_explanation
    from connector.errors import ConnectorError, SettingsError
    from connector.reconcile import explain, refresh
    from connector.settings import load

    settings = load(args.config)
    policies = [policy.name for policy in settings.policies]
    if args.policy and args.policy not in policies:
        raise SettingsError(f'--policy: no policy "{args.policy}"; there are {", ".join(policies) or "none"}')
    number = args.number.strip().upper()
    with shown("signing in") as watch, opened(settings) as world:
        if not args.offline:
            refresh(world, settings, watch)
        explanation = explain(
            world, settings, number, world.clock.now(), only=args.policy or "", compared=not args.offline
        )
    if explanation is None:
        raise ConnectorError(
            f"{number}: not known here. Is the number right, was it changed since the connector first "
            "looked, and may the account read it? `status` lists what could not be read."
        )
    if args.json:
        print_json(explanation.as_data(), indent=1)
    else:
        states = {raw: str(state) for raw, state in settings.instance.choices.states.items()}
        time = Clockface(settings.instance.zone)
        print_explanation(console(), explanation, time, Legend(time, explanation.names, states))
    reasons = [answer.verdict.reason for answer in explanation.answers if not answer.not_concerned]
    if args.expect and args.expect not in reasons:
        said = ", ".join(dict.fromkeys(reasons)) or "nothing"
        print(f'expected "{args.expect}"; the policies say: {said}', file=sys.stderr)
        return FORESEEN
    return DONE
