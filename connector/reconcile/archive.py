"""What came of the tickets of a period, for the archive (R-F3): the mirror says which, the instance what.

The texts are asked for when somebody wants the archive, and kept nowhere: the mirror holds what people wrote
only where a policy reads it.
"""

from collections.abc import Iterator
from typing import Literal

from connector.kpi.archive import Result
from connector.kpi.period import Period
from connector.reconcile.figure import narrow
from connector.reconcile.judgement import CHUNK, read_tickets
from connector.reconcile.world import World
from connector.settings import Settings
from connector.ticket import ENDED_STATES, Instant, Ticket

ANALYSIS = ("problem_id.number", "problem_id.cause_notes")
TEXTS = ("short_description", "description", "close_code", "close_notes", "problem_id", *ANALYSIS)
"""Columns of an incident that the archive quotes, and of its problem."""

By = Literal["category", "group"]


def results_of(
    world: World, settings: Settings, period: Period, now: Instant, by: By = "category"
) -> Iterator[Result]:
    """Each ticket that is resolved or closed and whose work ended in the period, by chunks of a thousand.

    Raises what the gateway raises. A text that may not be read is empty.
    """
    normaliser = narrow(world, settings)
    alive = world.store.alive_between(period.start, period.end)
    for start in range(0, len(alive), CHUNK):
        some = read_tickets(world, alive[start : start + CHUNK], now, normaliser=normaliser)
        ended = [
            ticket
            for ticket in some
            if ticket.state in ENDED_STATES and ticket.ended_at is not None and ticket.ended_at in period
        ]
        if ended:
            yield from _with_texts(world, settings, ended, by)


def _with_texts(world: World, settings: Settings, tickets: list[Ticket], by: By) -> Iterator[Result]:
    gateway, base = world.gateway, settings.instance.url.rstrip("/")
    texts = gateway.by_ids("incident", [ticket.sys_id for ticket in tickets], TEXTS)
    for ticket in tickets:
        text = texts.get(ticket.sys_id, {})
        problem, cause = (text.get(column, "") for column in ANALYSIS)
        group = ticket.group.name if ticket.group else ""
        assert ticket.ended_at is not None
        yield Result(
            ticket.number,
            ticket.category if by == "category" else group,
            ticket.opened_at,
            ticket.ended_at,
            text.get("short_description", ""),
            text.get("description", ""),
            text.get("close_code", ""),
            text.get("close_notes", ""),
            problem or text.get("problem_id", ""),
            cause,
            tuple(sorted(article.number or article.sys_id for article in ticket.articles)),
            f"{base}/incident.do?sys_id={ticket.sys_id}",
        )
