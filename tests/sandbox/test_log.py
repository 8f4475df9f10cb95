"""An incident audit log read as events: its traps, and what is done about them."""

import gzip
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.log import COLUMNS, UnreadableLog, read

ROW = dict.fromkeys(COLUMNS, "?") | {
    "number": "INC1",
    "incident_state": "New",
    "reassignment_count": "0",
    "opened_at": "29/2/2016 01:16",
    "sys_updated_at": "29/2/2016 01:23",
    "sys_updated_by": "Updated by 1",
    "category": "Category 55",
}


def write(path: Path, *rows: dict[str, str]) -> Path:
    """A log of these rows; each takes what it does not say from `ROW`."""
    lines = [",".join(COLUMNS), *(",".join((ROW | row)[name] for name in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def instant(text: str, zone: str = "UTC") -> int:
    """``2016-02-29 01:16`` in a zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def test_dates_are_day_first_and_question_marks_are_nothing(tmp_path: Path) -> None:
    """The ninth of a month is not its September, and what is missing is no change."""
    (event,) = read(write(tmp_path / "log.csv", {"sys_updated_at": "9/3/2016 08:00", "assigned_to": "?"}))
    assert event.at == instant("2016-03-09 08:00")
    assert event.opened_at == instant("2016-02-29 01:16")
    assert event.first
    assert "assigned_to" not in event.changes
    assert event.changes["category"] == "Category 55"
    assert event.ending == (None, None, "", "")


def test_times_are_read_in_the_zone_that_is_named(tmp_path: Path) -> None:
    """Naive times mean the zone of the one who knows."""
    (event,) = read(write(tmp_path / "log.csv", {}), zone="America/Sao_Paulo")
    assert event.at == instant("2016-02-29 01:23", "America/Sao_Paulo")


def test_a_row_tells_only_what_differs(tmp_path: Path) -> None:
    """The second row of an incident holds its changes, also to nothing."""
    path = write(
        tmp_path / "log.csv",
        {"assigned_to": "Resolver 1"},
        {"incident_state": "Active", "sys_updated_at": "29/2/2016 02:00"},
    )
    second = read(path)[1]
    assert second.changes == {"incident_state": "Active", "assigned_to": ""}
    assert not second.first


def test_a_time_that_goes_back_waits_for_the_row_above(tmp_path: Path) -> None:
    """An event is never before the one above it, nor before its incident was opened."""
    path = write(
        tmp_path / "log.csv",
        {"sys_updated_at": "29/2/2016 00:10"},
        {"sys_updated_at": "29/2/2016 05:00", "incident_state": "Active"},
        {"sys_updated_at": "29/2/2016 04:00", "incident_state": "Resolved"},
    )
    assert [event.at for event in read(path)] == [
        instant("2016-02-29 01:16"),
        instant("2016-02-29 05:00"),
        instant("2016-02-29 05:00"),
    ]


@given(st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=6), min_size=1, max_size=5))
def test_incidents_are_merged_by_time_and_stay_in_order(
    tmp_path_factory: pytest.TempPathFactory, times: list[list[int]]
) -> None:
    """Whatever the minutes, all events come by time, and those of one incident in the file's order."""
    rows = [
        {
            "number": f"INC{number}",
            "reassignment_count": str(position),
            "opened_at": "1/3/2016 00:00",
            "sys_updated_at": f"1/3/2016 {minute // 60:02d}:{minute % 60:02d}",
        }
        for number, minutes in enumerate(times)
        for position, minute in enumerate(minutes)
    ]
    events = read(write(tmp_path_factory.mktemp("log") / "log.csv", *rows))
    assert len(events) == len(rows)
    assert [event.at for event in events] == sorted(event.at for event in events)
    for number, minutes in enumerate(times):
        own = [event for event in events if event.number == f"INC{number}"]
        assert [event.changes["reassignment_count"] for event in own] == [str(n) for n in range(len(minutes))]
        assert [event.first for event in own] == [n == 0 for n in range(len(minutes))]


def test_a_packed_log_is_the_same_log(tmp_path: Path) -> None:
    """Gzipped or plain, the events are equal."""
    plain = write(tmp_path / "log.csv", {}, {"incident_state": "Active"})
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed) == read(plain)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column incident_state"),
        ("number,opened_at\nINC1,x\n", "no column incident_state"),
        (",".join(COLUMNS) + "\nINC1\n", "line 2"),
        (",".join(COLUMNS) + "\n" + ",".join(["?"] * 23 + ["INC1", "2016-02-29"] + ["?"] * 7), "line 2"),
    ],
)
def test_a_file_that_is_no_log_is_said_to_be_none(tmp_path: Path, text: str, said: str) -> None:
    """Which line is wrong, and how, stands in the error."""
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableLog, match=said):
        read(path)


def test_a_cut_off_archive_is_said_to_be_one(tmp_path: Path) -> None:
    """A half download is an unreadable log, not a short one."""
    whole = gzip.compress(
        write(tmp_path / "log.csv", *[{"number": f"INC{n}"} for n in range(500)]).read_bytes()
    )
    path = tmp_path / "log.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableLog):
        read(path)
