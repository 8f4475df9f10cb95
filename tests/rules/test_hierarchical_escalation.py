"""Who is told when on the ladder: once each, in their hours, and not while the clock stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.intent import Create, Note, occasion
from connector.rules.hierarchical_escalation import HierarchicalEscalation
from connector.ticket import DeskTask, FaultClass, Ticket, TicketState
from tests.builder import (
    DAY,
    FIRST,
    HOUR,
    LEAD,
    MINUTE,
    MON,
    WANG,
    created,
    marked,
    moment,
    said,
    spans,
    ticket,
)

NEW, WORK, HOLD, RESOLVED = (
    TicketState.NEW,
    TicketState.IN_PROGRESS,
    TicketState.ON_HOLD,
    TicketState.RESOLVED,
)
STEPS: list[dict[str, object]] = [
    {"at": 0.5, "role": "consultant"},
    {"at": 0.8, "role": "group_lead", "of_group": {"Service Desk": "lead.zhao"}},
    {"at": 1.0, "role": "project_manager"},
    {"late_by": "4h", "role": "head_of_operations", "person": "lead.zhao", "by": "task"},
]


def ladder(**more: object) -> HierarchicalEscalation:
    """Four hours day and night, four steps, no quiet hours."""
    base: dict[str, object] = {
        "name": "ladder",
        "service_hours": "remote",
        "resolve_within": "4h",
        "steps": STEPS,
    }
    return HierarchicalEscalation.model_validate(base | more)


def texts(policy: HierarchicalEscalation, of: Ticket, now: int) -> list[str]:
    """The notes wanted."""
    return [str(note.text) for note in said(policy, of, moment(now)) if isinstance(note, Note)]


def with_tasks(policy: HierarchicalEscalation, of: Ticket, now: int) -> Ticket:
    """The ticket with the tasks wanted now, and what is to be noted now noted."""
    tasks = tuple(
        DeskTask(str(task.occasion), "escalation", str(task.occasion), now)
        for task in created(policy, of, moment(now))
    )
    return replace(marked(policy, of, moment(now)), tasks=of.tasks + tasks)


def test_each_is_told_at_their_step() -> None:
    """At half the limit the consultant, at 80 % the lead by name, late the manager: one note each."""
    policy, t = ladder(), ticket()
    assert texts(policy, t, MON + 2 * HOUR - 1) == []
    assert policy.judge(t, moment(MON)).look_again_at == MON + 2 * HOUR
    used = "% of the resolution limit of 4 h is used up; due by 2026-06-01 13:00. To be told:"
    late = "The resolution limit of 4 h has run out; it was due by 2026-06-01 13:00. To be told:"
    for after, told in (
        (2 * HOUR, f"50 {used} consultant."),
        (192 * MINUTE, f"80 {used} group lead Zhao Lei."),
        (4 * HOUR + 1, f"{late} project manager."),
    ):
        assert texts(policy, t, MON + after) == [told]
        t = marked(policy, t, moment(MON + after))
        assert texts(policy, t, MON + after + 10 * MINUTE) == []


def test_in_time_to_the_second_is_not_late() -> None:
    """The step at 1 is the moment after the limit, not its last second."""
    t = marked(ladder(), ticket(), moment(MON + 4 * HOUR - 1))
    assert texts(ladder(), t, MON + 4 * HOUR) == []
    assert ladder().judge(t, moment(MON + 4 * HOUR)).look_again_at == MON + 4 * HOUR + 1


def test_the_last_step_is_a_task_in_the_persons_name() -> None:
    """Once; no note beside it."""
    now = MON + 8 * HOUR + 1
    t = marked(ladder(), ticket(), moment(now - 1))
    (task,) = created(ladder(), t, moment(now))
    assert task.fields["assigned_to"] == LEAD.sys_id
    assert task.fields["correlation_display"] == "desk-policy:escalation"
    assert str(task.fields["short_description"]) == "INC0000001 needs the head of operations"
    assert "run out more than 4 h of service ago" in str(task.fields["description"])
    assert texts(ladder(), t, now) == []
    done = with_tasks(ladder(), t, now)
    assert ladder().judge(done, moment(now + DAY)) == ladder().judge(done, moment(now))
    assert ladder().judge(done, moment(now)).intents == ()


def test_found_late_all_are_told_in_one_note() -> None:
    """As things stand now: late, and not half used up."""
    (text,) = texts(ladder(), ticket(), MON + 5 * HOUR)
    assert text.startswith("The resolution limit of 4 h has run out; it was due")
    assert text.endswith("To be told: consultant, group lead Zhao Lei, project manager.")
    t = marked(ladder(), ticket(), moment(MON + 5 * HOUR))
    assert texts(ladder(), t, MON + 7 * HOUR) == []


def test_quiet_hours_for_people() -> None:
    """What comes up at night waits for the opening; at closing time it stops again."""
    policy = ladder(told_within="onsite")
    t = ticket(life=spans(MON + 8 * HOUR, (0, NEW)))  # Monday 17:00, half used up at 19:00
    night = policy.judge(t, moment(MON + 10 * HOUR))
    assert night.intents == ()
    assert night.reason == "step 1 of 4, waits for onsite"
    opening = MON + 23 * HOUR + 30 * MINUTE
    assert texts(policy, t, opening - 1) == []
    (text,) = texts(policy, t, opening)
    assert text.endswith("consultant, group lead Zhao Lei, project manager.")
    assert policy.judge(t, moment(opening)).look_again_at == MON + 27 * HOUR  # closing at noon
    assert policy.explain(t, moment(opening - 1))[-1].startswith("nobody is told before 2026-06-02 08:30")


def test_the_urgent_do_not_wait() -> None:
    """Where the desk says so."""
    policy = ladder(told_within="onsite", told_at_once="urgent")
    t = ticket(life=spans(MON + 8 * HOUR, (0, NEW)))
    assert texts(policy, t, MON + 10 * HOUR)
    assert not texts(policy, replace(t, fault_class=FaultClass.GENERAL), MON + 10 * HOUR)


def test_a_hold_keeps_steps_from_being_reached() -> None:
    """The clock stands; what was reached before is told all the same, and work going on brings the rest."""
    held = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG)))
    assert ladder().judge(held, moment(MON + 3 * DAY)) == ("stopped while on hold", (), None)
    assert ladder().explain(held, moment(MON + DAY))[0].endswith("not while on hold")
    late = ticket(life=spans(MON, (0, WORK, WANG), (3 * HOUR, HOLD, WANG)))
    (text,) = texts(ladder(), late, MON + DAY)
    assert text == "50 % of the resolution limit of 4 h is used up. To be told: consultant."
    on = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG), (DAY, WORK, WANG)))
    assert texts(ladder(), on, MON + DAY + HOUR - 1) == []
    assert len(texts(ladder(), on, MON + DAY + HOUR)) == 1


def test_a_reopened_ticket_does_not_climb_again() -> None:
    """What was told stays told; the clock goes on where it stood."""
    t = marked(ladder(), ticket(), moment(MON + 3 * HOUR))
    life = spans(MON, (0, NEW), (3 * HOUR, RESOLVED, WANG), (DAY, WORK, WANG))
    again = replace(ticket(life=life, reopen_count=1), marks=t.marks)
    assert texts(ladder(), again, MON + DAY) == []
    (text,) = texts(ladder(), again, MON + DAY + 12 * MINUTE)
    assert text.endswith("group lead Zhao Lei.")


def test_what_is_not_open_tells_nobody() -> None:
    """Resolved in time, late, or canceled."""
    for state in (RESOLVED, TicketState.CLOSED, TicketState.CANCELED):
        t = ticket(life=spans(MON, (0, WORK, WANG), (9 * HOUR, state, WANG)))
        assert ladder().judge(t, moment(MON + DAY)) == ("not open", (), None)


def test_a_task_that_is_nobodys_becomes_a_note() -> None:
    """Nobody is assigned: the note says whose turn it is, and later there is no task for the same step."""
    policy = ladder(steps=[{"at": 0.5, "role": "consultant", "by": "task"}])
    now = MON + 2 * HOUR
    t = ticket()
    assert created(policy, t, moment(now)) == []
    assert len(texts(policy, t, now)) == 1
    taken = replace(marked(policy, t, moment(now)), assignee=WANG)
    assert policy.judge(taken, moment(now)).intents == ()
    (task,) = created(policy, replace(t, assignee=WANG), moment(now))
    assert task.fields["assigned_to"] == WANG


def test_another_lead_for_another_group() -> None:
    """`of_group` goes before `person`; without either only the role is named."""
    steps = [{"at": 0.5, "role": "group_lead", "of_group": {"Service Desk": "lead.zhao"}}]
    policy = ladder(steps=steps)
    assert texts(policy, ticket(group=FIRST), MON + 2 * HOUR)[0].endswith("group lead Zhao Lei.")
    assert texts(policy, ticket(group=None), MON + 2 * HOUR)[0].endswith("To be told: group lead.")
    assert policy.groups_named() == ("Service Desk",)
    assert ladder().people_named() == ("lead.zhao",)
    assert ladder(told_within="onsite").hours_named() == ("remote", "onsite")


@given(st.lists(st.integers(0, 3 * DAY), min_size=1, max_size=8))
def test_nobody_is_named_twice_and_nobody_is_left_out(looks: list[int]) -> None:
    """However often and late one looks: after the last step each rung was named once, tasks included."""
    t, policy, named = ticket(), ladder(told_within="onsite"), []
    for after in [*sorted(looks), 4 * DAY + HOUR]:
        now = MON + after
        named += [str(task.fields["short_description"]) for task in created(policy, t, moment(now))]
        named += [
            who for text in texts(policy, t, now) for who in text[:-1].partition("told: ")[2].split(", ")
        ]
        t = with_tasks(policy, t, now)
    assert sorted(named) == sorted(
        ["consultant", "group lead Zhao Lei", "project manager", "INC0000001 needs the head of operations"]
    )


@given(
    st.lists(st.sampled_from(("note", "task", "both")), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.integers(1, 4),
)
def test_what_is_owed_of_any_ladder(
    how: list[str], marked: list[bool], made: list[bool], reached: int
) -> None:
    """In the note stand the steps after the last one told; a task is made once, unless a note told of it."""
    steps = [
        {"at": 0.2 * (n + 1), "role": "group_lead", "person": "lead.zhao", "by": by}
        for n, by in enumerate(how)
    ]
    policy = ladder(steps=steps)
    keys = [occasion("ladder", ticket().sys_id, "group_lead", step["at"], None, 4 * HOUR) for step in steps]
    tasks = tuple(
        DeskTask(key, "escalation", key, MON) for key, is_made in zip(keys, made, strict=True) if is_made
    )
    marks = frozenset(key.mark for key, is_marked in zip(keys, marked, strict=True) if is_marked)
    now = moment(MON + 48 * MINUTE * reached)
    verdict = policy.judge(replace(ticket(), tasks=tasks, marks=marks), now)
    told = max((n for n in range(reached) if marked[n]), default=-1)
    untold = [n for n in range(told + 1, reached) if how[n] != "task"]
    owed = [
        n
        for n in range(reached)
        if not made[n] and (how[n] == "both" or (how[n] == "task" and not marked[n]))
    ]
    assert [i.occasion for i in verdict.intents if isinstance(i, Create)] == [keys[n] for n in owed]
    assert [i.occasion for i in verdict.intents if isinstance(i, Note)] == [keys[n] for n in untold[-1:]]
    for note in verdict.intents:
        if isinstance(note, Note):
            assert str(note.text).count("Zhao Lei") == len(untold)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"steps": []}, "at least 1 item"),
        ({"steps": [{"role": "consultant"}]}, "either at, a share of the limit, or late_by"),
        ({"steps": [{"at": 0.5, "late_by": "1h", "role": "consultant"}]}, "either at"),
        ({"steps": [{"at": 0.5, "role": "consultant", "person": "x"}]}, "name no person"),
        ({"steps": [{"at": 0.5, "role": "group_lead", "by": "task"}]}, "whose task is it"),
        ({"steps": [STEPS[1], STEPS[0]]}, "50 % of the limit does not come after"),
        ({"steps": [STEPS[3], STEPS[3]]}, "late by 4 h does not come after"),
        ({"told_at_once": ["urgent"]}, "told_at_once needs told_within"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object], told: str) -> None:
    """In the words of the setting."""
    with pytest.raises(ValidationError, match=told):
        ladder(**wrong)
