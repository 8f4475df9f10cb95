"""Records other than incidents: which tables policies are about, and how they are read.

Each table has one poll; none is asked for that no policy is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector.rules.base import Policy
from connector.settings import Settings
from connector.sync.change import Scheme
from connector.sync.dialect import Dialect
from connector.sync.history import Change
from connector.sync.normalise import BASE_COLUMNS, Normaliser
from connector.sync.row import CALENDAR, Row
from connector.ticket import Directory, FaultClass, Instant, Ticket, TicketState

TASK_COLUMNS = tuple(
    column
    for column in BASE_COLUMNS
    if column not in ("hold_reason", "close_code", "caller_id", "reopen_count", "category", "resolved_at")
)
"""Columns that are read of every further table: those of `task`."""

MORE = {
    "change_request": ("category",),
    "problem": ("category", "resolved_at"),
    "sn_customerservice_case": ("category", "resolved_at"),
}
"""Table → further columns that every record of it is read with."""


_ALERT = (
    "sys_id", "number", "sys_created_on", "sys_updated_on", "sys_updated_by", "sys_mod_count", "state",
    "severity", "assignment_group", "assigned_to",
)  # fmt: skip
BASE = {"em_alert": _ALERT}
"""Table that is no task → the columns that are read of it instead."""

STANDS_FOR = {"em_alert": {"opened_at": "sys_created_on", "priority": "severity"}}
"""Table that is no task → column of a task that it lacks → the one that says it there."""


class _Classes(dict[str, FaultClass]):
    """Priorities of another table need belong to no fault class."""

    def __missing__(self, priority: str) -> FaultClass:
        return FaultClass.GENERAL


@dataclass
class Register:
    """One further table."""

    table: str
    policies: tuple[Policy, ...]
    normaliser: Normaliser
    scheme: Scheme
    strange: set[str] = field(default_factory=set)
    """sys_ids of its records in quarantine."""

    def ticket(
        self,
        adopted: Instant,
        record: Row,
        changes: Sequence[Change] = (),
        tasks: Sequence[Row] = (),
        *_beside: Sequence[Row],
    ) -> Ticket:
        """The record as policies see it, of what `Mirrored` holds of it. Raises `Unreadable`."""
        if self.table == CALENDAR:
            own = tuple(self.normaliser.task(row) for row in tasks)
            state = TicketState.IN_PROGRESS
            number = CALENDAR.upper()
            return Ticket(CALENDAR, number, adopted, adopted, 0, state, kind=CALENDAR, tasks=own)
        row = {**record, "sys_class_name": self.table}
        for lacking, column in STANDS_FOR.get(self.table, {}).items():
            row[lacking] = row.get(column, "")
        return self.normaliser.ticket(row, changes, tasks)


PLUGINS = {
    "em_alert": "Event Management (com.glideapp.itom.snac)",
    "sn_customerservice_case": "Customer Service Management (com.sn_customerservice)",
}
"""Table → the plug-in that brings it."""


def resting(settings: Settings, table: str) -> str:
    """In words: the instance has no such table, which policies rest, and the way out."""
    names = ", ".join(policy.name for policy in settings.about(table))
    brought = f"activate the plug-in {PLUGINS[table]}" if table in PLUGINS else "make the table there"
    return (
        f"the instance has no table {table}; resting until it has: {names}. To have it, {brought}; "
        "or leave these policies out"
    )


def registers(settings: Settings, directory: Directory) -> dict[str, Register]:
    """The further tables by name, `calendar` among them where a policy needs it."""
    return {table: _register(settings, directory, table) for table in settings.registers}


def _register(settings: Settings, directory: Directory, table: str) -> Register:
    described, policies = settings.described(table), settings.about(table)
    marks = settings.marks_of(table)
    roles = {"marks": marks} if marks else {}
    dialect = Dialect(
        states=described.states,
        classes=_Classes(settings.priorities),
        roles=roles,
        extra=tuple(sorted(columns_of(settings, table))),
        own_user=settings.instance.auth.user,
        score=settings.reads.score or "",
    )
    raw = {state: text for text, state in reversed(tuple(described.states.items()))}
    return Register(table, policies, Normaliser(dialect, directory), Scheme(roles, raw, frozenset()))


def columns_of(settings: Settings, table: str) -> frozenset[str]:
    """Columns of a further table that policies read beyond the usual ones."""
    return frozenset[str]().union(*(policy.columns() for policy in settings.about(table)))


def fields_of(settings: Settings, table: str) -> tuple[str, ...]:
    """Every column that is read of a further table."""
    marks = settings.marks_of(table)
    wanted = (
        *BASE.get(table, TASK_COLUMNS),
        *MORE.get(table, ()),
        *sorted(columns_of(settings, table)),
        *((marks,) if marks else ()),
    )
    return tuple(dict.fromkeys(wanted))


def writable_of(settings: Settings) -> Mapping[str, frozenset[str]]:
    """Further table → what may be written to its records: our marks and work notes."""
    return {
        table: frozenset({settings.marks_of(table), "work_notes"} - {""}) for table in settings.further_tables
    }
