"""Each indicator, told as small stories of a desk."""

import pytest

from connector.kpi.catalogue import IDS, TARGETS, UNANSWERED_AFTER, Terms, find, indicators, per_cent
from connector.kpi.indicator import Owner, TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import Score, measure
from connector.rules.clause import CLAUSES
from connector.ticket import Call, DeskTask, Directory, Group, Span, Ticket, TicketState, Tier

T = 1_772_326_800  # 2026-03-01 09:00 in Shanghai
MINUTE, HOUR = 60, 3600
PERIOD = Period(PeriodKind.DAY, T, T + 12 * HOUR, "the day")
GROUPS = {
    "desk": Group("desk", "Service Desk", "main", Tier.FIRST_LINE),
    "south": Group("south", "Service Desk South", "south", Tier.FIRST_LINE),
    "net": Group("net", "Network Operations", "main", Tier.SECOND_LINE),
    "vendor": Group("vendor", "Vendor Support", "main", Tier.VENDOR),
    "triage": Group("triage", "Triage", "main"),
}
DIRECTORY = Directory(GROUPS)
NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED, CLOSED, CANCELED = TicketState.RESOLVED, TicketState.CLOSED, TicketState.CANCELED


def ticket(*story, sys_id="t1", opened=T, tasks=(), **fields):
    """A ticket from (minute, state, group, assignee) lines; the last line lasts."""
    spans = []
    for nth, (minute, state, group, assignee) in enumerate(story):
        end = opened + story[nth + 1][0] * MINUTE if nth + 1 < len(story) else None
        spans.append(Span(opened + minute * MINUTE, end, state, group=group, assignee=assignee))
    last = spans[-1]
    return Ticket(
        sys_id,
        sys_id.upper(),
        opened,
        last.start,
        1,
        last.state,
        group=GROUPS.get(last.group),
        assignee=last.assignee,
        spans=tuple(spans),
        tasks=tuple(tasks),
        **fields,
    )


def callback(sys_id, score, *, kind="callback", complete=True, closed=T + HOUR, caller="wang"):
    """A call-back that was ended at ``closed`` by ``caller`` of the desk."""
    return DeskTask(sys_id, kind, "", T, closed, complete, True, caller, "desk", score)


def score(indicator, facts=(), calls=(), now=None, terms=None, **fields) -> Score:
    """The whole's score of one indicator over the day; facts may be tickets."""
    facts = [fact if isinstance(fact, TicketFact) else TicketFact(fact, **fields) for fact in facts]
    found = measure(
        indicators(terms, DIRECTORY), facts, calls, [PERIOD], DIRECTORY, now=now, scopes=("whole",)
    )
    return next(score for score in found if score.indicator == indicator)


def owners(indicator, *facts):
    """Whose each fact is, by that indicator."""
    (one,) = find(indicator, indicators(directory=DIRECTORY))
    return [one.whose(fact) for fact in facts]


AT_ONCE = ticket((0, NEW, "desk", ""), (2, WORK, "desk", "wang"), (20, RESOLVED, "desk", "wang"))
PASSED_ON = ticket(
    (0, NEW, "desk", ""), (5, WORK, "desk", "wang"), (10, WORK, "net", ""), (12, WORK, "net", "li"),
    (25, RESOLVED, "net", "li"), sys_id="t2",
)  # fmt: skip


def test_satisfaction_is_the_mean_of_what_callers_answered():
    """R-E1: 5, 4 and 3 of 5 are 80 %, under the target of 90; the second call-back counts like the first."""
    done = ticket(
        (0, WORK, "desk", "wang"), (9, CLOSED, "desk", "wang"),
        tasks=[callback("k1", 5.0), callback("k2", 4.0), callback("k3", 3.0, kind="callback_2")],
    )  # fmt: skip
    found = score("R-E1", [done])
    assert (found.value, found.points, found.out_of, found.met) == (80.0, 12.0, 15.0, False)
    assert found.denominator == ("k1", "k2", "k3")
    assert found.interval is None


@pytest.mark.parametrize(
    "task",
    [
        callback("k1", None),
        callback("k1", 4.0, complete=False),
        callback("k1", 6.0),
        callback("k1", -1.0),
        callback("k1", float("nan")),
    ],
)
def test_a_call_back_without_a_usable_answer_is_left_out_and_listed(task):
    """R-E1: no answer, not reached, off the scale: in neither list, but in sight."""
    found = score("R-E1", [ticket((0, CLOSED, "desk", "wang"), tasks=[task])])
    assert (found.value, found.denominator, found.left_out) == (None, (), ("k1",))


