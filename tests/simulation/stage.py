"""Sandbox and connector in one process on one simulated clock, the store in a file.

What an operator would do is done, too: a connector that ended is started again. The store is opened as the
daemon opens it: looked through first, and set aside where it is damaged.
"""

import os
import shutil
import sqlite3
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from math import inf
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from connector.cli.run import Duty
from connector.daemon import Daemon
from connector.errors import ConnectorError, Fatal, Refused
from connector.reconcile import PassReport, World
from connector.reconcile.account import account
from connector.sandbox import Fault, Faults
from connector.sandbox.message import Call
from connector.settings import load
from connector.sync.store import Store, open_sound, schema
from tests.simulation.course import Course
from tests.simulation.ear import Ear, Overheard
from tests.simulation.policy_file import CLIENT, SECRET, file_of
from tests.simulation.script import Script, Step
from tests.world import DAY, PASSWORD, US, Desk, Killed

_MIRRORED = select(schema.ticket.c.row)
_TROUBLE = (ConnectorError, DBAPIError)
AT_THE_STORE = {
    "killed at the store": ("before_cursor_execute", "commit"),
    "killed at a commit": ("commit",),
}
"""Where the process is killed in its store: before any statement or commit, or before a commit."""
_SWITCH = "glide.oauth.inbound.client.credential.grant_type.enabled"


class Watched(Duty):
    """The daemon's duty, and what its last pass came to."""

    report: PassReport | None = None

    def _note(self, report: PassReport, world: World) -> None:
        self.report = report
        super()._note(report, world)


