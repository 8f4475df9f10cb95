"""Attaches, pauses, completes and cancels `task_sla` rows, some seconds after the write that asks for it.

Conditions are judged in the write itself, on the record as it is then; what follows from them appears after
`lag` seconds.  Of the conditions that hold together cancel goes first, then stop, reset, pause and resume.
Facts: section 4.2; rapid updates: KB0541990.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.moment import instant, stamp
from connector.sandbox.sla.refresh import last_look
from connector.sandbox.sla.schedule import Always, Schedule
from connector.sandbox.store import Store

Row = dict[str, str]
CONDITIONS = ("start", "stop", "pause", "resume", "reset", "cancel")
_MOST = 1000.0
"""Percent beyond which the jobs look away."""


class Noted(NamedTuple):
    """A write that the engine has yet to work on."""

    due: int
    at: int
    task: Row
    holds: dict[str, frozenset[str]]
    """Definition → the conditions that held after the write."""


class Engine:
    """The engine of one instance.  The caller holds the lock and, but for `idle`, a transaction."""

    def __init__(
        self,
        store: Store,
        dictionary: Dictionary,
        matches: Callable[[Table, str, str], bool],
        mint: Callable[[], str],
    ) -> None:
        self.lag = 5
        self.pending: deque[Noted] = deque()
        self._store = store
        self._dictionary = dictionary
        self._matches = matches
        self._mint = mint
        self._definitions: dict[str, Row] = {}
        self._schedules: dict[tuple[str, str], Schedule] = {}
        self._reset: set[tuple[str, str]] = set()
        self._looked = 0

    def read(self) -> bool:
        """Definitions or schedules changed; whether there are any definitions to judge."""
        self._schedules.clear()
        rows = self._rows("contract_sla", "1 ORDER BY t.sys_created_on, t.sys_id", [])
        self._definitions = {row["sys_id"]: row for row in rows}
        return bool(self._definitions)

    def note(self, table: Table, row: Row, at: int) -> None:
        """A task was made or changed: judge it now, work on it later."""
        holds = {}
        for sys_id, definition in self._definitions.items():
            collection = definition["collection"]
            if definition["active"] != "true" or collection not in self._dictionary.tables:
                continue
            if table.name in self._dictionary.family(collection):
                holds[sys_id] = frozenset(
                    name
                    for name in CONDITIONS
                    if (query := definition[f"{name}_condition"])
                    and self._matches(table, query, row["sys_id"])
                )
        if holds:
            self.pending.append(Noted(at + self.lag, at, dict(row), holds))

    def idle(self, now: int) -> bool:
        """Whether nothing is due, neither work nor a look of the refresh jobs."""
        if self.pending and self.pending[0].due <= now:
            return False
        return not self._definitions or self._looked == now - now % 60

    def catch_up(self, now: int, *, duplicates: bool) -> None:
        """Work on all whose time has come, then let the jobs look at what runs."""
        while self.pending and self.pending[0].due <= now:
            noted = self.pending.popleft()
            for sys_id, holds in noted.holds.items():
                if sys_id in self._definitions:
                    self._work(self._definitions[sys_id], holds, noted, duplicates=duplicates)
        self._looked = now - now % 60
        for row in list(self._rows("task_sla", "t.active = 'true' AND t.stage = 'in_progress'", [])):
            self._look(row, now)

    def _work(self, definition: Row, holds: frozenset[str], noted: Noted, *, duplicates: bool) -> None:
        task, sys_id = noted.task["sys_id"], definition["sys_id"]
        where = "t.task = ? AND t.sla = ? AND t.active = 'true'"
        running = list(self._rows("task_sla", where, [task, sys_id]))
        begins = "reset" in holds and (task, sys_id) not in self._reset
        self._reset.discard((task, sys_id))
        if "reset" in holds:
            self._reset.add((task, sys_id))
        starts = "start" in holds and not {"stop", "cancel"} & holds
        unseen = all((instant(row["sys_created_on"]) or 0) > noted.at for row in running)
        if starts and (not running or (duplicates and unseen)):
            self._attach(definition, holds, noted)
        for row in running:
            if self._ends(definition, holds, "cancel"):
                self._end(row, "cancelled", noted)
            elif "stop" in holds:
                self._end(row, "completed", noted)
            elif begins:
                complete = definition["reset_action"] == "complete"
                self._end(row, "completed" if complete else "cancelled", noted)
                if starts:
                    self._attach(definition, holds, noted, afresh=True)
            elif "pause" in holds and row["stage"] == "in_progress":
                self._change(row, noted.due, self._measured(row, noted.at) | _paused(noted.at))
            elif row["stage"] == "paused" and self._ends(definition, holds, "resume"):
                self._resume(definition, row, noted)

    @staticmethod
    def _ends(definition: Row, holds: frozenset[str], what: str) -> bool:
        """Whether to cancel or resume: on its own condition, or when the first one holds no more."""
        if definition[f"when_to_{what}"] == "no_match":
            return ("start" if what == "cancel" else "pause") not in holds
        return definition[f"when_to_{what}"] != "never" and what in holds

    def _attach(self, definition: Row, holds: frozenset[str], noted: Noted, *, afresh: bool = False) -> None:
        start = noted.at
        if definition["retroactive"] == "true" and not afresh:
            wanted = noted.task.get(definition["set_start_to"]) or noted.task["sys_created_on"]
            start = instant(wanted) or start
        zone = self._zone(definition, noted.task)
        schedule = definition["schedule"] if definition["schedule_source"] != "no_schedule" else ""
        if definition["schedule_source"] == "task_field":
            schedule = noted.task.get(definition["schedule_source_field"], "")
        row = dict.fromkeys(self._dictionary["task_sla"].columns, "") | {
            "sys_id": self._mint(),
            "task": noted.task["sys_id"],
            "sla": definition["sys_id"],
            "stage": "in_progress",
            "active": "true",
            "has_breached": "false",
            "start_time": stamp(start),
            "schedule": schedule,
            "timezone": zone,
            "pause_duration": stamp(0),
            "business_pause_duration": stamp(0),
            "sys_created_on": stamp(noted.due),
            "sys_created_by": "system",
            "sys_updated_on": stamp(noted.due),
            "sys_updated_by": "system",
            "sys_mod_count": "0",
        }
        end = self._schedule(row).after(start, instant(definition["duration"]) or 0)
        row["planned_end_time"] = row["original_breach_time"] = stamp(end) if end is not None else ""
        row |= self._measured(row, noted.at)
        if "pause" in holds:
            row |= _paused(noted.at)
        self._store.insert("task_sla", row)

    def _end(self, row: Row, stage: str, noted: Noted) -> None:
        over = {"stage": stage, "active": "false", "end_time": stamp(noted.at)}
        at = noted.at
        if row["stage"] == "paused":
            over |= self._waited(row, at)
            at = instant(row["pause_time"]) or at
        self._change(row, noted.due, self._measured(row, at) | over)

    def _resume(self, definition: Row, row: Row, noted: Noted) -> None:
        waited = self._waited(row, noted.at)
        running = row | waited
        schedule = self._schedule(row)
        left = (instant(definition["duration"]) or 0) - self._elapsed(running, noted.at)[1]
        end = schedule.after(noted.at, left) if left > 0 else instant(row["planned_end_time"])
        running |= {"planned_end_time": stamp(end) if end is not None else "", "stage": "in_progress"}
        changed = self._measured(running, noted.at) | waited
        changed |= {"stage": "in_progress", "planned_end_time": running["planned_end_time"]}
        self._change(row, noted.due, changed)

    def _waited(self, row: Row, until: int) -> Row:
        """The pauses with the one that ends now."""
        since = instant(row["pause_time"]) or until
        plain = (instant(row["pause_duration"]) or 0) + max(0, until - since)
        business = (instant(row["business_pause_duration"]) or 0) + self._schedule(row).between(since, until)
        return {
            "pause_duration": stamp(plain),
            "business_pause_duration": stamp(business),
            "pause_time": "",
        }

    def _elapsed(self, row: Row, at: int) -> tuple[int, int]:
        """Plain and business seconds that ran until `at`, without the pauses that are over."""
        start = instant(row["start_time"]) or at
        plain = max(0, at - start) - (instant(row["pause_duration"]) or 0)
        business = self._schedule(row).between(start, at) - (instant(row["business_pause_duration"]) or 0)
        return max(0, plain), max(0, business)

    def _measured(self, row: Row, at: int) -> Row:
        """What the refresh writes: elapsed, left, percentages and whether it has breached, as of `at`."""
        plain, business = self._elapsed(row, at)
        whole = self._whole(row)
        breached = row["has_breached"] == "true" or (whole > 0 and business >= whole)
        return {
            "duration": stamp(plain),
            "time_left": stamp(max(0, whole - plain)),
            "percentage": f"{100 * plain / whole:.2f}" if whole else "0",
            "business_duration": stamp(business),
            "business_time_left": stamp(max(0, whole - business)),
            "business_percentage": f"{100 * business / whole:.2f}" if whole else "0",
            "has_breached": "true" if breached else "false",
        }

    def _look(self, row: Row, now: int) -> None:
        """Refresh the row as of the last job that had it."""
        breach = instant(row["planned_end_time"])
        at = last_look(breach, now) if breach is not None else None
        if at is None or stamp(at) <= row["sys_updated_on"]:
            return
        if float(row["business_percentage"] or 0) < _MOST:
            self._change(row, at, self._measured(row, at))

    def _change(self, row: Row, at: int, changed: Row) -> None:
        count = str(int(row["sys_mod_count"]) + 1)
        self._store.update(
            "task_sla",
            row["sys_id"],
            changed | {"sys_updated_on": stamp(at), "sys_updated_by": "system", "sys_mod_count": count},
        )

    def _whole(self, row: Row) -> int:
        definition = self._definitions.get(row["sla"])
        return (instant(definition["duration"]) or 0) if definition else 0

    def _zone(self, definition: Row, task: Row) -> str:
        source = definition["timezone_source"]
        if source.startswith("task."):
            person = task.get(source.split(".")[1], "")
            found = self._store.row(self._dictionary["sys_user"], person) if person else None
            return found["time_zone"] if found else ""
        return definition["timezone"]

    def _schedule(self, row: Row) -> Schedule | Always:
        """The row's schedule, in the schedule's own zone if it has one."""
        if not row["schedule"]:
            return Always()
        known = self._schedules.get((row["schedule"], row["timezone"]))
        if known is None:
            head = self._store.row(self._dictionary["cmn_schedule"], row["schedule"])
            if head is None:
                return Always()
            spans = self._rows("cmn_schedule_span", "t.schedule = ?", [row["schedule"]])
            known = Schedule(spans, head["time_zone"] or row["timezone"])
            self._schedules[row["schedule"], row["timezone"]] = known
        return known

    def _rows(self, table: str, where: str, values: list[str]) -> Iterator[Row]:
        return self._store.select(self._dictionary[table], f"WHERE {where}", values)


def _paused(at: int) -> Row:
    return {"stage": "paused", "pause_time": stamp(at)}