def test_a_score_of_nothing_is_an_answer():
    """R-E1: a caller who gives 0 of 5 counts, and counts as 0."""
    found = score("R-E1", [ticket((0, CLOSED, "desk", "wang"), tasks=[callback("k1", 0.0)])])
    assert (found.value, found.denominator) == (0.0, ("k1",))


def test_other_tasks_and_running_call_backs_say_nothing_of_satisfaction():
    """R-E1: an improvement with a score is not a caller's answer, nor is a call not yet made."""
    tasks = [callback("k1", 1.0, kind="improvement"), callback("k2", None, closed=None)]
    found = score("R-E1", [ticket((0, CLOSED, "desk", "wang"), tasks=tasks)])
    assert (found.denominator, found.left_out) == ((), ())


def test_satisfaction_is_the_resolvers_and_the_call_is_the_callers():
    """R-E1 rates who resolved the ticket; R-E12 credits who rang up."""
    done = TicketFact(
        ticket((0, WORK, "net", "li"), (9, CLOSED, "net", "li"), tasks=[callback("k1", 5.0, caller="wang")])
    )
    scores = measure(indicators(directory=DIRECTORY), [done], [], [PERIOD], DIRECTORY, scopes=("consultant",))
    credited = {score.indicator: score.scope.key for score in scores if score.numerator}
    assert (credited["R-E1"], credited["R-E12-called-back"]) == ("li", "wang")


def test_the_answer_rate_counts_calls():
    """R-E2: three of four answered meet a target of 75 %."""
    calls = [Call(f"c{n}", T + n, n > 0, T + n + 60, "desk", "wang") for n in range(4)]
    found = score("R-E2", calls=calls)
    assert (found.value, found.met, found.target) == (75.0, True, 75.0)
    assert found.numerator == ("c1", "c2", "c3")


def test_a_ringing_call_counts_neither_way_until_it_has_rung_too_long():
    """R-E2, R-C5: left out for a quarter of an hour, missed from then on."""
    ringing = Call("c1", T, answered=False)
    young = score("R-E2", calls=[ringing], now=T + UNANSWERED_AFTER - 1)
    late = score("R-E2", calls=[ringing], now=T + UNANSWERED_AFTER)
    assert (young.denominator, young.left_out) == ((), ("c1",))
    assert (late.value, late.denominator) == (0.0, ("c1",))


def test_timely_support_counts_requests_whose_limit_has_an_outcome():
    """R-E3: in time, late, and one without a limit, which is left out and not a success."""
    facts = [
        TicketFact(ticket((0, NEW, "desk", ""), sys_id=sys_id), responded_in_time=outcome)
        for sys_id, outcome in (("t1", True), ("t2", False), ("t3", None))
    ]
    found = score("R-E3", facts)
    assert (found.numerator, found.denominator, found.left_out) == (("t1",), ("t1", "t2"), ("t3",))


def test_the_response_is_whose_hands_it_came_to_first():
    """R-E3: li has the ticket now, wang responded; where nobody did, it is the group that lets it wait."""
    waiting = ticket((0, NEW, "desk", ""), (60, NEW, "south", ""))
    assert owners("R-E3", TicketFact(PASSED_ON), TicketFact(waiting)) == [
        Owner("desk", "wang"),
        Owner("south", ""),
    ]


@pytest.mark.parametrize(
    ("done", "at_once"),
    [
        (AT_ONCE, True),
        (PASSED_ON, False),
        (ticket((0, NEW, "desk", ""), (30, RESOLVED, "desk", "wang")), True),
        (ticket((0, NEW, "desk", ""), (31, RESOLVED, "desk", "wang")), False),
        (ticket((0, NEW, "desk", ""), (2, HOLD, "desk", "wang"), (9, RESOLVED, "desk", "wang")), False),
        (ticket((0, NEW, "", ""), (2, WORK, "desk", "wang"), (9, CLOSED, "desk", "wang")), True),
        (ticket((0, NEW, "desk", ""), (2, WORK, "south", "zhao"), (9, CLOSED, "south", "zhao")), True),
        (ticket((0, NEW, "triage", ""), (2, WORK, "desk", "wang"), (9, CLOSED, "desk", "wang")), False),
        (
            ticket(
                (0, WORK, "desk", "wang"), (5, RESOLVED, "desk", "wang"), (8, WORK, "desk", "wang"),
                (9, RESOLVED, "desk", "wang"),
            ),
            False,
        ),
        (ticket((0, NEW, "desk", ""), (9, RESOLVED, "desk", "wang"), reopen_count=1), False),
        (ticket((0, WORK, "desk", "wang")), False),
    ],
    ids=[
        "resolved where it came", "passed on", "at the last second", "a minute late", "on hold between",
        "nobody's at first", "another desk's first line", "left a group without a tier", "reopened",
        "reopened before our history", "open",
    ],
)  # fmt: skip
def test_immediate_resolution(done, at_once):
    """R-E4: by the tier it came to, within half an hour, without a hold, for good."""
    assert bool(score("R-E4", [done]).numerator) is at_once


