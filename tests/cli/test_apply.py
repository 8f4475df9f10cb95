"""``apply``: one pass over HTTP; what stands on the records afterwards."""

import json

import pytest
from sqlalchemy import create_engine

from connector.cli.opening import in_order
from connector.daemon import only_one
from connector.errors import StoreFailed
from connector.settings import load
from tests.cli.conftest import HOUR, PASSWORD, Site


def ids(site: Site) -> tuple[str, str]:
    """sys_ids of INC1 and INC2."""
    known = {row["number"]: row["sys_id"] for row in site.instance.rows("incident")}
    return known["INC1"], known["INC2"]


def test_what_the_plan_said_stands_on_the_records(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns, one note each, the group; then the next plan is empty, also without the store."""
    assert site.run("apply") == 0
    assert "written: 2 written" in capsys.readouterr().out
    first, second = ids(site)
    assert site.record(first)["u_desk_class"]
    assert "(limits, R-C3" in site.notes(first)[0]
    assert site.record(second)["assignment_group"] == site.group("[red]Network[/red]")
    assert site.run("plan") == 0
    for part in site.path.parent.glob("config.sqlite*"):
        part.unlink()
    before = site.writes()
    assert site.run("apply") == 0
    assert site.writes() == before


def test_over_the_brake_nothing_is_written_and_a_person_must_decide(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3; the message names count, bound and both ways out."""
    site.change("max_changes = 10", "max_changes = 1")
    assert site.run("apply") == 3
    told = capsys.readouterr().out
    assert 'held by the brake: policy "limits" wants to change 2 tickets' in told
    assert "max_changes = 1" in told
    assert site.writes() == 0


def test_beside_another_connector_nothing_is_done(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3, and no advice that would make two of them."""
    with only_one(site.path.parent / "config.lock"):
        assert site.run("apply", "--json") == 3
    said = capsys.readouterr()
    assert json.loads(said.out)["exit"] == 3
    assert "already works with this store" in said.err
    assert not site.rest.requests


def test_a_wrong_password_is_tried_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six failures lock an account."""
    monkeypatch.setenv("DESK_PASSWORD", PASSWORD + "x")
    assert site.run("apply") == 1
    assert len(site.rest.requests) == 1


@pytest.mark.parametrize("verb", ["plan", "apply", "kpi", "status"])
def test_a_damaged_store_is_told_with_the_way_out(
    site: Site, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A foreseen failure, not a report; moved aside, everything goes on."""
    store = site.path.parent / "config.sqlite"
    store.write_bytes(b"not a database" * 1000)
    assert site.run(verb) == 1
    told = capsys.readouterr().err
    assert f"the store {store}" in told
    assert "move config.sqlite" in told
    store.unlink()
    assert site.run("apply") == 0


def test_a_store_that_cannot_be_made_is_told_too(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder stands in its place; a file stands in the place of its folder."""
    (site.path.parent / "config.sqlite").mkdir()
    assert site.run("plan") == 1
    assert "[store] path" in capsys.readouterr().err
    site.path.write_text(site.path.read_text() + '[store]\npath = "config.toml/desk.sqlite"\n')
    assert site.run("apply") == 1
    assert "the lock" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("INSERT INTO t SELECT t.x FROM t, t AS u, t AS v", "make room"),
        ("ATTACH '/no/such/folder/x' AS x", "may this user write"),
    ],
)
def test_what_the_database_says_has_a_way_out(site: Site, said: str, way_out: str) -> None:
    """A full disk and a forbidden folder, from the database itself."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("INSERT INTO t SELECT zeroblob(500) FROM sqlite_schema")
        for _ in range(6):
            connection.exec_driver_sql("INSERT INTO t SELECT x FROM t")
        connection.exec_driver_sql("PRAGMA max_page_count = 40")
        connection.commit()
        with pytest.raises(StoreFailed, match=way_out), in_order(load(site.path)):
            connection.exec_driver_sql(said)
    engine.dispose()


def test_our_own_wrong_sql_stays_a_defect(site: Site) -> None:
    """It is reported, not excused."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(Exception, match="UNIQUE"), in_order(load(site.path)):
        connection.exec_driver_sql("CREATE TABLE t (x UNIQUE)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1), (1)")
    engine.dispose()


def test_later_passes_write_only_what_is_new(site: Site) -> None:
    """A third ticket, an hour later: one write, the others are as they were."""
    assert site.run("apply") == 0
    before = site.writes()
    site.opens("INC3")
    site.clock.advance(HOUR)
    assert site.run("apply") == 0
    assert site.writes() == before + 1
