"""Relative durations against a count of days by hand, and which scripts are understood."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.sla.relative import Days, by_due_date, due, understood
from connector.sandbox.sla.schedule import Always, Schedule, epoch
from connector.sandbox.stock.duty import RELATIVE

ZONE = ZoneInfo("Europe/Berlin")
OPEN = {
    "name": "Work",
    "type": "",
    "start_date_time": "20230102T090000",
    "end_date_time": "20230102T170000",
    "repeat_type": "weekdays",
    "repeat_count": "",
    "repeat_until": "",
    "days_of_week": "",
}
OFFICE = Schedule([OPEN], "Europe/Berlin")
CLOCKS = st.sampled_from([time(8), time(10), time(16), time(23, 30)])
DAYS = st.builds(Days, st.integers(0, 6), st.none() | CLOCKS, st.none() | CLOCKS)


@settings(max_examples=150)
@given(DAYS, st.integers(1_700_000_000, 1_710_000_000))
def test_business_days_counted_by_hand(days: Days, start: int) -> None:
    """Monday to Friday; the first that is not over counts as none; 10:00 is asked of the next open moment."""
    begins = datetime.fromtimestamp(start, ZONE).replace(tzinfo=None)
    opens = begins
    if opens.weekday() > 4 or opens.time() >= time(17):
        opens = datetime.combine(opens.date() + timedelta(days=1), time(9))
        while opens.weekday() > 4:
            opens += timedelta(days=1)
    opens = max(opens, datetime.combine(opens.date(), time(9)))
    left = days.number
    if days.after is not None and opens > datetime.combine(begins.date(), days.after):
        left += 1
    day = begins.date()
    while day.weekday() > 4 or left:
        left -= day.weekday() <= 4
        day += timedelta(days=1)
    expected = epoch(datetime.combine(day, days.until or time(17)), ZONE)
    assert due(days, start, OFFICE, "GMT") == expected


@given(DAYS, st.integers(1_700_000_000, 1_710_000_000))
def test_calendar_days_without_a_schedule(days: Days, start: int) -> None:
    """Midnight less a second, or the time that is named, in the zone of the level."""
    begins = datetime.fromtimestamp(start, ZONE).replace(tzinfo=None)
    late = days.after is not None and begins > datetime.combine(begins.date(), days.after)
    day = begins.date() + timedelta(days=days.number + late)
    expected = epoch(datetime.combine(day, days.until or time(23, 59, 59)), ZONE)
    assert due(days, start, Always(), "Europe/Berlin") == expected


def test_a_schedule_that_never_opens() -> None:
    """Has no such day."""
    assert due(Days(1), 1_700_000_000, Schedule([], "GMT"), "GMT") is None


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("End of next business day", Days(1)),
        ("Next business day by 4pm", Days(1, time(10), time(16))),
        ("2 business days by 4pm", Days(2, time(10), time(16))),
        ("3 business days by 4pm", Days(3, time(10), time(16))),
        ("Breach on Due Date", None),
    ],
)
def test_the_stock_scripts_are_understood(name: str, days: Days | None) -> None:
    """Each says what its name says."""
    assert understood(RELATIVE[name]) == days
    assert by_due_date(RELATIVE[name]) == (days is None)


@pytest.mark.parametrize(
    "script",
    [
        "",
        "// calculator.calcRelativeDueDate(calculator.startDateTime, 1);",
        "calculator.calcRelativeDueDate(calculator.startDateTime, days);",
        "calculator.calcRelativeDueDate(calculator.startDateTime, f(2));",
        "gs.log('x');",
    ],
)
def test_other_scripts_are_not(script: str) -> None:
    """Comments, days that nobody counts, calls of something else."""
    assert understood(script) is None
    assert not by_due_date(script)
