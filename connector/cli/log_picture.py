"""The files of ``kpi --log``: page, charts, workbook and table of one period."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.kpi.figure import Figures
    from connector.kpi.log_report import LogReport
    from connector.kpi.period import Period

TREND = 6


def write(args: argparse.Namespace, report: "LogReport") -> list[str]:
    """Write what is asked for; a line for each file. Raises `SettingsError`."""
    from connector.cli import picture

    return picture.write(args, look_at(report, max(1, args.trend)), {})


def _start(period: "Period") -> int:
    return period.start


def look_at(report: "LogReport", trend: int = TREND) -> "Figures":
    """The period in which most was opened, or the one asked for, with those before it.

    Not the last: a log often ends with a few stragglers. Groups go by the log's own names.
    """
    from connector.errors import SettingsError
    from connector.kpi.figure import Figures
    from connector.kpi.handling import OPENED
    from connector.kpi.score import WHOLE
    from connector.kpi.source import State
    from connector.kpi.trend import trends

    opened = {
        score.period: score.points
        for score in report.scores
        if score.scope == WHOLE and score.indicator == OPENED
    }
    if not opened:
        raise SettingsError("--log: no period of the whole to draw; leave --scope out, or name whole in it")
    last = max(opened, key=lambda period: (opened[period], period.start))
    periods = sorted((period for period in opened if period.start <= last.start), key=_start)[-trend:]
    scores = [score for score in report.scores if score.period in periods and score.about.id != "closed"]
    newest = max((fact.ticket.updated_at for fact in report.facts), default=None)
    return Figures(
        report.as_of,
        report.zone,
        last,
        tuple(periods),
        tuple(score for score in scores if score.period == last),
        tuple(trends(scores)),
        sources=(State("log", "log", report.log.sheet.name, len(report.facts), newest, report.as_of),),
        problems=tuple(report.log.problems),
        labels={fact.id: fact.ticket.number for fact in report.facts},
        facts=tuple(report.facts),
        directory=report.directory,
    )
