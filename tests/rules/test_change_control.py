"""Changes: which steps are asked of which class, and when what is missing is said."""

from hypothesis import given
from hypothesis import strategies as st

from connector.intent import Note
from connector.rules.change_control import ChangeControl
from connector.ticket import Ticket, TicketState
from tests.builder import DAY, HOUR, MON, created, moment, said, spans, ticket

WHOLE = {
    "type": "normal",
    "short_description": "New disk",
    "justification": "Full",
    "risk": "3",
    "risk_impact_analysis": "None",
    "backout_plan": "Old disk",
    "approval": "approved",
    "implementation_plan": "Swap",
    "start_date": "2026-06-01 05:00:00",
    "end_date": "2026-06-01 07:00:00",
    "close_code": "successful",
    "close_notes": "Swapped",
}
"""All of it; its window is four to six hours after MON."""
START, END = MON + 4 * HOUR, MON + 6 * HOUR
POLICY = ChangeControl(name="changes", remind_before="2h", record_within="10h")
NEW, AT_WORK, REVIEW, CLOSED = (
    TicketState.NEW,
    TicketState.IN_PROGRESS,
    TicketState.RESOLVED,
    TicketState.CLOSED,
)


def change(*steps: tuple[object, ...], **columns: str) -> Ticket:
    """A change with this life; columns that are not given are as they should be."""
    life = spans(MON, (0, NEW), *steps)
    return ticket(life=life, kind="change_request", extra=WHOLE | columns)


@given(st.integers(0, 30 * DAY), st.sampled_from(("normal", "emergency")))
def test_in_order_it_is_never_spoken_of(after: int, kind: str) -> None:
    """Whenever one looks."""
    done = change((4 * HOUR + 60, AT_WORK), (5 * HOUR, REVIEW), (6 * HOUR, CLOSED), type=kind)
    verdict = POLICY.judge(done, moment(done.spans[-1].start + after))
    assert (verdict.reason, verdict.intents, verdict.look_again_at) == ("in order", (), None)


@given(
    st.sampled_from(sorted(WHOLE.keys() - {"risk", "start_date", "end_date", "close_code", "close_notes"}))
)
def test_each_missing_column_is_a_finding(column: str) -> None:
    """Whichever it is, the note names it; an unknown class is one too."""
    begun = change((4 * HOUR, AT_WORK), **{column: ""})
    (note,) = said(POLICY, begun, moment(START + 60))
    assert isinstance(note, Note)
    assert column in str(note.text)


def test_the_note_before_comes_two_hours_before() -> None:
    """Not at once, not for an emergency, and the verdict says when to look."""
    waiting = change(approval="requested")
    early = POLICY.judge(waiting, moment(MON))
    assert (early.intents, early.look_again_at) == ((), START - 2 * HOUR)
    assert len(said(POLICY, waiting, moment(START - 2 * HOUR))) == 1
    assert said(POLICY, change(approval="", type="emergency"), moment(START - 60)) == []


def test_a_standard_change_is_approved_in_advance() -> None:
    """By `exempt`; without it the approval is asked of it too."""
    begun = change((4 * HOUR, AT_WORK), type="standard", approval="")
    assert POLICY.judge(begun, moment(START + 60)).reason == "in order"
    strict = POLICY.model_copy(update={"exempt": {}})
    assert strict.judge(begun, moment(START + 60)).reason == "implemented without approval"


def test_only_high_risks_need_an_answer_where_that_is_said() -> None:
    """`answered_risks`."""
    some = ChangeControl(name="c", answered_risks="2")
    begun = [change((4 * HOUR, AT_WORK), backout_plan="", risk=risk) for risk in ("2", "3")]
    reasons = [some.judge(each, moment(START + 60)).reason for each in begun]
    assert reasons == ["implemented without answer", "in order"]


def test_the_columns_of_the_work_tell_the_window_better_than_the_state() -> None:
    """Moved on in the evening, carried out in time."""
    late = change((9 * HOUR, AT_WORK), (9 * HOUR + 60, REVIEW))
    assert POLICY.judge(late, moment(MON + DAY)).reason == "after its window"
    told = {"work_start": "2026-06-01 05:10:00", "work_end": "2026-06-01 06:50:00"}
    in_time = change((9 * HOUR, AT_WORK), (9 * HOUR + 60, REVIEW), **told)
    assert POLICY.judge(in_time, moment(MON + DAY)).reason == "in order"


def test_a_window_that_is_moved_is_another_window() -> None:
    """What was said of the old one is no reason to keep silent about the new one."""
    long = change((4 * HOUR, AT_WORK))
    (first,) = said(POLICY, long, moment(END + 60))
    moved = change((4 * HOUR, AT_WORK), end_date="2026-06-01 09:00:00")
    assert said(POLICY, moved, moment(END + 60)) == []
    (second,) = said(POLICY, moved, moment(END + 3 * HOUR))
    assert first.occasion != second.occasion


def test_a_finding_can_be_tracked() -> None:
    """As a task beside the change, with the same words."""
    tracked = POLICY.model_copy(update={"tracked_by": "lead.zhao"})
    begun = change((4 * HOUR, AT_WORK), approval="")
    (task,) = created(tracked, begun, moment(START + 60))
    assert (task.table, task.fields["parent"], task.fields["incident"]) == (
        "incident_task",
        begun.sys_id,
        "",
    )
    assert tracked.people_named() == ("lead.zhao",)


def test_dates_that_are_none_are_no_window() -> None:
    """They are not guessed at, and nothing fails."""
    odd = change((4 * HOUR, AT_WORK), start_date="soon", end_date="2026-13-40 00:00:00")
    assert POLICY.judge(odd, moment(MON + DAY)).reason == "in order"
