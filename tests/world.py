"""A small desk in a sandbox with the connector beside it, on a clock in the hand.

People do things (`opens`, `takes`, `resolves` …), the connector makes passes (`looks`, `settles`), and a test
asks what the records say (`shows`, `world`). The store can be lost, the connection cut and the process killed
at any request. ``MON`` is Monday 2026-06-01 09:00 in Shanghai.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, NamedTuple, Self

from connector.cli.furnish import furnish
from connector.clock import SimulatedClock
from connector.instant import platform_time
from connector.reconcile import PassReport, World, build_world, open_gateway, run_pass
from connector.sandbox import Fault, Faults, Instance, Logged, Request, Response, Rest, in_process
from connector.settings import Settings, loads
from connector.sync.gateway import AnyCredentials, Credentials
from connector.sync.store import Store
from tests.people import People, record_id

MON = 1_780_275_600
MINUTE, HOUR, DAY = 60, 3600, 86_400
US, PASSWORD = "connector", "geheim"
CHOSEN = ("wang", "li")
CALLERS = ("chen", "zhou")

URGENT_LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
mode = "enforce"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
"""
"""A policy with little to it, for tests of what is around it."""
CONFIG = """
[instance]
url = "http://sandbox.localhost"
adopt_from = 2026-06-01T00:00:00+08:00
language = "en"
zone = "Asia/Shanghai"
history = "{history}"
patience = "0s"
batch = false
[instance.auth]
kind = "basic"
user = "connector"
password = {{ env = "DESK_PASSWORD" }}

[fault_class]
urgent = ["1"]
important = ["2", "3"]
general = ["4", "5"]

[columns]
class = "u_desk_class"
tier = "u_desk_tier"
respond_by = "u_desk_respond_by"
resolve_by = "u_desk_resolve_by"
clock = "u_desk_clock"
knowledge = "u_desk_knowledge"
callback = "u_desk_callback"
marks = "u_desk_marks"
shared = ["assignment_group", "assigned_to", "state", "problem_id"]

[reads]
confirmed = "u_desk_confirmed"
escalate = "u_desk_escalate"
score = "u_desk_score"

[[desk]]
name = "main"
first_line = ["Service Desk"]
second_line = [{{ group = "Network Operations", categories = ["network"] }}, "Infrastructure"]
vendor = ["Vendor Support"]

[service_hours.onsite]
zone = "Asia/Shanghai"
mon-fri = ["08:30-12:00", "13:30-18:00"]
sat = ["09:00-11:00"]
extra_holidays = [2026-06-04]

[service_hours.remote]
zone = "Asia/Shanghai"
always = true

[kpi]
calls = false

{more}
"""

OWNED = ("class", "tier", "respond_by", "resolve_by", "clock", "knowledge", "callback")
GROUPS = ("Service Desk", "Network Operations", "Infrastructure", "Vendor Support", "Printer Room")
"""The last one belongs to no desk."""
TABLES = ("incident", "change_request", "problem", "em_alert")
"""Whose records policies can be about."""
_TAIL = re.compile(r"\n\(([^\s,]+), (R-[A-Z]\d+), ([0-9a-f]{8})\)(?:\n\n|\Z)")


class Killed(BaseException):
    """The process ends here and now."""


class Said(NamedTuple):
    """One note of the connector, taken from a journal entry that may hold several."""

    text: str
    policy: str
    clause: str
    mark: str


class Wire(Rest):
    """The REST face, with a process at its other end that can be killed."""

    left: int | None = None
    """Requests until the process is killed."""
    writes_only = False
    """Of them only those count that write."""
    served_first = False
    """The last request still takes effect."""

    def handle(self, request: Request) -> Response:
        """Serve the request, or be the end of who sent it."""
        if self.left is not None and not (self.writes_only and request.method == "GET"):
            self.left -= 1
            if self.left == 0:
                self.left = None
                if self.served_first:
                    super().handle(request)
                raise Killed
        return super().handle(request)


