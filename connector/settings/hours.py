"""One table ``[service_hours.<name>]``, and the calendar it describes."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from connector.errors import SettingsError
from connector.service_hours import Calendar
from connector.service_hours.holiday import is_supported
from connector.settings.table import Table, Zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60


def _own_words(error: SettingsError) -> str:
    """What is wrong, without the name of the calendar, which the line says already."""
    return "; ".join(problem.partition(": ")[2] for problem in error.problems)


def _as_windows(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(f'write a list of windows: ["{value}"]')
    try:
        week = Calendar.parse("", "UTC", {"mon": value}).weekly[0]  # type: ignore[dict-item]
    except SettingsError as error:
        raise ValueError(_own_words(error).replace('"mon": ', "")) from None
    for one, two in pairwise(sorted(_unrolled(week))):
        if two[0] < one[1]:
            raise ValueError(f"{_clock(*one)} and {_clock(*two)} overlap")
    return value


Windows = Annotated[tuple[str, ...], BeforeValidator(_as_windows, json_schema_input_type=tuple[str, ...])]
"""Openings of a day, such as ``["08:30-12:00", "13:30-18:00"]``; ``[]`` is a closed day."""


def is_weekday_key(key: str) -> bool:
    """``mon``, ``mon-sat``, ``sat,sun``."""
    return bool(_days(key))


@cache
def _days(key: str) -> tuple[int, ...]:
    try:
        week = Calendar.parse("", "UTC", {key: ["00:00-24:00"]}).weekly
    except SettingsError:
        return ()
    return tuple(day for day in range(7) if week[day])


def _known_country(value: str) -> str:
    if not is_supported(value):
        raise ValueError(
            f'no statutory days are known for "{value}"; write a country such as "CN" or "DE-BY"'
        )
    return value


def _one_weekday(value: str) -> str:
    if len(_days(value)) != 1:
        raise ValueError(f'"{value}" is not one weekday; write one of {", ".join(WEEKDAYS)}')
    return value


def _weekdays_as_patterns(schema: dict[str, Any]) -> None:
    """In the file the weekdays stand in the table itself; ``week`` is where they are gathered."""
    windows = schema["properties"].pop("week")["additionalProperties"]
    day = f"({'|'.join(WEEKDAYS)})"
    schema["patternProperties"] = {
        f"^{day}(-{day})?(, ?{day}(-{day})?)*$": windows | {"description": "Windows of the day or days"}
    }


class Hours(Table):
    """When a desk works: weekdays with their windows, statutory holidays and days of its own.

    A weekday, several or a range is a setting: ``mon-fri = ["09:00-12:00", "13:00-17:00"]``,
    ``"sat,sun" = []``.
    """

    model_config = ConfigDict(json_schema_extra=_weekdays_as_patterns)

    zone: Zone = Field(description="IANA time zone, such as Asia/Shanghai")
    always: bool = Field(default=False, description="Open day and night, every day: 7×24")
    holidays: Annotated[str, AfterValidator(_known_country)] | None = Field(
        default=None,
        description="Country whose statutory holidays are off and make-up days (调休) worked: CN",
    )
    make_up: Annotated[str, AfterValidator(_one_weekday)] | None = Field(
        default=None, description="Weekday whose hours a make-up day has; by default the first that has any"
    )
    extra_holidays: tuple[date, ...] = Field(default=(), description="Further days off: [2026-10-09]")
    extra_workdays: dict[date, Windows] = Field(
        default_factory=dict,
        description='Hours of single days, which win over everything: { 2026-10-10 = ["08:30-12:00"] }',
    )
    week: dict[str, Windows] = Field(default_factory=dict, description="Weekday, days or range → windows")

    @model_validator(mode="before")
    @classmethod
    def _gather_weekdays(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "week" in value:
            return value
        week = {key: windows for key, windows in value.items() if is_weekday_key(key)}
        return {key: windows for key, windows in value.items() if key not in week} | {"week": week}

    @model_validator(mode="after")
    def _agree(self) -> "Hours":
        if self.always and (self.week or self.holidays or self.extra_holidays or self.extra_workdays):
            raise ValueError(
                "always = true is open day and night; take away the weekdays and holidays, or always"
            )
        if not self.always and not any(self.week.values()):
            raise ValueError('never open; name weekdays, such as mon-fri = ["09:00-17:00"], or always = true')
        if twice := set(self.extra_holidays) & self.extra_workdays.keys():
            raise ValueError(f"{min(twice)} is both in extra_holidays and in extra_workdays")
        if collision := next(self._collisions(), None):
            raise ValueError(collision)
        return self

    def _collisions(self) -> Iterator[str]:
        """Days named twice, and windows over midnight that run into the next day's first."""
        owner: dict[int, str] = {}
        for key in self.week:
            for day in _days(key):
                if day in owner:
                    yield f'{WEEKDAYS[day]} is named by both "{owner[day]}" and "{key}"'
                    return
                owner[day] = key
        week = Calendar.parse("", "UTC", self.week).weekly
        for day, windows in enumerate(week):
            tomorrow = week[(day + 1) % 7]
            for start, end in windows:
                if end <= start and tomorrow and min(tomorrow)[0] < end:
                    yield (
                        f"{WEEKDAYS[day]}: {_clock(start, end)} ends before it starts; taken over midnight "
                        f"it runs into {_clock(*min(tomorrow))} of {WEEKDAYS[(day + 1) % 7]}"
                    )

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name. Raises `SettingsError` for what only the calendar can know."""
        if self.always:
            return Calendar.always(name, self.zone)
        return Calendar.parse(
            name,
            self.zone,
            self.week,
            dates={day: windows for day, windows in self.extra_workdays.items()},  # noqa: C416 (the key widens)
            closed=self.extra_holidays,
            holidays=self.holidays,
            make_up=self.make_up,
        )

    def doubts(self) -> Iterator[str]:
        """What is allowed and yet perhaps not meant: a window that runs over midnight for most of a day."""
        for key, texts in self.week.items():
            for start, end in Calendar.parse("", "UTC", {"mon": texts}).weekly[0]:
                if end <= start and end + _DAY - start > _DAY // 2:
                    hours = (end + _DAY - start) / 60
                    yield f"{key}: {_clock(start, end)} is taken to run over midnight, for {hours:g} hours"


def _unrolled(windows: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    return [(start, end if end > start else end + _DAY) for start, end in windows]


def _clock(start: int, end: int) -> str:
    end = end if end <= _DAY else end - _DAY
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
