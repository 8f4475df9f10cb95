"""``retire``: leave an instance, its columns cleared or as they are, a plan first; then it stays stopped."""

import argparse
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE, FORESEEN, TO_DO
from connector.cli.option import add_config, add_json, count

if TYPE_CHECKING:
    from connector.reconcile.retirement import Cleared, Holding
    from connector.settings import Settings

SUMMARY = "leave the instance: clear our columns or leave them, a plan first; then it does not start again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --clear or --leave, --resolved, --apply, --return, --json."""
    add_config(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--clear", action="store_true", help="empty the columns of [columns] on every ticket")
    what.add_argument("--leave", action="store_true", help="leave everything as it is")
    what.add_argument("--return", dest="back", action="store_true", help="come back: it may start again")
    parser.add_argument(
        "--resolved", action="store_true", help="clear resolved tickets too; that can postpone their closing"
    )
    parser.add_argument("--apply", action="store_true", help="do it; without it is only shown")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for whoever finds it")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: done; 4: shown only; 1: something could not be cleared; 3: another connector runs."""
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.clock import SystemClock
    from connector.daemon import only_one
    from connector.errors import Refused, SettingsError
    from connector.reconcile import halt, halted, lift
    from connector.reconcile.retirement import clear, holding
    from connector.settings import load

    settings = load(args.config)
    if args.back:
        said = lift(settings, "retired")
        print(
            "it may start again; what was cleared is written anew, notes too"
            if said
            else "it was not retired"
        )
        return DONE
    if args.apply and not (args.clear or args.leave):
        raise SettingsError("--apply: say --clear or --leave; without --apply both are shown")
    if not args.apply:
        with shown("signing in"), opened(settings) as world:
            found = holding(world, settings)
        _tell(found, None, settings, args)
        return TO_DO
    standing = halted(settings)
    if args.clear and standing is not None and standing.kind != "retired":
        raise Refused(standing.told(settings))
    with only_one(settings.store_path.with_suffix(".lock")), shown("signing in") as watch:
        # First: whatever happens on the way, no pass may fill again what was cleared.
        halt(settings, "retired", args.reason, SystemClock().now())
        cleared = None
        if args.clear:
            with opened(settings) as world:
                cleared = clear(world, settings, world.clock.now(), resolved=args.resolved, watch=watch)
    _tell(None, cleared, settings, args)
    if cleared is None:
        return DONE
    return FORESEEN if cleared.trouble or cleared.details else TO_DO if cleared.waiting else DONE


def _tell(
    found: "Holding | None", cleared: "Cleared | None", settings: "Settings", args: argparse.Namespace
) -> None:
    from connector.cli.terminal import print_json

    if args.json:
        told: dict[str, Any] = {"retired": args.apply}
        told |= {} if found is None else {"holding": found._asdict()}
        told |= {} if cleared is None else {"cleared": cleared._asdict()}
        print_json(told)
    elif found is not None:
        _plan(found, settings, args)
    else:
        _done(cleared, settings, args)


def _plan(found: "Holding", settings: "Settings", args: argparse.Namespace) -> None:
    print(f"{count(found.tickets, 'ticket')} with something of ours on {settings.instance.url}:")
    for column, number in sorted(found.columns.items()):
        print(f"  {column:<24} {number:>9,}")
    if not args.leave:
        waits = found.resolved and not args.resolved
        print(
            f"--clear empties them: {count(found.tickets - (found.resolved if waits else 0), 'write')}"
            + (
                f"; {count(found.resolved, 'resolved ticket')} wait until they are closed, then run it again "
                "(--resolved does not wait)"
                if waits
                else ""
            )
        )
    if not args.clear:
        print("--leave writes nothing: the columns keep what they say now")
    print(
        f"both leave work notes, articles and {count(found.tasks, 'open task')} to people, and then it does "
        "not start any more. Nothing was written; --apply does it. A running connector must be stopped before"
    )


def _done(cleared: "Cleared | None", settings: "Settings", args: argparse.Namespace) -> None:
    if cleared is not None:
        told = ", ".join(f"{number:,} {answer}" for answer, number in sorted(cleared.answers.items()))
        print(f"cleared: {told or 'nothing was to be cleared'}")
        for detail in cleared.details:
            print(f"  {detail}")
        if cleared.trouble:
            print(f"ended early: {cleared.trouble}")
        if cleared.waiting:
            print(f"{count(cleared.waiting, 'resolved ticket')} wait until they are closed")
        if cleared.trouble or cleared.waiting or cleared.details:
            print(f"to go on: desk-connector retire {args.config} --clear --apply")
    print(
        f"retired: run and apply do not start any more (back: desk-connector retire {args.config} --return). "
        f"The journal is in {settings.store_path}; keep it as long as you must, then delete it. On the "
        "instance remain the columns, the account and its role"
    )
