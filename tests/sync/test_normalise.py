"""Rows into tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.dialect import Dialect
from connector.sync.history import Change
from connector.sync.normalise import BASE_COLUMNS, NOTES, Normaliser, Parts, Unreadable
from connector.sync.row import Row, flat
from connector.ticket import Directory, FaultClass, Group, Ticket, TicketState, Tier

DIALECT = Dialect(
    states={"1": TicketState.NEW, "2": TicketState.IN_PROGRESS, "7": TicketState.CLOSED},
    classes={"1": FaultClass.URGENT, "3": FaultClass.IMPORTANT},
    roles={"clock": "u_desk_clock", "marks": "u_desk_marks"},
    extra=("u_desk_escalate", "work_notes"),
    own_user="connector",
    score="u_desk_score",
    notes_known=True,
)
NETWORK = Group("g1", "Network", "main", Tier.SECOND_LINE)
NORMALISER = Normaliser(DIALECT, Directory(groups={"g1": NETWORK}))
ROW = dict.fromkeys(BASE_COLUMNS, "") | {
    "sys_id": "a" * 32,
    "number": "INC1",
    "opened_at": "2026-06-01 01:00:00",
    "sys_updated_on": "2026-06-01 02:00:00",
    "sys_mod_count": "4",
    "state": "2",
    "priority": "1",
    "assignment_group": "g1",
    "assigned_to": "wang",
    "reopen_count": "1",
    "u_desk_clock": "running",
    "u_desk_marks": "0a1b2c3d deadbeef",
    "u_desk_escalate": "true",
}
OPENED = 1_780_275_600


def test_a_row_is_a_ticket() -> None:
    """The platform's words become ours."""
    ticket = NORMALISER.ticket(ROW)
    assert (ticket.number, ticket.state, ticket.fault_class) == (
        "INC1",
        TicketState.IN_PROGRESS,
        FaultClass.URGENT,
    )
    assert (ticket.opened_at, ticket.mod_count, ticket.reopen_count) == (OPENED, 4, 1)
    assert ticket.group is NETWORK
    assert ticket.marks == {"0a1b2c3d", "deadbeef"}
    assert ticket.owned == {"clock": "running", "marks": "0a1b2c3d deadbeef"}
    assert ticket.resolved_at is None


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("state", "-100", "state -100 is not among"),
        ("state", "", r"state \(empty\)"),
        ("priority", "9", "priority 9 belongs to no fault class"),
        ("opened_at", "", "opened_at"),
        ("opened_at", "yesterday", "not a date-time"),
        ("closed_at", "2026-02-30 00:00:00", "not in the calendar"),
        ("sys_mod_count", "many", "invalid literal"),
        ("sys_id", "", "sys_id"),
        ("assignment_group", None, None),
        ("assigned_to", {"value": "wang", "link": "x"}, None),
    ],
)
def test_what_does_not_fit_is_unreadable(column: str, value: object, words: str | None) -> None:
    """A broken row is refused with its reason; a reference as an object or null is only another spelling."""
    row = ROW | {column: value}
    if words is None:
        assert NORMALISER.ticket(row).assignee == "wang"  # type: ignore[arg-type]
    else:
        with pytest.raises(Unreadable, match=words):
            NORMALISER.ticket(row)  # type: ignore[arg-type]


@pytest.mark.parametrize("column", ["sys_id", "state", "opened_at", "sys_updated_on"])
def test_a_row_without_what_matters_is_unreadable(column: str) -> None:
    """A column that may not be read is missing from the row; without these nothing can be judged."""
    with pytest.raises(Unreadable):
        NORMALISER.ticket({key: value for key, value in ROW.items() if key != column})


@pytest.mark.parametrize(
    "column", sorted(set(BASE_COLUMNS) - {"sys_id", "state", "opened_at", "sys_updated_on"})
)
def test_a_row_may_lack_the_rest(column: str) -> None:
    """Any other column may be missing and is empty then."""
    assert NORMALISER.ticket({key: value for key, value in ROW.items() if key != column}).sys_id == "a" * 32


