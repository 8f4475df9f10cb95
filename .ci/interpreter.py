"""The Pythons we promise, where they are on this machine, and how a tool of the build runs something."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = tuple(
    found[1]
    for named in PROJECT["project"]["classifiers"]
    if (found := re.fullmatch(r"Programming Language :: Python :: (\d+\.\d+)", named))
)
"""As in the classifiers of pyproject.toml."""


def interpreter(version: str) -> str | None:
    """The path of a Python of this version: on the PATH, beside us, or of pyenv."""
    candidates = [shutil.which(f"python{version}"), sys.executable]
    pyenv = os.environ.get("PYENV_ROOT")
    if pyenv:
        candidates += [str(path) for path in sorted(Path(pyenv).glob(f"versions/{version}.*/bin/python"))]
    for candidate in candidates:
        if candidate is None:
            continue
        asked = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0 and asked.stdout.strip() == version:
            return candidate
    return None


def clean() -> dict[str, str]:
    """Our environment without what would lead Python back to the sources."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHONPATH", "VIRTUAL_ENV"))
    }


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    code: int = 0,
    more: dict[str, str] | None = None,
    quiet: bool = False,
) -> str:
    """What a command says; another exit code than ``code`` ends everything with all that it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**clean(), **(more or {})},
        stdout=subprocess.PIPE,
        stderr=None if quiet and code == 0 else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != code:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}, not {code}\n{done.stdout}")
    if not quiet and done.stdout.strip():
        say(done.stdout.strip().splitlines()[-1])
    return done.stdout


def skipped(version: str, what: str) -> str:
    """Nothing was tried, in a way that nobody takes for a pass."""
    bar = "!" * 100
    return f"{bar}\nPYTHON {version} SKIPPED: it is not on this machine; {what}\n{bar}"


def say(text: str) -> None:
    """To whoever reads the build's log."""
    print(text, flush=True)  # noqa: T201 (a tool of the build)
