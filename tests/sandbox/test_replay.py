"""The replay of an incident audit log: each event one write, nothing told before its time."""

import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.instance import Instance
from connector.sandbox.moment import stamp
from connector.sandbox.replay import Replay
from tests.sandbox.test_log import instant, write

REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "incident_event_log.csv.gz"

STORY = (
    {
        "assignment_group": "Group 70",
        "caller_id": "Caller 1",
        "impact": "2 - Medium",
        "urgency": "2 - Medium",
    },
    {"incident_state": "Active", "assigned_to": "Resolver 1", "sys_updated_at": "29/2/2016 02:00"},
    {"incident_state": "Awaiting User Info", "sys_updated_at": "29/2/2016 03:00"},
    {"incident_state": "Active", "sys_updated_at": "29/2/2016 04:00"},
    {"incident_state": "Resolved", "sys_updated_at": "29/2/2016 05:00"},
    {"incident_state": "Active", "reopen_count": "1", "sys_updated_at": "29/2/2016 06:00"},
    {"incident_state": "Resolved", "sys_updated_at": "29/2/2016 07:00"},
    {"incident_state": "Closed", "sys_updated_at": "5/3/2016 07:00"},
)
END = {
    "resolved_at": "29/2/2016 07:00",
    "closed_at": "5/3/2016 07:00",
    "closed_code": "code 5",
    "resolved_by": "Resolved by 9",
}


