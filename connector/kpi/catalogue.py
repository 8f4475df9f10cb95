"""The indicators R-E1 to R-E12, written out; those of declared sources stand in `connector.kpi.declared`.

Choices the regulation leaves open are made here and stand in each formula, beside the number:

* A request belongs to the period in which it was opened (R-E3, R-E4, R-E5), a resolution to that in which
  the work last ended (R-E6), a call-back to that in which it ended (R-E1), a call to that in which it rang
  (R-E2).
* R-E5 follows the requests accepted in the period to their end, whenever that came. Counting what was
  resolved in the period against what arrived in it would pass 100 % whenever a backlog is worked off.
* Canceled requests are in neither list of R-E4 and R-E5, and have no limits (R-E3, R-E6); each figure lists
  them as left out. They stay in R-E12: they were work.
* A call nobody took is nobody's: R-E2 tells of the whole, a desk or a group; per consultant only lost calls
  of nobody stand against it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.kpi import life
from connector.kpi.declared import attended, manuals_current, summaries_accepted
from connector.kpi.indicator import About, CallBack, Indicator, Owner, Ring, TicketFact, Words
from connector.ticket import ENDED_STATES, Directory, Group, Instant, TicketState, Tier

UNANSWERED_AFTER = 15 * 60
"""Seconds after which a call that nobody took or ended is a missed one (R-C5)."""

TARGETS: Mapping[str, float] = {"R-E1": 90.0, "R-E2": 75.0}
"""Per cent, where the regulation names one."""

IDS: tuple[str, ...] = tuple(f"R-E{number}" for number in range(1, 12))
"""The indicators that can have a target."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a desk may set."""

    full_mark: float = 5.0
    """The best score of a call-back (R-E1)."""
    first_contact: int = 30 * 60
    """Seconds from opening within which a resolution is immediate (R-E4); absolute time."""
    targets: Mapping[str, float] = field(default_factory=dict)
    """Indicator id → per cent; beside and above `TARGETS`."""


def indicators(terms: Terms | None = None, directory: Directory | None = None) -> tuple[Indicator[Any], ...]:
    """All indicators of the regulation, in its order.

    ``directory`` tells which group is of which tier; without it nothing counts as escalated.
    """
    terms = terms or Terms()
    groups = directory.groups if directory else {}
    targets = {**TARGETS, **terms.targets}
    return (
        _satisfaction(terms, targets.get("R-E1")),
        _answered(targets.get("R-E2")),
        _responded_in_time(targets.get("R-E3")),
        _immediate(terms, groups, targets.get("R-E4")),
        _resolved(targets.get("R-E5")),
        _resolved_in_time(targets.get("R-E6")),
        attended(targets.get("R-E7")),
        _capable(groups, targets.get("R-E8")),
        manuals_current(targets.get("R-E9")),
        summaries_accepted(targets.get("R-E10")),
        _supported(targets.get("R-E11")),
        *_workload(groups),
    )


def per_cent(share: float) -> float:
    """``0.07`` → ``7.0`` and not ``7.000000000000001``, which 7 of 100 would miss."""
    return round(100 * share, 9)


def find(id_: str, among: Iterable[Indicator[Any]]) -> tuple[Indicator[Any], ...]:
    """The indicators of that id or clause: ``R-E12`` finds all its figures."""
    wanted = id_.upper()
    return tuple(one for one in among if wanted in (one.id.upper(), one.about.clause))


def _satisfaction(terms: Terms, target: float | None) -> Indicator[CallBack]:
    def counts(fact: CallBack) -> bool:
        score = fact.task.score
        return fact.task.complete and score is not None and 0 <= score <= terms.full_mark

    return Indicator(
        About(
            "R-E1",
            "R-E1",
            Words("Customer satisfaction", "客户满意度"),
            Words(
                f"points of answered call-backs / {terms.full_mark:g} points each",
                f"回访得分合计 / 满分（每次 {terms.full_mark:g} 分）",
            ),
            Words("not reached, no score, or a score off the scale", "未接通、未评分或评分超出范围"),
            sources=("call_backs",),
        ),
        CallBack,
        at=lambda fact: fact.task.closed_at,
        counts=counts,
        succeeds=lambda fact: True,
        whose=_resolver,  # the service that is rated, not who asked
        target=target,
        points=lambda fact: fact.task.score or 0.0,
        full_mark=terms.full_mark,
    )


