"""Whom a ticket is handed to, what must go along with it, and who stays with it (R-A2 to R-A4, R-B2)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connector.intent import Occasion, Set
from connector.rules.base import Moment, Policy
from connector.rules.condition import Where, further, holds
from connector.ticket import Group, Ticket, Tier

WORK_NOTES = "work_notes"
WATCH_LIST = "watch_list"


class Route(BaseModel):
    """Tickets of these traits go to this group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str = Field(min_length=1, description="Name of the group that takes over")
    where: Where = Field(min_length=1, description="Column → value or values; all columns must have theirs")


class Turn(BaseModel):
    """A turn of an on-call rota: this group, and perhaps this person, during these hours or days."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    group: str = Field(min_length=1, description="Name of the group that is on call")
    person: str | None = Field(
        default=None, description="User name of who gets the ticket; nobody by default"
    )
    service_hours: str | None = Field(default=None, description="Only while these service hours are open")
    since: date | None = Field(default=None, alias="from", description="First day of the turn")
    until: date | None = Field(default=None, description="Last day of the turn")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"a turn from {self.since} until {self.until} never comes")
        return self

    def on(self, at: Moment) -> bool:
        """It is this turn now; days are those of the zone in which people are told times."""
        if self.service_hours and not at.hours[self.service_hours].elapsed(at.now, at.now + 1):
            return False
        if self.since is None and self.until is None:
            return True
        day = datetime.fromtimestamp(at.now, UTC).astimezone(ZoneInfo(at.wording.zone)).date()
        return (self.since or day) <= day <= (self.until or day + timedelta(days=1))


class HandOver(Policy):
    """What all policies have in common that hand a ticket over."""

    required: Mapping[str, str] = Field(
        default_factory=dict, description="Information that must go along: name for people = column"
    )
    to_group: str | None = Field(
        default=None, description="Name of the group that takes over; by speciality if not given"
    )
    to_groups: tuple[Route, ...] = Field(
        default=(), description="Ordered: the first whose columns fit takes over, before any other choice"
    )
    on_call: tuple[Turn, ...] = Field(
        default=(), description="Rota, ordered: the first turn that is on takes over, before the speciality"
    )
    choose: Literal["order", "load"] = Field(
        default="order",
        description="Among the groups of a speciality: the first, or the one with the fewest open tickets",
    )
    contracts: Mapping[str, str] = Field(
        default_factory=dict, description="Group → reference of its contract, told in the note (R-A4)"
    )
    watch: bool = Field(
        default=False,
        description="Who had it stays on the ticket's watch_list, which must stand in [columns] shared",
    )

    def columns(self) -> frozenset[str]:
        """Those of the information that must go along and of the routes, and the watch list."""
        routed = further(column for route in self.to_groups for column in route.where)
        return frozenset(self.required.values()) | routed | ({WATCH_LIST} if self.watch else set())

    def groups_named(self) -> tuple[str, ...]:
        """Groups that may take over, and those with a contract."""
        routed, called = (each.group for each in self.to_groups), (each.group for each in self.on_call)
        return (*((self.to_group,) if self.to_group else ()), *routed, *called, *self.contracts)

    def people_named(self) -> tuple[str, ...]:
        """Who is on call."""
        return tuple(turn.person for turn in self.on_call if turn.person)

    def hours_named(self) -> tuple[str, ...]:
        """The hours of the rota."""
        return tuple(turn.service_hours for turn in self.on_call if turn.service_hours)

    def target(self, ticket: Ticket, at: Moment, tier: Tier) -> tuple[Group | None, str]:
        """Group and person (sys_id or "") that a ticket is handed to in this tier now."""
        find = at.directory.group_named
        for route in self.to_groups:
            if holds(ticket, route.where):
                return find(route.group), ""
        if self.to_group is not None:
            return find(self.to_group), ""
        turn = next((turn for turn in self.on_call if turn.on(at)), None)
        if turn is not None:
            person = at.directory.people.get(turn.person or "")
            return find(turn.group), person.sys_id if person else ""
        if self.choose == "load":
            able = at.directory.specialists(tier, ticket.category, ticket.desk)
            return min(able, key=lambda group: at.loads.get(group.sys_id, 0), default=None), ""
        return at.directory.speciality(tier, ticket.category, ticket.desk), ""

    def missing(self, ticket: Ticket) -> list[str]:
        """Names of the information that is not on the record; what cannot be told is not missing."""
        extra = ticket.extra
        return [
            name
            for name, column in self.required.items()
            if not extra.get(column, "unknown" if column == WORK_NOTES else "")
        ]

    def stays(self, ticket: Ticket, key: Occasion) -> Set | None:
        """Who had it last, put on the watch list; None where nobody had it, or they watch already."""
        before = ticket.extra.get(WATCH_LIST)
        who = ticket.assignee or next((s.assignee for s in reversed(ticket.spans) if s.assignee), "")
        if not self.watch or before is None or not who:
            return None
        watching = [one for one in before.split(",") if one]
        return None if who in watching else Set("watch", ",".join((*watching, who)), key, "R-A2")
