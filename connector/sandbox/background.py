"""The part of an instance that works by itself, as time goes by: metrics, service levels, auto-close.

Nothing runs in a thread: before anybody reads or writes, what is due by the instance's clock is done.
"""

import contextlib

from connector.sandbox.error import RecordError
from connector.sandbox.metric import CALCULATION, DURATION, SCRIPTS, STATE, STOCK, Metrics
from connector.sandbox.moment import stamp
from connector.sandbox.part import Part
from connector.sandbox.stock import ROTATED, key

_DAY = 86_400


class Background(Part):
    """What `Instance` does without being asked."""

    metrics: Metrics | None

    def measure(
        self, *columns: str, lag: int = 30, stop_when_inactive: bool = False, scripts: bool = True
    ) -> None:
        """From now on `metric_instance` tells how long incidents held each value of these columns.

        Without columns the three of a stock instance: `incident_state`, `assignment_group`, `assigned_to`;
        `scripts` adds the stock calculations, whose rows are no durations.  Rows appear and end `lag` seconds
        after the write; see `Metrics` for `stop_when_inactive`.  The definitions are rows of
        `metric_definition` that can be deactivated.
        """
        with self._write():
            for column in columns or STOCK:
                shown = self.dictionary["incident"].columns[column]
                self._define(STOCK.get(column, f"{shown.label} Duration"), column, DURATION)
            for name in SCRIPTS if scripts else ():
                self._define(name, STATE, CALCULATION)
            kept = self.metrics.pending if self.metrics else ()
            self.metrics = Metrics(
                self.store, self.dictionary, lag=lag, stop_when_inactive=stop_when_inactive
            )
            self.metrics.pending.extend(kept)
            self.records.measured = self.metrics.note

    def _define(self, name: str, field: str, kind: str) -> None:
        query = f"table=incident^name={name}"
        if not self.count("metric_definition", query):
            row = {"sys_id": key("metric_definition", "incident", name), "name": name, "table": "incident"}
            self.insert("metric_definition", row | {"field": field, "type": kind})

    def catch_up(self) -> None:
        """Let jobs, service levels and metrics write what is due; not in the middle of a write."""
        if self.store.db.in_transaction:
            return
        now = int(self.now())
        if now // _DAY != self.rotated:
            self._rotate(now // _DAY)
        for at, sys_id, resolver in self.auto_close.due(self.properties, now):
            self._close(sys_id, resolver, at)
        if self.imports.waiting:
            self.imports.catch_up(now)
        if not self.sla.idle(now):
            with self._write():
                business = self.properties.get("com.snc.sla.always_populate_business_fields") != "false"
                self.sla.catch_up(now, duplicates=self.switches.sla_duplicates, business=business)
        if self.metrics and self.metrics.pending:
            with self._write():
                self.metrics.catch_up(now)

    def _rotate(self, day: int) -> None:
        """Drop what the logs have held too long: at midnight in UTC, whole days (4.10)."""
        self.rotated = day
        for table, days in ROTATED.items():
            first = stamp(max(0, day - days) * _DAY)
            self.store.db.execute(f'DELETE FROM "{table}" WHERE sys_created_on < ?', (first,))

    def _close(self, sys_id: str, resolver: str, at: int) -> None:
        """One resolved incident, as the scheduled job does it; a rule that refuses leaves it resolved."""
        fields = {"state": "7", "active": "false", "closed_by": resolver}
        with contextlib.suppress(RecordError), self.on_node(at + 0.5 - self.now()), self._write():
            table = self.dictionary["incident"]
            self.records.update(table, self.records.current(table, sys_id)[1], fields, "system")
