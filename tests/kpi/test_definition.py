"""Indicators of the desk's own, from the closed set of predicates."""

import pytest

from connector.kpi.definition import Definition
from connector.kpi.indicator import CallBack, Entry, Ring, TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.predicate import MAKERS, number
from connector.kpi.score import measure
from connector.settings.indicator import Predicates
from connector.ticket import Article, Call, DeskTask, FaultClass, Group, Span, Ticket, TicketState, Tier

DAY = Period(PeriodKind.DAY, 0, 86400, "1970-01-01")
WORK, HOLD, CLOSED = TicketState.IN_PROGRESS, TicketState.ON_HOLD, TicketState.CLOSED
DESK = Group("g1", "Service Desk", "main", Tier.FIRST_LINE)
NET = Group("g2", "Network", "main", Tier.SECOND_LINE)
GROUPS = {"g1": DESK, "g2": NET}
SPANS = (
    Span(0, 60, WORK, "", "g1", "wang", "1"),
    Span(60, 120, HOLD, "", "g2", "li", "1"),
    Span(120, None, CLOSED, "", "g2", "li", "1"),
)
TASK = DeskTask("k1", "callback", "", 130, 140, True, True, "wang", "g1", 4.0)
TICKET = Ticket(
    "t1", "INC1", 0, 120, 3, CLOSED, "1", FaultClass.URGENT, category="network", close_code="done", group=NET,
    assignee="li", company="acme", closed_at=120, reassignment_count=1, spans=SPANS, tasks=(TASK,),
    articles=(Article("a1", "KB1", "published", True),),
)  # fmt: skip
FACT = TicketFact(TICKET, True, False)
ENTRY = Entry("e1", "audits", 10, values={"result": "ok", "score": "92 %"}, times={"done": 5, "due": 9})

TRUE = [
    (FACT, {"class": ["urgent"]}), (FACT, {"priority": ["1", "2"]}), (FACT, {"category": ["network"]}),
    (FACT, {"kind": ["incident"]}), (FACT, {"company": ["acme"]}), (FACT, {"close_code": ["done"]}),
    (FACT, {"state": ["closed"]}), (FACT, {"desk": ["main"]}), (FACT, {"tier": ["second_line"]}),
    (FACT, {"group": ["Network"]}), (FACT, {"resolved": True}), (FACT, {"closed": True}),
    (FACT, {"canceled": False}), (FACT, {"responded": True}), (FACT, {"reopened": False}),
    (FACT, {"reassigned": True}), (FACT, {"held": True}), (FACT, {"escalated": True}),
    (FACT, {"article": True}),
    (FACT, {"called_back": True}), (FACT, {"responded_in_time": True}), (FACT, {"resolved_in_time": False}),
    (FACT, {"responded_within": 60}), (FACT, {"resolved_within": 120}), (FACT, {"reassigned_at_most": 1}),
    (CallBack(TICKET, TASK), {"complete": True}), (CallBack(TICKET, TASK), {"score_at_least": 4}),
    (Ring(Call("c", 5, answered=True)), {"answered": True}),
    (ENTRY, {"equals": {"result": ["ok"]}}), (ENTRY, {"filled": ["result"]}),
    (ENTRY, {"not_later": {"done": "due"}}),
    (ENTRY, {"at_least": {"score": 92}}), (ENTRY, {"at_most": {"score": 92}}),
]  # fmt: skip
FALSE = [
    (FACT, {"class": ["general"]}), (FACT, {"group": ["Service Desk"]}), (FACT, {"reopened": True}),
    (FACT, {"resolved_in_time": True}), (FACT, {"resolved_within": 119}), (FACT, {"reassigned_at_most": 0}),
    (TicketFact(TICKET), {"resolved_in_time": False}), (CallBack(TICKET, TASK), {"score_at_least": 4.5}),
    (ENTRY, {"equals": {"result": ["bad"]}}), (ENTRY, {"filled": ["nothing"]}),
    (ENTRY, {"not_later": {"due": "done"}}),
    (ENTRY, {"at_least": {"result": 1}}), (ENTRY, {"at_most": {"score": 91}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "given", "holds"), [(*one, True) for one in TRUE] + [(*one, False) for one in FALSE]
)
def test_every_predicate_of_the_set(fact, given, holds):
    """Where it holds and where not."""
    ((name, value),) = given.items()
    assert type(fact) in MAKERS[name].facts
    assert MAKERS[name].make(value, GROUPS)(fact) is holds


def test_the_set_is_the_same_for_settings_and_figures():
    """What can be written can be counted, and each of it is tried above."""
    written = {field.alias or name for name, field in Predicates.model_fields.items()}
    assert written == set(MAKERS) == {name for _, given in TRUE for name in given}


def made(**more):
    """An indicator of the desk's own."""
    usual = {
        "name": "own", "clause": "R-E6", "title": "Own", "title_zh": "自定", "source": "tickets",
        "dated": "resolved", "whose": "", "denominator": {"class": ("urgent",)},
        "numerator": {"resolved_in_time": True}, "target": 90.0, "direction": "up",
    }  # fmt: skip
    return Definition(**(usual | more))


def test_a_rate_and_a_count():
    """With a numerator it is per cent, without one a number; both say how they are counted."""
    rate, count = (
        made().indicator(GROUPS),
        made(name="n", numerator=None, target=0.0, direction="down").indicator(GROUPS),
    )
    one, two = measure([rate, count], [FACT], None, [DAY], scopes=("whole",))
    assert (one.value, one.met, one.denominator) == (0.0, False, ("t1",))
    assert (two.value, two.met) == (1.0, False)
    assert one.about.formula.en == "resolved within the limit / class urgent (resolved in the period)"
    assert one.about.formula.zh.startswith("时限内解决 / 级别 urgent")


def test_rows_of_a_file_count_as_well():
    """A source of the desk's own, with columns of its own; without it the figure is not measured."""
    own = made(source="audits", denominator={}, numerator={"at_least": {"score": 90.0}}).indicator(GROUPS)
    (score,) = measure([own], [], None, [DAY], scopes=("whole",), entries={"audits": [ENTRY]})
    assert (score.value, score.met) == (100.0, True)
    (score,) = measure([own], [], None, [DAY], scopes=("whole",))
    assert (score.measured, score.value) == (False, None)


@pytest.mark.parametrize(
    ("source", "given", "unfit"),
    [
        ("calls", {"resolved": True}, ["resolved"]),
        ("tickets", {"answered": True}, ["answered"]),
        ("calls", {"answered": True}, []),
    ],
)
def test_a_predicate_must_fit_its_source(source, given, unfit):
    """A call has no class, a ticket rings nowhere."""
    assert made(source=source, denominator={}, numerator=given).unfit() == unfit


@pytest.mark.parametrize(
    ("text", "value"), [("4.5", 4.5), (" 92 % ", 92.0), ("", None), ("nan", None), ("inf", None), ("x", None)]
)
def test_numbers_in_cells(text, value):
    """What is no number is none, and not 0."""
    assert number(text) == value
