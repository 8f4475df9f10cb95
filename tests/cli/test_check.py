"""``check``: a configuration offline, and against a sandbox that fits it or does not."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.cli import main
from connector.cli.furnish import furnish
from connector.clock import SystemClock
from connector.sandbox import Fault, Faults, Instance, Rest, in_process
from connector.settings import load

ROOT = Path(__file__).parents[2]
PASSWORD = "only-for-this-test"
URL = "http://sandbox.localhost"


class Site:
    """An instance that has what the example names, and a configuration that points at it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "config.toml"
        text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
        self.path.write_text(text.replace("http://127.0.0.1:8765", URL), encoding="utf-8")
        self.ahead = 0
        self.instance = Instance(now=lambda: SystemClock().now() + self.ahead, base_url=URL)
        furnish(self.instance, load(self.path), PASSWORD)
        one = self.instance.insert("incident", {"short_description": "one"})
        self.instance.update("incident", one["sys_id"], {"state": "2"})
        self.faults = Faults()
        self.rest = Rest(self.instance, faults=self.faults)

    def change(self, before: str, after: str) -> None:
        """Another configuration."""
        text = self.path.read_text(encoding="utf-8")
        assert before in text
        self.path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Reached in process; the password stands in the environment."""
    monkeypatch.setenv("DESK_PASSWORD", PASSWORD)
    one = Site(tmp_path)
    with closing(one.instance), in_process(one.rest):
        yield one


def look(site: Site, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[tuple[str, str]]]:
    """Exit code, and what is not fine, as (level, sentence)."""
    code = main(["check", str(site.path), "--instance", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is (code == 0)
    return code, [(each["level"], each["text"]) for each in told["instance"] if each["level"] != "ok"]


def test_offline_it_sends_nothing_and_says_what_was_understood(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of policies, desks, hours; warnings first."""
    assert main(["check", str(site.path)]) == 0
    told = capsys.readouterr().out
    for word in ("ok, 1 warning", "urgent-limits", "main: 1 first line", "onsite: mon-sat", "day and night"):
        assert word in told
    assert len(site.rest.requests) == 0


