"""How plans, passes and explanations look on a terminal. Rendering only; nothing is decided here."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connector.cli.option import count

if TYPE_CHECKING:
    from argparse import Namespace

    from rich.console import Console, RenderableType

    from connector.reconcile import Explanation, PassReport, World
    from connector.settings import Settings
    from connector.sync.change import Change, Plan

LONGEST = 100
"""Characters of a value shown in a plan; the whole text is in ``--json``."""


def short(text: str) -> str:
    """One line of a text, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


class Legend:
    """How raw values read: groups and people by name, states by word, instants in the desk's zone."""

    def __init__(
        self,
        time: "Clockface",
        names: Mapping[str, str] | None = None,
        states: Mapping[str, str] | None = None,
    ) -> None:
        self._time = time
        self._names = names or {}
        self._states = states or {}

    @classmethod
    def of(cls, world: "World", settings: "Settings") -> "Legend":
        """What this world and configuration know."""
        directory = world.moment.directory
        people = {person.sys_id: person.name for person in directory.people.values()}
        groups = {group.sys_id: group.name for group in directory.groups.values()}
        states = {raw: str(state) for raw, state in settings.instance.choices.states.items()}
        return cls(Clockface(settings.instance.zone), people | groups, states)

    def __call__(self, column: str, raw: str) -> str:
        """The raw value of a column for people."""
        if not raw:
            return "(empty)"
        if column == "state":
            return self._states.get(raw, raw)
        if _STAMP.fullmatch(raw):
            from connector.instant import instant

            return self._time(instant(raw))
        return self._names.get(raw, short(raw))


_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def change_rows(change: "Change", legend: Legend) -> list[tuple[str, str]]:
    """(what, value) for each field of a change; the marks are our own memory and not worth a line."""
    if change.creates:
        wanted = {f.column: f.after for f in change.fields}
        title = wanted.get("short_description") or wanted.get("source") or ""
        return [(f"+ {change.table}", short(title))]
    rows = []
    for field in change.fields:
        if field.column == "work_notes":
            rows.append(("+ work note", short(field.after)))
        elif field.column == "comments":
            rows.append(("+ comment", short(field.after)))
        elif not field.column.endswith("_marks"):
            after = legend(field.column, field.after)
            before = f"{legend(field.column, field.before)} → " if field.before else ""
            rows.append((field.column, before + after))
    return rows


def because_text(change: "Change") -> str:
    """``urgent-limits (R-C1, R-C3), call-backs (R-D1)``: each policy once, with its clauses."""
    clauses: dict[str, dict[str, None]] = {}
    for because in change.because:
        clauses.setdefault(because.policy, {})[because.clause] = None
    return ", ".join(f"{policy} ({', '.join(sorted(cited))})" for policy, cited in clauses.items())


def print_plan(console: "Console", plan: "Plan", legend: Legend, *, limit: int = 50) -> None:
    """The plan, ticket by ticket, then what is held back; ``limit`` changes of each kind, 0 for all."""
    from rich.markup import escape

    for title, changes in (
        ("would be written", plan.changes),
        ("observed only, never written", plan.observed),
    ):
        if not changes:
            continue
        console.print(f"[bold]{count(len(changes), 'change')} {title}[/]", highlight=False)
        shown = changes[:limit] if limit else changes
        console.print(_changes_table(shown, legend))
        if len(changes) > len(shown):
            more = len(changes) - len(shown)
            console.print(f"  … and {more:,} more; --limit 0 shows all, --json gives all", highlight=False)
    for policy, number in plan.unlisted.items():
        console.print(f"  … and {number:,} more of {escape(policy)}, which only observes", highlight=False)
    for conflict in plan.conflicts:
        column = conflict.field
        wanted = " against ".join(
            f'"{policy}" ({legend(column, value)})' for policy, value in conflict.wanted
        )
        console.print(
            f"[red]conflict[/] {conflict.number} {column}: {escape(wanted)}; neither is written. "
            "Narrow one of them with `when`.",
            highlight=False,
        )
    for message in plan.refused.values():
        console.print(f"[red]held by the brake:[/] {escape(message)}", highlight=False)
    for ticket in plan.full:
        console.print(
            f"[red]marks full[/] {ticket}: its marks column has no room left; nothing is written to it. "
            "Make the column longer.",
            highlight=False,
        )


