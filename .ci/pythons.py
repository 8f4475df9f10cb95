"""Runs the whole suite on every Python we promise besides the one that runs this.

Each gets an environment of its own, which stays for the next time. An interpreter that is not on this machine
is skipped, loudly. What follows the command goes to pytest. Exit 0: all that was tried is green; 1: a suite
was not, or there is no other Python here.
"""

import subprocess
import sys

from interpreter import PYTHONS, ROOT, clean, interpreter, run, say, skipped


def ready(version: str, python: str) -> str:
    """The Python of an environment with the project and what its tests need; made where it is not there."""
    folder = ROOT / f".venv-{version}"
    here = str(folder / "bin" / "python")
    mark = folder / ".ready"
    if not mark.exists() or mark.stat().st_mtime < (ROOT / "pyproject.toml").stat().st_mtime:
        run([python, "-m", "venv", str(folder)])
        pip = [here, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--upgrade", "pip"])
        run([*pip, "--editable", ".[dev]"], cwd=ROOT)
        mark.touch()
    return here


def main(words: list[str]) -> int:
    """One after the other; a suite that fails does not keep the next from being run."""
    own = "{}.{}".format(*sys.version_info)
    green, red = [], []
    for version in PYTHONS:
        if version == own:
            continue
        python = interpreter(version)
        if python is None:
            say(skipped(version, "the suite was not run with it"))
            continue
        say(f"Python {version}: {python}")
        suite = [ready(version, python), "-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal"]
        done = subprocess.run([*suite, *words], cwd=ROOT, env=clean(), check=False)
        (red if done.returncode else green).append(version)
    say(f"green on Python {', '.join(green) or 'none'}; not on {', '.join(red) or 'none'}")
    return 0 if green and not red else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