class Stage(Desk):
    """A desk whose connector can lose its store, its disk and its life."""

    def __init__(self, script: Script, folder: Path) -> None:
        self.script = script
        self.course = Course()
        self.policies = script.policies
        self.file = folder / "desk.toml"
        self.file.write_text(file_of(script, script.policies), encoding="utf-8")
        self._path = folder / "desk.sqlite"
        self._backup = folder / "backup.sqlite"
        self._openings = 0
        self.found_damaged = False
        """The store that was opened last had to be set aside, and a new one took its place."""
        super().__init__(settings=load(str(self.file)), store=self._opened())
        self.ear = Ear()
        self.rest: Overheard = Overheard(self.instance, faults=Faults(sleep=lambda _: None), ear=self.ear)
        self.rest.manner.sessions = False
        self.ear.secret(PASSWORD, SECRET)
        self.daemon = Daemon(self.clock)
        self._duty: Watched | None = None
        self.unread = False
        """The policy file has been edited, and the process works by the one before."""
        self._afresh = False
        if script.signs_in != "basic":
            self.instance.properties[_SWITCH] = "true"
            self.instance.add_oauth_client(
                "Desk", client_id=CLIENT, client_secret=SECRET, user=US, access_token_lifespan="1200"
            )
        self.clock.set(script.start)
        self.tick = script.start
        """When the pass that is being made was due."""

    def __enter__(self) -> Self:
        self._open.enter_context(self.ear)
        self._open.enter_context(patch.dict(os.environ, {"DESK_PASSWORD": PASSWORD, "DESK_SECRET": SECRET}))
        self.account = account(self.settings)
        return super().__enter__()

    @property
    def world(self) -> World:
        """What a pass works with; each that is put together is a start of the process."""
        if self._world is None:
            self.course.starts += 1
            self.rest.starts()
            if self.unread:
                self.settings, self.unread = load(str(self.file)), False
        return super().world

    @property
    def duty(self) -> "Watched":
        """What the daemon of this process does at each poll."""
        world = self.world
        if self._duty is None:
            duty = Watched(str(self.file), self.settings, self.store, self.clock, self.daemon)
            duty._world, duty._gateway = world, world.gateway
            self._duty = duty
        return self._duty

    def restarts(self) -> None:
        """As `Desk.restarts`."""
        self._duty = None
        super().restarts()

    def reloads(self, text: str) -> None:
        """The policy file is edited and the process told to read it again, by what answers a SIGHUP.

        All of it or nothing: raises `ConnectorError` for a file that is wrong, or an instance that does not
        answer; what it works with stays as it was. Between two processes nobody is told: the next one reads
        the file when it starts.
        """
        self.file.write_text(text, encoding="utf-8")
        if self._world is None:
            self.settings = load(str(self.file))
            return
        duty = self.duty
        try:
            duty.reload()
        finally:
            assert duty._world is not None
            self._world, self.settings = duty._world, duty._settings
        self.course.starts += 1
        self.rest.starts()
        self._afresh = True

    def takes_up(self) -> None:
        """The operator sends the signal again as long as an edited file has not been taken."""
        if self.unread:
            with suppress(ConnectorError):
                self.reloads(file_of(self.script, self.policies))
                self.unread = False

    # The store

    def _opened(self) -> Store:
        store, told = open_sound(f"sqlite:///{self._path}", f"{self._openings}")
        self._openings += 1
        self.found_damaged = any("damaged" in one for one in told)
        # The process is killed here, never the machine, so that nothing hangs on what the disk has in hand.
        event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        store.engine.dispose()
        return store

    def leaked(self) -> list[str]:
        """Files of the store that hold a secret."""
        return [
            path.name for path in self._path.parent.glob("*.sqlite*") if self.ear.holds(path.read_bytes())
        ]

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
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(self._backup)) as copy:
            source.backup(copy)

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
        """The middle of the file is overwritten while nobody looks; the next start sees it."""
        self._shuts()
        size = self._path.stat().st_size
        with self._path.open("r+b") as file:
            file.seek(min(4096, size // 2))
            file.write(b"\xff" * (size // 2))
        self.store = self._opened()
        assert self.found_damaged, "a damaged store was taken for a sound one"

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
        """One pass as the daemon makes it; True if it went through.

        But for when it is a full one: at the start of a day and after a reload, and not at each start. The
        sweep of a start would hide what the polls after it overlook.
        """
        tick = self.tick
        standing = self._standing()
        try:
            daily = not (tick - self.script.start) % DAY
            duty = self.duty
            duty.report = None
            duty._full_at = self.clock.monotonic() if daily or self._afresh else inf
            duty.make_pass()
            self._afresh = False
            if daily:
                self.backs_up()
        except Killed:
            self.course.bad.add(tick)
            raise
        except _TROUBLE as error:
            self.ear.hears("".join(traceback.format_exception(error)))
            self.course.bad.add(tick)
            if isinstance(error, Fatal | Refused):  # the daemon ends by these alone
                self.restarts()
            return False
        report = duty.report
        assert report is not None, "no pass was made"
        self._notes(report)
        if not report.trouble:
            self._looks_for(standing)
            self.course.good.add(tick)
            return True
        self.course.bad.add(tick)
        if report.outcome.done:
            self.course.good.add(tick)
        return False

    def _standing(self) -> dict[str, tuple[str, int]]:
        """Tickets that may be read → number and `sys_mod_count`."""
        return {
            row["sys_id"]: (row["number"], int(row["sys_mod_count"]))
            for row in self.instance.rows("incident")
            if row["number"] not in self.course.unseen
        }

    def _looks_for(self, standing: Mapping[str, tuple[str, int]]) -> None:
        """Every ticket is in the mirror as it was when the pass began, or newer."""
        if self.script.two_clocks(self.tick - self.script.start):
            return
        with self.store.engine.connect() as connection:
            mirrored = self.store._packing.unpack(connection, connection.execute(_MIRRORED).scalars())
        seen = {row["sys_id"]: int(row["sys_mod_count"]) for row in mirrored}
        for sys_id, (number, count) in standing.items():
            if seen.get(sys_id, -1) < count and self.instance.get("incident", sys_id) is not None:
                day, rest = divmod(self.tick - self.script.start, DAY)
                when = f"day {day + 1} {rest // 3600:02d}:{rest % 3600 // 60:02d}"
                self.course.lost.append(
                    f"{when}: {number} was at {count}, {seen.get(sys_id, 'nowhere')} was seen"
                )

    def _notes(self, report: PassReport) -> None:
        self.ear.hears(report.trouble)
        for written in report.outcome.written:
            change = written.change
            self.ear.hears(written.detail)
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

    def strikes_a_write(self, nth: int, fault: Fault) -> None:
        """The ``nth`` write from now will meet a fault, in whatever pass it is sent."""
        left = nth

        def fits(call: Call) -> bool:
            nonlocal left
            left -= call.method != "GET" and (bool(call.table) or self.script.batch)
            return left == 0

        self.rest.faults.add(fault, when=fits)

    def dies(self, step: Step) -> None:
        """A pass in which the process is killed, if it comes that far; then a new process."""
        with suppress(*_TROUBLE):
            self.duty  # noqa: B018
        try:
            if step.kind in AT_THE_STORE:
                with self._mortal(step.count, AT_THE_STORE[step.kind]):
                    self.passes()
            else:
                self.rest.left, self.rest.served_first = step.count, step.kind.startswith("killed after")
                self.rest.writes_only = step.kind.endswith("a write")
                self.passes()
        except Killed:
            if self.rest.wrote():  # that much of the pass stands
                self.course.good.add(self.tick)
                self.course.wrote.add(self.tick)
            self.starts_with(step.what)
        finally:
            self.rest.left = None

    @contextmanager
    def _mortal(self, left: int, moments: Iterable[str]) -> Iterator[None]:
        """Killed at one of these moments, the so many-th from now."""

        def counts(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        engine = self.store.engine
        for moment in moments:
            event.listen(engine, moment, counts)
        try:
            yield
        finally:
            for moment in moments:
                event.remove(engine, moment, counts)
