"""Writing: 1,000 changes of incidents carried out against the sandbox's server, next to bare PATCH requests.

One PATCH for each changed record, and one read for each 50 records just before they are written: packed in
batches, and one by one as where the instance takes none. CPU is that of the writing process; the sandbox runs
in another one. The floor sends the same fields with ``requests.Session.patch`` and looks at nothing.
"""

import json
import signal
import sys
from time import process_time
from typing import Any

import requests

from bench.figure import Figure
from bench.incident import EXAMPLE
from bench.process import serving, told_by
from bench.reading import opened
from connector.cli.furnish import furnish
from connector.clock import SystemClock
from connector.reconcile.recipe import act, run_pass
from connector.sandbox import Instance, Rest, Server
from connector.settings import load
from connector.sync.change import Safety
from connector.sync.store import Store

COUNT = 1000
PASSWORD = "x"


def run() -> list[Figure]:
    packed, singly = (measured(batch) for batch in ("batch", "singly"))
    return [
        Figure("floor: a bare PATCH with requests", packed["bare"] / COUNT * 1000, "ms CPU", "", ""),
        *figures(packed, ""),
        *figures(singly, ", one by one"),
    ]


def measured(batch: str) -> dict[str, float]:
    with serving("writing", "serve") as url:
        seen: dict[str, float] = told_by("writing", "write", url, batch)
    return seen


def figures(seen: dict[str, float], how: str) -> list[Figure]:
    ratio, asked = f"{seen['ours'] / seen['bare']:.1f} × a bare PATCH", seen["requests"] / COUNT
    return [
        Figure(f"a change carried out and journalled{how}", seen["ours"] / COUNT * 1000, "ms CPU", "", ratio),
        Figure(f"PATCH requests per changed record{how}", seen["patches"] / COUNT, "", "1", ""),
        Figure(f"requests per changed record{how}, re-read included", asked, "", "≤ 1.02", ""),
        Figure(f"changes of the next pass{how}", seen["left"], "", "0", ""),
    ]


def serve() -> None:
    """A furnished sandbox with incidents that nobody has judged yet."""
    clock = SystemClock()
    instance = Instance(now=clock.now)
    furnish(instance, load(EXAMPLE), PASSWORD)
    group = instance.rows("sys_user_group", "name=Service Desk")[0]["sys_id"]
    caller = instance.add_user("caller", name="Caller")
    for number in range(COUNT):
        fields = {"short_description": f"fault {number}", "impact": "2", "urgency": "2"}
        instance.insert("incident", fields | {"caller_id": caller, "assignment_group": group}, user="caller")
    with Server(Rest(instance)) as server:
        print(server.url, flush=True)
        signal.pause()  # until it is terminated


def write(url: str, *, batch: bool) -> dict[str, float]:
    free = Safety(max_changes=10 * COUNT, share_from=10 * COUNT)
    policies = tuple(one.model_copy(update={"mode": "enforce"}) for one in load(EXAMPLE).about("incident"))
    now = SystemClock().now() + 1
    with opened(url, now, Store(), batch=batch, safety=free, policies=policies) as (world, settings):
        plan = run_pass(world, settings, now, apply=False).plan
        assert len(plan.changes) == COUNT, len(plan.changes)
        before, start = world.gateway.requests_sent, process_time()
        outcome = act(world, settings, plan)
        ours = process_time() - start
        assert outcome.done == COUNT, outcome.stopped
        sent = world.gateway.requests_sent - before
        journal = world.store.journalled(limit=2 * COUNT)
        left = len(run_pass(world, settings, now, apply=False).plan.changes)
        spent = bare(url, [(c.sys_id, {f.column: f.after for f in c.fields}) for c in plan.changes])
    return {
        "ours": ours,
        "bare": spent,
        "patches": len(journal),
        "requests": sent,
        "left": left,
    }


def bare(url: str, changes: list[tuple[str, dict[str, Any]]]) -> float:
    with requests.Session() as session:
        session.auth, session.trust_env = ("connector", PASSWORD), False
        start = process_time()
        for sys_id, fields in changes:
            session.patch(f"{url}/api/now/table/incident/{sys_id}", json=fields).raise_for_status()
        return process_time() - start


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        print(json.dumps(write(sys.argv[2], batch=sys.argv[3] == "batch")))
