"""``status FOLDER``: several instances, one process each, shared files beside them."""

import json
from pathlib import Path

import pytest

from connector.cli import main
from connector.cli.fleet import configurations
from connector.clock import SystemClock
from connector.settings import load
from connector.sync.store import Store

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two customers over one shared file, and a file that is none of ours."""
    shared = EXAMPLE.replace("include = []", "").replace('path = "desk.sqlite"', "")
    shared = shared.replace('url = "http://127.0.0.1:8765"', "")
    (tmp_path / "shared.toml").write_text(shared, encoding="utf-8")
    for name in ("berlin", "wuhan"):
        text = f'include = ["shared.toml"]\n[instance]\nurl = "https://{name}.example.com"\n'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n", encoding="utf-8")
    return tmp_path


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    """File → its state; the exit code is that of the worst."""
    capsys.readouterr()
    code = main(["status", str(folder), "--json"])
    states = {Path(one["config"]).stem: one for one in json.loads(capsys.readouterr().out)}
    assert (code == 0) is all(one["healthy"] for one in states.values())
    return states


def passes(path: Path, ago: int) -> None:
    """A good pass so many seconds ago."""
    store = Store(load(path).store_url)
    store.record_pass(SystemClock().now() - ago, ok=True)
    store.close()


def test_shared_files_are_no_configurations(folder: Path) -> None:
    """Nor is any other TOML file; each instance has a store of its own without saying so."""
    assert [path.stem for path in configurations(folder)] == ["berlin", "wuhan"]
    stores = {load(path).store_path.name for path in configurations(folder)}
    assert stores == {"berlin.sqlite", "wuhan.sqlite"}


def test_one_line_each(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Well, late, paused, braked: in a word, and what waits below."""
    monkeypatch.setenv("COLUMNS", "200")
    passes(folder / "berlin.toml", 60)
    assert main(["status", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "no pass yet" in said
    assert "2 instances, 1 not well" in said
    passes(folder / "wuhan.toml", 7200)
    assert told(folder, capsys)["wuhan"]["healthy"] is False
    main(["status", str(folder)])
    assert "late" in capsys.readouterr().out
    main(["pause", str(folder / "wuhan.toml"), "--reason", "clone"])
    main(["brake", str(folder / "berlin.toml"), "--reason", "auditors"])
    assert main(["status", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "paused" in said
    assert "braked" in said
    assert "the instance is left alone" in said


def test_one_that_is_wrong_does_not_hide_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its errors stand below the table, with file and line."""
    passes(folder / "berlin.toml", 60)
    (folder / "wuhan.toml").write_text('include = ["shared.toml"]\n[instance]\nurl = 7\n', encoding="utf-8")
    (folder / "broken.toml").write_text("x =", encoding="utf-8")
    states = told(folder, capsys)
    assert states["berlin"]["healthy"] is True
    assert any("wuhan.toml:3: instance: url" in problem for problem in states["wuhan"]["problems"])
    assert any("broken.toml:1: not TOML" in problem for problem in states["broken"]["problems"])
    main(["status", str(folder)])
    assert "broken.toml:1: not TOML" in capsys.readouterr().out


def test_two_with_one_store_or_one_instance_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shared [store] path, and a copy of a configuration, are easy to make."""
    text = (folder / "shared.toml").read_text(encoding="utf-8")
    (folder / "shared.toml").write_text(
        text.replace("[store]", '[store]\npath = "desk.sqlite"'), encoding="utf-8"
    )
    (folder / "copy.toml").write_text((folder / "berlin.toml").read_text(encoding="utf-8"), encoding="utf-8")
    problems = [problem for state in told(folder, capsys).values() for problem in state["problems"]]
    assert any("works with the store of" in problem for problem in problems)
    assert any("about the same instance" in problem for problem in problems)


def test_a_folder_without_any_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2."""
    assert main(["status", str(tmp_path)]) == 2
    assert "no configuration in this folder" in capsys.readouterr().err
