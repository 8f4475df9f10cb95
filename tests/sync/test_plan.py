"""The planner: intents in, one write per record out."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.instant import platform_time
from connector.intent import Create, Intent, Keep, Note, Set, occasion
from connector.sync.change import Change, Plan, Safety, Scheme, Wish, bare
from connector.sync.plan import make_plan
from connector.ticket import Article, DeskTask, Group, Ticket, TicketState

NOW = 1_790_000_000
STATES = {state: str(index) for index, state in enumerate(TicketState)}
SCHEME = Scheme({"clock": "u_clock", "resolve_by": "u_resolve_by", "marks": "u_marks"}, STATES)
FIRST, SECOND = Group("a" * 32, "First"), Group("b" * 32, "Second")


def ticket(number: int = 1, **fields: object) -> Ticket:
    """A ticket in progress with the first group."""
    base: dict[str, object] = {
        "sys_id": f"{number:032x}",
        "number": f"INC{number:07}",
        "opened_at": NOW - 3600,
        "updated_at": NOW - 60,
        "mod_count": 3,
        "state": TicketState.IN_PROGRESS,
        "group": FIRST,
    }
    return Ticket(**{**base, **fields})  # type: ignore[arg-type]


def wish(of: Ticket, *intents: Intent, policy: str = "p", observe: bool = False) -> Wish:
    """A policy's intents for a ticket."""
    return Wish(policy, observe, of, "because", intents)


def plan(*wishes: Wish, safety: Safety | None = None, **more: int) -> Plan:
    """The plan for these wishes; the same as for them with bare tickets, which is what a pass keeps."""
    made = make_plan(wishes, SCHEME, safety or Safety(), now=NOW, **more)
    light = [one._replace(ticket=bare(one.ticket)) for one in wishes]
    assert make_plan(light, SCHEME, safety or Safety(), now=NOW, **more) == made
    return made


def fields(change: Change) -> dict[str, str]:
    """Column → value that the change writes."""
    return {f.column: f.after for f in change.fields}


def said(of: Ticket, what: str = "said", policy: str = "p") -> Note:
    """A note of one occasion."""
    return Note(what, occasion(policy, of.sys_id, what), "R-C3")


def test_a_bare_ticket_keeps_what_is_set_and_read_back() -> None:
    """The value before is told of columns that only a policy asked for; the rest is left out."""
    t = ticket(extra={"problem_id": "f" * 32, "watch_list": "x", "u_long": "y" * 4000})
    shared = replace(SCHEME, shared=SCHEME.shared | {"problem_id"})
    wished = [wish(bare(t), Set("problem", "e" * 32, occasion("p", t.sys_id), "R-C6"))]
    (change,) = make_plan(wished, shared, Safety(), now=NOW).changes
    assert [(f.column, f.before) for f in change.fields] == [("problem_id", "f" * 32), ("u_marks", "")]
    assert (bare(t).extra, bare(t).spans) == ({"problem_id": "f" * 32, "watch_list": "x"}, ())


@given(
    st.dictionaries(
        st.sampled_from(["clock", "tier", "marks"]), st.sampled_from(["", "running", "0a1b2c3d"])
    ),
    st.dictionaries(st.sampled_from(["problem_id", "watch_list", "u_x"]), st.sampled_from(["", "x"])),
    st.sampled_from(TicketState),
    st.sampled_from(["", "wang"]),
    st.sampled_from([None, FIRST]),
    st.booleans(),
)
def test_a_bare_ticket_is_planned_for_like_the_whole(
    owned: dict[str, str],
    extra: dict[str, str],
    state: TicketState,
    assignee: str,
    group: Group | None,
    there: bool,
) -> None:
    """Whatever stands on the record or belongs to it, and whatever is wanted of it."""
    happened = occasion("p", "t")
    t = Ticket(
        "t", "INC1", NOW - 3600, NOW - 60, 3, state, kind="problem", caller="li", company="c", group=group,
        assignee=assignee, articles=(Article(happened, "KB1", "draft", False),) if there else (),
        marks=frozenset({said(ticket()).occasion.mark}), owned=owned, extra=extra,
    )  # fmt: skip
    scheme = replace(SCHEME, shared=SCHEME.shared | {"problem_id", "watch_list"})
    values = {"state": TicketState.CLOSED, "group": "g9", "assignee": "li", "problem": "x", "watch": "y"}
    intents: list[Intent] = [Set(name, value, happened, "R-B4") for name, value in values.items()]
    intents += [Keep("clock", "running", "R-C3"), Keep("tier", None, "R-A2"), said(t)]
    intents.append(Create("problem", {"short_description": "x"}, happened, "R-C6"))
    whole, light = (make_plan([wish(one, *intents)], scheme, Safety(), now=NOW) for one in (t, bare(t)))
    assert whole == light


