"""The hotline is answered: it may not stay without an answer for long while duty is on."""

from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from connector.intent import Create, Intent, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy
from connector.rules.obligation import task_fields
from connector.ticket import Call, Instant, Ticket

KIND = "hotline_unanswered"
FORGOTTEN = 48 * 3600
"""Seconds after which a silence that was not seen is left alone."""
AGAIN = 60


class Silence(NamedTuple):
    """A stretch in which the hotline rang and nobody answered."""

    first: Call
    calls: int
    """How many nobody took."""
    until: Instant | None
    """When a call was answered again, as far as that is known."""
    due: Instant


class Hotline(Policy):
    """The hotline does not stay unanswered for more than 15 minutes while duty is on (R-C5).

    A silence begins with a call that nobody took, in the service hours `service_hours` in which duty is on,
    and ends with the next call that somebody took. After `within` of those hours it becomes a task for
    `report_to`: since when, how many callers, who was on duty by the roster. One task for a silence; of one
    that lasts for days a new one each day at most. `calls` ignores single callers who put the phone down.

    Calls are rows of `interaction` (`[kpi] calls`) and of every `[[source]]` of kind calls. Of a phone log
    that is exported now and then, only what came before its newest row is judged. A call that was answered
    later than it rang counts as answered: nobody records when it was taken. It is about no ticket, so `when`
    has no meaning here; its verdict is explained as that of the ticket CALENDAR.

    ```toml
    [[policy]]
    rule = "hotline"
    name = "hotline-answered"
    service_hours = "onsite"
    within = "15m"
    report_to = "manager.wu"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-C5",)
    follows_tasks: ClassVar[bool] = True

    rule: Literal["hotline"] = "hotline"
    service_hours: str = Field(description="Name of the service hours in which duty is on")
    within: Duration = Field(default=15 * 60, description="How long the hotline may stay unanswered")
    calls: int = Field(default=1, ge=1, description="Only if so many callers were not answered meanwhile")
    report_to: str = Field(min_length=1, description="User name of who is told")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.when.asks:
            raise ValueError("it is about no ticket: when has no meaning here")
        return self

    def about(self) -> str:
        """No record: the calendar."""
        return "calendar"

    def people_named(self) -> tuple[str, ...]:
        """Who is told."""
        return (self.report_to,)

    def hours_named(self) -> tuple[str, ...]:
        """The hours of duty."""
        return (self.service_hours,)

    def sources_named(self) -> tuple[tuple[str, str], ...]:
        """Phone logs and rosters, all of them."""
        return (("calls", ""), ("roster", ""))

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether some silence has lasted too long. ``ticket`` is the calendar."""
        found: list[Intent] = []
        late = 0
        for silence in self._silences(at):
            if self._too_long(silence, at):
                late += 1
                found.append(self._task(ticket, at, silence))
        reason = f"unanswered for too long: {late}" if late else "answered"
        return Verdict(reason, tuple(found), at.now + AGAIN)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The last silences, and until when calls are known."""
        time = at.wording.time
        lines = [f"{len(at.duty.calls)} calls known until {time(at.duty.known_until)}"]
        for silence in list(self._silences(at))[-5:]:
            until = f"until {time(silence.until)}" if silence.until is not None else "nobody answered since"
            told = "too long" if self._too_long(silence, at) else "within the limit"
            lines.append(f"{silence.calls} unanswered from {time(silence.first.opened_at)}, {until}: {told}")
        return lines

    def _too_long(self, silence: Silence, at: Moment) -> bool:
        until = at.duty.known_until if silence.until is None else silence.until
        fresh = silence.first.opened_at >= at.now - FORGOTTEN
        return fresh and until > silence.due and silence.calls >= self.calls

    def _silences(self, at: Moment) -> Iterator[Silence]:
        """Silences in order of time, those that were broken in time among them."""
        hours = at.hours[self.service_hours]
        missed: list[Call] = []

        def silence(until: Instant | None) -> Silence:
            due = hours.add(missed[0].opened_at, self.within, ())
            return Silence(missed[0], len(missed), until, due)

        for call in at.duty.calls:
            if call.answered:
                if missed:
                    yield silence(call.opened_at)
                missed = []
            elif missed or hours.elapsed(call.opened_at, call.opened_at + 1):
                missed.append(call)
        if missed:
            yield silence(None)

    def _task(self, ticket: Ticket, at: Moment, silence: Silence) -> Create:
        person = at.directory.people.get(self.report_to)
        on_duty = [shift.consultant for shift in at.duty.shifts if shift.starts <= silence.first.opened_at]
        fields = task_fields(ticket, KIND)
        since = at.wording.when(silence.first.opened_at)
        fields["short_description"] = at.wording.title("hotline_subject", since=since)
        fields["description"] = at.wording.tell(
            "hotline_task",
            since=since,
            limit=self.within,
            count=silence.calls,
            person=on_duty[-1] if on_duty else "",
        )
        fields["assigned_to"] = person.sys_id if person else ""
        key = occasion(self.name, "calendar", "silence", silence.first.sys_id)
        return Create("incident_task", fields, key, "R-C5")
