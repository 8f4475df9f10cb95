"""What must hold when the faults have stopped and the desk is quiet."""

from collections.abc import Iterator, Mapping
from typing import Any

from connector.instant import instant
from connector.reconcile.recipe import BACK_OFF
from tests.simulation.script import CHAINS, SETS_BACK, TICK, Script
from tests.simulation.stage import Stage
from tests.world import DAY, TABLES, US, Said, record_id, said_in

ODD = ("meanwhile", "deleted meanwhile", "hidden", "clock ahead")
"""Faults after which the tickets that are closed are not those of the days without."""
ADDED_TO = ("incident_task", "kb_knowledge", "m2m_kb_task", "problem")
SUPERSEDED = ("Not taken up yet", "Progress broadcast", " % of the resolution limit")
"""Words of notes that are left out once something later is true: asleep over warning and breach, breach is
said and not both; a broadcast that was slept through is not made up for.
"""


def broken(desk: Stage) -> list[str]:
    """What is wrong with a desk at rest, in words; empty if nothing is."""
    return [*seen_at_once(desk), *_restless(desk)]


def seen_at_once(desk: Stage) -> list[str]:
    """The part of it for which no further pass is needed."""
    return [
        *_lost(desk),
        *_stale(desk),
        *_repeated(desk),
        *_foreign(desk),
        *_insisting(desk),
        *_indiscreet(desk),
    ]


def _lost(desk: Stage) -> Iterator[str]:
    """A pass that went through has read everything that could be read when it began."""
    yield from (f"not read: {each}" for each in desk.course.lost)


def _stale(desk: Stage) -> Iterator[str]:
    """A record that had changed since it was judged, and the connector had been told, was not written."""
    yield from (f"written over a person's edit: {each}" for each in desk.course.stale)


def _repeated(desk: Stage) -> Iterator[str]:
    """Nothing is said or created twice; two connectors at once can say a note twice (docs/reliability.md)."""
    for each in desk.repeated():
        if not (
            desk.course.doubled and isinstance(each, tuple) and isinstance(each[-1], str) and len(each) == 3
        ):
            yield f"twice: {each}"


def _insisting(desk: Stage) -> Iterator[str]:
    """What the instance did not keep is not written again by the same process; a good token is used."""
    if not desk.course.doubled:
        yield from (f"the same again: {each}" for each in desk.rest.insisted)
        if desk.rest.idle_tokens:
            yield f"{desk.rest.idle_tokens} tokens were fetched although there was a fresh one"


def _indiscreet(desk: Stage) -> Iterator[str]:
    """No log, no error and no file of the store tells a secret; no log above debug what people wrote."""
    yield from sorted(desk.ear.slips)
    yield from (f"a secret in {name}" for name in desk.leaked())


def _foreign(desk: Stage) -> Iterator[str]:
    """Nothing was sent outside `[columns]` and the tables that are ours to add to."""
    writable = desk.settings.columns.writable | {"work_notes"}
    said_to = {**dict.fromkeys(TABLES, frozenset({"work_notes", "u_desk_marks"})), "incident": writable}
    for request in desk.rest.requests:
        if request.user != US or request.method == "GET":  # who asks for a token is nobody yet
            continue
        if request.method == "POST" and request.table in ADDED_TO:
            continue
        if request.table in said_to:
            if request.method != "PATCH" or not request.body.keys() <= said_to[request.table]:
                yield f"sent what is not ours: {request.method} {request.table} {sorted(request.body)}"
        elif not request.table and desk.script.batch:
            continue  # the envelope; what is in it is looked at like the rest
        else:
            yield f"sent what is not ours: {request.method} {request.table}"


def _restless(desk: Stage) -> Iterator[str]:
    """It has settled, and needs no memory for it."""
    plan = desk.looks(full=True, apply=False).plan
    if not plan.empty:
        yield f"not settled: {plan.changes or plan.conflicts}"
    desk.forgets()
    plan = desk.looks(full=True, apply=False).plan
    if not plan.empty:
        yield f"without its store it would write again: {plan.changes or plan.conflicts}"


def comparable(script: Script) -> bool:
    """Whether the same days without faults must come out the same: nothing hangs on when we acted."""
    names = {policy["name"] for policy in script.policies}
    return not names & (SETS_BACK | CHAINS)