def test_a_field_that_is_so_already_is_left_alone() -> None:
    """Keep compares with the record, every time."""
    assert plan(wish(ticket(owned={"clock": "running"}), Keep("clock", "running", "R-C3"))).empty


def test_everything_for_one_record_is_one_write() -> None:
    """Fields, notes and marks of two policies go out together, each with its clause."""
    t = ticket()
    a = Keep("clock", "breached", "R-C3")
    b = said(t, policy="q")
    made = plan(wish(t, a), wish(t, b, policy="q"))
    (change,) = made.changes
    assert fields(change) == {
        "u_clock": "breached",
        "work_notes": f"said\n(q, R-C3, {b.occasion.mark})",
        "u_marks": b.occasion.mark,
    }
    assert {(x.policy, x.clause) for x in change.because} == {("p", "R-C3"), ("q", "R-C3")}
    assert change.base == 3


def test_an_instant_is_written_as_the_platform_writes_it() -> None:
    """Dates go out as UTC text without a zone."""
    (change,) = plan(wish(ticket(), Keep("resolve_by", NOW, "R-C3"))).changes
    assert fields(change) == {"u_resolve_by": platform_time(NOW)} == {"u_resolve_by": "2026-09-21 14:13:20"}


def test_a_mark_on_the_ticket_silences_its_occasion() -> None:
    """What was said or set once is not said or set again, whatever a person did since."""
    t = ticket()
    note = said(t)
    marked = ticket(marks=frozenset({note.occasion.mark}))
    move = Set("group", SECOND.sys_id, note.occasion, "R-B2")
    assert not plan(wish(t, note, move)).empty
    assert plan(wish(marked, note, move)).empty


def test_without_a_marks_column_nothing_is_said() -> None:
    """What cannot be remembered must not be said: it would be said at every pass."""
    scheme = Scheme({"clock": "u_clock"}, STATES)
    t = ticket()
    assert make_plan([wish(t, said(t))], scheme, Safety(), now=NOW).empty


def test_a_column_that_is_not_configured_is_not_written() -> None:
    """Only what ``[columns]`` lists may leave the connector."""
    assert plan(wish(ticket(), Keep("knowledge", "owed", "R-B5"))).empty
    scheme = Scheme({"marks": "u_marks"}, STATES, shared=frozenset())
    t = ticket()
    move = Set("group", SECOND.sys_id, occasion("p", t.sys_id), "R-B2")
    assert make_plan([wish(t, move)], scheme, Safety(), now=NOW).empty


def test_two_policies_that_disagree_write_neither() -> None:
    """A conflict names both policies, and a note on the occasion of a dropped Set is dropped with it."""
    t = ticket()
    one, two = occasion("p", t.sys_id, "out"), occasion("q", t.sys_id, "out")
    made = plan(
        wish(t, Set("group", SECOND.sys_id, one, "R-B2"), Note("moved", one, "R-B2")),
        wish(t, Set("group", "c" * 32, two, "R-B2"), policy="q"),
    )
    assert made.changes == ()
    (conflict,) = made.conflicts
    assert conflict.field == "assignment_group"
    assert conflict.wanted == (("p", SECOND.sys_id), ("q", "c" * 32))
    assert not made.empty


def test_two_policies_that_agree_are_one_change_with_two_reasons() -> None:
    """The same value twice is no conflict."""
    t = ticket()
    made = plan(wish(t, Keep("clock", "met", "R-C3")), wish(t, Keep("clock", "met", "R-E6"), policy="q"))
    assert [b.clause for b in made.changes[0].because] == ["R-C3", "R-E6"]
    assert made.conflicts == ()


def test_observing_plans_but_never_writes() -> None:
    """What a policy in observe wants stands apart, and in nobody's way."""
    t = ticket()
    made = plan(
        wish(t, Keep("clock", "met", "R-C3"), observe=True),
        wish(t, Keep("clock", "missed", "R-C3"), policy="q"),
    )
    assert [fields(c) for c in made.changes] == [{"u_clock": "missed"}]
    assert [fields(c) for c in made.observed] == [{"u_clock": "met"}]
    assert made.conflicts == ()


