"""The closed set of predicates that indicators of the desk's own are made of.

A predicate is a name and a value: ``resolved_within = "4h"``, ``class = ["urgent", "important"]``,
``reopened = false``. All of a list must hold. There is no language to combine them further: what cannot be
said with these is another figure. `MAKERS` is the set; settings offer exactly these names.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from connector.kpi import life
from connector.kpi.indicator import CALL_BACK_KINDS, CallBack, Entry, Ring, TicketFact, Words
from connector.ticket import ENDED_STATES, Group, Ticket, TicketState, Tier

Test = Callable[[Any], bool]
Groups = Mapping[str, Group]


class Predicate(NamedTuple):
    """One of the set: about which facts it can be asked, what it says, and how it is made from its value."""

    facts: frozenset[type]
    words: Words
    make: Callable[[Any, Groups], Test]


_TICKETS = frozenset({TicketFact, CallBack})
_LIMITS = frozenset({TicketFact})
_CALL_BACKS = frozenset({CallBack})
_CALLS = frozenset({Ring})
_ENTRIES = frozenset({Entry})


def build(predicates: Mapping[str, object], groups: Groups) -> Test:
    """One test that holds where all of these hold; of none, it always does. Raises KeyError for others."""
    tests = tuple(MAKERS[name].make(value, groups) for name, value in predicates.items())
    if len(tests) == 1:
        return tests[0]

    def all_hold(fact: Any) -> bool:
        return all(test(fact) for test in tests)

    return all_hold


def unfit(predicates: Mapping[str, object], fact: type) -> list[str]:
    """Names of predicates that cannot be asked about facts of this kind."""
    return [name for name in predicates if fact not in MAKERS[name].facts]


def said(predicates: Mapping[str, object], nothing: Words) -> Words:
    """The predicates in words; ``nothing`` where there are none."""
    if not predicates:
        return nothing
    parts = [_said(MAKERS[name].words, value) for name, value in predicates.items()]
    return Words(", ".join(part.en for part in parts), "、".join(part.zh for part in parts))


def _said(words: Words, value: object) -> Words:
    if value is True:
        return words
    if value is False:
        return Words(f"not {words.en}", f"未{words.zh}")
    shown = _shown(value)
    return Words(f"{words.en} {shown}", f"{words.zh} {shown}")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(each)}" for key, each in value.items())
    if isinstance(value, tuple | list):
        return " or ".join(str(each) for each in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


# -- how they are made -------------------------------------------------------------------------------------


def _one_of(read: Callable[[Ticket], object]) -> Callable[[Any, Groups], Test]:
    def make(value: Any, groups: Groups) -> Test:
        wanted = frozenset(value)
        return lambda fact: read(fact.ticket) in wanted

    return make


def _flag(read: Callable[[Any, Groups], bool]) -> Callable[[Any, Groups], Test]:
    def make(value: Any, groups: Groups) -> Test:
        return lambda fact: read(fact, groups) is value

    return make


def _within(read: Callable[[Ticket], int | None]) -> Callable[[Any, Groups], Test]:
    def make(value: Any, groups: Groups) -> Test:
        def test(fact: Any) -> bool:
            moment = read(fact.ticket)
            return moment is not None and moment - fact.ticket.opened_at <= value

        return test

    return make


def _group(value: Any, groups: Groups) -> Test:
    wanted = frozenset(value)
    return lambda fact: (
        fact.ticket.group is not None
        and (fact.ticket.group.name in wanted or fact.ticket.group.sys_id in wanted)
    )


def _escalated(fact: Any, groups: Groups) -> bool:
    ticket = fact.ticket
    return (
        life.escalation(ticket, groups, Tier.FIRST_LINE) is not None
        or life.escalation(ticket, groups, Tier.SECOND_LINE) is not None
    )


def _equals(value: Any, groups: Groups) -> Test:
    wanted = {column: frozenset(each) for column, each in value.items()}
    return lambda entry: all(entry.values.get(column, "") in each for column, each in wanted.items())


def _filled(value: Any, groups: Groups) -> Test:
    return lambda entry: all(entry.values.get(column, "") for column in value)


def _not_later(value: Any, groups: Groups) -> Test:
    def test(entry: Entry) -> bool:
        times = entry.times
        return all(
            (one := times.get(early)) is not None and (two := times.get(late)) is not None and one <= two
            for early, late in value.items()
        )

    return test


def _compared(holds: Callable[[float, float], bool]) -> Callable[[Any, Groups], Test]:
    def make(value: Any, groups: Groups) -> Test:
        def test(entry: Entry) -> bool:
            return all(
                (found := number(entry.values.get(column, ""))) is not None and holds(found, bound)
                for column, bound in value.items()
            )

        return test

    return make


def number(text: str) -> float | None:
    """``4.5``, ``92 %``; None for what is no number."""
    try:
        found = float(text.strip().removesuffix("%").strip())
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None


MAKERS: Mapping[str, Predicate] = {
    "class": Predicate(_TICKETS, Words("class", "级别"), _one_of(lambda t: t.fault_class.value)),
    "priority": Predicate(_TICKETS, Words("priority", "优先级"), _one_of(lambda t: t.priority)),
    "category": Predicate(_TICKETS, Words("category", "类别"), _one_of(lambda t: t.category)),
    "kind": Predicate(_TICKETS, Words("kind", "种类"), _one_of(lambda t: t.kind)),
    "company": Predicate(_TICKETS, Words("company", "客户单位"), _one_of(lambda t: t.company)),
    "close_code": Predicate(_TICKETS, Words("close code", "关闭代码"), _one_of(lambda t: t.close_code)),
    "state": Predicate(_TICKETS, Words("state", "状态"), _one_of(lambda t: t.state.value)),
    "desk": Predicate(_TICKETS, Words("desk", "服务台"), _one_of(lambda t: t.desk)),
    "tier": Predicate(_TICKETS, Words("tier", "层级"), _one_of(lambda t: t.tier.value if t.tier else "")),
    "group": Predicate(_TICKETS, Words("group", "组"), _group),
    "resolved": Predicate(
        _TICKETS, Words("resolved", "已解决"), _flag(lambda f, g: f.ticket.state in ENDED_STATES)
    ),
    "closed": Predicate(
        _TICKETS, Words("closed", "已关闭"), _flag(lambda f, g: f.ticket.state is TicketState.CLOSED)
    ),
    "canceled": Predicate(
        _TICKETS, Words("canceled", "已取消"), _flag(lambda f, g: f.ticket.state is TicketState.CANCELED)
    ),
    "responded": Predicate(
        _TICKETS, Words("responded to", "已响应"), _flag(lambda f, g: f.ticket.responded_at is not None)
    ),
    "reopened": Predicate(_TICKETS, Words("reopened", "重开"), _flag(lambda f, g: life.reopened(f.ticket))),
    "reassigned": Predicate(
        _TICKETS, Words("reassigned", "转派"), _flag(lambda f, g: f.ticket.reassignment_count > 0)
    ),
    "held": Predicate(
        _TICKETS,
        Words("put on hold", "挂起"),
        _flag(lambda f, g: any(span.state is TicketState.ON_HOLD for span in f.ticket.spans)),
    ),
    "escalated": Predicate(_TICKETS, Words("escalated", "升级"), _flag(_escalated)),
    "article": Predicate(
        _TICKETS, Words("with knowledge", "关联知识"), _flag(lambda f, g: bool(f.ticket.articles))
    ),
    "called_back": Predicate(
        _TICKETS,
        Words("called back", "回访"),
        _flag(lambda f, g: any(t.kind in CALL_BACK_KINDS and t.complete for t in f.ticket.tasks)),
    ),
    "responded_in_time": Predicate(
        _LIMITS, Words("responded to within the limit", "时限内响应"), _flag(lambda f, g: f.responded_in_time)
    ),
    "resolved_in_time": Predicate(
        _LIMITS, Words("resolved within the limit", "时限内解决"), _flag(lambda f, g: f.resolved_in_time)
    ),
    "responded_within": Predicate(
        _TICKETS,
        Words("responded to within seconds", "响应用时（秒）不超过"),
        _within(lambda t: t.responded_at),
    ),
    "resolved_within": Predicate(
        _TICKETS, Words("resolved within seconds", "解决用时（秒）不超过"), _within(lambda t: t.ended_at)
    ),
    "reassigned_at_most": Predicate(
        _TICKETS,
        Words("reassigned at most", "转派次数不超过"),
        lambda value, groups: lambda fact: fact.ticket.reassignment_count <= value,
    ),
    "complete": Predicate(
        _CALL_BACKS, Words("call-back complete", "回访完成"), _flag(lambda f, g: f.task.complete)
    ),
    "score_at_least": Predicate(
        _CALL_BACKS,
        Words("score at least", "评分不低于"),
        lambda value, groups: lambda fact: fact.task.score is not None and fact.task.score >= value,
    ),
    "answered": Predicate(_CALLS, Words("answered", "接通"), _flag(lambda f, g: f.call.answered)),
    "equals": Predicate(_ENTRIES, Words("column is", "列为"), _equals),
    "filled": Predicate(_ENTRIES, Words("filled in", "已填"), _filled),
    "not_later": Predicate(_ENTRIES, Words("not later than", "不晚于"), _not_later),
    "at_least": Predicate(_ENTRIES, Words("at least", "不低于"), _compared(lambda one, two: one >= two)),
    "at_most": Predicate(_ENTRIES, Words("at most", "不高于"), _compared(lambda one, two: one <= two)),
}
"""Name → predicate."""
