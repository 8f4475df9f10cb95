"""A look at a desk → its service report, in the order of the regulation (R-H4)."""

from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

from connector.kpi.figure import Figures
from connector.kpi.report.aftercare import called_back, hotline, improvements, knowledge, major
from connector.kpi.report.conduct import complaints, conformity
from connector.kpi.report.content import Report
from connector.kpi.report.work import escalations, limits, volume
from connector.kpi.score import WHOLE
from connector.kpi.scorecard import plain, time_text, value_text
from connector.kpi.trend import Trend


def report_of(
    figures: Figures,
    names: Mapping[str, str] | None = None,
    months: Sequence[Trend] = (),
    rules: Collection[str] | None = None,
) -> Report:
    """The report of a look at a desk.

    ``months``: trends of the whole by month, for a longer period. ``rules``: those that some policy carries
    out; what only a rule could tell is not measured without it. None: all of them.
    """
    known = {**figures.names, **(names or {})}
    whole = [score for score in figures.scores if score.scope == WHOLE]
    zone = ZoneInfo(figures.zone)
    return Report(
        figures.period.label,
        time_text(figures.period.start, zone),
        time_text(figures.period.end - 1, zone),
        "" if figures.as_of is None else time_text(figures.as_of, zone),
        figures.zone,
        any(score.provisional for score in whole),
        bool(whole) and all(score.frozen_at is not None for score in whole),
        figures.complete,
        tuple(plain(problem) for problem in figures.problems),
        sum(score.met is True for score in whole),
        sum(score.met is False for score in whole),
        (
            volume(figures, known, months),
            limits(figures),
            escalations(figures),
            major(figures, rules),
            knowledge(figures),
            called_back(figures, rules),
            complaints(figures, known),
            hotline(figures),
            improvements(figures),
            conformity(figures, known, rules),
        ),
        {score.indicator: value_text(score) for score in whole},
    )
