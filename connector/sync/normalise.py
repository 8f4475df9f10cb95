"""The platform's rows → tickets, by the instance's dialect. Here ``dict`` and text end and our words begin.

What does not fit is `Unreadable` with its reason: it is set aside and counted, and stops nobody else. A
ticket half understood would be judged wrongly, so an unknown state is not guessed at.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from operator import itemgetter

from connector.instant import instant, known_instant, platform_time
from connector.sync.history import FIELDS, Change, Standing, caught_up, spans, untold
from connector.sync.metric import changes_from
from connector.sync.row import Picks, Row, flat, record_of
from connector.ticket import (
    Article,
    Call,
    DeskTask,
    Directory,
    FaultClass,
    Group,
    Span,
    Ticket,
    TicketState,
    ticket_of,
)

__all__ = ["BASE_COLUMNS", "Dialect", "Normaliser", "Unreadable", "instant", "platform_time"]

BASE_COLUMNS = (
    "sys_id", "number", "sys_class_name", "opened_at", "sys_updated_on", "sys_updated_by", "sys_mod_count",
    "state", "hold_reason", "priority", "category", "close_code", "assignment_group", "assigned_to",
    "caller_id", "company", "closed_by", "resolved_at", "closed_at", "reopen_count", "reassignment_count",
)  # fmt: skip
"""Columns of an incident that every ticket needs."""

_READ = tuple(column for column in BASE_COLUMNS if column != "sys_updated_by")
_standing = itemgetter(*FIELDS)
_NO_MARKS: frozenset[str] = frozenset()
_NOTHING: Mapping[str, str] = {}
_ALIKE = 4096
"""Mappings of texts kept to be given to several tickets; where there are more, sharing is not worth it."""

NOTES = "work_notes"
KIND_PREFIX = "desk-policy:"
"""`correlation_display` of what the connector creates, before its kind."""
_DONE, _OPEN_TASK = "3", "1"
_CLOSED_TASK = frozenset({"3", "4", "7"})
_TRUE = frozenset({"true", "1"})
_GENERAL = FaultClass.GENERAL  # to look a member up in its enumeration takes five times as long


class _Counts(dict[str, int]):
    """Text → number; empty is 0. Most counts are small, and to look one up takes a third of reading it."""

    def __missing__(self, text: str) -> int:
        return int(text)


_COUNTS = _Counts({"": 0} | {str(number): number for number in range(100)})


class Unreadable(ValueError):
    """A record that is not what it should be; the text says how."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one instance says things."""

    states: Mapping[str, TicketState]
    """Raw `state` → where the ticket stands."""
    classes: Mapping[str, FaultClass]
    """Raw `priority` → fault class (R-C1)."""
    ranks: tuple[tuple[FaultClass, tuple[tuple[str, tuple[str, ...]], ...]], ...] = ()
    """Classes with the columns and values that come before the priority; the first that fits decides."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role of a field of ours → its column."""
    extra: tuple[str, ...] = ()
    """Further columns that policies read."""
    own_user: str = ""
    """user_name of the connector's account: its notes are nobody's."""
    score: str = ""
    """Column of an incident_task in which the caller's answer stands."""
    ratings: Mapping[str, str] = field(default_factory=dict)
    """Dimension (R-D4) → column of an incident_task with the caller's answer on it."""
    notes_known: bool = False
    """The history tells who wrote work notes (sys_audit with `work_notes`)."""
    journals: tuple[str, ...] = ()
    """Journal columns of which it is wanted, and told by the history, when a person last wrote in them."""
    measured: bool = False
    """The past is told by metrics, where there are any."""


