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


GATEWAY = {
    "breaker": "open", "failures": 5, "probe_in": 20.0, "trouble": "no answer", "requests": 9, "repeats": 1,
    "throttled": 2, "waited": 1.0, "per_minute": 60, "left": 12, "hourly_limit": 1000, "hourly_used": 40,
    "resets_in": 60.0, "closed_for": 300.0, "token_for": None, "batch": "on", "answers": [],
}  # fmt: skip


ABSENT = {"em_alert": "no table em_alert"}


def test_what_the_daemon_left_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In doubt, held, refused, breaker, budget, and a file that is not in force: for people and programs."""
    now = SystemClock().now()
    store = Store(load(config).store_url)
    store.record_pass(now - 60, ok=True, took=1.25)
    held = {"INC2 state": "conflict: INC2 state"}
    store.tell(
        "pass", now - 60, {"in_doubt": ["INC1"], "held": held, "refused": ["u_desk_tier"], "absent": ABSENT}
    )
    store.tell("gateway", now - 60, GATEWAY)
    store.tell("settings", now - 90, {"in_force": "0" * 12, "reload_failed": "config.toml:3: no"})
    store.close()
    _, answer = told(config, capsys)
    assert answer["in_doubt"] == ["INC1"]
    assert answer["held"] == held
    assert answer["refused"] == ["u_desk_tier"]
    assert answer["absent"] == ABSENT
    assert answer["gateway"] == {"at": now - 60, **GATEWAY}
    assert answer["settings"] == {
        "in_force": "0" * 12,
        "in_file": load(config).digest,
        "reload_failed": "config.toml:3: no",
    }
    lag = answer["lag"]
    assert isinstance(lag, int)
    assert 60 <= lag < 120
    years = answer["unannounced_holidays"]
    assert isinstance(years, list)
    assert {each["service_hours"] for each in years} == {"onsite"}
    assert main(["status", str(config)]) == 0
    text = capsys.readouterr().out
    for line in (
        "behind          ",
        "in doubt        INC1",
        "waits for you   conflict: INC2 state",
        "refused columns u_desk_tier",
        "rests           no table em_alert",
        "connection      breaker open, after 5 failures: no answer",
        "12 of 60 requests a minute left; 40 of the instance's 1,000 an hour used",
        "wants to be left alone for 5 min",
        "not in force: config.toml:3: no",
    ):
        assert line in text


def test_a_file_that_changed_since_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a failure, only that nobody has sent SIGHUP yet."""
    now = SystemClock().now()
    store = Store(load(config).store_url)
    store.record_pass(now, ok=True)
    store.tell("settings", now, {"in_force": "0" * 12, "reload_failed": ""})
    store.close()
    assert main(["status", str(config)]) == 0
    assert "SIGHUP takes it" in capsys.readouterr().out
