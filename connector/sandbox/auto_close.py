"""The scheduled job that closes resolved incidents (section 5.2).

It runs where the property `glide.ui.autoclose.time` gives a number of days, every full hour of the instance's
clock.  The days count from the last update, or with `com.snc.incident.autoclose.basedon.resolved_at` from the
resolution: in the first mode whoever touches a resolved incident postpones its closing.
"""

from collections.abc import Mapping

from connector.sandbox.moment import instant, stamp
from connector.sandbox.store import Store

DAYS = "glide.ui.autoclose.time"
BY_RESOLUTION = "com.snc.incident.autoclose.basedon.resolved_at"
_HOUR, _DAY = 3600, 86400


class AutoClose:
    """Says what is due.  The caller holds the instance's lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ran: int | None = None

    def due(self, properties: Mapping[str, str], now: int) -> list[tuple[int, str, str]]:
        """(when, sys_id, resolved_by) of the incidents that the runs up to `now` close, in order of time."""
        run = now - now % _HOUR
        if run == self._ran or DAYS not in properties:
            return []
        self._ran = run
        try:
            days = int(properties[DAYS])
        except ValueError:
            return []
        if days <= 0:
            return []
        since = "resolved_at" if properties.get(BY_RESOLUTION) == "true" else "sys_updated_on"
        sql = (
            f"SELECT {since}, sys_id, resolved_by FROM task WHERE sys_class_name = 'incident'"
            f" AND state = '6' AND {since} <> '' AND {since} <= ?"
        )
        found = []
        for begun, sys_id, resolver in self._store.db.execute(sql, (stamp(run - days * _DAY),)):
            ripe = (instant(begun) or 0) + days * _DAY
            found.append((min(run, ripe + -ripe % _HOUR), sys_id, resolver))
        return sorted(found)
