"""Schedules of the instance as weeks that a configuration can say."""

import pytest

from connector.install.census import DAYS, week_of
from connector.service_hours import Calendar


def span(kind: str, begin: str, end: str, days: str = "", **other: str) -> dict[str, str]:
    """An entry of a schedule, on 5 January 2026, a Monday."""
    return {
        "repeat_type": kind,
        "start_date_time": f"20260105T{begin}00",
        "end_date_time": end if "T" in end else f"20260105T{end}00",
        "days_of_week": days,
        "repeat_count": "1",
        **other,
    }


@pytest.mark.parametrize(
    ("spans", "week"),
    [
        ([span("weekdays", "0900", "1700")], dict.fromkeys(DAYS[:5], ("09:00-17:00",))),
        (
            [span("weekly", "1330", "1800", "16"), span("weekly", "0830", "1200", "1")],
            {"mon": ("08:30-12:00", "13:30-18:00"), "sat": ("13:30-18:00",)},
        ),
        ([span("weekly", "0900", "1700")], {"mon": ("09:00-17:00",)}),
        ([span("daily", "0000", "20260106T000000")], dict.fromkeys(DAYS, ("00:00-24:00",))),
        ([span("daily", "0000", "2359")], dict.fromkeys(DAYS, ("00:00-24:00",))),
        ([span("weekly", "0000", "0000", "7", all_day="true")], {"sun": ("00:00-24:00",)}),
        ([span("weekends", "2200", "20260106T060000")], dict.fromkeys(("sat", "sun"), ("22:00-06:00",))),
        ([span("weekdays", "0900", "1700"), span("yearly", "0000", "2359", type="exclude")],
         dict.fromkeys(DAYS[:5], ("09:00-17:00",))),
        ([span("weekly", "0900", "1700", "12", repeat_count="2")], {}),
        ([span("", "0900", "1700")], {}),
        ([span("weekdays", "nine", "1700")], {}),
        ([], {}),
    ],
)  # fmt: skip
def test_a_week(spans: list[dict[str, str]], week: dict[str, tuple[str, ...]]) -> None:
    """What comes every week; {} where it cannot be said as one. The calendar takes what is said."""
    assert week_of(spans) == week
    if week:
        Calendar.parse("", "UTC", {day: list(windows) for day, windows in week.items()})
