"""What policies that only observe would have written: each thing once, for the review before they may."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Engine, Executable, delete, select

from connector.sync.store import schema
from connector.sync.store.engine import Adder, among, ask
from connector.ticket import Instant


class Wanted(NamedTuple):
    """One intent that was not carried out."""

    kind: str
    """``keep``, ``set``, ``note`` or ``create``."""
    what: str
    """The role that was to be kept, else the mark of the occasion."""
    value: str
    """The field's value, the text of the note, the table of the record."""
    clause: str


class Observed(NamedTuple):
    """What one policy would have written of one ticket in one pass, as far as it had not wanted it before."""

    at: Instant
    policy: str
    digest: str
    ticket: str
    """sys_id; empty where tickets were only counted."""
    number: str
    team: str
    assignee: str
    reason: str
    wanted: tuple[Wanted, ...]
    beyond: int = 0
    """Tickets more that the policy wanted in that pass, past what a pass lists."""


class Observations:
    """What the store keeps of what was only observed."""

    engine: Engine

    def _prepare_observations(self) -> None:
        self._observations = Adder(self.engine, schema.observed, Observed._fields)

    def keep_observed(self, seen: Sequence[Observed]) -> int:
        """Keep what is new of these; how many had something new.

        A field is wanted anew when its value is another than the one last wanted, everything else once.
        """
        with self.engine.begin() as connection:
            known: dict[tuple[str, str, str], dict[tuple[str, str], str]] = {}
            for ticket, policy, digest, told in ask(
                connection, _of_tickets, {each.ticket for each in seen if each.ticket}
            ):
                known.setdefault((ticket, policy, digest), {}).update(_standing(_unpacked(told)))
            fresh = []
            for each in seen:
                stands = known.get((each.ticket, each.policy, each.digest), {})
                new = tuple(one for one in each.wanted if not _known(one, stands))
                if new or each.beyond:
                    fresh.append(each._replace(wanted=new))
            if fresh:
                rows = [
                    (*each[:8], json.dumps(each.wanted, ensure_ascii=False), each.beyond) for each in fresh
                ]
                self._observations.run(connection, rows)
        return len(fresh)

    def observed(self, since: Instant = 0) -> Iterator[Observed]:
        """Everything kept from ``since`` on, oldest first."""
        table = schema.observed
        query = select(*(table.c[name] for name in Observed._fields)).where(table.c.at >= since)
        with self.engine.connect() as connection:
            for row in connection.execute(query.order_by(table.c.id)).mappings():
                yield Observed(**{**row, "wanted": _unpacked(row["wanted"])})

    def forget_observed(self, before: Instant) -> int:
        """Drop what is older, of tickets that are closed or unknown; how many rows.

        Of an open ticket all stays: what it wants still would else be counted a second time.
        """
        table, ticket = schema.observed, schema.ticket
        alive = select(ticket.c.sys_id).where(ticket.c.closed_at.is_(None))
        with self.engine.begin() as connection:
            gone = delete(table).where(table.c.at < before, table.c.ticket.not_in(alive))
            return connection.execute(gone).rowcount


@cache
def _of_tickets(dialect: str) -> Executable:
    table = schema.observed
    asked = select(table.c.ticket, table.c.policy, table.c.digest, table.c.wanted)
    return asked.where(among(dialect, table.c.ticket)).order_by(table.c.id)


def _unpacked(text: str) -> tuple[Wanted, ...]:
    told: list[Any] = json.loads(text)
    return tuple(Wanted(*each) for each in told)


def _standing(wanted: Iterable[Wanted]) -> dict[tuple[str, str], str]:
    return {(each.kind, each.what): each.value for each in wanted}


def _known(one: Wanted, stands: dict[tuple[str, str], str]) -> bool:
    last = stands.get((one.kind, one.what))
    return last is not None and (one.kind != "keep" or last == one.value)
