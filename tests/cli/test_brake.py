"""``brake``, ``pause``, ``resume``: nothing is written, nothing is asked, until somebody lifts it."""

import json
import logging

import pytest

from connector.cli.run import Duty
from connector.daemon import Daemon
from connector.daemon.measure import page
from connector.errors import Refused
from connector.settings import load
from connector.sync.store import Store
from tests.cli.conftest import HOUR, Site

SWITCH = "desk.connector.switch"


@pytest.fixture
def duty(site: Site, caplog: pytest.LogCaptureFixture):
    """The daemon's, made to pass by hand."""
    caplog.set_level(logging.INFO)
    store = Store()
    made = Duty(str(site.path), load(site.path), store, site.clock, Daemon(site.clock))
    yield made
    made.end()
    store.close()


def test_braked_it_writes_nothing_and_goes_on_looking(
    site: Site, duty: Duty, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so once; released, the next pass writes what is still wanted."""
    duty.begin()
    assert site.run("brake", "--reason", "the auditors are here") == 0
    assert "nothing is written" in capsys.readouterr().out
    for _ in range(3):
        assert duty.make_pass() == ""
    assert site.writes() == 0
    assert duty._store.count() == 2, "it reads"
    assert sum("the auditors are here" in record.message for record in caplog.records) == 1
    assert site.run("brake", "--release") == 0
    assert duty.make_pass() == ""
    assert site.writes() == 2
    assert "neither brake nor pause" in caplog.text


def test_apply_is_refused_by_the_brake(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3, with the plan and the way out; `plan` shows the same and its own exit code."""
    site.run("brake", "--reason", "month's end")
    capsys.readouterr()
    assert site.run("apply") == 3
    said = capsys.readouterr().out
    assert "INC2" in said
    assert "month's end" in said
    assert f"desk-connector brake {site.path} --release" in said
    assert site.run("plan") == 4
    assert site.writes() == 0
    assert site.run("publish", "--apply") == 3


def test_it_stops_between_two_records(site: Site, duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulled while a pass writes, the record in hand is finished and no other is begun."""
    duty.begin()

    def pull(what: str, done: int = 0, of: int = 0) -> None:
        if what == "writing":
            site.path.with_suffix(".brake").touch()

    monkeypatch.setattr(duty, "_watch", pull)
    assert duty.make_pass() == ""
    assert site.writes() == 1


def test_an_empty_file_is_a_brake(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever has only ``touch`` can stop it as well; so does a file that says nonsense."""
    for content in ("", "[]", "{oh", '{"since": "now"}'):
        site.path.with_suffix(".brake").write_text(content, encoding="utf-8")
        assert site.run("apply") == 3
        assert "since 20" in capsys.readouterr().out
    assert site.writes() == 0


def test_paused_it_asks_nothing(
    site: Site, duty: Duty, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even to sign in; it is no failure, `status` says why, and `resume` ends it."""
    duty.begin()
    sent = len(site.rest.requests)
    assert site.run("pause", "--reason", "upgrade tonight") == 0
    for _ in range(3):
        assert duty.make_pass() == ""
        site.clock.advance(HOUR)
    assert len(site.rest.requests) == sent
    assert duty.vital.ready(site.clock.now())
    assert b"desk_connector_paused 1.0" in page(duty.vital, site.clock.now())
    assert duty._store.last_passes() == []
    assert site.run("apply") == 3
    assert site.run("status", "--json") == 0
    assert "upgrade tonight" in capsys.readouterr().out
    assert site.run("resume") == 0
    assert duty.make_pass() == ""
    assert site.writes() == 2


def test_paused_it_starts_without_signing_in(site: Site, duty: Duty) -> None:
    """A restart during an upgrade asks nothing, a reload is put off; resumed, it signs in."""
    site.run("pause")
    duty.begin()
    assert duty.make_pass() == ""
    with pytest.raises(Refused, match="then send SIGHUP again"):
        duty.reload()
    assert site.rest.requests == []
    site.run("resume")
    assert duty.make_pass() == ""
    assert site.writes() == 2
    duty.reload()


def test_who_resumes_is_told_of_the_brake(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Two things, lifted one by one; lifting what is not there says so."""
    site.run("brake")
    assert site.run("resume") == 0
    said = capsys.readouterr().out
    assert "it was not paused" in said
    assert "--release" in said
    assert site.run("brake", "--release") == 0
    assert site.run("brake", "--release") == 0
    assert "the brake was not on" in capsys.readouterr().out


def test_the_first_to_pull_is_remembered(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A second brake does not hide who pulled the first, and why."""
    site.run("brake", "--reason", "first")
    site.run("brake", "--reason", "second")
    assert json.loads(site.path.with_suffix(".brake").read_text(encoding="utf-8"))["reason"] == "first"
    assert "(second)" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "writes", "said"),
    [
        ("run", 2, ""),
        ("RUN ", 2, ""),
        ("brake", 0, "nothing is written"),
        ("pause", 0, "left alone"),
        ("stop!", 0, "none of run, brake, pause"),
        (None, 0, "not there"),
    ],
)
def test_people_on_the_instance_have_a_switch(
    site: Site, duty: Duty, caplog: pytest.LogCaptureFixture, value: str | None, writes: int, said: str
) -> None:
    """A property; one that is not there or says nonsense is a brake, for it must not fail unheard."""
    site.change("[safety]", f'[safety]\nswitch = "{SWITCH}"')
    if value is not None:
        site.instance.properties[SWITCH] = value
    duty.begin()
    duty.reload()
    assert duty.make_pass() == ""
    assert site.writes() == writes
    assert said in caplog.text
    site.instance.properties[SWITCH] = "run"
    assert duty.make_pass() == ""
    assert site.writes() == 2


def test_paused_by_the_property_it_asks_for_nothing_else(site: Site, duty: Duty) -> None:
    """One request a pass: the property itself."""
    site.change("[safety]", f'[safety]\nswitch = "{SWITCH}"')
    site.instance.properties[SWITCH] = "pause"
    duty.begin()
    duty.reload()
    duty.make_pass()
    site.rest.requests.clear()
    for _ in range(3):
        assert duty.make_pass() == ""
    assert {request.table for request in site.rest.requests} == {"sys_properties"}


def test_the_retired_does_not_start(site: Site, duty: Duty) -> None:
    """`run` and `apply` end with what to do, before anything is asked; one that runs ends with its pass."""
    site.path.with_suffix(".retired").touch()
    with pytest.raises(Refused, match=r"retire .* --return"):
        duty.begin()
    assert site.rest.requests == []
    site.path.with_suffix(".retired").unlink()
    duty.begin()
    site.path.with_suffix(".retired").touch()
    with pytest.raises(Refused, match=r"retire .* --return"):
        duty.make_pass()
    assert site.run("apply") == 3
    assert site.writes() == 0
