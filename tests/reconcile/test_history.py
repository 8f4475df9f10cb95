"""One desk's life read three ways: from the audit, from metrics and by looking often."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reconcile.judgement import read_tickets
from connector.sandbox import Fault
from connector.ticket import Span, TicketState
from tests.law import examples
from tests.mix import ASKS_WHO_WROTE, SETS_BACK, SLOTS, Table, first, mixes, settle
from tests.timeline import DEEDS, NUMBERS, Then, happens, lives, opens, timelines
from tests.world import HOUR, MINUTE, Desk, record_id

COLUMNS = ("incident_state", "assignment_group", "assigned_to", "hold_reason", "priority")
LAG = 30
TICKS = {"beyond me", "not beyond me", "confirmed", "draft, please"}

_THEN = st.builds(
    Then,
    st.sampled_from((MINUTE, 10 * MINUTE, 3 * HOUR)),
    st.sampled_from(sorted(DEEDS)),
    st.just(NUMBERS[0]),
)


def desk_of(history: str, *columns: str, stop: bool = False) -> Desk:
    """A desk that only watches, on an instance that measures these columns."""
    policies = [{**policy, "mode": "observe"} for slot in SLOTS for policy in slot[:1]]
    desk = Desk(settings=settle(policies, history))
    if columns:
        desk.instance.measure(*columns, lag=LAG, stop_when_inactive=stop)
    return desk


def lived(desk: Desk, timeline: Sequence[Then], *, often: bool) -> tuple[Span, ...]:
    """The spans of the first ticket after all this, as the connector knows them once metrics have come."""
    opens(desk, NUMBERS[0])
    if often:
        desk.looks()
    for then in timeline:
        happens(desk, then)
        if often:
            desk.looks()
    desk.clock.advance(LAG + 1)
    desk.looks()
    return known(desk)


def known(desk: Desk) -> tuple[Span, ...]:
    """What the mirror tells of the first ticket."""
    (ticket,) = read_tickets(desk.world, [record_id(NUMBERS[0])], desk.clock.now())
    return ticket.spans


@examples(12)
@given(st.lists(_THEN, max_size=6), st.booleans())
def test_three_ways_to_the_same_spans(timeline: list[Then], often: bool) -> None:
    """Metrics tell what the audit tells, however seldom one looks; observation, if one looks each time."""
    told = {}
    for history, columns in (("audit", ()), ("metric", COLUMNS), ("observed", ())):
        if history == "observed" and not often:
            continue
        with desk_of(history, *columns) as desk:
            told[history] = lived(desk, timeline, often=often)
    assert all(spans == told["audit"] for spans in told.values()), told


@examples(8)
@given(st.lists(_THEN, max_size=6))
def test_what_nobody_measures_is_observed(timeline: list[Then]) -> None:
    """On a stock instance hold reason and priority come from looking, the rest from metrics."""
    with desk_of("audit") as desk:
        audit = lived(desk, timeline, often=True)
    with desk_of("metric", *COLUMNS[:3]) as desk:
        assert lived(desk, timeline, often=True) == audit


@examples(5)
@given(mixes(without=SETS_BACK | ASKS_WHO_WROTE, modes=False), timelines(2))
def test_the_same_is_done_from_metrics(mix: tuple[Table, ...], timeline: list[Then]) -> None:
    """Half a minute late or not, the records say in the end what they would say with the audit."""
    worlds = []
    for history, columns in (("audit", ()), ("metric", COLUMNS)):
        with Desk(settings=settle(mix, history)) as desk:
            if columns:
                desk.instance.measure(*columns, lag=LAG)
            opens(desk, NUMBERS[0])
            desk.settles()
            lives(desk, timeline)
            desk.clock.advance(LAG + 1)
            desk.settles()
            assert desk.repeated() == []
            worlds.append(desk.everything())
    assert worlds[0] == worlds[1]


def test_metrics_survive_the_store() -> None:
    """With an empty store, and where durations end with the record, the past is there again."""
    timeline = [
        Then(HOUR, deed, NUMBERS[0])
        for deed in (
            "wang takes",
            "waits for the caller",
            "goes on",
            "closed",
            "goes on",
            "resolved",
            "closed",
        )
    ]
    for stop in (False, True):
        with desk_of("metric", *COLUMNS, stop=stop) as desk:
            spans = lived(desk, timeline, often=True)
            desk.forgets()
            desk.looks()
            assert known(desk) == spans
            assert [span.state for span in spans] == [
                TicketState.NEW,
                TicketState.IN_PROGRESS,
                TicketState.ON_HOLD,
                TicketState.IN_PROGRESS,
                TicketState.CLOSED,
                TicketState.IN_PROGRESS,
                TicketState.RESOLVED,
                TicketState.CLOSED,
            ]


def test_before_the_metrics_come_the_record_tells() -> None:
    """In the half minute between, the ticket stands where its record says; what comes late makes it due."""
    with desk_of("metric", *COLUMNS) as desk:
        opens(desk, NUMBERS[0])
        desk.clock.advance(HOUR)
        assert desk.looks().polled["metric_instance"] == 3  # state, group and priority, at the creation
        desk.takes(NUMBERS[0])
        desk.looks()
        assert known(desk)[-1].state is TicketState.IN_PROGRESS
        before = known(desk)
        desk.clock.advance(LAG)
        report = desk.looks()
        assert (report.polled["incident"], report.judged) == (0, 1)
        assert known(desk) == before


@pytest.mark.parametrize("history", ["metric", "observed"])
def test_the_audit_is_not_asked(history: str) -> None:
    """Where it may not be read, nothing asks for it and no pass fails."""
    with desk_of(history, *COLUMNS) as desk:
        desk.rest.faults.add(Fault.forbidden(), when=lambda call: call.table == "sys_audit", times=None)
        opens(desk, NUMBERS[0])
        assert not desk.looks().trouble
        assert "sys_audit" not in desk.world.gateway.by_table


def test_ticks_are_never_taken_from_metrics() -> None:
    """A tick escalates once, though a metric of its column tells another second than observation did."""
    escalation = {**first("tier_escalation"), "mode": "enforce"}
    with Desk(settings=settle([escalation], "metric")) as desk:
        desk.instance.measure(*COLUMNS, "u_desk_escalate", lag=LAG)
        opens(desk, NUMBERS[0])
        desk.settles()
        desk.clock.advance(10 * MINUTE)
        desk.ticks(NUMBERS[0], "u_desk_escalate")
        desk.settles()
        assert desk.shows(NUMBERS[0])["tier"] == "second_line"
        for row in desk.instance.rows("metric_instance", "field=u_desk_escalate"):
            desk.instance.update("metric_instance", row["sys_id"], {"start": "2026-06-01 01:10:07"})
        desk.clock.advance(HOUR)
        desk.moves(NUMBERS[0], "Service Desk")
        desk.settles()
        assert desk.shows(NUMBERS[0])["tier"] == "first_line"
        assert len(desk.said(NUMBERS[0])) == 1


def test_an_old_article_counts_as_soon_as_it_is_attached() -> None:
    """Written before the connector was adopted, for no ticket: its state is known all the same."""
    knowledge = {**first("knowledge_capture"), "mode": "enforce"}
    with Desk(settings=settle([knowledge])) as desk:
        desk.clock.set(desk.clock.now() - 400 * 24 * HOUR)
        article = desk.instance.insert("kb_knowledge", {"workflow_state": "published"}, user="li")["sys_id"]
        desk.clock.set(desk.clock.now() + 401 * 24 * HOUR)
        opens(desk, NUMBERS[0])
        desk.closes(NUMBERS[0])
        desk.settles()
        assert desk.shows(NUMBERS[0])["knowledge"] == "owed"
        link = {"kb_knowledge": article, "task": record_id(NUMBERS[0])}
        desk.instance.insert("m2m_kb_task", link, user="li")
        desk.clock.advance(MINUTE)
        desk.settles()
        assert desk.shows(NUMBERS[0])["knowledge"] == "published"
        desk.instance.update("kb_knowledge", article, {"workflow_state": "review"}, user="li")
        desk.clock.advance(MINUTE)
        desk.settles()
        assert desk.shows(NUMBERS[0])["knowledge"] == "in_review"
