"""``archive``: the results of a period's tickets by month and speciality (R-F3), as files."""

import argparse
from typing import TYPE_CHECKING, Any

from connector.cli.option import add_config, add_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.kpi.archive import Shelf
    from connector.kpi.period import Period

SUMMARY = "the results of tickets by month and speciality: problem, solution, fault analysis"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, the period, what a speciality is, where to."""
    add_config(parser)
    parser.add_argument(
        "--period", metavar="PERIOD", help="2026-03, 2026-Q1, 2026, 2026-W09 (by default the last full month)"
    )
    parser.add_argument(
        "--by", choices=("category", "group"), default="category", help="what a speciality is (category)"
    )
    parser.add_argument("--csv", metavar="FILE", help="the results as one table")
    parser.add_argument(
        "--xlsx", metavar="FILE", help="the results and how many, as a workbook (extra: pictures)"
    )
    parser.set_defaults(html=None, charts=None)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0. Without a file it prints how many results each month and speciality has."""
    from connector.cli import picture
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.cli.report import period_named
    from connector.kpi.archive import archive_sheets, shelved
    from connector.reconcile import refresh, results_of
    from connector.settings import load

    picture.wanted(args)
    settings = load(args.config, lenient=True)
    zone = settings.instance.zone
    with shown("signing in") as watch, opened(settings) as world:
        now = world.clock.now()
        period = period_named(args.period, _zone(zone), now)
        refresh(world, settings, watch)
        shelves = shelved(results_of(world, settings, period, now, args.by), zone)
    sheets = archive_sheets(shelves, zone)
    said = []
    if args.csv:
        from connector.kpi.page.table import as_csv

        said.append(picture.keep(args.csv, as_csv(sheets[0]).encode(), "--csv"))
    if args.xlsx:
        from connector.kpi.page.workbook import workbook

        said.append(picture.keep(args.xlsx, workbook(sheets, now), "--xlsx"))
    if args.json:
        from connector.cli.terminal import print_json

        print_json(_as_data(period, args.by, shelves))
    else:
        _print(period, args.by, shelves, said)
    return 0


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _as_data(period: "Period", by: str, shelves: "Sequence[Shelf]") -> dict[str, Any]:
    return {
        "period": period.label,
        "by": by,
        "shelves": [
            {
                "month": one.month,
                "speciality": one.speciality,
                "results": [result._asdict() for result in one.results],
            }
            for one in shelves
        ],
    }


def _print(period: "Period", by: str, shelves: "Sequence[Shelf]", said: "Sequence[str]") -> None:
    from rich.table import Table
    from rich.text import Text

    from connector.cli.terminal import console as make_console
    from connector.kpi.scorecard import plain

    console = make_console()
    many = sum(len(one.results) for one in shelves)
    table = Table(title=f"archive 归档: {period.label}, {many:,} results 工单结果", title_justify="left")
    table.add_column("month 月份")
    table.add_column({"category": "category 类别", "group": "group 组"}[by])
    for head in ("tickets 工单", "solution 有解决方案", "analysis 有故障分析", "article 有知识文章"):
        table.add_column(head, justify="right")
    for one in shelves:
        counts = (len(one.results), one.solved, one.analysed, one.documented)
        table.add_row(one.month, Text(plain(one.speciality) or "–"), *(f"{count:,}" for count in counts))
    console.print(table)
    for line in said:
        console.print(Text(line), soft_wrap=True)
    if not said:
        console.print("with --csv FILE or --xlsx FILE: each result with its problem, solution and analysis")
