"""From an instance that knows nothing of us to policies that write, and away again, with few rights.

Init, rights, install, check, a week of observing, review, enforce from a day on, brake, retire, uninstall: by
the verbs that an admin types. People open, take up, resolve and close tickets meanwhile.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connector.cli import main
from connector.cli.run import Duty
from connector.clock import SimulatedClock, SystemClock
from connector.daemon import Daemon
from connector.install import ROLE
from connector.install.rights import ADMINS_ONLY
from connector.sandbox import Instance, Rest, in_process
from connector.settings import load
from connector.sync.store import Store

URL = "http://sandbox.localhost"
MONDAY = 1_772_409_600  # 2026-03-02 08:00 in Shanghai
HOUR, DAY = 3600, 86_400
US = "connector"
SHIFT = tuple(range(12))
"""Hours after eight in which somebody looks."""


class Site:
    """An instance with a desk that has never heard of us, and an account that may hardly anything."""

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(MONDAY)
        self.path = folder / "config.toml"
        self.instance = Instance(now=self.clock.now, base_url=URL, time_zone="Asia/Shanghai")
        self.rest = Rest(self.instance)
        self.instance.add_user("root", name="Root", password="admins-own", roles=["admin"])
        for name in ("Service Desk", "Network Operations", "Service Desk South", "Field Support South"):
            self.instance.add_group(name)
        self.instance.add_user("wang", name="Wang Fang", roles=["itil"])
        self.instance.add_role(ROLE)
        for table in ADMINS_ONLY:
            self.instance.allow("read", table, ROLE)
        self.account = self.instance.add_user(US, name="Desk", password="only-for-this-test", roles=[ROLE])
        self.opened = 0
        old = self.instance.insert("incident", {"number": "INC0000000", "short_description": "long ago"})
        self.instance.update("incident", old["sys_id"], {"urgency": "2"}, user="wang")

    def permit(self, told: dict[str, Any]) -> None:
        """What `rights` lists, and not a role more."""
        self.instance.add_role("u_given", contains=told["contains"])
        self.instance.grant(self.account, ["u_given"])

    def day(self, duty: Duty | None) -> None:
        """Four tickets come in and are worked, one of them too late; a pass every hour of the shift."""
        begin = self.clock.now()
        group = next(
            r["sys_id"] for r in self.instance.rows("sys_user_group") if r["name"] == "Service Desk South"
        )
        wang = next(r["sys_id"] for r in self.instance.rows("sys_user") if r["user_name"] == "wang")
        mine = []
        for hour in SHIFT:
            self.clock.set(begin + hour * HOUR)
            if hour < 4:
                self.opened += 1
                fields = {
                    "number": f"INC{self.opened:07}",
                    "short_description": "it does not work",
                    "impact": "1" if hour == 1 else "2",
                    "urgency": "2",
                    "category": "software",
                    "assignment_group": group,
                }
                mine.append(self.instance.insert("incident", fields, user="wang")["sys_id"])
            for age, changes in (
                (1, {"u_desk_escalate": "true"}),
                (3, {"state": "2", "assigned_to": wang}),
                (5, {"state": "6", "close_code": "Solution provided", "close_notes": "Restarted."}),
                (7, {"state": "7"}),
            ):
                beyond_me = hour - age == 2 or age != 1  # one ticket a day is
                if 0 <= hour - age < len(mine) and beyond_me:
                    self.instance.update("incident", mine[hour - age], changes, user="wang")
            self.clock.set(begin + hour * HOUR + 1800)
            if duty is not None:
                assert duty.make_pass() == ""
        self.clock.set(begin + DAY)

    def written(self) -> list[Any]:
        """What the connector's account wrote."""
        return [one for one in self.rest.requests if one.user == US and one.committed]

    def notes(self, policy: str) -> Counter[str]:
        """Number of a ticket → notes of this policy on it."""
        found: Counter[str] = Counter()
        for row in self.instance.rows("incident"):
            told = "\n".join(note["value"] for note in self.instance.journal(row["sys_id"]))
            if count := told.count(f"\n({policy}, "):
                found[row["number"]] = count
        return found


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Reached in process, on a clock in the hand; both passwords stand in the environment."""
    monkeypatch.setenv("DESK_PASSWORD", "only-for-this-test")
    monkeypatch.setenv("DESK_ADMIN_PASSWORD", "admins-own")
    one = Site(tmp_path)
    # Its methods and not its name: a module that is imported meanwhile keeps what it found under the name.
    monkeypatch.setattr(SystemClock, "now", lambda _self: one.clock.now())
    monkeypatch.setattr(SystemClock, "monotonic", lambda _self: one.clock.monotonic())
    monkeypatch.setattr(SystemClock, "wait", lambda _self, seconds: one.clock.wait(seconds))
    with in_process(one.rest):
        yield one
    one.instance.close()


class Running:
    """The daemon of a site, made to pass by hand."""

    def __init__(self, site: Site) -> None:
        self._stack = ExitStack()
        settings = load(site.path)
        store = Store(settings.store_url)
        self._stack.callback(store.close)
        self.duty = Duty(str(site.path), settings, store, site.clock, Daemon(site.clock))
        self._stack.callback(self.duty.end)
        self.duty.begin()

    def __enter__(self) -> Duty:
        return self.duty

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def test_a_desk_goes_live_and_leaves_again(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step as the pages tell it; nothing is written before it is enforced, nothing of ours is left."""

    def verb(name: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        ended = main([name, str(site.path), *words])
        out, error = capsys.readouterr()
        assert ended == code, f"{name} {words}: {out}{error}"
        return out

    # A first configuration from what the instance has; then the account's rights and an admin's columns.
    told = verb(
        "init", "--url", URL, "--yes", "--user", US, "--zone", "Asia/Shanghai", "--adopt-from", "2026-03-02",
        "--desk", "main: Service Desk > Network Operations",
        "--desk", "south: Service Desk South > Field Support South",
    )  # fmt: skip
    assert "every policy only observes" in told
    verb("check", "--instance", code=1)
    site.permit(json.loads(verb("rights", "--json")))
    verb("install", code=4)
    verb("install", "--admin", "root", "--yes")
    verb("install", "--verify")
    verb("check", "--instance")

    # A week in which it only looks.
    with Running(site) as duty:
        for _ in range(7):
            site.day(duty)
    assert site.written() == []
    seen = {one["name"]: one for one in json.loads(verb("review", "--json", "--limit", "0"))["policies"]}
    assert seen["important-limits"]["notes"] > 0
    assert seen["knowledge-owed"]["tickets"] > 0
    # On weekdays three tickets stay too long, one of them marked; of a weekend the marked ones only.
    assert seen["to-second-line"]["moves"] == 5 * 3 + 2
    assert "Service Desk South" in verb("review")

    # Enforced from the second week on: the plan first, then one line of the file.
    second = "2026-03-09"
    assert "its first pass would write 0 changes" in verb(
        "enforce", "important-limits", "--from", second, code=4
    )
    verb("enforce", "important-limits", "--desk", "south", "--from", second, "--write")
    with Running(site) as duty:
        site.day(duty)
        told = site.notes("important-limits")
        assert told
        assert all(int(number[3:]) > 28 for number in told), "only tickets of the second week"
        on_a_day = seen["important-limits"]["notes"] / 5  # no limit runs out on a weekend
        assert sum(told.values()) == on_a_day, "as the review said"

        # Braked for a day: it looks and writes nothing.
        before = len(site.written())
        verb("brake", "--reason", "the auditors are here")
        site.day(duty)
        assert len(site.written()) == before
        assert "the auditors are here" in verb("status", code=1), "no pass at night"
        verb("brake", "--release")
        site.day(duty)
        assert len(site.written()) > before
    assert site.notes("knowledge-owed") == Counter(), "it only observed"

    # Whatever was written: only our columns, only incidents, never as anybody with more rights.
    columns = load(site.path).columns
    allowed = columns.writable | {"work_notes"}
    for one in site.written():
        assert one.table == "incident"
        assert set(one.body or {}) <= allowed
    roles = {row["role"] for row in site.instance.rows("sys_user_has_role", f"user.user_name={US}")}
    names = {row["name"] for row in site.instance.rows("sys_user_role") if row["sys_id"] in roles}
    assert not names & {"admin", "security_admin"}

    # And away again.
    assert "with something of ours" in verb("retire", code=4)
    verb("retire", "--clear", "--resolved", "--apply", "--reason", "the contract ended")
    for row in site.instance.rows("incident"):
        assert not any(row[column] for column in columns.roles.values())
    assert site.notes("important-limits"), "what people have read stays"
    verb("apply", code=3)
    verb("uninstall", "--admin", "root", "--yes")
    there = site.instance.dictionary["incident"].columns
    assert [column for column in there if column.startswith("u_")] == ["u_desk_escalate"], (
        "people wrote there"
    )
    verb("uninstall", "--admin", "root", "--yes", "--drop", "incident.u_desk_escalate")
    assert not [column for column in site.instance.dictionary["incident"].columns if column.startswith("u_")]
