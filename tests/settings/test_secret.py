"""Secrets are found late, in several places, and shown never."""

from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.settings.secret import Auth


def auth(**password: str) -> Auth:
    """An account whose password is found so."""
    return Auth.model_validate({"user": "connector", "password": password})


def test_where_a_secret_may_lie(tmp_path: Path) -> None:
    """Environment, NAME_FILE, the credentials folder, a path, beside the configuration; line ends go."""
    (tmp_path / "DESK").write_text("from a file\r\n", encoding="utf-8")
    folder = str(tmp_path)
    file = str(tmp_path / "DESK")
    assert auth(env="DESK").secret(tmp_path, {"DESK": "direct", "DESK_FILE": file}) == "direct"
    assert auth(env="DESK").secret(None, {"DESK_FILE": file}) == "from a file"
    assert auth(env="DESK").secret(None, {"CREDENTIALS_DIRECTORY": folder}) == "from a file"
    assert auth(file="DESK").secret(None, {"CREDENTIALS_DIRECTORY": folder}) == "from a file"
    assert auth(file="DESK").secret(tmp_path, {}) == "from a file"
    assert auth(file=file).secret(None, {}) == "from a file"


def test_every_place_that_was_looked_in_is_named(tmp_path: Path) -> None:
    """An admin sees at once which of them was meant to have it."""
    (tmp_path / "DESK").write_text("\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        auth(env="DESK").secret(
            tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path), "DESK_FILE": str(tmp_path / "gone")}
        )
    told = str(caught.value)
    assert told.startswith("instance: auth: password: no secret found; looked in $DESK (not set or empty), ")
    assert f"{tmp_path / 'gone'} (No such file or directory)" in told
    assert f"{tmp_path / 'DESK'} (empty)" in told
    with pytest.raises(SettingsError, match=r"\$NONE_FILE .*\$CREDENTIALS_DIRECTORY \(not set\)"):
        auth(env="NONE").secret(tmp_path, {})


def test_a_representation_tells_where_not_what() -> None:
    """What is logged by accident holds no secret."""
    assert "DESK" in repr(auth(env="DESK"))
