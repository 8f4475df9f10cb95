"""``enforce``: let policies write, one by one: the line that changes, and what the first pass would write."""

import argparse
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE, FORESEEN, TO_DO
from connector.cli.option import add_config, add_json, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reconcile import PassReport
    from connector.settings import Settings
    from connector.settings.mode import Edit, Mode

SUMMARY = "let a policy write, for some desks or from a day on: show what changes, or change it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, POLICY …, --desk, --from, --observe, --write, --offline, --json."""
    add_config(parser)
    parser.add_argument("policy", nargs="*", metavar="POLICY", help="names; without one: how each stands")
    parser.add_argument(
        "--desk", action="append", default=[], metavar="NAME", help="only tickets of this desk; repeat it"
    )
    parser.add_argument(
        "--from", dest="since", metavar="DAY", help="only tickets opened from this day on, as 2026-03-01"
    )
    parser.add_argument("--observe", action="store_true", help="the way back: only observe again")
    parser.add_argument("--write", action="store_true", help="change the file; without it it is only shown")
    parser.add_argument(
        "--offline", action="store_true", help="do not ask the instance what the first pass would write"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: changed, or nothing to change; 4: shown, and --write would do it; 1: no answer."""
    from connector.cli.terminal import print_json
    from connector.settings import load
    from connector.settings.mode import toml_of, with_modes, write_text

    settings = load(args.config)
    if not args.policy:
        return _stand(settings, args)
    wanted = {name: _wanted(settings, name, args) for name in dict.fromkeys(args.policy)}
    fresh, edits = with_modes(settings, wanted)
    report, trouble = (None, "") if args.offline or not edits else _first_pass(fresh)
    if args.write and edits:
        write_text(settings.path, fresh.text)
    if args.json:
        print_json(
            {
                "file": str(settings.path),
                "modes": {name: toml_of(mode) for name, mode in wanted.items()},
                "edits": [edit._asdict() for edit in edits],
                "written": bool(args.write and edits),
                "first_pass": _counts(report, wanted) if report is not None else None,
                "trouble": trouble,
            }
        )
    else:
        _print(settings, edits, report, wanted, args)
        if trouble:
            print(f"what the first pass would write could not be asked for: {trouble}")
    if not edits or args.write:
        return DONE
    return FORESEEN if trouble else TO_DO


def _stand(settings: "Settings", args: argparse.Namespace) -> int:
    from connector.cli.terminal import print_json

    modes = {policy.name: str(policy.mode) for policy in settings.policies}
    if args.json:
        print_json({"file": str(settings.path), "modes": modes})
        return DONE
    width = max(map(len, modes), default=0)
    for name, mode in modes.items():
        print(f"{name:<{width}}  {mode}")
    print(
        f"\nwhat the observing ones would have written: desk-connector review {args.config}"
        f"\nto let one write: desk-connector enforce {args.config} POLICY [--desk NAME] [--from DAY]"
    )
    return DONE


def _wanted(settings: "Settings", name: str, args: argparse.Namespace) -> "Mode":
    """The mode that is asked for; desks are added to those of now, or with --observe taken from them."""
    from datetime import date

    from connector.errors import SettingsError
    from connector.rules.base import Partly, partly
    from connector.settings.spelling import nearest

    names = [policy.name for policy in settings.policies]
    if name not in names:
        raise SettingsError(
            f'no policy "{name}"{nearest(name, names, quote=True) or "; there are " + ", ".join(names)}'
        )
    desks = [desk.name for desk in settings.desks]
    for desk in args.desk:
        if desk not in desks:
            guess = nearest(desk, desks, quote=True) or "; there are " + ", ".join(desks)
            raise SettingsError(f'--desk: no desk "{desk}"{guess}')
    if args.observe and args.since:
        raise SettingsError("--observe and --from: say one of them")
    now = next(policy.mode for policy in settings.policies if policy.name == name)
    here = list(now.desks or desks) if isinstance(now, Partly) else desks if now == "enforce" else []
    since = now.since if isinstance(now, Partly) else None
    if args.since:
        try:
            since = date.fromisoformat(args.since)
        except ValueError:
            raise SettingsError(f'--from: "{args.since}" is not a day; write it as 2026-03-01') from None
    if args.observe:
        left = [desk for desk in here if desk not in args.desk] if args.desk else []
        return partly(left, since) if left else "observe"
    if args.desk:
        if now == "enforce" or (isinstance(now, Partly) and not now.desks):
            here = []  # until now everywhere; now only there
        several = tuple(desk for desk in desks if desk in here or desk in args.desk)
        return partly(several, since)
    return partly((), since) if args.since else "enforce"


def _first_pass(fresh: "Settings") -> "tuple[PassReport | None, str]":
    """The plan with the new modes, or why there is none."""
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.errors import ConnectorError
    from connector.reconcile import run_pass

    try:
        with shown("signing in") as watch, opened(fresh) as world:
            report = run_pass(world, fresh, world.clock.now(), apply=False, full=True, watch=watch)
    except ConnectorError as error:
        return None, str(error)
    return report, report.trouble


def _counts(report: "PassReport", names: "Any") -> dict[str, Any]:
    changes = report.plan.by_policy()
    return {name: {"changes": changes[name], "held": report.plan.refused.get(name, "")} for name in names} | {
        "conflicts": len(report.plan.conflicts)
    }


def _print(
    settings: "Settings",
    edits: "Sequence[Edit]",
    report: "PassReport | None",
    wanted: "dict[str, Mode]",
    args: argparse.Namespace,
) -> None:
    from connector.settings.mode import toml_of

    if not edits:
        print(
            f"{settings.path}: says so already: " + ", ".join(f"{n} {toml_of(m)}" for n, m in wanted.items())
        )
        return
    for edit in edits:
        print(f"{settings.path}:{edit.line}:")
        for sign, text in (("-", edit.before), ("+", edit.after)):
            for line in text.splitlines():
                print(f"  {sign} {line}")
    if report is not None:
        changes = report.plan.by_policy()
        for name in wanted:
            held = report.plan.refused.get(name)
            print(held or f"{name}: its first pass would write {count(changes[name], 'change')}")
        if report.plan.conflicts:
            print(f"{count(len(report.plan.conflicts), 'conflict')}: neither side is written; see plan")
    if args.write:
        print(
            f"written. What comes: desk-connector plan {args.config}. A running connector takes it with "
            "SIGHUP (systemctl reload desk-connector)"
        )
    else:
        print("nothing was changed; --write changes the file")
