"""The sandbox with a million incidents: how long they take to be there, and a page by the time of change.

They are generated as by a seed file, and served by a process of its own.  A page goes on after the last
record of the one before it (time of change, then sys_id), 25 columns, at places all over the table.  Without
counting is what pollers ask for; the total costs a walk over everything that is left.  `serve` is timed
from the start of its process to the line that says it listens, with the empty profile; its bytecode is there,
as an installer leaves it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from time import perf_counter, sleep
from urllib.parse import quote

from bench.figure import Figure
from bench.process import ROOT, serving
from bench.sandbox_http import FIELDS, PAGE, USER, Wire

INCIDENTS = 1_000_000
PLACES = 20
STARTS = 9
NOW = 1_700_442_000


def run() -> list[Figure]:
    with serving("sandbox_loading") as line:
        url, generated, marks = json.loads(line)
        with closing(Wire(url)) as wire:
            plain = [took(wire, target) for target in pages(marks, "&sysparm_no_count=true")]
            counted = [took(wire, target) for target in pages(marks[:3], "")]
    with tempfile.TemporaryDirectory() as bytecode:
        compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        compiled["PYTHONPYCACHEPREFIX"] = bytecode
        seconds_to_ready(compiled)
        starts = [seconds_to_ready(compiled) for _ in range(STARTS)]
    spread = f"slowest of {len(plain)}: {max(plain) * 1000:.1f} ms"
    slowest = f"slowest of {STARTS}: {max(starts):.2f} s"
    return [
        Figure(f"{INCIDENTS:,} incidents generated", generated, "s", "< 120", ""),
        Figure("keyset page of 1,000 out of them", middle(plain) * 1000, "ms", "< 20", spread),
        Figure("the same, with the total counted", middle(counted) * 1000, "ms", "", ""),
        Figure("serve ready, empty profile", middle(starts), "s", "< 0.5", slowest),
    ]


def pages(marks: list[list[str]], more: str) -> Iterator[str]:
    """The address of the page that follows each (time of change, sys_id)."""
    for stamp, sys_id in marks:
        query = (
            f"sys_updated_on={stamp}^sys_id>{sys_id}^NQsys_updated_on>{stamp}"
            "^ORDERBYsys_updated_on^ORDERBYsys_id"
        )
        yield (
            f"/api/now/table/incident?sysparm_fields={FIELDS}&sysparm_limit={PAGE}"
            f"&sysparm_query={quote(query)}{more}"
        )


def took(wire: Wire, target: str) -> float:
    start = perf_counter()
    size = wire("GET", target)
    assert size > 100 * PAGE, size
    return perf_counter() - start


def middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def seconds_to_ready(environment: dict[str, str]) -> float:
    command = [sys.executable, "-m", "connector", "sandbox", "serve", "--profile", "empty", "--port", "0"]
    start = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            spent = perf_counter() - start
            assert line.startswith("ready http://"), line
        finally:
            process.terminate()
            process.wait()
    return spent


def serve() -> None:
    """Serve the million until ended; the first line says where, the seconds it took, and places in it."""
    from connector.sandbox import Instance, Rest, Server
    from connector.sandbox.seed import Document, plant

    values = {
        "short_description": "Printer {n} does not print",
        "urgency": ["1", "2", "3"],
        "state": ["1", "2", "6", "7"],
        "category": "hardware",
    }
    instance = Instance(now=lambda: NOW)
    instance.add_user(USER[0], name="Bench", password=USER[1], roles=["itil"])
    start = perf_counter()
    plant(instance, [Document({"generate": [{"table": "incident", "count": INCIDENTS, "values": values}]})])
    spent = perf_counter() - start
    found = instance.store.db.execute("SELECT sys_updated_on, sys_id FROM task ORDER BY 1, 2").fetchall()
    marks = found[: -2 * PAGE : max(len(found) // PLACES, 1)]
    with Server(Rest(instance)) as server:
        print(json.dumps([server.url, spent, marks]), flush=True)
        while True:
            sleep(60)


if __name__ == "__main__":
    serve()
