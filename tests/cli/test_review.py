"""``review``: a desk that was only observed, told before anything may be written."""

import json

import pytest

from tests.cli.conftest import HOUR, Site


def observe(site: Site) -> None:
    """Both policies only look."""
    site.change('name = "limits"\nmode = "enforce"', 'name = "limits"\nmode = "observe"')
    site.change('name = "to-second-line"\nmode = "enforce"', 'name = "to-second-line"\nmode = "observe"')


def told(site: Site, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, object]]:
    """Policy → what the review says of it."""
    capsys.readouterr()
    assert site.run("review", "--json", *words) == 0
    said = json.loads(capsys.readouterr().out)
    return {one["name"]: one for one in said["policies"]} | {"": said}


def test_before_the_first_pass_it_says_how_to_begin(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """And makes no store by looking."""
    observe(site)
    assert site.run("review") == 1
    assert "begin with: desk-connector run" in capsys.readouterr().out
    assert not site.path.with_suffix(".sqlite").exists()


def test_each_thing_counts_once_however_often_it_is_judged(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Passes repeat themselves; a field counts again when its value is another."""
    observe(site)
    for _ in range(3):
        site.run("plan")
    first = told(site, capsys)
    assert first["limits"]["tickets"] == 2
    assert first["limits"]["notes"] == 2, "one late response each"
    assert first["to-second-line"]["moves"] == 1
    assert first["to-second-line"]["mode"] == "observe"
    kept = first["limits"]["fields"]
    sys_id = next(row["sys_id"] for row in site.instance.rows("incident") if row["number"] == "INC1")
    site.instance.update("incident", sys_id, {"impact": "1", "urgency": "1"}, user="admin")
    site.clock.advance(HOUR)
    site.run("plan")
    site.run("plan")
    then = told(site, capsys)
    assert then["limits"]["fields"] == kept + 1, "another class"
    assert then["limits"]["writes"] == first["limits"]["writes"] + 1
    assert site.writes() == 0


def test_what_it_counts_is_what_enforcing_writes(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The notes it told of are the notes that come, word by word."""
    observe(site)
    site.run("plan")
    samples = told(site, capsys)["limits"]["samples"]
    site.change('mode = "observe"', 'mode = "enforce"')
    assert site.run("apply") == 0
    for row in site.instance.rows("incident"):
        assert any(samples[row["number"]] in note for note in site.notes(row["sys_id"]))


def test_people_read_who_would_have_heard_most(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, where the instance tells it; by id where it is away, which is said."""
    observe(site)
    person = site.instance.add_user("zhao", name="Zhao Min")
    for row in site.instance.rows("incident"):
        site.instance.update("incident", row["sys_id"], {"assigned_to": person}, user="admin")
    site.change('respond_within = "15m"', 'respond_within = "15m"\nresolve_within = "30m"')
    site.run("plan")
    capsys.readouterr()
    assert site.run("review") == 0
    said = capsys.readouterr().out
    assert "noisiest tickets" in said
    assert "INC2" in said
    assert "Zhao Min" in said
    assert "Service Desk" in said
    assert f"desk-connector enforce {site.path} limits" in said
    site.instance.delete("sys_user", person)
    assert site.run("review", "--offline") == 0
    assert person in capsys.readouterr().out


def test_one_policy_closer(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Why, and the notes to read; an unknown name is told with those there are."""
    observe(site)
    site.run("plan")
    capsys.readouterr()
    assert site.run("review", "--policy", "limits") == 0
    said = capsys.readouterr().out
    assert "nobody took this up within 15 min" in said
    assert "to-second-line" not in said
    assert site.run("review", "--policy", "limit") == 2
    assert "there are limits, to-second-line" in capsys.readouterr().err


def test_what_the_brake_would_have_held_is_said(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """With the pass and the bound; tickets past what a pass lists are counted."""
    observe(site)
    site.change("max_changes = 10", "max_changes = 2")
    for number in range(3, 9):
        site.opens(f"INC{number}")
    site.clock.advance(HOUR)
    site.run("plan")
    assert told(site, capsys)["limits"]["held"] == "max_changes = 2"
    assert told(site, capsys)["limits"]["greatest"][1] == 8
    site.run("review")
    assert "8 tickets in one pass, max_changes = 2" in capsys.readouterr().out


def test_a_policy_that_was_set_otherwise_is_counted_anew(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it wanted with other limits is not what it would want now; its mode is no such thing."""
    observe(site)
    site.run("plan")
    site.change('respond_within = "15m"', 'respond_within = "4h"')
    site.run("plan")
    said = told(site, capsys)["limits"]
    assert said["notes"] == 0
    assert said["other_settings"] == 2
    site.change('respond_within = "4h"', 'respond_within = "15m"')
    assert told(site, capsys)["limits"]["notes"] == 2


def test_since_a_day(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """What came before is not counted; what is no day is told."""
    observe(site)
    site.run("plan")
    assert told(site, capsys, "--since", "2026-03-02")["limits"]["tickets"] == 2
    assert told(site, capsys, "--since", "2026-03-03")["limits"]["tickets"] == 0
    assert site.run("review", "--since", "yesterday") == 2
    assert '"yesterday" is not a day' in capsys.readouterr().err