def test_all_errors_at_once_and_exit_2(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """For people on standard error, for programs as JSON; nothing is sent even with --instance."""
    site.change("max_share = 0.5", "max_shar = 0.5")
    site.change('report_to = "lead.zhao"        ', "report_to = 7  ")
    assert main(["check", str(site.path), "--instance"]) == 2
    told = capsys.readouterr().err
    assert "safety: max_shar: no such setting; did you mean max_share?" in told
    assert 'policy "major-crisis" (major_incident): report_to: must be text in quotes' in told
    assert "2 errors; nothing was sent" in told
    assert main(["check", str(site.path), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert not answer["ok"]
    assert len(answer["problems"]) == 2
    assert len(site.rest.requests) == 0


def test_an_instance_that_fits(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to put right, and nothing but reads."""
    assert look(site, capsys) == (0, [])
    assert {logged.method for logged in site.rest.requests if logged.table} == {"GET"}
    others = [logged for logged in site.rest.requests if not logged.table]
    assert all(logged.method == "GET" for logged in others if "batch" not in str(logged.body))
    assert not any(logged.committed for logged in site.rest.requests)


def test_a_table_of_a_plugin_that_is_not_active_is_a_doubt(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says which policies rest and how it comes there; the rest of the instance fits."""
    policy = '[[policy]]\nrule = "monitoring_alert"\nname = "alerts"\ntable = "em_alert"\n'
    site.path.write_text(site.path.read_text(encoding="utf-8") + policy, encoding="utf-8")
    code, told = look(site, capsys)
    assert code == 0
    assert told[:1] == [
        (
            "warning",
            (
                "the instance has no table em_alert; resting until it has: alerts. To have it, activate the "
                "plug-in Event Management (com.glideapp.itom.snac); or leave these policies out"
            ),
        )
    ]
    furnish(site.instance, load(site.path), PASSWORD)
    given = site.instance.rows("sys_user_role", "name=evt_mgmt_operator")[0]["sys_id"]
    us = site.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    site.instance.insert("sys_user_has_role", {"user": us, "role": given})
    assert look(site, capsys) == (0, [])


def test_a_wrong_password_is_tried_once(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six failures lock an account, so there is one."""
    monkeypatch.setenv("DESK_PASSWORD", "not-the-one")
    code, told = look(site, capsys)
    assert code == 1
    assert len(site.rest.requests) == 1
    assert [level for level, _ in told] == ["error"]
    assert 'refused user "connector"' in told[0][1]
    assert "not-the-one" not in told[0][1]


def test_no_password_anywhere_sends_nothing(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The places that were looked in are named."""
    monkeypatch.delenv("DESK_PASSWORD")
    code, told = look(site, capsys)
    assert code == 1
    assert "looked in $DESK_PASSWORD (not set or empty)" in told[0][1]
    assert len(site.rest.requests) == 0


def test_what_the_configuration_names_and_the_instance_lacks(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns with the role that needs them and a guess; groups and people with their line, too."""
    site.change('clock = "u_desk_clock"', 'clock = "u_desk_clok"')
    site.change('first_line = ["Service Desk South"]', 'first_line = ["Service Desk West"]')
    site.change('"lead.zhao"', '"lead.qian"')
    code, told = look(site, capsys)
    lines = site.path.read_text(encoding="utf-8").splitlines()
    group, person = (
        next(number for number, line in enumerate(lines, 1) if each in line)
        for each in ('["Service Desk West"]', '"lead.qian"')
    )
    assert code == 1
    assert told == [
        ("error", "incident has no column u_desk_clok ([columns] clock); did you mean u_desk_clock?"),
        (
            "error",
            (
                f'{site.path}:{group}: desk "south": first_line: the instance has no group '
                '"Service Desk West", or the account may not see it; did you mean "Service Desk South"?'
            ),
        ),
        (
            "error",
            (
                f'{site.path}:{person}: policy "major-crisis" (major_incident): report_to: the instance '
                'has no user "lead.qian", or the account may not see it; did you mean "leader.qian"?'
            ),
        ),
    ]


def test_a_name_that_is_like_no_other(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to guess, and still something to do; who has left is said with the line."""
    site.change('first_line = ["Service Desk South"]', 'first_line = ["Quality"]')
    who = site.instance.rows("sys_user", "user_name=director.lin")[0]["sys_id"]
    site.instance.update("sys_user", who, {"active": "false"})
    _, told = look(site, capsys)
    assert [
        (level, text.partition(": the instance ")[2] or text.partition("user ")[2]) for level, text in told
    ] == [
        ("error", 'has no group "Quality", or the account may not see it; make it there, or name another'),
        ("warning", '"director.lin" is not active; name another, or make it active'),
    ]
    assert all(text.startswith(f"{site.path}:") for _, text in told)


def test_a_category_that_no_ticket_has(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy under which none falls can never fire; with its line and what was meant."""
    site.change('when = { class = "general" }', 'when = { class = "general", category = "netwrk" }')
    lines = site.path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if "netwrk" in line)
    assert look(site, capsys) == (
        0,
        [
            (
                "warning",
                (
                    f'{site.path}:{at}: policy "general-limits": when: category has no choice "netwrk"; '
                    "did you mean network?; no ticket will ever have it"
                ),
            )
        ],
    )


def test_a_table_that_may_not_be_read(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named with the way to do without it."""
    site.faults.add(Fault.forbidden(), when=lambda call: call.table == "sys_audit", times=None)
    code, told = look(site, capsys)
    assert code == 1
    assert any("sys_audit cannot be read" in text and 'history = "observed"' in text for _, text in told)


def test_metrics_that_measure_enough_or_do_not(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """What no definition measures is named; without the state, or with names for groups, they are no use."""
    site.change('history = "audit"', 'history = "metric"')
    code, told = look(site, capsys)
    assert code == 1
    assert [level for level, _ in told] == ["error", "warning"]
    assert "measures the state of incidents" in told[0][1]
    assert "hold_reason, assignment_group, assigned_to, priority of incidents" in told[1][1]
    site.instance.measure(lag=0)
    code, told = look(site, capsys)
    assert (code, [level for level, _ in told]) == (0, ["warning"])
    assert "measures hold_reason, priority of incidents" in told[0][1]
    site.instance.measure("hold_reason", "priority")
    assert look(site, capsys) == (0, [])
    row = {"table": "incident", "field": "assignment_group", "field_value": "Service Desk"}
    site.instance.insert("metric_instance", row)
    code, told = look(site, capsys)
    assert code == 1
    assert 'holds "Service Desk" where a group\'s sys_id should stand' in told[0][1]


def test_metrics_that_may_not_be_read(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Both tables are looked at, each with its way out."""
    site.change('history = "audit"', 'history = "metric"')
    site.faults.add(Fault.forbidden(), when=lambda call: call.table.startswith("metric_"), times=None)
    code, told = look(site, capsys)
    assert code == 1
    assert any("metric_instance cannot be read" in t and 'history = "observed"' in t for _, t in told)
    assert any(t.startswith("history: could not be looked at") for _, t in told)


def test_a_state_of_the_instance_without_a_meaning(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The line to write is in the message."""
    site.instance.add_choice("incident", "state", "10", "Waiting for Parts")
    code, told = look(site, capsys)
    assert code == 1
    assert len(told) == 1
    assert 'state 10 ("Waiting for Parts") has no meaning yet' in told[0][1]
    assert 'state = { "10" = "in_progress" }' in told[0][1]


def test_clocks_that_differ(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """More than a few seconds would move every limit."""
    site.ahead = 90
    code, told = look(site, capsys)
    assert code == 0
    assert [level for level, _ in told] == ["warning"]
    assert "s ahead of this host's" in told[0][1]


def test_an_instance_that_does_not_answer_like_one(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A sleeping instance shows a page; that is said, and nothing further is asked."""
    site.faults.add(Fault.hibernating())
    code, told = look(site, capsys)
    assert code == 1
    assert "does not answer as an instance does" in told[0][1]
    assert len(site.rest.requests) <= 1


def test_credentials_of_another_account_are_told(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that stands for somebody else: the connector would not know its own writes."""
    site.instance.add_api_key("the-key", user="lead.zhao")
    monkeypatch.setenv("DESK_KEY", "the-key")
    site.change('kind = "basic"', 'kind = "api-key"')
    site.change("password = {", "key = {")
    site.change("DESK_PASSWORD", "DESK_KEY")
    code, told = look(site, capsys)
    assert code == 1
    assert told[0][0] == "error"
    assert told[0][1].startswith('the api-key credentials stand for "lead.zhao", and [instance.auth] says')
