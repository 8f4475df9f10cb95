"""An escalated ticket waits for somebody there: warned of, told when it is late, and never after that."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from connector.intent import Note
from connector.rules.hand_over_limit import HandOverLimit
from connector.ticket import Ticket, TicketState
from tests.builder import (
    DAY,
    FIRST,
    HOUR,
    LEAD,
    LI,
    MINUTE,
    MON,
    SECOND,
    VENDOR,
    WANG,
    created,
    marked,
    moment,
    said,
    spans,
    ticket,
)

NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD


def rule(**more: object) -> HandOverLimit:
    """Half an hour, day and night."""
    base: dict[str, object] = {"name": "hand-over", "within": "30m", "service_hours": "remote"}
    return HandOverLimit.model_validate(base | more)


def handed(*later: tuple[object, ...]) -> Ticket:
    """Wang had it in the first line for an hour; then it went to the second line, to nobody."""
    return ticket(life=spans(MON, (0, WORK, WANG, FIRST.sys_id), (HOUR, WORK, "", SECOND.sys_id), *later))


def texts(policy: HandOverLimit, of: Ticket, now: int) -> list[str]:
    """The notes wanted."""
    return [str(note.text) for note in said(policy, of, moment(now)) if isinstance(note, Note)]


def test_it_waits_and_is_late_after_the_limit() -> None:
    """At the very second it is in time; after it, a note, once."""
    policy, t = rule(), handed()
    due = MON + HOUR + 30 * MINUTE
    assert policy.judge(t, moment(MON + HOUR)) == ("waits", (), due + 1)
    assert policy.judge(t, moment(due)).intents == ()
    assert texts(policy, t, due + 1) == [
        (
            "Handed over to Infrastructure, and nobody there has taken it up within 30 min; "
            "it was due by 2026-06-01 10:30."
        )
    ]
    assert texts(policy, marked(policy, t, moment(due + 1)), due + DAY) == []


def test_it_warns_at_a_share_and_not_after_it_was_late() -> None:
    """Found late, only the graver is said."""
    policy, t = rule(warn_at=0.5), handed()
    warning = MON + HOUR + 15 * MINUTE
    assert policy.judge(t, moment(warning - 1)) == ("waits", (), warning)
    assert texts(policy, t, warning)[0].startswith(
        "Handed over to Infrastructure and not taken up by anybody"
    )
    assert "50 % of the 30 min" in texts(policy, t, warning)[0]
    assert len(texts(policy, t, warning + DAY)) == 1


def test_somebody_there_ends_it() -> None:
    """Also somebody who gave it up again; and who came along with it is somebody."""
    late = moment(MON + DAY)
    assert rule().judge(handed((HOUR + MINUTE, WORK, LI, SECOND.sys_id)), late).reason == "taken up"
    dropped = handed((HOUR + MINUTE, WORK, LI, SECOND.sys_id), (2 * HOUR, WORK, "", SECOND.sys_id))
    assert rule().judge(dropped, late).reason == "taken up"
    along = ticket(life=spans(MON, (0, WORK, WANG, FIRST.sys_id), (HOUR, WORK, WANG, SECOND.sys_id)))
    assert rule().judge(along, late).reason == "taken up"


def test_each_hand_over_has_its_own_limit() -> None:
    """On to the vendor it begins anew, and is told anew."""
    policy, first = rule(), handed()
    told = marked(policy, first, moment(MON + 2 * HOUR))
    on = handed((3 * HOUR, WORK, "", VENDOR.sys_id))
    on = replace(on, marks=told.marks)
    assert texts(policy, on, MON + 3 * HOUR + 29 * MINUTE) == []
    assert len(texts(policy, on, MON + 4 * HOUR)) == 1


def test_what_was_not_handed_over_is_not_its_business() -> None:
    """The first group, a tier that is not named, an unknown past, what is over."""
    late = moment(MON + DAY)
    assert rule().judge(ticket(), late).reason == "not in a tier that takes over"
    assert rule(tiers="vendor").judge(handed(), late).reason == "not in a tier that takes over"
    opened = ticket(life=spans(MON, (0, NEW, "", SECOND.sys_id), (HOUR, WORK, "", SECOND.sys_id)))
    assert rule().judge(opened, late).reason == "not handed over"
    from_nowhere = ticket(life=spans(MON, (0, NEW, "", ""), (HOUR, NEW, "", SECOND.sys_id)))
    assert rule().judge(from_nowhere, late).reason == "not handed over"
    over = handed((2 * HOUR, TicketState.RESOLVED, "", SECOND.sys_id))
    assert rule().judge(over, late).reason == "not open"
    reopened = handed(
        (2 * HOUR, TicketState.RESOLVED, "", SECOND.sys_id), (5 * HOUR, WORK, "", SECOND.sys_id)
    )
    assert rule().judge(reopened, late).reason == "not handed over"


def test_on_hold_does_not_count_and_hours_do() -> None:
    """Twenty minutes of hold move the limit; so does a night outside the service hours."""
    held = handed((HOUR + 10 * MINUTE, HOLD, "", SECOND.sys_id, "1"))
    assert rule().judge(held, moment(MON + DAY)) == ("waits", (), None)
    on = handed(
        (HOUR + 10 * MINUTE, HOLD, "", SECOND.sys_id, "1"), (HOUR + 30 * MINUTE, WORK, "", SECOND.sys_id)
    )
    assert (
        rule().judge(on, moment(MON + 2 * HOUR)).look_again_at is None
        or not rule().judge(on, moment(MON + HOUR + 50 * MINUTE)).intents
    )
    assert texts(rule(), on, MON + HOUR + 50 * MINUTE + 1)
    evening = ticket(
        life=spans(MON, (0, WORK, WANG, FIRST.sys_id), (9 * HOUR - 20 * MINUTE, WORK, "", SECOND.sys_id))
    )
    onsite = rule(service_hours="onsite")
    assert texts(onsite, evening, MON + 20 * HOUR) == []
    assert len(texts(onsite, evening, MON + DAY)) == 1


def test_the_person_gets_a_task() -> None:
    """Instead of the note or beside it; the note names them."""
    late = moment(MON + 2 * HOUR)
    assert texts(rule(person="lead.zhao"), handed(), MON + 2 * HOUR)[0].endswith(
        "Zhao Lei, please see to it."
    )
    (task,) = created(rule(person="lead.zhao", by="task"), handed(), late)
    assert task.fields["assigned_to"] == LEAD.sys_id
    assert str(task.fields["short_description"]) == f"Nobody has taken up {handed().number}"
    assert said(rule(person="lead.zhao", by="task"), handed(), late) == []
    assert len(rule(person="lead.zhao", by="both").judge(handed(), late).intents) == 2
    with pytest.raises(ValidationError, match="needs person: whose task is it"):
        rule(by="both")


def test_it_explains_the_waiting() -> None:
    """When it came, what is used up, what comes; or when it was taken up."""
    (line,) = rule().explain(handed(), moment(MON + HOUR + 10 * MINUTE))
    assert line.startswith("handed over 2026-06-01 10:00; 10 of 30 min used in service hours remote; ")
    assert line.endswith("to be taken up by 2026-06-01 10:30")
    taken = handed((HOUR + 20 * MINUTE, WORK, LI, SECOND.sys_id))
    assert rule().explain(taken, moment(MON + DAY))[0].endswith("; taken up 2026-06-01 10:20")
    assert rule().explain(ticket(), moment(MON)) == []
