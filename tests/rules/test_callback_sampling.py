"""A keyed draw over what was closed in a period, kept on the record, and the loop after a bad answer."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.base import Moment
from connector.rules.callback_sampling import CallbackSampling
from connector.ticket import DeskTask, FaultClass, Ticket, TicketState
from tests.builder import (
    DAY,
    FIRST,
    HOUR,
    LEAD,
    MON,
    SECOND,
    WANG,
    cohort_of,
    created,
    kept,
    moment,
    spans,
    ticket,
)

WORK, CLOSED = TicketState.IN_PROGRESS, TicketState.CLOSED
NEXT_MONDAY = MON - 9 * HOUR + 7 * DAY
"""Midnight in Shanghai."""


def sampling(**more: object) -> CallbackSampling:
    """Weekly, one in two."""
    base = {"name": "calls", "rate": 0.5, "key": "k", "zone": "Asia/Shanghai", "low_score": 3}
    return CallbackSampling.model_validate({**base, **more})


def closed(number: int = 1, **more: object) -> Ticket:
    """Closed on Monday at ten."""
    return ticket(number, life=spans(MON, (0, WORK, WANG), (HOUR, CLOSED, WANG)), **more)


def after_the_week(policy: CallbackSampling, *members: Ticket, now: int = NEXT_MONDAY) -> Moment:
    """A moment with the closed set that the first ticket asks for."""
    here = moment(now)
    cohort = policy.cohort(members[0], here)
    return here if cohort is None else replace(here, cohorts={cohort: cohort_of(members)})


@st.composite
def weeks(draw: st.DrawFn) -> list[Ticket]:
    """What was closed in one week: up to forty tickets of few callers and strata."""
    numbers = draw(st.lists(st.integers(1, 10_000), min_size=1, max_size=40, unique=True))
    return [
        closed(
            number,
            caller=draw(st.sampled_from(("", "c1" * 16, "c2" * 16, "c3" * 16))),
            fault_class=draw(st.sampled_from(FaultClass)),
            group=draw(st.sampled_from((FIRST, SECOND, None))),
        )
        for number in numbers
    ]


def test_nothing_is_drawn_before_the_week_has_ended() -> None:
    """It waits, and looks again on Monday at midnight of the desk's zone."""
    verdict = sampling().judge(closed(), moment(MON + DAY))
    assert sampling().cohort(closed(), moment(NEXT_MONDAY - 1)) is None
    assert verdict.look_again_at == NEXT_MONDAY
    assert kept(sampling(), closed(), moment(MON + DAY)) == {"callback": None}


def test_the_period_is_the_local_day_or_week() -> None:
    """The set asked for is [start, end) in the desk's zone."""
    week = sampling().cohort(closed(), moment(NEXT_MONDAY))
    day = sampling(per="day").cohort(closed(), moment(NEXT_MONDAY))
    assert week == (NEXT_MONDAY - 7 * DAY, NEXT_MONDAY)
    assert day == (NEXT_MONDAY - 7 * DAY, NEXT_MONDAY - 6 * DAY)


def test_drawn_brings_a_task_and_not_drawn_is_kept_as_well() -> None:
    """With everything and with nothing drawn; the result stands on the record."""
    for rate, state, tasks in ((1, "drawn", 1), (0, "not_drawn", 0)):
        policy = sampling(rate=rate)
        here = after_the_week(policy, closed())
        assert kept(policy, closed(), here) == {"callback": state}
        assert len(created(policy, closed(), here)) == tasks
        assert policy.judge(closed(), here).look_again_at is None


def test_the_task_is_for_whom_the_policy_names() -> None:
    """A person, a group, or the ticket's own group."""
    for named, group, person in (
        ({}, FIRST.sys_id, ""),
        ({"assign_group": "Infrastructure"}, SECOND.sys_id, ""),
        ({"assign_to": "lead.zhao"}, FIRST.sys_id, LEAD.sys_id),
    ):
        policy = sampling(rate=1, **named)
        (task,) = created(policy, closed(), after_the_week(policy, closed()))
        assert (task.fields["assignment_group"], task.fields["assigned_to"]) == (group, person)
        assert task.fields["correlation_display"] == "desk-policy:callback"


def test_neither_reopening_nor_closing_again_repeats_the_draw() -> None:
    """The record's word holds: not drawn stays so at rate 1, drawn stays so at rate 0."""
    everything, nothing = sampling(rate=1), sampling(rate=0)
    spared = closed(owned={"callback": "not_drawn"})
    assert everything.cohort(spared, moment(NEXT_MONDAY)) is None
    assert kept(everything, spared, moment(NEXT_MONDAY)) == {"callback": "not_drawn"}
    drawn = closed(owned={"callback": "drawn"})
    assert kept(nothing, drawn, moment(NEXT_MONDAY)) == {"callback": "drawn"}
    reopened = replace(drawn, state=WORK)
    assert kept(nothing, reopened, moment(NEXT_MONDAY)) == {"callback": "drawn"}
    assert created(nothing, reopened, moment(NEXT_MONDAY)) == []


