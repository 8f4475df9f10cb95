"""Leaving an instance: the owned columns are cleared, or left as they are; nothing is deleted.

Cleared is what ``[columns]`` names of our own, on every ticket that has something in one of them, in keyset
pages; what is cleared is found no more, so that a second run goes on where the first one ended. Work notes,
tasks and articles stay: people have read them, and work with them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from connector.errors import NoTable, WrongInstance
from connector.reconcile.recipe import Watch, act, unwatched
from connector.reconcile.world import World
from connector.settings import Settings
from connector.sync.change import Because, Change, FieldChange, Plan
from connector.sync.gateway import term
from connector.sync.normalise import KIND_PREFIX
from connector.sync.outcome import Answer
from connector.sync.row import Row
from connector.ticket import Instant, TicketState

POLICY = "retire"
PAGE = 1000


class Holding(NamedTuple):
    """What of ours an instance holds."""

    tickets: int
    """With something in a column of ours."""
    resolved: int
    """Of these, resolved: a write could postpone their closing."""
    tasks: int
    """Open tasks that the connector created; people finish them."""
    columns: Mapping[str, int]
    """Column → tickets that have something in it."""


class Cleared(NamedTuple):
    """What came of clearing."""

    answers: Counter[str]
    waiting: int
    """Resolved tickets that were left for later."""
    trouble: str = ""
    details: tuple[str, ...] = ()
    """Of tickets that could not be cleared, a few."""


def holding(world: World, settings: Settings) -> Holding:
    """Look; nothing is written. Raises `GatewayError`."""
    columns: Counter[str] = Counter()
    tickets = resolved = 0
    for table, page in _pages(world, settings):
        for row in page:
            tickets += 1
            resolved += _is_resolved(table, row, settings)
            before = "" if table == "incident" else f"{table}."
            columns.update(before + column for column in _owned(settings, table) if row.get(column))
    return Holding(tickets, resolved, _open_tasks(world), dict(columns))


def clear(
    world: World,
    settings: Settings,
    now: Instant,
    *,
    resolved: bool,
    stop: Callable[[], bool] = lambda: False,
    watch: Watch = unwatched,
) -> Cleared:
    """Clear them, with a journal entry for each ticket; ``resolved``: also on resolved tickets."""
    answers: Counter[str] = Counter()
    details: list[str] = []
    waiting = 0
    for table, page in _pages(world, settings):
        due = [row for row in page if resolved or not _is_resolved(table, row, settings)]
        waiting += len(page) - len(due)
        plan = Plan(now, tuple(_change(table, row, settings) for row in due))
        outcome = act(world, settings, plan, stop, watch)
        for step in outcome.written:
            answers[str(step.answer)] += 1
            if step.answer is not Answer.WRITTEN and len(details) < 20:
                details.append(f"{step.change.number}: {step.answer} {step.detail}".rstrip())
        if outcome.stopped:
            return Cleared(answers, waiting, outcome.stopped, tuple(details))
    return Cleared(answers, waiting, "", tuple(details))


def _owned(settings: Settings, table: str) -> list[str]:
    if table == "incident":
        return sorted(settings.columns.roles.values())
    marks = settings.marks_of(table)
    return [marks] if marks else []


def _pages(world: World, settings: Settings) -> Iterator[tuple[str, list[Row]]]:
    """(table, records of it with something of ours), in the order of their sys_ids."""
    for table in ("incident", *settings.further_tables):
        try:
            for page in _pages_of(world, table, _owned(settings, table)):
                yield table, page
        except NoTable:
            if table == "incident":
                raise  # of a further table that is not there nothing of ours is left


def _pages_of(world: World, table: str, owned: list[str]) -> Iterator[list[Row]]:
    """Records of a table with something of ours.

    An unknown column in a query matches everything, so that each row is looked at as well. Raises
    `WrongInstance` where none of the columns comes back.
    """
    if not owned:
        return
    something = "^OR".join(term(column, "ISNOTEMPTY") for column in owned)
    last, more = "", True
    while more:
        query = (
            f"{something}^{term('sys_id', '>', last)}^ORDERBYsys_id" if last else f"{something}^ORDERBYsys_id"
        )
        page = world.gateway.page(
            table, query, ["sys_id", "number", "state", "sys_mod_count", *owned], limit=PAGE
        )
        more = page.more
        if page.rows:
            if not page.rows[0].keys() & set(owned):
                raise WrongInstance(
                    f"{table} has none of {', '.join(owned)}, or our account may not read them"
                )
            last = page.rows[-1]["sys_id"]
            found = [row for row in page.rows if any(row.get(column) for column in owned)]
            if found:
                yield found
        elif more:
            raise WrongInstance(
                f"an empty page of {table} with others behind it: our account may not read them"
            )


def _change(table: str, row: Mapping[str, str], settings: Settings) -> Change:
    return Change(
        table,
        row["sys_id"],
        row["sys_id"],
        row.get("number", ""),
        int(row.get("sys_mod_count") or 0),
        tuple(FieldChange(column, row[column], "") for column in _owned(settings, table) if row.get(column)),
        (Because(POLICY, "", "the connector leaves this instance"),),
    )


def _is_resolved(table: str, row: Mapping[str, str], settings: Settings) -> bool:
    choices = settings.instance.choices if table == "incident" else settings.described(table)
    return choices.states.get(row.get("state", "")) is TicketState.RESOLVED


def _open_tasks(world: World) -> int:
    query = f"{term('correlation_display', 'STARTSWITH', KIND_PREFIX)}^{term('active', '=', 'true')}"
    count, last, more = 0, "", True
    while more:
        after = f"^{term('sys_id', '>', last)}" if last else ""
        page = world.gateway.page("incident_task", f"{query}{after}^ORDERBYsys_id", ["sys_id"], limit=PAGE)
        count, more = count + len(page.rows), page.more and bool(page.rows)
        last = page.rows[-1]["sys_id"] if page.rows else last
    return count
