"""R-F2: statutory days off are rostered in time, and changeovers are on time."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from connector.intent import Create
from connector.rules.duty_roster import DutyRoster
from connector.ticket import Duty, Instant, Shift, Ticket, TicketState
from tests.builder import DAY, HOUR, LEAD, MINUTE, moment

CALENDAR = Ticket("calendar", "CALENDAR", 0, 0, 0, TicketState.IN_PROGRESS, kind="calendar")
SEP_28 = int(datetime(2026, 9, 28, 4, tzinfo=UTC).timestamp())
"""Noon in Shanghai; the holiday of 1 to 7 October 2026 begins three days on."""
OCT_1 = SEP_28 + 3 * DAY - 4 * HOUR
"""Eight in the morning of its first day."""


def roster(**more: object) -> DutyRoster:
    """Two days ahead, China's days off."""
    base = {"name": "roster", "roster": "duty", "zone": "Asia/Shanghai", "look_ahead": "48h"}
    base["report_to"] = LEAD.user_name
    return DutyRoster.model_validate({**base, **more})


def tasks(policy: DutyRoster, shifts: list[Shift], now: Instant, *, read: bool = True) -> list[Create]:
    """What is reported now."""
    at = replace(moment(now), duty=Duty((), now, tuple(shifts), read))
    return [i for i in policy.judge(CALENDAR, at).intents if isinstance(i, Create)]


def days(count: int, *, arrived: bool = True) -> list[Shift]:
    """A shift at eight of each of the first days of October, attended in time."""
    return [Shift(OCT_1 + n * DAY, OCT_1 + n * DAY if arrived else None, "Li") for n in range(count)]


def test_a_holiday_without_its_shifts_is_reported_once() -> None:
    """Two days ahead, the whole holiday; on each of its days it is the same one."""
    assert tasks(roster(), [], SEP_28) == []
    (task,) = tasks(roster(), days(5), SEP_28 + DAY)
    assert "fewer than 1 shifts on the hotline duty roster: 2026-10-06, 2026-10-07." in str(
        task.fields["description"]
    )
    assert "Complete the duty roster for 2026-10-06" in str(task.fields["short_description"])
    for later in (SEP_28 + 2 * DAY, OCT_1, OCT_1 + 3 * DAY):
        (again,) = tasks(roster(), days(5), later)
        assert again.occasion == task.occasion
    assert tasks(roster(), days(7), OCT_1) == []
    assert len(tasks(roster(shifts=2), days(7), OCT_1)) == 1


def test_without_a_roster_nothing_is_told() -> None:
    """A file that cannot be read is not an empty roster."""
    assert tasks(roster(), [], OCT_1, read=False) == []
    assert len(tasks(roster(), [], OCT_1)) == 1


def test_late_and_absent() -> None:
    """Ten minutes are in time, a second more is late; nobody at all is told after eight hours."""
    start = SEP_28

    def late(arrived: int | None, now: Instant = SEP_28 + 7 * HOUR) -> list[str]:
        shift = Shift(start, None if arrived is None else start + arrived, "Wang")
        return [str(task.fields["description"]) for task in tasks(roster(), [shift], now)]

    assert late(10 * MINUTE) == []
    (told,) = late(10 * MINUTE + 1)
    assert "The shift of 2026-09-28 12:00 (Wang) was taken over only at 2026-09-28 12:10." in told
    assert late(None) == late(None, start + 8 * HOUR) == []
    assert "was taken over by nobody" in late(None, start + 8 * HOUR + 1)[0]
    overdue = [Shift(start, start + HOUR, "Wang"), *days(7)]
    assert tasks(roster(), overdue, start + 8 * DAY) == []


def test_it_explains_what_is_ahead() -> None:
    """Days off with their shifts; a year that is not announced."""
    at = replace(moment(OCT_1), duty=Duty((), OCT_1, tuple(days(1)), True))
    assert roster().explain(CALENDAR, at)[0].startswith("shifts on days off: 2026-10-01: 1, 2026-10-02: 0")
    new_year = int(datetime(2026, 12, 30, tzinfo=UTC).timestamp())
    assert roster().explain(CALENDAR, moment(new_year))[-1] == "the days off of 2027 are not announced yet"
    assert date(2026, 10, 1).isoformat() in roster().explain(CALENDAR, at)[0]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"holidays": "Atlantis"}, "not a country"),
        ({"zone": "Beijing"}, "no time zone"),
        ({"late_after": "1h", "absent_after": "30m"}, "nobody could be late"),
        ({"when": {"desk": "main"}}, "when has no meaning"),
    ],
)
def test_wrong_settings_are_told_why(table: dict[str, object], told: str) -> None:
    """The message says what is wrong in words."""
    with pytest.raises(ValidationError, match=told):
        roster(**table)
