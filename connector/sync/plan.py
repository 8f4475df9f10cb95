"""Pure: intents and tickets become a plan of changes. What is printed here is exactly what is written.

A change gathers everything that all policies want of one record into one write, with all reasons. Two
policies that want different values in one field: neither is written, the conflict is listed with both names.
No silent priority. Over the brake nothing of that policy is written; the message says count, limit, ways out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from connector.intent import Create, Intent, Keep, Note, Occasion, Set
from connector.sync.instant import platform_time
from connector.ticket import Instant, Ticket, TicketState

MARKS_LENGTH = 4000
"""Characters the marks column holds; a ticket whose marks would not fit is listed, not written."""


class Safety(BaseModel):
    """The brake. Over either bound nothing of that policy is written in that pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_changes: int = Field(default=500, ge=1, description="Tickets one policy may change in one pass")
    max_share: float = Field(
        default=0.5, gt=0, le=1, description="Share of the tickets open within a month one policy may change"
    )
    share_from: int = Field(default=100, ge=1, description="The share counts from this many changes on")


class Wish(NamedTuple):
    """One policy's intents for one ticket, with the reason of its verdict."""

    policy: str
    observe: bool
    ticket: Ticket
    reason: str
    intents: tuple[Intent, ...]


class Because(NamedTuple):
    """Who asked for a change, and by which clause."""

    policy: str
    clause: str
    reason: str
    mark: str = ""


