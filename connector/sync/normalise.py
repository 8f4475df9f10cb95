"""The platform's rows → tickets, by the instance's dialect. Here ``dict`` and text end and our words begin.

What does not fit is `Unreadable` with its reason: it is set aside and counted, and stops nobody else. A
ticket half understood would be judged wrongly, so an unknown state is not guessed at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connector.sync.history import Change, Standing, spans
from connector.sync.instant import instant, platform_time
from connector.ticket import Article, Call, DeskTask, Directory, FaultClass, Group, Ticket, TicketState

__all__ = ["BASE_COLUMNS", "Dialect", "Normaliser", "Unreadable", "instant", "platform_time"]

Row = Mapping[str, str]

BASE_COLUMNS = (
    "sys_id", "number", "sys_class_name", "opened_at", "sys_updated_on", "sys_updated_by", "sys_mod_count",
    "state", "hold_reason", "priority", "category", "close_code", "assignment_group", "assigned_to",
    "caller_id", "company", "closed_by", "resolved_at", "closed_at", "reopen_count", "reassignment_count",
)  # fmt: skip
"""Columns of an incident that every ticket needs."""

NOTES = "work_notes"
KIND_PREFIX = "desk-policy:"
"""`correlation_display` of what the connector creates, before its kind."""
_DONE, _OPEN_TASK = "3", "1"
_CLOSED_TASK = frozenset({"3", "4", "7"})
_TRUE = frozenset({"true", "1"})


class Unreadable(ValueError):
    """A record that is not what it should be; the text says how."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one instance says things."""

    states: Mapping[str, TicketState]
    """Raw `state` → where the ticket stands."""
    classes: Mapping[str, FaultClass]
    """Raw `priority` → fault class (R-C1)."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role of a field of ours → its column."""
    extra: tuple[str, ...] = ()
    """Further columns that policies read."""
    own_user: str = ""
    """user_name of the connector's account: its notes are nobody's."""
    score: str = ""
    """Column of an incident_task in which the caller's answer stands."""
    notes_known: bool = False
    """The history tells who wrote work notes (sys_audit with `work_notes`)."""


