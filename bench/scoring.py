"""Scoring: all indicators of one month of 100,000 tickets, for every scope, from the mirror.

Two steps: facts are made of the mirrored tickets (read, normalised, their limits computed), and the facts are
counted. The floor is one walk over the facts that counts the tickets of each group.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from time import process_time
from zoneinfo import ZoneInfo

from bench.figure import Figure
from bench.incident import FIRST, PAGE, ROWS, incident
from bench.process import peak, serving, told_by
from bench.reading import opened
from connector.kpi.period import PeriodKind, period_of
from connector.reconcile import facts, scores_of
from connector.sync.store import Store


def run() -> list[Figure]:
    with serving("incident") as url:
        seen = told_by("scoring", url)
    floor = seen["floor"]

    def spent(name: str) -> Figure:
        return Figure(name, seen[name], "s CPU", "", f"{seen[name] / floor:.0f} × one walk")

    return [
        Figure("floor: one walk that counts by group", floor * 1000, "ms CPU", "", ""),
        spent("facts of 100,000 tickets from the mirror"),
        spent("all indicators, all scopes, one month"),
        Figure("scores", seen["scores"], "", "", ""),
        Figure("memory of the process", seen["memory"], "MB at most", "", ""),
    ]


def score(url: str) -> dict[str, float]:
    store = Store()
    month = period_of(FIRST - 86_400, PeriodKind.MONTH, ZoneInfo("UTC"))
    with opened(url, FIRST, store) as (world, settings):
        for begin in range(0, ROWS, PAGE):
            # All closed within the month or still open at its end, opened up to 25 days before.
            rows = [incident(n, ROWS, month.end - 60, days=25) for n in range(begin, begin + PAGE)]
            store.save_tickets(rows)
        start = process_time()
        found, calls = facts(world, settings, month.start, month.end, FIRST)
        made = process_time()
        scores = scores_of(settings, world.moment.directory, found, calls, [month], now=FIRST)
        counted = process_time()
        Counter(fact.ticket.group.sys_id for fact in found if fact.ticket.group)
        end = process_time()
    assert datetime.fromtimestamp(month.start, UTC).day == 1
    assert len(found) == ROWS
    return {
        "facts of 100,000 tickets from the mirror": made - start,
        "all indicators, all scopes, one month": counted - made,
        "floor": end - counted,
        "scores": len(scores),
        "memory": peak(),
    }


if __name__ == "__main__":
    print(json.dumps(score(sys.argv[1])))
