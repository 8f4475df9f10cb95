"""What the charts count: nothing is lost, nothing counts twice, and every edge is on the side it says."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.series.ageing import LABELS, ageing
from connector.kpi.series.call_back import call_backs
from connector.kpi.series.handling_time import BOUNDS, handling_times
from connector.kpi.series.hotline import by_hour
from connector.kpi.series.tier_flow import climbed, tier_flow
from connector.ticket import OPEN_STATES, Call, DeskTask, FaultClass, TicketState, Tier
from tests.builder import DAY, DIRECTORY, FIRST, HOUR, MON, NETWORK, VENDOR, lives, spans, ticket

GROUPS = DIRECTORY.groups
PERIOD = Period(PeriodKind.DAY, MON - 2 * DAY, MON + 3 * DAY, "five days")
NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED, CLOSED = TicketState.RESOLVED, TicketState.CLOSED


@st.composite
def facts(draw):
    """Tickets with any life, class and outcome."""
    found = []
    for number, life in enumerate(draw(st.lists(lives(), max_size=4))):
        kind = draw(st.sampled_from(list(FaultClass)))
        one = ticket(number, life=life, fault_class=kind)
        found.append(TicketFact(one, None, draw(st.sampled_from((None, True, False)))))
    return found


@settings(max_examples=40)
@given(facts())
def test_every_resolved_ticket_stands_in_one_bucket_of_its_class(some):
    """R-E6's tickets and no others, each once, kept and late as the limit says."""
    ended = [fact for fact in some if fact.ticket.ended_at is not None and fact.ticket.ended_at in PERIOD]
    found = {one.fault_class: one for one in handling_times(some, PERIOD)}
    assert set(found) == set(FaultClass)
    for kind, one in found.items():
        mine = [fact for fact in ended if fact.ticket.fault_class is kind]
        assert one.total == len(mine)
        assert sum(b.kept for b in one.buckets) == sum(fact.resolved_in_time is True for fact in mine)
        assert sum(b.late for b in one.buckets) == sum(fact.resolved_in_time is False for fact in mine)
        times = sorted(max(0, fact.ticket.ended_at - fact.ticket.opened_at) for fact in mine)
        if times:
            assert sum(time <= one.median for time in times) * 2 >= len(times)
            assert sum(time < one.median for time in times) * 2 < len(times)
            assert sum(time <= one.ninth for time in times) * 10 >= len(times) * 9
        else:
            assert one.median is None
            assert one.ninth is None


def test_a_bound_belongs_to_the_bucket_it_names():
    """Fifteen minutes to the second are "≤ 15 m", a second more is not."""
    for place, (bound, label) in enumerate(BOUNDS):
        for more in (0, 1):
            one = ticket(1, life=spans(MON, (0, NEW), (bound + more, RESOLVED)))
            buckets = handling_times([TicketFact(one, True, True)], PERIOD._replace(end=MON + 90 * DAY))[
                0
            ].buckets
            assert [bucket.total for bucket in buckets].index(1) == place + more
        assert buckets[place].label == f"≤ {label}"


@settings(max_examples=40)
@given(facts(), st.integers(-2 * DAY, 40 * DAY))
def test_open_tickets_are_those_whose_history_says_so(some, after):
    """At any moment, also one gone by."""
    at = MON + after
    open_then = [
        fact
        for fact in some
        if any(
            span.start <= at and (span.end is None or at < span.end) and span.state in OPEN_STATES
            for span in fact.ticket.spans
        )
    ]
    found = ageing(some, at, GROUPS)
    assert found.total == len(open_then)
    ages = [at - fact.ticket.opened_at for fact in open_then]
    assert found.oldest == max(ages, default=None)
    assert tuple(age.label for age in found.ages) == LABELS
    assert found.ages[0].total == sum(age < DAY for age in ages)
    assert found.ages[-1].total == sum(age >= 30 * DAY for age in ages)


def test_an_open_ticket_is_with_the_tier_that_had_it_then():
    """Later hands do not count."""
    life = spans(MON, (0, NEW, "", FIRST.sys_id), (HOUR, WORK, "", VENDOR.sys_id))
    some = [TicketFact(ticket(1, life=life))]
    assert ageing(some, MON + HOUR - 1, GROUPS).ages[0].by_tier == (1, 0, 0, 0)
    assert ageing(some, MON + HOUR, GROUPS).ages[0].by_tier == (0, 0, 1, 0)


