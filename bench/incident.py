"""Incidents as an instance would send them, and a process that serves them over loopback.

They count upwards: number 5 has the sys_id 5, and `Desk.rate` of them change in each second, up to the
instant `Desk.changed`. So where a page begins follows from its query, and no list has to be searched.
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connector.instant import instant, platform_time

ROWS, PAGE = 100_000, 1000
FIRST = 1_780_286_400
"""2026-06-01 04:00:00 UTC, when the last of the incidents changed for the first time."""
AGAIN = FIRST + 86_400
"""A day later, when the last of them changed for the second time."""
LATER = AGAIN + 1200
"""Twenty minutes after that, when the last of them was touched once more."""
SURPRISED = 0.03
"""Share of the incidents to which somebody gave another priority then."""
AT_WORK = LATER + 86_400
"""A day after that, when the last of them changed as incidents do on a real desk."""
UPDATES = {
    "state": 44_326,
    "assignment_group": 17_565,
    "assigned_to": 9_248,
    "category": 1_121,
    "priority": 296,
}
"""Updates in the real log of README's *Real log* that change this column; some change several."""
READ_OF_LOG, UPDATES_OF_LOG = 62_206, 83_909
"""Updates in it that change what a policy reads, and all; `tests/docs/test_figures.py` counts them again."""
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
HEX = re.compile(r"sys_id>([0-9a-f]{32})")
SINCE = re.compile(r"sys_updated_on>=([-0-9]{10} [:0-9]{8})")

Row = dict[str, str]


def hex_id(number: int) -> str:
    return f"{number:032x}"


def groups() -> list[str]:
    """Names of the groups that the example configuration names."""
    found = re.findall(r'"((?:[A-Z][A-Za-z]+ ?)+)"', EXAMPLE.read_text(encoding="utf-8"))
    return sorted(set(found))


def incident(number: int, last: int, changed: int = FIRST, days: int = 2) -> Row:
    """An incident of some days as raw text: half still open, the rest resolved or closed."""
    dice = Random(number)
    updated = changed - (last - number) // 2
    state = dice.choice("112233666777")
    ended = platform_time(updated - 30) if state in "67" else ""
    return {
        "sys_id": hex_id(number),
        "number": f"INC{number:07}",
        "sys_class_name": "incident",
        "opened_at": platform_time(updated - dice.randrange(60, days * 86_400)),
        "sys_updated_on": platform_time(updated),
        "sys_updated_by": "wang.wei",
        "sys_mod_count": str(dice.randrange(1, 20)),
        "state": state,
        "priority": dice.choice("1233334445"),
        "category": dice.choice(["network", "software", "hardware", "inquiry"]),
        "assignment_group": hex_id(dice.randrange(6)),
        "assigned_to": hex_id(1000 + dice.randrange(300)) if state != "1" else "",
        "caller_id": hex_id(5000 + dice.randrange(4000)),
        "company": hex_id(2000 + dice.randrange(20)),
        "resolved_at": ended,
        "closed_at": platform_time(updated) if state == "7" else "",
        "close_code": "Solution provided" if ended else "",
        "reopen_count": "0",
        "reassignment_count": str(dice.randrange(4)),
    }


