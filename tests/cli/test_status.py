"""``status``: from the store alone, for people and for monitoring."""

import json
from pathlib import Path

import pytest

from connector.cli import main
from connector.clock import SystemClock
from connector.settings import load
from connector.sync.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The example beside a store of its own."""
    path = tmp_path / "config.toml"
    path.write_text((ROOT / "config.example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return path


def told(config: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    """Exit code and the answer for programs."""
    code = main(["status", str(config), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["healthy"] is (code == 0)
    return code, answer


def test_before_the_first_pass_it_says_how_to_begin(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And makes no store by looking."""
    assert main(["status", str(config)]) == 1
    assert f"desk-connector plan {config}" in capsys.readouterr().out
    assert not (config.parent / "desk.sqlite").exists()


def test_a_young_good_pass_is_health(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests, writes, tickets, what is set aside and why."""
    now = SystemClock().now()
    store = Store(load(config).store_url)
    store.record_pass(now - 60, ok=True, requests=6, judged=10, written=2)
    store.quarantine("incident", "a" * 32, "state -100 is not known", now - 60)
    store.close()
    code, answer = told(config, capsys)
    assert code == 0
    assert (answer["requests"], answer["written"], answer["passes"], answer["failed"]) == (6, 2, 1, 0)
    assert main(["status", str(config)]) == 0
    text = capsys.readouterr().out
    assert "1 pass, 0 failed, 6 requests, 2 writes" in text
    assert "state -100 is not known" in text
    assert "not announced yet" in text


def test_an_old_good_pass_or_only_failures_are_not(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Monitoring needs no more than the exit code; people read why."""
    now = SystemClock().now()
    store = Store(load(config).store_url)
    store.record_pass(now - 7200, ok=True)
    store.record_pass(now - 30, ok=False, trouble="reading incident: no answer")
    store.close()
    code, answer = told(config, capsys)
    assert code == 1
    assert answer["failed"] == 1
    assert main(["status", str(config)]) == 1
    text = capsys.readouterr().out
    assert "(2 h ago)" in text
    assert "reading incident: no answer" in text
