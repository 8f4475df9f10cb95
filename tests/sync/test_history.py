"""Spans out of rows and changes."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from connector.sync.history import FIELDS, Change, Standing, caught_up, spans
from connector.ticket import Span, TicketState

STATES = {
    "1": TicketState.NEW,
    "2": TicketState.IN_PROGRESS,
    "3": TicketState.ON_HOLD,
    "6": TicketState.RESOLVED,
    "7": TicketState.CLOSED,
    "8": TicketState.CANCELED,
}
NOW = Standing("2", "", "desk", "wang", "3")


def _spans(
    changes: Sequence[Change], now: Standing = NOW, updated_at: int = 1000, **ends: int
) -> tuple[Span, ...]:
    return spans(100, updated_at, now, changes, STATES, **ends)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Change], Standing, list[tuple[int, Standing]]]:
    """Changes in a random order of arrival, the row they lead to, and the truth at each instant."""
    values = {field: draw(st.sampled_from(["1", "2", "3"])) for field in FIELDS}
    at, changes, truth = 100, [], [(100, Standing(*values.values()))]
    for _ in range(draw(st.integers(0, 8))):
        at += draw(st.integers(1, 50))
        for field in draw(st.sets(st.sampled_from(FIELDS), min_size=1, max_size=3)):
            new = draw(st.sampled_from(["1", "2", "3"]).filter(lambda v, old=values[field]: v != old))
            changes.append(Change(at, field, values[field], new))
            values[field] = new
        truth.append((at, Standing(*values.values())))
    return draw(st.permutations(changes)), Standing(*values.values()), truth


@given(lives())
def test_a_life_is_told_back(life: tuple[list[Change], Standing, list[tuple[int, Standing]]]) -> None:
    """Whatever order the changes arrive in, every span says what was true in it, without gap or overlap."""
    changes, now, truth = life
    told = spans(100, truth[-1][0], now, changes, STATES)
    assert told[0].start == 100
    assert told[-1].end is None
    assert all(a.end == b.start for a, b in pairwise(told))
    for at, values in truth:
        span = next(s for s in reversed(told) if s.start <= at)
        assert span[2:] == (STATES[values.state], *values[1:])


@given(lives(), st.integers(0, 2**8 - 1))
def test_the_row_has_the_last_word(
    life: tuple[list[Change], Standing, list[tuple[int, Standing]]], lost: int
) -> None:
    """Whichever changes are unknown to us, the last span is what the row says and there are no gaps."""
    changes, now, truth = life
    known = [change for index, change in enumerate(changes) if not lost >> index & 1]
    told = spans(100, truth[-1][0], now, known, STATES)
    assert told[-1][2:] == (STATES[now.state], *now[1:])
    assert told[0].start == 100
    assert all(a.end == b.start and a.start < b.start for a, b in pairwise(told))


@given(lives(), st.integers(0, 2**8 - 1), st.integers(0, 500))
def test_in_order_or_not_it_is_the_same_life(
    life: tuple[list[Change], Standing, list[tuple[int, Standing]]], lost: int, updated_at: int
) -> None:
    """Changes that come in order of time take a quick path; the plain one, for all others, says the same."""
    changes, now, _ = life
    known = sorted((c for i, c in enumerate(changes) if not lost >> i & 1), key=lambda change: change.at)
    ends = {"resolved_at": 120, "closed_at": 150}
    for more in ({}, ends):
        quick, plain = (spans(100, updated_at, now, told, STATES, **more) for told in (known, known[::-1]))
        assert quick == plain


@given(lives(), st.integers(0, 2**8 - 1), st.integers(0, 500), st.integers(0, 500))
def test_a_history_that_caught_up_hangs_on_no_update(
    life: tuple[list[Change], Standing, list[tuple[int, Standing]]], lost: int, one: int, other: int
) -> None:
    """Whenever the row was updated, the life is the same; and whole histories have caught up."""
    changes, now, _ = life
    known = sorted((c for i, c in enumerate(changes) if not lost >> i & 1), key=lambda change: change.at)
    if caught_up(now, known):
        ends = {"resolved_at": 120, "closed_at": 150}
        assert spans(100, one, now, known, STATES) == spans(100, other, now, known, STATES)
        assert spans(100, one, now, known, STATES, **ends) == spans(100, other, now, known, STATES, **ends)
    assert lost or caught_up(now, known)


@given(
    st.sampled_from([*STATES, "-100"]),
    st.sets(st.sampled_from(sorted(STATES))),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 9),
    st.integers(1, 9),
)
def test_stamps_alone_tell_what_a_history_with_them_tells(
    state: str, unnamed: set[str], resolved_at: int | None, closed_at: int | None, opened_at: int
) -> None:
    """The quick path of a ticket without changes agrees with that of one in which nothing was changed."""
    assume(resolved_at is None or closed_at is None or resolved_at <= closed_at)
    states = {raw: meant for raw, meant in STATES.items() if raw not in unnamed}
    now, nothing = NOW._replace(state=state), Change(5, "priority", NOW.priority, NOW.priority)
    quick, plain = (
        spans(opened_at, 9, now, changes, states, resolved_at=resolved_at, closed_at=closed_at)
        for changes in ((), (nothing,))
    )
    assert quick == plain


def test_a_circle_within_a_second_is_not_told_by_its_times() -> None:
    """Two changes of one field in its last second: which was the last is found out by looking closely."""
    assert not caught_up(NOW, [Change(200, "state", "1", "2"), Change(200, "state", "2", "1")])
    assert caught_up(NOW, [Change(200, "state", "1", "2"), Change(200, "short_description", "a", "b")])


def test_without_changes_it_was_always_so() -> None:
    """A ticket nobody changed has one span."""
    assert _spans([]) == (Span(100, None, TicketState.IN_PROGRESS, "", "desk", "wang", "3"),)


def test_changes_ahead_of_the_row_wait_for_it() -> None:
    """An audit row read before the ticket's new row does not run ahead of the ticket."""
    told = _spans([Change(200, "state", "1", "2"), Change(1200, "state", "2", "6")])
    assert [(s.start, s.state) for s in told] == [(100, TicketState.NEW), (200, TicketState.IN_PROGRESS)]


