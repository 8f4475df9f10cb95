"""Builds sdist and wheel, and tries the wheel as somebody who has nothing else: on every Python we promise.

The wheel is made from the sdist, so that what the sdist lacks is missed here. Each interpreter gets a fresh
environment in a folder without the sources; there the commands of a first day are run, and the tests that
need no sources. An interpreter that is not on this machine is skipped, loudly. Exit 0: all that was tried
works.
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interpreter import PROJECT, PYTHONS, ROOT, clean, interpreter, run, say, skipped

PASSWORD = "sandbox"
"""Of the account in the sandbox, which is no secret."""
TOOLS = ("pytest>=8.3", "hypothesis>=6.120")
TESTS = (
    "tests/settings/test_load.py",
    "tests/settings/test_gathering.py",
    "tests/test_intent.py",
    "tests/test_ticket.py",
    "tests/cli/test_main.py",
    "tests/cli/test_apply.py",
    "tests/cli/test_brake.py",
    "tests/cli/test_enforce.py",
    "tests/cli/test_closing.py",
    "tests/reconcile/test_library.py",
    "tests/reconcile/test_world.py",
    "tests/sandbox/rest",
    "tests/sync/store",
    "tests/sync/test_poll.py",
)
"""What runs without the sources, quickly, and reaches every layer and everything that opens a database."""
BESIDE = ("tests", "docs", "README.md", "config.example.toml")
"""What those tests look at beside the installed package."""


def built(into: Path) -> tuple[Path, Path]:
    """(sdist, wheel), the wheel made of the sdist."""
    run([sys.executable, "-m", "build", "--outdir", str(into), str(ROOT)], quiet=True)
    (sdist,), (wheel,) = into.glob("*.tar.gz"), into.glob("*.whl")
    return sdist, wheel


def missing(sdist: Path, wheel: Path) -> list[str]:
    """Files of the package that did not come along, and files that should not have."""
    tracked = subprocess.run(
        ["git", "ls-files", "connector", "config.example.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"connector/config.example.toml" if name == "config.example.toml" else name for name in tracked}
    foreign = [
        name for name in in_wheel if not re.match(r"connector/|desk_policy_connector-[^/]*\.dist-info/", name)
    ]
    return [
        *(f"wheel lacks {name}" for name in sorted(wanted - in_wheel)),
        *(f"sdist lacks {name}" for name in sorted(set(tracked) - in_sdist)),
        *(f"wheel holds {name}" for name in sorted(foreign)),
    ]


def tried(python: str, wheel: Path, folder: Path, *, demo: bool) -> None:
    """A fresh environment with the wheel in it, a first day, the tests. Ends all where one fails."""
    run([python, "-m", "venv", str(folder / "venv")])
    here = folder / "venv" / "bin"
    pip = [
        str(here / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--disable-pip-version-check",
    ]
    run([*pip, str(wheel), *TOOLS])
    work = folder / "work"
    work.mkdir()
    first_day(here / "desk-connector", work, demo=demo)
    for name in BESIDE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, work / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, work / name)
    # As with the sources a warning is an error: one Python warns of what another has nothing to say about.
    filters = "".join(f"  {one}\n" for one in PROJECT["tool"]["pytest"]["ini_options"]["filterwarnings"])
    (work / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\nfilterwarnings =\n" + filters
    )
    where = run(
        [str(here / "python"), "-c", "import connector; print(connector.__file__)"], cwd=work, quiet=True
    )
    if not where.startswith(str(folder)):
        raise SystemExit(f"the tests would not run from the installed wheel but from {where}")
    run([str(here / "python"), "-m", "pytest", "-q", *TESTS], cwd=work)


def first_day(command: Path, work: Path, *, demo: bool) -> None:
    """What a newcomer types, in an empty folder: everything that needs a file of the package is among it."""
    environment = {"DESK_PASSWORD": PASSWORD}

    def does(*words: str, code: int = 0) -> str:
        return run([str(command), *words], cwd=work, code=code, more=environment, quiet=True)

    does("--version")
    (work / "config.toml").write_text(does("schema", "--example"), encoding="utf-8")
    does("check", "config.toml")
    does("man")
    does("completion", "bash")
    does("report", "--show-template", "md")
    does("hours", "--config", "config.toml", "onsite", "due", "--start", "2026-10-08 09:00", "--for", "4h")
    if demo:
        does("demo")
    with serving(command, work, environment) as url:
        text = (work / "config.toml").read_text(encoding="utf-8")
        (work / "config.toml").write_text(text.replace("http://127.0.0.1:8765", url), encoding="utf-8")
        does("check", "config.toml", "--instance")
        does("plan", "config.toml")
        does("review", "config.toml")
        does("kpi", "config.toml", "--html", "scorecard.html")
        does("report", "config.toml", "--output", "report.md")
        does("status", "config.toml")
    for name in ("scorecard.html", "report.md"):
        if (work / name).stat().st_size < 1000:
            raise SystemExit(f"{name} is empty")


@contextmanager
def serving(command: Path, work: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of the sandbox with a desk at work in it."""
    process = subprocess.Popen(
        [str(command), "sandbox", "serve", "--desk", "--days", "1", "--port", "0", "--config", "config.toml"],
        cwd=work,
        env={**clean(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield found[0]
                return
        raise SystemExit("the sandbox did not start:\n" + "".join(said))
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> int:
    """Build, look, try."""
    with tempfile.TemporaryDirectory(prefix="desk-package-") as name:
        folder = Path(name)
        sdist, wheel = built(folder / "dist")
        wrong = missing(sdist, wheel)
        if wrong:
            say("\n".join(wrong))
            return 1
        say(f"{sdist.name} {sdist.stat().st_size // 1024} KB, {wheel.name} {wheel.stat().st_size // 1024} KB")
        tried_with = []
        for version in PYTHONS:
            python = interpreter(version)
            if python is None:
                say(skipped(version, "the wheel was not tried with it"))
                continue
            say(f"Python {version}: {python}")
            (folder / version).mkdir()
            tried(python, wheel, folder / version, demo=not tried_with)
            tried_with.append(version)
        say(f"the installed wheel works with Python {', '.join(tried_with) or 'none that is here'}")
    return 0 if tried_with else 1


if __name__ == "__main__":
    sys.exit(main())
