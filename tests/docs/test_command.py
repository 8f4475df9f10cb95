"""What the pages tell to type can be typed: every command is parsed, those of the tutorials are run in order.

An expected exit code stands behind the command: ``# exit 4``. What runs until it is stopped, and what is not
ours (``pip``, ``systemctl``), is not run.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.cli import VERBS, main, parser_of
from connector.cli.example import example_path
from connector.cli.furnish import furnish
from connector.clock import SimulatedClock, SystemClock
from connector.sandbox import Instance, Rest, Server
from connector.settings import load

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "deploy" / "README.md"})
TUTORIALS = ("first-day.md", "going-live.md", "installing.md", "policies.md", "several-instances.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:8765"
ENDLESS = ("run", "demo", "sandbox")
FOREIGN = ("python3 -m venv", "pip install", "cp ", "systemctl ", "make ", "npm ", "node ")


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """(command, what stands behind it as a comment) of every block for the shell."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            command, _, comment = line.partition(" #")
            if command.strip() and not command.startswith("#"):
                yield command.strip(), comment.strip()


def ours(page: Path) -> Iterator[list[str]]:
    """The words behind ``desk-connector``, without what the shell does with the output."""
    for command, _ in commands(page):
        for part in command.split("|"):
            words = shlex.split(part.partition(" > ")[0].removesuffix("&"))
            if words[:1] == ["desk-connector"] and words[1:2] != ["VERB"]:
                yield words[1:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_one(page: Path) -> None:
    """The verb exists and takes these options; a page whose option was renamed fails here."""
    for verb, *rest in ours(page):
        if verb not in ("--version", "--help"):
            assert verb in VERBS, verb
            parser_of(verb).parse_args(rest)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A desk that has worked for two hours, at an address of its own; we are in an empty folder."""
    now = SystemClock().now()
    clock = SimulatedClock(now - 7200)
    instance = Instance(now=clock.now)
    monkeypatch.setenv("DESK_PASSWORD", "sandbox")
    furnish(instance, load(example_path()), "sandbox")
    instance.add_user("root", name="Root", password="sandbox", roles=["admin"])
    groups = {row["name"]: row["sys_id"] for row in instance.rows("sys_user_group")}
    for urgency, category in (("1", "network"), ("2", "software"), ("3", "inquiry")):
        instance.insert(
            "incident",
            {
                "short_description": f"{category} is slow",
                "impact": "2",
                "urgency": urgency,
                "category": category,
                "assignment_group": groups["Service Desk South" if category == "inquiry" else "Service Desk"],
            },
        )
    clock.set(now)
    monkeypatch.chdir(tmp_path)
    with Server(Rest(instance)) as server:
        yield server.url
    instance.close()


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorial_can_be_followed(
    name: str, desk: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its first command to its last, in one folder; each ends as the page says."""
    if not any("config.toml" in command and ">" in command for command, _ in commands(ROOT / "docs" / name)):
        write(Path("config.toml"), example_path().read_text(encoding="utf-8"), desk)
        assert main(["apply", "config.toml"]) == 0
    for command, comment in commands(ROOT / "docs" / name):
        if command.startswith("export "):
            variable, _, value = command.removeprefix("export ").partition("=")
            monkeypatch.setenv(variable, value)
            continue
        if command.startswith(FOREIGN):
            continue
        line, _, into = command.partition(" > ")
        program, *words = shlex.split(line.replace(ADDRESS, desk))
        assert program == "desk-connector", command
        if words[0] in ENDLESS:
            assert main(["apply", "config.toml"]) == 0 if words[0] == "run" else True
            continue
        capsys.readouterr()
        code = main(words)
        said = capsys.readouterr()
        wanted = re.match(r"exit (\d+)", comment)
        assert code == (int(wanted[1]) if wanted else 0), f"{command}: {said.out}{said.err}"
        if into:
            write(Path(into), said.out, desk)


def write(path: Path, text: str, url: str) -> None:
    """A file of the tutorial; the sandbox of the test listens elsewhere."""
    path.write_text(text.replace(ADDRESS, url), encoding="utf-8")