def test_without_the_column_the_task_itself_remembers() -> None:
    """An instance without the call-back column: an existing task means drawn."""
    t = closed(tasks=(DeskTask("01" * 16, "callback", "x", MON),))
    assert kept(sampling(rate=0), t, moment(NEXT_MONDAY)) == {"callback": "drawn"}
    assert created(sampling(rate=0), t, moment(NEXT_MONDAY)) == []


def test_the_loop_goes_from_the_call_to_improvement_to_the_second_call() -> None:
    """R-D2, step by step, each by the tasks that the record shows."""
    policy, t = sampling(), closed(owned={"callback": "drawn"})
    here = moment(NEXT_MONDAY)
    steps = []
    for kind, score in (("callback", 2.0), ("improvement", None), ("callback_2", 5.0)):
        (task,) = created(policy, t, here)
        assert task.fields["correlation_display"] == f"desk-policy:{kind}"
        opened = DeskTask(str(task.occasion), kind, str(task.occasion), MON)
        steps.append(kept(policy, t, here)["callback"])
        t = replace(t, tasks=(*t.tasks, opened))
        assert created(policy, t, here) == []
        steps.append(kept(policy, t, here)["callback"])
        t = replace(t, tasks=(*t.tasks[:-1], opened._replace(closed_at=MON, complete=True, score=score)))
    steps.append(kept(policy, t, here)["callback"])
    assert steps == ["drawn", "drawn", "improving", "improving", "second_call", "second_call", "done"]
    assert created(policy, t, here) == []


@pytest.mark.parametrize(
    ("task", "more", "state"),
    [
        ({"complete": True, "score": 3.0}, {}, "called"),
        ({"complete": True, "score": None}, {}, "called"),
        ({"complete": False}, {}, "called"),
        ({"complete": True, "score": 1.0}, {"improvement": False}, "called"),
        ({"complete": True, "score": 1.0}, {"low_score": None}, "called"),
        ({"complete": True, "score": 1.0}, {}, "improving"),
    ],
)
def test_what_follows_a_call(task: dict[str, object], more: dict[str, object], state: str) -> None:
    """Only a low score of a completed call is followed up, if the policy wants that."""
    call = DeskTask("01" * 16, "callback", "x", MON, MON, **task)  # type: ignore[arg-type]
    t = closed(owned={"callback": "drawn"}, tasks=(call,))
    assert kept(sampling(**more), t, moment(NEXT_MONDAY)) == {"callback": state}


def test_an_improvement_that_was_skipped_ends_the_loop() -> None:
    """And one that is done, without a second call wanted, too."""
    call = DeskTask("01" * 16, "callback", "x", MON, MON, complete=True, score=1.0)
    for complete, second in ((False, True), (True, False)):
        improved = DeskTask("02" * 16, "improvement", "y", MON, MON, complete=complete)
        t = closed(owned={"callback": "improving"}, tasks=(call, improved))
        assert kept(sampling(second_call=second), t, moment(NEXT_MONDAY)) == {"callback": "done"}


def test_a_finished_loop_whose_tasks_are_gone_does_not_begin_again() -> None:
    """The record says called; nobody is called twice because a task was deleted or a policy renamed."""
    t = closed(owned={"callback": "called"})
    assert created(sampling(rate=1), t, moment(NEXT_MONDAY)) == []
    assert kept(sampling(rate=1), t, moment(NEXT_MONDAY)) == {"callback": "called"}


@settings(max_examples=60)
@given(weeks(), st.randoms(use_true_random=False))
def test_the_draw_is_repeatable_whatever_the_order(week: list[Ticket], dice: object) -> None:
    """The same set, shuffled, under the same key: the same draw."""
    policy = sampling(strata=["class"], minimum=1, cap_per_caller=2)
    shuffled = list(week)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert policy.draw(week) == policy.draw(shuffled)


@settings(max_examples=40)
@given(weeks())
def test_rate_nought_draws_none_and_rate_one_all(week: list[Ticket]) -> None:
    """Without minimum and cap the rate alone decides."""
    assert sampling(rate=0).draw(week) == frozenset()
    assert sampling(rate=1).draw(week) == {t.sys_id for t in week}


@settings(max_examples=60)
@given(weeks(), st.integers(1, 3), st.sampled_from((["class"], ["class", "group"], [])))
def test_every_stratum_reaches_its_minimum(week: list[Ticket], minimum: int, strata: list[str]) -> None:
    """Or is drawn whole, when it has fewer."""
    policy = sampling(rate=0, minimum=minimum, strata=strata)

    def stratum(t: Ticket) -> tuple[object, ...]:
        known = {"class": t.fault_class, "group": t.group}
        return tuple(known[name] for name in strata)

    drawn = policy.draw(week)
    sizes = Counter(stratum(t) for t in week)
    taken = Counter(stratum(t) for t in week if t.sys_id in drawn)
    assert taken == {key: min(size, minimum) for key, size in sizes.items()}