def astray(desk: Stage, calm: Stage) -> list[str]:
    """Where the desk with faults differs from the one without, in what it owes; empty if nowhere.

    ``calm`` lived the same days, and its connector passed when this one's got through. Left out: tickets
    that the instance or people treated otherwise, or that people touched between a failed pass and the next,
    or while they were not visible yet.
    """
    found = []
    reached = sorted(desk.course.good - desk.course.bad)  # what was cut short need not have said everything
    draws = not _coupled(desk)
    for number in _comparable_tickets(desk):
        if desk.instance.get("incident", record_id(number)) is None:
            continue
        mine, theirs = _noted(desk, number), _noted(calm, number)
        missing = [note for key, (note, _) in theirs.items() if key not in mine and not _passing(note)]
        extra = [note for key, (note, _) in mine.items() if key not in theirs and not _passing(note)]
        found += [f"{number}: never said: {note.policy}: {note.text}" for note in missing]
        found += [f"{number}: said without cause: {note.policy}: {note.text}" for note in extra]
        for key in mine.keys() & theirs.keys():
            (note, said), (_, owed_at) = mine[key], theirs[key]
            latest = next((tick for tick in reached if tick >= owed_at), None)
            if latest is not None and said > latest + _slack(desk, number, said):
                found.append(f"{number}: noticed {said - latest} s late: {note.policy}: {note.text}")
        barred = _barred(desk, number)
        shown, wanted = _shown(desk, number, draws, barred), _shown(calm, number, draws, barred)
        if shown != wanted:
            found.append(f"{number}: {_different(shown, wanted)}")
        ours, owed = _made(desk, number, draws), _made(calm, number, draws)
        if ours != owed:
            found.append(
                f"{number}: created {ours - owed or 'nothing more'}, owed {owed - ours or 'nothing'}"
            )
    return found


def _slack(desk: Stage, number: str, said: int) -> int:
    """Seconds by which a note may be late or look so: a write that was forbidden waits, one that was told its
    record is gone and a row that became visible late wait for the next poll, and the instance's own clock may
    have stamped it wrong.
    """
    late = any(step.kind == "late" and step.number == number for step in desk.script.steps)
    forbidden = any(step.what == "403" for step in desk.script.steps)
    gone = any(
        request.status == 404 and record_id(number) in {request.sys_id, *(request.body or {}).values()}
        for request in desk.rest.requests
        if request.method in {"PATCH", "POST"}
    )
    wrong = [
        abs(off) for begin, end, off in desk.course.odd_times if begin - abs(off) <= said <= end + abs(off)
    ]
    return BACK_OFF * forbidden + TICK * (late + gone) + sum(wrong) + desk.script.patience


def _comparable_tickets(desk: Stage) -> list[str]:
    course = desk.course
    odd = set(course.odd)
    for begin, end, _ in course.odd_times:
        odd |= {n for n, when in course.touched.items() if any(begin <= w <= end for w in when)}
    for bad in course.bad:
        nxt = min((tick for tick in course.good if tick > bad), default=bad + DAY)
        odd |= {number for number, when in course.touched.items() if any(bad - TICK < w <= nxt for w in when)}
    for number, begin, end in course.overlooked:
        if any(begin <= w <= end for w in course.touched.get(number, ())):
            odd.add(number)
    return sorted(set(course.touched) - odd)


def _noted(desk: Stage, number: str) -> Mapping[tuple[str, str], tuple[Said, int]]:
    """(policy, mark) → the note, and when it was written."""
    found = {}
    for entry in desk.instance.journal(record_id(number)):
        if entry["sys_created_by"] == US:
            for note in said_in(entry["value"]):
                found[note.policy, note.mark] = (note, instant(entry["sys_created_on"]) or 0)
    return found


def _passing(note: Said) -> bool:
    return any(words in note.text for words in SUPERSEDED)


def _shown(desk: Stage, number: str, draws: bool, barred: set[str]) -> dict[str, Any]:
    """The ticket; its part in a draw only where that compares, and no field that is ``barred``."""
    return {
        name: value
        for name, value in desk.shows(number).items()
        if (draws or name != "callback") and name not in barred
    }


def _barred(desk: Stage, number: str) -> set[str]:
    """Fields of columns that were refused while people worked on the ticket.

    What such a field should have said meanwhile may be no policy's wish any more, or wait until a ticket
    that was resolved is closed (decision 0007).
    """
    return {
        role
        for column, begin, end in desk.course.refused
        for role, own in desk.settings.columns.roles.items()
        if own == column and any(begin <= when <= end for when in desk.course.touched.get(number, ()))
    }


def _made(desk: Stage, number: str, draws: bool) -> set[tuple[str, ...]]:
    made = {record[:4] for record in desk.made() if record[1] == number}
    return {record for record in made if draws or record[2] != "desk-policy:callback"}


def _coupled(desk: Stage) -> bool:
    """Whether who is called back hangs on tickets that fared otherwise in the days without faults."""
    drawn = any(policy["name"] == "daily-callbacks" for policy in desk.script.policies)
    return drawn and any(step.kind in ODD for step in desk.script.steps)


def _different(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    return ", ".join(f"{k} is {one[k]!r}, not {other[k]!r}" for k in one if one[k] != other[k])