def _answered(target: float | None) -> Indicator[Ring]:
    def decided_at(fact: Ring) -> Instant | None:
        ringing = not fact.call.answered and fact.call.closed_at is None
        return fact.call.opened_at + UNANSWERED_AFTER if ringing else None

    return Indicator(
        About(
            "R-E2",
            "R-E2",
            Words("Desk answer rate", "服务台接通率"),
            Words("inbound calls answered / inbound calls rung", "接通的来电 / 来电总数"),
            Words("still ringing", "仍在振铃"),
            sources=("calls",),
        ),
        Ring,
        at=lambda fact: fact.call.opened_at,
        counts=lambda fact: True,
        succeeds=lambda fact: fact.call.answered,
        whose=lambda fact: Owner(fact.call.group, fact.call.assignee),
        target=target,
        decided_at=decided_at,
    )


def _responded_in_time(target: float | None) -> Indicator[TicketFact]:
    return Indicator(
        About(
            "R-E3",
            "R-E3",
            Words("Timely support", "即时响应率"),
            Words(
                "first responded to within the response limit / requests opened that have one",
                "时限内首次响应的请求 / 有响应时限的请求",
            ),
            Words("no response limit applies, still running, or canceled", "无响应时限、时限未到或已取消"),
        ),
        TicketFact,
        at=_opened_at,
        counts=lambda fact: fact.responded_in_time is not None,
        succeeds=lambda fact: fact.responded_in_time is True,
        whose=_responder,
        target=target,
    )


def _immediate(terms: Terms, groups: Mapping[str, Group], target: float | None) -> Indicator[TicketFact]:
    minutes = f"{terms.first_contact / 60:g}"
    return Indicator(
        About(
            "R-E4",
            "R-E4",
            Words("Immediate resolution", "即时解决率"),
            Words(
                f"resolved within {minutes} min by the tier they came to, not held, not reopened"
                " / requests opened",
                f"首次受理层级 {minutes} 分钟内解决且未挂起、未重开的请求 / 受理的请求",
            ),
            Words("canceled, or too young to tell", "已取消，或时间尚短"),
        ),
        TicketFact,
        at=_opened_at,
        counts=_not_canceled,
        succeeds=lambda fact: life.at_first_contact(fact.ticket, terms.first_contact, groups),
        whose=_first_hands,
        target=target,
        decided_at=lambda fact: fact.ticket.opened_at + terms.first_contact if fact.ticket.is_open else None,
    )


def _resolved(target: float | None) -> Indicator[TicketFact]:
    return Indicator(
        About(
            "R-E5",
            "R-E5",
            Words("Incident resolution rate", "事件解决率"),
            Words("of the requests opened in the period, resolved by now", "本期受理的请求中已解决的比例"),
            Words("canceled", "已取消"),
        ),
        TicketFact,
        at=_opened_at,
        counts=_not_canceled,
        succeeds=lambda fact: fact.ticket.state in ENDED_STATES,
        whose=_resolver,
        target=target,
    )


def _resolved_in_time(target: float | None) -> Indicator[TicketFact]:
    return Indicator(
        About(
            "R-E6",
            "R-E6",
            Words("Timely handling rate", "处理及时率"),
            Words(
                "resolved within the limit of their class / resolved in the period under a limit",
                "时限内解决的请求 / 本期解决且有时限的请求",
            ),
            Words("no resolution limit applies", "无处理时限"),
        ),
        TicketFact,
        at=_ended_at,
        counts=lambda fact: fact.resolved_in_time is not None,
        succeeds=lambda fact: fact.resolved_in_time is True,
        whose=_resolver,
        target=target,
    )


def _capable(groups: Mapping[str, Group], target: float | None) -> Indicator[TicketFact]:
    return Indicator(
        About(
            "R-E8",
            "R-E8",
            Words("Capability", "服务能力满足度"),
            Words(
                "resolved without the vendor having held them / requests resolved in the period",
                "未经厂商处理即解决的请求 / 本期解决的请求",
            ),
            Words("nothing", "无"),
            sources=("tickets", "history"),
        ),
        TicketFact,
        at=_ended_at,
        counts=_always,
        succeeds=lambda fact: not life.reached(fact.ticket, groups, Tier.VENDOR),
        whose=_first_hands,  # whose request it was, for the vendor resolves what the desk could not
        target=target,
    )


