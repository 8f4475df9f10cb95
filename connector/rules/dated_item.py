"""Dated things that have no record: the annual plan, audits, reports due; each becomes a task in time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from connector.intent import Create, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy
from connector.rules.obligation import task_fields
from connector.ticket import DeskTask, Instant, Ticket
from connector.wording import piece

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
FORGOTTEN = 31 * 86_400
"""Seconds after its date from which on an item that never became a task is left alone."""

Item = Literal["plan", "audit", "report", "other"]
_CLAUSE: dict[Item, str] = {"plan": "R-H1", "audit": "R-H1", "report": "R-H4", "other": "R-H1"}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{name}" is not an IANA time zone; write one such as "Asia/Shanghai"') from None
    return name


class _Due(NamedTuple):
    """One date of the item."""

    day: date
    at: Instant
    """The end of that day."""


class DatedItem(Policy):
    """The annual quality plan and its audits (R-H1) and the reports at set periods (R-H4), as dated items.

    The item is due on each day of `dates`, or every month, quarter, half year or year (`every`) from
    `first` on; the day ends in `zone`. `remind_before` that, a task is created for `assign_to` or
    `assign_group`, with the due date. Closed complete, the item is done; closed incomplete, it was dropped.

    * With `escalate_to` an item that is not done `late_by` its date becomes a task of that person.
    * With `reviewed_by` (the annual report is reviewed) one that is done becomes a task to review it.

    It is about no record, so `when` has no meaning here; its verdict is explained as that of the ticket
    CALENDAR. A date more than 31 days past that never became a task is left alone.

    ```toml
    [[policy]]
    rule = "dated_item"
    name = "quarterly-audit"
    item = "audit"
    title = "季度服务质量审核 Quarterly service quality audit"
    every = "quarter"
    first = 2026-03-31
    zone = "Asia/Shanghai"
    remind_before = "240h"
    assign_to = "quality.ma"
    escalate_to = "manager.wu"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-H1", "R-H4")
    follows_tasks: ClassVar[bool] = True

    rule: Literal["dated_item"] = "dated_item"
    item: Item = Field(description="What it is: the plan, an audit, a report, or anything else")
    title: str = Field(min_length=1, max_length=100, description="What people call it")
    dates: tuple[date, ...] = Field(default=(), description="Days on which it is due")
    every: Literal["month", "quarter", "half_year", "year"] | None = Field(
        default=None, description="How often it is due, from `first` on"
    )
    first: date | None = Field(
        default=None, description="The first day on which it is due; a 31st is the last day of its month"
    )
    zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="UTC", description="Time zone in which its day ends"
    )
    remind_before: Duration = Field(
        default=240 * 3600, description="Time before the end of its day at which its task is created"
    )
    assign_to: str = Field(default="", description="User name of whose task it is")
    assign_group: str = Field(default="", description="Name of the group whose task it is")
    escalate_to: str = Field(default="", description="User name of who is told that it is late")
    late_by: Duration | None = Field(
        default=None, description="Time after its date before they are; at once if not given"
    )
    reviewed_by: str = Field(default="", description="User name of who reviews it when it is done")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.dates and self.every is None:
            raise ValueError("when is it due? Set dates, or every and first")
        if (self.every is None) != (self.first is None):
            raise ValueError('every and first go together: every = "quarter", first = 2026-03-31')
        if not self.assign_to and not self.assign_group:
            raise ValueError("whose task is it? Set assign_to or assign_group")
        if self.when.asks:
            raise ValueError("it is about no ticket: when has no meaning here")
        return self

    def about(self) -> str:
        """No record: the calendar."""
        return "calendar"

    def people_named(self) -> tuple[str, ...]:
        """Whose task it is, who is told, who reviews."""
        return tuple(name for name in (self.assign_to, self.escalate_to, self.reviewed_by) if name)

    def groups_named(self) -> tuple[str, ...]:
        """The group whose task it is."""
        return (self.assign_group,) if self.assign_group else ()

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Which of its dates need a task now. ``ticket`` is the calendar."""
        tasks = {task.occasion: task for task in ticket.tasks}
        found: list[Create] = []
        again: list[Instant] = []
        owed = late = 0
        for due in self._dues(at.now + self.remind_before):
            begins, ends = due.at - self.remind_before, due.at + FORGOTTEN
            if due.at <= ticket.opened_at:
                continue
            if at.now < begins:
                again.append(begins)
                break
            task = tasks.get(self._key(due, "item"))
            if task is None:
                if at.now < ends:
                    found.append(self._item(ticket, at, due))
                    again.append(ends)
                    owed += 1
                continue
            if task.closed_at is None:
                owed += 1
                overdue = due.at + (self.late_by or 0) + 1
                if at.now < overdue:
                    again.append(overdue)
                else:
                    late += 1
                    if self.escalate_to and self._key(due, "overdue") not in tasks:
                        found.append(self._more(ticket, at, due, "overdue", self.escalate_to))
            elif task.complete and self.reviewed_by and self._key(due, "review") not in tasks:
                found.append(self._more(ticket, at, due, "review", self.reviewed_by))
        reason = f"{late} late" if late else f"{owed} owed" if owed else "nothing owed"
        return Verdict(reason, tuple(found), min(again, default=None))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Its dates from the last one on, and how each stands."""
        tasks = {task.occasion: task for task in ticket.tasks}
        lines = []
        for due in self._dues(at.now + 400 * 86_400):
            if due.at <= max(ticket.opened_at, at.now - FORGOTTEN):
                continue
            lines.append(f"{due.day}: {_standing(tasks.get(self._key(due, 'item')))}")
        return lines[:4]

    def _dues(self, until: Instant) -> Iterator[_Due]:
        """Its dates in order, and the first one after ``until``."""
        zone = ZoneInfo(self.zone)
        for day in self._days():
            after = day + timedelta(days=1)
            end = int(datetime(after.year, after.month, after.day, tzinfo=zone).timestamp())
            yield _Due(day, end)
            if end > until:
                return

    def _days(self) -> Iterator[date]:
        if self.every is None or self.first is None:
            yield from sorted(set(self.dates))
            return
        given = sorted(set(self.dates))
        count = 0
        while (month := self.first.month - 1 + count * MONTHS[self.every]) // 12 + self.first.year < 9999:
            day = _day(self.first.year + month // 12, month % 12 + 1, self.first.day)
            while given and given[0] < day:
                yield given.pop(0)
            if given and given[0] == day:
                given.pop(0)
            yield day
            count += 1

    def _key(self, due: _Due, what: str) -> str:
        return occasion(self.name, "calendar", what, due.day.isoformat())

    def _item(self, ticket: Ticket, at: Moment, due: _Due) -> Create:
        person = at.directory.people.get(self.assign_to)
        group = at.directory.group_named(self.assign_group) if self.assign_group else None
        fields = task_fields(ticket, self.item, due.at - 1)
        told = {"title": self.title, "date": due.day.isoformat()}
        fields["short_description"] = at.wording.title("item_subject", **told)
        end = at.wording.when(due.at - 60)
        what = piece(f"item_{self.item}")
        fields["description"] = at.wording.tell("item_task", title=self.title, due=end, item=what)
        fields["assigned_to"] = person.sys_id if person else ""
        fields["assignment_group"] = group.sys_id if group else ""
        return Create(
            "incident_task",
            fields,
            occasion(self.name, "calendar", "item", due.day.isoformat()),
            _CLAUSE[self.item],
        )

    def _more(self, ticket: Ticket, at: Moment, due: _Due, what: str, user_name: str) -> Create:
        """The task of who is told that it is late, or of who reviews it."""
        person = at.directory.people.get(user_name)
        fields = task_fields(ticket, f"{self.item}_{what}")
        told = {"title": self.title, "date": due.day.isoformat()}
        fields["short_description"] = at.wording.title(f"item_{what}_subject", **told)
        end = at.wording.when(due.at - 60)
        fields["description"] = at.wording.tell(f"item_{what}_task", due=end, **told)
        fields["assigned_to"] = person.sys_id if person else ""
        key = occasion(self.name, "calendar", what, due.day.isoformat())
        return Create("incident_task", fields, key, _CLAUSE[self.item])


def _day(year: int, month: int, day: int) -> date:
    """That day, or the last one of the month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day, (following - timedelta(days=1)).day))


def _standing(task: DeskTask | None) -> str:
    if task is None:
        return "no task yet"
    if task.closed_at is None:
        return "open"
    return "done" if task.complete else "dropped"
