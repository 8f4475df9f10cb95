"""Improvements: their stages and limits."""

import pytest
from pydantic import ValidationError

from connector.rules.improvement import Improvement
from connector.ticket import DeskTask, Instant, Ticket, TicketState
from tests.builder import DAY, HOUR, MON, created, moment, said, spans, ticket

RECORDS = Improvement(name="i", cause_within="10h", done_within="20h", verify_by="lead.zhao")
TASKS = Improvement(
    name="i", table="incident", done_within="10h", verify_by="lead.zhao", verified_within="10h"
)


def problem(*steps: tuple[object, ...], **columns: str) -> Ticket:
    """A problem that was opened at MON."""
    return ticket(life=spans(MON, (0, TicketState.NEW), *steps), kind="problem", extra=columns)


def improved(kind: str, closed_at: Instant | None, *, complete: bool = True) -> Ticket:
    """An incident with one task of ours."""
    task = DeskTask("71" * 16, kind, "0c" * 16, MON, closed_at, complete and closed_at is not None)
    return ticket(life=spans(MON - DAY, (0, TicketState.CLOSED)), tasks=(task,))


def test_only_stages_with_a_limit_are_asked_for() -> None:
    """The measure has none here."""
    late = RECORDS.judge(problem(), moment(MON + DAY))
    assert late.reason == "cause owed; cause late; done late"
    assert (
        RECORDS.judge(problem(cause_notes="It was old"), moment(MON + DAY)).reason == "done owed; done late"
    )


def test_it_is_verified_once_it_is_carried_out() -> None:
    """Not before; and once for each time it was reopened."""
    done = problem((HOUR, TicketState.RESOLVED), cause_notes="Old")
    (task,) = created(RECORDS, done, moment(MON + 2 * HOUR))
    assert task.fields["parent"] == done.sys_id
    assert created(RECORDS, problem(), moment(MON + 2 * HOUR)) == []


@pytest.mark.parametrize(
    ("kind", "closed_at", "complete", "reason"),
    [
        ("improvement", None, True, "done owed"),
        ("nonconformity", None, True, "done owed"),
        ("callback", None, True, "nothing owed"),
        ("improvement", MON + HOUR, False, "nothing owed"),
        ("improvement", MON + HOUR, True, "verified owed"),
    ],
)
def test_tasks_of_ours_are_improvements(
    kind: str, closed_at: Instant | None, complete: bool, reason: str
) -> None:
    """Those of the kinds named; what was dropped is over."""
    found = TASKS.judge(improved(kind, closed_at, complete=complete), moment(MON + 2 * HOUR))
    assert found.reason == reason


def test_each_task_is_late_for_itself() -> None:
    """Two of them are two findings."""
    one = improved("improvement", None)
    (task,) = one.tasks
    other = task._replace(sys_id="72" * 16, occasion="0d" * 16)
    both = ticket(life=one.spans, tasks=(task, other))
    assert len(said(TASKS, both, moment(MON + DAY))) == 2


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({}, "otherwise nothing is ever asked for"),
        ({"verified_within": "4h"}, "verified_within needs verify_by"),
        ({"table": "incident", "cause_within": "4h"}, "our own tasks"),
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, str], word: str) -> None:
    """With the way out."""
    with pytest.raises(ValidationError, match=word):
        Improvement(name="i", **table)  # type: ignore[arg-type]
