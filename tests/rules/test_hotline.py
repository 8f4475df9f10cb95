"""R-C5: a hotline that rings and is not answered for fifteen minutes of duty is reported, once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.intent import Create
from connector.rules.hotline import FORGOTTEN, Hotline
from connector.ticket import Call, Duty, Instant, Shift, Ticket, TicketState
from tests.builder import DAY, HOUR, LEAD, MINUTE, MON, moment

CALENDAR = Ticket("calendar", "CALENDAR", 0, 0, 0, TicketState.IN_PROGRESS, kind="calendar")


def hotline(**more: object) -> Hotline:
    """Fifteen minutes of the hours on site."""
    base = {"name": "hotline", "service_hours": "onsite", "report_to": LEAD.user_name}
    return Hotline.model_validate({**base, **more})


def call(at: Instant, *, answered: bool = False) -> Call:
    """A call that rang then."""
    return Call(f"c{at}", at, answered)


def tasks(policy: Hotline, calls: list[Call], now: Instant, **more: object) -> list[Create]:
    """What is reported now."""
    duty = Duty(tuple(calls), now, **more)  # type: ignore[arg-type]
    at = replace(moment(now), duty=duty)
    return [i for i in policy.judge(CALENDAR, at).intents if isinstance(i, Create)]


def test_fifteen_minutes_and_not_a_second_less() -> None:
    """From the first call that nobody took; the task is the lead's and names what happened."""
    calls = [call(MON), call(MON + 5 * MINUTE)]
    assert tasks(hotline(), calls, MON + 15 * MINUTE) == []
    (task,) = tasks(hotline(), calls, MON + 15 * MINUTE + 1, shifts=(Shift(MON - HOUR, None, "Wang [code]"),))
    assert task.fields["assigned_to"] == LEAD.sys_id
    told = str(task.fields["description"])
    assert "more than 15 min since 2026-06-01 09:00; calls not answered: 2." in told
    assert "On duty by the roster: Wang (code)." in told


def test_an_answer_in_time_ends_it() -> None:
    """Any call that somebody took; a late answer does not undo what was."""
    late = [call(MON), call(MON + 16 * MINUTE, answered=True), call(MON + 20 * MINUTE)]
    assert tasks(hotline(), [call(MON), call(MON + 15 * MINUTE, answered=True)], MON + DAY) == []
    (task,) = tasks(hotline(), late, MON + 21 * MINUTE)
    assert "calls not answered: 1" in str(task.fields["description"])
    assert len(tasks(hotline(), late, MON + DAY)) == 2


def test_only_while_duty_is_on() -> None:
    """A call in the lunch break begins nothing; one at its beginning has the afternoon's minutes."""
    noon, half_past = MON + 3 * HOUR, MON + 270 * MINUTE
    assert tasks(hotline(), [call(noon + MINUTE)], MON + DAY) == []
    before = [call(noon - 5 * MINUTE)]
    assert tasks(hotline(), before, half_past + 10 * MINUTE) == []
    assert len(tasks(hotline(), before, half_past + 10 * MINUTE + 1)) == 1


def test_single_callers_can_be_ignored() -> None:
    """Who puts the phone down is no silence where two are asked for."""
    assert tasks(hotline(calls=2), [call(MON)], MON + HOUR) == []
    assert len(tasks(hotline(calls=2), [call(MON), call(MON + MINUTE)], MON + HOUR)) == 1


def test_what_is_not_known_yet_is_not_judged() -> None:
    """A phone log that ends before the limit may hold an answer tomorrow."""
    at = replace(moment(MON + HOUR), duty=Duty((call(MON),), MON + 10 * MINUTE))
    assert hotline().judge(CALENDAR, at).intents == ()
    assert hotline().explain(CALENDAR, at) == [
        "1 calls known until 2026-06-01 09:10",
        "1 unanswered from 2026-06-01 09:00, nobody answered since: within the limit",
    ]


def test_old_silences_are_left_alone() -> None:
    """Switched on later, or after a long downtime, nobody is told of what is long past."""
    calls = [call(MON), call(MON + HOUR, answered=True)]
    assert len(tasks(hotline(), calls, MON + FORGOTTEN)) == 1
    assert tasks(hotline(), calls, MON + FORGOTTEN + 1) == []


@given(st.lists(st.tuples(st.integers(0, 3 * HOUR), st.booleans()), max_size=20), st.integers(0, 4 * HOUR))
def test_as_time_goes_on_nothing_is_reported_twice(rung: list[tuple[int, bool]], later: int) -> None:
    """What was reported stays the same task, and each begins with a call that nobody took."""
    calls = [call(MON + after, answered=answered) for after, answered in sorted(dict(rung).items())]
    now = MON + 2 * HOUR
    first = tasks(hotline(), [one for one in calls if one.opened_at <= now], now)
    then = tasks(hotline(), [one for one in calls if one.opened_at <= now + later], now + later)
    assert {task.occasion for task in first} <= {task.occasion for task in then}
    assert len({task.occasion for task in then}) == len(then)
    if not any(not one.answered for one in calls):
        assert then == []


def test_when_has_no_meaning() -> None:
    """It is about no ticket."""
    with pytest.raises(ValidationError, match="when has no meaning"):
        hotline(when={"class": "urgent"})
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        hotline(calls=0)