@settings(max_examples=60)
@given(weeks(), st.integers(1, 3), st.floats(0, 1))
def test_no_caller_is_called_more_often_than_the_cap(week: list[Ticket], cap: int, rate: float) -> None:
    """Whatever rate and minimum ask for; tickets without a caller are not capped."""
    drawn = sampling(rate=rate, minimum=3, cap_per_caller=cap, strata=["group"]).draw(week)
    calls = Counter(t.caller for t in week if t.sys_id in drawn and t.caller)
    assert all(count <= cap for count in calls.values())


@settings(max_examples=60)
@given(weeks(), st.data())
def test_a_draw_cut_off_halfway_ends_the_same(week: list[Ticket], data: st.DataObject) -> None:
    """Some results are on the record, the others not yet: drawing the rest gives what the whole gave."""
    policy = sampling(rate=0.3, minimum=2, cap_per_caller=2, strata=["class"])
    whole = policy.draw(week)
    written = data.draw(st.sets(st.sampled_from([t.sys_id for t in week])))
    half = [
        replace(t, owned={"callback": "drawn" if t.sys_id in whole else "not_drawn"})
        if t.sys_id in written
        else t
        for t in week
    ]
    assert policy.draw(half) == whole


@settings(max_examples=30)
@given(weeks())
def test_the_verdicts_are_the_draw(week: list[Ticket]) -> None:
    """Each ticket, judged alone, is told what the draw over the whole set says."""
    policy = sampling(strata=["class"], minimum=1)
    here = after_the_week(policy, *week)
    drawn = policy.draw(week)
    for t in week:
        expected = "drawn" if t.sys_id in drawn else "not_drawn"
        assert kept(policy, t, here) == {"callback": expected}


def test_another_key_is_another_draw_and_the_share_comes_near_the_rate() -> None:
    """Over two thousand tickets: about the rate, and two keys agree on about a quarter."""
    tickets = [closed(number) for number in range(2000)]
    one, other = sampling(key="one").draw(tickets), sampling(key="other").draw(tickets)
    assert 900 < len(one) < 1100
    assert 400 < len(one & other) < 600


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"rate": 1.5}, "less than or equal to 1"),
        ({"key": ""}, "at least 1 character"),
        ({"zone": "Asia/Shanghia"}, "not an IANA time zone"),
        ({"strata": ["colour"]}, "'class', 'group', 'consultant' or 'desk'"),
        ({"cap_per_caller": 0}, "greater than or equal to 1"),
    ],
)
def test_wrong_settings_are_told_why(table: dict[str, object], told: str) -> None:
    """The message says what would be right."""
    with pytest.raises(ValidationError, match=told):
        sampling(**table)


def test_it_explains_the_lot() -> None:
    """Period, lot against the rate, stratum, and how many were drawn of how many."""
    policy = sampling(rate=1, strata=["class"], minimum=1)
    lines = policy.explain(closed(), after_the_week(policy, closed(), closed(2)))
    assert lines[0] == "period 2026-06-01 00:00 to 2026-06-08 00:00"
    assert lines[1].endswith("drawn below 1")
    assert lines[2:] == ["stratum class urgent; at least 1", "2 drawn of 2 closed in the period"]


def test_it_explains_by_name() -> None:
    """A group by its name and not its sys_id, whoever nobody knows by what the record holds."""
    policy = sampling(rate=1, strata=["group", "consultant"])
    (line,) = [told for told in policy.explain(closed(), moment(NEXT_MONDAY)) if told.startswith("stratum")]
    assert line == f"stratum group Service Desk, consultant {WANG}; at least 0"
    (line,) = [
        told
        for told in policy.explain(closed(group=None, assignee=LEAD.sys_id), moment(NEXT_MONDAY))
        if told.startswith("stratum")
    ]
    assert line == "stratum group (none), consultant Zhao Lei; at least 0"


def test_another_closed_set_is_drawn_from_anew() -> None:
    """What was drawn from one moment's set is not taken for another's."""
    policy = sampling(rate=0, minimum=1)
    low, high = sorted(
        (closed(1), closed(2)), key=lambda t: t.sys_id not in policy.draw([closed(1), closed(2)])
    )
    assert kept(policy, high, after_the_week(policy, high)) == {"callback": "drawn"}
    both = after_the_week(policy, low, high)
    assert kept(policy, high, both) == {"callback": "not_drawn"}
    assert kept(policy, low, both) == {"callback": "drawn"}
    assert kept(policy, high, after_the_week(policy, high)) == {"callback": "drawn"}
