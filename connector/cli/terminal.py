"""What goes to standard output: consoles, JSON, and an encoding that never stops us half way.

On a terminal the width is its own; into a file or a pipe it is ``COLUMNS``, or wide enough that no word of a
table is cut.
"""

import json
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 120
"""Columns where nobody says how many there are."""


def lenient() -> None:
    """A character that the terminal's encoding lacks becomes a ``?``; it must not end the verb."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not _speaks_unicode(stream.encoding):
            stream.reconfigure(errors="replace")


def console(*, stderr: bool = False) -> "Console":
    """A console. `BrokenPipeError` comes through to `connector.cli.exit`, as with ``print``."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    made = Plain(stderr=stderr)
    if made.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return made
    return Plain(stderr=stderr, width=WIDE)


def print_json(said: Any, indent: int | None = None) -> None:
    """One JSON document, readable in every encoding."""
    ascii_only = not _speaks_unicode(getattr(sys.stdout, "encoding", None))
    print(json.dumps(said, ensure_ascii=ascii_only, indent=indent))


def _speaks_unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")
