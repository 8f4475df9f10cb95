"""``sandbox replay``: a real desk's audit log in the sandbox, with the connector enforcing its policies."""

import argparse
from contextlib import closing
from typing import TYPE_CHECKING, Any

from connector.cli.option import add_json, whole

if TYPE_CHECKING:
    from rich.console import Console

    from connector.cli.rehearsal import Rehearsal, Tally
    from connector.settings import Settings

SUMMARY = "play an incident audit log into the sandbox with the connector at work"

QUIET_AFTER = 14 * 86400
"""Seconds after the last event until which obligations that still run are followed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--log", required=True, help="the log, CSV or CSV.gz")
    parser.add_argument(
        "--config", help="configuration; by default the example, with the log's own groups as desks"
    )
    parser.add_argument("--zone", default="UTC", help="zone of the log's times (default UTC)")
    parser.add_argument("--days", type=whole, metavar="N", help="only so many days from the first event")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if a pass failed or the last plan is not empty; 2 for a log that is none."""
    from pathlib import Path
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from connector.cli.rehearsal import connected, enforced
    from connector.cli.terminal import console as make_console
    from connector.cli.terminal import print_json
    from connector.clock import SimulatedClock, SystemClock
    from connector.errors import SettingsError
    from connector.sandbox.instance import Instance
    from connector.sandbox.log import UnreadableLog
    from connector.sandbox.replay import Replay
    from connector.sandbox.rest import Rest

    try:
        ZoneInfo(args.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f'--zone "{args.zone}" is not an IANA time zone; write one such as "Europe/Lisbon"'
        ) from None
    console = make_console(stderr=args.json)
    real = SystemClock()
    began = real.monotonic()
    settings = _settings(args.config)
    clock = SimulatedClock(0)
    with closing(Instance(now=clock.now)) as instance:
        rest = Rest(instance)
        # Five cookies a request, which nobody here needs, are a quarter of its cost.
        rest.manner.sessions = False
        try:
            with console.status(f"reading {args.log}"):
                replay = Replay(instance, Path(args.log), zone=args.zone, set_time=clock.set)
        except OSError as error:
            raise SettingsError(f"--log {args.log}: cannot be read: {error.strerror or error}") from None
        except UnreadableLog as error:
            raise SettingsError(f"--log {args.log}: not an incident audit log: {error}") from None
        first = replay.next_at()
        if first is None:
            raise SettingsError(f"--log {args.log}: holds no event")
        clock.set(first - first % 300 - 300)
        settings = enforced(settings, url=instance.base_url, adopt_from=clock.now())
        console.print(
            f"{args.log}: {replay.incidents:,} incidents, {replay.events:,} events; "
            f"{len(settings.policies)} policies, all enforced; a pass every "
            "5 simulated minutes while anything happens.",
            highlight=False,
        )
        with connected(settings, instance, rest, replay, clock) as rehearsal:
            _play(console, rehearsal, replay, first, args.days)
            result = _close(rehearsal, replay, real.monotonic() - began)
    if args.json:
        print_json(result, indent=1)
    else:
        _print(console, rehearsal.tally, result)
    return 1 if result["failed_passes"] or result["left_to_do"] else 0


def _settings(path: str | None) -> "Settings":
    """The configuration named, or the example with the desks of the log and the policies about incidents: it
    holds no changes, calls or dates, which would only be asked for in vain.
    """
    import tomllib
    from pathlib import Path

    from connector.cli.example import example_path
    from connector.settings import load
    from connector.settings.table import Desk, Kpi

    if path:
        return load(path)
    settings = load(example_path())
    overlay = tomllib.loads((Path(__file__).parent / "replay.toml").read_text(encoding="utf-8"))
    desks = tuple(Desk.model_validate(desk) for desk in overlay["desk"])
    safety = settings.safety.model_copy(update={"max_changes": 5000, "share_from": 5000})
    policies = tuple(policy for policy in settings.policies if policy.about() == "incident")
    return settings.model_copy(
        update={"desks": desks, "kpi": Kpi(**overlay["kpi"]), "safety": safety, "policies": policies}
    )


def _play(console: "Console", rehearsal: "Rehearsal", replay: Any, first: int, days: int | None) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    until = first + days * 86400 if days else None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("events", total=replay.events)
        over = None
        for report in rehearsal.passes(until=until):
            progress.update(task, completed=rehearsal.tally.events)
            if over is None and replay.next_at() is None:
                over = report.at
            if over is not None and report.at > over + QUIET_AFTER:
                break


def _close(rehearsal: "Rehearsal", replay: Any, seconds: float) -> dict[str, Any]:
    """The result as data; after two more passes, in which the last writes are confirmed."""
    from connector.reconcile import run_pass

    world, settings, tally = rehearsal.world, rehearsal.settings, rehearsal.tally
    now = rehearsal.clock.now()
    for _ in range(2):
        tally.add(run_pass(world, settings, now, apply=True))
    last = run_pass(world, settings, now, apply=False, full=True)
    marks = last.verdicts
    return {
        "incidents": replay.incidents,
        "events": tally.events,
        "passes": tally.passes,
        "requests": tally.requests,
        "by_table": dict(world.gateway.by_table),
        "judged": tally.judged,
        "writes": dict(tally.answers),
        "created": dict(tally.created),
        "changes_by_policy": dict(tally.changes),
        "notes_by_policy": dict(tally.notes),
        "escalated": len(tally.escalated),
        "late": len(tally.breached),
        "callbacks": tally.created["callback"],
        "verdicts": {f"{policy}: {reason}": count for (policy, reason), count in sorted(marks.items())},
        "quarantined_now": len(world.store.quarantined()),
        "failed_passes": sum(tally.troubles.values()),
        "troubles": dict(tally.troubles),
        "left_to_do": len(last.plan.changes) + len(last.plan.conflicts) + len(last.plan.refused),
        "seconds": round(seconds, 1),
    }


def _print(console: "Console", tally: "Tally", result: dict[str, Any]) -> None:
    from connector.cli.view import by_count, counts_table

    rows = [
        ("incidents", f"{result['incidents']:,}"),
        ("events played", f"{result['events']:,}"),
        ("passes", f"{result['passes']:,}"),
        ("tickets judged", f"{result['judged']:,}"),
        ("escalated to another tier", f"{result['escalated']:,}"),
        ("late by their limits", f"{result['late']:,}"),
        ("call-back tasks drawn", f"{result['callbacks']:,}"),
        ("quarantined at the end", f"{result['quarantined_now']:,}"),
        ("requests", f"{result['requests']:,}"),
        ("failed passes", f"{result['failed_passes']:,}"),
        ("changes the next plan still holds", f"{result['left_to_do']:,}"),
        ("seconds", f"{result['seconds']:,}"),
    ]
    console.print(counts_table("The replay", rows, ("", "")))
    console.print(counts_table("Records written, by policy", by_count(tally.changes), ("policy", "records")))
    console.print(counts_table("Work notes, by policy", by_count(tally.notes), ("policy", "records")))
    console.print(counts_table("Records created", by_count(tally.created), ("kind", "records")))
    console.print(
        counts_table("Where the tickets stand", by_count(result["verdicts"]), ("policy: verdict", "tickets"))
    )
    console.print(counts_table("Requests, by table", by_count(result["by_table"]), ("table", "requests")))
