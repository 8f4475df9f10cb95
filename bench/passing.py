"""A pass over a large desk: 10,000 changed and 5,000 due tickets of 1,000,000 open ones; and a quiet pass.

The policies are those of the example, which has every rule.

The mirror is filled directly, in a file, with open tickets that wait for some instant to come; what the
policies want stands on those that are judged. The changed ones are served over loopback by another process.
The floor is ``json.loads`` of the changed ones' bytes.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from time import process_time

from sqlalchemy import update

from bench.figure import Figure
from bench.incident import AGAIN, FIRST, PAGE, Row, hex_id, incident
from bench.process import peak, serving, told_by
from bench.reading import opened, tell
from connector.reconcile import World, run_pass
from connector.reconcile.judgement import judge
from connector.settings import Settings
from connector.sync.change import Safety
from connector.sync.plan import make_plan
from connector.sync.store import Store, schema

OPEN, CHANGED, DUE = 1_000_000, 10_000, 5_000
QUIET = 10


def run() -> list[Figure]:
    with serving("incident") as url, tempfile.TemporaryDirectory() as folder:
        seen = told_by("passing", url, f"sqlite:///{folder}/desk.sqlite")
    floor = seen["floor"]
    return [
        Figure("floor: json.loads of 10,000 rows", floor, "s CPU", "", ""),
        Figure(
            "10,000 changed and 5,000 due of 1,000,000",
            seen["pass"],
            "s CPU",
            "≤ 1",
            f"{seen['pass'] / floor:.1f} × json.loads",
        ),
        Figure("tickets judged", seen["judged"], "", f"≥ {CHANGED + DUE:,}", ""),
        Figure("of these with something to write", seen["wished"], "", "", ""),
        Figure("nothing changed, nothing due", seen["quiet"] * 1000, "ms CPU", "< 20", ""),
        Figure("requests of that pass", seen["quiet_requests"], "", f"{seen['sources']}", ""),
        Figure("memory of the process", seen["memory"], "MB at most", "", ""),
    ]


def measure(url: str, place: str) -> dict[str, float]:
    now = AGAIN
    rows = [
        {**incident(n, CHANGED + DUE), "state": "2", "resolved_at": "", "closed_at": "", "close_code": ""}
        for n in range(CHANGED + DUE)
    ]
    tell(url, "is_now", [])
    tasks = settled(url, now, rows)
    store = Store(place)
    with opened(url, now, store) as (world, settings):
        incidents = next(source for source in world.sources if source.table == "incident")
        rows = [{field: row.get(field, "") for field in incidents.fields} for row in rows]
        for page in every(rows):
            store.save("incident", page, FIRST, fingerprint=incidents.fingerprint)
        store.save_tasks(tasks)
        wait(store, now + 86_400)
        for _ in range(2):
            run_pass(world, settings, now, apply=False)
        sent, start = world.gateway.requests_sent, process_time()
        for _ in range(QUIET):
            assert run_pass(world, settings, now, apply=False).judged == 0
        quiet = (process_time() - start) / QUIET
        requests = (world.gateway.requests_sent - sent) / QUIET
        changed = [
            row
            | {
                "sys_mod_count": "30",
                "sys_updated_on": incident(n, CHANGED, AGAIN)["sys_updated_on"],
                "assigned_to": hex_id(1300 + n % 300),  # a change that policies read: it has to be judged
            }
            for n, row in enumerate(rows[:CHANGED])
        ]
        tell(url, "is_now", changed)
        store.look_again({hex_id(n): now for n in range(CHANGED, CHANGED + DUE)})
        start = process_time()
        report = run_pass(world, settings, now, apply=False)
        spent = process_time() - start
        assert not report.trouble, report.trouble
        assert report.judged >= CHANGED + DUE, report.judged
        wished = {change.ticket for change in report.plan.observed}
        bodies = [json.dumps({"result": page}) for page in every(changed, CHANGED)]
        start = process_time()
        for body in bodies:
            json.loads(body)
        floor = process_time() - start
        return {
            "pass": spent, "judged": report.judged, "wished": len(wished), "quiet": quiet, "floor": floor,
            "quiet_requests": requests, "sources": len(world.sources), "memory": peak(),
        }  # fmt: skip


def every(rows: list[Row], count: int = OPEN) -> Iterator[list[Row]]:
    """Pages of ``count`` rows: these, and more like the last of them."""
    for begin in range(0, count, PAGE):
        page = rows[begin : begin + PAGE]
        page += [
            rows[-1] | {"sys_id": hex_id(number), "number": f"INC{number:07}"}
            for number in range(begin + len(page), begin + PAGE)
        ]
        yield page


def wait(store: Store, until: int) -> None:
    """Each ticket is to be looked at again at an instant of its own after ``until``."""
    table = schema.ticket
    with store.engine.begin() as connection:
        connection.execute(update(table).values(look_again=until + table.c.id))


def settled(url: str, now: int, rows: list[Row]) -> list[Row]:
    """Write what the policies want into the rows; the tasks they want beside them."""
    free = Safety(max_changes=10 * len(rows), share_from=10 * len(rows))
    tasks: list[Row] = []
    for _ in range(2):  # what the first writes bring about is written as well
        with opened(url, now, Store(), safety=free) as (world, settings):
            for page in every(rows, len(rows)):
                world.store.save_tickets(page)
            world.store.save_tasks(tasks)
            write(world, settings, now, rows, tasks)
    return tasks


def write(world: World, settings: Settings, now: int, rows: list[Row], tasks: list[Row]) -> None:
    wishes = judge(world, settings, now, full=True).wishes
    for change in make_plan(wishes, world.scheme, settings.safety, now=now).observed:
        fields = {field.column: field.after for field in change.fields}
        if change.table == "incident":
            rows[int(change.sys_id, 16)].update(fields)
        elif change.table == "incident_task":
            stamp = rows[0]["sys_updated_on"]
            tasks.append(
                fields | {"sys_id": change.sys_id, "state": "2", "opened_at": stamp, "sys_updated_on": stamp}
            )


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:3])))
