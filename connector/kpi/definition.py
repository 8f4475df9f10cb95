"""Indicators that a desk defines itself, from the closed set of predicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connector.kpi import life
from connector.kpi.catalogue import TICKET_MOMENTS, TICKET_OWNERS
from connector.kpi.declared import entry_at, whose_entry
from connector.kpi.indicator import (
    About,
    CallBack,
    Direction,
    Entry,
    Indicator,
    Owner,
    Ring,
    TicketFact,
    Words,
)
from connector.kpi.predicate import Test, build, said, unfit
from connector.ticket import Group, Instant

Dated = Literal["opened", "responded", "resolved", "closed"]
_WHOSE: Mapping[Dated, str] = {
    "opened": "first",
    "responded": "responder",
    "resolved": "resolver",
    "closed": "resolver",
}
_FACTS: Mapping[str, type] = {"tickets": TicketFact, "call_backs": CallBack, "calls": Ring}
_ALL = Words("all", "全部")


@dataclass(frozen=True)
class Definition:
    """What an admin wrote in ``[[indicator]]``."""

    name: str
    clause: str
    title: str
    title_zh: str
    source: str
    dated: Dated
    whose: str
    """Empty: as `dated` has it."""
    denominator: Mapping[str, Any]
    numerator: Mapping[str, Any] | None
    """None: it is a count of the denominator."""
    target: float | None
    """Per cent, or a number for a count."""
    direction: Direction

    @property
    def fact(self) -> type:
        """The kind of fact its source has."""
        return _FACTS.get(self.source, Entry)

    def unfit(self) -> list[str]:
        """Predicates that cannot be asked of this source."""
        return unfit({**self.denominator, **(self.numerator or {})}, self.fact)

    def indicator(self, groups: Mapping[str, Group]) -> Indicator[Any]:
        """The indicator it describes. ``groups``: sys_id → group, for tiers and desks."""
        rate = self.numerator is not None
        counted = said(self.denominator, _ALL)
        won = said(self.numerator or {}, _ALL)
        date = Words(f" ({self.dated} in the period)", f"（按{_DATED[self.dated]}计期）")
        if self.fact is not TicketFact:
            date = Words("", "")
        about = About(
            self.name,
            self.clause,
            Words(self.title, self.title_zh),
            Words(f"{won.en} / {counted.en}{date.en}", f"{won.zh} / {counted.zh}{date.zh}")
            if rate
            else Words(counted.en + date.en, counted.zh + date.zh),
            Words("nothing", "无") if not self.denominator else Words("all others", "其余"),
            "per cent" if rate else "count",
            (self.source,),
            self.direction,
        )
        counts: Test = build(self.denominator, groups)
        succeeds: Test = build(self.numerator, groups) if self.numerator is not None else _always
        fact = self.fact
        if fact is TicketFact:
            whose = TICKET_OWNERS[self.whose or _WHOSE[self.dated]]
            at = TICKET_MOMENTS[self.dated]
            return Indicator(about, TicketFact, at, counts, succeeds, whose, self.target)
        if fact is CallBack:
            return Indicator(about, CallBack, _called_at, counts, succeeds, _caller, self.target)
        if fact is Ring:
            return Indicator(about, Ring, _rung_at, counts, succeeds, _taker, self.target)
        return Indicator(
            about, Entry, entry_at, counts, succeeds, whose_entry, self.target, source=self.source
        )


_DATED: Mapping[Dated, str] = {"opened": "受理", "responded": "响应", "resolved": "解决", "closed": "关闭"}


def _always(fact: object) -> bool:
    return True


def _called_at(fact: CallBack) -> Instant | None:
    return fact.task.closed_at


def _caller(fact: CallBack) -> Owner:
    return life.resolver(fact.ticket)


def _rung_at(fact: Ring) -> Instant:
    return fact.call.opened_at


def _taker(fact: Ring) -> Owner:
    return Owner(fact.call.group, fact.call.assignee)
