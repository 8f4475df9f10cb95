"""Reading: 100,000 changed incidents polled, normalised, stored and judged by the example policies.

Four figures. *At first sight* nothing of ours stands on the incidents yet. *Judged anew*: a day later, every
incident is known, but every one has changed in what the policies read: what they want was written meanwhile.
In the *steady state* somebody has touched every incident once more since the pass before: some per cent got
another priority, of the rest only the stamps of the update are new, and what was judged of them stands. *At
work*, a day after that, as many of the updates as in the log of a real desk changed what policies read.

One process serves, others read. CPU is that of the reading process alone; the floor is ``json.loads`` of the
same bytes in the same process. Every pass is made three times on the same store, and the quickest counts:
what disturbs only slows down.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import process_time
from typing import Any

from bench.figure import Figure
from bench.incident import AGAIN, AT_WORK, EXAMPLE, FIRST, LATER, PAGE, ROWS, hex_id
from bench.process import peak, serving, told_by
from connector.clock import SimulatedClock
from connector.reconcile import World, open_world, refresh, run_pass
from connector.reconcile.judgement import judge
from connector.settings import Settings, load
from connector.sync.change import Safety
from connector.sync.gateway import Credentials
from connector.sync.plan import make_plan
from connector.sync.row import CALENDAR
from connector.sync.store import Store

ROUNDS = 3
"""How often each pass is made."""


def run() -> list[Figure]:
    with serving("incident") as url, tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "desk.sqlite")
        first = quickest(url, store, FIRST)
        tell(url, "goes_on")
        for _ in range(2):  # what the first writes bring about is written as well
            told_by("reading", "settle", url, str(AGAIN))
        anew = quickest(url, store, AGAIN)
        tell(url, "is_touched")
        tell(url, "surprises")
        again = quickest(url, store, LATER)
        for _ in range(2):
            told_by("reading", "settle", url, str(LATER))
        tell(url, "is_at_work")
        work = quickest(url, store, AT_WORK)

    def speed(name: str, target: str, seen: dict[str, Any]) -> Figure:
        slowest = f"slowest of {ROUNDS}: {ROWS / seen['slowest']:,.0f}"
        return Figure(
            name,
            ROWS / seen["pass"],
            "rows/s",
            target,
            f"{seen['pass'] / seen['floor']:.1f} × json.loads; {slowest}",
        )

    return [
        Figure("floor: json.loads of the same bytes", ROWS / again["floor"], "rows/s", "", ""),
        speed("polled, stored and judged, steady state", "≥ 30,000", again),
        Figure("memory of the process", again["memory"], "MB at most", "< 100", ""),
        Figure("requests for the incidents", again["requests"], "", f"{ROWS // PAGE}", ""),
        Figure("incidents with something to write, at least", again["wished"] / ROWS * 100, "%", "", ""),
        Figure("bytes a row as the instance sends it", again["bytes"] / ROWS, "bytes", "", ""),
        Figure("judged: what policies read had changed", again["judged"] / ROWS * 100, "%", "", ""),
        speed("polled, stored and judged, as a real desk updates", "≥ 30,000", work),
        Figure("memory of the process, as a real desk updates", work["memory"], "MB at most", "< 100", ""),
        Figure("judged, as a real desk updates", work["judged"] / ROWS * 100, "%", "", ""),
        Figure("the same with something to write, at least", work["wished"] / ROWS * 100, "%", "", ""),
        speed("polled, stored and judged, every one anew", "≥ 30,000", anew),
        Figure("memory of the process, every one anew", anew["memory"], "MB at most", "< 100", ""),
        Figure("judged, every one anew", anew["judged"] / ROWS * 100, "%", "", ""),
        speed("polled, stored and judged, first sight", "≥ 30,000", first),
        Figure("memory of the process, first sight", first["memory"], "MB at most", "< 100", ""),
        Figure("the same with something to write", first["wished"] / ROWS * 100, "%", "", ""),
    ]


def quickest(url: str, store: Path, now: int) -> dict[str, Any]:
    """The quickest of some passes over everything, each on the store as it was before; their most memory.

    The store is then as one of them left it.
    """
    seen = []
    for number in range(ROUNDS):
        copy = store.with_suffix(f".{number}")
        if store.exists():
            shutil.copy(store, copy)
        seen.append(told_by("reading", "read", url, f"sqlite:///{copy}", str(now)))
    copy.replace(store)
    quick: dict[str, Any] = min(seen, key=lambda one: one["pass"])
    return quick | {
        "slowest": max(one["pass"] for one in seen),
        "floor": min(one["floor"] for one in seen),
        "memory": max(one["memory"] for one in seen),
    }


def tell(url: str, what: str, body: object = None) -> None:
    """Move the served desk on."""
    connection = HTTPConnection(url.removeprefix("http://"))
    connection.request("POST", f"/{what}", json.dumps(body).encode())
    connection.getresponse().read()


@contextmanager
def opened(
    url: str, now: int, store: Store, *, batch: bool = True, **more: object
) -> Iterator[tuple[World, Settings]]:
    """The example's world on the served desk."""
    settings = load(EXAMPLE)
    instance = settings.instance.model_copy(update={"url": url, "batch": batch})
    settings = settings.model_copy(update={"instance": instance, **more})
    account = Credentials("connector", "x")
    with open_world(settings, clock=SimulatedClock(now), store=store, credentials=account) as world:
        yield world, settings
    store.close()


