"""``python -m tests.simulation.mutation``: whether the simulation notices when a promise is broken.

Each mutation changes one line of the connector in a copy of the tree and plays the seeds from 0 on there,
those in which it should do harm first, until one fails. Not part of the suite (``make mutation``); that each
line is still there once, is.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.simulation.script import AFTER, Script, write
from tests.simulation.trial import in_brief

ROOT = Path(__file__).parents[2]
SEEDS = 200


def _has(*kinds: str) -> Callable[[Script], bool]:
    return lambda script: any(step.kind in kinds for step in script.steps)


class Mutation(NamedTuple):
    """One line of one file put into the place of another."""

    name: str
    file: str
    line: str
    """Without its indentation."""
    instead: str
    suspect: Callable[[Script], bool]
    """Scripts in which it does harm, if in any: they are played first."""
    after: str = ""
    """The line before it, where the line alone stands in several places."""

    def applied(self, text: str) -> str:
        """The file with the line replaced. Raises `LookupError` unless it is there exactly once."""
        lines = text.splitlines(keepends=True)
        found = [
            number
            for number, line in enumerate(lines)
            if line.strip() == self.line and self.after in ("", lines[number - 1].strip())
        ]
        if len(found) != 1:
            raise LookupError(f"{self.name}: {self.file} has {len(found)} lines {self.line!r}, not one")
        whole = lines[found[0]]
        lines[found[0]] = whole.replace(self.line, self.instead)
        return "".join(lines)


MUTATIONS = (
    Mutation(
        "no overlap",
        "connector/sync/poll.py",
        "begin = source.since if cursor is None else cursor - source.overlap",
        "begin = source.since if cursor is None else cursor",
        suspect=_has("late"),
    ),
    Mutation(
        "no signpost lag",
        "connector/sync/poll.py",
        "signpost = (started if now is None else min(started, now)) - lag",
        "signpost = started if now is None else min(started, now)",
        suspect=_has("late"),
    ),
    Mutation(
        "retry of PATCH",
        "connector/sync/gateway/retry.py",
        "return isinstance(error, Throttled | Unsent | Declined)",
        "return isinstance(error, Throttled | Unavailable | TimedOut)",
        suspect=lambda s: (
            s.patience > 0
            and any(step.kind == "strike at a write" and step.what in AFTER for step in s.steps)
        ),
    ),
    Mutation(
        "mark in a second request",
        "connector/sync/apply.py",
        "after = writer.patch(write.table, write.sys_id, write.fields, read=write.read)",
        "after = [writer.patch(write.table, write.sys_id, part, read=write.read) for part in "
        '({c: v for c, v in write.fields.items() if c != "u_desk_marks"}, '
        '{c: v for c, v in write.fields.items() if c == "u_desk_marks"}) if part][-1]',
        suspect=lambda s: not s.batch and _has("killed after a write", "killed before a write")(s),
    ),
    Mutation(
        "dedupe forgotten at restart",
        "connector/sync/normalise.py",
        'return [frozenset(text.replace(",", " ").split()) if text else _NO_MARKS for text in texts]',
        # Marks that were there when this process first saw the ticket are not known to it.
        'return [(now := frozenset(text.replace(",", " ").split()))'
        ' - self.__dict__.setdefault("seen", {}).setdefault(sys_id, now)'
        " for text, sys_id in zip(texts, columns[self._base_at])]",
        suspect=_has("killed after a write", "killed before a write", "killed at a commit"),
    ),
    Mutation(
        "cursor stored before the rows",
        "connector/sync/store/mirror.py",
        "news = news_of(connection, self._packing, rows)",
        'self._move_cursor(connection, "incident", cursor, fingerprint);'
        " news = news_of(connection, self._packing, rows)",
        suspect=_has("killed at a commit"),
    ),
    Mutation(
        "no read-back",
        "connector/sync/settle.py",
        "lost = [f.column for f in change.fields if f.column not in JOURNALS and not same(f, after)]",
        "lost: list[str] = []",
        suspect=_has("column refused"),
    ),
    Mutation(
        "no sys_mod_count check",
        "connector/sync/settle.py",
        'if current.get("sys_mod_count") != str(change.base):',
        "if False:",
        suspect=_has("meanwhile"),
    ),
    Mutation(
        "token refreshed twice",
        "connector/sync/gateway/auth/token.py",
        "return",
        "pass",
        after="else:",
        suspect=lambda s: s.signs_in == "password",
    ),
    Mutation(
        "page taken as the last when short",
        "connector/sync/poll.py",
        "more = page.more",
        "more = page.more and len(page.rows) == self.limit",
        suspect=lambda s: s.page < 3 and _has("hidden")(s),
    ),
    Mutation(
        "clock set back, and not noticed",
        "connector/sync/poll.py",
        "if back > lag and cursor is not None:",
        "if False:",
        suspect=_has("clock ahead"),
    ),
    Mutation(
        "cursor led by the rows alone",
        "connector/sync/poll.py",
        "reached = None if reached is None else min(reached, signpost)",
        "pass",
        suspect=_has("clock ahead"),
    ),
)
"""The first ten are the list of the issue; the last two were found while looking."""


def copied(folder: Path, mutation: Mutation) -> None:
    """The part of the tree that the simulation needs, with the mutation in it. Raises `LookupError`."""
    for part in ("connector", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "testdata")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    path = folder / mutation.file
    path.write_text(mutation.applied(path.read_text(encoding="utf-8")), encoding="utf-8")


def caught(mutation: Mutation, seeds: int, jobs: int) -> str:
    """What the simulation says of the first seed found to fail; "" if none of them does."""
    order = sorted(range(seeds), key=lambda seed: not mutation.suspect(write(seed)))
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copied(Path(folder), mutation)
        command = [sys.executable, "-m", "tests.simulation", "--jobs", str(jobs)]
        command += ["--brief", ",".join(map(str, order))]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{mutation.name}: {done.stderr}")
    said = done.stdout.splitlines()[0] if done.returncode else ""
    if said and in_brief(int(said.split()[1].rstrip(":"))):
        raise RuntimeError(f"{mutation.name}: this seed fails without it, too: {said}")
    return said


def main() -> int:
    """Print mutation → a seed that fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="mutations whose name holds this")
    asked = parser.parse_args()
    missed = 0
    for mutation in MUTATIONS:
        if asked.only in mutation.name:
            said = caught(mutation, asked.seeds, asked.jobs)
            missed += not said
            print(f"{mutation.name}: {said or f'NOT CAUGHT within {asked.seeds} seeds'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
