"""What a verb is at, on standard error while it goes on; nothing where nobody looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.reconcile import Watch


@contextmanager
def shown(first: str) -> "Iterator[Watch]":
    """A line with a bar, gone when it is over. What is yielded is told what comes next, and how far it is."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from connector.cli.terminal import console

    out = console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task(first, total=None)

        def tell(what: str, done: int = 0, of: int = 0) -> None:
            far = f" {done:,} of {of:,}" if of and done else ""
            progress.update(task, description=what + far, completed=done, total=of or None)

        yield tell
