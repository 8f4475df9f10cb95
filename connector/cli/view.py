"""How plans, passes and explanations look on a terminal. Rendering only; nothing is decided here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from connector.reconcile import Explanation, PassReport
    from connector.sync.change import Change, Plan

LONGEST = 100
"""Characters of a value shown in a plan; the whole text is in ``--json``."""


def short(text: str) -> str:
    """One line of a text, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def change_rows(change: "Change") -> list[tuple[str, str]]:
    """(what, value) for each field of a change; the marks are our own memory and not worth a line."""
    if change.creates:
        wanted = {f.column: f.after for f in change.fields}
        title = wanted.get("short_description") or wanted.get("source") or ""
        return [(f"+ {change.table}", short(title))]
    rows = []
    for field in change.fields:
        if field.column == "work_notes":
            rows.append(("+ work note", short(field.after)))
        elif not field.column.endswith("_marks"):
            rows.append((field.column, f"{field.before or '(empty)'} → {field.after or '(empty)'}"))
    return rows


def print_plan(console: "Console", plan: "Plan", *, limit: int = 50) -> None:
    """The plan, ticket by ticket; then what is held back and why."""
    from rich.markup import escape

    for title, changes in (
        ("would be written", plan.changes),
        ("observed only, never written", plan.observed),
    ):
        if not changes:
            continue
        console.print(f"[bold]{len(changes)} changes {title}[/]")
        console.print(_changes_table(changes[:limit]))
        if len(changes) > limit:
            console.print(f"  … and {len(changes) - limit} more; --limit 0 shows all, --json gives all")
    for policy, count in plan.unlisted.items():
        console.print(f"  … and {count} more of {escape(policy)}, which only observes")
    for conflict in plan.conflicts:
        wanted = " against ".join(f'"{policy}" ({value})' for policy, value in conflict.wanted)
        console.print(
            f"[red]conflict[/] {conflict.number} {conflict.field}: {escape(wanted)}; neither is written"
        )
    for message in plan.refused.values():
        console.print(f"[red]held by the brake[/] {escape(message)}")
    for number in plan.full:
        console.print(
            f"[red]marks full[/] {number}: its marks column has no room left; nothing is written to it"
        )


def _changes_table(changes: Sequence["Change"]) -> "RenderableType":
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="green", overflow="fold")
    last = ""
    for change in changes:
        why = ", ".join(dict.fromkeys(f"{b.policy} ({b.clause})" for b in change.because))
        for what, value in change_rows(change):
            table.add_row(change.number if change.number != last else "", what, escape(value), why)
            last, why = change.number, ""
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
        "quarantined": report.quarantined,
        "requests": report.requests,
        "trouble": report.trouble,
        "plan": plan_json(report.plan),
        "written": answers(report),
    }


def answers(report: "PassReport") -> Counter[str]:
    """Answer → number of writes that ended so."""
    return Counter(str(written.answer) for written in report.outcome.written)


def print_outcome(console: "Console", report: "PassReport") -> None:
    """What became of the writes, and every one that did not go as planned."""
    from rich.markup import escape

    counts = answers(report)
    if counts:
        console.print(
            "written: " + ", ".join(f"{count} {answer}" for answer, count in sorted(counts.items()))
        )
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


def summary(report: "PassReport") -> str:
    """One line on a pass."""
    polled = sum(report.polled.values())
    return (
        f"{polled} rows new, {report.judged} tickets judged, {len(report.plan.changes)} changes, "
        f"{len(report.plan.observed)} observed only, {report.requests} requests"
        + (f", {report.quarantined} quarantined" if report.quarantined else "")
    )


def print_explanation(console: "Console", explanation: "Explanation", time: "Clockface") -> None:
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
        mode = "" if answer.not_concerned else f" [dim]{answer.policy.mode}[/]"
        console.print(
            f"[{colour}]{escape(answer.policy.name)}[/] "
            f"[dim]({', '.join(answer.policy.clauses)})[/]{mode}: {escape(answer.verdict.reason)}"
        )
        for line in answer.lines:
            console.print(f"    {escape(line)}", highlight=False)
        if answer.verdict.look_again_at is not None:
            console.print(f"    [dim]looks again {time(answer.verdict.look_again_at)}[/]")
    print_plan(console, explanation.plan)


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


def counts_table(title: str, rows: Iterable[Sequence[str]], headings: Sequence[str]) -> "RenderableType":
    """A plain table whose first column is text and the others are numbers."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return table


def by_count(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Name and count as text, the most frequent first."""
    return [
        (name, f"{count:,}") for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
