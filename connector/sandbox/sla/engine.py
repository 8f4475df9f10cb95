"""Attaches, pauses, completes and cancels `task_sla` rows, some seconds after the write that asks for it.

Conditions are judged in the write itself, on the record as it is then; what follows from them appears after
`lag` seconds.  A definition counts for the records of its very table, not for those below it, and for new
service levels only while it is active; those that run go on to their end.  What an event does: `stage`.
Facts: section 4.2; rapid updates: KB0541990.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.moment import instant, stamp
from connector.sandbox.sla.change import Change, made, settled
from connector.sandbox.sla.past import earlier
from connector.sandbox.sla.queue import Noted, Queue
from connector.sandbox.sla.record import read, written
from connector.sandbox.sla.refresh import last_look
from connector.sandbox.sla.relative import by_due_date, due, understood
from connector.sandbox.sla.schedule import Always, Schedule
from connector.sandbox.sla.stage import (
    CONDITIONS,
    Event,
    Level,
    Manner,
    Stage,
    advanced,
    attaches,
    begun,
    event,
    measured,
)
from connector.sandbox.store import Store

Row = dict[str, str]
_MOST = 1000.0
"""Percent beyond which the jobs look away."""
_CALLERS = ("caller_id", "requested_for", "requested_by", "opened_by")
"""Who `task.caller_id` is where a class has no such column: the first of these that it has."""


class Engine:
    """The engine of one instance, whose own time zone is `zone`.

    The caller holds the lock and, but for `idle`, a transaction.
    """

    def __init__(
        self,
        store: Store,
        dictionary: Dictionary,
        matches: Callable[[Table, str, str], bool],
        mint: Callable[[], str],
        zone: str = "GMT",
    ) -> None:
        self.lag = 5
        self.queue = Queue(store)
        self._store = store
        self._dictionary = dictionary
        self._matches = matches
        self._mint = mint
        self._zone = zone
        self._definitions: dict[str, Row] = {}
        self._judged: list[Row] = []
        self._schedules: dict[tuple[str, str], Schedule] = {}
        self._looked = 0

    def read(self) -> bool:
        """Definitions or schedules changed; whether writes are to be judged at all.

        They are while a definition is active, or while a service level of an inactive one runs.
        """
        self.queue.read()
        self._schedules.clear()
        rows = self._rows("contract_sla", "1 ORDER BY t.sys_created_on, t.sys_id", [])
        self._definitions = {row["sys_id"]: row for row in rows}
        self._judged = [
            row
            for sys_id, row in self._definitions.items()
            if row["active"] == "true" or any(self._rows("task_sla", _OF, [sys_id]))
        ]
        return bool(self._judged)

    def note(self, table: Table, row: Row, at: int, before: Row | None, entries: Row) -> None:
        """A task was made (`before` None) or changed: judge it now, work on it later."""
        change = made(row, entries) if before is None else Change(row, before, entries)
        found = {"": False}  # definitions share their conditions: each is asked once
        holds = {}
        for definition in self._judged:
            if definition["collection"] != table.name:
                continue
            queries = _asked(definition, CONDITIONS, change)
            for query in queries.values():
                if query not in found:
                    found[query] = self._matches(table, query, row["sys_id"])
            holds[definition["sys_id"]] = frozenset(name for name, query in queries.items() if found[query])
        if holds:
            self.queue.put(Noted(at + self.lag, at, row, holds))

    def idle(self, now: int) -> bool:
        """Whether nothing is due, neither work nor a look of the refresh jobs."""
        if self.queue.due is not None and self.queue.due <= now:
            return False
        return not self._judged or self._looked == now - now % 60

    def catch_up(self, now: int, *, duplicates: bool = False, business: bool = True) -> None:
        """Work on all whose time has come, then let the jobs look at what runs.

        `duplicates`: rapid updates attach a second row.  `business`: the business figures are filled without
        a schedule as well (`com.snc.sla.always_populate_business_fields`).
        """
        while noted := self.queue.take(now):
            for sys_id, holds in noted.holds.items():
                if sys_id in self._definitions:
                    self._work(self._definitions[sys_id], holds, noted, duplicates, business)
        self._looked = now - now % 60
        for row in list(self._rows("task_sla", "t.active = 'true' AND t.stage = 'in_progress'", [])):
            self._look(row, now, business)

    def _work(
        self, definition: Row, holds: frozenset[str], noted: Noted, duplicates: bool, business: bool
    ) -> None:
        task, sys_id, manner = noted.task["sys_id"], definition["sys_id"], _manner(definition)
        running = list(self._rows("task_sla", f"t.task = ? AND {_OF}", [task, sys_id]))
        if not self.queue.begins(task, sys_id, holds="reset" in holds):
            holds -= {"reset"}
        starts = definition["active"] == "true" and attaches(manner, holds)
        unseen = all((instant(row["sys_created_on"]) or 0) > noted.at for row in running)
        if starts and (not running or (duplicates and unseen)):
            self._attach(definition, holds, noted, business)
        for row in running:
            hours = self._hours(row["schedule"], row["timezone"])
            level = read(row, _whole(definition, row, hours))
            what = event(manner, level.stage, holds)
            if what is None:
                continue
            level = advanced(level, what, noted.at, hours, manner.reset_to)
            self._change(row, noted.due, written(level, business=business or bool(row["schedule"])))
            if what is Event.RESET and starts:
                self._attach(definition, holds, noted, business)

    def _attach(self, definition: Row, holds: frozenset[str], noted: Noted, business: bool) -> None:
        start = noted.at
        if definition["retroactive"] == "true":
            wanted = noted.task.get(definition["set_start_to"] or "sys_created_on", "")
            start = instant(wanted) or start
        zone, schedule = self._source(definition, noted.task)
        hours = self._hours(schedule, zone)
        ends = self._due(definition, noted.task, start, hours, zone)
        whole = _duration(definition) if ends is None else hours.between(start, ends)
        level = begun(start, whole, start, hours, ends)
        planned_end = written(level)["planned_end_time"]
        if start < noted.at and definition["retroactive_pause"] == "true":
            level = self._paused_before(definition, noted, level, hours)
        level = measured(level, noted.at, hours)
        if event(_manner(definition), level.stage, holds) is Event.PAUSE:
            level = advanced(level, Event.PAUSE, noted.at, hours)
        row = dict.fromkeys(self._dictionary["task_sla"].columns, "") | {
            "sys_id": self._mint(),
            "task": noted.task["sys_id"],
            "sla": definition["sys_id"],
            "schedule": schedule,
            "timezone": zone,
            "original_breach_time": planned_end,
            "sys_created_on": stamp(noted.due),
            "sys_created_by": "system",
            "sys_updated_on": stamp(noted.due),
            "sys_updated_by": "system",
            "sys_mod_count": "0",
        }
        self._store.insert("task_sla", row | written(level, business=business or bool(schedule)))

    def _due(
        self, definition: Row, task: Mapping[str, str], start: int, hours: Schedule | Always, zone: str
    ) -> int | None:
        """When a relative duration ends; None for others, and for those whose script is not understood."""
        if not definition["duration_type"]:
            return None
        row = self._store.row(self._dictionary["cmn_relative_duration"], definition["duration_type"])
        if row is None:
            return None
        days = understood(row["script"])
        if days is not None:
            return due(days, start, hours, zone)
        if not by_due_date(row["script"]):
            return None
        of_task = definition["relative_duration_works_on"] != "SLA record"
        return max(start, instant(task.get("due_date", "") if of_task else "") or start)

    def _paused_before(self, definition: Row, noted: Noted, level: Level, hours: Schedule | Always) -> Level:
        """The level with the pauses that its task had between the start and the write that attaches it."""
        manner = _manner(definition)
        if not manner.pauses or not definition["pause_condition"]:
            return level
        table = self._dictionary[noted.task["sys_class_name"]]
        for at, change in earlier(self._store, noted.task, level.start):
            queries = _asked(definition, ("pause", "resume"), change)
            holds = {name for name, query in queries.items() if query and self._held(table, query, change)}
            what = event(manner, level.stage, frozenset(holds))
            if what is not None:
                level = advanced(level, what, at, hours)
        return level

    def _held(self, table: Table, query: str, change: Change) -> bool:
        """Whether the query held when the record was so: it is that again while it is asked."""
        sys_id = change.row["sys_id"]
        now = self._store.row(table, sys_id)
        if now is None:
            return False
        db = self._store.db
        db.execute("SAVEPOINT sla")
        try:
            told = {name: change.row.get(name, "") for name in now if name != "sys_id"}
            if moved := {name: value for name, value in told.items() if value != now[name]}:
                self._store.update(table.root, sys_id, moved)
            return self._matches(table, query, sys_id)
        finally:
            db.execute("ROLLBACK TO sla")
            db.execute("RELEASE sla")

    def _look(self, row: Row, now: int, business: bool) -> None:
        """Refresh the row as of the last job that had it."""
        hours = self._hours(row["schedule"], row["timezone"])
        level = self._level(row, hours)
        at = last_look(level.planned_end, now) if level and level.planned_end is not None else None
        if level is None or at is None or stamp(at) <= row["sys_updated_on"]:
            return
        if level.figures.percentage <= _MOST:
            level = measured(level, at, hours)
            self._change(row, at, written(level, business=business or bool(row["schedule"])))

    def _level(self, row: Row, hours: Schedule | Always) -> Level | None:
        """The level of a row; None where its definition is gone and nobody knows how long it may take."""
        definition = self._definitions.get(row["sla"])
        return read(row, _whole(definition, row, hours)) if definition else None

    def _change(self, row: Row, at: int, changed: Row) -> None:
        count = str(int(row["sys_mod_count"]) + 1)
        self._store.update(
            "task_sla",
            row["sys_id"],
            changed | {"sys_updated_on": stamp(at), "sys_updated_by": "system", "sys_mod_count": count},
        )

    def _source(self, definition: Row, task: Mapping[str, str]) -> tuple[str, str]:
        """Time zone and schedule of a new row; the zone is the instance's own where the source has none."""
        source = definition["timezone_source"]
        zone = self._walk(task, source) if source.startswith("task.") else definition["timezone"]
        schedule = definition["schedule"] if definition["schedule_source"] != "no_schedule" else ""
        if definition["schedule_source"] == "task_field":
            schedule = self._walk(task, f"task.{definition['schedule_source_field']}")
        return zone or self._zone, schedule

    def _walk(self, task: Mapping[str, str], path: str) -> str:
        """The value at the end of `task.caller_id.location.time_zone`; "" where the walk ends early."""
        _, *names = path.split(".")
        table = self._dictionary.tables.get(task.get("sys_class_name", ""))
        row: Mapping[str, str] | None = task
        for index, name in enumerate(names):
            if table is None or row is None:
                return ""
            if index == 0 and name == "caller_id":
                name = next((one for one in _CALLERS if one in table.columns), name)
            value = row.get(name, "")
            if index == len(names) - 1:
                return value
            column = table.columns.get(name)
            table = self._dictionary.tables.get(column.reference) if column else None
            row = self._store.row(table, value) if table and value else None
        return ""

    def _hours(self, sys_id: str, zone: str) -> Schedule | Always:
        """A schedule, in its own zone if it has one and is not floating."""
        if not sys_id:
            return Always()
        known = self._schedules.get((sys_id, zone))
        if known is None:
            head = self._store.row(self._dictionary["cmn_schedule"], sys_id)
            if head is None:
                return Always()
            spans = self._rows("cmn_schedule_span", "t.schedule = ?", [sys_id])
            own = head["time_zone"] if head["time_zone"].lower() != "floating" else ""
            known = self._schedules[sys_id, zone] = Schedule(spans, own or zone)
        return known

    def _rows(self, table: str, where: str, values: list[str]) -> Iterator[Row]:
        return self._store.select(self._dictionary[table], f"WHERE {where}", values)


_OF = "t.sla = ? AND t.active = 'true'"
"""The running rows of a definition."""


def _duration(definition: Row) -> int:
    return instant(definition["duration"]) or 0


def _whole(definition: Row, row: Row, hours: Schedule | Always) -> int:
    """How long the level of a row may take; a relative duration is what it came to when it began."""
    start, breach = instant(row["start_time"]), instant(row["original_breach_time"])
    if not definition["duration_type"] or start is None or breach is None:
        return _duration(definition)
    return hours.between(start, breach)


def _asked(definition: Row, names: Iterable[str], change: Change) -> dict[str, str]:
    """The conditions of a definition, with what they ask about the write answered."""
    kind = definition["advanced_condition_type"]
    return {name: settled(definition[f"{name}_condition"], change, kind) for name in names}


def _manner(definition: Row) -> Manner:
    return Manner(
        definition["when_to_cancel"],
        definition["when_to_resume"],
        Stage.COMPLETED if definition["reset_action"] == "complete" else Stage.CANCELLED,
        pauses=not definition["duration_type"],
    )
