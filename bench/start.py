"""Start: what ``--version`` and ``--help`` cost over a bare interpreter, and what they import."""

import resource
import subprocess
import sys

from bench.figure import Figure
from bench.process import ROOT

HEAVY = ("sqlalchemy", "pysnow", "requests", "pydantic", "connector.rules", "connector.settings", "rich")
ROUNDS = 9
_MODULES = """
import sys
from connector.cli import main
try:
    main([{word!r}])
except SystemExit:
    pass
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
"""


def run() -> list[Figure]:
    floor = milliseconds("-c", "pass")
    figures = [Figure("floor: a bare interpreter", floor, "ms CPU", "", "")]
    for word in ("--version", "--help"):
        spent = milliseconds("-m", "connector", word)
        met = modules(word)
        heavy = [name for name in HEAVY if name in met]
        figures.append(Figure(f"{word}", spent, "ms CPU", "", f"{spent / floor:.1f} × a bare interpreter"))
        note = f"imports {', '.join(heavy)}" if heavy else ""
        figures.append(Figure(f"{word}: heavy modules of {len(met)}", len(heavy), "", "0", note))
    return figures


def milliseconds(*words: str) -> float:
    """CPU of a child process, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, spent * 1000)
    return best


def modules(word: str) -> set[str]:
    """Names of what has been imported when the word is answered."""
    command = [sys.executable, "-c", _MODULES.format(word=word)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())
