"""Scoring years: 10,000,000 tickets by year and group, counted from the rows that are kept beside the mirror.

The rows are made by the database itself, cheaply and outside the measured time, as reading ten million
tickets would leave them: ten years, fifty groups of two desks, every mix of answers. What is measured is all
indicators that are counted from rows, for ten years, by whole, desk and group. The floor is one walk of the
database over one covering index.
"""

import json
import os
import sys
import tempfile
from time import perf_counter, process_time

from sqlalchemy import text

from bench.figure import Figure
from bench.process import peak, told_by
from connector.kpi.outcome import COUNTS
from connector.kpi.period import periods_between
from connector.reconcile import counted_scores
from connector.settings import load
from connector.sync.store import Store
from connector.sync.store.schema import outcome
from connector.ticket import Directory, Group, Tier

ROWS = 10_000_000
YEARS = 10
GROUPS = 50
BEGIN = 1_420_070_400  # 2015-01-01 in UTC
INDEX = "outcome_first_opened_at"
STEP = 365 * 86_400 * YEARS / ROWS


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        seen = told_by("scoring_years", f"{folder}/desk.sqlite")
    ratio = f"{seen['seconds'] / seen['floor']:.1f} × one walk"
    return [
        Figure("floor: one walk of the database over one index", seen["floor"], "s CPU", "", ""),
        Figure("10,000,000 tickets by year, desk and group", seen["seconds"], "s CPU", "< 60", ratio),
        Figure("the same, by the clock on the wall", seen["wall"], "s", "", "what else runs counts here"),
        Figure("scores", seen["scores"], "", "", ""),
        Figure("memory of the process", seen["memory"], "MB at most", "", ""),
        Figure("making the rows (not part of it)", seen["making"], "s", "", ""),
        Figure("size of the file", seen["bytes"] / ROWS, "bytes a ticket", "", ""),
    ]


def count(path: str) -> dict[str, float]:
    from zoneinfo import ZoneInfo

    from bench.incident import EXAMPLE

    settings = load(EXAMPLE)
    store = Store(f"sqlite:///{path}")
    start = perf_counter()
    make(store)
    made = perf_counter()
    before = process_time()
    with store.engine.connect() as connection:
        connection.execute(
            text("SELECT SUM(bits & 1) FROM outcome INDEXED BY outcome_first_opened_at")
        ).scalar()
    floor = process_time() - before
    groups = {
        f"g{n}": Group(f"g{n}", f"Group {n}", f"desk {n % 2}", (Tier.FIRST_LINE, Tier.VENDOR)[n % 2])
        for n in range(1, GROUPS + 1)
    }
    years = list(periods_between(BEGIN, BEGIN + YEARS * 365 * 86_400, "year", ZoneInfo("Asia/Shanghai")))
    begun, spent = perf_counter(), process_time()
    scores = counted_scores(store, settings, Directory(groups), years, BEGIN + 11 * 366 * 86_400)
    seconds, wall = process_time() - spent, perf_counter() - begun
    accepted = [one for one in scores if one.indicator == "R-E12-accepted" and one.scope.kind == "whole"]
    assert sum(one.sizes.numerator for one in accepted) == ROWS
    assert {one.indicator for one in scores} == set(COUNTS)
    store.close()
    size = os.path.getsize(path)  # noqa: PTH202
    return {
        "making": made - start,
        "floor": floor,
        "seconds": seconds,
        "wall": wall,
        "scores": len(scores),
        "memory": peak(),
        "bytes": size,
    }


def make(store: Store) -> None:
    """Ten million outcomes; one in nine not ended, answers and owners mixed by multiplication."""
    with store.engine.connect() as connection:
        for statement in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-262144"):
            connection.exec_driver_sql(statement)
        indexes = sorted(outcome.indexes, key=lambda index: index.name or "")
        for index in indexes:
            index.drop(connection)
        for number in range(1, GROUPS + 1):
            connection.exec_driver_sql("INSERT INTO owner (id, key) VALUES (?, ?)", (number, f"g{number}"))
        connection.exec_driver_sql(
            f"""
            INSERT INTO outcome (ticket, opened_at, ended_at, first, responder, resolver, bits)
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {ROWS})
            SELECT i + 1, {BEGIN} + CAST(i * {STEP} AS INTEGER),
                   CASE WHEN i % 9 THEN {BEGIN} + CAST(i * {STEP} AS INTEGER) + i * 7919 % 400000 END,
                   1 + i * 31 % {GROUPS}, 1 + i * 17 % {GROUPS}, 1 + i * 13 % {GROUPS},
                   CASE WHEN i % 9 THEN (i * 2654435761 >> 9 & 509) | 2 ELSE i * 40503 >> 5 & 12 END
            FROM n
            """
        )
        for index in indexes:
            index.create(connection)
        connection.commit()


if __name__ == "__main__":
    print(json.dumps(count(sys.argv[1])))
