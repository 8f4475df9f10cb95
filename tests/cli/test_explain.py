"""``explain``: one ticket, every policy, over HTTP."""

import json

import pytest

from tests.cli.conftest import Site


def test_every_policy_says_why(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Also those that want nothing; history with an open end, groups by name, what would be written."""
    assert site.run("explain", "inc2") == 0
    told = capsys.readouterr().out
    assert "limits (R-C1" in told
    assert "to-second-line (R-A2" in told
    assert "2026-03-02 08:00 – now  new, Service Desk" in told
    assert "Service Desk → [red]Network[/red]" in told
    assert site.group("Service Desk") not in told


def test_what_was_written_is_told_afterwards(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """From the journal: when, what became of it, which columns."""
    assert site.run("apply") == 0
    capsys.readouterr()
    assert site.run("explain", "INC2") == 0
    told = capsys.readouterr().out
    assert "2026-03-02 09:00 written: " in told
    assert "would be written" not in told


def test_it_is_an_admins_unit_test(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """--expect answers by its exit code; what was said instead is told, and JSON stays JSON."""
    assert site.run("explain", "INC1", "--policy", "limits", "--json") == 0
    (answer,) = json.loads(capsys.readouterr().out)["policies"]
    assert site.run("explain", "INC1", "--expect", answer["reason"]) == 0
    capsys.readouterr()
    assert site.run("explain", "INC1", "--expect", "met", "--json") == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["number"] == "INC1"
    assert f'expected "met"; the policies say: {answer["reason"]}' in said.err


def test_a_number_or_policy_that_nobody_knows(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 for a ticket that is not there, 2 for a policy that is not in the file; what to do is told."""
    assert site.run("explain", "INC404", "--json") == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["exit"] == 1
    assert "INC404: not known here" in said.err
    assert site.run("explain", "INC1", "--policy", "limit") == 2
    assert "there are limits, to-second-line" in capsys.readouterr().err


def test_offline_it_asks_only_for_names(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """What the store knows is what is told."""
    assert site.run("plan") == 4
    site.opens("INC3")
    assert site.run("explain", "INC3", "--offline") == 1
    assert site.run("explain", "INC3") == 0
    capsys.readouterr()


def test_without_a_file_it_is_config_toml(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every verb takes it."""
    from connector.cli import main

    monkeypatch.chdir(site.path.parent)
    assert main(["explain", "INC1"]) == 0
    assert main(["plan"]) == 4
    assert main(["apply"]) == 0
    assert main(["kpi", "--date", "2026-03-02"]) == 0
    assert "INC1" in capsys.readouterr().out