class Normaliser:
    """Rows → values. ``directory`` knows the groups that the configuration names."""

    def __init__(self, dialect: Dialect, directory: Directory) -> None:
        self._groups = dict(directory.groups)
        self._others = directory.others or Group("", "")
        self.strangers: set[str] = set()
        """sys_ids of groups met on tickets that the directory does not know: made since it was read."""
        self._texts: dict[str, str] | None = None
        self._alike: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._speak(dialect)

    def _speak(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._roles = tuple(dialect.roles)
        self._columns = columns = tuple(column for column in dialect.extra if column != NOTES)
        self._wants_notes = NOTES in dialect.extra and dialect.notes_known
        # All values of a row are picked at once.
        wanted = (*columns, *dialect.roles.values(), *_READ, *_ranking(dialect))
        self._picks = Picks(wanted)
        self._owned_at, self._base_at = len(columns), len(columns) + len(self._roles)
        self._end = self._base_at + len(_READ)
        self._ranks = [
            (fault_class, [(wanted.index(column), values) for column, values in where])
            for fault_class, where in dialect.ranks
        ]
        written = [f"{column}@" for column in dialect.journals]
        self._blank_extra = dict.fromkeys((*columns, *([NOTES] if self._wants_notes else []), *written), "")
        self._told_by_changes = frozenset({NOTES, *columns, *dialect.journals})

    def narrow(self, roles: Iterable[str], extra: Iterable[str], journals: Iterable[str]) -> "Normaliser":
        """One for very many tickets that stay: of ours, of further columns and of journals they have only
        these, and those that say the same share their texts. Groups that it meets, this one has met as well.
        """
        dialect, wanted = self._dialect, (set(roles), set(extra), set(journals))
        fewer = copy(self)
        fewer._texts, fewer._alike = {}, {}
        fewer._speak(
            replace(
                dialect,
                roles={role: column for role, column in dialect.roles.items() if role in wanted[0]},
                extra=tuple(column for column in dialect.extra if column in wanted[1]),
                journals=tuple(column for column in dialect.journals if column in wanted[2]),
            )
        )
        return fewer

    def ticket(
        self,
        row: Row,
        changes: Sequence[Change] = (),
        tasks: Iterable[Row] = (),
        articles: Iterable[Row] = (),
        metrics: Sequence[Row] = (),
    ) -> Ticket:
        """A ticket of its row, the changes of its columns, our tasks beside it, its articles, its metrics.

        Raises `Unreadable` for an unknown state or priority, a broken or missing date, a count that is none.
        """
        record = record_of(row)
        values = self._picks[record.layout](record.texts)
        base_at = self._base_at
        (
            sys_id, number, kind, opened, updated, count, state, hold, priority, category, close_code, group,
            assignee, caller, company, closed_by, resolved, closed, reopened, reassigned,
        ) = values[base_at : self._end]  # fmt: skip
        dialect = self._dialect
        if self._texts is not None:
            same = self._texts.setdefault
            kind = same(kind, kind)
            group, assignee, company = same(group, group), same(assignee, assignee), same(company, company)
            category, close_code = same(category, category), same(close_code, close_code)
            caller, closed_by, hold = same(caller, caller), same(closed_by, closed_by), same(hold, hold)
        try:
            opened_at, updated_at = instant(opened), instant(updated)
            resolved_at = instant(resolved) if resolved else None
            closed_at = instant(closed) if closed else None
            if opened_at is None or updated_at is None or not sys_id:
                raise Unreadable("sys_id, opened_at or sys_updated_on is empty or may not be read")
            stands = dialect.states[state]
            if metrics and dialect.measured:
                created_at = known_instant(record.get("sys_created_on", "")) or opened_at
                changes = changes_from(metrics, changes, created_at, state, dialect.states)
            if changes:
                life = spans(
                    opened_at,
                    updated_at,
                    Standing(state, hold, group, assignee, priority),
                    changes,
                    dialect.states,
                    resolved_at=resolved_at,
                    closed_at=closed_at,
                )
            elif resolved_at or closed_at:
                here = (stands, hold, group, assignee, priority)
                life = untold(opened_at, here, dialect.states, resolved_at, closed_at)
            else:
                life = (Span(opened_at, None, stands, hold, group, assignee, priority),)
            owned: Mapping[str, str] = dict(zip(self._roles, values[self._owned_at : base_at], strict=False))
            marks = owned.get("marks")
            extra = self._blank_extra.copy()  # it has its size already, and what is said without changes
            extra.update(zip(self._columns, values, strict=False))  # the further columns come first
            if changes:
                self._tell(extra, changes)
            more: Mapping[str, str] = extra
            if self._texts is not None:
                owned, more = self._shared(owned), self._shared(more)
            return ticket_of(
                sys_id,
                number,
                opened_at,
                updated_at,
                _COUNTS[count],
                stands,
                priority,
                (self._ranks and _ranked(values, self._ranks))
                or (dialect.classes[priority] if priority else _GENERAL),
                hold,
                kind or "incident",
                category,
                close_code,
                (self._groups.get(group) or self._stranger(group)) if group else None,
                assignee,
                caller,
                company,
                closed_by,
                resolved_at,
                closed_at,
                _COUNTS[reopened],
                _COUNTS[reassigned],
                life,
                tuple(sorted(map(self.task, tasks), key=_age)) if tasks else (),
                tuple(map(_article, articles)) if articles else (),
                frozenset(marks.replace(",", " ").split()) if marks else _NO_MARKS,
                owned,
                more,
            )
        except KeyError:
            raise Unreadable(_unknown(state, priority, dialect)) from None
        except ValueError as error:
            raise Unreadable(str(error)) from None

    def settled(self, row: Row, changes: Sequence[Change] = (), metrics: Sequence[Row] = ()) -> bool:
        """Whether `ticket` says the same, but for `updated_at` and `mod_count`, whatever the stamps of the
        row's update; False where that takes a closer look.
        """
        if metrics and self._dialect.measured:
            return False
        try:
            if instant(row["sys_updated_on"]) is None:
                return False
            int(row["sys_mod_count"] or "0")
            return not changes or caught_up(Standing(*_standing(row)), changes)
        except (KeyError, TypeError, ValueError):
            return False

    def task(self, row: Row) -> DeskTask:
        """A task the connector created. Raises `Unreadable`."""
        row = flat(row)
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
                tuple(
                    (dimension, float(told))
                    for dimension, column in self._dialect.ratings.items()
                    if (told := row.get(column, ""))
                ),
            )
        except (KeyError, ValueError) as error:
            raise Unreadable(f"task {row.get('sys_id', '')}: {error}") from None

    def call(self, row: Row) -> Call:
        """An inbound call: answered if it was not abandoned and somebody took it. Raises `Unreadable`."""
        row = flat(row)
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

    def _shared(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        if not texts:
            return _NOTHING
        if len(self._alike) >= _ALIKE:
            return texts
        return self._alike.setdefault(tuple(texts.items()), texts)

    def _stranger(self, sys_id: str) -> Group:
        """A group unknown to the directory; it goes by its sys_id until the directory is read again."""
        self.strangers.add(sys_id)
        group = self._groups[sys_id] = self._others._replace(sys_id=sys_id, name=sys_id)
        return group

    def _tell(self, extra: dict[str, str], changes: Sequence[Change]) -> None:
        """Put in what changes tell beside the fields: since when something is ticked, and who wrote."""
        told = [change for change in changes if change.field in self._told_by_changes]
        if not told:
            return
        for column in self._columns:
            if extra[column] in _TRUE:
                ticked = [c.at for c in told if c.field == column and c.new in _TRUE]
                if ticked:
                    extra[f"{column}@"] = str(max(ticked))
        own = self._dialect.own_user
        if self._wants_notes and any(c.field == NOTES and c.user != own for c in told):
            extra[NOTES] = "1"
        for column in self._dialect.journals:
            written = [c.at for c in told if c.field == column and c.user != own]
            extra[f"{column}@"] = str(max(written)) if written else ""


def _ranking(dialect: Dialect) -> tuple[str, ...]:
    """Columns that the ranks of classes look at."""
    return tuple({column: None for _, where in dialect.ranks for column, _ in where})


def _ranked(
    values: Sequence[str], ranks: Sequence[tuple[FaultClass, Sequence[tuple[int, Sequence[str]]]]]
) -> FaultClass | None:
    """The first class whose columns, by their places, all have one of their values."""
    for fault_class, where in ranks:
        for place, wanted in where:  # twice as quick as all() with a generator, for every ticket
            if values[place] not in wanted:
                break
        else:
            return fault_class
    return None


def _article(row: Row) -> Article:
    get = row.get
    return Article(row["sys_id"], get("number", ""), get("workflow_state", ""), get("linked", "") == "true")


def _age(task: DeskTask) -> tuple[int, str]:
    return (task.opened_at, task.sys_id)


def _unknown(state: str, priority: str, dialect: Dialect) -> str:
    if state not in dialect.states:
        return f"state {state or '(empty)'} is not among the states the configuration knows"
    return f"priority {priority} belongs to no fault class; name it under [fault_class]"
