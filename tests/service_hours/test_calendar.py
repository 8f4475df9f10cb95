"""What people write, and what they are told when it cannot be read."""

from datetime import date

import pytest

from connector.errors import SettingsError
from connector.service_hours import Calendar


def test_what_people_write() -> None:
    """Ranges, lists, full names, both forms of a window, midnight as 24:00 and over midnight."""
    calendar = Calendar.parse(
        "x",
        "Asia/Shanghai",
        {
            "Mon-Wed": ["8:30-12:00", ("13:30", "18:00")],
            "thu, sat": ["22:00-06:00"],
            "sunday": ["00:00-24:00"],
        },
        dates={date(2026, 10, 10): ["08:30-12:00"], "2026-10-11": ["09:00:00-10:00"]},
        closed=["2026-10-01", date(2026, 10, 11)],
    )
    office = ((510, 720), (810, 1080))
    night = ((1320, 360),)
    assert calendar.weekly == (office, office, office, night, (), night, ((0, 1440),))
    assert calendar.dates == {
        date(2026, 10, 10): ((510, 720),),
        date(2026, 10, 11): (),  # closed wins over hours
        date(2026, 10, 1): (),
    }
    assert calendar.on(date(2026, 10, 15)) == night


def test_a_range_may_run_over_sunday() -> None:
    """sat-mon is three days."""
    calendar = Calendar.parse("x", "UTC", {"sat-mon": ["09:00-10:00"]})
    assert [bool(day) for day in calendar.weekly] == [True, False, False, False, False, True, True]


@pytest.mark.parametrize(
    ("weekly", "said"),
    [
        ({"someday": ["09:00-10:00"]}, '"someday" is not a weekday'),
        ({"mon-wed-fri": ["09:00-10:00"]}, "is not a weekday"),
        ({"mon-fri": ["09:00-10:00"], "fri": []}, "fri is given twice"),
        ({"mon": "09:00-10:00"}, "write a list of windows"),
        ({"mon": ["9-10"]}, "'9-10' is not a window"),
        ({"mon": ["09:60-10:00"]}, "is not a window"),
        ({"mon": ["09:00-24:30"]}, "is not a window"),
        ({"mon": [["09:00"]]}, "is not a window"),
        ({"mon": [540]}, "540 is not a window"),
        ({"mon": ["09:00-09:00"]}, "is empty"),
        ({"mon": ["24:00-06:00"]}, "is empty"),
    ],
)
def test_what_cannot_be_read(weekly: dict[str, list[str]], said: str) -> None:
    """The sentence names the calendar and the very words."""
    with pytest.raises(SettingsError) as caught:
        Calendar.parse("night shift", "UTC", weekly)
    assert said in str(caught.value)
    assert 'service hours "night shift"' in str(caught.value)


def test_every_problem_at_once() -> None:
    """One line each, so that an admin need not try five times."""
    with pytest.raises(SettingsError) as caught:
        Calendar.parse(
            "x",
            "UTC",
            {"mon": ["9"], "foo": []},
            dates={"10.10.2026": []},
            closed=["never"],
            make_up="sat-sun",
        )
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize("zone", ["", "Asia", "Mars/Olympus", "../UTC", "+08:00"])
def test_a_zone_is_an_iana_name(zone: str) -> None:
    """A folder, an offset, a path and a fancy are none."""
    with pytest.raises(SettingsError, match="is not an IANA time zone"):
        Calendar.always("x", zone)


def test_numbers_are_checked_too() -> None:
    """A calendar built from numbers keeps the same rules as a written one."""
    with pytest.raises(SettingsError) as caught:
        Calendar("x", "UTC", (((540, 540),),), {date(2026, 1, 1): ((0, 2000),)}, "XX", 9)
    assert len(caught.value.problems) == 5


def test_calendars_are_values() -> None:
    """Equal, hashable, and not changed from outside."""
    dates = {date(2026, 10, 10): ((0, 60),)}
    one, other = (Calendar("x", "UTC", ((),) * 7, dates) for _ in range(2))
    dates.clear()
    assert one == other
    assert len({one, other}) == 1
    assert one.dates
    assert not one.opens_weekly
    assert Calendar.always("y").opens_weekly