def _changes_table(changes: Sequence["Change"], legend: Legend) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    # Text, not markup: a group may be called "[red]".
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    last = ""
    for change in changes:
        why = Text(because_text(change), style="green")
        if change.number != last:
            table.add_row(Text(change.number, style="bold cyan"), why)
            why = Text()
        for what, value in change_rows(change, legend):
            told = Text(value, end="").append("  " if why else "").append_text(why)
            table.add_row(Text(f"  {what}", style="dim"), told)
        last = change.number
    return table


def plan_json(plan: "Plan") -> dict[str, Any]:
    """The plan as data: every change with all fields and reasons."""
    return {
        "at": plan.at,
        "changes": [change_json(change) for change in plan.changes],
        "observed": [change_json(change) for change in plan.observed],
        "conflicts": [
            {"number": c.number, "field": c.field, "wanted": dict(c.wanted)} for c in plan.conflicts
        ],
        "refused": dict(plan.refused),
        "unlisted": dict(plan.unlisted),
        "marks_full": list(plan.full),
    }


def change_json(change: "Change") -> dict[str, Any]:
    """One change as data."""
    return {
        "table": change.table,
        "sys_id": change.sys_id,
        "ticket": change.number,
        "creates": change.creates,
        "base": change.base,
        "fields": {f.column: {"before": f.before, "after": f.after} for f in change.fields},
        "because": [b._asdict() for b in change.because],
    }


def report_json(report: "PassReport") -> dict[str, Any]:
    """A pass as data."""
    return {
        "at": report.at,
        "polled": dict(report.polled),
        "judged": report.judged,
        "touched": report.touched,
        "quarantined": report.quarantined,
        "requests": report.requests,
        "trouble": report.trouble,
        "plan": plan_json(report.plan),
        "written": answers(report),
        "halt": None if report.halt is None else report.halt._asdict(),
        "absent": list(report.absent),
    }


def answers(report: "PassReport") -> Counter[str]:
    """Answer → number of writes that ended so."""
    return Counter(str(written.answer) for written in report.outcome.written)


def print_outcome(console: "Console", report: "PassReport") -> None:
    """What became of the writes, and every one that did not go as planned."""
    from rich.markup import escape

    counts = answers(report)
    if counts:
        told = ", ".join(f"{number:,} {answer}" for answer, number in sorted(counts.items()))
        console.print(f"written: {told}", highlight=False)
    for written in report.outcome.written:
        if written.detail and written.answer not in ("written", "found"):
            text = escape(written.detail)
            console.print(
                f"  [yellow]{written.answer}[/] {written.change.number} {written.change.table}: {text}"
            )
    if report.trouble:
        console.print(
            f"[red]the pass ended early:[/] {escape(report.trouble)}; the next one goes on from here"
        )


def print_report(report: "PassReport", legend: Legend, args: "Namespace", settings: "Settings") -> None:
    """A pass as ``plan`` and ``apply`` tell it: with --json as data, else in full and what to do next."""
    from connector.cli.terminal import console, print_json
    from connector.reconcile import resting

    if args.json:
        print_json(report_json(report), indent=1)
        return
    out = console()
    print_plan(out, report.plan, legend, limit=args.limit)
    out.print(summary(report), highlight=False)
    print_outcome(out, report)
    for table in report.absent:
        out.print(resting(settings, table), style="yellow", highlight=False, markup=False, soft_wrap=True)
    if report.halt is not None:
        out.print(report.halt.told(settings), style="red", highlight=False, markup=False, soft_wrap=True)
        return
    if next_step := advice(report, args.config):
        out.print(next_step, style="dim", highlight=False, markup=False)


