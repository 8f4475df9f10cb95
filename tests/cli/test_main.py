"""The command line as a whole: verbs, exits, what starts and what does not."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector import __version__
from connector.cli import VERBS, main, parser_of, verb
from connector.cli import exit as leaving
from connector.errors import Refused, SettingsError, StoreFailed, Unauthorised, Unavailable

HEAVY = ("pysnow", "sqlalchemy", "pydantic", "rich", "requests", "holidays", "schedule", "jinja2")
ROOT = Path(__file__).parents[2]
CLOSER = "to look closer: desk-connector check --instance"


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_a_question_about_the_program_starts_nothing_heavy(word: str) -> None:
    """Neither the platform's client nor the database nor the models of the rules are imported."""
    probe = (
        "import sys; from connector.cli import main; code = main(sys.argv[1:]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, word], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stderr.strip() == "[]"
    assert ("desk-connector" in done.stdout) and done.stdout.isprintable() is False


def test_the_overview_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, in the order in which somebody new meets them."""
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines() if line.startswith("  ")] == list(VERBS)
    assert all(verb(name).SUMMARY in told for name in VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help works, and so does `help VERB`; an abbreviation or an unknown option is a mistake."""
    assert main([name, "--help"]) == 0
    one = capsys.readouterr().out
    assert main(["help", name]) == 0
    assert capsys.readouterr().out == one
    assert f"desk-connector {name}" in one
    assert main([name, "--no-such-option"]) == 2
    assert parser_of(name).description


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """As the package has it."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"desk-connector {__version__}\n"


def test_a_slip_in_the_verb_is_answered_with_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, like every mistake on the command line."""
    assert main(["chek"]) == 2
    assert "did you mean check?" in capsys.readouterr().err
    assert main([]) == 2


def _raising(error: BaseException) -> int:
    def work() -> int:
        raise error

    return leaving.guarded(work)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (SettingsError("one", "two"), 2, "one\ntwo\n"),
        (Refused("too much"), 3, "refused: too much\n"),
        (StoreFailed("full"), 1, "error: full\n"),
        (Unauthorised("no"), 1, f"error: no\n{CLOSER}\n"),
        (Unavailable(""), 1, f"error: Unavailable\n{CLOSER}\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (SystemExit(4), 4, ""),
        (SystemExit(None), 0, ""),
    ],
)
def test_each_error_has_its_exit(
    error: BaseException, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By consequence, not by origin."""
    assert _raising(error) == code
    assert capsys.readouterr().err == told


def test_for_a_program_an_error_is_a_document_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json standard output is JSON whatever happens; people read the same on standard error."""
    missing = str(tmp_path / "no.toml")
    for words in (
        ["plan", missing],
        ["apply", missing],
        ["explain", missing, "INC1"],
        ["kpi", missing],
        ["status", missing],
    ):
        assert main([*words, "--json"]) == 2
        said = capsys.readouterr()
        document = json.loads(said.out)
        assert document["exit"] == 2
        assert document["error"] == said.err.strip()
        assert "no such file" in document["problems"][0]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gb18030"])
def test_a_terminal_without_the_characters_ends_nothing(encoding: str) -> None:
    """What cannot be shown is a question mark to people, and escaped in JSON."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    words = [sys.executable, "-m", "connector", "schema"]
    page = subprocess.run([*words, "--markdown"], capture_output=True, cwd=ROOT, check=True, env=environment)
    assert page.stderr == b""
    document = subprocess.run(words, capture_output=True, cwd=ROOT, check=True, env=environment)
    assert json.loads(document.stdout.decode(encoding))["title"]


def test_what_nobody_foresaw_is_a_report_without_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 70; versions and traceback between two lines; nothing that looks like a secret."""
    monkeypatch.setenv("DESK_PASSWORD", "hunter2-hunter2")
    sent = "https://connector:opensesame@desk.example 'Authorization: Basic Y29ubmVjdG9yOng=' hunter2-hunter2"
    assert _raising(ZeroDivisionError(sent)) == 70
    report = capsys.readouterr().err
    assert "ZeroDivisionError" in report
    assert f"desk-policy-connector {__version__}" in report
    for secret in ("hunter2", "opensesame", "Y29ubmVjdG9yOng"):
        assert secret not in report


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`… | head -1` ends quietly."""
    program = (
        "import sys; from connector.cli.exit import guarded; "
        "sys.exit(guarded(lambda: print('{\\n' + 'x' * 1_000_000) or 0))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "{\n"
        running.stdout.close()
        assert running.stderr.read() == ""
        assert running.wait() == leaving.READER_GONE


def test_the_module_is_the_same_program(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m connector` is `desk-connector`."""
    done = subprocess.run(
        [sys.executable, "-m", "connector", "nonsense"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 2
    assert main(["nonsense"]) == 2
    assert capsys.readouterr().err == done.stderr
    assert isinstance(sys.stdout, io.TextIOBase)
    assert os.EX_SOFTWARE == leaving.UNFORESEEN
