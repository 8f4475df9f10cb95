"""China's days against the notices of the State Council, typed here by hand."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from holidays import list_supported_countries

from connector.service_hours import Calendar, ServiceHours
from connector.service_hours.holiday import is_supported, is_unannounced, statutory

OFFICE = Calendar.parse("office", "Asia/Shanghai", {"mon-fri": ["09:00-17:00"]}, holidays="CN")
WHOLE_WEEK = Calendar.parse("week", "Asia/Shanghai", {"mon-sun": ["09:00-17:00"]}, holidays="CN")

SPANS_OFF = [
    ("2019-02-04", "2019-02-10"),
    ("2020-01-24", "2020-02-02"),  # lengthened because of the epidemic
    ("2020-10-01", "2020-10-08"),
    ("2021-02-11", "2021-02-17"),
    ("2022-01-31", "2022-02-06"),
    ("2023-09-29", "2023-10-06"),
    ("2024-02-10", "2024-02-17"),
    ("2025-01-28", "2025-02-04"),
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]
MAKE_UP = {
    2019: ("02-02", "02-03", "04-28", "05-05", "09-29", "10-12"),
    2021: ("02-07", "02-20", "04-25", "05-08", "09-18", "09-26", "10-09"),
    2022: ("01-29", "01-30", "04-02", "04-24", "05-07", "10-08", "10-09"),
    2023: ("01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"),
    2024: ("02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"),
    2025: ("01-26", "02-08", "04-27", "09-28", "10-11"),
    2026: ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
}


@pytest.mark.parametrize(("first", "last"), SPANS_OFF)
def test_the_announced_span_is_off_weekends_included(first: str, last: str) -> None:
    """Also for a desk that works on Saturdays and Sundays, which the list of weekdays off would forget."""
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert OFFICE.on(day) == WHOLE_WEEK.on(day) == (), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", sorted(MAKE_UP))
def test_make_up_days_are_worked(year: int) -> None:
    """Exactly the announced weekend days of the year have office hours."""
    days = (date(year, 1, 1) + timedelta(days=step) for step in range(365))
    worked = tuple(f"{day:%m-%d}" for day in days if day.weekday() >= 5 and OFFICE.on(day))
    assert worked == MAKE_UP[year]


def test_an_ordinary_weekend_of_a_desk_that_works_then() -> None:
    """Only weekends that touch a holiday are off."""
    assert WHOLE_WEEK.on(date(2026, 8, 15)) == WHOLE_WEEK.on(date(2026, 8, 16)) == ((540, 1020),)


def test_make_up_days_of_new_year_lie_in_the_year_before() -> None:
    """Saturday 29 December 2007 was worked for New Year 2008, which began on Sunday the 30th."""
    days = statutory("CN", 2007)
    assert date(2007, 12, 29) in days.make_up
    assert {date(2007, 12, 30), date(2007, 12, 31)} <= days.off


def test_hours_of_a_make_up_day() -> None:
    """Those of the configured weekday, else of the first weekday that has any."""
    week = {"tue": ["08:00-12:00"], "fri": ["09:00-16:00"]}
    saturday = date(2026, 10, 10)
    first = Calendar.parse("x", "Asia/Shanghai", week, holidays="CN")
    friday = Calendar.parse("x", "Asia/Shanghai", week, holidays="CN", make_up="fri")
    closed = Calendar.parse("x", "Asia/Shanghai", {}, holidays="CN")
    assert first.on(saturday) == ((480, 720),)
    assert friday.on(saturday) == ((540, 960),)
    assert closed.on(saturday) == ()


def test_a_date_written_by_hand_wins() -> None:
    """Over a holiday and over a make-up day."""
    calendar = Calendar.parse(
        "x",
        "Asia/Shanghai",
        {"mon-fri": ["09:00-17:00"]},
        dates={"2026-10-01": ["10:00-11:00"]},
        closed=["2026-10-10"],
        holidays="CN",
    )
    assert calendar.on(date(2026, 10, 1)) == ((600, 660),)
    assert calendar.on(date(2026, 10, 10)) == ()


def test_a_year_without_notice_is_called_so() -> None:
    """No make-up days in a year since 2008: not announced; before, and elsewhere, it says nothing."""
    assert not any(is_unannounced("CN", year) for year in range(2008, 2027))
    assert is_unannounced("CN", 2090)
    assert not is_unannounced("CN", 2004)
    assert not is_unannounced("DE", 2090)
    assert ServiceHours.compile(OFFICE).unannounced(2090)
    assert not ServiceHours.compile(Calendar.always("x")).unannounced(2090)
    assert [
        "2090 are not announced" in line for line in ServiceHours.compile(OFFICE).warnings([2026, 2090])
    ] == [True]


def test_other_countries() -> None:
    """Country or country and subdivision; Epiphany is a holiday in Munich, not in Berlin."""
    assert statutory("DE-BY", 2026).off > statutory("DE", 2026).off
    assert is_supported("DE-BY")
    assert not is_supported("XX")
    assert not is_supported("DE-XX")


def test_each_country_comes_by_itself() -> None:
    """The package of all countries is left out; each country must still find what it builds upon."""
    known = list_supported_countries()
    assert len(known) > 200
    for country in known:
        assert is_supported(country)
        statutory(country, 2026)


def test_one_country_does_not_import_the_others() -> None:
    """In a fresh process: here other tests may have asked for others."""
    asked = "from connector.service_hours.holiday import statutory; statutory('CN', 2026); import sys; "
    told = "print(sorted(name for name in sys.modules if name.startswith('holidays.countries.')))"
    done = subprocess.run([sys.executable, "-c", asked + told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['holidays.countries.china']"