class Stage:
    """A log on its way into an instance."""

    made: ClassVar[list["Stage"]] = []

    def __init__(self, log: Path) -> None:
        self.time = 0
        self.made.append(self)
        self.instance = Instance(now=lambda: self.time)
        self.replay = Replay(self.instance, log, set_time=self.set)

    def set(self, at: int) -> None:
        """Move the clock."""
        self.time = at

    def at(self, text: str) -> dict[str, str]:
        """Play up to then; the first incident as it is."""
        self.replay.play(instant(text))
        return self.instance.rows("incident", "ORDERBYnumber", limit=1)[0]

    def name(self, table: str, sys_id: str) -> str:
        """What a reference shows."""
        row = self.instance.get(table, sys_id) or {}
        return row["name"]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Whatever a test has set up."""
    yield
    while Stage.made:
        Stage.made.pop().instance.close()


def story(tmp_path: Path, *rows: dict[str, str], **end: str) -> Path:
    """A log in which each row also says what the rows before it said, as the real one does."""
    told: dict[str, str] = {}
    full = []
    for row in rows:
        told |= row
        full.append(told | END | end)
    return write(tmp_path / "log.csv", *full)


def test_an_incident_lives_as_it_did(tmp_path: Path) -> None:
    """New, active, waiting, resolved, reopened, closed: state, hold reason and people follow the log."""
    stage = Stage(story(tmp_path, *STORY))
    new = stage.at("2016-02-29 01:23")
    assert (new["number"], new["state"], new["priority"]) == ("INC1", "1", "3")
    assert new["opened_at"] == "2016-02-29 01:16:00"
    assert new["sys_created_on"] == "2016-02-29 01:23:00"
    assert stage.name("sys_user_group", new["assignment_group"]) == "Group 70"
    assert stage.name("sys_user", new["caller_id"]) == "Caller 1"
    active = stage.at("2016-02-29 02:30")
    assert (active["state"], stage.name("sys_user", active["assigned_to"])) == ("2", "Resolver 1")
    waiting = stage.at("2016-02-29 03:00")
    assert (waiting["state"], waiting["hold_reason"]) == ("3", "1")
    again = stage.at("2016-02-29 04:00")
    assert (again["state"], again["hold_reason"]) == ("2", "")
    reopened = stage.at("2016-02-29 06:00")
    assert (reopened["state"], reopened["reopen_count"], reopened["resolved_at"]) == ("2", "1", "")
    closed = stage.at("2016-03-31 00:00")
    assert (closed["state"], closed["active"]) == ("7", "false")
    assert closed["resolved_at"] == "2016-02-29 07:00:00"
    assert closed["closed_at"] == closed["sys_updated_on"] == "2016-03-05 07:00:00"
    assert closed["close_code"] == "code 5"
    assert stage.name("sys_user", closed["resolved_by"]) == "Resolved by 9"
    assert stage.replay.next_at() is None


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 6 * 60))
def test_the_end_is_not_told_before_it_comes(tmp_path_factory: pytest.TempPathFactory, minutes: int) -> None:
    """At no minute does the record hold an instant that lies ahead, nor a code before the first end."""
    stage = Stage(story(tmp_path_factory.mktemp("log"), *STORY))
    now = instant("2016-02-29 01:23") + minutes * 60
    row = stage.at(stamp(now)[:16])
    for name in ("opened_at", "resolved_at", "closed_at", "sys_updated_on"):
        assert row[name] <= stamp(now)
    if now < instant("2016-02-29 05:00"):
        assert row["close_code"] == row["resolved_by"] == row["resolved_at"] == ""
    if row["state"] in ("1", "2", "3"):
        assert row["resolved_at"] == row["closed_at"] == ""


def test_a_correction_of_the_end_comes_with_its_event(tmp_path: Path) -> None:
    """Resolved at eight and again at eleven: until eleven the record says eight."""
    rows = (
        {"incident_state": "Resolved", "sys_updated_at": "29/2/2016 08:53"},
        {"sys_updated_at": "29/2/2016 11:29"},
    )
    stage = Stage(story(tmp_path, {}, *rows, resolved_at="29/2/2016 11:29"))
    assert stage.at("2016-02-29 10:00")["resolved_at"] == "2016-02-29 08:53:00"
    assert stage.at("2016-02-29 12:00")["resolved_at"] == "2016-02-29 11:29:00"


def test_a_missing_end_stays_missing(tmp_path: Path) -> None:
    """No resolved_at in the log is none on the record; no code becomes one the platform knows."""
    stage = Stage(story(tmp_path, *STORY, resolved_at="?", closed_code="?", resolved_by="?"))
    row = stage.at("2016-03-31 00:00")
    assert (row["state"], row["resolved_at"]) == ("7", "")
    assert row["close_code"] == "No resolution provided"


def test_a_state_nobody_mapped_is_written_as_it_stands(tmp_path: Path) -> None:
    """A state of -100 stays -100, and the incident goes on after it."""
    stage = Stage(
        story(
            tmp_path,
            {},
            {"incident_state": "-100", "sys_updated_at": "29/2/2016 02:00"},
            {"incident_state": "Active", "sys_updated_at": "29/2/2016 03:00"},
        )
    )
    assert stage.at("2016-02-29 02:00")["state"] == "-100"
    assert stage.at("2016-02-29 03:00")["state"] == "2"


def test_an_event_without_a_visible_change_is_still_one_update(tmp_path: Path) -> None:
    """Five rows are an insert and four updates, whatever they show; a journal is not made up."""
    quiet = [{"sys_updated_at": f"29/2/2016 0{hour}:00", "sys_mod_count": "9"} for hour in (2, 3, 3, 5)]
    stage = Stage(story(tmp_path, {}, *quiet))
    row = stage.at("2016-02-29 05:00")
    assert (row["sys_mod_count"], row["sys_updated_on"]) == ("4", "2016-02-29 05:00:00")
    assert stage.instance.count("sys_journal_field") == 0


def test_the_desk_has_its_own_priorities(tmp_path: Path) -> None:
    """2/2 is 3; 2/3, 3/2 and 3/3 are 4; 1/1 is 1."""
    levels = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
    wanted = {"22": "3", "23": "4", "32": "4", "33": "4", "11": "1", "12": "2", "21": "2", "31": "3"}
    rows = [{"number": f"INC{m}", "impact": levels[m[0]], "urgency": levels[m[1]]} for m in wanted]
    stage = Stage(write(tmp_path / "log.csv", *rows))
    stage.at("2016-02-29 02:00")
    assert {r["number"][3:]: r["priority"] for r in stage.instance.rows("incident")} == wanted


def test_categories_become_choices(tmp_path: Path) -> None:
    """A category of the log can be read from `sys_choice`."""
    stage = Stage(story(tmp_path, {"subcategory": "Subcategory 9"}))
    assert stage.at("2016-02-29 02:00")["subcategory"] == "Subcategory 9"
    assert stage.instance.count("sys_choice", "name=incident^element=category^value=Category 55") == 1


def test_a_deleted_record_does_not_stop_the_rest(tmp_path: Path) -> None:
    """Events of a record that is gone are counted as refused; the others go on."""
    stage = Stage(story(tmp_path, *STORY, {"number": "INC2", "incident_state": "New"}))
    row = stage.at("2016-02-29 02:00")
    stage.instance.delete("incident", row["sys_id"])
    stage.at("2016-03-31 00:00")
    assert stage.replay.refused == 6
    assert [r["number"] for r in stage.instance.rows("incident")] == ["INC2"]


@settings(deadline=None, max_examples=10)
@given(st.lists(st.integers(0, 6 * 86_400), max_size=6))
def test_cutting_the_play_changes_nothing(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    """One play to the end or many short ones: the same records and the same audit."""
    log = story(tmp_path_factory.mktemp("log"), *STORY)
    whole, pieces = Stage(log), Stage(log)
    end = instant("2016-03-31 00:00")
    done = sum(pieces.replay.play(instant("2016-02-29 00:00") + cut) for cut in sorted(cuts))
    assert done + pieces.replay.play(end) == whole.replay.play(end) == len(STORY)
    for table in ("incident", "sys_audit", "sys_user"):
        query = "ORDERBYsys_id"
        assert pieces.instance.rows(table, query) == whole.instance.rows(table, query)


@pytest.mark.skipif(
    not REAL.exists(), reason="the real log is not there: ../shared/data/incident_event_log.csv.gz"
)
def test_the_first_days_of_a_real_desk(tmp_path: Path) -> None:
    """The real log's first 4,000 rows: one write each, and incidents end as their last rows say."""
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as text:
        lines = list(islice(text, 4001))
    path = tmp_path / "log.csv"
    path.write_text("".join(lines), encoding="utf-8")
    stage = Stage(path)
    while (due := stage.replay.next_at()) is not None:
        stage.replay.play(due)
    rows = {row["number"]: row for row in stage.instance.rows("incident")}
    header = lines[0].strip().split(",")
    last = {
        cells["number"]: cells
        for cells in (dict(zip(header, ln.strip().split(","), strict=True)) for ln in lines[1:])
    }
    assert stage.replay.events == 4000
    assert stage.replay.refused == 0
    assert len(rows) == stage.replay.incidents == len(last)
    assert sum(int(row["sys_mod_count"]) + 1 for row in rows.values()) == 4000
    assert all(rows[number]["priority"] == cells["priority"][:1] for number, cells in last.items())
    assert all(
        rows[number]["reassignment_count"] == cells["reassignment_count"] for number, cells in last.items()
    )
    closed = Counter(
        rows[number]["state"] for number, cells in last.items() if cells["incident_state"] == "Closed"
    )
    assert set(closed) == {"7"}
    missing = {
        number
        for number, cells in last.items()
        if cells["resolved_at"] == "?" and rows[number]["state"] == "7"
    }
    assert missing
    assert all(rows[number]["resolved_at"] == "" for number in missing)
