"""``demo``: five working days of a believable desk with the connector at work, in under a minute."""

import argparse
import re
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from connector.cli.rehearsal import Rehearsal
    from connector.cli.view import Clockface
    from connector.reconcile import PassReport

SUMMARY = "play five working days of a desk in a sandbox, with every policy enforced"

FIRST_DAY = "2026-03-02"
DAYS = 5
_CHINESE = re.compile("[\u4e00-\u9fff]")

TOLD = 10
"""Lines of what happens that stay on the screen."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--config", help="configuration file; by default the example that comes with it")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another desk (default 7)")


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if the last plan is not empty."""
    from datetime import datetime
    from tempfile import TemporaryDirectory
    from zoneinfo import ZoneInfo

    from connector.cli.example import example_path
    from connector.cli.rehearsal import connected, enforced, rostered
    from connector.cli.terminal import console as make_console
    from connector.cli.view import Clockface
    from connector.clock import SimulatedClock
    from connector.sandbox.desk import Desk
    from connector.sandbox.instance import Instance
    from connector.sandbox.rest import Rest
    from connector.settings import load

    console = make_console()
    path = args.config or example_path()
    settings = load(path)
    zone = ZoneInfo(settings.instance.zone)
    start = int(datetime.fromisoformat(FIRST_DAY).replace(tzinfo=zone).timestamp())
    clock = SimulatedClock(start)
    with closing(Instance(now=clock.now)) as instance:
        rest = Rest(instance)
        # Five cookies a request, which nobody here needs, are a quarter of its cost.
        rest.manner.sessions = False
        desk = Desk(instance, seed=args.seed, start=start, days=DAYS, set_time=clock.set)
        settings = enforced(settings, url=instance.base_url, adopt_from=start)
        people = instance.count("sys_user") - 1
        console.print(
            f"[bold]A desk of the sandbox[/]: {instance.count('sys_user_group')} groups, {people} people, "
            f"five working days from {FIRST_DAY} ({settings.instance.zone}).\n"
            f"{len(settings.policies)} policies of [cyan]{path}[/], all enforced; "
            "a pass every 5 simulated minutes.",
            highlight=False,
        )
        with TemporaryDirectory() as folder:
            settings = rostered(settings, desk, start, DAYS, folder)
            with connected(settings, instance, rest, desk, clock) as rehearsal:
                _play(console, rehearsal, start, Clockface(settings.instance.zone))
                empty = _close(console, rehearsal, start, Clockface(settings.instance.zone))
    return 0 if empty else 1


def _play(console: "Console", rehearsal: "Rehearsal", start: int, time: "Clockface") -> None:
    """Run the days; on a terminal show them live, elsewhere say a line a day."""
    from rich.live import Live

    end = start + DAYS * 86400
    told: deque[str] = deque(maxlen=TOLD)
    day = ""
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        for report in rehearsal.passes(until=end):
            told.extend(f"[dim]{time(report.at)[5:]}[/] {line}" for line in _happenings(rehearsal, report))
            if console.is_terminal:
                live.update(_screen(rehearsal, told, report.at, start, end, time))
            elif (today := time(report.at)[:10]) != day:
                if day:
                    console.print(f"  to {day}: {_counts(rehearsal)}", highlight=False)
                day = today
    console.print("\n[bold]What happened last[/]")
    for line in told:
        console.print(line, highlight=False, no_wrap=True, overflow="ellipsis")
    console.print(_counts(rehearsal), highlight=False)


def _happenings(rehearsal: "Rehearsal", report: "PassReport") -> list[str]:
    """What a bystander would remark on: escalations, breaches, reports, call-backs; not every field."""
    from rich.markup import escape

    groups = rehearsal.world.moment.directory.groups
    lines, calls = [], 0
    for written in report.outcome.written:
        change = written.change
        after = {f.column: f.after for f in change.fields}
        clause = next((b.clause for b in change.because if b.mark), "")
        if change.creates:
            kind = after.get("correlation_display", change.table).removeprefix("desk-policy:")
            calls += kind == "callback"
            what = "" if kind == "callback" else f"[magenta]{escape(kind.replace('_', ' '))} created[/]"
        elif "assignment_group" in after:
            moved = next(f for f in change.fields if f.column == "assignment_group")
            names = [groups[g].name if g in groups else "nobody" for g in (moved.before, moved.after)]
            what = f"[yellow]escalated[/]: {escape(' → '.join(names))}"
        elif "breached" in after.values():
            what = "[red]limit breached[/]"
        elif "work_notes" in after:
            what = f"noted: {escape(_english(after['work_notes']))}"
        else:
            continue
        if what:
            title = escape(_subject(rehearsal, change.ticket, after.get("short_description", ""))[:30])
            lines.append(f"[cyan]{change.number}[/] {title}  {what} [dim]{clause}[/]")
    if calls:
        lines.append(
            f"[magenta]{calls} call-backs drawn[/] among the tickets closed in the period [dim]R-B6[/]"
        )
    return lines


def _subject(rehearsal: "Rehearsal", record: str, created: str) -> str:
    """What the record is about; of the calendar, which is no record, what the task is about."""
    rows = (rehearsal.instance.get(table, record) for table in ("incident", "change_request", "problem"))
    return next((row["short_description"] for row in rows if row), created.rpartition(" / ")[2])


