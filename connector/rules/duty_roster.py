"""The hotline's duty roster: every statutory day off has its shifts, and changeovers are on time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from connector.intent import Create, Intent, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy
from connector.rules.obligation import task_fields
from connector.service_hours.holiday import is_supported, is_unannounced, statutory
from connector.ticket import Instant, Shift, Ticket

LACKING, LATE = "roster_lacking", "changeover_late"
FORGOTTEN = 7 * 86_400
"""Seconds after its beginning from which on a shift that was not seen is left alone."""
AGAIN = 600


def _a_country(code: str) -> str:
    if not is_supported(code):
        raise ValueError(f'"{code}" is not a country we have statutory days of, such as "CN"')
    return code


class DutyRoster(Policy):
    """On statutory holidays a duty roster exists, and changeovers are on time (R-F2).

    The roster is the `[[source]]` of kind roster named `roster`: a row for each shift, when it starts, and
    when its consultant checked in.

    * **Rostered.** `look_ahead` before a statutory day off of `holidays` there must be `shifts` shifts that
      start on it; days off that follow each other are one holiday. If some have less, that becomes a task
      for `report_to`, once for each holiday, which names the days.
    * **On time.** A shift whose consultant checked in more than `late_after` after it started, or not at all
      `absent_after` it, becomes a task for `report_to`. Nothing is said of shifts older than a week.

    A year whose days off are not announced yet has only those that the law fixes; `explain CALENDAR` says so.
    It is about no ticket, so `when` has no meaning here. Without the file nothing is judged.

    ```toml
    [[policy]]
    rule = "duty_roster"
    name = "holidays-rostered"
    roster = "duty"
    holidays = "CN"
    zone = "Asia/Shanghai"
    look_ahead = "240h"
    late_after = "10m"
    report_to = "manager.wu"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-F2",)
    follows_tasks: ClassVar[bool] = True

    rule: Literal["duty_roster"] = "duty_roster"
    roster: str = Field(min_length=1, description="Name of the [[source]] of kind roster")
    holidays: Annotated[str, AfterValidator(_a_country)] = Field(
        default="CN",
        description='Country, or country and part, whose statutory days are meant: "CN", "DE-BY"',
    )
    zone: str = Field(description="Time zone in which its days begin")
    look_ahead: Duration = Field(
        default=240 * 3600, description="Time before a day off at which it must have its shifts"
    )
    shifts: int = Field(default=1, ge=1, description="Shifts that a statutory day off must have")
    late_after: Duration = Field(default=600, description="A check-in so long after the start is late")
    absent_after: Duration = Field(
        default=8 * 3600, description="Without a check-in so long after the start nobody came"
    )
    report_to: str = Field(min_length=1, description="User name of who is told")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.when.asks:
            raise ValueError("it is about no ticket: when has no meaning here")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'zone: no time zone "{self.zone}"; write one such as "Asia/Shanghai"') from None
        if self.absent_after < self.late_after:
            raise ValueError("absent_after is shorter than late_after: nobody could be late")
        return self

    def about(self) -> str:
        """No record: the calendar."""
        return "calendar"

    def people_named(self) -> tuple[str, ...]:
        """Who is told."""
        return (self.report_to,)

    def sources_named(self) -> tuple[tuple[str, str], ...]:
        """The roster."""
        return (("roster", self.roster),)

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Which holidays lack shifts, and who came late. ``ticket`` is the calendar."""
        if not at.duty.roster_read:
            return Verdict("no roster", (), at.now + AGAIN)
        found: list[Intent] = []
        lacking = late = 0
        for days in self._holidays(at):
            missing = [day for day in days if self._rostered(day, at) < self.shifts]
            if missing:
                lacking += 1
                told = {"days": [str(day) for day in missing], "shifts": self.shifts}
                found.append(self._task(ticket, at, LACKING, (days[0].isoformat(),), told))
        for shift in at.duty.shifts:
            if self._late(shift, at):
                late += 1
                told = {
                    "person": shift.consultant,
                    "start": at.wording.when(shift.starts),
                    "came": at.wording.when(shift.arrived) if shift.arrived is not None else "",
                }
                what = (str(shift.starts), shift.consultant)
                found.append(self._task(ticket, at, LATE, what, told))
        reason = ", ".join(
            text
            for text, many in (
                (f"{lacking} holidays without a roster", lacking),
                (f"{late} late changeovers", late),
            )
            if many
        )
        return Verdict(reason or "in order", tuple(found), at.now + AGAIN)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The holidays ahead with their shifts, and the years that are not announced."""
        lines = []
        for days in self._holidays(at):
            told = ", ".join(f"{day}: {self._rostered(day, at)}" for day in days)
            lines.append(f"shifts on days off: {told}")
        years = {day.year for day in (self._day(at.now), self._day(at.now + self.look_ahead))}
        lines += [
            f"the days off of {year} are not announced yet"
            for year in sorted(years)
            if is_unannounced(self.holidays, year)
        ]
        return lines

    def _holidays(self, at: Moment) -> Iterator[list[date]]:
        """Days off from today until `look_ahead`, those that follow each other together.

        A holiday that has begun keeps its first day, so that it is the same one on each of its days.
        """
        day, last = self._day(at.now), self._day(at.now + self.look_ahead)
        while self._off(day) and self._off(day - _DAY):
            day -= _DAY
        days: list[date] = []
        while day <= last or (days and self._off(day)):
            if self._off(day):
                days.append(day)
            elif days:
                yield days
                days = []
            day += _DAY
        if days:
            yield days

    def _off(self, day: date) -> bool:
        return day in statutory(self.holidays, day.year).off

    def _day(self, instant: Instant) -> date:
        return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(self.zone)).date()

    def _rostered(self, day: date, at: Moment) -> int:
        return sum(self._day(shift.starts) == day for shift in at.duty.shifts)

    def _late(self, shift: Shift, at: Moment) -> bool:
        if not at.now - FORGOTTEN <= shift.starts <= at.now:
            return False
        if shift.arrived is None:
            return at.now > shift.starts + self.absent_after
        return shift.arrived > shift.starts + self.late_after

    def _task(
        self, ticket: Ticket, at: Moment, kind: str, what: tuple[str, ...], told: dict[str, object]
    ) -> Create:
        person = at.directory.people.get(self.report_to)
        fields = task_fields(ticket, kind)
        fields["short_description"] = at.wording.title(f"{kind}_subject", **told)
        fields["description"] = at.wording.tell(f"{kind}_task", **told)
        fields["assigned_to"] = person.sys_id if person else ""
        return Create("incident_task", fields, occasion(self.name, "calendar", kind, *what), "R-F2")


_DAY = timedelta(days=1)
