"""Business time of a schedule."""

from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox.sla.schedule import Schedule

WEEK = 7 * 86400
MONDAY = 1_700_442_000  # 2023-11-20 01:00:00 UTC


def entry(
    start: str, end: str, repeat: str = "weekdays", kind: str = "work", days: str = ""
) -> dict[str, str]:
    """A row of `cmn_schedule_span`."""
    told = {"start_date_time": start, "end_date_time": end, "repeat_type": repeat, "type": kind}
    return told | {"days_of_week": days, "repeat_until": ""}


OFFICE = Schedule(
    [
        entry("20230102T080000", "20230102T180000"),
        entry("20230102T120000", "20230102T130000", kind="exclude"),
        entry("20230107T220000", "20230108T020000", repeat="weekly", days="6"),
    ],
    "Europe/Berlin",
)


@limits(max_examples=60, deadline=None)
@given(st.integers(0, 3 * WEEK), st.integers(1, 200 * 3600))
def test_what_has_passed_after_is_between(start: int, seconds: int) -> None:
    """`after` is the first moment until which `between` counts that much."""
    start += MONDAY
    end = OFFICE.after(start, seconds)
    assert end is not None
    assert OFFICE.between(start, end) == seconds
    assert OFFICE.between(start, end - 1) == seconds - 1


def test_a_week_has_its_hours() -> None:
    """Five days of nine hours, and Saturday night over midnight."""
    assert OFFICE.between(MONDAY, MONDAY + WEEK) == (5 * 9 + 4) * 3600


def test_nothing_passes_without_entries() -> None:
    """An empty schedule, or one whose dates cannot be read, never comes to an end."""
    for rows in ([], [entry("soon", "later")]):
        assert Schedule(rows, "GMT").between(MONDAY, MONDAY + WEEK) == 0
        assert Schedule(rows, "GMT").after(MONDAY, 1) is None
