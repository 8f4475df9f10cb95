"""``init`` against a sandbox: the file it writes is one that `check` accepts, in mode observe."""

import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.cli import main
from connector.clock import SystemClock
from connector.install.further import SOMEBODY
from connector.rules.catalogue import RULES
from connector.sandbox import Instance, Rest, in_process
from connector.settings import load

URL = "http://sandbox.localhost"
DESK = ["--desk", "main: Service Desk > Network, 数据库组 > Vendor"]


class Site:
    """A fresh instance with some groups, a state of its own and two schedules."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "config.toml"
        self.instance = Instance(now=SystemClock().now, base_url=URL, time_zone="Asia/Shanghai")
        self.instance.add_user("desk.connector", name="Desk", password="only-for-this-test", roles=["itil"])
        for name in ("Service Desk", "Network", "数据库组", "Vendor", 'Odd "one" ^ # group'):
            self.instance.add_group(name)
        self.instance.add_choice("incident", "state", "9", "Awaiting parts")
        for name, zone, kind, days, begin, end in (
            ("24 x 7", "floating", "daily", "", "20260101T000000", "20260102T000000"),
            ("Office", "Europe/Berlin", "weekly", "12345", "20260105T083000", "20260105T173000"),
        ):
            schedule = self.instance.insert("cmn_schedule", {"name": name, "time_zone": zone})["sys_id"]
            self.instance.insert(
                "cmn_schedule_span",
                {"schedule": schedule, "start_date_time": begin, "end_date_time": end, "repeat_type": kind,
                 "days_of_week": days, "repeat_count": "1"},
            )  # fmt: skip
        self.rest = Rest(self.instance)

    def init(self, *words: str) -> int:
        """Exit code."""
        return main(["init", str(self.path), "--url", URL, *words])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Reached in process; the password stands in the environment."""
    monkeypatch.setenv("DESK_PASSWORD", "only-for-this-test")
    one = Site(tmp_path)
    with closing(one.instance), in_process(one.rest):
        yield one


def test_what_is_written_passes_check_and_only_observes(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Groups as told, hours as a schedule there, its state with a meaning; nothing was written."""
    assert site.init("--yes", "--zone", "Asia/Shanghai", *DESK) == 0
    told = capsys.readouterr().out
    assert "every policy only observes" in told
    assert main(["check", str(site.path)]) == 0
    settings = load(site.path)
    assert all(policy.mode == "observe" for policy in settings.policies)
    assert len(settings.policies) == 8
    assert set(settings.groups) == {"Service Desk", "Network", "数据库组", "Vendor"}
    assert str(settings.instance.choices.states["9"]) == "on_hold"
    document = tomllib.loads(site.path.read_text(encoding="utf-8"))
    onsite = document["service_hours"]["onsite"]
    assert onsite["zone"] == "Europe/Berlin"
    assert onsite["mon-fri"] == ["08:30-17:30"]
    assert settings.instance.history == "observed"  # itil reads no audit
    assert all(request.method == "GET" for request in site.rest.requests)
    assert "only-for-this-test" not in site.path.read_text(encoding="utf-8") + told


def test_a_file_that_is_there_stays(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3 before a single request; --force replaces it."""
    site.path.write_text("mine", encoding="utf-8")
    assert site.init("--yes", *DESK) == 3
    assert "is there already" in capsys.readouterr().err
    assert site.path.read_text(encoding="utf-8") == "mine"
    assert not site.rest.requests
    assert site.init("--yes", "--force", *DESK) == 0
    assert load(site.path).desks[0].name == "main"


def test_questions_on_the_terminal(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups by number or name; an empty answer takes the default; a second desk ends it when empty."""
    groups = sorted(["Service Desk", "Network", "数据库组", "Vendor", 'Odd "one" ^ # group'])
    answers = iter(
        [
            "",
            "",
            "",
            "en",
            "",
            "",
            f"{groups.index('Network') + 1}, 数据库组",
            "",
            "south",
            "Vendor",
            "",
            "",
            "",
            "",
        ]
    )
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr("builtins.input", answer)
    assert site.init() == 0
    settings = load(site.path)
    assert settings.instance.language == "en"
    assert [desk.name for desk in settings.desks] == ["main", "south"]
    assert [team.group for team in settings.desks[0].first_line] == ["Service Desk"]
    assert [team.group for team in settings.desks[0].second_line] == ["Network", "数据库组"]
    assert any("Which of them are the service hours [Office]" in question for question in asked)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--desk", "main"], "write the desk and its groups by tier"),
        (["--desk", "main: Servce Desk"], 'no group "Servce Desk"; did you mean Service Desk?'),
        ([*DESK, "--zone", "Asia/Shangai"], 'no time zone "Asia/Shangai"'),
        ([*DESK, "--hours", "Night"], 'no schedule "Night"; there are: 24 x 7, Office'),
        ([*DESK, "--auth", "oauth-client-credentials"], "--client-id"),
        ([*DESK, "--adopt-from", "soon"], '--adopt-from: "soon" is not a day'),
    ],
)
def test_wrong_answers_are_said_and_nothing_is_written(
    site: Site, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """Exit 2, the file is not there."""
    assert site.init("--yes", *words) == 2
    assert said in capsys.readouterr().err
    assert not site.path.exists()


def test_a_wrong_address_or_password_ends_it(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that is none is told as such; a refused sign-in is tried once."""
    assert main(["init", str(site.path), "--yes", "--url", "desk.example.com", *DESK]) == 2
    assert "is not an address" in capsys.readouterr().err
    monkeypatch.setenv("DESK_PASSWORD", "another")
    assert site.init("--yes", *DESK) == 1
    said = capsys.readouterr().err
    assert f"{site.path} was not written: look at the address and the account" in said
    assert "desk-connector check" not in said
    assert len(site.rest.requests) == 1
    assert not site.path.exists()


def test_offline_the_platforms_own_values_are_taken(site: Site) -> None:
    """No request; office hours are marked as a guess."""
    assert site.init("--yes", "--offline", "--zone", "Asia/Shanghai", *DESK) == 0
    text = site.path.read_text(encoding="utf-8")
    assert "GUESS: no schedule of the instance" in text
    assert 'holidays = "CN"' in text
    assert main(["check", str(site.path)]) == 0
    assert not site.rest.requests


def test_what_stands_behind_a_hash_is_the_rest_of_the_regulation(site: Site) -> None:
    """With the hashes off and people named, every rule there is has a policy, and check accepts them all."""
    assert site.init("--yes", "--offline", "--zone", "Asia/Shanghai", *DESK) == 0
    first, heading, rest = site.path.read_text(encoding="utf-8").partition("# ── More of the regulation.")
    assert heading
    lines = rest.splitlines()
    blocks = lines[lines.index("#") :]
    assert all(line == "#" or line.startswith("# ") for line in blocks)
    text = first + "\n".join(line[2:] for line in blocks).replace(SOMEBODY, "wang.wei") + "\n"
    site.path.write_text(text, encoding="utf-8")
    settings = load(site.path)
    assert {policy.rule for policy in settings.policies} == {
        rule.model_fields["rule"].default for rule in RULES
    }
    assert all(policy.mode == "observe" for policy in settings.policies)
    assert main(["check", str(site.path)]) == 0