def test_immediate_resolution_without_history_goes_by_the_record():
    """R-E4: with no spans, a ticket that was never reassigned did not leave its group."""
    fields = {"group": GROUPS["desk"], "assignee": "wang", "resolved_at": T + 60}
    kept = Ticket("t1", "T1", T, T, 1, RESOLVED, **fields)
    moved = Ticket("t2", "T2", T, T, 1, RESOLVED, reassignment_count=1, **fields)
    assert score("R-E4", [kept, moved]).numerator == ("t1",)


def test_a_request_too_young_to_tell_is_left_out_of_immediate_resolution():
    """R-E4: an open ticket is a miss only once half an hour is over."""
    young = ticket((0, WORK, "desk", "wang"))
    before, after = (score("R-E4", [young], now=T + minutes * MINUTE) for minutes in (29, 30))
    assert (before.left_out, after.denominator) == (("t1",), ("t1",))


def test_what_counts_as_immediate_can_be_set():
    """R-E4: with ten minutes, twenty are too long."""
    assert score("R-E4", [AT_ONCE], terms=Terms(first_contact=600)).numerator == ()


def test_a_request_passed_on_is_not_the_second_lines_miss():
    """R-E4 asks the group that accepted the request, R-E5 and R-E6 those who had it at the end."""
    fact = TicketFact(PASSED_ON)
    assert owners("R-E4", fact) == [Owner("desk", "wang")]
    assert owners("R-E5", fact) == owners("R-E6", fact) == [Owner("net", "li")]


def test_who_resolved_keeps_the_credit_when_the_record_moves_on():
    """R-E6: reassigned after it was resolved, it stays whose it was; without a name, the record's."""
    moved = ticket((0, WORK, "net", "li"), (9, RESOLVED, "net", "li"), (20, CLOSED, "desk", "wang"))
    nameless = ticket((0, WORK, "net", ""), (9, RESOLVED, "net", ""), (20, CLOSED, "net", "zhao"))
    assert owners("R-E6", TicketFact(moved), TicketFact(nameless)) == [
        Owner("net", "li"),
        Owner("net", "zhao"),
    ]


def test_the_resolution_rate_follows_what_was_accepted():
    """R-E5: resolved and closed count, open and reopened do not, canceled ones are in neither list."""
    stories = {
        "t1": RESOLVED,
        "t2": CLOSED,
        "t3": WORK,
        "t4": CANCELED,
    }
    facts = [
        ticket((0, NEW, "desk", ""), (9, state, "desk", "wang"), sys_id=i) for i, state in stories.items()
    ]
    facts.append(
        ticket((0, RESOLVED, "desk", "wang"), (9, WORK, "desk", "wang"), sys_id="t5", reopen_count=1)
    )
    found = score("R-E5", facts)
    assert found.numerator == ("t1", "t2")
    assert found.denominator == ("t1", "t2", "t3", "t5")
    assert found.left_out == ("t4",)


def test_a_backlog_worked_off_is_not_more_than_everything():
    """R-E5: a request of yesterday resolved today is in yesterday's figure; today has nothing to count."""
    yesterday = ticket((0, WORK, "desk", "wang"), (24 * 60, RESOLVED, "desk", "wang"), opened=T - 23 * HOUR)
    assert score("R-E5", [yesterday]).value is None
    assert score("R-E6", [yesterday], resolved_in_time=False).value == 0.0


def test_timely_handling_counts_resolved_requests_under_a_limit():
    """R-E6: an open ticket over its limit is not resolved; one without a limit is left out."""
    facts = [
        TicketFact(AT_ONCE, resolved_in_time=True),
        TicketFact(PASSED_ON, resolved_in_time=False),
        TicketFact(ticket((0, WORK, "desk", "wang"), sys_id="t3"), resolved_in_time=False),
        TicketFact(ticket((0, CLOSED, "desk", "wang"), sys_id="t4", closed_at=T)),
    ]
    found = score("R-E6", facts)
    assert (found.numerator, found.denominator, found.left_out) == (("t1",), ("t1", "t2"), ("t4",))


