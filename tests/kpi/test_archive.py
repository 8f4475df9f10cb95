"""The archive: every result in one place, by month of the desk's zone and speciality."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.archive import LONGEST, Result, archive_sheets, shelved
from connector.kpi.page.table import as_csv

results = st.lists(
    st.builds(
        Result,
        st.integers(1, 99).map(lambda number: f"INC{number:07}"),
        st.sampled_from(("", "network", "hardware")),
        st.just(1_770_000_000),
        st.integers(1_772_000_000, 1_790_000_000),
        solution=st.sampled_from(("", " ", "Restarted it")),
        problem=st.sampled_from(("", "PRB0000001")),
        articles=st.sampled_from(((), ("KB0000001",))),
    ),
    max_size=20,
)


@given(results, st.sampled_from(("UTC", "Asia/Shanghai", "America/New_York")))
def test_r_f3_every_result_stands_in_one_place(some: list[Result], zone: str) -> None:
    """The place is the month in which its work ended, where the desk is; the places are in order."""
    shelves = shelved(some, zone)
    assert sorted(one for shelf in shelves for one in shelf.results) == sorted(some)
    assert [shelf[:2] for shelf in shelves] == sorted({shelf[:2] for shelf in shelves})
    for shelf in shelves:
        for one in shelf.results:
            ended = datetime.fromtimestamp(one.ended_at, UTC).astimezone(ZoneInfo(zone))
            assert (ended.isoformat()[:7], one.speciality) == shelf[:2]
        assert shelf.solved == sum(one.solution == "Restarted it" for one in shelf.results)
        assert shelf.analysed == sum(one.problem != "" for one in shelf.results)
        assert shelf.documented == sum(one.articles != () for one in shelf.results)
    listed, counted = archive_sheets(shelves, zone)
    assert len(listed.rows) == len(some)
    assert sum(int(str(row[2])) for row in counted.rows) == len(some)


def test_what_people_typed_is_text_in_a_spreadsheet() -> None:
    """A formula is quoted, a line end stays in its cell, and a text longer than a cell is cut."""
    nasty = Result(
        "=1+1", "@net", 0, 1, "-2", "=HYPERLINK(1)", "+c", "first\nsecond", analysis="x" * 2 * LONGEST
    )
    text = as_csv(archive_sheets(shelved([nasty], "UTC"), "UTC")[0])
    (row,) = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1:]
    assert [row[place] for place in (1, 2, 5, 6, 7)] == ["'@net", "'=1+1", "'-2", "'=HYPERLINK(1)", "'+c"]
    assert row[8] == "first\nsecond"
    assert row[10] == "x" * LONGEST
