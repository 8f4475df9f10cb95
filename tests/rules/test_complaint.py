"""Complaints: what is one, and what is owed of it."""

import pytest
from pydantic import ValidationError

from connector.rules.complaint import Complaint
from connector.ticket import DeskTask, Instant, Ticket, TicketState
from tests.builder import DAY, HOUR, MINUTE, MON, WANG, created, moment, said, spans, ticket

CASES = Complaint(name="c", table="sn_customerservice_case", act_within="1h", solve_within="4h")
SCORES = Complaint(name="c", low_score=3, act_within="1h")


def case(*steps: tuple[object, ...]) -> Ticket:
    """A case that was opened at MON."""
    return ticket(life=spans(MON, (0, TicketState.NEW), *steps), kind="sn_customerservice_case")


def task(kind: str, score: float | None = None, closed_at: Instant | None = MON) -> DeskTask:
    """A task of ours, complete if it is closed."""
    done = closed_at is not None
    return DeskTask(f"{len(kind):032x}", kind, "", MON, closed_at, done, done, score=score)


def called(*tasks: DeskTask) -> Ticket:
    """A closed ticket with these tasks."""
    return ticket(life=spans(MON - DAY, (0, TicketState.CLOSED)), tasks=tasks)


def test_somebody_taking_it_up_is_acting() -> None:
    """An assignee or another state."""
    late = moment(MON + 2 * HOUR)
    assert CASES.judge(case(), late).reason == "acted owed; acted late"
    assert CASES.judge(case((MINUTE, TicketState.NEW, WANG)), late).reason == "solved owed"
    assert CASES.judge(case((MINUTE, TicketState.IN_PROGRESS)), late).reason == "solved owed"


def test_the_customer_is_called_when_it_is_solved() -> None:
    """And not where nobody wants that."""
    solved = case((HOUR, TicketState.RESOLVED))
    (call,) = created(CASES, solved, moment(MON + 2 * HOUR))
    assert call.clause == "R-D2"
    quiet = CASES.model_copy(update={"call_back": False})
    assert quiet.judge(solved, moment(MON + 2 * HOUR)).reason == "dealt with"


@pytest.mark.parametrize(
    ("tasks", "reason"),
    [
        ((), "no low score"),
        ((task("callback", 3),), "no low score"),
        ((task("callback", 2, None),), "no low score"),
        ((task("callback", 2),), "to be recorded"),
        ((task("callback_2", 0),), "to be recorded"),
        ((task("callback", 2), task("complaint", None, None)), "acted owed"),
        ((task("callback", 2), task("complaint")), "called owed"),
        ((task("callback", 2), task("complaint"), task("complaint_call")), "dealt with"),
    ],
)
def test_a_low_score_is_a_complaint(tasks: tuple[DeskTask, ...], reason: str) -> None:
    """Of the first call or the second, once it is given."""
    assert SCORES.judge(called(*tasks), moment(MON + HOUR)).reason == reason


def test_a_complaint_that_is_dropped_is_over() -> None:
    """Its task is closed incomplete."""
    dropped = task("complaint")._replace(complete=False)
    assert said(SCORES, called(task("callback", 1), dropped), moment(MON + 9 * DAY)) == []


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({}, "every incident would be a complaint"),
        ({"table": "u_complaint", "low_score": 3}, "leave table out"),
        ({"table": "u_complaint", "proposal": "u_idea"}, "go together"),
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, object], word: str) -> None:
    """With the way out."""
    with pytest.raises(ValidationError, match=word):
        Complaint(name="c", **table)  # type: ignore[arg-type]
