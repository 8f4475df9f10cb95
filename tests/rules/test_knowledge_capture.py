"""A resolved ticket owes an article: grace, reminder, missing, set back; drafts on request."""

import pytest
from pydantic import ValidationError

from connector.intent import Note, Set
from connector.rules.knowledge_capture import KnowledgeCapture
from connector.ticket import Article, Ticket, TicketState
from tests.builder import (
    DAY,
    HOUR,
    HOURS,
    MON,
    SECOND,
    VENDOR,
    WANG,
    created,
    kept,
    marked,
    moment,
    said,
    spans,
    ticket,
)

WORK, RESOLVED, CLOSED = TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.CLOSED
DONE = MON + HOUR


def capture(**more: object) -> KnowledgeCapture:
    """Reminder after 8 hours, missing after 16 more."""
    return KnowledgeCapture.model_validate({"name": "knowledge", "grace": "8h", "then_after": "16h", **more})


def resolved(**more: object) -> Ticket:
    """Resolved at ``DONE``."""
    return ticket(life=spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG)), **more)


def closed(**more: object) -> Ticket:
    """Resolved at ``DONE``, closed an hour later."""
    return ticket(life=spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG), (2 * HOUR, CLOSED, WANG)), **more)


def article(state: str, *, linked: bool = True, sys_id: str = "91" * 16) -> Article:
    """An article of the ticket."""
    return Article(sys_id, "KB1", state, linked)


def knowledge(policy: KnowledgeCapture, of: Ticket, now: int) -> object:
    """What the column shall say."""
    return kept(policy, of, moment(now))["knowledge"]


def test_an_open_ticket_owes_nothing() -> None:
    """The column is empty, also after a reopening."""
    assert knowledge(capture(), ticket(), MON) is None


def test_owed_reminded_missing() -> None:
    """The debt begins with the resolution; the reminder comes after the grace, then it is missing."""
    t = resolved()
    assert knowledge(capture(), t, DONE) == "owed"
    assert capture().judge(t, moment(DONE)).look_again_at == DONE + 8 * HOUR
    assert said(capture(), t, moment(DONE + 8 * HOUR - 1)) == []
    (reminder,) = said(capture(), t, moment(DONE + 8 * HOUR))
    assert isinstance(reminder, Note)
    assert "attach it by 2026-06-02 10:00" in str(reminder.text)
    t = marked(capture(), t, moment(DONE + 8 * HOUR))
    assert said(capture(), t, moment(DONE + 9 * HOUR)) == []
    (missing,) = said(capture(), t, moment(DONE + DAY))
    assert isinstance(missing, Note)
    assert "Still no knowledge article" in str(missing.text)
    assert knowledge(capture(), t, DONE + DAY) == "missing"
    assert said(capture(), marked(capture(), t, moment(DONE + DAY)), moment(DONE + 9 * DAY)) == []


def test_asleep_over_the_reminder_only_missing_is_said() -> None:
    """And the reminder is not said later."""
    t = resolved()
    (note,) = said(capture(), t, moment(DONE + 2 * DAY))
    assert isinstance(note, Note)
    assert "Still no" in str(note.text)


def test_without_then_after_it_only_reminds() -> None:
    """Owed for ever, said once."""
    policy = capture(then_after=None)
    (reminder,) = said(policy, resolved(), moment(DONE + 9 * DAY))
    assert isinstance(reminder, Note)
    assert str(reminder.text).endswith("attach it.")
    assert knowledge(policy, resolved(), DONE + 9 * DAY) == "owed"


def test_grace_counts_in_service_hours_if_named() -> None:
    """Eight hours of service from Monday noon end on Tuesday."""
    policy = capture(service_hours="onsite")
    assert policy.judge(resolved(), moment(DONE)).look_again_at == HOURS["onsite"].add(DONE, 8 * HOUR)
    assert policy.hours_named() == ("onsite",)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("draft", "drafted"), ("review", "in_review"), ("published", "published"), ("odd", "drafted")],
)
def test_an_article_pays_the_debt(state: str, expected: str) -> None:
    """The column tells how far it is; no note, nothing to look at again."""
    t = resolved(articles=(article(state),))
    verdict = capture().judge(t, moment(DONE + 9 * DAY))
    assert knowledge(capture(), t, DONE + 9 * DAY) == expected
    assert verdict.look_again_at is None
    assert said(capture(), t, moment(DONE + 9 * DAY)) == []


