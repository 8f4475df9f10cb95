"""What the account must be allowed: enough for a pass over HTTP, and nothing that no pass asks."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.cli import main
from connector.cli.furnish import furnish
from connector.clock import SystemClock
from connector.install import ROLE, rights, roles, script
from connector.install.rights import ADMINS_ONLY, queried
from connector.reconcile.archive import TEXTS
from connector.sandbox import Instance, Rest, in_process
from connector.settings import Settings, load

ROOT = Path(__file__).parents[2]
URL = "http://sandbox.localhost"


class Site:
    """An instance whose account has exactly what `rights` lists; every policy is enforced."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "config.toml"
        text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
        text = text.replace("http://127.0.0.1:8765", URL).replace('mode = "observe"', 'mode = "enforce"')
        self.path.write_text(text, encoding="utf-8")
        self.settings = load(self.path)
        self.instance = Instance(now=SystemClock().now, base_url=URL)
        wanted = rights(self.settings)
        self.instance.add_role(ROLE, contains=list(roles(wanted)))
        user = self.settings.instance.auth.user
        self.instance.add_user(user, name="Desk", password="only-for-this-test", roles=[ROLE])
        furnish(self.instance, self.settings, "another")
        for right in wanted:
            if not right.given_by and right.operation == "read" and right.table in ADMINS_ONLY:
                self.instance.allow("read", right.table, ROLE)
        self.rest = Rest(self.instance)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Reached in process."""
    monkeypatch.setenv("DESK_PASSWORD", "only-for-this-test")
    one = Site(tmp_path)
    with closing(one.instance), in_process(one.rest):
        yield one


def allowed(settings: Settings) -> dict[tuple[str, str], frozenset[str]]:
    """Table and operation → columns."""
    return {(right.table, right.operation): frozenset(right.columns) for right in rights(settings)}


def test_a_pass_needs_no_more_and_asks_no_more(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Tickets come, all policies are enforced: nothing is refused, nothing beyond the list is asked."""
    group = site.instance.rows("sys_user_group", "name=Service Desk")[0]["sys_id"]
    for impact in ("1", "2", "3"):
        site.instance.insert(
            "incident",
            {"short_description": "one", "impact": impact, "urgency": impact, "assignment_group": group,
             "category": "network"},
        )  # fmt: skip
    ended = site.instance.insert("incident", {"short_description": "over", "assignment_group": group})
    site.instance.update(
        "incident", ended["sys_id"], {"state": "7", "close_code": "Solution provided", "close_notes": "done"}
    )
    assert main(["apply", str(site.path)]) == 0, capsys.readouterr()
    may = allowed(site.settings)
    patched = 0
    for request in site.rest.requests:
        assert request.status < 400, request
        if not request.table:
            continue  # a batch; its parts are entries of their own
        table, asked = request.table, request.params
        fields = set(asked.get("sysparm_fields", "sys_id").split(","))
        operation = {"GET": "read", "PATCH": "write", "POST": "create"}[request.method]
        assert (table, operation) in may, request
        assert fields <= may[table, "read"] | may.get((table, operation), frozenset()) | {"sys_id"}, request
        matched, ranged = queried(asked.get("sysparm_query", ""))
        assert matched <= may.get((table, "query_match"), frozenset()) | {"sys_id"}, request
        assert ranged <= may.get((table, "query_range"), frozenset()), request
        patched += operation == "write"
        if operation == "write":
            assert set(request.body) <= may[table, "write"]
    assert patched >= 4
    assert site.instance.rows("incident", "u_desk_marksISNOTEMPTY")


def test_what_the_archive_quotes_is_on_the_list(site: Site) -> None:
    """Of tickets and of their problems; passes go on without the problems."""
    may = {(right.table, right.operation): right for right in rights(site.settings)}
    assert set(TEXTS) <= set(may["incident", "read"].columns)
    assert {"number", "cause_notes"} <= set(may["problem", "read"].columns)
    assert "archive" in may["problem", "read"].why


def test_the_list_follows_the_configuration(site: Site) -> None:
    """Without calls nothing is read of interactions; history by metrics reads no audit."""
    text = site.path.read_text(encoding="utf-8")
    text = text.replace("calls = true", "calls = false").replace('history = "audit" ', 'history = "metric" ')
    site.path.write_text(text, encoding="utf-8")
    tables = {right.table for right in rights(load(site.path))}
    assert "interaction" not in tables
    assert "sys_audit" not in tables
    assert "metric_instance" in tables
    assert "interaction_agent" not in roles(rights(load(site.path)))


def test_conditions_are_read_as_query_rights() -> None:
    """Equality and lists match; orders and parts of text are ranges."""
    assert queried("name=x^ORfieldnameINa,b^sys_updated_on>=1^correlation_displaySTARTSWITHdesk") == (
        {"name", "fieldname"},
        {"sys_updated_on", "correlation_display"},
    )
    assert queried("u_aISNOTEMPTY^short_descriptionLIKEx^state!=6^ORDERBYnumber") == (
        {"u_a", "state"},
        {"short_description"},
    )


def test_the_script_names_every_right_that_no_role_gives(site: Site) -> None:
    """It makes the role, and never a rule where none is."""
    told = script(site.settings)
    assert f"var ROLE = '{ROLE}', USER = 'connector';" in told
    assert "['sys_audit', 'read']," in told
    assert "['incident.sys_updated_on', 'query_range']," in told
    assert "['incident', 'write']" not in told
    assert "has no rule" in told


def test_as_a_table_and_for_programs(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is sent."""
    assert main(["rights", str(site.path)]) == 0
    told = capsys.readouterr().out
    assert "sn_incident_write" in told
    assert "sys_audit" in told
    assert main(["rights", str(site.path), "--json"]) == 0
    assert '"operation": "query_range"' in capsys.readouterr().out
    assert main(["rights", str(site.path), "--script"]) == 0
    assert capsys.readouterr().out == script(site.settings)
    assert not site.rest.requests
