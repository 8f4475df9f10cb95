"""What a task was between two moments, read back from its audit: for pauses before a service level began."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from connector.sandbox.moment import instant, stamp
from connector.sandbox.sla.change import Change
from connector.sandbox.store import Store

_AUDIT = (
    "SELECT record_checkpoint, fieldname, oldvalue, sys_created_on FROM sys_audit"
    " WHERE documentkey = ? AND sys_created_on > ? AND record_checkpoint <> '0' ORDER BY rowid DESC"
)


def earlier(store: Store, task: Mapping[str, str], start: int) -> Iterator[tuple[int, Change]]:
    """The states of a task from `start` up to, and without, the write that left it as `task` is.

    Oldest first, each with the moment from which it was so; the first is what it was at the start.  What is
    not audited (journals, writes past the rules) is not known.
    """
    count = int(task["sys_mod_count"])
    found = store.db.execute(_AUDIT, (task["sys_id"], stamp(start))).fetchall()
    states: list[tuple[int, Change]] = []
    row = dict(task)
    for checkpoint, group in groupby(found, key=lambda one: int(one[0] or 0)):
        changed = list(group)
        if checkpoint > count:
            continue  # written after it
        before = {name: old for _, name, old, _ in changed if name in row or old}
        if checkpoint < count:
            states.append((instant(changed[0][3]) or start, Change(dict(row), before)))
        row |= before
    states.append((start, Change(row, {})))
    return reversed(states)