def test_the_furthest_article_counts_and_a_retired_one_does_not() -> None:
    """Draft and published: published. Retired alone: still owed."""
    both = resolved(articles=(article("draft"), article("published", sys_id="92" * 16)))
    assert knowledge(capture(), both, DONE) == "published"
    assert knowledge(capture(), resolved(articles=(article("retired"),)), DONE) == "owed"


@pytest.mark.parametrize(
    "t",
    [
        resolved(category="password_reset"),
        resolved(close_code="Duplicate"),
        resolved(group=VENDOR),
    ],
)
def test_exemptions_by_category_close_code_and_tier(t: Ticket) -> None:
    """What the vendor resolved, and what the lists name, owes nothing."""
    policy = capture(exempt_categories="password_reset", exempt_close_codes=["Duplicate"])
    assert knowledge(policy, t, DONE + 9 * DAY) == "exempt"
    assert said(policy, t, moment(DONE + 9 * DAY)) == []
    assert knowledge(policy, resolved(group=SECOND), DONE) == "owed"


def test_closed_without_an_article_it_is_set_back_once() -> None:
    """The state and one note; closed again it stays closed, and the column says missing throughout."""
    policy, t = capture(then="set_back"), closed()
    wanted = said(policy, t, moment(DONE + DAY))
    assert [type(i) for i in wanted] == [Set, Note]
    assert wanted[0].value == RESOLVED  # type: ignore[union-attr]
    done = marked(policy, t, moment(DONE + DAY))
    assert said(policy, done, moment(DONE + 9 * DAY)) == []
    back = resolved(marks=done.marks)
    assert said(policy, back, moment(DONE + DAY)) == []
    assert knowledge(policy, done, DONE + DAY) == knowledge(policy, back, DONE + DAY) == "missing"


def test_a_ticket_that_is_only_resolved_is_not_set_further_back() -> None:
    """It is flagged instead."""
    wanted = said(capture(then="set_back"), resolved(), moment(DONE + DAY))
    assert [type(i) for i in wanted] == [Note]


def test_a_draft_is_made_on_request_and_attached() -> None:
    """Problem and solution become an article whose source is the ticket; what was typed stays text."""
    policy = capture(draft="on_request", draft_column="u_draft", knowledge_base="0b" * 16)
    extra = {"short_description": "VPN <down>", "description": "a\nb", "close_notes": "restarted & fine"}
    assert created(policy, resolved(extra=extra), moment(DONE)) == []
    asked = resolved(extra={**extra, "u_draft": "true"})
    draft, link = created(policy, asked, moment(DONE))
    assert draft.identity == {"source": "INC0000001"}
    assert draft.fields["workflow_state"] == "draft"
    assert draft.fields["kb_knowledge_base"] == "0b" * 16
    assert draft.fields["text"] == (
        "<h2>Problem</h2><p>VPN &lt;down&gt;<br>a<br>b</p>"
        "<h2>Cause and solution</h2><p>restarted &amp; fine</p><p>Drafted from ticket INC0000001</p>"
    )
    assert link.identity == {"kb_knowledge": str(draft.occasion), "task": asked.sys_id}
    assert knowledge(policy, asked, DONE) == "drafted"
    written = resolved(extra=asked.extra, articles=(article("draft", sys_id=str(draft.occasion)),))
    assert created(policy, written, moment(DONE + DAY)) == []


def test_an_article_born_from_the_ticket_is_attached() -> None:
    """Written by hand but not attached: the link is made, no second article."""
    t = resolved(articles=(article("published", linked=False),))
    (link,) = created(capture(draft="always"), t, moment(DONE))
    assert link.identity == {"kb_knowledge": "91" * 16, "task": t.sys_id}
    assert created(capture(), t, moment(DONE)) == []


def test_a_retired_draft_is_not_written_again() -> None:
    """Who retires it has the last word."""
    t = resolved(articles=(article("retired"),))
    assert created(capture(draft="always"), t, moment(DONE)) == []


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"draft": "on_request"}, "needs draft_column"),
        ({"then": "set_back", "then_after": None}, "needs then_after"),
    ],
)
def test_wrong_settings_are_told_why(table: dict[str, object], told: str) -> None:
    """The message says what is missing."""
    with pytest.raises(ValidationError, match=told):
        capture(**table)
