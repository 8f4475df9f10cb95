"""``uninstall``: takes back what ``install`` made; shown first, done with ``--yes``."""

import argparse
from typing import TYPE_CHECKING

from connector.cli.admin import add_admin, admin_gateway
from connector.cli.exit import DONE, FORESEEN, TO_DO
from connector.cli.install import document, print_end, print_steps, said_alone, succeeded
from connector.cli.option import add_config, add_json, count

if TYPE_CHECKING:
    from connector.install import Done

SUMMARY = "take back what install made; a column that holds something only if it is named"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --yes, --drop, --admin, --json."""
    add_config(parser)
    parser.add_argument("--yes", action="store_true", help="do it; needs --admin")
    parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="TABLE.COLUMN",
        help="remove this column although records hold something there, which is lost; as often as needed",
    )
    add_admin(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 nothing to take back, or done; 4 something to take back; 1 unfinished."""
    from connector.errors import SettingsError
    from connector.install import Kind, blueprint, carry_out, filled, survey, to_remove
    from connector.settings import load

    settings = load(args.config)
    if args.yes and not args.admin:
        return said_alone(
            "--yes needs --admin USER: the connector's own account may not remove columns", args
        )
    pieces = blueprint(settings)
    known = {piece.name for piece in pieces if piece.kind is Kind.COLUMN}
    for name in args.drop:
        if name not in known and name not in {each.partition(".")[2] for each in known}:
            raise SettingsError(
                f"--drop: install makes no column {name}; it makes {', '.join(sorted(known))}"
            )
    done: list[Done] = []
    with admin_gateway(args, settings, pieces) as gateway:
        found = survey(pieces, gateway)
        steps = to_remove(pieces, found, filled(pieces, found, gateway), args.drop)
        if args.yes:
            done = list(carry_out(steps, gateway))
    wanted = sum(step.writes for step in steps)
    if args.json:
        from connector.cli.terminal import print_json

        print_json(document(steps, done))
    else:
        print_steps(steps, done, everything=True)
        if not wanted:
            print("There is nothing to take back.")
        elif args.yes:
            print_end(done, wanted, f"desk-connector uninstall {args.config} --admin {args.admin} --yes")
        else:
            print(f"{count(wanted, 'record')} to remove. Nothing was removed; --yes --admin USER removes it.")
    if args.yes:
        return DONE if succeeded(done) == wanted else FORESEEN
    return TO_DO if wanted else DONE
