"""Sandbox and connector in one process on one simulated clock, the store in a file.

What an operator would do is done, too: a connector that ended is started again, a damaged store is put aside.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from connector.errors import ConnectorError
from connector.reconcile import PassReport, sweep_world
from connector.rules.catalogue import AnyPolicy
from connector.sandbox import Fault, Faults, Request, Response
from connector.settings import Settings, loads
from connector.sync.store import Store
from tests.simulation.script import Script, Step
from tests.world import CONFIG, DAY, US, Desk, Killed, Wire

_parse = TypeAdapter(AnyPolicy).validate_python
_TROUBLE = (ConnectorError, DBAPIError)


def settings_of(script: Script) -> Settings:
    """The desk's settings in the zone of the script, with its policies."""
    base = loads(CONFIG.format(history="audit", more="").replace("Asia/Shanghai", script.zone))
    policies = tuple(
        _parse({**policy, "zone": script.zone} if "zone" in policy else policy) for policy in script.policies
    )
    return base.model_copy(update={"policies": policies})


@dataclass
class Course:
    """What a run came to."""

    good: set[int] = field(default_factory=set)
    """Ticks at which a pass reached the records."""
    bad: set[int] = field(default_factory=set)
    """Ticks at which one was made and failed."""
    touched: dict[str, set[int]] = field(default_factory=dict)
    """Ticket → when people did something to it."""
    odd: set[str] = field(default_factory=set)
    """Tickets that people or the instance treated in a way the faultless days do not have."""
    odd_times: list[tuple[int, int, int]] = field(default_factory=list)
    """When the instance's own clock was wrong, and by how much: what was done then carries wrong stamps."""
    stale: list[str] = field(default_factory=list)
    """Writes to a record that had changed before the connector's last look at it."""
    doubled: bool = False
    """Two connectors worked at once."""


class Overheard(Wire):
    """The wire, with an ear on it: what the connector was last told of a record before it wrote to it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.bases: dict[str, str] = {}
        """sys_id → the `sys_mod_count` that was delivered last before the latest PATCH."""
        self._delivered: dict[str, str] = {}
        self._heard = 0

    def handle(self, request: Request) -> Response:
        """Serve, and listen."""
        response = super().handle(request)
        asked = self.requests[-1]
        if asked.user == US and asked.table == "incident" and response.status == 200:
            if asked.method == "PATCH":
                self.bases[asked.sys_id] = self._delivered.get(asked.sys_id, "")
            else:
                with suppress(ValueError, KeyError, TypeError):
                    for row in json.loads(response.body)["result"]:
                        self._delivered[row["sys_id"]] = row["sys_mod_count"]
        return response

    def wrote(self) -> bool:
        """Whether the connector has written anything since this was last asked."""
        fresh, self._heard = self.requests[self._heard :], len(self.requests)
        return any(each.user == US and each.committed for each in fresh)


class Stage(Desk):
    """A desk whose connector can lose its store, its disk and its life."""

    def __init__(self, script: Script, folder: Path) -> None:
        super().__init__(settings=settings_of(script))
        self.script = script
        self.course = Course()
        self.rest: Overheard = Overheard(self.instance, faults=Faults(sleep=lambda _: None))
        self._path = folder / "desk.sqlite"
        self._backup = folder / "backup.sqlite"
        self.store.close()
        self.store = self._opened()
        self.clock.set(script.start)

    # The store

    def _opened(self) -> Store:
        return Store(f"sqlite:///{self._path}")

    def forgets(self) -> None:
        """Start anew with an empty store."""
        self._shuts()
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink()
        self.store = self._opened()

    def _shuts(self) -> None:
        self.restarts()
        self.store.close()

    def backs_up(self) -> None:
        """A copy of the store as it is now."""
        self._backup.unlink(missing_ok=True)
        with sqlite3.connect(self._path) as source, sqlite3.connect(self._backup) as copy:
            source.backup(copy)
        source.close()
        copy.close()

    def starts_with(self, fate: str) -> None:
        """The process is gone; a new one finds its store ``kept``, ``restored`` or ``lost``."""
        if fate == "lost" or (fate == "restored" and not self._backup.exists()):
            self.forgets()
            return
        self._shuts()
        if fate == "restored":
            for path in self._path.parent.glob(f"{self._path.name}*"):
                path.unlink()
            shutil.copy(self._backup, self._path)
        self.store = self._opened()

    def damages(self) -> None:
        """The middle of the file is overwritten while nobody looks."""
        self._shuts()
        size = self._path.stat().st_size
        with self._path.open("r+b") as file:
            file.seek(min(4096, size // 2))
            file.write(b"\xff" * (size // 2))
        with suppress(*_TROUBLE):
            self.store = self._opened()
            self.passes()
        self.forgets()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """The database may not grow."""

        def cramped(connection: Any, _record: object, _proxy: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")

        engine = self.store.engine
        event.listen(engine, "checkout", cramped)
        try:
            yield
        finally:
            event.remove(engine, "checkout", cramped)
            self._shuts()
            self.store = self._opened()

    # A pass, and what may befall it

    def passes(self) -> bool:
        """One pass as the daemon makes it; True if it went through."""
        tick = self.clock.now()
        try:
            daily = not (tick - self.script.start) % DAY
            if daily:
                sweep_world(self.world)
            report = self.looks(full=daily)
        except Killed:
            self.course.good.add(tick)  # part of it may stand
            self.course.bad.add(tick)
            raise
        except _TROUBLE:
            self.course.bad.add(tick)
            self.restarts()
            return False
        self._notes(report)
        if not report.trouble:
            self.course.good.add(tick)
            return True
        self.course.bad.add(tick)
        if report.outcome.done:
            self.course.good.add(tick)
        return False

    def _notes(self, report: PassReport) -> None:
        for written in report.outcome.written:
            change = written.change
            base = self.rest.bases.pop(change.sys_id, None)
            if written.answer == "written" and not change.creates and base not in (None, str(change.base)):
                self.course.stale.append(f"{change.number}: judged at {change.base}, last read at {base}")
        self.rest.bases.clear()

    def strikes(self, nth: int, fault: Fault) -> None:
        """The ``nth`` request from now will meet a fault."""
        with suppress(*_TROUBLE):
            self.world  # noqa: B018  (what a start asks is not counted)
        at = self.rest.served + nth
        self.rest.faults.add(fault, when=lambda call: call.nth == at)

    def dies(self, step: Step) -> None:
        """A pass in which the process is killed, if it comes that far; then a new process."""
        with suppress(*_TROUBLE):
            self.world  # noqa: B018
        try:
            if step.kind == "killed at the store":
                with self._mortal(step.count):
                    self.passes()
            else:
                self.rest.left, self.rest.served_first = step.count, step.kind == "killed after"
                self.passes()
        except Killed:
            self.starts_with(step.what)
        finally:
            self.rest.left = None

    @contextmanager
    def _mortal(self, statements: int) -> Iterator[None]:
        left = statements

        def counts(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        engine = self.store.engine
        for moment in ("before_cursor_execute", "commit"):
            event.listen(engine, moment, counts)
        try:
            yield
        finally:
            for moment in ("before_cursor_execute", "commit"):
                event.remove(engine, moment, counts)