@given(st.sets(st.sampled_from(sorted(ROW))), st.sampled_from([*sorted(ROW), ""]), st.sampled_from(["", "9"]))
def test_a_missing_column_is_an_empty_one(missing: set[str], broken: str, text: str) -> None:
    """Whichever columns a row lacks, it says, or is refused with, what it would with empty ones."""
    row = ROW | ({broken: text} if broken else {})
    told, empty = (
        _told(less)
        for less in ({k: v for k, v in row.items() if k not in missing}, row | dict.fromkeys(missing, ""))
    )
    assert told == empty


ROWS = st.builds(
    lambda changed, missing: {k: v for k, v in (ROW | changed).items() if k not in missing},
    st.fixed_dictionaries(
        {},
        optional={
            "sys_id": st.sampled_from(["", "b" * 32]),
            "state": st.sampled_from("12789"),
            "priority": st.sampled_from(["", "1", "3", "8"]),
            "opened_at": st.sampled_from(["", "soon", "2026-06-01 00:30:00"]),
            "resolved_at": st.sampled_from(["", "2026-06-01 01:30:00"]),
            "closed_at": st.sampled_from(["", "2026-06-01 01:45:00"]),
            "assignment_group": st.sampled_from(["", "g1", "g2"]),
            "u_desk_marks": st.sampled_from(["", "0a1b2c3d"]),
        },
    ),
    st.sets(st.sampled_from(["company", "priority", "state", "u_desk_clock"]), max_size=1),
)
NOTE = Change(OPENED + 60, NOTES, "", "done", "li")
MOVED = Change(OPENED + 60, "assigned_to", "", "wang", "li")
PARTS = st.tuples(
    ROWS,
    st.sampled_from([(), (NOTE,), (MOVED,), (MOVED, NOTE)]),
    st.sampled_from([(), ({"sys_id": "t", "opened_at": "2026-06-01 01:30:00"},)]),
    st.sampled_from([(), ({"sys_id": "k", "number": "KB1", "linked": "true"},)]),
    st.just(()),
)


@given(st.lists(PARTS, max_size=5), st.booleans())
def test_several_at_once_are_what_each_is(several: list[Parts], narrow: bool) -> None:
    """Whatever columns each has; and if one of them cannot be read, that is said."""
    by = NORMALISER.narrow(("clock",), (NOTES,), ()) if narrow else NORMALISER
    alone = [_told(*one, by=by) for one in several]
    if any(isinstance(one, str) for one in alone):
        with pytest.raises(Unreadable):
            by.tickets(several)
    else:
        assert by.tickets(several) == alone


@given(
    st.dictionaries(
        st.sampled_from(sorted(ROW)),
        st.none()
        | st.booleans()
        | st.integers(0, 9)
        | st.fixed_dictionaries({"value": st.sampled_from("1g")}),
        min_size=1,
    )
)
def test_objects_are_read_as_the_texts_they_stand_for(objects: dict[str, object]) -> None:
    """However a value is spelled, the ticket is that of the row in plain texts, as a store would keep it."""
    plain = flat(ROW | objects)
    assert _told(ROW | objects) == _told(plain)  # type: ignore[operator,arg-type]


def _told(row: Row, *more: Any, by: Normaliser = NORMALISER) -> Ticket | str:
    try:
        return by.ticket(row, *more)
    except Unreadable as why:
        return str(why)


_FURTHER = ("u_one", "u_two", "comments", NOTES)


@given(
    st.fixed_dictionaries(
        {}, optional={column: st.sampled_from(["", "1", "true", "x"]) for column in _FURTHER}
    ),
    st.lists(
        st.builds(
            Change,
            st.integers(OPENED, OPENED + 9),
            st.sampled_from([*_FURTHER, "state"]),
            st.just(""),
            st.sampled_from(["2", "1", "true", "false"]),
            st.sampled_from(["wang", "connector"]),
        ),
        max_size=5,
    ),
    st.sets(st.sampled_from(_FURTHER)),
    st.sets(st.sampled_from(("comments", NOTES))),
    st.booleans(),
)
def test_further_columns_as_their_rules_say(
    texts: dict[str, str], changes: list[Change], extra: set[str], journals: set[str], notes_known: bool
) -> None:
    """What is picked from the row at once is what the rules say one by one."""
    dialect = replace(DIALECT, extra=tuple(extra), journals=tuple(journals), notes_known=notes_known)
    row = ROW | texts
    ticket = Normaliser(dialect, Directory()).ticket(row, changes)
    assert ticket.extra == _further(dialect, row, changes)
    assert ticket.owned == {role: row[column] for role, column in DIALECT.roles.items()}


