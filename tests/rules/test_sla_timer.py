"""Limits on service hours: started, paused, warned of, broken, kept."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.sla_timer import SlaTimer
from connector.ticket import Instant, Ticket, TicketState
from tests.builder import (
    DAY,
    HOUR,
    HOURS,
    LI,
    MINUTE,
    MON,
    WANG,
    kept,
    marked,
    moment,
    said,
    spans,
    ticket,
    tickets,
)

NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED, CLOSED = TicketState.RESOLVED, TicketState.CLOSED


def timer(**more: object) -> SlaTimer:
    """15 minutes to respond, 4 hours to resolve, day and night, warning at 80 %."""
    base = {
        "name": "limits",
        "service_hours": "remote",
        "respond_within": "15m",
        "resolve_within": "4h",
        "warn_at": 0.8,
    }
    return SlaTimer.model_validate({**base, **more})


def state(policy: SlaTimer, of: Ticket, now: Instant) -> object:
    """What the column ``clock`` shall say."""
    return kept(policy, of, moment(now))["clock"]


def texts(policy: SlaTimer, of: Ticket, now: Instant) -> list[str]:
    """The notes wanted."""
    return [str(note.text) for note in said(policy, of, moment(now))]  # type: ignore[union-attr]


def test_a_new_ticket_runs_towards_both_limits() -> None:
    """The columns tell class and both due instants; the next look is the first warning."""
    verdict = timer().judge(ticket(), moment(MON))
    assert kept(timer(), ticket(), moment(MON)) == {
        "class": "urgent",
        "respond_by": MON + 15 * MINUTE,
        "resolve_by": MON + 4 * HOUR,
        "clock": "running",
    }
    assert verdict.reason == "running"
    assert verdict.look_again_at == MON + 12 * MINUTE


def test_warning_and_breach_are_noted_once_each_and_in_turn() -> None:
    """At 80 % a warning, after the due instant the breach; late means after it, not at it."""
    policy, t = timer(respond_within=None), ticket(life=spans(MON, (0, WORK, WANG)))
    due = MON + 4 * HOUR
    warn = MON + 4 * HOUR * 8 // 10
    assert texts(policy, t, warn - 1) == []
    assert texts(policy, t, warn) == [
        "80 % of the resolution limit of 4 h is used up. Resolve by 2026-06-01 13:00."
    ]
    assert state(policy, t, warn) == "warned"
    t = marked(policy, t, moment(warn))
    assert texts(policy, t, due) == []
    assert state(policy, t, due) == "warned"
    assert texts(policy, t, due + 1) == [
        "Resolution limit exceeded: not resolved within 4 h; it was due by 2026-06-01 13:00."
    ]
    t = marked(policy, t, moment(due + 1))
    assert texts(policy, t, due + DAY) == []
    assert state(policy, t, due + DAY) == "breached"
    assert policy.judge(t, moment(due + DAY)).look_again_at is None


def test_asleep_over_warning_and_breach_only_the_breach_is_said() -> None:
    """What was slept over is not said later either, not even when a corrected record takes it back."""
    policy, t = timer(respond_within=None), ticket()
    (text,) = texts(policy, t, MON + 5 * HOUR)
    assert "exceeded" in text
    t = marked(policy, t, moment(MON + 5 * HOUR))
    corrected = replace(t, opened_at=MON + 90 * MINUTE)
    assert state(policy, corrected, MON + 5 * HOUR) == "warned"
    assert texts(policy, corrected, MON + 5 * HOUR) == []


def test_of_several_shares_only_the_highest_passed_is_said() -> None:
    """Asleep over 50 % and 80 %: one note, of 80 %, and never the lower one after it."""
    policy, t = timer(respond_within=None, warn_at=[0.8, 0.5]), ticket()
    now = MON + 210 * MINUTE
    assert len(texts(policy, t, now)) == 1
    assert texts(policy, t, now)[0].startswith("80 %")
    t = marked(policy, t, moment(now))
    assert texts(policy, t, MON + 150 * MINUTE) == []


def test_a_response_within_the_limit_ends_its_clock() -> None:
    """An assignee is a response; afterwards only the resolution limit speaks."""
    t = ticket(life=spans(MON, (0, NEW), (10 * MINUTE, NEW, WANG)))
    clock = timer().clock(t, moment(MON + HOUR))
    assert clock.responded_in_time is True
    assert clock.resolved_in_time is None
    assert clock.state == "running"


def test_a_response_to_the_second_is_in_time_and_a_second_later_is_not() -> None:
    """Late is after the due instant."""
    for late, answer in ((0, True), (1, False)):
        t = ticket(life=spans(MON, (0, NEW), (15 * MINUTE + late, WORK, WANG)))
        assert timer().clock(t, moment(MON + HOUR)).responded_in_time is answer


def test_an_unanswered_ticket_is_late_before_anybody_answers() -> None:
    """A response limit that has passed is not kept, although the ticket is still open."""
    assert timer().clock(ticket(), moment(MON + HOUR)).responded_in_time is False


def test_a_late_answer_found_late_is_not_complained_of() -> None:
    """Answered after the limit while the connector slept: the figure knows, no note is written."""
    t = ticket(life=spans(MON, (0, NEW), (HOUR, WORK, WANG)))
    assert texts(timer(), t, MON + 2 * HOUR) == []
    assert timer().clock(t, moment(MON + 2 * HOUR)).responded_in_time is False


def test_on_hold_nothing_is_due_and_afterwards_the_due_has_moved() -> None:
    """An hour on hold moves the due by an hour; while it lasts the column is empty."""
    policy = timer(respond_within=None)
    held = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG)))
    for now in (MON + HOUR, MON + 100 * HOUR):
        assert kept(policy, held, moment(now))["resolve_by"] is None
        assert state(policy, held, now) == "paused"
    assert policy.judge(held, moment(MON + 2 * HOUR)).look_again_at is None
    on = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG), (2 * HOUR, WORK, WANG)))
    assert kept(policy, on, moment(MON + 2 * HOUR))["resolve_by"] == MON + 5 * HOUR


def test_a_hold_that_changes_hands_is_one_pause() -> None:
    """Two consultants hold it one after the other: the second stretch is still a pause."""
    held = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG), (2 * HOUR, HOLD, LI)))
    assert state(timer(), held, MON + 9 * HOUR) == "paused"


def test_a_ticket_that_was_late_before_it_was_held_stays_late() -> None:
    """Putting it on hold does not take a breach back."""
    t = ticket(life=spans(MON, (0, WORK, WANG), (5 * HOUR, HOLD, WANG)))
    assert state(timer(), t, MON + 6 * HOUR) == "breached"
    assert kept(timer(), t, moment(MON + 6 * HOUR))["resolve_by"] == MON + 4 * HOUR


def test_only_named_hold_reasons_pause() -> None:
    """With `pause_on` another reason lets the clock run."""
    policy = timer(respond_within=None, pause_on=["1"])
    for reason, expected in (("1", "paused"), ("4", "breached")):
        t = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG, "", reason)))
        assert state(policy, t, MON + 5 * HOUR) == expected


def test_a_pause_outside_service_hours_moves_nothing() -> None:
    """On hold over the lunch break costs the consultant no time and gives none."""
    policy = timer(respond_within=None, service_hours="onsite", resolve_within="4h")
    through = ticket(life=spans(MON, (0, WORK, WANG)))
    lunch = (3 * HOUR, HOLD, WANG), (4 * HOUR, WORK, WANG)
    paused = ticket(life=spans(MON, (0, WORK, WANG), *lunch))
    now = moment(MON + 4 * HOUR)
    assert kept(policy, through, now)["resolve_by"] == kept(policy, paused, now)["resolve_by"]


def test_resolved_in_time_is_met_and_late_is_missed() -> None:
    """The clock stops when it is resolved, and closing it changes nothing."""
    for after, expected in ((HOUR, "met"), (4 * HOUR, "met"), (4 * HOUR + 1, "missed")):
        life = (0, WORK, WANG), (after, RESOLVED, WANG)
        resolved = ticket(life=spans(MON, *life))
        closed = ticket(life=spans(MON, *life, (after + DAY, CLOSED, WANG)))
        for t in (resolved, closed):
            verdict = timer().judge(t, moment(MON + 3 * DAY))
            assert state(timer(), t, MON + 3 * DAY) == expected
            assert verdict.look_again_at is None
            assert not said(timer(), t, moment(MON + 3 * DAY))
            assert kept(timer(), t, moment(MON + 3 * DAY))["resolve_by"] == MON + 4 * HOUR


def test_setting_a_closed_ticket_back_takes_nothing_from_who_resolved_it() -> None:
    """Closed → resolved stamps `resolved_at` anew; the first stamp counts."""
    life = (0, WORK, WANG), (HOUR, RESOLVED, WANG), (DAY, CLOSED, WANG), (2 * DAY, RESOLVED, WANG)
    t = ticket(life=spans(MON, *life), resolved_at=MON + 2 * DAY)
    assert timer().clock(t, moment(MON + 3 * DAY)).resolved_in_time is True


def test_a_reopened_ticket_continues_its_clock() -> None:
    """The time it was resolved does not count; the time before does."""
    life = (0, WORK, WANG), (2 * HOUR, RESOLVED, WANG), (26 * HOUR, WORK, WANG)
    t = ticket(life=spans(MON, *life), resolved_at=MON + 2 * HOUR, reopen_count=1)
    assert kept(timer(), t, moment(MON + 26 * HOUR))["resolve_by"] == MON + 28 * HOUR


def test_a_ticket_resolved_at_an_unknown_time_has_no_result() -> None:
    """Neither history nor record tells when: no figure, no breach, and the reason says so."""
    t = ticket(life=spans(MON, (0, CLOSED)), resolved_at=None, closed_at=None)
    verdict = timer().judge(t, moment(MON + DAY))
    assert "nobody recorded" in verdict.reason
    assert kept(timer(), t, moment(MON + DAY))["clock"] is None
    assert timer().clock(t, moment(MON + DAY)).resolved_in_time is None


def test_a_canceled_ticket_has_no_limits() -> None:
    """What stood in the columns is taken out."""
    t = ticket(life=spans(MON, (0, NEW), (HOUR, TicketState.CANCELED)))
    assert kept(timer(), t, moment(MON + DAY)) == {
        "class": "urgent",
        "respond_by": None,
        "resolve_by": None,
        "clock": None,
    }


def test_another_limit_is_another_occasion() -> None:
    """When the admin tightens the limit, the breach of the new limit is said."""
    t = marked(timer(), ticket(), moment(MON + 5 * HOUR))
    assert texts(timer(), t, MON + 5 * HOUR) == []
    assert len(texts(timer(resolve_within="3h"), t, MON + 5 * HOUR)) == 1


def test_the_explanation_tells_clock_segments_and_pauses() -> None:
    """An admin can add up the lines."""
    policy = timer(service_hours="onsite", resolve_within="6h")
    t = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, HOLD, WANG), (2 * HOUR, WORK, WANG)))
    lines = policy.explain(t, moment(MON + 5 * HOUR))
    assert "resolution: running; 2:30:00 of 6:00:00 used (41 %); due 2026-06-01 17:30" in lines
    assert "  counted 2026-06-01 09:00 to 2026-06-01 10:00" in lines
    assert "  paused 2026-06-01 10:00 to 2026-06-01 11:00" in lines
    assert any("next: warning from" in line for line in lines)


@settings(max_examples=100)
@given(tickets(), st.integers(0, 4 * DAY))
def test_due_is_where_the_budget_is_used_up(t: Ticket, after: int) -> None:
    """Whatever the pauses: the service time up to the due instant is the limit, to the second."""
    policy = timer(service_hours="onsite", resolve_within="5h")
    clock = policy.clock(t, moment(t.spans[-1].start + after)).resolution
    if clock is not None and clock.due is not None:
        assert HOURS["onsite"].elapsed(clock.started, clock.due, clock.pauses) == clock.budget


@settings(max_examples=100)
@given(tickets(), st.integers(0, 4 * DAY))
def test_the_state_agrees_with_the_time_spent(t: Ticket, after: int) -> None:
    """Breached exactly when more service time than the limit allows has been spent, or the due has passed."""
    policy, now = timer(service_hours="remote"), t.spans[-1].start + after
    clock = policy.clock(t, moment(now)).resolution
    if clock is not None and clock.ended is None:
        spent = policy.spent(clock, moment(now))
        assert (clock.state == "breached") == (spent > clock.budget)


@settings(max_examples=300)
@given(
    tickets(),
    st.integers(0, 4 * DAY),
    st.sampled_from(
        (
            timer(warn_at=[0.5, 0.8]),
            timer(service_hours="onsite", pause_on=["1"]),
            timer(respond_within=None),
            timer(resolve_within=None, service_hours="onsite", warn_at=[0.001, 0.9]),
        )
    ),
)
def test_the_verdict_says_what_the_clock_says(t: Ticket, after: int, policy: SlaTimer) -> None:
    """It makes no clock, but what it keeps, says and waits for is what the clock tells."""
    at = moment(t.spans[-1].start + after)
    verdict, clock, columns = policy.judge(t, at), policy.clock(t, at), kept(policy, t, at)
    limits = {"respond_by": (policy.respond_within, clock.response)}
    limits["resolve_by"] = (policy.resolve_within, clock.resolution)
    unknown = policy.resolve_within is not None and clock.resolution is None
    assert columns == {
        "class": t.fault_class.value,
        **{name: one and one.due for name, (limit, one) in limits.items() if limit},
        "clock": None if unknown else clock.state,
    }
    running = [one for one in clock if one is not None and one.ended is None]
    upcoming = [one.next_at for one in running if one.next_at is not None]
    assert verdict.look_again_at == min(upcoming, default=None)
    # A note for each limit that is warned of or broken, about no other share than the clock tells.
    noted = [str(note.text) for note in said(policy, t, at)]  # type: ignore[union-attr]
    assert len(noted) == sum(one.state in ("warned", "breached") for one in running)
    for one in running:
        if one.state == "warned":
            assert any(f"{round(one.level * 100)} % of the {one.target} limit" in text for text in noted)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"respond_within": None, "resolve_within": None}, "without a limit there is no clock"),
        ({"respond_within": "5h"}, "longer than resolve_within"),
        ({"resolve_within": "2d"}, "never days"),
        ({"warn_at": 1.5}, "less than 1"),
        ({"warn_at": 0}, "greater than 0"),
        ({"resolve_wihtin": "4h"}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_told_why(table: dict[str, object], told: str) -> None:
    """The message says what is wrong in words."""
    with pytest.raises(ValidationError, match=told):
        timer(**table)
