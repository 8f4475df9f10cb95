"""Reading: 100,000 changed incidents polled, stored, normalised and judged by the example policies.

Three processes: this one waits, one serves pages over loopback like an instance, one reads and is measured.
CPU is that of the reading process alone; the floor is ``json.loads`` of the same bytes in the same process.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import process_time
from typing import IO
from urllib.parse import parse_qs, urlsplit

from bench.figure import Figure

ROWS, PAGE = 100_000, 1000
NOW = 1_780_286_400
"""2026-06-01 04:00:00 UTC, when the last of the incidents changed."""
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
HEADER = "Mon, 01 Jun 2026 04:00:00 GMT"


def run() -> list[Figure]:
    with _child("serve") as served:
        url = served.readline().strip()
        with _child("read", url) as told:
            seen = json.loads(told.read())
    floor = seen["floor"]
    each = {name: seen[name] / ROWS * 1e6 for name in ("poll", "load", "judge")}
    both = seen["poll"] + seen["judge"]

    def times(seconds: float) -> str:
        return f"{seconds / floor:.1f} × json.loads"

    return [
        Figure("floor: json.loads of the same bytes", ROWS / floor, "rows/s", "", ""),
        Figure("polled, stored, normalised and judged", ROWS / both, "rows/s", "≥ 30,000", times(both)),
        Figure("of it polled and stored", each["poll"], "µs a row", "≤ 14", times(seen["poll"])),
        Figure("loaded and normalised alone", each["load"], "µs a row", "≤ 9", times(seen["load"])),
        Figure("of it loaded, normalised and judged", each["judge"], "µs a row", "", times(seen["judge"])),
        Figure("memory of the process after polling", seen["memory_polled"], "MB at most", "< 100", ""),
        Figure("memory of the process after judging", seen["memory"], "MB at most", "< 100", ""),
        Figure("requests for the incidents", seen["requests"], "", f"{ROWS // PAGE}", ""),
        Figure("bytes a row as the instance sends it", seen["bytes"] / ROWS, "bytes", "", ""),
        Figure("a poll in which nothing changed", seen["quiet"] * 1000, "ms CPU", "< 20", ""),
        Figure("requests of that poll", seen["quiet_requests"], "", f"{seen['sources']}", ""),
    ]


@contextmanager
def _child(*words: str) -> Iterator[IO[str]]:
    command = [sys.executable, "-m", "bench.reading", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=EXAMPLE.parent) as process:
        try:
            assert process.stdout is not None
            yield process.stdout
        finally:
            if words[0] == "serve":
                process.terminate()
            process.wait()


# The serving process


class _Handler(BaseHTTPRequestHandler):
    """As much of the Table API as reading needs: incidents page by page, groups by name, else nothing."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(place.query).items()}
        table = place.path.rpartition("/")[2]
        query, fields = asked.get("sysparm_query", ""), asked["sysparm_fields"].split(",")
        rows: list[dict[str, str]] = []
        more = False
        if table == "incident":
            begin = _after(query)
            rows = [_incident(number, fields) for number in range(begin, min(begin + PAGE, ROWS))]
            more = begin + PAGE < ROWS
        elif table == "sys_user_group":
            rows = [{"sys_id": _hex(index), "name": name} for index, name in enumerate(_groups())]
        elif table == "sys_user":
            rows = [{"sys_id": "f" * 32, "user_name": query.split("=")[-1].split("^")[0], "name": "x"}]
        body = json.dumps({"result": rows}, ensure_ascii=False).encode()
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Date", HEADER)
        if more:
            self.send_header("Link", '<x>;rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's word
        """Silence."""


def _after(query: str) -> int:
    """Which incident comes next: their stamps and ids count upwards together, two a second."""
    beyond = re.search(r"sys_id>([0-9a-f]{32})", query)
    if beyond:
        return int(beyond[1], 16) + 1
    since = re.search(r"sys_updated_on>=([-0-9]{10} [:0-9]{8})", query)
    from connector.sync.instant import instant

    at = instant(since[1]) if since else None
    return 0 if at is None else max(0, ROWS - (NOW - at) * 2)


def _hex(number: int) -> str:
    return f"{number:032x}"


def _groups() -> list[str]:
    found = re.findall(r'"((?:[A-Z][A-Za-z]+ ?)+)"', EXAMPLE.read_text(encoding="utf-8"))
    return sorted(set(found))


def _incident(number: int, fields: list[str]) -> dict[str, str]:
    """An incident of the last two days as raw text: half still open, the rest resolved or closed."""
    from connector.sync.instant import platform_time

    dice = Random(number)
    updated = NOW - (ROWS - number) // 2
    state = dice.choice("112233666777")
    ended = platform_time(updated - 30) if state in "67" else ""
    row = dict.fromkeys(fields, "")
    row |= {
        "sys_id": _hex(number),
        "number": f"INC{number:07}",
        "sys_class_name": "incident",
        "opened_at": platform_time(updated - dice.randrange(60, 2 * 86_400)),
        "sys_updated_on": platform_time(updated),
        "sys_updated_by": "wang.wei",
        "sys_mod_count": str(dice.randrange(1, 20)),
        "state": state,
        "priority": dice.choice("1233334445"),
        "category": dice.choice(["network", "software", "hardware", "inquiry"]),
        "assignment_group": _hex(dice.randrange(6)),
        "assigned_to": _hex(1000 + dice.randrange(300)) if state != "1" else "",
        "caller_id": _hex(5000 + dice.randrange(4000)),
        "company": _hex(2000 + dice.randrange(20)),
        "resolved_at": ended,
        "closed_at": platform_time(updated) if state == "7" else "",
        "close_code": "Solution provided" if ended else "",
        "reopen_count": "0",
        "reassignment_count": str(dice.randrange(4)),
    }
    return {field: row[field] for field in fields}


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


# The reading process


def read(url: str) -> None:
    from connector.clock import SimulatedClock
    from connector.reconcile.judgement import judge
    from connector.reconcile.world import open_world
    from connector.settings import load
    from connector.sync.gateway import Credentials
    from connector.sync.poll import poll
    from connector.sync.store import Store

    settings = load(EXAMPLE)
    settings = settings.model_copy(update={"instance": settings.instance.model_copy(update={"url": url})})
    seen: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/desk.sqlite")
        account = Credentials("connector", "x")
        with open_world(settings, clock=SimulatedClock(NOW), store=store, credentials=account) as world:
            start = process_time()
            for source in world.sources:
                poll(world.gateway, source, store)
            seen["poll"] = process_time() - start
            seen["memory_polled"] = _peak()
            seen["requests"] = world.gateway.by_table["incident"]
            start = process_time()
            for chunk in store.everything():
                for mirrored in store.load(chunk):
                    world.normaliser.ticket(*mirrored)
            seen["load"] = process_time() - start
            start = process_time()
            judged = judge(world, settings, NOW)
            seen["judge"] = process_time() - start
            seen["memory"] = _peak()
            assert judged.tickets == ROWS, (judged.tickets, store.quarantined()[:3])
            for source in world.sources:
                poll(world.gateway, source, store)
            sent, start = world.gateway.requests_sent, process_time()
            for source in world.sources:
                poll(world.gateway, source, store)
            seen["quiet"] = process_time() - start
            seen["quiet_requests"] = world.gateway.requests_sent - sent
            seen["sources"] = len(world.sources)
            fields = next(source for source in world.sources if source.table == "incident").fields
        store.close()
    seen["floor"], seen["bytes"] = _floor(url, ",".join(fields))
    print(json.dumps(seen))


def _floor(url: str, fields: str) -> tuple[float, int]:
    connection = HTTPConnection(url.removeprefix("http://"))
    spent, size = 0.0, 0
    for number in range(0, ROWS, PAGE):
        query = f"sys_id>{number - 1:032x}" if number else ""
        connection.request("GET", f"/incident?sysparm_fields={fields}&sysparm_query={query}")
        body = connection.getresponse().read()
        size += len(body)
        start = process_time()
        json.loads(body)
        spent += process_time() - start
    return spent, size


def _peak() -> float:
    """Most memory this process held so far, in MB; of this process alone, not of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) / 1024 if peak else float("nan")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        read(sys.argv[2])