def _supported(target: float | None) -> Indicator[TicketFact]:
    return Indicator(
        About(
            "R-E11",
            "R-E11",
            Words("Technical support rate", "运维服务技术支持率"),
            Words(
                "of the requests opened in the period, taken up by a consultant by now",
                "本期受理的请求中已有运维顾问支持的比例",
            ),
            Words("canceled", "已取消"),
            sources=("tickets", "history"),
        ),
        TicketFact,
        at=_opened_at,
        counts=_not_canceled,
        succeeds=lambda fact: fact.ticket.responded_at is not None or fact.ticket.state in ENDED_STATES,
        whose=_responder,
        target=target,
    )


def _workload(groups: Mapping[str, Group]) -> tuple[Indicator[Any], ...]:
    return (
        Indicator(
            _work("accepted", Words("Accepted", "受理"), Words("requests opened", "受理的请求数")),
            TicketFact,
            at=_opened_at,
            counts=_always,
            succeeds=_always,
            whose=_first_hands,
        ),
        Indicator(
            _work("handled", Words("Handled", "处理"), Words("requests resolved", "解决的请求数")),
            TicketFact,
            at=_ended_at,
            counts=_always,
            succeeds=_always,
            whose=_resolver,
        ),
        _escalated(
            _work(
                "escalated",
                Words("Escalated by the first line", "一线升级"),
                Words("requests that left the first line upwards", "由一线向上升级的请求数"),
            ),
            groups,
            Tier.FIRST_LINE,
        ),
        _escalated(
            _work(
                "to-vendor",
                Words("Escalated by the second line", "二线升级"),
                Words("requests that went from the second line to the vendor", "由二线升级至厂商的请求数"),
            ),
            groups,
            Tier.SECOND_LINE,
        ),
        Indicator(
            _work("called-back", Words("Called back", "回访"), Words("call-backs done", "完成的回访数")),
            CallBack,
            at=lambda fact: fact.task.closed_at if fact.task.complete else None,
            counts=_always,
            succeeds=_always,
            whose=lambda fact: Owner(fact.task.group, fact.task.assignee),
        ),
    )


def _escalated(about: About, groups: Mapping[str, Group], left: Tier) -> Indicator[TicketFact]:
    def at(fact: TicketFact) -> Instant | None:
        found = life.escalation(fact.ticket, groups, left)
        return found[0] if found else None

    def whose(fact: TicketFact) -> Owner:
        found = life.escalation(fact.ticket, groups, left)
        return found[1] if found else life.holder(fact.ticket)

    return Indicator(about, TicketFact, at=at, counts=_always, succeeds=_always, whose=whose)


def _work(figure: str, name: Words, formula: Words) -> About:
    return About(f"R-E12-{figure}", "R-E12", name, formula, Words("nothing", "无"), "count")


def _opened_at(fact: TicketFact) -> Instant:
    return fact.ticket.opened_at


def _ended_at(fact: TicketFact) -> Instant | None:
    return fact.ticket.ended_at


def _resolver(fact: TicketFact | CallBack) -> Owner:
    return life.resolver(fact.ticket)


def _responder(fact: TicketFact) -> Owner:
    return life.responder(fact.ticket)


def _first_hands(fact: TicketFact) -> Owner:
    return life.first_hands(fact.ticket)


def _responded_at(fact: TicketFact) -> Instant | None:
    return fact.ticket.responded_at


def _closed_at(fact: TicketFact) -> Instant | None:
    return fact.ticket.closed_at


def _holder(fact: TicketFact) -> Owner:
    return life.holder(fact.ticket)


TICKET_MOMENTS: Mapping[str, Callable[[TicketFact], Instant | None]] = {
    "opened": _opened_at,
    "responded": _responded_at,
    "resolved": _ended_at,
    "closed": _closed_at,
}
"""What can put a ticket into a period. The same functions as above, so that they are asked once."""

TICKET_OWNERS: Mapping[str, Callable[[TicketFact], Owner]] = {
    "first": _first_hands,
    "responder": _responder,
    "resolver": _resolver,
    "holder": _holder,
}
"""Whose a ticket can be."""


def _not_canceled(fact: TicketFact) -> bool:
    return fact.ticket.state is not TicketState.CANCELED


def _always(fact: object) -> bool:
    return True
