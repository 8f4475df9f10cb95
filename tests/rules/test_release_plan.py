"""Releases: what a plan consists of."""

import pytest

from connector.rules.release_plan import ReleasePlan
from connector.ticket import Ticket, TicketState
from tests.builder import DAY, HOUR, MON, moment, said, spans, ticket

PLAN = {
    "start_date": "2026-06-02 01:00:00",
    "end_date": "2026-06-02 03:00:00",
    "cmdb_ci": "9" * 32,
    "description": "4.2",
}
POLICY = ReleasePlan(name="releases", remind_before="12h")


def release(*steps: tuple[object, ...], **columns: str) -> Ticket:
    """A release that is planned but for these columns."""
    life = spans(MON, (0, TicketState.NEW), *steps)
    return ticket(life=life, kind="rm_release", extra=PLAN | columns)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, "planned"),
        ({"end_date": ""}, "not planned: time"),
        ({"cmdb_ci": "", "business_service": "x"}, "planned"),
        ({"cmdb_ci": " "}, "not planned: scope"),
        ({"description": "", "cmdb_ci": ""}, "not planned: scope, content"),
    ],
)
def test_what_a_plan_consists_of(columns: dict[str, str], reason: str) -> None:
    """All of its time, one column for each of the others."""
    assert POLICY.judge(release(**columns), moment(MON)).reason == reason


def test_the_reminder_comes_before_the_start() -> None:
    """Without a start there is none; the verdict says when to look."""
    lacking = release(description="")
    early = POLICY.judge(lacking, moment(MON))
    assert (early.intents, early.look_again_at) == ((), MON + 12 * HOUR)
    assert len(said(POLICY, lacking, moment(MON + 12 * HOUR))) == 1
    assert POLICY.judge(release(start_date=""), moment(MON + 9 * DAY)).intents == ()


def test_a_canceled_release_owes_nothing() -> None:
    """Whatever its plan lacks."""
    assert said(POLICY, release((HOUR, TicketState.CANCELED), description=""), moment(MON + DAY)) == []
