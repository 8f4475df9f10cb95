"""Files that others may read or write are told with the way out; secrets come from the keyring too."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from connector.errors import SettingsError
from connector.settings import load, warnings
from connector.settings.secret import Secret, without_known

ROOT = Path(__file__).parents[2]
NOW = 1_772_409_600


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example with its password in a file beside it, as it should be."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    path = tmp_path / "config.toml"
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('{ env = "DESK_PASSWORD" } ', '{ file = "password" } ', 1), encoding="utf-8")
    path.chmod(0o644)
    (tmp_path / "password").write_text("hunter-of-bugs")
    (tmp_path / "password").chmod(0o600)
    return path


def _told(config: Path) -> str:
    return "\n".join(warnings(load(config), NOW))


def test_a_secret_that_others_may_read_is_told_with_the_way_out(config: Path) -> None:
    """By its setting and line, and only then."""
    assert "others may" not in _told(config)
    (config.parent / "password").chmod(0o640)
    told = _told(config)
    assert f"others may read {config.parent / 'password'} (mode 0640); chmod 600" in told
    assert "hunter" not in told
    line = next(n for n, text in enumerate(config.read_text().splitlines(), 1) if text.startswith("password"))
    assert f"config.toml:{line}:" in told


def test_a_configuration_that_others_may_write_is_told(config: Path) -> None:
    """They could write to the instance through it."""
    config.chmod(0o666)
    assert "others may write this file (mode 0666)" in _told(config)


def test_an_environment_has_no_permissions(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in it is not looked for in files; a file that it names is looked at."""
    secret = Secret(env="DESK_PASSWORD")
    opened = config.parent / "open"
    opened.write_text("x" * 8)
    opened.chmod(0o644)
    named = {"DESK_PASSWORD_FILE": str(opened)}
    assert secret.open_to_others(config.parent, {"DESK_PASSWORD": "y" * 8, **named}) is None
    assert secret.open_to_others(config.parent, named) == (opened, 0o644)
    assert secret.open_to_others(config.parent, {}) is None


def test_a_keyring_is_asked_for_service_and_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has is a secret like any other: known, and taken out of what is told."""
    kept = {("desk-connector", "connector"): "out-of-the-keyring"}
    fake = SimpleNamespace(get_password=lambda service, user: kept.get((service, user)))
    monkeypatch.setitem(__import__("sys").modules, "keyring", fake)
    secret = Secret(keyring="desk-connector/connector")
    assert secret.read(Path(), os.environ) == "out-of-the-keyring"
    assert without_known("it is out-of-the-keyring!") == "it is ***!"
    assert secret.open_to_others(Path(), os.environ) is None
    with pytest.raises(SettingsError, match="has none for desk-connector, other"):
        Secret(keyring="desk-connector/other").read(Path(), os.environ)


def test_without_the_extra_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a keyring that fails says how."""
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(SettingsError, match=r"\[keyring\]"):
        Secret(keyring="a/b").read(Path(), os.environ)

    def locked(*_: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.setitem(__import__("sys").modules, "keyring", SimpleNamespace(get_password=locked))
    with pytest.raises(SettingsError, match="RuntimeError: locked"):
        Secret(keyring="a/b").read(Path(), os.environ)


@pytest.mark.parametrize(
    "words", [{}, {"env": "A", "file": "b"}, {"file": "b", "keyring": "a/b"}, {"keyring": "a"}]
)
def test_one_place_and_only_one(words: dict[str, str]) -> None:
    """Two places would be two truths."""
    with pytest.raises(ValueError, match=r"say either|pattern"):
        Secret(**words)
