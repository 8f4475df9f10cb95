"""Business time: add and elapsed per second, for a day and for two years, against a bare bisection."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import repeat
from random import Random

from bench.figure import Figure, seconds_per_call
from connector.service_hours import Calendar, ServiceHours
from connector.service_hours.table import compile_table

_CALLS = 200_000
_DAY = 86400


def run() -> list[Figure]:
    calendar = Calendar.parse(
        "office", "Asia/Shanghai", {"mon-fri": ["08:30-12:00", "13:30-18:00"]}, holidays="CN"
    )
    hours = ServiceHours.compile(calendar, (2015, 2035))
    first, last = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2015, 2035))
    hours.elapsed(first, last)  # compiles the whole horizon: every figure is on the same table
    edges = compile_table(calendar, 2015, 2035).edges

    dice = Random(1)
    starts = [dice.randrange(first, last - 2 * 366 * _DAY) for _ in range(_CALLS)]
    floor = seconds_per_call(lambda n: [bisect_right(edges, start) for start in starts[:n]], _CALLS)
    figures = [Figure("floor: one bisect_right on the table", 1 / floor, "/s", "", "")]

    def speed(name: str, target: int, loop: Callable[[int], object]) -> None:
        each = seconds_per_call(loop, _CALLS)
        figures.append(Figure(name, 1 / each, "/s", f"≥ {target:,}", f"{each / floor:.1f} × one bisect"))

    for span, length in (("a day", _DAY), ("2 years", 730 * _DAY)):
        ends = [start + length for start in starts]
        budget = 8 * 3600 * length // _DAY * 5 // 7
        pauses = [
            tuple((s + length * k // 8, s + length * k // 8 + length // 20) for k in (1, 3, 5))
            for s in starts
        ]
        zoned = [datetime.fromtimestamp(start, hours.zone) for start in starts]
        zoned_ends = [datetime.fromtimestamp(end, hours.zone) for end in ends]
        speed(f"add, {span}", 1_000_000, lambda n, b=budget: _spin(hours.add, n, starts, repeat(b)))
        speed(f"elapsed, {span}", 1_000_000, lambda n, e=ends: _spin(hours.elapsed, n, starts, e))
        speed(
            f"add, {span}, 3 pauses",
            300_000,
            lambda n, b=budget, p=pauses: _spin3(hours.add, n, starts, repeat(b), p),
        )
        speed(
            f"elapsed, {span}, 3 pauses",
            300_000,
            lambda n, e=ends, p=pauses: _spin3(hours.elapsed, n, starts, e, p),
        )
        speed(f"add_at, {span}", 500_000, lambda n, z=zoned, b=budget: _spin(hours.add_at, n, z, repeat(b)))
        speed(
            f"elapsed_between, {span}",
            500_000,
            lambda n, z=zoned, e=zoned_ends: _spin(hours.elapsed_between, n, z, e),
        )
    compiling = seconds_per_call(lambda n: [compile_table(calendar, 2015, 2026) for _ in range(n)], 1, 3)
    figures.append(Figure("compile 12 years", compiling * 1000, "ms", "", ""))
    return figures


def _spin(verb, n, left, right) -> None:  # type: ignore[no-untyped-def]
    for one, other in zip(left[:n], right, strict=False):
        verb(one, other)


def _spin3(verb, n, left, right, third) -> None:  # type: ignore[no-untyped-def]
    for one, other, more in zip(left[:n], right, third, strict=False):
        verb(one, other, more)