class Normaliser:
    """Rows → values. ``directory`` knows the groups that the configuration names."""

    def __init__(self, dialect: Dialect, directory: Directory) -> None:
        self._dialect = dialect
        self._groups = dict(directory.groups)
        self._roles = tuple(dialect.roles.items())
        self._marks = dialect.roles.get("marks", "")
        self._columns = tuple(column for column in dialect.extra if column != NOTES)
        self._wants_notes = NOTES in dialect.extra and dialect.notes_known

    def ticket(
        self,
        row: Row,
        changes: Sequence[Change] = (),
        tasks: Iterable[Row] = (),
        articles: Iterable[Row] = (),
    ) -> Ticket:
        """A ticket of its row, the changes of its columns, our tasks beside it and its articles.

        Raises `Unreadable` for an unknown state or priority, a broken or missing date, a count that is none.
        """
        try:
            "".join(row.values())
        except TypeError:
            row = _flat(row)
        get = row.get
        dialect = self._dialect
        try:
            sys_id, state, priority = row["sys_id"], get("state", ""), get("priority", "")
            opened_at, updated_at = instant(row["opened_at"]), instant(row["sys_updated_on"])
            resolved_at, closed_at = instant(get("resolved_at", "")), instant(get("closed_at", ""))
            if opened_at is None or updated_at is None:
                raise Unreadable("opened_at or sys_updated_on is empty")
            hold, group, assignee = (
                get("hold_reason", ""),
                get("assignment_group", ""),
                get("assigned_to", ""),
            )
            return Ticket(
                sys_id,
                get("number", ""),
                opened_at,
                updated_at,
                int(row["sys_mod_count"] or 0),
                dialect.states[state],
                priority,
                dialect.classes[priority] if priority else FaultClass.GENERAL,
                hold,
                get("sys_class_name") or "incident",
                get("category", ""),
                get("close_code", ""),
                (self._groups.get(group) or self._stranger(group)) if group else None,
                assignee,
                get("caller_id", ""),
                get("company", ""),
                get("closed_by", ""),
                resolved_at,
                closed_at,
                int(get("reopen_count") or 0),
                int(get("reassignment_count") or 0),
                spans(
                    opened_at,
                    updated_at,
                    Standing(state, hold, group, assignee, priority),
                    changes,
                    dialect.states,
                    resolved_at=resolved_at,
                    closed_at=closed_at,
                ),
                tuple(sorted(map(self.task, tasks), key=_age)) if tasks else (),
                tuple(map(_article, articles)) if articles else (),
                frozenset(get(self._marks, "").replace(",", " ").split()),
                {role: get(column, "") for role, column in self._roles},
                self._extra(row, changes) if dialect.extra else {},
            )
        except KeyError as error:
            raise Unreadable(_missing(row, dialect, error)) from None
        except (TypeError, ValueError) as error:
            raise Unreadable(str(error)) from None

    def task(self, row: Row) -> DeskTask:
        """A task the connector created. Raises `Unreadable`."""
        row = _flat(row)
        try:
            opened_at, closed_at = instant(row.get("opened_at", "")), instant(row.get("closed_at", ""))
            updated_at = instant(row.get("sys_updated_on", ""))
            score = row.get(self._dialect.score, "") if self._dialect.score else ""
            state = row.get("state", "")
            if opened_at is None:
                raise Unreadable("opened_at is empty")
            return DeskTask(
                row["sys_id"],
                row.get("correlation_display", "").removeprefix(KIND_PREFIX),
                row.get("correlation_id", ""),
                opened_at,
                (closed_at or updated_at or opened_at) if state in _CLOSED_TASK else None,
                state == _DONE,
                state != _OPEN_TASK,
                row.get("assigned_to", ""),
                row.get("assignment_group", ""),
                float(score) if score else None,
            )
        except (KeyError, ValueError) as error:
            raise Unreadable(f"task {row.get('sys_id', '')}: {error}") from None

    def call(self, row: Row) -> Call:
        """An inbound call: answered if it was not abandoned and somebody took it. Raises `Unreadable`."""
        row = _flat(row)
        state, assignee = row.get("state", ""), row.get("assigned_to", "")
        try:
            opened_at, closed_at = instant(row.get("opened_at", "")), instant(row.get("closed_at", ""))
        except ValueError as error:
            raise Unreadable(f"call {row.get('number', '')}: {error}") from None
        if opened_at is None:
            raise Unreadable(f"call {row.get('number', '')}: opened_at is empty")
        answered = state != "closed_abandoned" and (bool(assignee) or state == "closed_complete")
        group = row.get("assignment_group", "")
        return Call(row.get("sys_id", ""), opened_at, answered, closed_at, group, assignee)

    def _stranger(self, sys_id: str) -> Group:
        """A group that the configuration does not name: of no desk and no tier."""
        group = self._groups[sys_id] = Group(sys_id, sys_id)
        return group

    def _extra(self, row: Row, changes: Sequence[Change]) -> dict[str, str]:
        extra = {column: row.get(column, "") for column in self._columns}
        if changes:
            for column in self._columns:
                if extra[column] in _TRUE:
                    ticked = [c.at for c in changes if c.field == column and c.new in _TRUE]
                    if ticked:
                        extra[f"{column}@"] = str(max(ticked))
        if self._wants_notes:
            own = self._dialect.own_user
            extra[NOTES] = "1" if any(c.field == NOTES and c.user != own for c in changes) else ""
        return extra


def _article(row: Row) -> Article:
    get = row.get
    return Article(row["sys_id"], get("number", ""), get("workflow_state", ""), get("linked", "") == "true")


def _age(task: DeskTask) -> tuple[int, str]:
    return (task.opened_at, task.sys_id)


def _missing(row: Row, dialect: Dialect, error: KeyError) -> str:
    state, priority = row.get("state", ""), row.get("priority", "")
    if state not in dialect.states:
        return f"state {state or '(empty)'} is not among the states the configuration knows"
    if priority and priority not in dialect.classes:
        return f"priority {priority} belongs to no fault class; name it under [fault_class]"
    return f"the row has no {error.args[0]}"


def _flat(row: Mapping[str, object]) -> dict[str, str]:
    """Every value as text: a reference that came as an object by its value, null as empty."""
    flat: dict[str, str] = {}
    for column, value in row.items():
        plain = value.get("value", "") if isinstance(value, dict) else value
        if isinstance(plain, bool):
            plain = "true" if plain else "false"
        flat[column] = "" if plain is None else str(plain)
    return flat
