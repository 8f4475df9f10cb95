"""The day's rhythm: when people work and when callers call, in China's clock time.

China has kept UTC+8 without summer time since 1991, so its clock time is plain arithmetic. The desk knows no
public holidays: its weeks are ordinary weeks.
"""

import random
from itertools import accumulate

OFFSET = 8 * 3600
DAY = 86_400
_HOUR = 3600

HOURLY = (1, 1, 1, 1, 1, 1, 2, 5, 22, 40, 38, 26, 10, 18, 34, 32, 22, 14, 6, 4, 4, 3, 2, 2)
"""How calls spread over the hours of a working day: peaks from 9 to 11 and from 14 to 16."""
WEEKDAY = (1.1, 1.0, 1.0, 1.0, 0.95, 0.35, 0.12)
"""How many calls a day brings, Monday to Sunday, as a share of an ordinary working day."""


def weekday(at: int) -> int:
    """0 for Monday … 6 for Sunday, in China."""
    return ((at + OFFSET) // DAY + 3) % 7


def midnight(at: int) -> int:
    """The beginning of the day that holds ``at``, in China, as an instant."""
    return (at + OFFSET) // DAY * DAY - OFFSET


def arrivals(rng: random.Random, day: int, mean: float) -> list[int]:
    """Instants of one day, in order; ``mean`` is an ordinary working day's number, ``day`` its midnight."""
    expected = mean * WEEKDAY[weekday(day)]
    number = max(0, round(rng.gauss(expected, 0.35 * expected**0.5)))
    sums = list(accumulate(HOURLY))
    hours = rng.choices(range(24), cum_weights=sums, k=number)
    return sorted(day + hour * _HOUR + rng.randrange(_HOUR) for hour in hours)


class Hours:
    """Hours of presence: per weekday windows in seconds after midnight; a window may run past midnight."""

    def __init__(self, *days: tuple[str, str, str]) -> None:
        """``days``: (weekdays as digits ``"01234"``, from ``"08:30"``, to ``"17:30"``)."""
        self._windows: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for which, start, end in days:
            opens, closes = _seconds(start), _seconds(end)
            for digit in which:
                self._windows[int(digit)].append((opens, closes if closes > opens else closes + DAY))
        for windows in self._windows:
            windows.sort()

    def is_open(self, at: int) -> bool:
        """Whether somebody with these hours is at work."""
        return self.opening(at) == at

    def beginnings(self, day: int) -> list[int]:
        """Instants at which somebody with these hours begins on a day; ``day`` is its midnight."""
        return [day + opens for opens, _ in self._windows[weekday(day)]]

    def opening(self, at: int) -> int:
        """The earliest instant from ``at`` on within the hours."""
        today = midnight(at)
        for day in range(today - DAY, today + 9 * DAY, DAY):
            for opens, closes in self._windows[weekday(day)]:
                if at < day + closes:
                    return max(at, day + opens)
        raise ValueError("hours without a window never open")


def _seconds(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


OFFICE = Hours(("01234", "08:30", "12:00"), ("01234", "13:30", "18:00"))
EARLY = Hours(("01234", "08:00", "17:00"))
LATE = Hours(("01234", "11:00", "20:30"), ("5", "09:00", "12:30"))
NIGHT = Hours(("0123456", "20:00", "08:30"))
WEEKEND = Hours(("56", "08:00", "20:30"), ("01", "09:00", "18:00"))
