"""``docs/figures.md`` against the real log, and every figure of it computed a second time.

The second computation is plain Python over the CSV and uses no code of ours; it must agree to the last digit.
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from bench.incident import READ_OF_LOG, UPDATES, UPDATES_OF_LOG
from connector.cli import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "figures.md"
REAL = ROOT / ".." / "shared" / "data" / "incident_event_log.csv.gz"
BEGIN, END = "<!-- made from the log: begin -->\n", "<!-- made from the log: end -->"

needs_the_log = pytest.mark.skipif(
    not REAL.exists(), reason="THE REAL LOG IS NOT THERE: ../shared/data/incident_event_log.csv.gz"
)
ENDED = ("Resolved", "Closed")


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """What the verb says of the real log."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["kpi", "--log", str(REAL), "--json"]) == 0
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@needs_the_log
def test_the_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Made by the command the page names; nobody types a figure into it."""
    assert main(["kpi", "--log", str(REAL), "--markdown"]) == 0
    assert PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0] == capsys.readouterr().out


@needs_the_log
def test_every_figure_is_computed_a_second_time(said: dict[str, Any]) -> None:
    """Every month, the whole and every group: equal, not nearly equal."""
    ours = {
        (one["period"], one["scope"]["key"] if one["scope"]["kind"] == "group" else None): {
            key: value for key, value in one.items() if key not in ("period", "scope")
        }
        for one in said["figures"]
    }
    theirs = dict(again())
    assert ours.keys() == theirs.keys()
    for key, figures in theirs.items():
        assert ours[key] == figures, key


@needs_the_log
def test_the_page_rounds_half_up() -> None:
    """Medians and percentiles of minutes are exact; whoever computes one again gets the same digits."""
    table = PAGE.read_text(encoding="utf-8").split("### Per period\n")[1].split("###")[0]
    rows = {cells[1].strip(): cells for line in table.splitlines() if len(cells := line.split("|")) > 9}
    wholes = [(month_, figures) for (month_, group), figures in again() if group is None]
    assert len(wholes) > 9
    for month_, figures in wholes:
        for column, name in ((-3, "handling_calendar"), (-2, "handling_service")):
            middle, _, ninth = rows[month_][column].replace(",", "").split("/")
            for shown, value in ((middle, figures[name]["median"]), (ninth, figures[name]["p90"])):
                cents = (100 * Fraction(value).limit_denominator(120) + Fraction(1, 2)) // 1
                assert shown.strip() == f"{cents // 100}.{cents % 100:02}", (month_, name)


@needs_the_log
def test_the_indicators_agree_with_the_figures(said: dict[str, Any]) -> None:
    """R-E5, R-E11 and R-E12 tell of the same tickets, counted by the indicators' own way."""
    whole = {
        (score["period"], score["indicator"]): score
        for score in said["scores"]
        if score["scope"]["kind"] == "whole"
    }
    for one in said["figures"]:
        if one["scope"]["kind"] == "whole":
            label = one["period"]
            assert whole[label, "R-E12-accepted"]["value"] == one["opened"]
            assert whole[label, "R-E12-handled"]["value"] == one["resolved"]
            assert whole[label, "R-E5"]["denominator"] == one["opened"]
    measured = {one["id"] for one in said["indicators"] if one["measured"]}
    assert {"R-E4", "R-E5", "R-E11", "R-E12-accepted", "R-E12-handled"} <= measured
    for name in ("R-E1", "R-E2", "R-E3", "R-E6", "R-E7", "R-E8", "R-E9", "R-E10"):
        assert name not in measured
        assert all(score["value"] is None for (_, id_), score in whole.items() if id_ == name)


READ = {
    "incident_state": "state", "assignment_group": "assignment_group", "assigned_to": "assigned_to",
    "category": "category", "priority": "priority", "closed_code": "", "caller_id": "", "resolved_at": "",
    "closed_at": "", "reopen_count": "", "reassignment_count": "", "cmdb_ci": "", "problem_id": "",
    "contact_type": "",
}  # fmt: skip
"""Columns of the log that policies read, and what the bench of reading calls those that it changes."""


@needs_the_log
def test_the_bench_updates_as_the_log_does() -> None:
    """How many updates change what a policy reads, and how often each column: counted, not guessed."""
    before: dict[str, dict[str, str]] = {}
    changed, read, everything = Counter[str](), 0, 0
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as log:
        for row in csv.DictReader(log):
            known = before.get(row["number"])
            before[row["number"]] = row
            if known is not None:
                new = [column for column in READ if row[column] != known[column]]
                changed.update(READ[column] for column in new)
                everything += 1
                read += bool(new)
    assert (read, everything) == (READ_OF_LOG, UPDATES_OF_LOG)
    assert {column: changed[column] for column in UPDATES} == UPDATES