class Desk:
    """All incidents and the connector's tasks beside them, and how they go on."""

    def __init__(self) -> None:
        self.changed, self.rate = FIRST, 2
        self.rows = [incident(number, ROWS) for number in range(ROWS)]
        self.tasks: list[Row] = []

    def goes_on(self) -> None:
        """A day later every incident has changed again."""
        self._touch(AGAIN, self.rate)

    def is_touched(self) -> None:
        """Within a quarter of an hour, once more: somebody wrote a note on it."""
        self._touch(LATER, 110)

    def _touch(self, at: int, rate: int) -> None:
        self.changed, self.rate = at, rate
        for number, row in enumerate(self.rows):
            row["sys_updated_on"] = platform_time(at - (ROWS - number) // rate)
            row["sys_mod_count"] = str(int(row["sys_mod_count"]) + 1)

    def is_now(self, rows: list[Row]) -> None:
        """Other incidents altogether, that changed up to the second instant."""
        self.changed, self.rows = AGAIN, rows

    def is_told(self, written: list[Any]) -> None:
        """What the policies want is written: ``[table, sys_id, {column: value}]`` each."""
        for table, sys_id, fields in written:
            if table == "incident":
                self.rows[int(sys_id, 16)].update(fields)
            elif table == "incident_task":
                fields |= {"sys_id": sys_id, "state": "2", "sys_mod_count": "0"}
                fields["opened_at"] = fields["sys_updated_on"] = platform_time(self.changed - ROWS)
                self.tasks.append(fields)

    def surprises(self) -> None:
        """Some per cent get another priority, which moves their limits."""
        dice = Random("surprise")
        for row in self.rows:
            if dice.random() < SURPRISED:
                row["priority"] = {"1": "2", "2": "4", "3": "4", "4": "3", "5": "2"}[row["priority"]]

    def is_at_work(self) -> None:
        """A day later all were updated, and as large a share of the updates as in the real log changed what
        policies read, the same columns as often.
        """
        self._touch(AT_WORK, 110)
        dice = Random("work")
        columns, weights = list(UPDATES), list(UPDATES.values())
        for row in self.rows:
            if dice.random() < READ_OF_LOG / UPDATES_OF_LOG:
                self._change(row, dice.choices(columns, weights)[0], dice)

    def _change(self, row: Row, column: str, dice: Random) -> None:
        at = row["sys_updated_on"]
        if column == "state" and row["state"] != "7":
            row["state"] = {"1": "2", "2": dice.choice("36"), "3": "2", "6": "7"}[row["state"]]
            row["assigned_to"] = row["assigned_to"] or hex_id(1000 + dice.randrange(300))
            if row["state"] == "6":
                row["resolved_at"], row["close_code"] = at, "Solution provided"
            elif row["state"] == "7":
                row["closed_at"] = at
        elif column == "category":
            row["category"] = {"network": "software", "software": "hardware"}.get(row["category"], "network")
        elif column == "priority":
            row["priority"] = {"1": "2", "2": "4", "3": "4", "4": "3", "5": "2"}[row["priority"]]
        elif column == "assigned_to":
            row["assigned_to"] = hex_id(1000 + (int(row["assigned_to"] or "0", 16) + 1) % 300)
        else:  # who works on a closed one hands it on at most
            row["assignment_group"] = hex_id((int(row["assignment_group"], 16) + 1) % 6)

    def page(self, table: str, query: str, fields: list[str]) -> tuple[list[Row], bool]:
        """Rows from where the query says, and whether there are more."""
        rows: list[Row] = []
        if table == "incident":
            begin = self._begin(query)
            rows, more = self.rows[begin : begin + PAGE], begin + PAGE < len(self.rows)
        elif table == "incident_task":
            after = HEX.search(query)
            rows = sorted(self.tasks, key=lambda task: (task["sys_updated_on"], task["sys_id"]))
            rows = [row for row in rows if not after or row["sys_id"] > after[1]]
            since = SINCE.search(query)
            rows = [row for row in rows if not since or row["sys_updated_on"] >= since[1]]
            rows, more = rows[:PAGE], len(rows) > PAGE
        else:
            more = False
            if table == "sys_user_group":
                rows = [{"sys_id": hex_id(index), "name": name} for index, name in enumerate(groups())]
            elif table == "sys_user":
                rows = [{"sys_id": "f" * 32, "user_name": query.split("=")[-1].split("^")[0], "name": "x"}]
        return [{field: row.get(field, "") for field in fields} for row in rows], more

    def _begin(self, query: str) -> int:
        beyond, since = HEX.search(query), SINCE.search(query)
        if beyond:
            return int(beyond[1], 16) + 1
        at = instant(since[1]) if since else None
        return 0 if at is None else max(0, len(self.rows) - (self.changed - at) * self.rate)


class Handler(BaseHTTPRequestHandler):
    """As much of the Table API as the benches need; POST moves the desk on."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    desk: Desk

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(place.query).items()}
        fields = asked["sysparm_fields"].split(",")
        rows, more = self.desk.page(place.path.rpartition("/")[2], asked.get("sysparm_query", ""), fields)
        self._answer({"result": rows}, more)

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if told is None:
            getattr(self.desk, self.path[1:])()
        else:
            getattr(self.desk, self.path[1:])(told)
        self._answer({}, False)

    def _answer(self, answer: dict[str, Any], more: bool) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Date", self.date_time_string(self.desk.changed))
        if more:
            self.send_header("Link", '<x>;rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's word
        """Silence."""


def serve(desk: Desk) -> None:
    """Serve until killed; the URL goes to standard output."""
    Handler.desk = desk
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(serve(Desk()))
