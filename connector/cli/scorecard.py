"""How scores look on a terminal: the tables of `connector.kpi.scorecard`, drawn."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from connector.kpi.figure import Figures
    from connector.kpi.handling import Handling
    from connector.kpi.score import Score
    from connector.kpi.scorecard import Table
    from connector.kpi.trend import Trend


def print_scorecard(
    console: "Console",
    scores: "Sequence[Score]",
    names: Mapping[str, str] | None = None,
    *,
    formulas: bool = True,
    trends: "Sequence[Trend]" = (),
) -> None:
    """The tables of the scores, the legend, and how each figure is counted."""
    from rich.text import Text

    from connector.kpi.scorecard import LEGEND, formula_lines, tables

    for table in tables(scores, names, trends):
        _print_table(console, table)
    notes = [*LEGEND, *(formula_lines(scores) if formulas else ())]
    for note in notes:
        console.print(Text(note, style="dim"))


def print_listing(
    console: "Console",
    scores: "Sequence[Score]",
    labels: Mapping[str, str],
    names: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> None:
    """For each figure its value, its formula and the records on either side of the fraction."""
    from rich.text import Text

    from connector.kpi.scorecard import formula_lines, headline, listing

    for score in scores:
        console.print(Text(headline(score, names), style="bold"))
        for line in formula_lines([score]):
            console.print(Text(line, style="dim"))
        for table in listing(score, labels, links):
            _print_table(console, table)


def print_rest(console: "Console", figures: "Figures", names: Mapping[str, str]) -> None:
    """Beside the scores: grades, what is worth a look, and where the figures come from."""
    from zoneinfo import ZoneInfo

    from rich.text import Text

    from connector.kpi.scorecard import grade_tables, source_lines, watch_table

    for table in grade_tables(figures.grades, names):
        _print_table(console, table)
    if figures.watch and figures.as_of is not None:
        _print_table(console, watch_table(figures.watch, figures.period))
    for line in source_lines(figures.sources, ZoneInfo(figures.zone)):
        console.print(Text(line, style="dim"))


def print_handlings(console: "Console", handlings: "Sequence[Handling]") -> None:
    """A log's figures per period, the whole only."""
    from connector.kpi.log_report import handling_table

    _print_table(console, handling_table(handlings))


_STYLES = {"plain": "", "good": "green", "bad": "bold red", "quiet": "dim"}


def _print_table(console: "Console", table: "Table") -> None:
    from rich import box
    from rich.table import Table as Drawn
    from rich.text import Text

    # Text, not markup: a group may be called "[red]".
    drawn = Drawn(
        title=Text(table.title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),  # seven columns and two languages must fit into 80
        pad_edge=False,
    )
    for head in table.heads:
        drawn.add_column(Text(head), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(cell.text, style=_STYLES[cell.tone]) for cell in row))
    console.print(drawn)
