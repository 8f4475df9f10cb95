"""The verb ``hours``, as an admin and as a program see it."""

import argparse
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import connector.settings
from connector.cli import hours
from connector.errors import SettingsError
from connector.service_hours import Calendar, ServiceHours

OFFICE = Calendar.parse("office", "Asia/Shanghai", {"mon-fri": ["08:30-12:00", "13:30-18:00"]}, holidays="CN")


@pytest.fixture(autouse=True)
def _config(monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration with one calendar: reading TOML is tested elsewhere."""
    known = SimpleNamespace(service_hours={"office": ServiceHours.compile(OFFICE)})
    monkeypatch.setattr(connector.settings, "load", lambda path: known, raising=False)


def say(*words: str) -> int:
    """The exit code of the verb with these words."""
    parser = argparse.ArgumentParser()
    hours.add_arguments(parser)
    return hours.run(parser.parse_args(words))


def test_due(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer in the calendar's zone and in UTC, and the stretches that counted."""
    assert say("--config", "c.toml", "office", "due", "--start", "2026-09-30 17:00", "--for", "4h") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == ["2026-10-08 11:30:00+08:00  Asia/Shanghai", "2026-10-08T03:30:00Z"]
    assert shown[-2:] == [
        "  2026-09-30 17:00:00+08:00 – 2026-09-30 18:00:00+08:00  1 h",
        "  2026-10-08 08:30:00+08:00 – 2026-10-08 11:30:00+08:00  3 h",
    ]


def test_elapsed_without_the_pause(capsys: pytest.CaptureFixture[str]) -> None:
    """For a program: seconds and segments; the lunch break does not count and nor does the pause."""
    said = say(
        *("--config", "c.toml", "office", "elapsed", "--json", "--start", "2026-10-09 11:00"),
        *("--end", "2026-10-09T06:00:00Z", "--pause", "2026-10-09 11:30/2026-10-09 13:40"),
    )
    assert said == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["seconds"] == 50 * 60
    assert answer["segments"] == [
        ["2026-10-09T03:00:00Z", "2026-10-09T03:30:00Z"],
        ["2026-10-09T05:40:00Z", "2026-10-09T06:00:00Z"],
    ]


def test_next_open_on_a_make_up_saturday(capsys: pytest.CaptureFixture[str]) -> None:
    """10 October 2026 is a Saturday that is worked."""
    assert say("--config", "c.toml", "office", "next-open", "--start", "2026-10-10 07:00") == 0
    assert capsys.readouterr().out.startswith("2026-10-10 08:30:00+08:00")


def test_a_long_list_is_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    """A budget of a year shows its first and last stretches only, and how many lie between."""
    assert say("--config", "c.toml", "office", "due", "--start", "2025-03-03 09:00", "--for", "900h") == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 3 + 12 + 1
    assert shown[9].endswith("more")


def test_a_year_not_announced_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    """An answer that may still change says so."""
    assert say("--config", "c.toml", "office", "next-open", "--start", "2035-05-05 07:00") == 0
    assert "2035 are not announced yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "missing CALENDAR"),
        (("office", "due", "--config", "c", "--start", "2026-10-09"), "--for"),
        (("office", "elapsed", "--config", "c", "--start", "2026-10-09"), "--end"),
        (("night", "next-open", "--config", "c", "--start", "2026-10-09"), "there are office"),
        (("office", "next-open", "--config", "c", "--start", "soon"), "not a time such as"),
        (("office", "due", "--config", "c", "--start", "2026-10-09", "--for", "2d"), "never days"),
        (
            ("office", "due", "--config", "c", "--start", "2026-10-09", "--for", "1h", "--pause", "x"),
            "FROM/TO",
        ),
        (("office", "next-open", "--config", "c", "--start", "1999-10-09"), "2015 to 2035"),
        (("--batch", "no-such-file.jsonl"), "no-such-file.jsonl: No such file"),
    ],
)
def test_what_is_not_understood(words: tuple[str, ...], said: str) -> None:
    """A sentence for whoever typed it, no traceback: `connector.cli.exit` makes exit code 2 of it."""
    with pytest.raises(SettingsError) as caught:
        say(*words)
    assert said in str(caught.value)


LINE = (
    b'{"id": 1, "zone": "UTC", "weekly": {"mon": [["09:00", "10:00"]]},'
    b' "op": "next_open", "start": "2026-01-01"}\n'
)


def test_a_batch_goes_on_after_a_bad_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer per line of standard input, in order, also for lines that are not even UTF-8."""
    stdin = io.TextIOWrapper(io.BytesIO(LINE + b"\xff\n\n" + LINE))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert say("--batch", "-") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("instant") for answer in answers] == [
        "2026-01-05T09:00:00Z",
        None,
        None,
        "2026-01-05T09:00:00Z",
    ]
    assert ["error" in answer for answer in answers] == [False, True, True, False]


def test_a_batch_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file does as well."""
    (tmp_path / "lines.jsonl").write_bytes(LINE)
    assert say("--batch", str(tmp_path / "lines.jsonl")) == 0
    assert json.loads(capsys.readouterr().out) == {"id": 1, "instant": "2026-01-05T09:00:00Z"}


def test_with_a_configuration_from_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calendar as an admin writes it: six days, and the Saturday within the holiday is off."""
    monkeypatch.undo()
    config = tmp_path / "desk.toml"
    config.write_text(
        """
        [instance]
        url = "http://127.0.0.1:8080"
        auth = { kind = "basic", user = "reader", password = { env = "DESK_PASSWORD" } }

        [service_hours.field]
        zone = "Asia/Shanghai"
        holidays = "CN"
        mon-sat = ["08:00-12:00", "14:00-18:00"]
        """,
        encoding="utf-8",
    )
    assert say("field", "due", "--config", str(config), "--start", "2026-09-30 17:00", "--for", "2h") == 0
    assert capsys.readouterr().out.startswith("2026-10-08 09:00:00+08:00")
