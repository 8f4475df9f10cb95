"""The platform's rows → tickets, by the instance's dialect. Here ``dict`` and text end and our words begin.

What does not fit is `Unreadable` with its reason: it is set aside and counted, and stops nobody else. A
ticket half understood would be judged wrongly, so an unknown state is not guessed at.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from itertools import groupby, repeat
from operator import itemgetter
from typing import cast

from connector.instant import instant, instants, known_instant
from connector.sync.dialect import Classes, Dialect
from connector.sync.history import FIELDS, Change, Standing, caught_up, spans, untold
from connector.sync.metric import changes_from
from connector.sync.row import Layout, Record, Row, Texts, flat, record_of
from connector.ticket import (
    Article,
    Call,
    DeskTask,
    Directory,
    Group,
    Instant,
    Span,
    Ticket,
    TicketState,
    tickets_of,
)

BASE_COLUMNS = (
    "sys_id", "number", "sys_class_name", "opened_at", "sys_updated_on", "sys_updated_by", "sys_mod_count",
    "state", "hold_reason", "priority", "category", "close_code", "assignment_group", "assigned_to",
    "caller_id", "company", "closed_by", "resolved_at", "closed_at", "reopen_count", "reassignment_count",
)  # fmt: skip
"""Columns of an incident that every ticket needs."""

_READ = tuple(column for column in BASE_COLUMNS if column != "sys_updated_by")
_OFTEN = (
    "sys_class_name", "hold_reason", "category", "close_code", "assignment_group", "assigned_to", "caller_id",
    "company", "closed_by",
)  # fmt: skip
"""Columns that say the same of many tickets."""
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
_MISSING = "sys_id, opened_at or sys_updated_on is empty or may not be read"
_made = tuple.__new__  # a span of its values in half the time of its own constructor

Parts = tuple[Row, Sequence[Change], Sequence[Row], Sequence[Row], Sequence[Row]]
"""A row of an incident, the changes of its columns, our tasks beside it, its articles, its metrics."""


class _Counts(dict[str, int]):
    """Text → number; empty is 0. Most counts are small, and to look one up takes a third of reading it."""

    def __missing__(self, text: str) -> int:
        return int(text)


_count = _Counts({"": 0} | {str(number): number for number in range(100)}).__getitem__


class Unreadable(ValueError):
    """A record that is not what it should be; the text says how."""


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
        self._classes = Classes(dialect)
        # All values of a row are picked at once.
        self._wanted = (*columns, *dialect.roles.values(), *_READ, *self._classes.columns)
        self._places: dict[Layout, tuple[int, ...]] = {}
        self._owned_at, self._base_at = len(columns), len(columns) + len(self._roles)
        self._end = self._base_at + len(_READ)
        self._alike_at = [self._base_at + _READ.index(column) for column in _OFTEN]
        told = (*([NOTES] if self._wants_notes else []), *(f"{column}@" for column in dialect.journals))
        self._extra = (*columns, *told)
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
        tasks: Sequence[Row] = (),
        articles: Sequence[Row] = (),
        metrics: Sequence[Row] = (),
    ) -> Ticket:
        """A ticket of its row, the changes of its columns, our tasks beside it, its articles, its metrics.

        Raises `Unreadable` for an unknown state or priority, a broken or missing date, a count that is none.
        """
        return self.tickets([(row, changes, tasks, articles, metrics)])[0]

    def tickets(self, several: Sequence[Parts]) -> list[Ticket]:
        """The same of several at once, one column after the other, which takes half the time (decision 0033).

        Raises `Unreadable` if any of them is; what it says is true where there is but one.
        """
        if not several:
            return []
        rows, changes, tasks, articles, metrics = zip(*several, strict=True)
        records = [row if type(row) is Record else record_of(row) for row in rows]
        if len({record.layout for record in records}) > 1:  # what is asked for was another thing once
            runs = groupby(range(len(several)), lambda place: records[place].layout)
            return [one for _, run in runs for one in self.tickets([several[place] for place in run])]
        columns = self._columns_of(records)
        (
            sys_ids, numbers, kinds, opened, updated, counts, states, holds, priorities, categories,
            close_codes, groups, assignees, callers, companies, closers, resolved, closed, reopened,
            reassigned,
        ) = columns[self._base_at : self._end]  # fmt: skip
        dialect = self._dialect
        try:
            opened_at, updated_at = _stamps(opened), _stamps(updated)
            resolved_at, closed_at = instants(resolved), instants(closed)
            if "" in sys_ids:
                raise Unreadable(_MISSING)
            meant = list(map(dialect.states.__getitem__, states))
            if dialect.measured and any(metrics):
                changes = tuple(map(self._with_metrics, changes, metrics, records, opened_at, states))
            here = zip(meant, holds, groups, assignees, priorities, strict=True)
            lives = self._lives(opened_at, updated_at, states, here, changes, resolved_at, closed_at)
            return tickets_of(
                sys_ids,
                numbers,
                opened_at,
                updated_at,
                map(_count, counts),
                meant,
                priorities,
                map(self._classes.__getitem__, zip(priorities, *columns[self._end :], strict=True)),
                holds,
                [kind or "incident" for kind in kinds],
                categories,
                close_codes,
                map(self._group, groups),
                assignees,
                callers,
                companies,
                closers,
                resolved_at,
                closed_at,
                map(_count, reopened),
                map(_count, reassigned),
                lives,
                [tuple(sorted(map(self.task, some), key=_age)) if some else () for some in tasks],
                [tuple(map(_article, some)) if some else () for some in articles],
                self._marks(columns),
                self._shared(_mappings(self._roles, columns[self._owned_at : self._base_at], len(several))),
                self._shared(self._extras(columns[: self._owned_at], changes)),
            )
        except KeyError:
            raise Unreadable(_unknown(states[0], priorities[0], dialect)) from None
        except ValueError as error:
            raise Unreadable(str(error)) from None

    def _lives(
        self,
        opened_at: Iterable[Instant],
        updated_at: Iterable[Instant],
        states: Iterable[str],
        here: Iterable[tuple[TicketState, str, str, str, str]],
        changes: Iterable[Sequence[Change]],
        resolved_at: Iterable[Instant | None],
        closed_at: Iterable[Instant | None],
    ) -> list[tuple[Span, ...]]:
        """The spans of each; ``here`` is what the last of them says, its state by our word."""
        meaning = self._dialect.states
        return [
            spans(opened, updated, Standing(state, *last[1:]), those, meaning, resolved, closed)
            if those
            else untold(opened, last, meaning, resolved, closed)
            if resolved or closed
            else (_made(Span, (opened, None, *last)),)
            for opened, updated, state, last, those, resolved, closed in zip(
                opened_at, updated_at, states, here, changes, resolved_at, closed_at, strict=True
            )
        ]

    def _with_metrics(
        self,
        changes: Sequence[Change],
        metrics: Sequence[Row],
        record: Record,
        opened_at: Instant,
        state: str,
    ) -> Sequence[Change]:
        """The changes, those told by metrics among them."""
        if not metrics:
            return changes
        created_at = known_instant(record.get("sys_created_on", "")) or opened_at
        return changes_from(metrics, changes, created_at, state, self._dialect.states)

    def _group(self, sys_id: str) -> Group | None:
        return (self._groups.get(sys_id) or self._stranger(sys_id)) if sys_id else None

    def _marks(self, columns: Sequence[Sequence[str]]) -> Iterable[frozenset[str]]:
        if "marks" not in self._roles:
            return repeat(_NO_MARKS)
        texts = columns[self._owned_at + self._roles.index("marks")]
        return [frozenset(text.replace(",", " ").split()) if text else _NO_MARKS for text in texts]

    def _extras(
        self, columns: Sequence[Texts], changes: Sequence[Sequence[Change]]
    ) -> Sequence[dict[str, str]]:
        """Further columns, and what changes tell beside them."""
        blank = ("",) * len(changes)
        told = [blank] * (len(self._extra) - len(columns))
        extras = _mappings(self._extra, [*columns, *told], len(changes))
        for extra, those in zip(extras, changes, strict=True):
            if those:
                self._tell(extra, those)
        return extras

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

    def _columns_of(self, records: Sequence[Record]) -> list[Texts]:
        """All that is wanted of records of one layout, column by column; blank where there is none."""
        layout = records[0].layout
        places = self._places.get(layout)
        if places is None:
            beyond = len(layout.names)
            places = self._places[layout] = tuple(layout.at.get(column, beyond) for column in self._wanted)
        table = [*zip(*[record.texts for record in records], strict=True), ("",) * len(records)]
        columns = [table[place] for place in places]
        if self._texts is not None:
            same = self._texts.setdefault
            for place in self._alike_at:
                columns[place] = tuple(map(same, columns[place], columns[place]))
        return columns

    def _shared(self, several: Sequence[dict[str, str]]) -> Sequence[Mapping[str, str]]:
        """Of a `narrow` one, which makes very many: mappings that say the same are the same."""
        return several if self._texts is None else [self._same(texts) for texts in several]

    def _same(self, texts: Mapping[str, str]) -> Mapping[str, str]:
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


def _article(row: Row) -> Article:
    get = row.get
    return Article(row["sys_id"], get("number", ""), get("workflow_state", ""), get("linked", "") == "true")


def _age(task: DeskTask) -> tuple[int, str]:
    return (task.opened_at, task.sys_id)


def _unknown(state: str, priority: str, dialect: Dialect) -> str:
    if state not in dialect.states:
        return f"state {state or '(empty)'} is not among the states the configuration knows"
    return f"priority {priority} belongs to no fault class; name it under [fault_class]"


def _mappings(names: Sequence[str], columns: Sequence[Texts], many: int) -> list[dict[str, str]]:
    """One of names → texts for each of so many rows; not a line of Python for each."""
    if not names:
        return [{} for _ in range(many)]
    return list(map(dict, map(zip, repeat(names), zip(*columns, strict=True))))


def _stamps(texts: Sequence[str]) -> list[Instant]:
    """Date-times of which none may be missing."""
    found = instants(texts)
    if None in found:
        raise Unreadable(_MISSING)
    return cast(list[Instant], found)