def test_without_history_the_record_tells_whether_it_was_open():
    """Resolved later than the moment: it was open then."""
    one = replace(ticket(1, life=spans(MON, (0, NEW), (HOUR, RESOLVED))), spans=())
    assert ageing([TicketFact(one)], MON + HOUR - 1, GROUPS).total == 1
    assert ageing([TicketFact(one)], MON + HOUR, GROUPS).total == 0


@settings(max_examples=40)
@given(facts())
def test_what_flows_into_a_tier_flows_out_of_it_or_ends_there(some):
    """No request is lost between first line and vendor; each ends in one place."""
    found = tier_flow(some, PERIOD, GROUPS)
    for stage in found.stages:
        assert stage.total == sum(stage.passed.values()) + sum(stage.fates.values())
        for higher, many in stage.passed.items():
            assert next(one for one in found.stages if one.tier is higher).received[stage.tier] == many
    opened = [fact for fact in some if fact.ticket.opened_at in PERIOD]
    assert found.total == len(opened)
    ends = sum(sum(stage.fates.values()) for stage in found.stages)
    assert ends + found.untiered == len(opened)


def test_only_the_way_up_counts():
    """First line, second line, back again, vendor: two steps up."""
    life = spans(
        MON,
        (0, NEW, "", FIRST.sys_id),
        (10, WORK, "", NETWORK.sys_id),
        (20, WORK, "", FIRST.sys_id),
        (30, WORK, "", VENDOR.sys_id),
    )
    assert climbed(ticket(1, life=life), GROUPS) == (Tier.FIRST_LINE, Tier.SECOND_LINE, Tier.VENDOR)


def closed_with(*tasks):
    """A ticket closed in the period, with these tasks."""
    life = spans(MON, (0, NEW), (10, RESOLVED), (20, CLOSED))
    return TicketFact(ticket(1, life=life, tasks=tasks))


@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.none() | st.floats(0, 5), st.booleans(), st.booleans())
    )
)
def test_drawn_tickets_are_asked_not_reached_or_waiting(calls):
    """Three ways to stand, and every answer has a score or has none."""
    some = [TicketFact(closed_with().ticket)]
    for ended, complete, score, drawn, again in calls:
        tasks = ()
        if drawn:
            done = ended and complete
            tasks = (DeskTask("t", "callback", "", MON, MON + 9 if ended else None, done, score=score),)
        if again:
            tasks += (DeskTask("u", "callback_2", "", MON, None),)
        some.append(closed_with(*tasks))
    found = call_backs(some, PERIOD)
    assert found.closed == len(some)
    assert found.drawn == sum(drawn for *_, drawn, _ in calls)
    assert found.drawn == found.done + found.not_reached + found.waiting
    assert found.done == found.unscored + sum(found.answers.values())
    assert found.second == sum(again for *_, again in calls)
    assert found.second_done == 0


def test_tickets_closed_in_another_period_are_no_call_backs_of_this_one():
    """Whenever their caller was asked."""
    life = spans(MON + 30 * DAY, (0, NEW), (10, CLOSED))
    task = DeskTask("t", "callback", "", MON, MON + 9, True, score=5.0)
    assert call_backs([TicketFact(ticket(1, life=life, tasks=(task,)))], PERIOD).closed == 0


@given(st.lists(st.tuples(st.integers(-3 * DAY, 4 * DAY), st.booleans(), st.booleans())))
def test_each_decided_call_of_the_period_rings_in_one_hour(some):
    """The hours together are R-E2's numerator and denominator."""
    now = MON + DAY
    calls = [
        Call(str(n), MON + at, answered, MON + at + 5 if ended else None)
        for n, (at, answered, ended) in enumerate(some)
    ]
    found = by_hour(calls, PERIOD, ZoneInfo("Asia/Shanghai"), now)
    assert [one.hour for one in found] == list(range(24))
    inside = [call for call in calls if call.opened_at in PERIOD]
    decided = [c for c in inside if c.answered or c.closed_at is not None or c.opened_at + 900 <= now]
    assert sum(one.rung for one in found) == len(decided)
    assert sum(one.answered for one in found) == sum(call.answered for call in decided)
    for one in found:
        assert (one.rate is None) is (one.rung == 0)


def test_the_hour_is_the_desks():
    """``MON`` is nine in the morning in Shanghai."""
    found = by_hour([Call("c", MON, True)], PERIOD, ZoneInfo("Asia/Shanghai"), MON)
    assert found[9].answered == 1