def test_an_audit_stamped_a_second_late_still_counts() -> None:
    """Audit is written after the record; a later stamp does not matter when row and changes agree."""
    told = _spans([Change(1001, "state", "1", "2")])
    assert [(s.start, s.state) for s in told] == [(100, TicketState.NEW), (1001, TicketState.IN_PROGRESS)]


def test_a_row_ahead_of_its_history() -> None:
    """What no change explains begins when the row was updated."""
    told = _spans([Change(200, "state", "1", "3")])
    assert [(s.start, s.state) for s in told][-2:] == [
        (200, TicketState.ON_HOLD),
        (1000, TicketState.IN_PROGRESS),
    ]


def test_two_changes_in_one_second() -> None:
    """Within a second the values tell which change was first, in whatever order the rows come."""
    changes = [Change(300, "state", "3", "2"), Change(300, "state", "1", "3")]
    assert _spans(changes) == _spans(changes[::-1])
    assert [(s.start, s.state) for s in _spans(changes)] == [
        (100, TicketState.NEW),
        (300, TicketState.IN_PROGRESS),
    ]


def test_a_state_nobody_knows_is_unknown() -> None:
    """A raw state without a meaning becomes UNKNOWN in the history, not an error."""
    told = _spans([Change(200, "state", "-100", "2")])
    assert [s.state for s in told] == [TicketState.UNKNOWN, TicketState.IN_PROGRESS]


def test_changes_before_the_opening_count_from_it() -> None:
    """A change stamped before opened_at is clamped, not dropped."""
    told = _spans([Change(50, "state", "1", "2")])
    assert [(s.start, s.state) for s in told] == [(100, TicketState.IN_PROGRESS)]


def test_an_end_without_a_history() -> None:
    """A closed ticket of which no change is known was resolved when its row says, and unknown before."""
    told = _spans([], NOW._replace(state="7"), resolved_at=400, closed_at=800)
    assert [(s.start, s.state) for s in told] == [
        (100, TicketState.UNKNOWN),
        (400, TicketState.RESOLVED),
        (800, TicketState.CLOSED),
    ]