def test_workload_counts_what_each_post_did():
    """R-E12: wang accepted and passed on, li handled and passed on to the vendor."""
    to_vendor = ticket(
        (0, NEW, "desk", ""), (5, WORK, "desk", "wang"), (10, WORK, "net", "li"), (20, WORK, "vendor", ""),
        sys_id="t3",
    )  # fmt: skip
    scores = measure(
        indicators(directory=DIRECTORY),
        [TicketFact(AT_ONCE), TicketFact(PASSED_ON), TicketFact(to_vendor)],
        [],
        [PERIOD],
        DIRECTORY,
        scopes=("consultant",),
    )
    work = {
        (s.indicator, s.scope.key): s.numerator for s in scores if s.about.clause == "R-E12" and s.numerator
    }
    assert work == {
        ("R-E12-accepted", "wang"): ("t1", "t2", "t3"),
        ("R-E12-handled", "wang"): ("t1",),
        ("R-E12-handled", "li"): ("t2",),
        ("R-E12-escalated", "wang"): ("t2", "t3"),
        ("R-E12-to-vendor", "li"): ("t3",),
    }


def test_handed_back_and_over_again_is_one_escalation():
    """R-E12: a ticket that left the first line twice left it once, at the first time."""
    twice = ticket(
        (0, WORK, "desk", "wang"), (5, WORK, "net", "li"), (9, WORK, "desk", "zhao"), (12, WORK, "net", "li")
    )
    assert score("R-E12-escalated", [twice]).value == 1
    assert owners("R-E12-escalated", TicketFact(twice)) == [Owner("desk", "wang")]


def test_an_escalation_survives_a_cleared_assignee_and_a_group_without_a_tier():
    """R-E12: who had it last passed it on, even when the name was taken off first or triage lay between."""
    story = ticket(
        (0, WORK, "desk", "wang"), (4, WORK, "desk", ""), (5, WORK, "triage", ""), (8, WORK, "net", "li")
    )
    assert owners("R-E12-escalated", TicketFact(story)) == [Owner("desk", "wang")]


def test_moving_sideways_or_down_is_no_escalation():
    """R-E12: another desk's first line is not higher, and back to the first line is not up."""
    sideways = ticket((0, WORK, "desk", "wang"), (5, WORK, "south", "zhao"))
    down = ticket((0, WORK, "net", "li"), (5, WORK, "desk", "wang"), sys_id="t2")
    assert score("R-E12-escalated", [sideways, down]).value == 0


def test_an_intake_that_moved_on_untouched_is_its_first_groups():
    """R-E12: who forwards without taking up has still accepted; no consultant of another group gets it."""
    story = ticket((0, NEW, "desk", ""), (5, WORK, "net", "li"))
    early = ticket((0, NEW, "", "wang"), (5, NEW, "desk", "wang"))
    assert owners("R-E12-accepted", TicketFact(story), TicketFact(early)) == [
        Owner("desk", ""),
        Owner("desk", "wang"),
    ]


def test_every_indicator_says_what_it_is_in_both_languages():
    """Ids are unique, clauses exist, and name, formula and what is left out have English and Chinese."""
    known = indicators(directory=DIRECTORY)
    assert len({one.id for one in known}) == len(known)
    for one in known:
        assert one.about.clause in CLAUSES
        for words in (one.about.name, one.about.formula, one.about.left_out):
            assert words.en.isascii()
            assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)


def test_targets_are_the_regulations_unless_the_desk_sets_its_own():
    """R-E1 and R-E2 come with a target; others get one when set; the workload never."""
    targets = {one.id: one.target for one in indicators(Terms(targets={"R-E1": 95.0, "R-E6": 80.0}))}
    assert (targets["R-E1"], targets["R-E2"], targets["R-E6"]) == (95.0, TARGETS["R-E2"], 80.0)
    assert all(targets[name] is None for name in targets if name not in ("R-E1", "R-E2", "R-E6"))
    assert set(IDS) == {name for name in targets if not name.startswith("R-E12")}


def test_a_clause_finds_all_its_figures():
    """R-E12 is five figures, r-e6 one, R-E99 none."""
    known = indicators()
    assert [len(find(id_, known)) for id_ in ("R-E12", "r-e6", "R-E99")] == [5, 1, 0]


def test_shares_become_per_cent_without_dust():
    """0.07 is 7 %, not a little more."""
    assert [per_cent(share) for share in (0.07, 0.29, 0.57, 1.0)] == [7.0, 29.0, 57.0, 100.0]
