"""Scores add up, do not depend on order, and never confuse nothing with zero."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kpi.catalogue import Terms, indicators, per_cent
from connector.kpi.indicator import TicketFact, Words
from connector.kpi.period import Period, PeriodKind, period_of, periods_between
from connector.kpi.score import SMALL, WHOLE, Scope, Score, measure, wilson
from connector.ticket import Call, DeskTask, Directory, Group, Span, Ticket, TicketState, Tier

ZONE = ZoneInfo("Asia/Shanghai")
START = 1_772_294_400  # 2026-03-01 00:00 in Shanghai
DAY = 86400
WEEK = 7 * DAY
DIRECTORY = Directory(
    {
        "g1": Group("g1", "Service Desk", "main", Tier.FIRST_LINE),
        "g2": Group("g2", "Network Operations", "main", Tier.SECOND_LINE),
        "g3": Group("g3", "Service Desk South", "south", Tier.FIRST_LINE),
        "g4": Group("g4", "Vendor Support", "main", Tier.VENDOR),
    }
)
INDICATORS = indicators(directory=DIRECTORY)
DAYS = list(periods_between(START, START + WEEK, "day", ZONE))
WHOLE_WEEK = Period(PeriodKind.YEAR, START, START + WEEK, "a week")

group_ids = st.sampled_from(["", "g1", "g2", "g3", "g4", "unlisted"])
consultants = st.sampled_from(["", "c1", "c2", "c3"])
outcomes = st.sampled_from([None, True, False])
instants = st.integers(START - DAY, START + WEEK + DAY)
OPEN = [TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD]
ENDED = [TicketState.RESOLVED, TicketState.CLOSED]


@st.composite
def tasks(draw):
    """A call-back or another task, ended or not, with any score at all."""
    opened = draw(instants)
    return DeskTask(
        sys_id="",
        kind=draw(st.sampled_from(["callback", "callback_2", "improvement"])),
        occasion="",
        opened_at=opened,
        closed_at=draw(st.none() | st.integers(0, DAY).map(lambda later: opened + later)),
        complete=draw(st.booleans()),
        assignee=draw(consultants),
        group=draw(group_ids),
        score=draw(st.none() | st.sampled_from([-1.0, 0.0, 1.5, 3.1, 4.9, 5.0, 6.0, float("nan")])),
    )


@st.composite
def facts(draw):
    """Up to eight tickets with any life, each known by its place in the list."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        opened = moment = draw(instants)
        spans = []
        for state in draw(st.lists(st.sampled_from(OPEN + ENDED), max_size=5)):
            end = moment + draw(st.integers(1, DAY))
            spans.append(Span(moment, end, state, group=draw(group_ids), assignee=draw(consultants)))
            moment = end
        last = draw(st.sampled_from([*TicketState][:6]))
        group = draw(group_ids)
        spans.append(Span(moment, None, last, group=group, assignee=draw(consultants)))
        ticket = Ticket(
            f"t{number}",
            f"INC{number}",
            opened,
            moment,
            1,
            last,
            group=DIRECTORY.groups.get(group),
            assignee=spans[-1].assignee,
            resolved_at=draw(st.none() | st.just(moment)),
            spans=tuple(spans if draw(st.booleans()) else ()),
            tasks=tuple(
                task._replace(sys_id=f"t{number}k{nth}")
                for nth, task in enumerate(draw(st.lists(tasks(), max_size=2)))
            ),
        )
        found.append(TicketFact(ticket, draw(outcomes), draw(outcomes)))
    return found