def test_a_ticket_from_before_is_never_touched() -> None:
    """``adopt_from`` keeps the backlog from breaching on the first day."""
    assert plan(wish(ticket(), Keep("clock", "met", "R-C3")), adopt_from=NOW - 3599).empty
    assert not plan(wish(ticket(), Keep("clock", "met", "R-C3")), adopt_from=NOW - 3600).empty


def test_a_resolved_ticket_is_not_written_for_what_can_wait() -> None:
    """A write can postpone the auto-close, so mere fields wait; a note does not, and takes them along."""
    t = ticket(state=TicketState.RESOLVED)
    keep = Keep("clock", "met", "R-C3")
    assert plan(wish(t, keep)).empty
    (change,) = plan(wish(t, keep), wish(t, said(t, policy="q"), policy="q")).changes
    assert set(fields(change)) == {"u_clock", "u_marks", "work_notes"}


def test_what_exists_is_not_created_again() -> None:
    """A task whose correlation id is the occasion is the proof that it was created."""
    t = ticket()
    why = occasion("p", t.sys_id, "call")
    create = Create("incident_task", {"short_description": "Call back"}, why, "R-B6")
    (change,) = plan(wish(t, create)).changes
    assert change.creates
    assert fields(change) == {"correlation_id": why, "short_description": "Call back"}
    there = ticket(tasks=(DeskTask("d" * 32, "callback", why, NOW),))
    assert plan(wish(there, create)).empty


def test_the_brake_holds_one_policy_and_says_how_to_go_on() -> None:
    """Over the bound nothing of that policy is written; the others go on."""
    tickets = [ticket(n) for n in range(1, 5)]
    wishes = [wish(t, Keep("clock", "met", "R-C3"), policy="wild") for t in tickets]
    made = plan(*wishes, wish(tickets[0], said(tickets[0])), safety=Safety(max_changes=3))
    assert [c.number for c in made.changes] == ["INC0000001"]
    assert "u_clock" not in fields(made.changes[0])
    assert made.refused.keys() == {"wild"}
    for part in ('"wild"', "4 tickets", "max_changes = 3", "[safety]", "adopt_from"):
        assert part in made.refused["wild"]


@pytest.mark.parametrize(("population", "held"), [(0, False), (10, True), (100, False)])
def test_the_share_is_taken_of_the_tickets_in_sight(population: int, held: bool) -> None:
    """Half of ten tickets is too much, half of a hundred is not reached."""
    wishes = [wish(ticket(n), Keep("clock", "met", "R-C3")) for n in range(1, 9)]
    made = plan(*wishes, safety=Safety(max_share=0.5, share_from=5), population=population)
    assert bool(made.refused) is held


def test_a_full_marks_column_is_listed_not_cut() -> None:
    """A cut list of marks would say things twice."""
    t = ticket(marks=frozenset(f"{n:08x}" for n in range(445)))
    made = plan(wish(t, said(t)))
    assert made.changes == ()
    assert made.full == (t.number,)


def test_a_note_drops_the_marks_it_supersedes() -> None:
    """A broadcast every half hour must not fill the marks column in a week."""
    old, new = occasion("p", "t", 1), occasion("p", "t", 2)
    t = ticket(marks=frozenset({old.mark, "0" * 8}), owned={"marks": f"{'0' * 8} {old.mark}"})
    (change,) = plan(wish(t, Note("again", new, "R-C4", supersedes=(old.mark,)))).changes
    assert fields(change)["u_marks"].split() == sorted(["0" * 8, new.mark])


def _wishes(seeds: Sequence[tuple[int, int, int]]) -> list[Wish]:
    made = []
    for number, policy, kind in seeds:
        t, name = ticket(number), f"p{policy}"
        what = occasion(name, t.sys_id, kind)
        made.append(
            wish(
                t,
                (
                    Keep("clock", str(policy % 2), "R-C3"),
                    Note("n", what, "R-C3"),
                    Set("group", SECOND.sys_id, what, "R-B2"),
                    Create("incident_task", {"short_description": "x"}, what, "R-B6"),
                )[kind],
                policy=name,
            )
        )
    return made


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 3)),
        unique_by=lambda seed: seed[:2],
        max_size=12,
    ).flatmap(lambda seeds: st.tuples(st.just(seeds), st.permutations(seeds)))
)
def test_order_does_not_matter(both: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]) -> None:
    """Law 7: shuffled wishes give the same plan."""
    assert plan(*_wishes(both[0])) == plan(*_wishes(both[1]))
