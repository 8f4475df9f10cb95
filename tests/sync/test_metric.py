"""Changes out of metrics, whatever an instance writes and however late."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from connector.instant import platform_time
from connector.sync.history import Change, Standing, spans
from connector.sync.metric import changes_from
from connector.ticket import Span, TicketState

STATES: Mapping[str, TicketState] = {
    "1": TicketState.NEW,
    "2": TicketState.IN_PROGRESS,
    "3": TicketState.ON_HOLD,
    "6": TicketState.RESOLVED,
    "7": TicketState.CLOSED,
    "8": TicketState.CANCELED,
}
BORN = 1_000_000
NEW, PROGRESS, HOLD, RESOLVED, CLOSED, UNKNOWN = (
    TicketState.NEW,
    TicketState.IN_PROGRESS,
    TicketState.ON_HOLD,
    TicketState.RESOLVED,
    TicketState.CLOSED,
    TicketState.UNKNOWN,
)


def row(field: str, value: str, start: int, end: int | None = None) -> dict[str, str]:
    """One span of one column, in seconds after the creation."""
    return {
        "sys_id": f"{field}{start}{value}",
        "field": field,
        "field_value": value,
        "start": platform_time(BORN + start),
        "end": "" if end is None else platform_time(BORN + end),
    }


def told(
    rows: Sequence[dict[str, str]],
    now: Standing,
    updated: int = 900,
    observed: Sequence[Change] = (),
    opened: int = 0,
) -> tuple[Span, ...]:
    """The spans of a ticket that was created at BORN, from its metrics and what was observed."""
    changes = changes_from(rows, observed, BORN, now.state, STATES)
    return spans(BORN + opened, BORN + updated, now, changes, STATES)


def states(found: Sequence[Span]) -> list[tuple[int, TicketState]]:
    """When which state began."""
    return [(span.start - BORN, span.state) for span in found]


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[tuple[int, dict[str, str]]], bool]:
    """What a ticket held since when, second by second apart, and whether its durations end when it does."""
    held = {"state": "1", "hold_reason": "", "assignment_group": "a", "assigned_to": "", "priority": "3"}
    steps, at = [(0, dict(held))], 0
    for _ in range(draw(st.integers(0, 8))):
        at += draw(st.integers(10, 500))
        for field in draw(st.sets(st.sampled_from(sorted(held)), min_size=1, max_size=3)):
            held[field] = draw(
                st.sampled_from("123678" if field == "state" else ("", "a", "b")).filter(
                    lambda value, old=held[field]: value != old
                )
            )
        steps.append((at, dict(held)))
    return steps, draw(st.booleans())


def measured(steps: Sequence[tuple[int, dict[str, str]]], *, stop: bool) -> list[dict[str, str]]:
    """The metrics of a life, as an instance writes them that does or does not stop for inactive records."""
    found: list[dict[str, str]] = []
    running: dict[str, tuple[int, str]] = {}
    before: dict[str, str] = {}
    for at, held in steps:
        over = held["state"] in "78"
        if stop and over and before["state"] not in "78":
            found += [row(field, value, start, at) for field, (start, value) in running.items()]
            running = {}
        for field, value in held.items():
            if value != before.get(field, "") and not (stop and over):
                if field in running:
                    found.append(row(field, running[field][1], running[field][0], at))
                running[field] = (at, value)
        before = held
    return found + [row(field, value, start) for field, (start, value) in running.items()]


@given(lives(), st.randoms(use_true_random=False))
def test_metrics_tell_what_an_audit_tells(
    life: tuple[list[tuple[int, dict[str, str]]], bool], dice: object
) -> None:
    """The same spans as from the changes themselves, whatever order the rows come in."""
    steps, _ = life
    changes = [
        Change(BORN + at, field, before[field], value)
        for (_, before), (at, held) in pairwise(steps)
        for field, value in held.items()
        if before[field] != value
    ]
    rows = measured(steps, stop=False)
    dice.shuffle(rows)  # type: ignore[attr-defined]
    now = Standing(*steps[-1][1].values())
    updated = steps[-1][0]
    assert told(rows, now, updated) == spans(BORN, BORN + updated, now, changes, STATES)


@given(lives())
def test_where_durations_stop_states_are_told_all_the_same(
    life: tuple[list[tuple[int, dict[str, str]]], bool],
) -> None:
    """Closed and canceled count alike as over; every other state is told for each moment."""
    steps, _ = life
    now = Standing(*steps[-1][1].values())
    found = told(measured(steps, stop=True), now, steps[-1][0])
    over = {TicketState.CLOSED, TicketState.CANCELED}
    for (at, held), following in zip(steps, [*steps[1:], (2**20, {})], strict=True):
        if at == following[0]:
            continue
        state = next(span.state for span in reversed(found) if span.start <= BORN + at)
        wanted = STATES[held["state"]]
        assert state is wanted or {state, wanted} <= over


def test_a_span_that_stays_open() -> None:
    """Closed begins a span without an end, and that is where it stands."""
    rows = [row("incident_state", "1", 2, 50), row("incident_state", "7", 50)]
    assert states(told(rows, Standing("7", "", "", "", ""))) == [(0, NEW), (50, CLOSED)]


def test_what_no_row_began_is_what_the_record_says() -> None:
    """The last span ended and nothing followed: closed since then, not since the record's last update."""
    rows = [row("incident_state", "2", 0, 50)]
    assert states(told(rows, Standing("7", "", "", "", ""))) == [(0, PROGRESS), (50, CLOSED)]
    assert states(told(rows, Standing("8", "", "", "", "")))[-1] == (50, TicketState.CANCELED)