def summary(report: "PassReport") -> str:
    """One line on a pass."""
    parts = [
        f"{count(sum(report.polled.values()), 'row')} new",
        f"{count(report.judged, 'ticket')} judged",
        f"{report.touched:,} only touched" if report.touched else "",
        count(len(report.plan.changes), "change"),
        f"{len(report.plan.observed):,} observed only" if report.plan.observed else "",
        count(report.requests, "request"),
        f"{report.quarantined:,} set aside" if report.quarantined else "",
    ]
    return ", ".join(filter(None, parts))


def advice(report: "PassReport", config: str) -> str:
    """What to do next, after a plan or a pass; empty when there is nothing to say."""
    plan = report.plan
    if plan.changes and not report.outcome.written:
        return f"to write this: desk-connector apply {config}; or, from now on: desk-connector run {config}"
    if plan.observed and not plan.changes and not plan.refused:
        return (
            f"nothing is written while a policy only observes; so far: desk-connector review {config}; "
            f"to let one write: desk-connector enforce {config} POLICY"
        )
    if report.quarantined:
        return f"what could not be read, and why: desk-connector status {config}"
    return ""


def print_explanation(
    console: "Console", explanation: "Explanation", time: "Clockface", legend: Legend
) -> None:
    """One ticket in full: what it is, what each policy says of it, what will be written, what was."""
    from rich.markup import escape
    from rich.table import Table

    ticket = explanation.ticket
    head = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    head.add_column(style="dim")
    head.add_column()
    for name, value in explanation.facts(time):
        head.add_row(name, escape(value))
    console.print(f"[bold]{ticket.number}[/]")
    console.print(head)
    for answer in explanation.answers:
        colour = "dim" if answer.not_concerned else "bold"
        mode = "" if answer.not_concerned else f" [dim]{escape(str(answer.policy.mode))}[/]"
        console.print(
            f"[{colour}]{escape(answer.policy.name)}[/] "
            f"[dim]({', '.join(answer.policy.clauses)})[/]{mode}: {escape(answer.verdict.reason)}"
        )
        for line in answer.lines:
            console.print(f"    {escape(line)}", highlight=False)
        if answer.verdict.look_again_at is not None:
            console.print(f"    [dim]looks again {time(answer.verdict.look_again_at)}[/]")
    if explanation.journal:
        console.print("[dim]written so far, as the journal has it[/]")
    for entry in explanation.journal:
        columns = ", ".join(str(changed[0]) for changed in entry.fields)
        where = "" if entry.record == entry.ticket else f" {entry.table}:"
        told = f"    {time(entry.sent_at)} {entry.answer}:{where} {columns}"
        console.print(f"[dim]{escape(told)}[/]", highlight=False)
    print_plan(console, explanation.plan, legend)


class Clockface:
    """Tells instants in one zone."""

    def __init__(self, zone: str) -> None:
        from zoneinfo import ZoneInfo

        self._zone = ZoneInfo(zone)

    def __call__(self, instant: int | None) -> str:
        """``2026-10-08 09:00``, or a dash."""
        from datetime import UTC, datetime

        if instant is None:
            return "–"
        return datetime.fromtimestamp(instant, UTC).astimezone(self._zone).strftime("%Y-%m-%d %H:%M")


def counts_table(
    title: str, rows: Iterable[Sequence[str]], headings: Sequence[str], *, text: Sequence[int] = (0,)
) -> "RenderableType":
    """A plain table whose first column is text, or those named, and the others are numbers."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index in text else "right")
    for row in rows:
        table.add_row(*row)
    return table


def by_count(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Name and count as text, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name, f"{number:,}") for name, number in ordered]


def held_back(plan: "Plan") -> Mapping[str, str]:
    """What waits for a person → the sentence that says so."""
    held = {f'policy "{policy}"': message for policy, message in plan.refused.items()}
    for conflict in plan.conflicts:
        wanted = " and ".join(f'"{policy}" ({value})' for policy, value in conflict.wanted)
        what = f"{conflict.number} {conflict.field}"
        held[what] = f"conflict: {what}: {wanted} want different values; neither is written"
    for number in plan.full:
        held[f"{number} marks"] = f"{number}: its marks column is full; nothing is written to it"
    return held
