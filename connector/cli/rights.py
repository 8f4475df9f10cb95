"""``rights``: what the connector's account must be allowed, from the configuration itself; sends nothing."""

import argparse

from connector.cli.exit import DONE
from connector.cli.option import add_config, add_json

SUMMARY = "roles and access rules that the connector's account needs for a configuration, and no more"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --script, --json."""
    add_config(parser)
    parser.add_argument(
        "--script",
        action="store_true",
        help="as a background script that an admin with security_admin runs on the instance",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0."""
    from connector.cli.terminal import print_json
    from connector.install import ROLE, rights, roles, script
    from connector.settings import load

    settings = load(args.config)
    wanted = rights(settings)
    if args.json:
        print_json(
            {
                "user": settings.instance.auth.user,
                "role": ROLE,
                "contains": list(roles(wanted)),
                "rights": [{**right._asdict(), "given_by": right.given_by} for right in wanted],
            }
        )
        return DONE
    if args.script:
        print(script(settings), end="")
        return DONE
    wide = max(len(right.table) for right in wanted)
    deep = max(len(right.operation) for right in wanted)
    print(f'The account "{settings.instance.auth.user}": web service access only, time zone GMT.')
    print(f"Its role {ROLE} contains: {', '.join(roles(wanted))}.")
    print()
    for right in wanted:
        given = f"; given by {right.given_by}" if right.given_by else ""
        only = "; passes go on without" if right.optional else ""
        columns = ", ".join(right.columns) or "all"
        print(f"{right.table:<{wide}}  {right.operation:<{deep}}  {columns}  ({right.why}{given}{only})")
    print()
    print("sn_incident_write opens more columns than are listed: the connector sends no other, and an access")
    print("rule on a single shared column would close that column to everybody else.")
    print(f"As a script for the instance: desk-connector rights {args.config} --script")
    return DONE