def _further(dialect: Dialect, row: Row, changes: Sequence[Change]) -> Mapping[str, str]:
    theirs = [change for change in changes if change.user != dialect.own_user]
    told: dict[str, str] = {}
    for column in dialect.extra:
        if column == NOTES:
            if dialect.notes_known:
                told[NOTES] = "1" if any(change.field == NOTES for change in theirs) else ""
            continue
        told[column] = row.get(column, "")
        ticked = [c.at for c in changes if c.field == column and c.new in ("1", "true")]
        if told[column] in ("1", "true") and ticked:
            told[f"{column}@"] = str(max(ticked))
    for column in dialect.journals:
        told[f"{column}@"] = str(max((c.at for c in theirs if c.field == column), default=""))
    return told


@pytest.mark.parametrize(
    ("change", "settled"),
    [
        ({}, True),
        ({"sys_updated_on": ""}, False),
        ({"sys_updated_on": "yesterday"}, False),
        ({"sys_mod_count": "many"}, False),
        ({"state": "7"}, False),
        ({"short_description": "another"}, True),
    ],
)
def test_what_is_settled_is_the_same_ticket_whenever_it_was_updated(
    change: dict[str, str], settled: bool
) -> None:
    """Its history has caught up with it; one of which that is not sure is looked at closely."""
    row, changes = ROW | change, [Change(OPENED + 60, "state", "1", "2")]
    assert NORMALISER.settled(row, changes) is settled
    if settled:
        before, after = (
            NORMALISER.ticket(
                row | {"sys_updated_on": f"2026-06-01 0{hour}:00:00", "sys_mod_count": "9"}, changes
            )
            for hour in (2, 5)
        )
        assert replace(before, updated_at=after.updated_at) == after


def test_a_past_told_by_metrics_takes_a_closer_look() -> None:
    """Where a span of a metric is open, the row's own stamp may begin the next."""
    measured = Normaliser(replace(DIALECT, measured=True), Directory(groups={"g1": NETWORK}))
    assert measured.settled(ROW)
    assert not measured.settled(ROW, (), [{"field": "state"}])
    assert NORMALISER.settled(ROW, (), [{"field": "state"}])


def test_a_group_the_configuration_does_not_name() -> None:
    """It is a group of no desk and no tier, and not the same as another such."""
    one, two = (NORMALISER.ticket(ROW | {"assignment_group": key}).group for key in ("x", "y"))
    assert one is not None
    assert (one.desk, one.tier) == ("", None)
    assert one != two


def test_what_people_did_beside_the_fields() -> None:
    """A note by a person counts, our own does not; a tick says when it was set last."""
    note = Change(OPENED + 60, "work_notes", "", "", "wang")
    tick = Change(OPENED + 90, "u_desk_escalate", "0", "1", "wang")
    assert NORMALISER.ticket(ROW).extra == {"u_desk_escalate": "true", "work_notes": ""}
    assert NORMALISER.ticket(ROW, [note._replace(user="connector")]).extra["work_notes"] == ""
    assert NORMALISER.ticket(ROW, [note, tick]).extra == {
        "u_desk_escalate": "true",
        "u_desk_escalate@": str(OPENED + 90),
        "work_notes": "1",
    }


