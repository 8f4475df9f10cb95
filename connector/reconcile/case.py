"""The complaints behind the figures: what the policies of rule `complaint` are about (R-D3, R-H2)."""

from collections.abc import Iterable, Iterator

from connector.kpi.case import Case
from connector.kpi.indicator import TicketFact
from connector.reconcile.record import read_records
from connector.reconcile.world import World
from connector.rules.complaint import Complaint
from connector.settings import Settings
from connector.ticket import Instant, Ticket


def cases_of(
    world: World, settings: Settings, facts: Iterable[TicketFact], now: Instant
) -> tuple[Case, ...] | None:
    """Complaints among these tickets, and those of further tables, each once; None: no policy is about them.

    Tickets are as of the look; records of further tables as they were last read.
    """
    policies = [policy for policy in settings.policies if isinstance(policy, Complaint)]
    if not policies:
        return None
    tickets = [fact.ticket for fact in facts]
    found: dict[str, Case] = {}
    for policy in policies:
        further = policy.about() != "incident"
        for ticket in _records(world, settings, policy.about(), now) if further else tickets:
            case = _case(policy, ticket)
            if case is not None:
                found.setdefault(ticket.sys_id, case)
    return tuple(sorted(found.values(), key=lambda case: (case.since, case.number)))


def _records(world: World, settings: Settings, table: str, now: Instant) -> Iterator[Ticket]:
    register = world.registers[table]
    return read_records(world, settings, register, world.store.records_due(table, None), now)


def _case(policy: Complaint, ticket: Ticket) -> Case | None:
    standing = policy.standing(ticket)
    if standing is None:
        return None
    return Case(
        ticket.number,
        standing.since,
        ticket.group.sys_id if ticket.group else "",
        ticket.category,
        standing.acted,
        standing.solved_at,
        standing.called,
        policy.low_score is not None,
    )
