"""``install``: what the instance needs for a configuration; shown first, made with ``--yes``."""

import argparse
from typing import TYPE_CHECKING, Any

from connector.cli.admin import add_admin, admin_gateway
from connector.cli.exit import DONE, FORESEEN, REFUSED, SETTINGS, TO_DO
from connector.cli.option import add_config, add_json, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.install import Done, Found, Piece, Step
    from connector.settings import Settings

SUMMARY = "columns, choices, saved lists and reports of the instance: show what is missing, or make it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --yes or --verify, --admin, --json."""
    add_config(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--plan", action="store_true", help="show what would be made; nothing is written (default)"
    )
    what.add_argument("--yes", action="store_true", help="make it; needs --admin")
    what.add_argument(
        "--verify", action="store_true", help="is all of it there, and as it was made? exit 1 if not"
    )
    what.add_argument(
        "--update-set",
        metavar="FILE",
        help="write it as an update set (XML), and beside it a page of what is done by hand; sends nothing",
    )
    parser.add_argument(
        "--force", action="store_true", help="with --update-set: replace files that are there"
    )
    add_admin(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 nothing to do, or done; 4 something to do; 3 a column is in the way; 1 unfinished, or not there."""
    from connector.install import Action, blueprint, carry_out, survey, to_install, updates
    from connector.settings import load

    settings = load(args.config)
    if args.yes and not args.admin:
        return said_alone("--yes needs --admin USER: the connector's own account may not make columns", args)
    pieces = blueprint(settings)
    if args.update_set:
        return _write(args, settings, pieces)
    done: list[Done] = []
    with admin_gateway(args, settings, pieces) as gateway:
        found = survey(pieces, gateway)
        steps = to_install(pieces, found)
        refused = any(step.action is Action.REFUSE for step in steps)
        if args.yes and not refused and found.loaded != "loaded":
            done = list(carry_out(steps, gateway))
    if args.json:
        from connector.cli.terminal import print_json

        print_json({"update_set": found.loaded, **document(steps, done)})
    else:
        _print(args, steps, done, found, len(updates(pieces)))
    missing = [step for step in steps if step.writes]
    if refused or (args.yes and found.loaded == "loaded"):
        return REFUSED
    if args.verify:
        drifted = any(step.action is Action.DRIFT for step in steps)
        return FORESEEN if missing or drifted else DONE
    if args.yes:
        return DONE if succeeded(done) == len(missing) else FORESEEN
    return TO_DO if missing else DONE


def _write(args: argparse.Namespace, settings: "Settings", pieces: "tuple[Piece, ...]") -> int:
    """The update set and its page, both or none where one is there already."""
    from pathlib import Path

    from connector.cli.terminal import print_json
    from connector.clock import SystemClock
    from connector.errors import Refused, SettingsError
    from connector.install import manual, name_of, update_set, updates

    path = Path(args.update_set)
    page = path.with_suffix(".md")
    if path == page:
        raise SettingsError(
            f"--update-set: {path}: name a file that ends in .xml; the page beside it ends in .md"
        )
    there = [str(each) for each in (path, page) if each.exists()]
    if there and not args.force:
        raise Refused(f"{' and '.join(there)} is there already; name another file, or --force replaces it")
    try:
        path.write_text(update_set(pieces, SystemClock().now()), encoding="utf-8")
        page.write_text(manual(settings, pieces, path.name), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--update-set: {error.filename}: {error.strerror}") from None
    number = len(updates(pieces))
    if args.json:
        print_json({"file": str(path), "page": str(page), "name": name_of(pieces), "updates": number})
    else:
        print(f'{path}: the update set "{name_of(pieces)}", {count(number, "update")}')
        print(f"{page}: how it is loaded, and what is done by hand: account, role, access rules")
    return DONE


def said_alone(text: str, args: argparse.Namespace) -> int:
    """One error of the command line; the exit code for it."""
    import sys

    if args.json:
        from connector.cli.terminal import print_json

        print_json({"error": text, "problems": [text], "exit": SETTINGS})
    print(text, file=sys.stderr)
    return SETTINGS


def succeeded(done: "Sequence[Done]") -> int:
    """Steps after which the instance is as they wanted."""
    return sum(not each.trouble for each in done)


def _print(
    args: argparse.Namespace, steps: "Sequence[Step]", done: "Sequence[Done]", found: "Found", expected: int
) -> None:
    from connector.install import Action

    print_steps(steps, done, everything=args.verify)
    if found.loaded == "loaded":
        print(
            "An update set of ours is loaded on the instance and not committed. Commit it, or delete it "
            "under Retrieved Update Sets, and come again: the same records twice would only collide."
        )
    elif found.loaded:
        print(f"An update set of ours lies on the instance ({found.loaded}).")
    if found.loaded and found.children is not None and found.children < expected:
        print(
            f"It holds {found.children} updates, and {expected} are wanted: it came from another "
            "configuration, or not all of it was loaded; a commit would not say so. Load the file again."
        )
    missing = sum(step.writes for step in steps)
    refused = sum(step.action is Action.REFUSE for step in steps)
    if refused:
        print(f"{count(refused, 'column')} in the way; nothing was written.")
    elif args.yes and missing and found.loaded != "loaded":
        print_end(done, missing, f"desk-connector install {args.config} --admin {args.admin} --yes")
    elif not missing:
        drifted = sum(step.action is Action.DRIFT for step in steps)
        print(
            f"All {len(steps)} pieces are there"
            + (
                f"; {drifted} of them differ{'s' if drifted == 1 else ''} from what install makes."
                if drifted
                else "."
            )
        )
    elif args.verify:
        print(f"{missing} of {len(steps)} pieces are missing or have to be mended.")
    else:
        made = sum(step.action is Action.KEEP for step in steps)
        begun = f" {made} are there already." if made else ""
        print(
            f"{count(missing, 'record')} to write.{begun} Nothing was written; --yes --admin USER writes it."
        )


def print_steps(steps: "Sequence[Step]", done: "Sequence[Done]", *, everything: bool) -> None:
    """A line for each step that writes or is worth a word; with ``everything``, for all."""
    from connector.install import Action

    answers = {id(each.step): each.trouble for each in done}
    for step in steps:
        if step.action is Action.KEEP and not everything:
            continue
        came = ""
        if id(step) in answers:
            came = f": {answers[id(step)]}" if answers[id(step)] else ": done"
        print(f"{step.action:<8} {step.piece.kind:<10} {step.piece.name}  ({step.detail}){came}")


def print_end(done: "Sequence[Done]", wanted: int, again: str) -> None:
    """How it ended; where it did not, how to go on."""
    good = succeeded(done)
    if good == wanted:
        print(f"{count(good, 'record')} written; all of it is done.")
        return
    print(
        f"UNFINISHED: {good} of {wanted} records written. What is written is known again: put right what is "
        f"said above, then go on with: {again}"
    )


def document(steps: "Sequence[Step]", done: "Sequence[Done]") -> dict[str, Any]:
    """The steps for programs."""
    answers = {id(each.step): each.trouble for each in done}
    return {
        "finished": all(id(step) in answers and not answers[id(step)] for step in steps if step.writes),
        "steps": [
            {
                "action": step.action.value,
                "kind": step.piece.kind.value,
                "name": step.piece.name,
                "table": step.piece.table,
                "sys_id": step.sys_id,
                "fields": dict(step.fields),
                "detail": step.detail,
                "done": not answers[id(step)] if id(step) in answers else None,
                "trouble": answers.get(id(step), ""),
            }
            for step in steps
        ],
    }
