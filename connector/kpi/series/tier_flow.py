"""How far requests went from the first line to the vendor (R-B2), and what became of them there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period
from connector.ticket import ENDED_STATES, Group, Ticket, TicketState, Tier

Fate = Literal["resolved", "open", "canceled"]
FATES: tuple[Fate, ...] = ("resolved", "open", "canceled")
TIERS = tuple(Tier)


class Stage(NamedTuple):
    """One tier."""

    tier: Tier
    entered: int
    """Requests that came to the desk here."""
    received: Mapping[Tier, int]
    """Lower tier → requests that came up from it."""
    passed: Mapping[Tier, int]
    """Higher tier → requests that went up to it next."""
    fates: Mapping[Fate, int]
    """What became of those that went no higher."""

    @property
    def total(self) -> int:
        """All requests that were here on their way up."""
        return self.entered + sum(self.received.values())


class TierFlow(NamedTuple):
    """The requests opened in a period, each counted up to the highest tier it reached."""

    stages: tuple[Stage, ...]
    untiered: int
    """Requests that never were with a group of any tier."""

    @property
    def total(self) -> int:
        """All requests of the period."""
        return self.untiered + sum(stage.entered for stage in self.stages)


def tier_flow(facts: Iterable[TicketFact], period: Period, groups: Mapping[str, Group]) -> TierFlow:
    """Requests opened in the period, along the tiers they climbed; a way back down does not count."""
    entered: Counter[Tier] = Counter()
    moves: Counter[tuple[Tier, Tier]] = Counter()
    fates: Counter[tuple[Tier, Fate]] = Counter()
    untiered = 0
    for fact in facts:
        ticket = fact.ticket
        if ticket.opened_at not in period:
            continue
        way = climbed(ticket, groups)
        if not way:
            untiered += 1
            continue
        entered[way[0]] += 1
        moves.update(pairwise(way))
        fates[way[-1], _fate(ticket)] += 1
    stages = tuple(
        Stage(
            tier,
            entered[tier],
            {one: moves[one, tier] for one in TIERS if moves[one, tier]},
            {one: moves[tier, one] for one in TIERS if moves[tier, one]},
            {fate: fates[tier, fate] for fate in FATES},
        )
        for tier in TIERS
    )
    return TierFlow(stages, untiered)


def climbed(ticket: Ticket, groups: Mapping[str, Group]) -> tuple[Tier, ...]:
    """The tiers it came to, each higher than the one before; without history the one that has it."""
    way: list[Tier] = []
    for span in ticket.spans:
        group = groups.get(span.group)
        tier = group.tier if group else None
        if tier is not None and (not way or TIERS.index(tier) > TIERS.index(way[-1])):
            way.append(tier)
    if not way and ticket.tier is not None:
        way.append(ticket.tier)
    return tuple(way)


def _fate(ticket: Ticket) -> Fate:
    if ticket.state in ENDED_STATES:
        return "resolved"
    return "canceled" if ticket.state is TicketState.CANCELED else "open"
