"""How scores look on a terminal: the tables of `connector.kpi.scorecard`, drawn."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from connector.kpi.score import Score
    from connector.kpi.scorecard import Table


def print_scorecard(
    console: "Console",
    scores: "Sequence[Score]",
    names: Mapping[str, str] | None = None,
    *,
    formulas: bool = True,
) -> None:
    """The tables of the scores, the legend, and how each figure is counted."""
    from rich.text import Text

    from connector.kpi.scorecard import LEGEND, formula_lines, tables

    for table in tables(scores, names):
        _print_table(console, table)
    notes = [*LEGEND, *(formula_lines(scores) if formulas else ())]
    for note in notes:
        console.print(Text(note, style="dim"))


def print_listing(
    console: "Console",
    scores: "Sequence[Score]",
    labels: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> None:
    """For each figure its value, its formula and the records on either side of the fraction."""
    from rich.text import Text

    from connector.kpi.scorecard import formula_lines, headline, listing

    for score in scores:
        console.print(Text(headline(score, names), style="bold"))
        for line in formula_lines([score]):
            console.print(Text(line, style="dim"))
        for table in listing(score, labels):
            _print_table(console, table)


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
