"""Each pattern is seen where it is, and only there."""

from dataclasses import replace

import pytest

from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.watch import (
    FEW_CALLED,
    SHORTLY,
    class_lowered,
    closed_and_reopened,
    late_escalation,
    satisfied_called,
    silent_pauses,
)
from connector.ticket import DeskTask, Group, Span, Ticket, TicketState, Tier

DAY = Period(PeriodKind.DAY, 0, 86400, "1970-01-01")
NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED, CLOSED = TicketState.RESOLVED, TicketState.CLOSED
GROUPS = {
    "desk": Group("desk", "Service Desk", "main", Tier.FIRST_LINE),
    "net": Group("net", "Network", "main", Tier.SECOND_LINE),
}
RANK = {"1": 3, "2": 2, "3": 1}
DUE = 10_000


def fact(*story, sys_id="t1", in_time=None, tasks=(), **fields):
    """A ticket from (second, state, group, priority) lines."""
    spans = tuple(
        Span(at, story[nth + 1][0] if nth + 1 < len(story) else None, state, "", group, "", priority)
        for nth, (at, state, group, priority) in enumerate(story)
    )
    last = spans[-1]
    ticket = Ticket(
        sys_id, sys_id, 0, last.start, 1, last.state, last.priority, spans=spans, tasks=tasks, **fields
    )
    return TicketFact(ticket, None, in_time)


def due(ticket, moment):
    """Always the same; none for what is called "free"."""
    return None if ticket.sys_id == "free" else DUE


def test_closed_and_reopened():
    """Of three that were closed, one came back; a stop of the clock is no closing."""
    facts = [
        fact((0, WORK, "desk", "3"), (5, CLOSED, "desk", "3"), (9, WORK, "desk", "3"), sys_id="back"),
        fact((0, WORK, "desk", "3"), (5, RESOLVED, "desk", "3"), (9, CLOSED, "desk", "3"), sys_id="done"),
        fact((0, WORK, "desk", "3"), (5, HOLD, "desk", "3"), (9, WORK, "desk", "3"), sys_id="held"),
        fact((0, WORK, "desk", "3"), (90_000, CLOSED, "desk", "3"), sys_id="later"),
    ]
    found = closed_and_reopened(facts, DAY)
    assert (found.ids, found.of) == (("back",), 2)


@pytest.mark.parametrize(
    ("at", "to", "seen"),
    [
        (DUE - SHORTLY + 1, "3", True),
        (DUE + 500, "3", True),
        (DUE - SHORTLY, "3", False),
        (DUE - 10, "1", False),
        (DUE - 10, "odd", False),
    ],
)
def test_a_class_lowered_shortly_before_its_limit(at, to, seen):
    """In the last minutes or after; early, upwards or into the unknown is no pattern."""
    found = class_lowered([fact((0, WORK, "desk", "2"), (at, WORK, "desk", to))], DAY, RANK, due)
    assert bool(found.ids) is seen


def test_without_limits_lowering_is_not_measured():
    """Neither 0 of 0 nor a suspicion."""
    found = class_lowered([fact((0, WORK, "desk", "2"), (9, WORK, "desk", "3"))], DAY, RANK, None)
    assert (found.ids, found.of) == ((), 0)
    assert found.unmeasured is not None
    free = fact((0, WORK, "desk", "2"), (DUE, WORK, "desk", "3"), sys_id="free")
    assert class_lowered([free], DAY, RANK, due).ids == ()


def test_pauses_without_a_word_to_the_caller():
    """A word up to half an hour before or after is one; a call a day later is not."""
    held = [
        fact((0, WORK, "desk", "3"), (40_000, HOLD, "desk", "3"), sys_id=name) for name in ("a", "b", "c")
    ]
    told = {"a": [40_000 - SHORTLY], "b": [40_000 + SHORTLY + 1]}
    found = silent_pauses(held, DAY, told)
    assert (found.ids, found.of) == (("b", "c"), 3)
    assert silent_pauses(held, DAY, None).unmeasured is not None


def test_call_backs_only_from_satisfied_callers():
    """Twenty glad ones called, no late one: the late ones are listed. Called alike, nothing is."""
    done = ((0, WORK, "desk", "3"), (9, CLOSED, "desk", "3"))
    called = (DeskTask("k", "callback", "", 10, 20, True),)
    glad = [fact(*done, sys_id=f"g{n}", in_time=True, tasks=called) for n in range(FEW_CALLED)]
    late = [fact(*done, sys_id=f"l{n}", in_time=False) for n in range(3)]
    assert satisfied_called([*glad, *late], DAY).ids == ("l0", "l1", "l2")
    fair = [TicketFact(replace(one.ticket, tasks=called), None, False) for one in late]
    assert satisfied_called([*glad, *fair], DAY).ids == ()
    assert satisfied_called([*glad[1:], *late], DAY).ids == (), "too few to tell"


@pytest.mark.parametrize(
    ("at", "seen"), [(DUE - 60, True), (DUE + 60, True), (DUE - SHORTLY, False), (90_000, False)]
)
def test_escalation_at_the_last_minute(at, seen):
    """Handed up when the limit is as good as gone; in another period it is another period's."""
    found = late_escalation([fact((0, WORK, "desk", "3"), (at, WORK, "net", "3"))], DAY, GROUPS, due)
    assert bool(found.ids) is seen
    assert late_escalation([], DAY, GROUPS, None).unmeasured is not None