def test_reopened_after_a_stretch_that_nobody_measured() -> None:
    """Between the end of one state and the start of the next it was closed."""
    rows = [row("state", "2", 0, 50), row("state", "2", 300)]
    assert states(told(rows, Standing("2", "", "", "", ""))) == [(0, PROGRESS), (50, CLOSED), (300, PROGRESS)]


def test_empty_until_the_first_row() -> None:
    """Who has no row from the creation on was assigned later; a form that lay open long does not matter."""
    rows = [row("incident_state", "1", 1), row("assignment_group", "desk", 2), row("assigned_to", "wang", 70)]
    found = told(rows, Standing("1", "", "desk", "wang", ""), opened=-400)
    assert [(s.start - BORN, s.group, s.assignee) for s in found] == [
        (-400, "desk", ""),
        (70, "desk", "wang"),
    ]


def test_a_ticket_older_than_its_metrics() -> None:
    """Nothing is guessed of the state before the first metric; a group counts as far as it is known."""
    rows = [row("incident_state", "3", 500), row("assignment_group", "desk", 600)]
    found = told(rows, Standing("3", "", "desk", "", ""))
    assert [(s.start - BORN, s.state, s.group) for s in found] == [(0, UNKNOWN, "desk"), (500, HOLD, "desk")]


def test_observed_until_the_metric_comes() -> None:
    """A change seen on the record counts at once; the metric that tells it later changes nothing."""
    rows = [row("incident_state", "1", 0)]
    seen = [Change(BORN + 50, "state", "1", "2")]
    late = [row("incident_state", "1", 0, 50), row("incident_state", "2", 50)]
    now = Standing("2", "", "", "", "")
    first, then = told(rows, now, observed=seen), told(late, now, observed=seen)
    assert states(first) == states(then) == [(0, NEW), (50, PROGRESS)]


def test_what_metrics_measure_observation_does_not_tell_twice() -> None:
    """Two looks saw one change where the metrics know of two; columns without metrics are as observed."""
    rows = [row("state", "1", 0, 50), row("state", "3", 50, 80), row("state", "2", 80)]
    seen = [Change(BORN + 82, "state", "1", "2"), Change(BORN + 82, "priority", "3", "1")]
    found = told(rows, Standing("2", "", "", "", "1"), observed=seen)
    assert [(s.start - BORN, s.state, s.priority) for s in found] == [
        (0, NEW, "3"),
        (50, HOLD, "3"),
        (80, PROGRESS, "3"),
        (82, PROGRESS, "1"),
    ]


def test_a_metric_with_the_old_value() -> None:
    """Some rows are written before the record is: then observation, or the record itself, puts it right."""
    rows = [row("assignment_group", "a", 0, 50), row("assignment_group", "a", 50), row("state", "1", 0)]
    now = Standing("1", "", "b", "", "")
    seen = [Change(BORN + 50, "assignment_group", "a", "b")]
    assert [(s.start - BORN, s.group) for s in told(rows, now, observed=seen)] == [(0, "a"), (50, "b")]
    assert [(s.start - BORN, s.group) for s in told(rows, now)] == [(0, "a"), (900, "b")]


def test_rows_that_tell_nothing() -> None:
    """Script rows, unknown columns and broken dates are left out; without any row, only what was observed."""
    rows = [
        row("", "x", 0),
        row("active", "true", 0),
        row("incident_state", "", 0),
        row("state", "2", 0) | {"start": ""},
        row("state", "2", 0) | {"start": "yesterday"},
        {"sys_id": "nothing else"},
    ]
    seen = [Change(BORN + 50, "state", "1", "2")]
    assert changes_from(rows, seen, BORN, "2", STATES) == seen
