"""``sandbox replay``: an audit log through the policies, from the command line to the closing table."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector.cli import main
from tests.sandbox.test_log import write

REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "incident_event_log.csv.gz"

FIRST = {
    "assignment_group": "Group 70",
    "caller_id": "Caller 1",
    "impact": "1 - High",
    "urgency": "1 - High",
}
LOG = (
    FIRST,
    {**FIRST, "incident_state": "Active", "assigned_to": "Resolver 1", "sys_updated_at": "29/2/2016 09:00"},
    {**FIRST, "incident_state": "Resolved", "assigned_to": "Resolver 1", "sys_updated_at": "1/3/2016 05:00"},
    {**FIRST, "incident_state": "Closed", "assigned_to": "Resolver 1", "sys_updated_at": "2/3/2016 07:00"},
)
END = {
    "resolved_at": "1/3/2016 05:00",
    "closed_at": "2/3/2016 07:00",
    "closed_code": "code 5",
    "resolved_by": "Resolved by 9",
}


def replayed(log: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The result of a replay in which nothing failed."""
    code = main(["sandbox", "replay", "--log", str(log), "--json", *words])
    said = capsys.readouterr()
    assert code == 0, said.err
    result: dict[str, Any] = json.loads(said.out)
    return result


def test_one_urgent_fault_that_nobody_took_in_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Late by both limits, reported, its knowledge owed; then the next plan is empty."""
    log = write(tmp_path / "log.csv", *({**row, **END} for row in LOG))
    result = replayed(log, capsys)
    assert (result["incidents"], result["events"]) == (1, 4)
    assert result["late"] == 1
    assert result["created"]["major_report"] == 1
    assert result["notes_by_policy"]["urgent-limits"] >= 2
    assert result["notes_by_policy"]["knowledge-owed"] == 2
    assert (result["failed_passes"], result["quarantined_now"], result["left_to_do"]) == (0, 0, 0)
    assert result["passes"] < 1000, "a pass only where something happens or is due"


def test_people_read_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was written, by policy; where the tickets stand; requests; the time it took."""
    log = write(tmp_path / "log.csv", *({**row, **END} for row in LOG))
    assert main(["sandbox", "replay", "--log", str(log), "--days", "1"]) == 0
    told = " ".join(capsys.readouterr().out.split())  # where lines break hangs on the path
    for words in ("1 incidents, 4 events", "late by their limits", "Where the tickets stand", "seconds"):
        assert words in told


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.csv", None, "cannot be read: No such file"),
        ("other.csv", b"number,state\n1,2\n", "not an incident audit log: line 1: no column"),
        ("noise.csv.gz", b"\x92noise", "not an incident audit log"),
    ],
)
def test_a_log_that_is_none(
    tmp_path: Path, name: str, content: bytes | None, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 and a sentence."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["sandbox", "replay", "--log", str(tmp_path / name)]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc"])
def test_a_zone_that_is_none(zone: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is read."""
    assert main(["sandbox", "replay", "--log", "log.csv", "--zone", zone]) == 2
    assert "is not an IANA time zone" in capsys.readouterr().err


@pytest.mark.skipif(
    not REAL.exists(), reason="the real log is not there: ../shared/data/incident_event_log.csv.gz"
)
def test_the_first_two_days_of_a_real_desk(capsys: pytest.CaptureFixture[str]) -> None:
    """Every pass goes through, something of every kind happens, and nothing is left to do."""
    result = replayed(REAL, capsys, "--days", "2")
    assert result["incidents"] == 17_136
    assert result["events"] > 1000
    assert result["escalated"] > 10
    assert result["late"] > 100
    assert result["created"]["major_report"] > 5
    assert (result["failed_passes"], result["quarantined_now"], result["left_to_do"]) == (0, 0, 0)
