"""What is under deploy/ names commands that exist, and is as closed as it says."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from connector.cli import VERBS, parser_of

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "desk-connector.service"
SEVERAL = DEPLOY / "desk-connector@.service"
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def _unit() -> Mapping[str, Sequence[str]]:
    """Setting → its values, in order; a setting may stand several times."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "[")):
            name, equals, value = line.partition("=")
            assert equals, line
            found.setdefault(name, []).append(value)
    return found


def _is_a_command(words: Sequence[str]) -> None:
    """A verb that exists takes the rest."""
    verb, *rest = words
    assert verb in VERBS
    parser_of(verb).parse_args(rest)


@pytest.mark.parametrize("setting", ["ExecStart", "ExecStartPre"])
def test_the_unit_starts_commands_that_exist(setting: str) -> None:
    """The verb and every option of it."""
    for line in _unit()[setting]:
        program, *words = shlex.split(line)
        assert Path(program).name == "desk-connector"
        _is_a_command(words)


def test_the_unit_speaks_of_what_the_daemon_does() -> None:
    """It notifies, feeds a watchdog, reloads on SIGHUP, and some exits are no reason to start again."""
    unit = _unit()
    assert unit["Type"] == ["notify"]
    assert int(unit["WatchdogSec"][0]) > 0
    assert "-HUP" in unit["ExecReload"][0]
    assert unit["RestartPreventExitStatus"] == ["2 3"]
    assert unit["LoadCredential"][0].startswith("DESK_PASSWORD:")
    assert int(unit["TimeoutStopSec"][0]) > 2 * 60, "a request and its reading back, 60 s each"


def test_no_secret_stands_in_the_unit_or_the_container() -> None:
    """Only where they are found."""
    for text in (UNIT.read_text(encoding="utf-8"), CONTAINER):
        assert not re.search(
            r"(?i)(password|secret|token)\s*=\s*[^\s{,]*[a-z0-9]{8}", text.replace("/run/secrets", "")
        )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
@pytest.mark.parametrize(("file", "name"), [(UNIT, UNIT.name), (SEVERAL, "desk-connector@north.service")])
def test_systemd_knows_every_setting_and_finds_it_closed(tmp_path: Path, file: Path, name: str) -> None:
    """`verify` has nothing to say of the unit itself, and `security` rates its exposure under 2.5 of 10."""
    text = file.read_text(encoding="utf-8").replace("/opt/desk-connector/bin/desk-connector", "/bin/true")
    unit = tmp_path / name
    unit.write_text(text, encoding="utf-8")
    verify = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    said = [line for line in verify.stderr.splitlines() if name in line]
    assert said == []
    security = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert security.returncode == 0, security.stdout[-300:] + security.stderr


def test_the_unit_for_several_is_the_same_with_names_in_it() -> None:
    """Configuration, secret and folder are those of the name behind the @; nothing else differs."""
    one = UNIT.read_text(encoding="utf-8")
    several = SEVERAL.read_text(encoding="utf-8")

    def settings(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith(("#", "Description="))]

    named = one.replace("/etc/desk-connector/config.toml", "/etc/desk-connector/%i.toml")
    named = named.replace("secret/password", "secret/%i")
    named = named.replace("StateDirectory=desk-connector", "StateDirectory=desk-connector/%i")
    named = named.replace("=/var/lib/desk-connector", "=/var/lib/desk-connector/%i")
    assert settings(several) == settings(named)
    assert several.count("%i") == 6


def test_the_container_runs_and_checks_commands_that_exist() -> None:
    """As a user that is not root."""
    commands = [json.loads(words) for words in re.findall(r"^\s*CMD (\[.*\])$", CONTAINER, re.MULTILINE)]
    health, run = commands
    assert health[0] == "desk-connector"
    _is_a_command(health[1:])
    assert 'ENTRYPOINT ["desk-connector"]' in CONTAINER
    _is_a_command(run)
    user = re.findall(r"^USER (\S+)$", CONTAINER, re.MULTILINE)
    assert user == ["10001:10001"]
    copied = re.search(r"^COPY (.*) \./$", CONTAINER, re.MULTILINE)
    assert copied is not None
    assert all((DEPLOY.parent / name).exists() for name in copied[1].split())


def test_the_page_beside_them_names_verbs_and_files_that_exist() -> None:
    """What it tells to type can be typed."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for verb in re.findall(r"`desk-connector (\w+)", text):
        assert verb in VERBS
    assert "desk-connector.service" in text
    assert "Containerfile" in text
