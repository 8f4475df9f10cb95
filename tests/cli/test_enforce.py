"""``enforce``: what an admin types, what is shown, and that nothing changes before --write."""

import json

import pytest

from connector.settings import load
from tests.cli.conftest import HOUR, Site
from tests.cli.test_review import observe


@pytest.fixture
def observing(site: Site) -> Site:
    """Both policies only look so far."""
    observe(site)
    return site


def modes(site: Site) -> dict[str, str]:
    """Policy → mode, as the file says."""
    return {policy.name: str(policy.mode) for policy in load(site.path).policies}


def test_without_a_name_it_tells_how_each_stands(observing: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """And the two commands that come next."""
    assert observing.run("enforce") == 0
    said = capsys.readouterr().out
    assert "limits          observe" in said
    assert f"desk-connector review {observing.path}" in said


def test_it_is_shown_first_with_what_the_first_pass_would_write(
    observing: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line before and after, the count of the plan; the file stays, and nothing is sent but reads."""
    before = observing.path.read_bytes()
    assert observing.run("enforce", "limits") == 4
    said = capsys.readouterr().out
    line = before.decode().splitlines().index('name = "limits"') + 2
    assert f'{observing.path}:{line}:\n  - mode = "observe"\n  + mode = "enforce"\n' in said
    assert "limits: its first pass would write 2 changes" in said
    assert observing.path.read_bytes() == before
    assert observing.writes() == 0


def test_written_it_is_what_apply_then_does(observing: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Only that policy, only that line; the other still observes."""
    before = observing.path.read_text(encoding="utf-8")
    assert observing.run("enforce", "limits", "--write") == 0
    after = observing.path.read_text(encoding="utf-8")
    assert before.replace('name = "limits"\nmode = "observe"', 'name = "limits"\nmode = "enforce"') == after
    assert observing.run("apply") == 0
    assert observing.writes() == 2
    network = next(row for row in observing.instance.rows("incident") if row["number"] == "INC2")
    assert network["assignment_group"] == observing.group("Service Desk"), "to-second-line observes"
    capsys.readouterr()
    assert observing.run("enforce", "limits", "--write") == 0
    assert "says so already" in capsys.readouterr().out
    assert observing.run("enforce", "limits", "--observe", "--write", "--offline") == 0
    assert observing.path.read_text(encoding="utf-8") == before


def test_from_a_day_on_the_backlog_is_left_alone(observing: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Tickets opened before are observed as ever, and are in the review; a new one is written to."""
    assert observing.run("enforce", "limits", "--from", "2026-03-03", "--write") == 0
    assert "its first pass would write 0 changes" in capsys.readouterr().out
    assert modes(observing)["limits"] == "enforce, tickets opened from 2026-03-03"
    assert observing.run("apply") == 0
    assert observing.writes() == 0
    observing.clock.advance(24 * HOUR)
    fresh = observing.opens("INC3")
    observing.clock.advance(HOUR)
    assert observing.run("apply") == 0
    assert observing.writes() == 1
    assert any("INC3" in note or "(limits," in note for note in observing.notes(fresh))
    capsys.readouterr()
    observing.run("review", "--json")
    said = json.loads(capsys.readouterr().out)
    assert [one["tickets"] for one in said["policies"] if one["name"] == "limits"] == [2]


def test_desks_come_and_go_one_by_one(observing: Site) -> None:
    """Named desks are added; taken back, the others stay; without one left it observes again."""
    observing.change("[service_hours", '[[desk]]\nname = "south"\nfirst_line = ["South"]\n[service_hours')
    observing.instance.add_group("South")
    for words, mode in (
        (("--desk", "south"), "enforce south"),
        (("--desk", "main"), "enforce main, south"),
        (("--from", "2026-03-03"), "enforce, tickets opened from 2026-03-03"),
        (("--desk", "main"), "enforce main, tickets opened from 2026-03-03"),
        (("--desk", "south"), "enforce main, south, tickets opened from 2026-03-03"),
        (("--desk", "main", "--observe"), "enforce south, tickets opened from 2026-03-03"),
        (("--desk", "south", "--observe"), "observe"),
        ((), "enforce"),
        (("--desk", "main"), "enforce main"),
    ):
        assert observing.run("enforce", "limits", *words, "--write", "--offline") == 0
        assert modes(observing)["limits"] == mode


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("limit",), 'no policy "limit"; did you mean "limits"?'),
        (("limits", "--desk", "mian"), 'no desk "mian"; did you mean "main"?'),
        (("limits", "--from", "tomorrow"), '"tomorrow" is not a day'),
        (("limits", "--observe", "--from", "2026-03-03"), "say one of them"),
    ],
)
def test_what_cannot_be_meant(
    observing: Site, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    """Exit 2, and the file stays."""
    before = observing.path.read_bytes()
    assert observing.run("enforce", *words, "--write") == 2
    assert said in capsys.readouterr().err
    assert observing.path.read_bytes() == before


def test_what_would_not_be_valid_is_not_written(observing: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is that of the file as it would be, with its line."""
    observing.change('marks = "u_desk_marks"\n', "")
    before = observing.path.read_bytes()
    assert observing.run("enforce", "limits", "--write") == 2
    assert "cannot enforce without [columns] marks" in capsys.readouterr().err
    assert observing.path.read_bytes() == before


def test_an_instance_that_is_away_does_not_hide_the_edit(
    observing: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1 and why; --offline does not ask."""
    monkeypatch.setenv("DESK_PASSWORD", "wrong-for-once")
    assert observing.run("enforce", "limits") == 1
    said = capsys.readouterr().out
    assert '+ mode = "enforce"' in said
    assert "could not be asked for" in said
    assert observing.run("enforce", "limits", "--offline", "--json") == 4
    told = json.loads(capsys.readouterr().out)
    assert told["modes"] == {"limits": '"enforce"'}
    assert told["written"] is False