def test_the_page_names_who_made_the_data() -> None:
    """CC BY 4.0 asks for it wherever figures from it are shown."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for part in ("Amaral", "Fantinato", "Peres", "University of São Paulo", "10.24432/C57S4H", "CC BY 4.0"):
        assert part in text


# -- the second computation: nothing of ours below this line ------------------------------------------------


def again() -> Iterator[tuple[tuple[str, str | None], dict[str, Any]]]:
    """((month, group or None for the whole), figures) for all that have any."""
    opened: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
    resolved: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
    closed: Counter[tuple[str, str | None]] = Counter()
    for ticket in tickets():
        for group in (None, ticket["first_group"]):
            opened[month(ticket["opened"]), group].append(ticket)
        for group in (None, ticket["last_group"]):
            resolved[month(ticket["ended"]), group].append(ticket)
            closed[month(ticket["closed"]), group] += 1
    for key in {*opened, *resolved, *closed}:
        some, done = opened[key], resolved[key]
        within = sum(month(ticket["ended"]) == key[0] for ticket in some)
        counts = Counter(ticket["reassigned"] for ticket in done)
        yield (
            key,
            {
                "opened": len(some),
                "resolved": len(done),
                "closed": closed[key],
                "resolution_rate": rate(len(some), len(some)),  # every incident of this log ends
                "resolved_in_period_rate": rate(within, len(some)),
                "reopen_rate": rate(sum(ticket["reopened"] for ticket in done), len(done)),
                "reassignments": {
                    "mean": sum(ticket["reassigned"] for ticket in done) / len(done) if done else None,
                    "distribution": {str(count): counts[count] for count in sorted(counts)},
                },
                "handling_calendar": times([ticket["ended"] - ticket["opened"] for ticket in done]),
                "handling_service": times([at_work(ticket["opened"], ticket["ended"]) for ticket in done]),
            },
        )


def tickets() -> Iterator[dict[str, Any]]:
    """What each incident of the log comes to."""
    lives: dict[str, list[dict[str, str]]] = {}
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lives.setdefault(row["number"], []).append(row)
    for rows in lives.values():
        first, last = rows[0], rows[-1]
        assert last["incident_state"] == "Closed"
        begin = time(first["opened_at"])
        moments = []
        for row in rows:  # never earlier than the opening or the row before
            moments.append(max(time(row["sys_updated_at"]), moments[-1] if moments else begin))
        end = len(rows)
        while end and rows[end - 1]["incident_state"] in ENDED:
            end -= 1
        end_moment = moments[end] if end else None  # None: it came into the log resolved
        stamp = time(last["resolved_at"] if last["resolved_at"] != "?" else last["closed_at"])
        back = [
            at
            for before, row, at in zip(rows, rows[1:], moments[1:], strict=False)
            if before["incident_state"] in ENDED and row["incident_state"] not in ENDED
        ]
        if end_moment is None:
            ended = min(stamp, moments[0]) if moments[0] > begin else stamp
            if last["resolved_at"] == "?" and first["incident_state"] == "Resolved":
                ended = moments[0]
        elif back and stamp < back[-1]:
            ended = end_moment
        else:
            ended = min(stamp, end_moment)
        groups = [row["assignment_group"] for row in rows if row["assignment_group"] != "?"]
        holder = rows[end]["assignment_group"] if end < len(rows) else "?"
        yield {
            "opened": begin,
            "ended": ended,
            "closed": time(last["closed_at"]),
            "first_group": groups[0] if groups else "",
            "last_group": next((group for group in (holder, last["assignment_group"]) if group != "?"), ""),
            "reopened": bool(back) or int(last["reopen_count"]) > 0,
            "reassigned": int(last["reassignment_count"]),
        }


def time(text: str) -> datetime:
    """A naive time as the log writes it."""
    day, clock = text.split(" ")
    hour, minute = clock.split(":")
    number, month_, year = day.split("/")
    return datetime(int(year), int(month_), int(number), int(hour), int(minute))  # noqa: DTZ001  as in the log


def month(at: datetime) -> str:
    """``2016-03``."""
    return f"{at.year}-{at.month:02}"


def rate(part: int, whole: int) -> dict[str, Any]:
    """In per cent; None of nothing."""
    return {"value": 100 * part / whole if whole else None, "numerator": part, "denominator": whole}


def at_work(start: datetime, end: datetime) -> timedelta:
    """How much of Monday to Friday, 08:00 to 18:00, lies in between: whole weeks, then day by day."""
    weeks = (end - start) // timedelta(days=7)
    total = weeks * 5 * timedelta(hours=10)
    start += weeks * timedelta(days=7)
    day = start.replace(hour=0, minute=0)
    while day <= end:
        if day.weekday() < 5:
            opens, closes = day + timedelta(hours=8), day + timedelta(hours=18)
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total


def times(spans: list[timedelta]) -> dict[str, Any]:
    """In hours. Exact fractions until the very last step."""
    if not spans:
        return {"tickets": 0, "median": None, "mean": None, "p90": None}
    hours = sorted(Fraction(span // timedelta(seconds=1), 3600) for span in spans)
    return {
        "tickets": len(hours),
        "median": float(median(hours)),
        "mean": float(sum(hours) / len(hours)),
        "p90": float(hours[ceil(Fraction(9, 10) * len(hours)) - 1]),
    }
