"""``install`` and ``uninstall`` on a sandbox that has none of what the example wants."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from connector.cli import main
from connector.cli.furnish import CLOSED, ROLE
from connector.clock import SystemClock
from connector.install import Kind, blueprint
from connector.sandbox import Fault, Faults, Instance, Rest, in_process
from connector.settings import load

ROOT = Path(__file__).parents[2]
URL = "http://sandbox.localhost"
ADMIN = ["--admin", "root"]


class Site:
    """A fresh instance with an admin and a least-privilege account; the example points at it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "config.toml"
        text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
        self.path.write_text(text.replace("http://127.0.0.1:8765", URL), encoding="utf-8")
        self.settings = load(self.path)
        self.instance = Instance(now=SystemClock().now, base_url=URL)
        self.instance.add_user("root", name="Root", password="admins-own", roles=["admin"])
        self.instance.add_role(ROLE, contains=["itil"])
        for table in CLOSED:
            self.instance.allow("read", table, ROLE)
        user = self.settings.instance.auth.user
        self.instance.add_user(user, name="Desk", password="only-for-this-test", roles=[ROLE])
        self.faults = Faults()
        self.rest = Rest(self.instance, faults=self.faults)
        self.pieces = blueprint(self.settings)

    def there(self) -> set[str]:
        """sys_ids of the pieces that the instance has."""
        return {piece.sys_id for piece in self.pieces if self.instance.get(piece.table, piece.sys_id)}

    def writes(self) -> int:
        """Requests that would have changed something."""
        return sum(request.method != "GET" for request in self.rest.requests)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Reached in process; both passwords stand in the environment."""
    monkeypatch.setenv("DESK_PASSWORD", "only-for-this-test")
    monkeypatch.setenv("DESK_ADMIN_PASSWORD", "admins-own")
    one = Site(tmp_path)
    with closing(one.instance), in_process(one.rest):
        yield one


def run(site: Site, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and document of a verb."""
    verb, *rest = words
    code = main([verb, str(site.path), *rest, "--json"])
    return code, json.loads(capsys.readouterr().out)


def actions(told: dict[str, Any]) -> set[str]:
    """What is to be done, over all pieces."""
    return {step["action"] for step in told["steps"]}


