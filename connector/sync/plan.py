"""Pure: intents and tickets become a plan of changes. What is printed here is exactly what is written.

A change gathers everything that all policies want of one record into one write, with all reasons. Two
policies that want different values in one field: neither is written, the conflict is listed with both names.
No silent priority. Over the brake nothing of that policy is written; the message says count, limit, ways out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from connector.instant import known_instant
from connector.intent import Create, Intent, Keep, Note, Occasion, Set
from connector.sync.change import (
    COMMENTS,
    READ_BACK,
    Because,
    Change,
    Conflict,
    FieldChange,
    Plan,
    Safety,
    Scheme,
    Wish,
)
from connector.ticket import Instant, Ticket, TicketState

MARKS_LENGTH = 4000
"""Characters the marks column holds; a ticket whose marks would not fit is listed, not written."""


def make_plan(
    wishes: Iterable[Wish],
    scheme: Scheme,
    safety: Safety,
    *,
    now: Instant,
    adopt_from: Instant = 0,
    population: int = 0,
    beyond: Mapping[str, int] | None = None,
) -> Plan:
    """Intents → plan. ``population``: tickets against which the brake's share is taken; 0: no share.

    ``beyond``: policy → wishes that were counted and not kept, because they were past every bound.

    The result does not depend on the order of the wishes (law 7).
    """
    ordered = sorted(wishes, key=lambda wish: (wish.ticket.number, wish.ticket.sys_id, wish.policy))
    fresh = [
        wish if left == wish.intents else wish._replace(intents=left)
        for wish in ordered
        if wish.ticket.opened_at >= adopt_from
        if (left := outstanding(wish.ticket, wish.intents, scheme))
    ]
    enforced, conflicts = _settle(_now_due(wish for wish in fresh if not wish.observe), scheme)
    observed, _ = _settle(_now_due(wish for wish in fresh if wish.observe), scheme)
    beyond = beyond or {}
    refused = _brake(enforced, safety, population, beyond)
    changes, full = _merge([wish for wish in enforced if wish.policy not in refused], scheme)
    return Plan(
        now, changes, _merge(observed, scheme)[0], conflicts, refused, _unlisted(observed, beyond), full
    )


def outstanding(ticket: Ticket, intents: Iterable[Intent], scheme: Scheme) -> tuple[Intent, ...]:
    """The intents that the record does not fulfil already, and that may be written at all."""
    left: list[Intent] = []
    owned = ticket.owned
    for intent in intents:
        if isinstance(intent, Keep):
            # The cheap questions first: nearly every field of nearly every ticket is as it should be.
            raw, value = owned.get(intent.field, ""), intent.value
            if type(value) is int:  # to read a date is cheaper than to write one
                if known_instant(raw) == value:
                    continue
            elif raw == (value or ""):
                continue
            if scheme.column_of(intent):
                left.append(intent)
        elif isinstance(intent, Create):
            if not _created(ticket, intent.occasion):
                left.append(intent)
        elif (
            intent.occasion.mark not in ticket.marks
            and "marks" in scheme.columns
            and (scheme.may_say(intent) if isinstance(intent, Note) else scheme.column_of(intent))
        ):
            left.append(intent)
    return tuple(left) if left else ()


def _created(ticket: Ticket, happened: Occasion) -> bool:
    """A task or an article was created beside the ticket on this occasion."""
    if any(task.occasion == happened for task in ticket.tasks):
        return True
    return any(article.sys_id == happened for article in ticket.articles)


def may_wait(ticket: Ticket) -> bool:
    """Whether fields alone are not written to it yet: a write can postpone the instance's auto-close."""
    return ticket.state is TicketState.RESOLVED


def pressing(wishes: Sequence[Wish]) -> list[Wish]:
    """What of the wishes for one ticket does not wait, each kind by itself: those to be written, then those
    only observed.
    """
    observed = [wish for wish in wishes if wish.observe]
    if len(observed) == len(wishes):  # so it is for nearly every ticket
        return _unhurried(observed)
    return _unhurried([wish for wish in wishes if not wish.observe]) + _unhurried(observed)


def _unhurried(wishes: list[Wish]) -> list[Wish]:
    """What is to be written to one ticket now: nothing, if all of it can wait (`may_wait`).

    What must be said takes the fields along.
    """
    if not wishes or not may_wait(wishes[0].ticket):
        return wishes
    for wish in wishes:
        for intent in wish.intents:
            if not isinstance(intent, Keep):
                return wishes
    return []


def _now_due(wishes: Iterable[Wish]) -> list[Wish]:
    return [wish for of_one in _by_ticket(list(wishes)) for wish in _unhurried(of_one)]


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


def _unlisted(observed: Sequence[Wish], beyond: Mapping[str, int]) -> dict[str, int]:
    watching = {wish.policy for wish in observed}
    return {policy: count for policy, count in sorted(beyond.items()) if policy in watching and count}


def _brake(
    wishes: Sequence[Wish], safety: Safety, population: int, beyond: Mapping[str, int]
) -> dict[str, str]:
    counts = Counter(wish.policy for wish in wishes)
    counts.update({policy: count for policy, count in beyond.items() if policy in counts})
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
    """One write per record: fields, notes and marks of all policies together, creations before them.

    In that order a record never claims what is not there yet: cut off between the two, the next pass judges
    the same ticket and finds what was created.
    """
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
        changes.extend(_creations(ticket, ticket_wishes))
        if update is not None:
            changes.append(update)
    return tuple(changes), tuple(full)


def _by_ticket(wishes: Sequence[Wish]) -> list[list[Wish]]:
    groups: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        groups[wish.ticket.sys_id].append(wish)
    return list(groups.values())


def _update(ticket: Ticket, wishes: Sequence[Wish], scheme: Scheme) -> Change | None:
    fields: dict[str, FieldChange] = {}
    notes: dict[str, None] = {}
    comments: dict[str, None] = {}
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
                if intent.to_customer:
                    comments[str(intent.text)] = None
                else:
                    notes[f"{intent.text}\n({wish.policy}, {intent.clause}, {mark})"] = None
            because[Because(wish.policy, intent.clause, wish.reason, mark)] = None
    if not because:
        return None
    written = [fields[column] for column in sorted(fields)]
    if notes:
        written.append(FieldChange("work_notes", "", "\n\n".join(notes)))
    if comments:
        written.append(FieldChange(COMMENTS, "", "\n\n".join(comments)))
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
    if column in READ_BACK:
        return ticket.extra.get(column, "")
    return ticket.assignee if column == "assigned_to" else scheme.raw(ticket.state)


def _creations(ticket: Ticket, wishes: Sequence[Wish]) -> list[Change]:
    created: dict[Occasion, Change] = {}
    for wish in wishes:
        for intent in wish.intents:
            if isinstance(intent, Create) and intent.occasion not in created:
                fields = {column: str(text) for column, text in {**intent.fields, **intent.identity}.items()}
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