def test_when_a_person_last_wrote() -> None:
    """The latest of each journal that is asked for, empty for never; our own writing is nobody's."""
    dialect = Dialect(
        DIALECT.states, DIALECT.classes, own_user="connector", journals=("comments", "work_notes")
    )
    normaliser = Normaliser(dialect, Directory())
    first = Change(OPENED + 60, "work_notes", "", "", "wang")
    later = [first._replace(at=OPENED + 90), first._replace(at=OPENED + 99, user="connector")]
    assert normaliser.ticket(ROW).extra == {"comments@": "", "work_notes@": ""}
    assert normaliser.ticket(ROW, [*later, first]).extra["work_notes@"] == str(OPENED + 90)


def test_a_narrow_ticket_is_the_same_ticket_with_less_beside_it() -> None:
    """What it is asked to keep is kept, also when something was ticked; tickets share what they say alike."""
    wide = Normaliser(replace(DIALECT, journals=("comments",)), Directory(groups={"g1": NETWORK}))
    narrow = wide.narrow(("clock",), ("u_desk_escalate",), ())
    tick = Change(OPENED + 90, "u_desk_escalate", "0", "1", "wang")
    for row, changes in ((ROW, []), (ROW, [tick]), (ROW | {"caller_id": "x", "company": "".join("xy")}, [])):
        whole, less = wide.ticket(row, changes), narrow.ticket(row, changes)
        extra = {name: text for name, text in whole.extra.items() if name.startswith("u_desk_escalate")}
        assert less == replace(whole, marks=frozenset(), owned={"clock": "running"}, extra=extra)
    one, two = narrow.ticket(ROW), narrow.ticket({key: "".join(list(text)) for key, text in ROW.items()})
    assert one.owned is two.owned
    assert one.extra is two.extra
    assert one.assignee is two.assignee
    assert wide.ticket(ROW).owned.keys() == {"clock", "marks"}, "the wide one goes on as before"


def test_what_a_narrow_one_meets_the_other_has_met() -> None:
    """A group made since the directory was read has to be looked up, whoever saw it first."""
    wide = Normaliser(DIALECT, Directory())
    group = wide.narrow((), (), ()).ticket(ROW).group
    assert wide.strangers == {"g1"}
    assert wide.ticket(ROW).group is group


def test_without_a_history_nothing_is_said_of_notes() -> None:
    """Where the history cannot tell, the key is absent rather than empty."""
    dialect = Dialect(DIALECT.states, DIALECT.classes, extra=("work_notes",))
    assert Normaliser(dialect, Directory()).ticket(ROW).extra == {}


@pytest.mark.parametrize(
    ("state", "complete", "started", "closed"),
    [
        ("1", False, False, False),
        ("2", False, True, False),
        ("3", True, True, True),
        ("4", False, True, True),
    ],
)
def test_a_task_of_ours(state: str, complete: bool, started: bool, closed: bool) -> None:
    """Kind, occasion, progress and the caller's answer of a call-back."""
    task = NORMALISER.task(
        {
            "sys_id": "t",
            "correlation_display": "desk-policy:callback",
            "correlation_id": "c" * 32,
            "state": state,
            "opened_at": "2026-06-01 01:00:00",
            "closed_at": "",
            "sys_updated_on": "2026-06-01 02:00:00",
            "u_desk_score": "4.5",
        }
    )
    assert (task.kind, task.occasion, task.score) == ("callback", "c" * 32, 4.5)
    assert (task.complete, task.started, task.closed_at is not None) == (complete, started, closed)


def test_a_broken_task_sets_its_ticket_aside() -> None:
    """Half of what belongs to a ticket is not enough to judge it."""
    with pytest.raises(Unreadable, match="task t"):
        NORMALISER.ticket(ROW, tasks=[{"sys_id": "t", "opened_at": "soon"}])


@pytest.mark.parametrize(
    ("state", "assignee", "answered"),
    [
        ("closed_complete", "", True),
        ("closed_abandoned", "wang", False),
        ("work_in_progress", "wang", True),
        ("new", "", False),
    ],
)
def test_a_call_is_answered_or_not(state: str, assignee: str, answered: bool) -> None:
    """R-E2 counts a call as answered if somebody took it and it was not abandoned."""
    row = {"sys_id": "c", "opened_at": "2026-06-01 01:00:00", "state": state, "assigned_to": assignee}
    assert NORMALISER.call(row).answered is answered