class FieldChange(NamedTuple):
    """One column: what the record says, what it shall say (raw text). Journals have no before."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one record."""

    table: str
    sys_id: str
    """Of the record; for a new one the id it will get, which is its occasion."""
    ticket: str
    """sys_id of the ticket it is about."""
    number: str
    """Number of that ticket, for people."""
    base: int | None
    """The record's `sys_mod_count` when it was judged; None for a new record."""
    fields: tuple[FieldChange, ...]
    because: tuple[Because, ...]
    identity: Mapping[str, str] = field(default_factory=dict)
    """For a new record: column → value by which it is recognised."""

    @property
    def creates(self) -> bool:
        """The record does not exist yet."""
        return self.base is None

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies behind it, each once."""
        return tuple(dict.fromkeys(b.policy for b in self.because))


class Conflict(NamedTuple):
    """Two policies want different values in one field of one ticket: neither is written."""

    ticket: str
    number: str
    field: str
    wanted: tuple[tuple[str, str], ...]
    """(policy, value) of each."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pass would write, and what it would not, each with its reason."""

    at: Instant
    changes: tuple[Change, ...] = ()
    observed: tuple[Change, ...] = ()
    """What policies in mode observe would change if they were enforced; never written."""
    conflicts: tuple[Conflict, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Policy → why the brake holds it."""
    full: tuple[str, ...] = ()
    """Numbers of tickets whose marks column is full."""

    @property
    def empty(self) -> bool:
        """Nothing is to be written and nothing stands in the way."""
        return not (self.changes or self.conflicts or self.refused or self.full)

    def by_policy(self) -> Counter[str]:
        """Policy → number of changes it has a part in."""
        return Counter(policy for change in self.changes for policy in change.policies)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the instance names things: the planner's only knowledge of columns."""

    columns: Mapping[str, str]
    """Role → column of what we own: ``"clock"`` → ``"u_desk_clock"``; a missing role is not written."""
    states: Mapping[TicketState, str]
    shared: frozenset[str] = frozenset({"assignment_group", "assigned_to", "state"})
    """Columns shared with people that the configuration lets us set."""
    refused: frozenset[str] = frozenset()
    """Columns the instance was seen to drop silently; not tried again until the next start."""

    def column_of(self, wish: Keep | Set) -> str:
        """The platform's column for a field, or "" where it may not be written."""
        if isinstance(wish, Keep):
            column = self.columns.get(wish.field, "")
        else:
            column = _SHARED[wish.field]
            column = column if column in self.shared else ""
        return "" if column in self.refused else column

    def raw(self, value: str | int | TicketState | None) -> str:
        """A value as the platform's raw text; an int is an instant."""
        if value is None:
            return ""
        if isinstance(value, TicketState):
            return self.states[value]
        return platform_time(value) if isinstance(value, int) else value


_SHARED = {"group": "assignment_group", "state": "state", "assignee": "assigned_to"}


def make_plan(
    wishes: Iterable[Wish],
    scheme: Scheme,
    safety: Safety,
    *,
    now: Instant,
    adopt_from: Instant = 0,
    population: int = 0,
) -> Plan:
    """Intents → plan. ``population``: tickets against which the brake's share is taken; 0: no share.

    The result does not depend on the order of the wishes (law 7).
    """
    ordered = sorted(wishes, key=lambda wish: (wish.ticket.number, wish.ticket.sys_id, wish.policy))
    fresh = [
        new
        for wish in ordered
        if wish.ticket.opened_at >= adopt_from
        if (new := outstanding(wish, scheme)).intents
    ]
    enforced, conflicts = _settle(_now_due(wish for wish in fresh if not wish.observe), scheme)
    observed, _ = _settle(_now_due(wish for wish in fresh if wish.observe), scheme)
    refused = _brake(enforced, safety, population)
    changes, full = _merge([wish for wish in enforced if wish.policy not in refused], scheme)
    return Plan(now, changes, _merge(observed, scheme)[0], conflicts, refused, full)


def outstanding(wish: Wish, scheme: Scheme) -> Wish:
    """The intents that the record does not fulfil already, and that may be written at all."""
    ticket = wish.ticket
    known = {task.occasion for task in ticket.tasks} | {article.sys_id for article in ticket.articles}
    left: list[Intent] = []
    for intent in wish.intents:
        match intent:
            case Keep(role, value, _):
                if scheme.column_of(intent) and ticket.owned.get(role, "") != scheme.raw(value):
                    left.append(intent)
            case Set() | Note():
                writable = isinstance(intent, Note) or scheme.column_of(intent)
                if writable and scheme.columns.get("marks") and intent.occasion.mark not in ticket.marks:
                    left.append(intent)
            case Create():
                if intent.occasion not in known:
                    left.append(intent)
    return wish._replace(intents=tuple(left))


def unhurried(wishes: Sequence[Wish]) -> list[Wish]:
    """What is to be written to one ticket now: nothing, if it is resolved and all of it can wait.

    A write can postpone the instance's auto-close. What must be said takes the fields along.
    """
    resolved = wishes[0].ticket.state is TicketState.RESOLVED if wishes else False
    if resolved and all(isinstance(intent, Keep) for wish in wishes for intent in wish.intents):
        return []
    return list(wishes)


def _now_due(wishes: Iterable[Wish]) -> list[Wish]:
    return [wish for of_one in _by_ticket(list(wishes)) for wish in unhurried(of_one)]


def _settle(wishes: Sequence[Wish], scheme: Scheme) -> tuple[list[Wish], tuple[Conflict, ...]]:
    """Take out what two policies contradict each other in, with everything said on the same occasion."""
    wanted: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    occasions: dict[tuple[str, str], set[Occasion]] = defaultdict(set)
    by_id = {}
    for wish in wishes:
        by_id[wish.ticket.sys_id] = wish.ticket
        for intent in wish.intents:
            if isinstance(intent, Keep | Set):
                spot = (wish.ticket.sys_id, scheme.column_of(intent))
                wanted[spot][wish.policy] = scheme.raw(intent.value)
                if isinstance(intent, Set):
                    occasions[spot].add(intent.occasion)
    clashes = {spot: values for spot, values in wanted.items() if len(set(values.values())) > 1}
    if not clashes:
        return list(wishes), ()
    silenced = {occasion for spot in clashes for occasion in occasions[spot]}
    kept = []
    for wish in wishes:
        intents = tuple(
            intent
            for intent in wish.intents
            if getattr(intent, "occasion", None) not in silenced
            and not (
                isinstance(intent, Keep | Set) and (wish.ticket.sys_id, scheme.column_of(intent)) in clashes
            )
        )
        if intents:
            kept.append(wish._replace(intents=intents))
    conflicts = tuple(
        Conflict(ticket, by_id[ticket].number, column, tuple(sorted(values.items())))
        for (ticket, column), values in sorted(clashes.items(), key=lambda item: item[0])
    )
    return kept, conflicts


def _brake(wishes: Sequence[Wish], safety: Safety, population: int) -> dict[str, str]:
    counts = Counter(wish.policy for wish in wishes)
    refused = {}
    for policy, count in sorted(counts.items()):
        bounds = [(safety.max_changes, f"max_changes = {safety.max_changes}")]
        if population and count >= safety.share_from:
            share = int(safety.max_share * population)
            bounds.append((share, f"max_share = {safety.max_share:g} of {population} open tickets"))
        for bound, name in bounds:
            if count > bound:
                refused[policy] = (
                    f'policy "{policy}" wants to change {count} tickets in one pass, the brake allows '
                    f"{bound} ({name}); nothing of it is written. If that is right, raise the bound under "
                    "[safety] for one pass; if it is not, narrow the policy with `when` or set adopt_from "
                    "later."
                )
                break
    return refused


def _merge(wishes: Sequence[Wish], scheme: Scheme) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """One write per record: fields, notes and marks of all policies together, creations apart."""
    changes: list[Change] = []
    full: list[str] = []
    for ticket_wishes in _by_ticket(wishes):
        ticket = ticket_wishes[0].ticket
        update = _update(ticket, ticket_wishes, scheme)
        if update is not None:
            marks = next((f.after for f in update.fields if f.column == scheme.columns.get("marks")), "")
            if len(marks) > MARKS_LENGTH:
                full.append(ticket.number)
                continue
            changes.append(update)
        changes.extend(_creations(ticket, ticket_wishes))
    return tuple(changes), tuple(full)


def _by_ticket(wishes: Sequence[Wish]) -> list[list[Wish]]:
    groups: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        groups[wish.ticket.sys_id].append(wish)
    return list(groups.values())


def _update(ticket: Ticket, wishes: Sequence[Wish], scheme: Scheme) -> Change | None:
    fields: dict[str, FieldChange] = {}
    notes: dict[str, None] = {}
    marks: set[str] = set()
    needless: set[str] = set()
    because: dict[Because, None] = {}
    for wish in wishes:
        for intent in wish.intents:
            if isinstance(intent, Create):
                continue
            mark = ""
            if isinstance(intent, Keep | Set):
                column = scheme.column_of(intent)
                before = (
                    ticket.owned.get(intent.field, "")
                    if isinstance(intent, Keep)
                    else _now(ticket, column, scheme)
                )
                fields[column] = FieldChange(column, before, scheme.raw(intent.value))
            if isinstance(intent, Set | Note):
                mark = intent.occasion.mark
                marks.add(mark)
            if isinstance(intent, Note):
                needless.update(intent.supersedes)
                notes[f"{intent.text}\n({wish.policy}, {intent.clause}, {mark})"] = None
            because[Because(wish.policy, intent.clause, wish.reason, mark)] = None
    if not because:
        return None
    written = [fields[column] for column in sorted(fields)]
    if notes:
        written.append(FieldChange("work_notes", "", "\n\n".join(notes)))
    if marks:
        column = scheme.columns["marks"]
        before = ticket.owned.get("marks", "")
        written.append(FieldChange(column, before, " ".join(sorted((ticket.marks - needless) | marks))))
    return Change(
        ticket.kind,
        ticket.sys_id,
        ticket.sys_id,
        ticket.number,
        ticket.mod_count,
        tuple(written),
        tuple(because),
    )


def _now(ticket: Ticket, column: str, scheme: Scheme) -> str:
    if column == "assignment_group":
        return ticket.group.sys_id if ticket.group else ""
    return ticket.assignee if column == "assigned_to" else scheme.raw(ticket.state)


def _creations(ticket: Ticket, wishes: Sequence[Wish]) -> list[Change]:
    created: dict[Occasion, Change] = {}
    for wish in wishes:
        for intent in wish.intents:
            if isinstance(intent, Create) and intent.occasion not in created:
                fields = {**intent.fields, **intent.identity}
                created[intent.occasion] = Change(
                    intent.table,
                    str(intent.occasion),
                    ticket.sys_id,
                    ticket.number,
                    None,
                    tuple(FieldChange(column, "", fields[column]) for column in sorted(fields)),
                    (Because(wish.policy, intent.clause, wish.reason, intent.occasion.mark),),
                    dict(intent.identity),
                )
    return sorted(created.values(), key=lambda change: (change.table, change.sys_id))