def read(url: str, place: str, now: int) -> dict[str, float]:
    """One pass over everything; in a process of its own."""
    with opened(url, now, Store(place)) as (world, settings):
        start = process_time()
        report = run_pass(world, settings, now, apply=False)
        spent = process_time() - start
        memory = peak()
        assert not report.trouble, report.trouble
        others = CALENDAR in settings.registers  # policies about dates judge one record of their own
        seen = report.judged + report.touched - others
        assert seen == ROWS, (report.judged, world.store.quarantined()[:3])
        fields = next(source for source in world.sources if source.table == "incident").fields
        requests = world.gateway.by_table["incident"]
        most = settings.safety.max_changes  # wishes of one policy beyond it are counted, not listed
        wished = {change.ticket for change in (*report.plan.changes, *report.plan.observed)}
    seconds, size = floor(url, ",".join(fields))
    return {
        "pass": spent,
        "memory": memory,
        "judged": report.judged,
        "requests": requests,
        "wished": max([len(wished), *(most + beyond for beyond in report.plan.unlisted.values())]),
        "floor": seconds,
        "bytes": size,
    }


def floor(url: str, fields: str) -> tuple[float, int]:
    """Seconds of CPU that ``json.loads`` takes for the same pages, and their bytes."""
    connection = HTTPConnection(url.removeprefix("http://"))
    spent, size = 0.0, 0
    for number in range(0, ROWS, PAGE):
        query = f"sys_id>{hex_id(number - 1)}" if number else ""
        connection.request("GET", f"/incident?sysparm_fields={fields}&sysparm_query={query}")
        body = connection.getresponse().read()
        size += len(body)
        start = process_time()
        json.loads(body)
        spent += process_time() - start
    return spent, size


def settle(url: str, now: int) -> None:
    """Write what the policies want, without a brake; not measured."""
    free = Safety(max_changes=10 * ROWS, share_from=10 * ROWS)
    with opened(url, now, Store(), safety=free) as (world, settings):
        refresh(world, settings)
        wishes = judge(world, settings, now, full=True).wishes
        plan = make_plan(wishes, world.scheme, free, now=now)
    written = [[c.table, c.sys_id, {f.column: f.after for f in c.fields}] for c in plan.observed]
    tell(url, "is_told", written)


if __name__ == "__main__":
    if sys.argv[1] == "settle":
        settle(sys.argv[2], int(sys.argv[3]))
        print("null")
    else:
        print(json.dumps(read(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
