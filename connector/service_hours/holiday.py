"""Statutory days off and make-up working days, as plain sets of dates.

Source: the `holidays` package, from 0.92 on, whose China days agree with the notices of the State Council of
2007 to 2026 on every working day. It is imported late: 50 ms that a calendar without holidays need not pay.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

_DAY = timedelta(days=1)


class Statutory(NamedTuple):
    """One year of a country."""

    off: frozenset[date]
    make_up: frozenset[date]
    """Weekend days that were made working days (调休)."""


def is_supported(country: str) -> bool:
    """Whether statutory days are known for ``CN``, ``DE``, ``DE-BY`` …"""
    if country == "CN":  # our own desk's; asked on every start, so without the import
        return True
    import holidays

    code, _, subdivision = country.partition("-")
    known = holidays.list_supported_countries()
    return code in known and (not subdivision or subdivision in known[code])


@lru_cache(maxsize=512)
def statutory(country: str, year: int) -> Statutory:
    """Days off and make-up days of ``year``.

    In China the weekend days next to a holiday belong to it: the notices give the whole span ("1 to 7 October
    off"), the package leaves out days that are a weekend anyway, and a desk that works on Saturdays would be
    open in the middle of the Spring Festival.
    """
    country_holidays = _country_holidays()
    code, _, subdivision = country.partition("-")
    # Neighbouring years too: New Year 2008 began on 30 December 2007, its make-up day was the 29th.
    days = country_holidays(code, subdiv=subdivision or None, years=range(year - 1, year + 2))
    make_up = frozenset(days.weekend_workdays)
    off = set(days)
    if code == "CN":
        for holiday in list(off):
            for step in (-_DAY, _DAY):
                day = holiday + step
                while day.weekday() >= 5 and day not in make_up and day not in off:
                    off.add(day)
                    day += step
    return Statutory(
        frozenset(day for day in off if day.year == year),
        frozenset(day for day in make_up if day.year == year and day not in off),
    )


def _country_holidays() -> Callable[..., Any]:
    """`holidays.country_holidays`, without the other 250 countries.

    The package `holidays.countries` imports all of them: 80 ms and 8 MB that a daemon for one country need
    not pay. An empty package at its place leaves each to the import of its own module.
    """
    import holidays

    name = "holidays.countries"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(Path(folder) / "countries") for folder in holidays.__path__]
        sys.modules[name] = package
    return holidays.country_holidays


def is_unannounced(country: str, year: int) -> bool:
    """The State Council has not announced ``year`` yet, as far as the installed `holidays` knows.

    Every notice since 2008 has had make-up days, so a year without any is one without a notice.
    """
    return country == "CN" and year >= 2008 and not statutory(country, year).make_up
