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
from connector.kpi.score import ALL_SCOPES
from connector.reconcile import counted_scores, facts, keep_outcomes, scores_of
from connector.sync.store import Store

CHANGED = 1000


def run() -> list[Figure]:
    with serving("incident") as url:
        seen = told_by("scoring", url)
    floor = seen["floor"]

    def spent(name: str, target: str = "") -> Figure:
        return Figure(name, seen[name], "s CPU", target, f"{seen[name] / floor:.0f} × one walk")

    return [
        Figure("floor: one walk that counts by group", floor * 1000, "ms CPU", "", ""),
        spent("facts of 100,000 tickets from the mirror"),
        spent("all indicators, all scopes, one month"),
        Figure(
            "both together",
            seen["both together"],
            "s CPU",
            "< 5",
            f"{seen['both together'] / floor:.0f} × one walk",
        ),
        Figure("scores", seen["scores"], "", "", ""),
        Figure("memory of the process", seen["memory"], "MB at most", "< 500", ""),
        Figure("kept rows of all 100,000, made at first", seen["all"] * 1000, "ms CPU", "", ""),
        Figure(
            f"kept rows after {CHANGED:,} tickets changed",
            seen["changed"] * 1000,
            "ms CPU",
            "",
            f"{seen['changed'] / seen['all'] * 100:.1f} % of all of them",
        ),
        Figure("month counted from kept rows", seen["counted"] * 1000, "ms CPU", "", ""),
    ]


def score(url: str) -> dict[str, float]:
    store = Store()
    month = period_of(FIRST - 86_400, PeriodKind.MONTH, ZoneInfo("UTC"))
    with opened(url, FIRST, store) as (world, settings):
        fields = next(source for source in world.sources if source.table == "incident").fields
        for begin in range(0, ROWS, PAGE):
            # All closed within the month or still open at its end, opened up to 25 days before.
            rows = [incident(n, ROWS, month.end - 60, days=25) for n in range(begin, begin + PAGE)]
            # An instance sends every column that was asked for.
            store.save_tickets([{field: row.get(field, "") for field in fields} for row in rows])
        start = process_time()
        found, calls = facts(world, settings, month.start, month.end, FIRST)
        made = process_time()
        directory = world.moment.directory
        scores = scores_of(settings, directory, found, calls, [month], now=FIRST, scopes=ALL_SCOPES)
        counted = process_time()
        Counter(fact.ticket.group.sys_id for fact in found if fact.ticket.group)
        end = process_time()
        memory = peak()
        sys_ids = [fact.id for fact in found]
        del found, calls
        began = process_time()
        keep_outcomes(world, settings, sys_ids, FIRST)
        kept = process_time()
        keep_outcomes(world, settings, sys_ids[:: ROWS // CHANGED], FIRST)
        again = process_time()
        counted_scores(store, settings, directory, [month], FIRST)
        told = process_time()
    assert datetime.fromtimestamp(month.start, UTC).day == 1
    assert len(sys_ids) == ROWS
    return {
        "facts of 100,000 tickets from the mirror": made - start,
        "all indicators, all scopes, one month": counted - made,
        "floor": end - counted,
        "scores": len(scores),
        "both together": counted - start,
        "memory": memory,
        "all": kept - began,
        "changed": again - kept,
        "counted": told - again,
    }


if __name__ == "__main__":
    print(json.dumps(score(sys.argv[1])))
