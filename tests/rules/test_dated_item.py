"""Dated items: on which days they are due, and what follows."""

from datetime import UTC, date, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.dated_item import FORGOTTEN, DatedItem
from connector.ticket import DeskTask, Ticket, TicketState
from tests.builder import DAY, HOUR, MON, created, moment

BASE = {"name": "item", "item": "audit", "title": "Audit", "assign_to": "li", "remind_before": "48h"}
ONE = DatedItem(**BASE, dates=(date(2026, 6, 10),))  # type: ignore[arg-type]
DUE = int(datetime(2026, 6, 11, tzinfo=UTC).timestamp())


def calendar(*tasks: DeskTask, adopted: int = 0) -> Ticket:
    """The calendar with these tasks of ours."""
    number = "CALENDAR"
    return Ticket(
        "calendar", number, adopted, adopted, 0, TicketState.IN_PROGRESS, kind="calendar", tasks=tasks
    )


def task(policy: DatedItem, *, closed: bool = False, complete: bool = True) -> DeskTask:
    """The task of the item's only date."""
    (wanted,) = created(policy, calendar(), moment(DUE - HOUR))
    at = DUE - HOUR if closed else None
    return DeskTask("1" * 32, "audit", wanted.occasion, DUE - DAY, at, closed and complete)


def days(every: str, first: date, count: int = 5) -> list[str]:
    """The first days on which it is due."""
    item = DatedItem(**BASE, every=every, first=first)  # type: ignore[arg-type]
    return [day.isoformat() for day in islice(item._days(), count)]


def test_a_31st_is_the_last_day_of_its_month() -> None:
    """And a 31st again where there is one."""
    assert days("month", date(2026, 1, 31)) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]
    assert days("quarter", date(2026, 11, 30), 3) == ["2026-11-30", "2027-02-28", "2027-05-30"]
    assert days("year", date(2024, 2, 29), 3) == ["2024-02-29", "2025-02-28", "2026-02-28"]


@given(
    st.sampled_from(("month", "quarter", "half_year", "year")), st.dates(date(2000, 1, 1), date(2090, 1, 1))
)
def test_dates_only_go_on(every: str, first: date) -> None:
    """Each after the one before, none of them left out."""
    found = days(every, first, 30)
    assert found == sorted(set(found))
    assert len(found) == 30


@given(st.integers(MON - 90 * DAY, MON + 90 * DAY))
def test_the_task_is_wanted_from_the_reminder_until_it_is_forgotten(now: int) -> None:
    """Whenever one looks; and the verdict stays until it said to look again."""
    verdict = ONE.judge(calendar(), moment(now))
    inside = DUE - 48 * HOUR <= now < DUE + FORGOTTEN
    assert bool(verdict.intents) == inside
    if verdict.look_again_at is not None:
        assert ONE.judge(calendar(), moment(verdict.look_again_at - 1)).intents == verdict.intents


def test_late_is_after_the_end_of_its_day() -> None:
    """Then it is escalated, if somebody is named."""
    told = ONE.model_copy(update={"escalate_to": "lead.zhao"})
    waiting = calendar(task(told))
    assert told.judge(waiting, moment(DUE)).reason == "1 owed"
    assert [c.fields["correlation_display"] for c in created(told, waiting, moment(DUE + 1))] == [
        "desk-policy:audit_overdue"
    ]
    assert ONE.judge(waiting, moment(DUE + 1)).intents == ()


def test_only_what_was_done_is_reviewed() -> None:
    """Not what was dropped."""
    told = ONE.model_copy(update={"reviewed_by": "lead.zhao"})
    for complete in (True, False):
        found = created(told, calendar(task(told, closed=True, complete=complete)), moment(DUE))
        assert len(found) == complete


def test_what_was_due_before_the_desk_was_adopted_is_not_asked_for() -> None:
    """`adopt_from`."""
    assert ONE.judge(calendar(adopted=DUE), moment(DUE + HOUR)).reason == "nothing owed"


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({}, "when is it due"),
        ({"every": "year"}, "go together"),
        ({"dates": (date(2026, 1, 1),), "assign_to": ""}, "whose task is it"),
        ({"dates": (date(2026, 1, 1),), "when": {"desk": "main"}}, "no ticket"),
        ({"dates": (date(2026, 1, 1),), "zone": "Peking"}, "no IANA|not an IANA"),
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, object], word: str) -> None:
    """With the way out."""
    with pytest.raises(ValidationError, match=word):
        DatedItem(**(BASE | table))  # type: ignore[arg-type]
