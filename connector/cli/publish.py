"""``publish``: scorecards as records of the instance; shows what would be written, ``--apply`` writes it."""

import argparse
from typing import TYPE_CHECKING

from connector.cli.exit import DONE, FORESEEN, REFUSED, TO_DO
from connector.cli.option import add_config, add_json

if TYPE_CHECKING:
    from connector.reconcile import Publication, Published
    from connector.settings import Settings

SUMMARY = "scorecards as records of the instance: show what would be written, or write it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, --apply, --json."""
    add_config(parser)
    parser.add_argument("--apply", action="store_true", help='write it; needs mode = "enforce" in [publish]')
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: done or nothing to do; 4: something to do; 3: it is only observed; 1: it ended early."""
    from contextlib import nullcontext

    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.daemon import only_one
    from connector.reconcile import plan_publication, publish, refresh
    from connector.settings import load

    settings = load(args.config)
    enforced = settings.publish.mode == "enforce"
    alone = only_one(settings.store_path.with_suffix(".lock")) if args.apply else nullcontext()
    with alone, shown("signing in") as watch, opened(settings) as world:
        refresh(world, settings, watch)
        planned = plan_publication(world, settings, world.clock.now())
        done = publish(world, settings, planned) if args.apply and enforced else None
    if args.json:
        _as_json(planned, done, settings)
    else:
        _print(planned, done, settings, apply=args.apply)
    to_do = bool(planned.plan.changes or planned.plan.observed or planned.files)
    if done is not None:
        return FORESEEN if done.trouble or done.outcome.done < _wanted(planned, done) else DONE
    if not to_do:
        return DONE
    return REFUSED if args.apply else TO_DO


def _wanted(planned: "Publication", done: "Published") -> int:
    """Records that had to be written; those whose HTML the platform cleaned are written."""
    from connector.sync.apply import Answer

    return len(planned.plan.changes) - done.outcome.count(Answer.DROPPED)


def _print(planned: "Publication", done: "Published | None", settings: "Settings", *, apply: bool) -> None:
    from connector.cli.terminal import console as make_console

    console = make_console()

    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    answers = {step.change.sys_id: step for step in done.outcome.written} if done else {}
    for change in (*planned.plan.changes, *planned.plan.observed):
        verb = "create" if change.creates else "update"
        step = answers.get(change.sys_id)
        came = f": {step.answer}{f' ({step.detail})' if step.detail else ''}" if step else ""
        columns = ", ".join(field.column for field in change.fields)
        say(f"{verb} {change.table}  {change.number}  ({change.because[0].reason}; {columns}){came}")
    for file in planned.files:
        came = (": attached" if file.name in done.attached else ": not attached") if done else ""
        say(f"attach {file.name}  {len(file.content.encode()) / 1024:,.0f} KB  to {file.title}{came}")
    for title, why in planned.left:
        say(f"as it is: {title}  ({why})", "dim")
    to_do = planned.plan.changes or planned.plan.observed or planned.files
    if not to_do:
        say("Nothing to publish: every record says what the figures say.")
    elif done is None and settings.publish.mode == "observe":
        say('Observed only: write mode = "enforce" under [publish] to let it be written.', "yellow")
    elif not apply:
        say("Nothing was written; --apply writes it.")
    if done is not None and done.trouble:
        say(f"It ended early: {done.trouble}; what is missing is written the next time.", "bold red")


def _as_json(planned: "Publication", done: "Published | None", settings: "Settings") -> None:
    from connector.cli.terminal import print_json

    answers = {step.change.sys_id: str(step.answer) for step in done.outcome.written} if done else {}
    print_json(
        {
            "mode": settings.publish.mode,
            "records": [
                {
                    "table": change.table,
                    "sys_id": change.sys_id,
                    "title": change.number,
                    "creates": change.creates,
                    "reason": change.because[0].reason,
                    "columns": [field.column for field in change.fields],
                    "answer": answers.get(change.sys_id),
                }
                for change in (*planned.plan.changes, *planned.plan.observed)
            ],
            "files": [
                {
                    "record": file.record,
                    "name": file.name,
                    "attached": file.name in done.attached if done else None,
                }
                for file in planned.files
            ],
            "as_it_is": [{"title": title, "why": why} for title, why in planned.left],
            "trouble": done.trouble if done else "",
        }
    )