def read(
    *policies: str, more: str = "", history: str = "audit", changed: Mapping[str, str] | None = None
) -> Settings:
    """The desk's settings with these policies; ``changed``: what stands there → what stands there instead."""
    text = CONFIG.format(history=history, more=more)
    for before, after in (changed or {}).items():
        assert before in text
        text = text.replace(before, after)
    return loads(text + "\n".join(policies))


class Desk(People):
    """A context manager; ``policies`` are TOML tables, ``more`` any other tables of the configuration.

    ``beside``: a second connector, with a store of its own, on the instance of another desk.
    """

    def __init__(
        self,
        *policies: str,
        settings: Settings | None = None,
        more: str = "",
        history: str = "audit",
        beside: "Desk | None" = None,
        store: Store | None = None,
        plugins: bool = True,
    ) -> None:
        self.settings = settings or read(*policies, more=more, history=history)
        self.store = Store() if store is None else store
        self.account: AnyCredentials = Credentials(US, PASSWORD)
        self._beside, self._plugins = beside, plugins
        self.people: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        if beside is None:
            self.clock = SimulatedClock(MON)
            self.instance = Instance(now=self.clock.now)
            self.rest = Wire(self.instance, faults=Faults(sleep=lambda _: None))
            self.rest.manner.sessions = False  # nobody here looks at cookies, and they cost the most
            self._furnish()
        else:
            self.clock, self.instance, self.rest = beside.clock, beside.instance, beside.rest
        self._open = ExitStack()
        self._world: World | None = None

    def _furnish(self) -> None:
        for name in ("wang", "li", "lead.zhao", *CALLERS):
            self.people[name] = self.instance.add_user(
                name, name=name.title(), roles=["itil"], sys_id=record_id(name)
            )
        for name in GROUPS:
            self.groups[name] = self.instance.add_group(name, sys_id=record_id(name))
        for column in ("u_desk_confirmed", "u_desk_escalate", "u_desk_draft"):
            self.instance.add_column("incident", column, type="boolean")
        furnish(self.instance, self.settings, PASSWORD, plugins=self._plugins)

    def __enter__(self) -> Self:
        if self._beside is None:
            self._open.enter_context(in_process(self.rest))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.restarts()
        self._open.close()
        self.store.close()
        if self._beside is None:
            self.instance.close()

    # The connector

    @property
    def world(self) -> World:
        """What a pass works with; put together at the first use after a start."""
        if self._world is None:
            gateway = open_gateway(self.settings, self.account, clock=self.clock)
            self._world = build_world(self.settings, gateway, self.store, self.clock)
        return self._world

    def restarts(self) -> None:
        """The process ends; the next pass is made by a new one over the same store."""
        if self._world is not None:
            self._world.gateway.close()
            self._world = None

    def forgets(self) -> None:
        """Start anew with an empty store."""
        self.restarts()
        self.store.close()
        self.store = Store()

    def looks(self, *, full: bool = False, apply: bool = True) -> PassReport:
        """One pass, now."""
        return run_pass(self.world, self.settings, self.clock.now(), apply=apply, full=full)

    def settles(self, *, full: bool = False, within: int = 8) -> list[PassReport]:
        """Passes, all now, until one goes through and writes nothing."""
        reports = []
        for _ in range(within):
            reports.append(self.looks(full=full))
            if not reports[-1].trouble and not reports[-1].plan.changes:
                return reports
        last = reports[-1]
        raise AssertionError(f"not quiet after {within} passes: {last.trouble or last.plan.changes}")

    def survives(self, request: int, fault: Fault | None, *, served_first: bool = False) -> PassReport | None:
        """One pass that is struck at its ``request``-th request: by a fault, or (None) by death."""
        self.world  # noqa: B018  (what a start asks is not counted)
        if fault is not None:
            at = self.rest.served + request
            self.rest.faults.add(fault, when=lambda call: call.nth == at)
        else:
            self.rest.left, self.rest.served_first = request, served_first
        try:
            return self.looks()
        except Killed:
            self.restarts()
            return None
        finally:
            self.rest.left = None
            self.rest.faults.clear()

    # What the records say

    def shows(self, number: str) -> dict[str, Any]:
        """A ticket as the connector and people have left it; owned fields by their role."""
        row = self.instance.get("incident", record_id(number))
        assert row is not None, f"{number} is gone"
        roles = self.settings.columns.roles
        group = {sys_id: name for name, sys_id in self.groups.items()}
        person = {sys_id: name for name, sys_id in self.people.items()}
        return {
            **{role: row[roles[role]] for role in OWNED},
            "group": group.get(row["assignment_group"], ""),
            "assignee": person.get(row["assigned_to"], ""),
            "state": row["state"],
            "problem": row["problem_id"],
        }

    def said(self, number: str) -> list[Said]:
        """What the connector noted on a ticket, oldest first."""
        found = []
        for entry in self.instance.journal(record_id(number)):
            if entry["sys_created_by"] == US:
                found += said_in(entry["value"])
        return found

    @property
    def _tables(self) -> list[str]:
        return [table for table in TABLES if table in self.instance.dictionary.tables]

    def made(self) -> list[tuple[str, ...]]:
        """What the connector created, without stamps and numbers that depend on how it came about."""
        numbers = {
            row["sys_id"]: row["number"] for table in self._tables for row in self.instance.rows(table)
        }
        found = [
            ("task", numbers.get(row["incident"] or row["parent"], ""), row["correlation_display"],
             row["correlation_id"], row["short_description"], row["assignment_group"],
             row["assigned_to"], row["state"])
            for row in self.instance.rows("incident_task", f"sys_created_by={US}")
        ]  # fmt: skip
        found += [
            ("problem", numbers.get(row["first_reported_by_task"], ""), row["sys_id"], row["state"])
            for row in self.instance.rows("problem", f"sys_created_by={US}")
        ]
        found += [
            ("article", row["source"], row["sys_id"], row["text"], row["workflow_state"])
            for row in self.instance.rows("kb_knowledge", f"sys_created_by={US}")
        ]
        found += [
            ("link", numbers.get(row["task"], ""), row["kb_knowledge"])
            for row in self.instance.rows("m2m_kb_task", f"sys_created_by={US}")
        ]
        return sorted(found)

    def everything(self) -> dict[str, object]:
        """The whole desk: every ticket, every note of ours whatever its order, all that we created."""
        numbers = sorted(row["number"] for row in self.instance.rows("incident"))
        theirs = f"sys_created_by!={US}"
        beside = [row["number"] for table in self._tables[1:] for row in self.instance.rows(table, theirs)]
        return {
            **{number: (self.shows(number), sorted(self.said(number))) for number in numbers},
            **{number: sorted(self.said(number)) for number in sorted(beside)},
            "made": self.made(),
        }

    def repeated(self) -> list[object]:
        """What the connector said or created more than once; nothing, ever."""
        numbers = [row["number"] for table in self._tables for row in self.instance.rows(table)]
        notes = Counter((number, note.policy, note.mark) for number in numbers for note in self.said(number))
        records = Counter(record[:4] for record in self.made())
        return [what for what, times in (*notes.items(), *records.items()) if times > 1]

    def sent(self) -> Iterator[Logged]:
        """Every write of the connector that took effect, oldest first."""
        return (each for each in self.rest.requests if each.user == US and each.committed)

    def at(self, instant: int) -> None:
        """Go on to this instant; never back."""
        self.clock.set(max(instant, self.clock.now()))


def said_in(text: str) -> list[Said]:
    """The notes in one journal entry of the connector. Each must name policy, clause and mark."""
    parts = _TAIL.split(text)
    assert not parts[-1], f"a note without its source: {text}"
    return [Said(*parts[at : at + 4]) for at in range(0, len(parts) - 1, 4)]


def written(report: PassReport) -> list[tuple[str, str, Mapping[str, str]]]:
    """The plan of a pass as the requests it says: (method, table, body)."""
    return [
        (
            "POST" if change.creates else "PATCH",
            change.table,
            {f.column: f.after for f in change.fields}
            | ({"sys_id": change.sys_id} if change.creates else {}),
        )
        for change in report.plan.changes
    ]


def utc(instant: int) -> str:
    """The platform's text of an instant."""
    return platform_time(instant)
