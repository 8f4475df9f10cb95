"""After-reviews: when a problem record is owed."""

from connector.intent import Create, Set
from connector.rules.after_review import AfterReview
from connector.ticket import Ticket, TicketState
from tests.builder import DAY, HOUR, LEAD, MON, SECOND, created, marked, moment, said, spans, ticket

POLICY = AfterReview(name="reviews", within="8h", service_hours="onsite")
OPENING = AfterReview(name="reviews", create=True, assign_to="lead.zhao", assign_group="Infrastructure")


def resolved(problem: str = "", *steps: tuple[object, ...]) -> Ticket:
    """An incident that is resolved at MON, 09:00, after an hour."""
    life = spans(MON - HOUR, (0, TicketState.NEW), (HOUR, TicketState.RESOLVED), *steps)
    return ticket(life=life, extra={"problem_id": problem, "short_description": "Mail [code]down[/code]"})


def test_the_limit_counts_in_service_hours() -> None:
    """Eight hours after Monday 09:00 with a break of an hour and a half: Tuesday 08:30 and half an hour."""
    due = MON + DAY
    assert POLICY.judge(resolved(), moment(MON)).look_again_at == due + 1
    assert said(POLICY, resolved(), moment(due)) == []
    assert len(said(POLICY, resolved(), moment(due + 1))) == 1


def test_a_linked_problem_pays() -> None:
    """Whoever linked it."""
    verdict = POLICY.judge(resolved("9" * 32), moment(MON + 9 * DAY))
    assert (verdict.reason, verdict.intents) == ("a problem is linked", ())


def test_what_is_opened_is_what_is_linked() -> None:
    """The link names the record that is created; what people typed is no markup in it."""
    (problem,) = created(OPENING, resolved(), moment(MON))
    (link,) = [i for i in OPENING.judge(resolved(), moment(MON)).intents if isinstance(i, Set)]
    assert (problem.table, link.value) == ("problem", str(problem.occasion))
    assert (problem.fields["assigned_to"], problem.fields["assignment_group"]) == (
        LEAD.sys_id,
        SECOND.sys_id,
    )
    assert "[code]" not in str(problem.fields["description"])


def test_once_linked_it_is_not_linked_again() -> None:
    """Also not opened again."""
    after = marked(OPENING, resolved(), moment(MON))
    assert not [i for i in OPENING.judge(after, moment(MON + HOUR)).intents if isinstance(i, Create | Set)]


def test_a_reopened_incident_owes_it_anew() -> None:
    """From its new end on; while it is open nothing is owed."""
    again = resolved("", (HOUR, TicketState.IN_PROGRESS))
    assert POLICY.judge(again, moment(MON + 9 * DAY)).reason == "not resolved"
