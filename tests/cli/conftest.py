"""A small desk behind HTTP on loopback, and a configuration that points at it; time stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.cli import main
from connector.cli.furnish import furnish
from connector.clock import SimulatedClock
from connector.sandbox import Faults, Instance, Rest, Server
from connector.settings import load

MONDAY = 1_772_409_600  # 2026-03-02 08:00 in Shanghai
HOUR = 3600
PASSWORD = "only-for-these-tests"

CONFIG = """
[instance]
url = "{url}"
zone = "Asia/Shanghai"
adopt_from = 2026-03-01T00:00:00Z
patience = "0s"
batch = false
[instance.auth]
user = "connector"
password = {{ env = "DESK_PASSWORD" }}
[columns]
class = "u_desk_class"
tier = "u_desk_tier"
clock = "u_desk_clock"
respond_by = "u_desk_respond_by"
marks = "u_desk_marks"
shared = ["assignment_group", "assigned_to"]
[safety]
max_changes = 10
[[desk]]
name = "main"
first_line = ["Service Desk"]
second_line = ["[red]Network[/red]"]
[service_hours.remote]
zone = "Asia/Shanghai"
always = true
[[policy]]
rule = "sla_timer"
name = "limits"
mode = "enforce"
service_hours = "remote"
respond_within = "15m"
[[policy]]
rule = "tier_escalation"
name = "to-second-line"
mode = "enforce"
from = "first_line"
to = "second_line"
out_of_capability = ["network"]
service_hours = "remote"
"""


class Site:
    """The instance, its server and the file of its configuration."""

    def __init__(self, folder: Path, clock: SimulatedClock) -> None:
        self.path = folder / "config.toml"
        self.clock = clock
        self.instance = Instance(now=clock.now)
        self.faults = Faults()
        self.rest = Rest(self.instance, faults=self.faults)

    def write(self, url: str) -> None:
        """The configuration, and on the instance what it names."""
        self.path.write_text(CONFIG.format(url=url), encoding="utf-8")
        furnish(self.instance, load(self.path), PASSWORD)

    def change(self, before: str, after: str) -> None:
        """Another configuration."""
        text = self.path.read_text(encoding="utf-8")
        assert before in text
        self.path.write_text(text.replace(before, after), encoding="utf-8")

    def group(self, name: str) -> str:
        """The sys_id of a group."""
        return next(row["sys_id"] for row in self.instance.rows("sys_user_group") if row["name"] == name)

    def opens(self, number: str, **fields: str) -> str:
        """A ticket of the service desk, opened now; its sys_id."""
        made = self.instance.insert(
            "incident",
            {
                "number": number,
                "short_description": number,
                "assignment_group": self.group("Service Desk"),
                **fields,
            },
        )
        return made["sys_id"]

    def record(self, sys_id: str) -> dict[str, str]:
        """A ticket as the instance has it."""
        found = self.instance.get("incident", sys_id)
        assert found is not None
        return found

    def notes(self, sys_id: str) -> list[str]:
        """Its work notes."""
        return [note["value"] for note in self.instance.journal(sys_id)]

    def writes(self) -> int:
        """Requests so far that were not reads."""
        return sum(request.method != "GET" for request in self.rest.requests)

    def run(self, verb: str, *words: str) -> int:
        """The exit code of a verb on this configuration."""
        return main([verb, str(self.path), *words])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Two tickets, opened an hour ago: INC1 is nobody's, INC2 about the network."""
    clock = SimulatedClock(MONDAY)
    monkeypatch.setenv("DESK_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("connector.reconcile.world.SystemClock", lambda: clock)
    made = Site(tmp_path, clock)
    with Server(made.rest) as server:
        made.write(server.url)
        made.opens("INC1")
        made.opens("INC2", category="network")
        clock.advance(HOUR)
        yield made
    made.instance.close()
