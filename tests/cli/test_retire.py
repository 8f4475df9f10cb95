"""``retire``: the owned columns cleared or left, a plan first; it does not start again."""

import json

import pytest

from connector.cli.furnish import furnish
from connector.reconcile import halted
from connector.sandbox import Fault, on
from connector.settings import load
from tests.cli.conftest import HOUR, Site

OWNED = ("u_desk_class", "u_desk_tier", "u_desk_clock", "u_desk_respond_by", "u_desk_marks")


@pytest.fixture
def worked(site: Site) -> Site:
    """A desk that was enforced for a pass."""
    assert site.run("apply") == 0
    return site


def owned(site: Site) -> dict[str, list[str]]:
    """Ticket → what stands in our columns."""
    return {
        row["number"]: [row[column] for column in OWNED if row[column]]
        for row in site.instance.rows("incident")
    }


def test_it_is_shown_first(worked: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns with their tickets, both ways, what stays; not a write, and the daemon may go on."""
    writes, before = worked.writes(), owned(worked)
    assert worked.run("retire") == 4
    said = capsys.readouterr().out
    assert "2 tickets with something of ours" in said
    assert "u_desk_marks" in said
    assert "--clear empties them: 2 writes" in said
    assert "--leave writes nothing" in said
    assert worked.run("retire", "--apply") == 2
    assert (worked.writes(), owned(worked)) == (writes, before)
    assert halted(load(worked.path)) is None


def test_cleared_nothing_of_ours_is_left_in_the_columns(
    worked: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notes, groups and what people wrote stay; each write is in the journal; a second run finds nothing."""
    notes = {row["number"]: worked.notes(row["sys_id"]) for row in worked.instance.rows("incident")}
    moved = {row["number"]: row["assignment_group"] for row in worked.instance.rows("incident")}
    assert worked.run("retire", "--clear", "--apply", "--reason", "contract ended") == 0
    assert owned(worked) == {"INC1": [], "INC2": []}
    assert {row["number"]: worked.notes(row["sys_id"]) for row in worked.instance.rows("incident")} == notes
    assert {row["number"]: row["assignment_group"] for row in worked.instance.rows("incident")} == moved
    capsys.readouterr()
    assert worked.run("explain", "INC1") in (0, 1)
    assert "u_desk_marks" in capsys.readouterr().out, "the journal tells of it"
    writes = worked.writes()
    assert worked.run("retire", "--clear", "--apply") == 0
    assert "nothing was to be cleared" in capsys.readouterr().out
    assert worked.writes() == writes


def test_retired_it_does_not_start_until_it_returns(worked: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Left as they are, the columns stay; `apply` is refused; back again, the next pass goes on."""
    before = owned(worked)
    assert worked.run("retire", "--leave", "--apply", "--reason", "for good") == 0
    assert owned(worked) == before
    assert worked.run("apply") == 3
    assert "for good" in capsys.readouterr().err
    assert worked.run("retire", "--return") == 0
    worked.clock.advance(HOUR)
    assert worked.run("apply") == 0


def test_cleared_and_back_it_says_nothing_a_second_time_that_is_still_marked(worked: Site) -> None:
    """The marks are gone with the columns, so that notes would come again: nobody returns by accident."""
    worked.run("retire", "--clear", "--apply")
    worked.run("retire", "--return")
    assert worked.run("plan") == 4


def test_resolved_tickets_wait(worked: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A write could postpone their closing; once they are closed, or with --resolved, they are cleared."""
    sys_id = next(row["sys_id"] for row in worked.instance.rows("incident") if row["number"] == "INC1")
    worked.instance.update(
        "incident",
        sys_id,
        {"state": "6", "close_code": "Solution provided", "close_notes": "x"},
        user="admin",
    )
    assert worked.run("retire", "--clear", "--json") == 4
    assert json.loads(capsys.readouterr().out)["holding"]["resolved"] == 1
    assert worked.run("retire", "--clear", "--apply") == 4
    assert owned(worked)["INC2"] == []
    assert owned(worked)["INC1"]
    assert worked.run("retire", "--clear", "--apply", "--resolved") == 0
    assert owned(worked)["INC1"] == []


def test_cut_off_in_the_middle_it_stays_retired_and_goes_on(worked: Site) -> None:
    """No pass may fill again what was cleared."""
    worked.rest.faults.add(Fault.server_error(), when=on("PATCH", "incident"))
    assert worked.run("retire", "--clear", "--apply") == 1
    assert worked.run("apply") == 3
    assert worked.run("retire", "--clear", "--apply") == 0
    assert owned(worked) == {"INC1": [], "INC2": []}


def test_a_running_connector_is_stopped_first(worked: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The lock says who runs; nothing is marked or written."""
    from connector.daemon import only_one

    with only_one(load(worked.path).store_path.with_suffix(".lock")):
        assert worked.run("retire", "--clear", "--apply") == 3
    assert "Stop that one first" in capsys.readouterr().err
    assert halted(load(worked.path)) is None


def test_the_brake_holds_it_too(worked: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written means nothing."""
    worked.run("brake")
    assert worked.run("retire", "--clear", "--apply") == 3
    assert owned(worked)["INC1"]


def test_marks_on_other_tables_are_cleared_too(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a policy is about changes, their marks are ours."""
    site.change(
        '[[policy]]\nrule = "sla_timer"',
        '[[policy]]\nrule = "change_control"\nname = "changes"\nmode = "observe"\n'
        'application = ["justification"]\n[[policy]]\nrule = "sla_timer"',
    )
    furnish(site.instance, load(site.path), "another")
    change = site.instance.insert("change_request", {"number": "CHG1", "short_description": "new disk"})
    site.instance.update("change_request", change["sys_id"], {"u_desk_marks": "3f9c2a71"})
    assert site.run("retire", "--json") == 4
    assert json.loads(capsys.readouterr().out)["holding"]["columns"] == {"change_request.u_desk_marks": 1}
    assert site.run("retire", "--clear", "--apply") == 0
    cleared = site.instance.get("change_request", change["sys_id"])
    assert cleared is not None
    assert cleared["u_desk_marks"] == ""
    assert cleared["short_description"] == "new disk"


def test_a_table_that_is_not_there_holds_nothing_of_ours(
    worked: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A policy about it rested: what lies in the tickets is cleared all the same."""
    policy = '[[policy]]\nrule = "monitoring_alert"\nname = "alerts"\ntable = "em_alert"\n'
    worked.path.write_text(worked.path.read_text(encoding="utf-8") + policy, encoding="utf-8")
    assert worked.run("plan") == 0
    assert "the instance has no table em_alert; resting until it has: alerts" in capsys.readouterr().out
    assert worked.run("retire", "--clear", "--apply") == 0
    assert owned(worked) == {"INC1": [], "INC2": []}
