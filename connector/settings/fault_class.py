"""R-C1: which faults are general, important, urgent: an ordered table, and then the priority."""

from collections.abc import Mapping

from pydantic import Field, model_validator

from connector.rules.condition import Where, holds
from connector.settings.table import Table
from connector.ticket import FaultClass, Ticket


class Rank(Table):
    """A class for the tickets whose columns have these values."""

    fault_class: FaultClass = Field(alias="class", description="The class that they have")
    where: Where = Field(
        min_length=1,
        description="Column → value or values, all of them: impact, urgency, category, service, "
        'the caller\'s standing: `"caller_id.vip" = "true"`',
    )


class FaultClasses(Table):
    """R-C1: the fault class of a ticket, by the priority that the instance computed, unless one of `ranks`
    says otherwise.

    A ticket with a priority that none of them names is set aside, and `status` says so.
    """

    urgent: tuple[str, ...] = Field(default=("1",), description="Values of the priority column")
    important: tuple[str, ...] = Field(default=("2", "3"), description="Values of the priority column")
    general: tuple[str, ...] = Field(default=("4", "5"), description="Values of the priority column")

    ranks: tuple[Rank, ...] = Field(
        default=(),
        description="Ordered, the first that fits decides, before the priority: { class, where }",
    )

    @model_validator(mode="after")
    def _each_once(self) -> "FaultClasses":
        seen: dict[str, FaultClass] = {}
        for fault_class, priorities in self._named():
            for priority in priorities:
                if priority in seen:
                    raise ValueError(f'priority "{priority}" is both {seen[priority]} and {fault_class}')
                seen[priority] = fault_class
        return self

    def _named(self) -> tuple[tuple[FaultClass, tuple[str, ...]], ...]:
        return (
            (FaultClass.URGENT, self.urgent),
            (FaultClass.IMPORTANT, self.important),
            (FaultClass.GENERAL, self.general),
        )

    @property
    def by_priority(self) -> Mapping[str, FaultClass]:
        """Value of the priority column → fault class."""
        return {priority: fault_class for fault_class, several in self._named() for priority in several}

    @property
    def columns(self) -> frozenset[str]:
        """Columns of the ticket that `ranks` look at."""
        return frozenset(column for rank in self.ranks for column in rank.where)

    @property
    def ranked(self) -> frozenset[FaultClass]:
        """Classes that a ticket of any priority can have."""
        return frozenset(rank.fault_class for rank in self.ranks)

    def of(self, ticket: Ticket) -> FaultClass:
        """The class by this table of a ticket with these columns; its own where the priority is unknown."""
        for rank in self.ranks:
            if holds(ticket, rank.where):
                return rank.fault_class
        return self.by_priority.get(ticket.priority, ticket.fault_class)
