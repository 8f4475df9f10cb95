"""An incident audit log, as exported to a file, read into tickets with their history.

One row is one update of one incident. Rows of an incident are taken in the order of the file and never
sorted: where times go back, the row counts at the time of the row before. What stands on every row of such a
log, also before it happened (when it was resolved, closed), is taken from the incident's last row. A cell of
``?`` is empty. A plain list of incidents, one row each, is a log without a history and is read as one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.kpi.sheet import Sheet, Unusable, located, opened
from connector.kpi.stamp import Order, Stamps
from connector.ticket import FaultClass, Group, Instant, Span, Ticket, TicketState

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "incident", "incident_number", "id", "编号", "工单号"),
    "state": ("incident_state", "state", "status", "状态"),
    "updated_at": ("sys_updated_at", "sys_updated_on", "updated", "updated_at", "更新时间", "已更新"),
    "opened_at": ("opened_at", "opened", "sys_created_on", "打开时间", "已打开", "受理时间"),
    "resolved_at": ("resolved_at", "resolved", "解决时间", "已解决"),
    "closed_at": ("closed_at", "closed", "关闭时间", "已关闭"),
    "group": ("assignment_group", "group", "分配组", "处理组"),
    "consultant": ("assigned_to", "assignee", "分配给", "处理人"),
    "priority": ("priority", "优先级"),
    "category": ("category", "类别"),
    "company": ("company", "caller_id", "caller", "公司", "客户单位"),
    "close_code": ("close_code", "closed_code", "resolution code", "关闭代码"),
    "reassignment_count": ("reassignment_count", "重新分配计数"),
    "reopen_count": ("reopen_count", "重新打开计数"),
}
"""Our word → headings under which the column may stand; case and underlines do not matter."""

WORDS = (
    "number",
    "state",
    "group",
    "consultant",
    "priority",
    *(word for word in COLUMNS if word not in ("number", "state", "group", "consultant", "priority")),
)
"""The order in which the known cells of a row are kept; what a history is made of stands together."""

_STANDING = slice(1, 5)
_UPDATED, _OPENED = WORDS.index("updated_at"), WORDS.index("opened_at")

NEEDED = ("number", "state", "updated_at", "opened_at")
_OPTIONAL = frozenset(COLUMNS.keys() - set(NEEDED))
_TIMES = ("updated_at", "opened_at", "resolved_at", "closed_at")

EMPTY = frozenset({"", "?", "-", "null", "none", "n/a", "nan", "(empty)"})
"""What stands in an empty cell, in lower case."""

_STATES: Mapping[str, TicketState] = {
    "new": TicketState.NEW, "1": TicketState.NEW, "open": TicketState.NEW, "新建": TicketState.NEW,
    "active": TicketState.IN_PROGRESS, "in progress": TicketState.IN_PROGRESS, "2": TicketState.IN_PROGRESS,
    "work in progress": TicketState.IN_PROGRESS, "assigned": TicketState.IN_PROGRESS,
    "处理中": TicketState.IN_PROGRESS, "进行中": TicketState.IN_PROGRESS, "正在处理": TicketState.IN_PROGRESS,
    "on hold": TicketState.ON_HOLD, "3": TicketState.ON_HOLD, "4": TicketState.ON_HOLD,
    "5": TicketState.ON_HOLD, "挂起": TicketState.ON_HOLD, "暂停": TicketState.ON_HOLD,
    "resolved": TicketState.RESOLVED, "6": TicketState.RESOLVED, "已解决": TicketState.RESOLVED,
    "closed": TicketState.CLOSED, "7": TicketState.CLOSED, "closed complete": TicketState.CLOSED,
    "已关闭": TicketState.CLOSED,
    "canceled": TicketState.CANCELED, "cancelled": TicketState.CANCELED, "8": TicketState.CANCELED,
    "已取消": TicketState.CANCELED,
}  # fmt: skip
_WAITING = ("awaiting", "pending", "waiting", "等待")
"""How the name of a state begins that is a reason to be on hold."""


@dataclass(frozen=True)
class Log:
    """What a log holds."""

    tickets: tuple[Ticket, ...]
    """In the order of the file; group, consultant and company go by the names in the file."""
    sheet: Sheet
    order: Order
    clear: bool
    """The order of day and month could be told from the file; else the day is taken to stand first."""
    columns: Mapping[str, str]
    """Our word → heading it was found under; what is not there, nothing is measured from."""
    rows: int = 0
    """Rows under the header."""
    used: int = 0
    """Rows that a ticket was made from."""
    duplicates: int = 0
    """Rows equal to the one before of the same incident, left out."""
    went_back: int = 0
    """Rows whose time is before that of the row before; they count at that time."""
    before_opening: int = 0
    """Rows whose time is before the opening; they count at the opening."""
    unknown_states: Mapping[str, int] = field(default_factory=dict)
    """State nobody knows → rows with it."""
    problems: tuple[str, ...] = ()
    """What could not be read, with file and line."""

    @property
    def until(self) -> Instant:
        """When the last thing in it happened; 0 for an empty log."""
        return max((ticket.updated_at for ticket in self.tickets), default=0)


class _Row(NamedTuple):
    line: int
    cells: tuple[str, ...]


def read_log(
    raw: bytes,
    name: str,
    zone: ZoneInfo,
    *,
    classes: Mapping[str, FaultClass] | None = None,
    groups: Mapping[str, Group] | None = None,
    others: Group | None = None,
    order: Order | None = None,
    encoding: str = "",
) -> Log:
    """Read a log's bytes (CSV, perhaps gzip). ``zone``: of its times, if they have no offset.

    ``classes``: priority → fault class. ``groups``: name → group of the desk's, for tiers and desks;
    ``others`` has desk and tier of those not named.
    Raises `Unusable` where a needed column is missing or the file is no text; all of that at once.
    """
    sheet = opened(raw, name, encoding)
    places, missing = located(sheet, COLUMNS, _OPTIONAL)
    if missing:
        raise Unusable("\n".join(missing))
    return _Reader(sheet, places, zone, classes or {}, Groups(groups or {}, others), order).log()


class _Reader:
    def __init__(
        self,
        sheet: Sheet,
        places: Mapping[str, int],
        zone: ZoneInfo,
        classes: Mapping[str, FaultClass],
        groups: "Groups",
        order: Order | None,
    ) -> None:
        self.sheet, self.places, self.classes, self.groups = sheet, places, classes, groups
        self.problems: list[tuple[int, str]] = []
        self.counts: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.lives: dict[str, list[_Row]] = {}
        self._stood: dict[tuple[str, ...], _Standing] = {}
        self._collect()
        times = [WORDS.index(word) for word in _TIMES if word in places]
        texts = {row.cells[place] for life in self.lives.values() for row in life for place in times}
        self.stamps = Stamps(texts, zone, order)
        if self.stamps.contradicts and order is None:
            self.problems.append((1, "some times have the day first and others the month; say --dates"))

    def _collect(self) -> None:
        """The rows of each incident, of which only the known columns are kept."""
        width = len(self.sheet.header)
        pick = itemgetter(*(self.places.get(word, width) for word in WORDS))
        lives, last_key, rows = self.lives, "", 0
        last_cells: list[str] = []
        lasts: dict[str, list[str]] = {}
        for line, cells in self.sheet.rows():
            rows += 1
            if len(cells) != width:
                self._trouble(line, f"{len(cells)} cells under {width} headings; the row is left out")
                continue
            cells.append("")  # what a column that is not there holds
            picked = pick(cells)
            key = picked[0]
            if key != last_key:
                if last_key:
                    lasts[last_key] = last_cells
                last_key, last_cells = key, lasts.get(key, [])
            if cells == last_cells:
                self.counts["duplicates"] += 1
                continue
            last_cells = cells
            life = lives.get(key)
            if life is None:
                lives[key] = [_Row(line, picked)]
            else:
                life.append(_Row(line, picked))
        self.counts["rows"] = rows
        for key in [key for key in lives if key.strip().casefold() in EMPTY]:
            for line, _ in lives.pop(key):
                self._trouble(line, "no number; the row is left out")

    def log(self) -> Log:
        tickets = [ticket for number, life in self.lives.items() if (ticket := self._ticket(number, life))]
        counts, sheet = self.counts, self.sheet
        return Log(
            tuple(tickets),
            sheet,
            self.stamps.order,
            self.stamps.clear,
            {word: sheet.header[place] for word, place in self.places.items()},
            counts["rows"],
            counts["used"],
            counts["duplicates"],
            counts["went_back"],
            counts["before_opening"],
            dict(self.unknown),
            tuple(f"{sheet.name}:{line}: {text}" for line, text in sorted(self.problems)),
        )

    def _ticket(self, number: str, life: Sequence[_Row]) -> Ticket | None:
        get = self.stamps.get
        opened_at = next((at for _, cells in life if (at := get(cells[_OPENED])) is not None), None)
        if opened_at is None:
            self._unreadable(life[0], "opened_at", f"incident {number} is left out")
            return None
        rows: list[tuple[Instant, _Standing]] = []
        last: _Row | None = None
        now = opened_at
        for row in life:
            cells = row.cells
            at = get(cells[_UPDATED])
            if at is None:
                self._unreadable(row, "updated_at", "the row is left out")
                continue
            if at < now:
                self.counts["before_opening" if at < opened_at else "went_back"] += 1
                at = now
            now = at
            rows.append((at, self._stood.get(cells[_STANDING]) or self._standing(cells[_STANDING])))
            last = row
        if last is None:
            return None
        self.counts["used"] += len(rows)
        return self._made(number, last, opened_at, now, _spans(rows, opened_at))

    def _standing(self, cells: tuple[str, ...]) -> "_Standing":
        """State, hold reason, group, consultant and priority of these cells; worked out once for all rows."""
        raw, group, consultant, priority = (cell.strip() for cell in cells)
        state, reason = _STATES.get(raw.casefold()), ""
        if state is None and raw.casefold().startswith(_WAITING):
            state, reason = TicketState.ON_HOLD, raw
        elif state is None:
            self.unknown[raw] += 1
            return _Standing(TicketState.UNKNOWN, "", _cell(group), _cell(consultant), _rank(priority))
        found = _Standing(state, reason, _cell(group), _cell(consultant), _rank(priority))
        self._stood[cells] = found
        return found

    def _made(
        self, number: str, last: _Row, opened_at: Instant, updated_at: Instant, spans: Sequence[Span]
    ) -> Ticket:
        now = spans[-1]
        resolved_at, closed_at = (self._end(last, word, opened_at) for word in ("resolved_at", "closed_at"))
        alone = len(self.lives[number]) == 1
        closed = now.state is TicketState.CLOSED
        if closed and closed_at is None and not alone:
            closed_at = now.start
        ended = [at for at in (resolved_at, closed_at) if at is not None]
        return Ticket(
            number.strip(),
            number.strip(),
            opened_at,
            max([updated_at, *ended]) if alone else updated_at,
            len(spans),
            now.state,
            now.priority,
            self.classes.get(now.priority, FaultClass.GENERAL),
            now.hold_reason,
            category=self._text(last, "category"),
            close_code=self._text(last, "close_code"),
            group=self.groups.named(now.group),
            assignee=now.assignee,
            company=self._text(last, "company"),
            resolved_at=resolved_at,
            closed_at=closed_at if closed else None,
            reopen_count=self._count(last, "reopen_count"),
            reassignment_count=self._count(last, "reassignment_count"),
            # One row tells how it ended and not what was before: that is no history.
            spans=() if alone else tuple(spans),
        )

    def _text(self, row: _Row, word: str) -> str:
        return _cell(row.cells[WORDS.index(word)].strip())

    def _count(self, row: _Row, word: str) -> int:
        text = self._text(row, word)
        if not text:
            return 0
        if text.isdecimal():
            return int(text)
        self._trouble(row.line, f'{self._heading(word)} "{text}" is no number; taken as 0')
        return 0

    def _end(self, row: _Row, word: str, opened_at: Instant) -> Instant | None:
        """When it was resolved or closed, by the stamp of the last row."""
        text = self._text(row, word)
        if not text:
            return None
        found = self.stamps.get(row.cells[WORDS.index(word)])
        if found is None:
            self._unreadable(row, word, "taken as empty")
        elif found < opened_at:
            self._trouble(row.line, f'{self._heading(word)} "{text}" is before the opening; taken as empty')
            return None
        return found

    def _unreadable(self, row: _Row, word: str, consequence: str) -> None:
        text = row.cells[WORDS.index(word)].strip()
        self._trouble(row.line, f'{self._heading(word)} "{text}" is no time; {consequence}')

    def _heading(self, word: str) -> str:
        return self.sheet.header[self.places[word]]

    def _trouble(self, line: int, text: str) -> None:
        self.problems.append((line, text))


class _Standing(NamedTuple):
    """What makes one span differ from the next."""

    state: TicketState
    hold_reason: str
    group: str
    consultant: str
    priority: str


def _spans(rows: Sequence[tuple[Instant, _Standing]], opened_at: Instant) -> list[Span]:
    """The history that the rows tell; nothing is known between the opening and the first of them."""
    begins: list[tuple[Instant, _Standing]] = []
    for at, standing in rows:
        if not begins or begins[-1][1] != standing:
            begins.append((at, standing))
    first_at, first = begins[0]
    if first_at > opened_at:
        begins.insert(0, (opened_at, _Standing(TicketState.NEW, "", "", "", first.priority)))
    ends: list[Instant | None] = [at for at, _ in begins[1:]]
    ends.append(None)
    return [Span(at, end, *standing) for (at, standing), end in zip(begins, ends, strict=True)]


def _cell(text: str) -> str:
    return "" if text.casefold() in EMPTY else text


def _rank(text: str) -> str:
    """``3 - Moderate`` is 3."""
    return text[0] if text[:1].isdigit() and not text[1:2].isdigit() else _cell(text)


class Groups:
    """Groups by name, made when they are first met. ``others``: desk and tier of those nobody named."""

    def __init__(self, known: Mapping[str, Group], others: Group | None = None) -> None:
        self.known = dict(known)
        self._others = others

    def named(self, name: str) -> Group | None:
        """The group of that name; None for no name."""
        if not name:
            return None
        group = self.known.get(name)
        if group is None:
            group = Group(name, name)
            if self._others is not None:
                group = self._others._replace(sys_id=name, name=name)
            self.known[name] = group
        return group

    def of(self, tickets: Iterable[Ticket]) -> dict[str, Group]:
        """Every group that is known or held one of the tickets, by name."""
        for ticket in tickets:
            for span in ticket.spans:
                self.named(span.group)
            if ticket.group is not None:
                self.known.setdefault(ticket.group.sys_id, ticket.group)
        return self.known
