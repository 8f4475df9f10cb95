"""``plan``: every consequence before it happens, over HTTP, and nothing written."""

import json

import pytest

from connector.sandbox import Fault
from tests.cli.conftest import Site


def test_a_plan_is_told_in_the_words_of_the_desk(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Groups by name, instants in the desk's zone, each policy once with its clauses; exit 4."""
    assert site.run("plan") == 4
    told = capsys.readouterr().out
    assert "Service Desk → [red]Network[/red]" in told
    assert "2026-03-02 08:15" in told
    assert "limits (R-C1" in told
    assert site.group("Service Desk") not in told
    assert f"desk-connector apply {site.path}" in told
    assert site.writes() == 0


def test_for_programs_it_is_complete(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Raw values, reasons, marks."""
    assert site.run("plan", "--json") == 4
    plan = json.loads(capsys.readouterr().out)["plan"]
    assert sorted(change["ticket"] for change in plan["changes"]) == ["INC1", "INC2"]
    moved = next(change for change in plan["changes"] if change["ticket"] == "INC2")["fields"]
    assert moved["assignment_group"]["after"] == site.group("[red]Network[/red]")


def test_a_limit_cuts_what_is_shown_and_says_so(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """0 shows all; less than that is a slip."""
    assert site.run("plan", "--limit", "1") == 4
    assert "… and 1 more" in capsys.readouterr().out
    assert site.run("plan", "--limit", "0") == 4
    assert "more;" not in capsys.readouterr().out
    assert site.run("plan", "--limit", "-1") == 2


def test_observing_writes_nothing_and_says_how_to_begin(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """What would be written is shown all the same; there is nothing to do, so the exit code is 0."""
    site.change('"enforce"', '"observe"')
    assert site.run("plan") == 0
    told = capsys.readouterr().out
    assert "2 changes observed only, never written" in told
    assert "desk-connector enforce" in " ".join(told.split())
    assert site.run("apply") == 0
    assert site.writes() == 0


def test_an_instance_that_is_away_is_a_foreseen_failure(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1; what happened, and how to look closer."""
    site.faults.add(Fault.hibernating(), times=None)
    assert site.run("plan") == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert f"desk-connector check {site.path} --instance" in told


def test_an_instance_that_goes_away_in_the_middle(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """What was read stays read, the pass says why it ended, and the next one goes on."""
    site.faults.add(Fault.hibernating(), when=lambda call: call.table == "incident")
    assert site.run("plan") == 1
    assert "the pass ended early" in capsys.readouterr().out
    assert site.run("plan") == 4
