"""Shell completion and the manual page: made from the parsers, and good for the programs that read them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from connector.cli import VERBS, main
from connector.cli.completion import SHELLS
from connector.cli.exit import EXITS
from connector.cli.man import page


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script_with_every_verb(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And the options of each."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in VERBS)
    assert "release" in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
def test_bash_completes_verbs_options_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked as bash asks when somebody presses TAB."""
    main(["completion", "bash"])
    script = tmp_path / "completion.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    (tmp_path / "berlin.toml").touch()

    def completed(*words: str) -> set[str]:
        line = " ".join(words)
        asked = (
            f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); "
            f"COMP_CWORD={len(words) - 1}; COMP_LINE={line!r}; COMP_POINT={len(line)}; "
            '$(complete -p desk-connector | sed "s/.*-F \\([^ ]*\\).*/\\1/"); '
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", asked], capture_output=True, text=True, cwd=tmp_path, check=True
        )
        return {word.strip() for word in done.stdout.split()}

    assert completed("desk-connector", "re") >= {"review", "resume", "retire", "report"}
    assert completed("desk-connector", "brake", "--re") == {"--release", "--reason"}
    assert "berlin.toml" in completed("desk-connector", "check", "ber")


def test_the_manual_page_names_verbs_options_and_exit_codes() -> None:
    """What `--help` says, it says."""
    text = page().replace("\\-", "-")
    for name in VERBS:
        assert f'.SH "{name.upper()}"' in text
    assert "--release" in text
    for code, meaning in EXITS.items():
        assert f".B {code}\n{meaning}" in text


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff on this machine")
def test_man_has_nothing_to_complain_about() -> None:
    """With all warnings on, and the text comes out as it went in."""
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z"], input=page(), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    shown = subprocess.run(
        ["groff", "-man", "-Tascii", "-P-c"], input=page(), capture_output=True, text=True, check=True
    )
    plain = " ".join(shown.stdout.split())
    assert "a person must decide first" in plain
    assert "VERB ..." in plain


def test_the_example_can_be_had_without_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands beside them."""
    assert main(["schema", "--example"]) == 0
    root = Path(__file__).parents[2]
    assert capsys.readouterr().out == (root / "config.example.toml").read_text(encoding="utf-8")
