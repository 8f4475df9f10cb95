"""docs/sandbox.md does what it says: its Python runs in order, its commands are there."""

import re
import shlex
from pathlib import Path
from typing import Any

from connector.cli import parser_of
from connector.sandbox import Fault

PAGE = (Path(__file__).parents[2] / "docs/sandbox.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of one language, in order; errors point at lines of the page."""
    found = re.finditer(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return ["\n" * PAGE.count("\n", 0, block.start(1)) + block[1] for block in found]


def test_the_tutorial_runs_from_top_to_bottom() -> None:
    """Every block, in one namespace, which also has the seed of the page."""
    (seed,) = blocks("json")
    names: dict[str, Any] = {"seed": seed}
    for block in blocks("python"):
        exec(compile(block, "docs/sandbox.md", "exec"), names)
    assert names["instance"].count("incident") == 2


def test_every_command_is_understood() -> None:
    """With the arguments as they stand."""
    commands = [line for block in blocks("console") for line in block.split("\n") if line]
    assert commands
    for command in commands:
        program, verb, *words = shlex.split(command)
        assert program == "desk-connector"
        parser_of(verb).parse_args(words)


def test_the_table_names_every_fault() -> None:
    """Those that exist, and all of them."""
    table = PAGE[PAGE.index("| fault |") : PAGE.index("## Rules of your own")]
    named = {
        name
        for row in re.findall(r"^\| (`[^|]*)", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)", row)
    }
    made = {name for name, kind in vars(Fault).items() if isinstance(kind, classmethod)}
    assert named == made
