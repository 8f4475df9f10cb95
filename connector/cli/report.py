"""``report``: the service report of a period (R-H4), from a template that admins can replace."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from connector.cli.option import add_config

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.kpi.figure import Figures
    from connector.kpi.period import Period
    from connector.kpi.report.content import Report
    from connector.kpi.trend import Trend
    from connector.reconcile import World
    from connector.settings import Settings
    from connector.ticket import Instant

SUMMARY = "the service report of a month, quarter or year"

_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|W(\d{2})))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, the period, the format, where to."""
    add_config(parser)
    parser.add_argument(
        "--period", metavar="PERIOD", help="2026-03, 2026-Q1, 2026, 2026-W09 (by default the last full month)"
    )
    parser.add_argument("--format", choices=("md", "html"), default="md", help="Markdown or HTML (md)")
    parser.add_argument("--template", metavar="FILE", help="instead of that of the configuration")
    parser.add_argument("--output", metavar="FILE", help="write it there instead of printing it")
    parser.add_argument("--offline", action="store_true", help="do not poll; what the store knows")
    parser.add_argument(
        "--show-template", action="store_true", help="print the connector's own template, to begin with"
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if the instance or a source could not be read and the report is incomplete."""
    from connector.cli import kpi
    from connector.cli.opening import opened
    from connector.cli.picture import keep, place_problems
    from connector.cli.progress import shown
    from connector.errors import SettingsError
    from connector.kpi.report.writing import BadTemplate, own_template, written
    from connector.reconcile import figures_of, freeze_due
    from connector.settings import load

    if args.show_template:
        print(own_template(args.format), end="")
        return 0
    settings = load(args.config, lenient=True)
    if args.output and (problems := place_problems("--output", args.output)):
        raise SettingsError(*problems)
    template, name = _template(args, settings)
    with shown("signing in") as watch, opened(settings) as world:
        now = world.clock.now()
        period = period_named(args.period, _zone(settings), now)
        seen, trouble = kpi.seen_at(world, settings, now, watch, offline=args.offline)
        figures = figures_of(world, settings, period, seen, trend=2)
        if not trouble:
            freeze_due(world, settings, figures, now)
        names = kpi.names_for(world, world.moment.directory, {score.scope for score in figures.scores})
        report = _reported(world, settings, figures, names, seen)
    try:
        text = written(report, args.format, template, name)
    except BadTemplate as error:
        raise SettingsError(str(error)) from None
    if args.output:
        print(keep(args.output, text.encode(), "--output"))
    else:
        print(text, end="")
    return _trouble(figures, trouble)


def _trouble(figures: "Figures", trouble: str) -> int:
    from connector.cli.terminal import console

    for problem in (*([trouble] if trouble else ()), *figures.problems[:50]):
        console(stderr=True).print(problem, style="yellow", markup=False, highlight=False)
    return int(bool(trouble) or bool(figures.problems))


def _reported(
    world: "World",
    settings: "Settings",
    figures: "Figures",
    names: dict[str, str],
    seen: "Instant | None",
) -> "Report":
    from connector.kpi.report.composition import report_of

    months = _months(world, settings, figures, seen)
    return report_of(figures, names, months, {policy.rule for policy in settings.policies})


def _months(
    world: "World", settings: "Settings", figures: "Figures", seen: "Instant | None"
) -> "tuple[Trend, ...]":
    """A quarter's and a year's rates by month."""
    from connector.kpi.period import PeriodKind, periods_between
    from connector.reconcile import figures_of

    period = figures.period
    if period.kind not in (PeriodKind.QUARTER, PeriodKind.YEAR) or seen is None:
        return ()
    until = min(period.end, seen + 1)
    months = list(periods_between(period.start, until, "month", _zone(settings)))
    if not months:
        return ()
    return figures_of(world, settings, months[-1], seen, scopes=("whole",), trend=len(months)).trends


def period_named(label: str | None, zone: "ZoneInfo", now: "Instant") -> "Period":
    """The period of that label; without one the last full month. Raises `SettingsError`."""
    from datetime import date

    from connector.errors import SettingsError
    from connector.kpi.period import before, period_of, period_on

    if label is None:
        return before(period_of(now, "month", zone), zone)
    match = _PERIOD.fullmatch(label)
    if match is not None:
        year, month, day, quarter, week = (None if part is None else int(part) for part in match.groups())
        try:
            assert year is not None
            if week is not None:
                return period_on(date.fromisocalendar(year, week, 1), "week", zone)
            if quarter is not None:
                return period_on(date(year, 3 * quarter, 1), "quarter", zone)
            kind = "year" if month is None else "month" if day is None else "day"
            return period_on(date(year, month or 1, day or 1), kind, zone)
        except (ValueError, OverflowError):
            pass
    raise SettingsError(f'--period: "{label}" is no period; write 2026-03, 2026-Q1, 2026 or 2026-W09')


def _template(args: argparse.Namespace, settings: "Settings") -> tuple[str | None, str]:
    """Text and name of an admin's own template for the format; None without one."""
    from connector.errors import SettingsError

    if args.template:
        return _read(Path(args.template), args.template, "--template"), args.template
    own = [one for one in settings.kpi.templates if one.endswith(f".{args.format}")]
    if not own:
        return None, ""
    if len(own) > 1:
        raise SettingsError(f"{settings.path}: kpi: templates: several end in .{args.format}; keep one")
    path = settings.path.parent / own[0]
    return _read(path, own[0], f"{settings.spot('kpi', 'templates')}: kpi: templates"), str(path)


def _read(path: Path, name: str, where: str) -> str:
    from connector.errors import SettingsError

    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(f"{where}: {name}:{line}: not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise SettingsError(
            f"{where}: {name}: {error.strerror or error}; desk-connector report --show-template prints one"
        ) from None


def _zone(settings: "Settings") -> "ZoneInfo":
    from zoneinfo import ZoneInfo

    return ZoneInfo(settings.instance.zone)