def _english(note: str) -> str:
    """The first English line of a note; the whole note stands on the record."""
    lines = note.splitlines()
    return next((line for line in lines if not _CHINESE.search(line)), lines[0])


def _screen(
    rehearsal: "Rehearsal", told: deque[str], now: int, start: int, end: int, time: "Clockface"
) -> "RenderableType":
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    screen = Table.grid()
    screen.add_column(no_wrap=True, overflow="ellipsis")
    screen.add_row(Text(f"{time(now)}", style="bold"))
    screen.add_row(ProgressBar(total=end - start, completed=now - start, width=60))
    screen.add_row(Text(_counts(rehearsal)))
    for line in told:
        screen.add_row(Text.from_markup(line))
    return screen


def _counts(rehearsal: "Rehearsal") -> str:
    tally = rehearsal.tally
    return (
        f"{rehearsal.instance.count('incident')} tickets, {len(tally.escalated)} escalated, "
        f"{len(tally.breached)} late, {sum(tally.created.values())} records created, "
        f"{sum(tally.notes.values())} notes, {tally.requests} requests in {tally.passes} passes"
    )


def _close(console: "Console", rehearsal: "Rehearsal", start: int, time: "Clockface") -> bool:
    """Scorecard, one ticket in full, where to go on; whether nothing is left to do."""
    from zoneinfo import ZoneInfo

    from rich.panel import Panel
    from rich.rule import Rule
    from rich.text import Text

    from connector.cli.scorecard import print_scorecard
    from connector.cli.view import Legend, by_count, counts_table, print_explanation
    from connector.kpi.period import period_of
    from connector.kpi.scorecard import names_of
    from connector.reconcile import explain, figures_of, run_pass

    world, settings, now = rehearsal.world, rehearsal.settings, rehearsal.clock.now()
    last = run_pass(world, settings, now, apply=True)  # the last writes come back and are confirmed
    written = {policy.name: rehearsal.tally.changes[policy.name] for policy in settings.policies}
    console.print(counts_table("Written in the week, by policy", by_count(written), ("policy", "records")))
    console.print(_silent(written), highlight=False)
    console.print(Rule("The week against its targets"))
    week = period_of(start, "week", ZoneInfo(settings.instance.zone))
    figures = figures_of(world, settings, week, now, scopes=("whole", "desk"), trend=1)
    print_scorecard(console, figures.scores, names_of(world.moment.directory), formulas=False)

    number = _telling(rehearsal)
    if number:
        console.print(Rule(f"One ticket, explained: desk-connector explain {number}"))
        explanation = explain(world, settings, number, now)
        if explanation is not None:
            print_explanation(console, explanation, time, Legend.of(world, settings))
            text = _journal(rehearsal, explanation.ticket.sys_id, time)
            title = "its work notes, as a manager reads them on the record"
            console.print(Panel(Text(text), title=title, title_align="left"))

    left = run_pass(world, settings, now, apply=False, full=True).plan
    console.print(Rule("And now"))
    rest = "nothing is left to do" if left.empty else f"{len(left.changes)} changes are left"
    console.print(
        f"The next plan: {rest}.{' ' + last.trouble if last.trouble else ''}\n\n"
        "  desk-connector sandbox serve --desk        this desk as a server on your machine\n"
        "  desk-connector plan config.example.toml    what the policies would write there, and why\n"
        "  desk-connector explain config.example.toml INC0010001\n"
        "  desk-connector hours --config config.example.toml onsite due --start '2026-10-08 09:00' --for 4h",
        highlight=False,
    )
    return left.empty


def _silent(written: Mapping[str, int]) -> str:
    """Which policies had nothing to do: a silent one may be in order, or can never fire."""
    silent = [name for name, records in written.items() if not records]
    if not silent:
        return f"All {len(written)} policies were at work."
    return f"[yellow]Silent all week[/]: {', '.join(silent)}. `explain` tells of each ticket why."


def _journal(rehearsal: "Rehearsal", sys_id: str, time: "Clockface") -> str:
    """The work notes as the platform shows them: newest first, in the reader's zone, with names."""
    from connector.instant import instant

    people = {row["user_name"]: row["name"] for row in rehearsal.instance.rows("sys_user")}
    return "\n\n".join(
        f"{time(instant(note['sys_created_on']))} - "
        f"{people.get(note['sys_created_by'], note['sys_created_by'])} (Work notes)\n{note['value']}"
        for note in reversed(rehearsal.instance.journal(sys_id))
    )


def _telling(rehearsal: "Rehearsal") -> str:
    """The ticket that shows most: escalated, late, paused, resolved, noted."""
    instance, tally = rehearsal.instance, rehearsal.tally
    account = rehearsal.settings.instance.auth.user

    def worth(row: dict[str, str]) -> tuple[int, str]:
        number = row["number"]
        ours = sum(note["sys_created_by"] == account for note in instance.journal(row["sys_id"]))
        paused = instance.count("sys_audit", f"documentkey={row['sys_id']}^newvalue=3^fieldname=state")
        shows = (number in tally.escalated, number in tally.breached, paused, row["resolved_at"])
        return 2 * sum(map(bool, shows)) + 2 * (number in tally.breached) + min(ours, 4), number

    return max(instance.rows("incident"), key=worth)["number"]
