"""A monitoring warning lacks something: it is named and asked for, once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.intent import Note
from connector.rules.monitoring_alert import MonitoringAlert
from connector.ticket import Ticket, TicketState
from tests.builder import DAY, HOUR, MINUTE, MON, WANG, marked, moment, said, spans, ticket

FULL = {"contact_type": "event", "description": "CPU 98 %", "cmdb_ci": "5c", "u_hint": "Restart"}


def rule(**more: object) -> MonitoringAlert:
    """All three parts in columns."""
    base: dict[str, object] = {"name": "warnings", "impact": "cmdb_ci", "suggestion": "u_hint"}
    return MonitoringAlert.model_validate(base | more)


def warning(**extra: str) -> Ticket:
    """A complete warning but for what is said."""
    return ticket(extra=FULL | extra)


def texts(policy: MonitoringAlert, of: Ticket, now: int = MON) -> list[str]:
    """The notes wanted."""
    return [str(note.text) for note in said(policy, of, moment(now)) if isinstance(note, Note)]


def test_a_complete_warning_is_let_be() -> None:
    """And what did not come from the monitoring is not looked at."""
    assert rule().judge(warning(), moment(MON)) == ("complete", (), None)
    assert rule().judge(warning(contact_type="phone", description=""), moment(MON)).reason == (
        "not from the monitoring"
    )
    assert rule(values=["phone"]).judge(warning(contact_type="phone", description=""), moment(MON)).intents


def test_what_is_missing_is_named_and_asked_for_once() -> None:
    """All of it in one note; what is still missing later is not asked for again."""
    t = warning(description=" ", u_hint="")
    assert texts(rule(), t) == [
        "This monitoring warning lacks: a detailed description, a first suggestion. Please add it."
    ]
    asked = marked(rule(), t, moment(MON))
    assert texts(rule(), asked, MON + DAY) == []
    assert texts(rule(), replace(asked, extra=FULL | {"cmdb_ci": ""}), MON + DAY) == []


def test_the_monitoring_may_add_to_it_for_a_while() -> None:
    """Until then nothing is said, and it is looked at again when the time has passed."""
    policy, t = rule(grace="10m"), warning(cmdb_ci="")
    assert policy.judge(t, moment(MON)) == ("missing: impact", (), MON + 10 * MINUTE)
    assert texts(policy, t, MON + 10 * MINUTE) == [
        "This monitoring warning lacks: the extent of impact. Please add it."
    ]
    assert policy.explain(t, moment(MON)) == [
        "description: in column description",
        "impact: missing",
        "suggestion: in column u_hint",
        "asked for from 2026-06-01 09:10",
    ]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("Disk full\nImpact: the east wing", True),
        ("Disk full\n影响范围：东区", True),
        ("  impact : all", True),
        ("Disk full\nImpact:", False),
        ("Disk full\nImpact:\n  all of it", True),
        ("It has impact: none", False),
    ],
)
def test_a_labelled_line_of_the_description_is_a_part(text: str, there: bool) -> None:
    """At the beginning of a line, either colon, something after it."""
    policy = rule(impact=[], labels={"impact": ["Impact", "影响范围"]})
    assert (texts(policy, warning(description=text)) == []) is there


def test_a_label_is_taken_as_it_is_written() -> None:
    """It is text, no pattern; one column or one label is enough."""
    policy = rule(labels={"impact": "Impact (CI)"})
    assert texts(policy, warning(cmdb_ci="", description="Impact (CI): all")) == []
    assert texts(policy, warning(description="nothing of it")) == []
    assert texts(policy, warning(cmdb_ci="", description="Impact CI: all")) != []


def test_only_what_is_configured_is_looked_for() -> None:
    """By default the description alone."""
    bare = MonitoringAlert(name="bare")
    assert texts(bare, warning(cmdb_ci="", u_hint="")) == []
    assert texts(bare, warning(description="")) != []
    assert bare.columns() == {"contact_type", "description"}
    assert rule(description="u_text", labels={"impact": "I"}).columns() == {
        "contact_type", "u_text", "cmdb_ci", "u_hint", "description",
    }  # fmt: skip


def test_only_open_tickets() -> None:
    """What is resolved needs no suggestion."""
    life = spans(MON, (0, TicketState.IN_PROGRESS, WANG), (HOUR, TicketState.RESOLVED, WANG))
    t = ticket(life=life, extra={"contact_type": "event"})
    assert rule().judge(t, moment(MON + DAY)) == ("not open", (), None)
    assert rule().explain(t, moment(MON + DAY)) == []


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3))
def test_any_description_can_be_read(text: str, labels: list[str]) -> None:
    """Whatever stands in it, and whatever the labels are; a line that begins with one of them is found."""
    policy = rule(impact=[], labels={"impact": labels})
    policy.judge(warning(description=text), moment(MON))
    label = labels[0]
    assert texts(policy, warning(description=f"{text}\n{label}: all")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": [], "impact": [], "suggestion": []},
        {"values": []},
        {"labels": {"cause": "Cause"}},
        {"labels": {"impact": ""}},
        {"table": "em_alert", "values": ["event"]},
        {"table": "em_alert", "column": "source"},
        {"earlier": "3d"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    """Nothing to look for, nowhere it comes from, a part that is none, an empty label."""
    with pytest.raises(ValidationError):
        rule(**wrong)
