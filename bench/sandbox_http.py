"""The sandbox over HTTP: lists of 25 columns in pages of 1,000, and single PATCHes with their rules.

The sandbox serves in a process of its own, one thread at a time.  The client here is a bare socket that reads
and throws away, so that its share stays small; both shares of CPU are told.  *On first read* something is
written between any two passes over the pages, *unchanged* nothing is.
"""

import base64
import json
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter, process_time, sleep

from bench.figure import Figure
from bench.process import serving

PAGE = 1000
PAGES = 20
WRITES = 3000
USER = ("bench", "secret")
FIELDS = (
    "sys_id,number,state,incident_state,active,priority,impact,urgency,category,subcategory,contact_type,"
    "short_description,caller_id,opened_by,opened_at,assignment_group,assigned_to,resolved_at,closed_at,"
    "close_code,reopen_count,reassignment_count,sys_created_on,sys_updated_on,sys_mod_count"
)


def run() -> list[Figure]:
    assert FIELDS.count(",") == 24
    with serving("sandbox_http") as line:
        url, pid, sys_ids = json.loads(line)
        with closing(Wire(url)) as wire:
            pages = [f"{LIST}&sysparm_offset={at * PAGE}" for at in range(PAGES)]

            def read() -> None:
                for page in pages:
                    size = wire("GET", page)
                    assert size > 100 * PAGE, size

            def touch() -> None:
                wire("PATCH", f"{ONE}{sys_ids[0]}?sysparm_fields=sys_id", b'{"work_notes":"touched"}')

            def write() -> None:
                for at in range(WRITES):
                    body = json.dumps({"urgency": str(at % 3 + 1), "short_description": f"n{at}"})
                    wire("PATCH", f"{ONE}{sys_ids[at % len(sys_ids)]}?sysparm_fields=sys_id", body.encode())

            rows = PAGE * PAGES
            first = measured(pid, read, touch)
            again = measured(pid, read, lambda: None)
            patches = measured(pid, write, lambda: None, rounds=3)
    return [
        *shown("list rows, on first read", rows, "rows/s", "≥ 40,000", first),
        *shown("list rows, unchanged", rows, "rows/s", "≥ 150,000", again),
        *shown("single PATCHes with their rules", WRITES, "/s", "≥ 1,000", patches),
    ]


LIST = f"/api/now/table/incident?sysparm_fields={FIELDS}&sysparm_limit={PAGE}&sysparm_query=ORDERBYsys_id"
ONE = "/api/now/table/incident/"


class Spent:
    """Seconds of one round: by the clock, of the server's CPU, of the client's CPU."""

    def __init__(self, wall: float, server: float, client: float) -> None:
        self.wall, self.server, self.client = wall, server, client


def measured(pid: int, act: Callable[[], None], before: Callable[[], None], rounds: int = 5) -> Spent:
    """The quickest of some rounds, by the clock."""
    act()
    spent = []
    for _ in range(rounds):
        before()
        cpu, mine, start = used(pid), process_time(), perf_counter()
        act()
        spent.append(Spent(perf_counter() - start, used(pid) - cpu, process_time() - mine))
    return min(spent, key=lambda one: one.wall)


def shown(name: str, count: int, unit: str, target: str, spent: Spent) -> list[Figure]:
    shares = f"CPU: server {spent.server / spent.wall:.0%}, client {spent.client / spent.wall:.0%} of a core"
    return [Figure(name, count / spent.wall, unit, target, shares)]


def used(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    threads = Path(f"/proc/{pid}/task").iterdir()
    spent = [(one / "schedstat").read_text(encoding="ascii").split()[0] for one in threads]
    return max(sum(map(int, spent)), int(fields[0])) / 1e9


class Wire:
    """One kept connection; answers are read to their end and thrown away."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._buffer = memoryview(bytearray(4 * 1024 * 1024))
        token = base64.b64encode(":".join(USER).encode()).decode()
        self._head = f"Host: {host}\r\nAuthorization: Basic {token}\r\nContent-Type: application/json\r\n"

    def __call__(self, method: str, target: str, body: bytes = b"") -> int:
        """Bytes of a good answer, its head included."""
        head = f"{method} {target} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        got = self._socket.recv_into(self._buffer)
        assert bytes(self._buffer[:12]) == b"HTTP/1.1 200", bytes(self._buffer[:400])
        while bytes(self._buffer[got - 5 : got]) != b"0\r\n\r\n":
            got += self._socket.recv_into(self._buffer[got:])
        return got

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def serve() -> None:
    """Serve a desk with so many incidents until ended; the first line says where, who and which."""
    import os

    from connector.sandbox import Instance, Rest, Server

    instance = Instance(now=lambda: 1_700_442_000 + perf_counter())
    instance.add_user(USER[0], name="Bench", password=USER[1], roles=["itil"])
    caller = instance.add_user("caller", name="Caller")
    group = instance.add_group("First line")
    sys_ids = [
        instance.insert(
            "incident",
            {
                "short_description": f"Printer {at} does not print",
                "caller_id": caller,
                "assignment_group": group,
                "urgency": str(at % 3 + 1),
                "category": "hardware",
            },
        )["sys_id"]
        for at in range(PAGE * PAGES)
    ]
    with Server(Rest(instance)) as server:
        print(json.dumps([server.url, os.getpid(), sys_ids[:2000]]), flush=True)
        while True:
            sleep(60)


if __name__ == "__main__":
    sys.exit(serve())
