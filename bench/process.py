"""Child processes: what is measured runs in one of its own, so that its memory and modules are its own."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@contextmanager
def serving(module: str, *words: str) -> Iterator[str]:
    """A module of this folder that serves and says its URL in its first line; ended at the end."""
    command = [sys.executable, "-m", f"bench.{module}", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait()


def told_by(module: str, *words: str) -> Any:
    """What a module of this folder prints as JSON, run to its end."""
    command = [sys.executable, "-m", f"bench.{module}", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout)


def peak() -> float:
    """Most memory this process held so far, in MB; of this process alone, not of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    held = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(held[1]) / 1024 if held else float("nan")
