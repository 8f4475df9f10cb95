"""``review``: what policies that only observe would have written so far; the step before ``enforce``."""

import argparse
from contextlib import closing
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE, FORESEEN
from connector.cli.option import add_config, add_json, add_limit, age, clock_time, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.reconcile import Noisy, PolicyReview, Review
    from connector.settings import Settings

SUMMARY = (
    "what would have been written while policies only observed: per policy, the noisiest tickets and people"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --since, --policy, --offline, --limit, --json."""
    add_config(parser)
    parser.add_argument("--since", metavar="DAY", help="count from this day on, as 2026-03-01")
    parser.add_argument("--policy", metavar="NAME", help="of one policy: also why, and notes to read")
    parser.add_argument(
        "--offline", action="store_true", help="do not ask the instance for names of people and groups"
    )
    add_limit(parser)
    parser.set_defaults(limit=10)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 there is something to look at, also if it is that nothing would have been written; 1 no pass yet."""
    from connector.cli.opening import in_order
    from connector.cli.terminal import console, print_json
    from connector.clock import SystemClock
    from connector.errors import SettingsError
    from connector.reconcile import review
    from connector.settings import load
    from connector.sync.store import Store

    settings = load(args.config)
    names = [policy.name for policy in settings.policies]
    if args.policy is not None and args.policy not in names:
        raise SettingsError(f'--policy: no policy "{args.policy}"; there are {", ".join(names)}')
    since = _since(args.since, settings)
    passes = []
    found = None
    if settings.store_path.exists():
        with in_order(settings), closing(Store(settings.store_url)) as store:
            found, passes = review(store, settings, since), store.last_passes(1)
    if found is None or not passes:
        print(f"no pass yet; begin with: desk-connector run {args.config}, and let it observe for a week")
        return FORESEEN
    known, trouble = ({}, "") if args.offline else _names(settings, found)
    if args.json:
        print_json(_as_json(found, known, args.limit), indent=1)
    else:
        _print(console(), found, settings, known, args, SystemClock().now())
        if trouble:
            print(f"names of people and groups could not be asked for: {trouble}")
    return DONE


def _since(day: str | None, settings: "Settings") -> int:
    from zoneinfo import ZoneInfo

    from connector.cli.option import day_begins

    return 0 if day is None else day_begins("--since", day, ZoneInfo(settings.instance.zone))


def _names(settings: "Settings", found: "Review") -> tuple[dict[str, str], str]:
    """sys_id → name of the noisiest people and groups, or why they could not be asked for."""
    from connector.errors import ConnectorError
    from connector.reconcile import open_gateway

    people = [each.key for each in found.people[:100]]
    teams = [each.key for each in found.teams[:100]]
    if not people and not teams:
        return {}, ""
    try:
        gateway = open_gateway(settings, patient=False)
        try:
            rows = {
                **gateway.by_ids("sys_user", people, ["sys_id", "name"]),
                **gateway.by_ids("sys_user_group", teams, ["sys_id", "name"]),
            }
        finally:
            gateway.close()
    except ConnectorError as error:
        return {}, str(error)
    return {sys_id: row["name"] for sys_id, row in rows.items() if row.get("name")}, ""


def _print(
    out: "Console",
    found: "Review",
    settings: "Settings",
    names: dict[str, str],
    args: argparse.Namespace,
    now: int,
) -> None:
    zone = settings.instance.zone
    if found.since is None:
        out.print("nothing would have been written so far", highlight=False)
    else:
        begun = clock_time(found.since, zone)
        out.print(f"observed since {begun} ({age(now - found.since)})", highlight=False)
    policies = [one for one in found.policies if args.policy in (None, one.name)]
    out.print(_policies_table(policies))
    for one in policies:
        _remarks(out, one, settings)
    if args.policy is not None:
        _closer(out, policies[0], args.limit)
    else:
        for title, noisy in (
            ("noisiest tickets", found.tickets),
            ("noisiest people", found.people),
            ("noisiest groups", found.teams),
        ):
            if noisy:
                out.print(_noisy_table(title, noisy, names, args.limit))
    out.print(
        "What a policy would have moved was not moved: what would have followed from that is not counted.\n"
        + _advice(found, args),
        style="dim",
        highlight=False,
        markup=False,
    )


def _policies_table(policies: "Sequence[PolicyReview]") -> Any:
    from connector.cli.view import counts_table

    return counts_table(
        "would have been written, by policy",
        [
            (
                one.name,
                one.mode,
                f"{len(one.tickets):,}",
                f"{one.writes:,}",
                *(f"{one.kinds[kind]:,}" for kind in ("note", "set", "create", "keep")),
                f"{one.greatest[1]:,}" if one.greatest else "–",
            )
            for one in policies
        ],
        ("policy", "mode", "tickets", "writes", "notes", "moves", "records", "fields", "most in a pass"),
        text=(0, 1),
    )


def _remarks(out: "Console", one: "PolicyReview", settings: "Settings") -> None:
    zone = settings.instance.zone

    def say(text: str) -> None:
        out.print(f"  {one.name}: {text}", highlight=False, markup=False, soft_wrap=True)

    if one.held and one.greatest is not None:
        at, most = one.greatest
        say(
            f"the brake would have held it at {clock_time(at, zone)}: {most:,} tickets in one pass, "
            f"{one.held}. Enforce it from a day on, or set adopt_from later"
        )
    elif (
        one.first is not None and len(one.passes) > 1 and one.passes[one.first] * 2 > sum(one.passes.values())
    ):
        say(
            f"more than half of it in its first pass, {clock_time(one.first, zone)}: that was the backlog. "
            "Enforced from a day on, only tickets opened since are touched"
        )
    if one.other_settings:
        say(f"{count(one.other_settings, 'write')} not counted: it was set otherwise then")


def _closer(out: "Console", one: "PolicyReview", limit: int) -> None:
    from connector.cli.view import by_count, counts_table

    reasons = by_count(one.reasons)
    if reasons:
        out.print(counts_table("why", reasons[: limit or None], ("reason", "writes")))
    for number, note in one.notes.items():
        out.print(number, style="bold cyan", highlight=False, markup=False)
        out.print(note, highlight=False, markup=False, soft_wrap=True)


def _noisy_table(title: str, noisy: "Sequence[Noisy]", names: dict[str, str], limit: int) -> Any:
    from connector.cli.view import counts_table

    rows = [
        (
            names.get(each.key, each.key),
            f"{each.heard:,}",
            f"{each.kept:,}",
            ", ".join(f"{name} {number:,}" for name, number in each.policies.most_common()),
        )
        for each in noisy[: limit or None]
    ]
    return counts_table(title, rows, ("", "heard", "fields", "of which policies"), text=(0, 3))


def _advice(found: "Review", args: argparse.Namespace) -> str:
    observing = [one.name for one in found.policies if one.mode != "enforce"]
    if args.policy is None and observing:
        return (
            f"closer: desk-connector review {args.config} --policy {observing[0]}\n"
            f"to let it be written: desk-connector enforce {args.config} {observing[0]}"
        )
    if args.policy in observing:
        return f"to let it be written: desk-connector enforce {args.config} {args.policy}"
    return "what is written since a policy is enforced: desk-connector explain, for one ticket"


def _as_json(found: "Review", names: dict[str, str], limit: int) -> dict[str, Any]:
    def noisy(several: "Sequence[Noisy]") -> list[dict[str, Any]]:
        return [
            {
                "key": each.key,
                "name": names.get(each.key, ""),
                "heard": each.heard,
                "kept": each.kept,
                "policies": dict(each.policies),
            }
            for each in several[: limit or None]
        ]

    return {
        "since": found.since,
        "policies": [
            {
                "name": one.name,
                "rule": one.rule,
                "mode": one.mode,
                "tickets": len(one.tickets),
                "writes": one.writes,
                "notes": one.kinds["note"],
                "moves": one.kinds["set"],
                "records": one.kinds["create"],
                "fields": one.kinds["keep"],
                "clauses": dict(one.clauses),
                "greatest": None if one.greatest is None else list(one.greatest),
                "held": one.held,
                "other_settings": one.other_settings,
                "reasons": dict(one.reasons),
                "samples": dict(one.notes),
            }
            for one in found.policies
        ],
        "tickets": noisy(found.tickets),
        "people": noisy(found.people),
        "groups": noisy(found.teams),
    }