def test_a_plan_first_and_nothing_written(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Also the least-privilege account can ask; exit 4, and every column is named with who needs it."""
    assert main(["install", str(site.path)]) == 4
    told = capsys.readouterr().out
    assert "incident.u_desk_marks  ([columns] marks (string))" in told
    assert f"{len(site.pieces)} records to write. Nothing was written" in told
    assert site.writes() == 0
    assert site.there() == set()


def test_all_of_it_is_made_then_verified_then_taken_back(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The world after --yes has every piece; --verify says so; uninstall leaves the dictionary as it was."""
    before = {name: set(site.instance.dictionary[name].columns) for name in ("incident", "incident_task")}
    code, told = run(site, capsys, "install", "--yes", *ADMIN)
    assert (code, told["finished"]) == (0, True)
    assert site.there() == {piece.sys_id for piece in site.pieces}
    incident = site.instance.dictionary["incident"].columns
    assert incident["u_desk_marks"].max_length == 4000
    assert incident["u_desk_resolve_by"].type == "glide_date_time"
    assert incident["u_desk_escalate"].type == "boolean"
    assert set(incident["u_desk_clock"].choices) == {
        "running",
        "paused",
        "warned",
        "breached",
        "met",
        "missed",
    }
    assert site.instance.dictionary["incident_task"].columns["u_desk_score"].type == "integer"

    written = site.writes()
    code, told = run(site, capsys, "install", "--verify")
    assert (code, actions(told)) == (0, {"as it is"})
    assert run(site, capsys, "install", "--yes", *ADMIN)[0] == 0
    assert site.writes() == written

    assert run(site, capsys, "uninstall")[0] == 4
    assert site.there() == {piece.sys_id for piece in site.pieces}
    code, told = run(site, capsys, "uninstall", "--yes", *ADMIN)
    assert (code, actions(told)) == (0, {"remove"})
    assert site.there() == set()
    assert {n: set(site.instance.dictionary[n].columns) for n in before} == before


def test_a_column_with_data_goes_only_by_name(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """It and its choices stay, with the number of records; --drop takes it, and a wrong name is said."""
    run(site, capsys, "install", "--yes", *ADMIN)
    one = site.instance.insert("incident", {"u_desk_clock": "breached"})["sys_id"]
    code, told = run(site, capsys, "uninstall", "--yes", *ADMIN)
    left = [step for step in told["steps"] if step["action"] == "left"]
    assert code == 0
    assert {step["kind"] for step in left} == {"column", "choice"}
    assert all("1 record holds something in incident.u_desk_clock" in step["detail"] for step in left)
    kept = site.instance.get("incident", one)
    assert kept is not None
    assert kept["u_desk_clock"] == "breached"
    assert main(["uninstall", str(site.path), "--yes", *ADMIN, "--drop", "incident.u_desk_clok"]) == 2
    assert "install makes no column incident.u_desk_clok" in capsys.readouterr().err
    assert run(site, capsys, "uninstall", "--yes", *ADMIN, "--drop", "incident.u_desk_clock")[0] == 0
    assert "u_desk_clock" not in site.instance.dictionary["incident"].columns


def test_what_others_made_is_used_and_never_removed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A column of the right type that was there before stays after uninstall, choices of ours go."""
    site.instance.add_column("task", "u_desk_tier", type="string", max_length=100)
    assert run(site, capsys, "install", "--yes", *ADMIN)[0] == 0
    code, told = run(site, capsys, "install", "--verify")
    assert code == 0
    assert ["made by somebody else" in step["detail"] for step in told["steps"]].count(True) == 1
    run(site, capsys, "uninstall", "--yes", *ADMIN)
    assert "u_desk_tier" in site.instance.dictionary["incident"].columns


def test_a_column_of_another_type_is_refused(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3 before anything is written, with the way out."""
    site.instance.add_column("incident", "u_desk_resolve_by", type="string")
    assert main(["install", str(site.path), "--yes", *ADMIN]) == 3
    told = capsys.readouterr().out
    assert "incident.u_desk_resolve_by  (it is there as string" in told
    assert "Name another column in the configuration" in told
    assert "1 column in the way; nothing was written." in told
    assert site.writes() == 0


def test_too_short_or_inactive_is_mended(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Marks need their room, and a choice that is not active would lose writes."""
    site.instance.add_column("incident", "u_desk_marks", type="string", max_length=255)
    run(site, capsys, "install", "--yes", *ADMIN)
    choice = next(piece for piece in site.pieces if piece.name == "incident.u_desk_clock = breached")
    assert site.instance.dictionary["incident"].columns["u_desk_marks"].max_length == 4000
    site.instance.update("sys_choice", choice.sys_id, {"inactive": "true"})
    code, told = run(site, capsys, "install", "--verify")
    assert code == 1
    assert [step["name"] for step in told["steps"] if step["action"] == "mend"] == [choice.name]
    assert run(site, capsys, "install", "--yes", *ADMIN)[0] == 0
    assert "breached" in site.instance.dictionary["incident"].columns["u_desk_clock"].choices


def test_drift_is_told_and_left(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A label or filter that people changed is theirs; --verify says what differs."""
    run(site, capsys, "install", "--yes", *ADMIN)
    piece = next(piece for piece in site.pieces if piece.kind is Kind.LIST)
    site.instance.update(piece.table, piece.sys_id, {"filter": "active=true"})
    code, told = run(site, capsys, "install", "--verify")
    assert code == 1
    differing = [step for step in told["steps"] if step["action"] == "differs"]
    assert [step["name"] for step in differing] == [piece.name]
    assert 'filter is "active=true"' in differing[0]["detail"]
    assert run(site, capsys, "install", "--yes", *ADMIN)[0] == 0
    row = site.instance.get(piece.table, piece.sys_id)
    assert row is not None
    assert row["filter"] == "active=true"


@pytest.mark.parametrize("at", [0, 3, 20])
def test_half_finished_is_said_and_resumed(site: Site, capsys: pytest.CaptureFixture[str], at: int) -> None:
    """Cut off after so many writes: exit 1, how to go on; going on makes the rest and nothing twice."""
    posts = count()
    site.faults.add(Fault.server_error(), lambda call: call.method == "POST" and next(posts) >= at, None)
    assert main(["install", str(site.path), "--yes", *ADMIN]) == 1
    told = capsys.readouterr().out
    assert f"UNFINISHED: {at} of {len(site.pieces)} records written" in told
    assert f"desk-connector install {site.path} --admin root --yes" in told
    assert len(site.there()) == at
    site.faults.clear()
    assert run(site, capsys, "install", "--yes", *ADMIN)[0] == 0
    assert site.there() == {piece.sys_id for piece in site.pieces}
    for table in {piece.table for piece in site.pieces}:
        wanted = [piece for piece in site.pieces if piece.table == table and piece.kind is not Kind.COLUMN]
        for piece in wanted:
            query = "^".join(f"{name}={value}" for name, value in piece.key.items())
            assert len(site.instance.rows(table, query)) == 1


def test_an_answer_that_is_lost_is_looked_for(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Each write takes effect and its connection breaks: all the same it is done, each once."""
    site.faults.add(Fault.reset_after(), lambda call: call.method == "POST", 2)
    code, told = run(site, capsys, "install", "--yes", *ADMIN)
    assert (code, told["finished"]) == (0, True)
    assert site.there() == {piece.sys_id for piece in site.pieces}


def test_an_account_without_the_right_makes_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """403 for each; the end says that nothing is written."""
    site.instance.add_user("clerk", name="Clerk", password="admins-own", roles=["itil"])
    assert main(["install", str(site.path), "--yes", "--admin", "clerk"]) == 1
    told = capsys.readouterr().out
    assert f"UNFINISHED: 0 of {len(site.pieces)} records written" in told
    assert "ACL Exception Insert Failed" in told
    assert site.there() == set()
    assert main(["install", str(site.path), "--yes"]) == 2
    assert "--yes needs --admin USER" in capsys.readouterr().err


def test_a_wrong_password_is_tried_once(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six would lock the admin's account."""
    monkeypatch.setenv("DESK_ADMIN_PASSWORD", "not-this-one")
    assert main(["install", str(site.path), "--yes", *ADMIN]) == 1
    told = capsys.readouterr()
    assert "401" in told.err
    assert "not-this-one" not in told.err + told.out
    assert len(site.rest.requests) == 1


def load_set(site: Site, folder: Path, state: str, *, commit: bool) -> int:
    """Write the set, bring it to the instance as an admin would; the number of its updates."""
    file = folder / "set.xml"
    assert main(["install", str(site.path), "--update-set", str(file)]) == 0
    xml = file.read_text(encoding="utf-8")
    root = ET.fromstring(xml)
    for table, columns in (
        ("sys_remote_update_set", ("name", "state")),
        ("sys_update_xml", ("name", "remote_update_set")),
    ):
        site.instance.add_table(table)
        for column in columns:
            site.instance.add_column(table, column)
        for row in root.findall(table):
            told = {name: row.findtext(name) or "" for name in ("sys_id", *columns)}
            site.instance.insert(table, {**told, "state": state})
    if commit:
        for update in root.findall("sys_update_xml"):
            outer = ET.fromstring((update.findtext("payload") or "").encode())[0]
            for each in [each for each in outer if each.get("action")] or [outer]:
                fields = {column.tag: column.text or "" for column in each}
                there = site.instance.get(each.tag, fields["sys_id"])
                assert there is None
                site.instance.insert(each.tag, fields)
    return len(root.findall("sys_update_xml"))


def test_an_update_set_makes_what_rest_makes(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Loaded and committed it verifies, uninstall knows it; writing it sends nothing and keeps files."""
    load_set(site, tmp_path, "committed", commit=True)
    assert not site.rest.requests
    assert "the update set" in capsys.readouterr().out
    page = (tmp_path / "set.md").read_text(encoding="utf-8")
    assert "| column | incident.u_desk_marks |" in page
    assert "var ROLE = 'u_desk_policy_connector'" in page
    code, told = run(site, capsys, "install", "--verify")
    assert (code, actions(told), told["update_set"]) == (0, {"as it is"}, "committed")
    assert main(["install", str(site.path), "--update-set", str(tmp_path / "set.xml")]) == 3
    assert "is there already" in capsys.readouterr().err
    assert run(site, capsys, "uninstall", "--yes", *ADMIN)[0] == 0
    assert site.there() == set()


def test_a_set_that_is_loaded_already_is_said(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is made over it: exit 3. One that holds too little is told as such."""
    number = load_set(site, tmp_path, "loaded", commit=False)
    capsys.readouterr()
    assert main(["install", str(site.path), "--yes", *ADMIN]) == 3
    told = capsys.readouterr().out
    assert "An update set of ours is loaded on the instance and not committed." in told
    assert site.writes() == 0
    gone = site.instance.rows("sys_update_xml")[0]["sys_id"]
    site.instance.delete("sys_update_xml", gone)
    assert main(["install", str(site.path)]) == 4
    assert f"It holds {number - 1} updates, and {number} are wanted" in capsys.readouterr().out