@st.composite
def calls(draw):
    """Up to six calls, or none read at all."""
    if draw(st.integers(0, 5)) == 0:
        return None
    return [
        Call(
            f"k{number}",
            draw(instants),
            draw(st.booleans()),
            draw(st.none() | instants),
            draw(group_ids),
            draw(consultants),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


nows = st.none() | st.integers(START, START + 2 * WEEK)


@settings(max_examples=120, deadline=None)
@given(facts(), calls(), nows)
def test_desks_groups_and_consultants_each_partition_the_whole(facts, calls, now):
    """For every indicator, the lists of the parts of any kind are together the lists of the whole."""
    scores = measure(INDICATORS, facts, calls, [WHOLE_WEEK], DIRECTORY, now=now)
    for one in INDICATORS:
        of_one = [score for score in scores if score.indicator == one.id]
        (whole,) = (score for score in of_one if score.scope == WHOLE)
        for kind in ("desk", "group", "consultant"):
            parts = [score for score in of_one if score.scope.kind == kind]
            for side in ("numerator", "denominator", "left_out"):
                together = sorted(sys_id for part in parts for sys_id in getattr(part, side))
                assert tuple(together) == getattr(whole, side)
            assert sum(part.points for part in parts) == pytest.approx(whole.points)
            assert sum(part.out_of for part in parts) == pytest.approx(whole.out_of)


@settings(max_examples=120, deadline=None)
@given(facts(), calls(), nows)
def test_days_partition_their_week(facts, calls, now):
    """A fact counts in one day only, and the days of a week hold what the week holds."""
    scores = measure(INDICATORS, facts, calls, [*DAYS, WHOLE_WEEK], DIRECTORY, now=now, scopes=("whole",))
    for one in INDICATORS:
        of_one = [score for score in scores if score.indicator == one.id]
        (week,) = (score for score in of_one if score.period == WHOLE_WEEK)
        for side in ("numerator", "denominator", "left_out"):
            daily = [getattr(score, side) for score in of_one if score.period != WHOLE_WEEK]
            assert tuple(sorted(sys_id for ids in daily for sys_id in ids)) == getattr(week, side)


@settings(max_examples=80, deadline=None)
@given(st.data(), facts(), calls(), nows)
def test_the_order_of_facts_changes_nothing(data, facts, calls, now):
    """Shuffled tickets and calls, even a ticket given twice, give equal scores to the last digit."""
    shuffled = data.draw(st.permutations(facts + facts[:1]))
    rung = calls if calls is None else data.draw(st.permutations(calls))
    expected = measure(INDICATORS, facts, calls, DAYS, DIRECTORY, now=now)
    assert measure(INDICATORS, shuffled, rung, reversed(DAYS), DIRECTORY, now=now) == expected


@settings(max_examples=120, deadline=None)
@given(facts(), calls(), nows)
def test_every_score_is_coherent(facts, calls, now):
    """Lists nest, values lie on the scale, and value, verdict and interval say the same."""
    for score in measure(INDICATORS, facts, calls, [WHOLE_WEEK], DIRECTORY, now=now):
        assert set(score.numerator) <= set(score.denominator)
        assert not set(score.left_out) & set(score.denominator)
        assert len(set(score.denominator)) == len(score.denominator)
        if score.about.unit == "count":
            assert score.value is None or score.value == len(score.numerator)
            continue
        assert (score.value is None) == (not score.denominator)
        if score.value is not None:
            assert 0 <= score.value <= 100
            assert score.small
            if score.interval is not None:
                assert score.interval[0] <= score.value <= score.interval[1]
            if score.target is not None:
                assert score.met == (score.value >= score.target)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_holds_the_share_and_stays_on_the_scale(pair):
    """The interval contains the value, also at nothing and at all."""
    low, high = wilson(*pair)
    assert 0 <= low <= 100 * (pair[0] / pair[1]) <= high <= 100


def test_wilsons_interval_is_the_published_one():
    """For 9 of 10 it is 59.6 to 98.2 per cent (E. B. Wilson 1927, without continuity correction)."""
    assert wilson(9, 10) == pytest.approx((59.585, 98.212), abs=0.001)


def test_without_calls_the_answer_rate_is_not_measured():
    """No source, no score: neither 0 % nor an empty list, but a reason."""
    score = one("R-E2", measure(INDICATORS, [], None, [WHOLE_WEEK], scopes=("whole",)))
    assert not score.measured
    assert score.value is None
    assert score.met is None
    assert score.unmeasured is not None
    assert score.target == 75


def test_with_calls_configured_and_none_rung_there_is_no_value_but_a_source():
    """An empty denominator is measured and has no value; it is not 0 % and not a miss."""
    score = one("R-E2", measure(INDICATORS, [], [], [WHOLE_WEEK], scopes=("whole",)))
    assert score.measured
    assert (score.value, score.met, score.small, score.interval) == (None, None, False, None)


def test_an_indicator_without_a_source_says_so_although_facts_exist():
    """Where the configuration gives no limit, a rate of limits is not measured."""
    why = {"R-E6": Words("no policy sets a resolution limit", "未设处理时限")}
    fact = TicketFact(
        Ticket("t", "INC", START, START, 1, TicketState.CLOSED, closed_at=START + 9), True, True
    )
    score = one("R-E6", measure(INDICATORS, [fact], [], [WHOLE_WEEK], scopes=("whole",), unmeasured=why))
    assert (score.unmeasured, score.denominator, score.value) == (why["R-E6"], (), None)


@pytest.mark.parametrize(("share", "kept", "met"), [(0.07, 7, True), (0.07, 6, False), (0.29, 29, True)])
def test_a_target_just_reached_is_reached(share, kept, met):
    """7 of 100 meet a target of 0.07, whatever binary fractions make of it."""
    terms = Terms(targets={"R-E3": per_cent(share)})
    facts = [
        TicketFact(Ticket(f"t{n:03}", "INC", START, START, 1, TicketState.NEW), responded_in_time=n < kept)
        for n in range(100)
    ]
    score = one("R-E3", measure(indicators(terms), facts, None, [WHOLE_WEEK], scopes=("whole",)))
    assert score.met is met


@pytest.mark.parametrize(("count", "small"), [(SMALL - 1, True), (SMALL, False)])
def test_a_small_sample_is_marked(count, small):
    """Nineteen are few, twenty are not."""
    facts = [TicketFact(Ticket(f"t{n}", "INC", START, START, 1, TicketState.NEW), True) for n in range(count)]
    assert one("R-E3", measure(INDICATORS, facts, None, [WHOLE_WEEK], scopes=("whole",))).small is small


def test_a_period_that_has_not_ended_is_provisional():
    """The figure of a running month is marked as one so far."""
    month = period_of(START, "month", ZONE)
    scores = [
        one("R-E5", measure(INDICATORS, [], None, [month], scopes=("whole",), now=now))
        for now in (month.end - 1, month.end)
    ]
    assert [score.provisional for score in scores] == [True, False]


def test_periods_are_half_open():
    """The first second is in, the second after the last is out."""
    facts = [
        TicketFact(Ticket(name, name, opened, opened, 1, TicketState.NEW))
        for name, opened in (("first", START), ("last", START + WEEK - 1), ("after", START + WEEK))
    ]
    score = one("R-E12-accepted", measure(INDICATORS, facts, None, [WHOLE_WEEK], scopes=("whole",)))
    assert score.numerator == ("first", "last")


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_readings_of_a_ticket_the_later_counts(turn):
    """A ticket given twice is one ticket, as its higher sys_mod_count has it."""
    facts = [
        TicketFact(Ticket("t", "INC", START, START, mods, state))
        for mods, state in ((1, TicketState.NEW), (2, TicketState.CLOSED))
    ]
    score = one("R-E5", measure(INDICATORS, facts[::turn], None, [WHOLE_WEEK], scopes=("whole",)))
    assert (score.numerator, score.denominator) == (("t",), ("t",))


def test_a_desk_with_nothing_to_count_is_shown():
    """Every desk and group of the directory has a score; a consultant nobody saw has none."""
    scores = measure(INDICATORS, [], [], [WHOLE_WEEK], DIRECTORY)
    scopes = {score.scope for score in scores}
    assert scopes == {
        WHOLE,
        *(Scope("desk", key) for key in ("main", "south")),
        *(Scope("group", key) for key in ("g1", "g2", "g3", "g4")),
    }


def test_overlapping_periods_of_a_kind_are_refused():
    """A record must not count twice in a row of periods."""
    clash = [
        Period(PeriodKind.DAY, START, START + 10, "a"),
        Period(PeriodKind.DAY, START + 5, START + 9, "b"),
    ]
    with pytest.raises(ValueError, match="overlap"):
        measure(INDICATORS, [], None, clash)


def one(indicator: str, scores: list[Score]) -> Score:
    """The only score of that indicator."""
    (found,) = (score for score in scores if score.indicator == indicator)
    return found
