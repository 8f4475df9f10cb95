"""Reported to the maintenance lead within half an hour, day and night, and broadcast until it is over."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from connector.intent import Note
from connector.rules.major_incident import MajorIncident
from connector.ticket import DeskTask, Ticket, TicketState
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

NEW, WORK, RESOLVED = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.RESOLVED


def crisis(**more: object) -> MajorIncident:
    """Report within 30 minutes, broadcast every 30."""
    return MajorIncident.model_validate({"name": "crisis", "report_to": "lead.zhao", **more})


def with_report(of: Ticket, *, started: bool) -> Ticket:
    """The ticket with its report task as the instance shows it."""
    (wanted,) = created(crisis(), of, moment(of.opened_at))
    task = DeskTask(str(wanted.occasion), "major_report", str(wanted.occasion), of.opened_at, started=started)
    return replace(of, tasks=(task,))


def texts(policy: MajorIncident, of: Ticket, now: int) -> list[str]:
    """The notes wanted."""
    return [str(note.text) for note in said(policy, of, moment(now)) if isinstance(note, Note)]


def test_a_major_incident_is_reported_to_the_lead() -> None:
    """A task for the lead, due half an hour after the opening, whatever the hour."""
    (task,) = created(crisis(), ticket(), moment(MON))
    assert task.table == "incident_task"
    assert task.fields["assigned_to"] == LEAD.sys_id
    assert task.fields["due_date"] == "2026-06-01 01:30:00"
    assert task.fields["correlation_display"] == "desk-policy:major_report"
    assert task.identity == {"correlation_id": str(task.occasion)}
    assert crisis().people_named() == ("lead.zhao",)


def test_once_the_task_is_there_it_is_not_asked_for_again() -> None:
    """Also when it was closed unfinished: a person decided."""
    t = with_report(ticket(), started=True)
    assert created(crisis(), t, moment(MON + DAY)) == []


def test_taking_the_task_up_confirms_the_report() -> None:
    """In time and taken up: nothing is complained of."""
    t = with_report(ticket(), started=True)
    assert texts(crisis(broadcast=False), t, MON + HOUR) == []
    verdict = crisis(broadcast=False).judge(t, moment(MON))
    assert (verdict.reason, verdict.look_again_at) == ("reported", None)


def test_a_report_that_is_late_is_noted_once() -> None:
    """Not taken up by the limit: one note, a second after the due instant at the earliest."""
    policy, t = crisis(broadcast=False), with_report(ticket(), started=False)
    assert texts(policy, t, MON + 30 * MINUTE) == []
    assert policy.judge(t, moment(MON)).look_again_at == MON + 30 * MINUTE + 1
    assert texts(policy, t, MON + 30 * MINUTE + 1) == [
        (
            "Not reported in time: no confirmation by the maintenance lead within 30 min; "
            "it was due by 2026-06-01 09:30."
        )
    ]
    assert texts(policy, marked(policy, t, moment(MON + HOUR)), MON + DAY) == []


def test_the_clock_starts_when_the_ticket_is_raised() -> None:
    """A ticket that became major at noon is to be reported by half past, not since the morning."""
    life = spans(MON, (0, WORK, WANG, "", "", "3"), (3 * HOUR, WORK, WANG, "", "", "1"))
    (task,) = created(crisis(), ticket(life=life, priority="1"), moment(MON + 3 * HOUR))
    assert task.fields["due_date"] == "2026-06-01 04:30:00"


def test_progress_is_broadcast_in_slots() -> None:
    """Every half hour a note with state, group, duration, report, and the next slot."""
    t = with_report(ticket(life=spans(MON, (0, WORK, WANG, FIRST.sys_id))), started=True)
    assert texts(crisis(), t, MON + 29 * MINUTE) == []
    assert texts(crisis(), t, MON + 31 * MINUTE) == [
        (
            "Progress broadcast no. 1: in progress, group Service Desk, in hand; open for 30 min; "
            "reported to the maintenance lead. Next broadcast at 2026-06-01 10:00."
        )
    ]
    assert crisis().judge(t, moment(MON + 31 * MINUTE)).look_again_at == MON + HOUR


def test_after_downtime_only_the_present_slot_is_told() -> None:
    """Three slots slept over: one note, the third's."""
    t = with_report(ticket(), started=True)
    (text,) = texts(crisis(), t, MON + 100 * MINUTE)
    assert text.startswith("Progress broadcast no. 3:")
    assert "open for 1 h 30 min" in text


def test_broadcasts_end_with_the_incident() -> None:
    """Resolved: silence. Open for a week: the 336th broadcast, and another to come."""
    resolved = ticket(life=spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG)))
    assert crisis().judge(resolved, moment(MON + 2 * HOUR)).intents == ()
    t = with_report(ticket(), started=True)
    (late,) = texts(crisis(), t, MON + 7 * DAY)
    assert late.startswith("Progress broadcast no. 336:")
    assert "Next broadcast at" in late


def test_broadcasts_end_after_the_time_that_is_set() -> None:
    """After `broadcast_for` the last one says that it is the last, then silence."""
    for_a_day = crisis(broadcast_for="24h")
    t = with_report(ticket(), started=True)
    (last,) = texts(for_a_day, t, MON + DAY)
    assert "This was the last broadcast." in last
    assert texts(for_a_day, t, MON + DAY + 30 * MINUTE) == []
    assert for_a_day.judge(t, moment(MON + 2 * DAY)).look_again_at is None


def test_only_the_last_broadcast_keeps_a_mark() -> None:
    """A month of half hours must not fill the marks column."""
    t = with_report(ticket(), started=True)
    marks: frozenset[str] = frozenset()
    for slot in (1, 2, 5):
        now = MON + slot * 30 * MINUTE
        notes = crisis().judge(replace(t, marks=marks), moment(now)).intents
        (note,) = notes
        assert isinstance(note, Note)
        marks = (marks - set(note.supersedes)) | {note.occasion.mark}
        assert len(marks) == 1


def test_a_reopened_incident_is_broadcast_anew_but_not_reported_anew() -> None:
    """Slots count from the reopening; the report stands."""
    life = spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG), (3 * DAY, WORK, WANG))
    t = replace(with_report(ticket(), started=True), spans=life, state=WORK, reopen_count=1)
    now = MON + 3 * DAY + 30 * MINUTE
    assert created(crisis(), t, moment(now)) == []
    assert texts(crisis(), t, now)[0].startswith("Progress broadcast no. 1:")


def test_the_lead_has_to_be_named() -> None:
    """Without a person there is nobody to report to."""
    with pytest.raises(ValidationError, match="report_to"):
        MajorIncident.model_validate({"name": "crisis"})


def test_it_explains_the_report_and_the_next_broadcast() -> None:
    """Due instant, state of the task, next slot."""
    t = with_report(ticket(), started=False)
    lines = crisis().explain(t, moment(MON + 40 * MINUTE))
    assert "report due 2026-06-01 09:30: task not yet taken up" in lines
    assert "broadcasts so far 1, next 2026-06-01 10:00" in lines
