"""Response and resolution limits on service hours: `SlaTimer`."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.intent import Intent, Keep, Note, Occasions, Verdict
from connector.rules.base import Duration, HoldReasons, Moment, Policy, those_held
from connector.rules.caller_zone import TIME_ZONE, there, told
from connector.rules.target_clock import (
    BREACHED,
    MET,
    MISSED,
    PAUSED,
    RUNNING,
    WARNED,
    WORST,
    Pauses,
    SlaClock,
    TargetClock,
)
from connector.service_hours import ServiceHours
from connector.ticket import ENDED_STATES, FaultClass, Instant, Ticket, TicketState

_new = tuple.__new__
"""What the constructor of a named tuple calls; it saves a call for several values of every ticket."""
Warnings = tuple[tuple[float, int], ...]
"""Share of a limit and seconds of service, ascending: a warning is a limit with a smaller budget."""
_ON_HOLD, _CANCELED = TicketState.ON_HOLD, TicketState.CANCELED


def _shares(value: object) -> object:
    return (value,) if isinstance(value, int | float) and not isinstance(value, bool) else value


class SlaTimer(Policy):
    """Time limits per fault class (R-C1, R-C3), timely support and timely handling (R-E3, R-E6).

    The clock starts when the ticket is opened and counts service hours only. The *response limit* ends when
    a consultant first takes the ticket up (it gets an assignee or leaves New), the *resolution limit* when
    it is resolved. Both are recomputed from the ticket's history each time: a new priority, calendar or
    limit counts from the opening, with all pauses that have been.

    * **Pauses.** On hold does not count for the resolution limit, with `pause_on` only for the hold reasons
      named there. The response limit never pauses: putting a ticket on hold is a response. While a ticket
      is on hold ``resolve_by`` is empty, for nothing is due; it comes back, later, when work goes on.
    * **Reopened** tickets continue their clock; the time they were resolved does not count.
    * **Late** means after the due instant; a ticket resolved at that very second is in time.
    * **Canceled** tickets have no limits.
    * **The caller's day.** With `caller_zone` the service hours are taken by the clock of the caller, whose
      user record tells their `time_zone`; without a zone that is known the desk's counts, and `explain` says
      which.

    It keeps the columns ``class``, ``respond_by``, ``resolve_by`` (each only if the policy sets that limit)
    and ``clock``: ``running``, ``paused``, ``warned``, ``breached``, ``met`` or ``missed``. The limit that
    still runs speaks; when both have ended, ``missed`` if either was. It writes one work note at each share
    of `warn_at` and one at the breach. Found late, it says the gravest only: no warning after a breach, and
    no breach once the ticket is answered or resolved (the clock says ``missed`` then).

    Let only one policy of this rule apply to a ticket; two keep the same columns and block each other.

    ```toml
    [[policy]]
    rule = "sla_timer"
    name = "urgent-limits"
    when = { class = "urgent" }
    service_hours = "remote"
    respond_within = "15m"
    resolve_within = "4h"
    warn_at = [0.5, 0.8]
    pause_on = "all"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-C1", "R-C3", "R-E3", "R-E6")

    rule: Literal["sla_timer"] = "sla_timer"
    service_hours: str = Field(description="Name of the service hours in which the limits count")
    respond_within: Duration | None = Field(default=None, description="Response limit, in service hours")
    resolve_within: Duration | None = Field(default=None, description="Resolution limit, in service hours")
    warn_at: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=1)], ...],
        BeforeValidator(_shares, json_schema_input_type=float | list[float]),
    ] = Field(default=(), description="Shares of a limit at which to warn, such as 0.8 or [0.5, 0.8]")
    pause_on: HoldReasons = Field(
        default="all", description="Hold reasons that stop the resolution limit; all of them by default"
    )

    caller_zone: bool = Field(
        default=False,
        description="Count the service hours in the caller's own time zone; the desk's where it is unknown",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.respond_within is None and self.resolve_within is None:
            raise ValueError("set respond_within, resolve_within or both; without a limit there is no clock")
        if self.respond_within and self.resolve_within and self.respond_within > self.resolve_within:
            raise ValueError(
                "respond_within is longer than resolve_within; nobody resolves before responding"
            )
        return self

    def columns(self) -> frozenset[str]:
        """The caller's zone, where it counts."""
        return frozenset({TIME_ZONE} if self.caller_zone else ())

    def hours_named(self) -> tuple[str, ...]:
        """The service hours the limits count in."""
        return (self.service_hours,)

    def hours(self, ticket: Ticket, at: Moment) -> ServiceHours:
        """The service hours that count for this ticket."""
        named = at.hours[self.service_hours]
        return there(named, ticket) if self.caller_zone else named

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Where both limits stand, what the columns shall say, and what has to be noted."""
        kept_class, state = _KEPT_CLASS[ticket.fault_class], ticket.state
        if state is _CANCELED:
            return Verdict("canceled, no limits", (kept_class, *self._nothing_due))
        ended: Instant | None = None
        if state in ENDED_STATES:
            ended = ticket.ended_at
            if ended is None:
                return self._untold(ticket, at, kept_class)
        # As `clock`, but of what has ended only whether it was in time: that is half of all tickets.
        named, by_caller, respond_within, resolve_within, held = self._terms
        hours, started, now = at.hours[named], ticket.opened_at, at.now
        if by_caller:
            hours = there(hours, ticket)
        respond_by, resolve_by = hours.add_each(started, (respond_within, resolve_within))
        intents: list[Intent] = [kept_class]
        notes: tuple[Note, ...] = ()
        response: str | None = None
        resolution: str | None = None
        shown: Instant | None
        look_again: Instant | None = None
        if respond_within:
            shown = respond_by
            responded = ticket.responded_at
            if responded is None:
                responded = ended
            if responded is not None:
                response = MET if responded <= respond_by else MISSED
            else:
                warnings = self._warnings["response"]
                response, shown, level, look_again = _running(
                    respond_by, started, hours, now, (), None, warnings
                )
                if level or response is BREACHED:
                    notes = self._note(ticket, "response", respond_within, level, respond_by, at)
            intents.append(_new(Keep, ("respond_by", shown, "R-E3")))
        if resolve_within:
            pauses, since = _pauses(ticket, ended, held)
            if pauses:
                resolve_by = hours.add(started, resolve_within, pauses)
            shown = resolve_by
            if ended is not None:
                resolution = MET if ended <= resolve_by else MISSED
            else:
                warnings = self._warnings["resolution"]
                resolution, shown, level, upcoming = _running(
                    resolve_by, started, hours, now, pauses, since, warnings
                )
                if upcoming is not None and (look_again is None or upcoming < look_again):
                    look_again = upcoming
                if level or resolution is BREACHED:
                    notes = self._note(ticket, "resolution", resolve_within, level, resolve_by, at) + notes
            intents.append(_new(Keep, ("resolve_by", shown, "R-E6")))
        clock = WORST[response, resolution]
        intents += notes
        intents.append(_KEPT_CLOCK[clock])
        return _new(Verdict, (clock, tuple(intents), look_again))

    def _untold(self, ticket: Ticket, at: Moment, kept_class: Keep) -> Verdict:
        """Nobody recorded when it was resolved: all that can be told is how soon it was taken up."""
        response, _ = self._targets(ticket, at)
        intents, state = [kept_class], None
        if self.respond_within is not None:
            intents.append(Keep("respond_by", response.due if response else None, "R-E3"))
        if self.resolve_within is not None:
            intents.append(Keep("resolve_by", None, "R-E6"))
        elif response is not None:
            state = response.state
        return Verdict(state or "resolved, but nobody recorded when", (*intents, _KEPT_CLOCK[state]))

    def clock(self, ticket: Ticket, at: Moment) -> SlaClock:
        """Both limits of this ticket at this moment; canceled tickets have none."""
        if ticket.state is _CANCELED:
            return SlaClock(None, None)
        return SlaClock(*self._targets(ticket, at))

    def _targets(self, ticket: Ticket, at: Moment) -> tuple[TargetClock | None, TargetClock | None]:
        """Response and resolution of a ticket that is not canceled."""
        hours = self.hours(ticket, at)
        ended = ticket.ended_at
        over = ticket.state in ENDED_STATES
        response = resolution = None
        if self.respond_within is not None:
            responded = ticket.responded_at
            if responded is None and over:
                responded = ended
            if responded is not None or not over:
                limit = self.respond_within
                response = self._target("response", limit, ticket, hours, at.now, responded, (), None)
        if self.resolve_within is not None and (ended is not None or not over):
            pauses, since = _pauses(ticket, ended, self._held)
            limit = self.resolve_within
            resolution = self._target("resolution", limit, ticket, hours, at.now, ended, pauses, since)
        return response, resolution

    def spent(self, target: TargetClock, at: Moment, hours: ServiceHours | None = None) -> int:
        """Seconds of service used up by this limit, until it ended or until now; in other ``hours``."""
        until = target.ended if target.ended is not None else at.now
        if target.paused_since is not None:
            until = min(until, target.paused_since)
        return (hours or at.hours[self.service_hours]).elapsed(target.started, until, target.pauses)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The clock in words: used and allowed, counted segments, pauses, and what comes next."""
        time, lines = at.wording.time, [f"service hours {self.service_hours}; times in {at.wording.zone}"]
        hours = self.hours(ticket, at)
        if self.caller_zone:
            lines.append(told(at.hours[self.service_hours], ticket))
        for target in self.clock(ticket, at):
            if target is None:
                continue
            spent = self.spent(target, at, hours)
            due = f"due {time(target.due)}" if target.due is not None else "nothing due while on hold"
            used = f"{_hms(spent)} of {_hms(target.budget)} used ({spent * 100 // target.budget} %)"
            lines.append(f"{target.target}: {target.state}; {used}; {due}")
            until = target.ended if target.ended is not None else at.now
            if target.paused_since is not None:
                until = min(until, target.paused_since)
            segments = hours.segments(target.started, until, target.pauses)
            lines += [f"  counted {time(start)} to {time(end)}" for start, end in segments[:_SHOWN]]
            if len(segments) > _SHOWN:
                lines.append(f"  counted {len(segments) - _SHOWN} stretches more")
            lines += [f"  paused {time(start)} to {time(end)}" for start, end in target.pauses]
            if target.paused_since is not None:
                lines.append(f"  paused since {time(target.paused_since)}")
            if target.next_at is not None:
                what = "late" if target.due is not None and target.next_at > target.due else "warning"
                lines.append(f"  next: {what} from {time(target.next_at)}")
            elif target.ended is not None:
                done = "responded" if target.target == "response" else "resolved"
                lines.append(f"  {done} {time(target.ended)}")
        return lines

    @cached_property
    def _terms(self) -> tuple[str, bool, int, int, frozenset[str] | None]:
        """Hours, whether by the caller's clock, both limits in seconds (0: none), and which holds count.

        All in one reading: that of a field of a pydantic model takes four times as long as of a plain object.
        """
        limits = (self.respond_within or 0, self.resolve_within or 0)
        return (self.service_hours, self.caller_zone, *limits, self._held)

    @cached_property
    def _held(self) -> frozenset[str] | None:
        return those_held(self.pause_on)

    @cached_property
    def _nothing_due(self) -> tuple[Keep, ...]:
        limits = (self.respond_within, self.resolve_within)
        kept = tuple(Keep(k, None, "R-C3") for k, limit in zip(_KEPT_DUE, limits, strict=True) if limit)
        return (*kept, Keep("clock", None, "R-C3"))

    @cached_property
    def _limits(self) -> dict[str, int]:
        limits = {"response": self.respond_within, "resolution": self.resolve_within}
        return {target: budget for target, budget in limits.items() if budget is not None}

    @cached_property
    def _warnings(self) -> dict[str, Warnings]:
        shares = sorted(set(self.warn_at))
        return {
            target: tuple((share, round(share * budget)) for share in shares)
            for target, budget in self._limits.items()
        }

    @cached_property
    def _graver(self) -> dict[tuple[str, float], list[Occasions]]:
        """Target and level, 0.0 for the breach → the occasions of that, and of all that is graver."""
        graver: dict[tuple[str, float], list[Occasions]] = {}
        for target, budget in self._limits.items():
            graver[target, 0.0] = found = [Occasions(self.name, target, BREACHED, budget)]
            for share, _ in reversed(self._warnings[target]):
                graver[target, share] = found = [Occasions(self.name, target, WARNED, share, budget), *found]
        return graver

    def _target(
        self,
        name: Literal["response", "resolution"],
        budget: int,
        ticket: Ticket,
        hours: ServiceHours,
        now: Instant,
        ended: Instant | None,
        pauses: Pauses,
        since: Instant | None,
    ) -> TargetClock:
        started = ticket.opened_at
        due = hours.add(started, budget, pauses)
        if ended is not None:
            state = MET if ended <= due else MISSED
            return TargetClock(name, started, budget, state, due, ended, pauses, None, 0.0, None)
        warnings = self._warnings[name]
        state, shown, level, upcoming = _running(due, started, hours, now, pauses, since, warnings)
        return TargetClock(name, started, budget, state, shown, None, pauses, since, level, upcoming)

    def _note(
        self,
        ticket: Ticket,
        name: Literal["response", "resolution"],
        limit: int,
        level: float,
        due: Instant,
        at: Moment,
    ) -> tuple[Note, ...]:
        """The note for where the target stands, unless it or a graver one has been written."""
        sys_id, marks, graver = ticket.sys_id, ticket.marks, self._graver[name, level]
        for each in graver if marks else ():
            if each.mark(sys_id) in marks:
                return ()
        text = at.wording.tell(
            f"{name}_{WARNED if level else BREACHED}",
            due=at.wording.when(due),
            limit=limit,
            share=round(level * 100),
        )
        return (Note(text, graver[0].of(sys_id), "R-C3"),)


_KEPT_DUE = ("respond_by", "resolve_by")
_KEPT_CLASS = {kind: Keep("class", kind.value, "R-C1") for kind in FaultClass}
_KEPT_CLOCK = {
    state: Keep("clock", state, "R-C3") for state in (RUNNING, PAUSED, WARNED, BREACHED, MET, MISSED, None)
}
_SHOWN = 12


def _pauses(
    ticket: Ticket, ended: Instant | None, held: frozenset[str] | None
) -> tuple[Pauses, Instant | None]:
    """Pauses before the end, and since when one lasts that has not ended; ``held``: None for all holds."""
    spans = ticket.spans
    if len(spans) < 2 and ticket.state is not _ON_HOLD:
        return (), None
    pauses: list[tuple[Instant, Instant]] = []
    since = None
    for span in spans:
        state, end = span.state, span.end
        if state is _ON_HOLD:
            if held is not None and span.hold_reason not in held:
                continue
        elif end is None or state not in ENDED_STATES:
            continue
        start = span.start
        if ended is not None and start >= ended:
            break
        if end is None:
            since = start
        else:
            pauses.append((start, end))
    return pauses, since


def _running(
    due: Instant,
    started: Instant,
    hours: ServiceHours,
    now: Instant,
    pauses: Pauses,
    since: Instant | None,
    warnings: Warnings,
) -> tuple[str, Instant | None, float, Instant | None]:
    """State, due, level and next instant of a limit that has not ended (→ `TargetClock`)."""
    if since is not None and due > since:
        return PAUSED, None, 0.0, None
    if now > due:
        return BREACHED, due, 0.0, None
    level = 0.0
    for share, seconds in warnings:
        instant = hours.add(started, seconds, pauses)
        if now < instant:
            return (WARNED if level else RUNNING), due, level, instant
        level = share
    return (WARNED if level else RUNNING), due, level, due + 1


def _hms(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
