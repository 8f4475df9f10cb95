"""Response and resolution limits on service hours: `SlaTimer`."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.intent import Intent, Keep, Note, Verdict, occasion
from connector.rules.base import Duration, HoldReasons, Moment, Policy, those_held
from connector.rules.caller_zone import TIME_ZONE, there, told
from connector.service_hours import ServiceHours
from connector.ticket import ENDED_STATES, FaultClass, Instant, Ticket, TicketState

_new = tuple.__new__
"""What the constructor of a named tuple calls; it saves a call for each of four values of every ticket."""
_ON_HOLD, _CANCELED = TicketState.ON_HOLD, TicketState.CANCELED

Pauses = Sequence[tuple[Instant, Instant]]

RUNNING, PAUSED, WARNED, BREACHED, MET, MISSED = "running", "paused", "warned", "breached", "met", "missed"
_RANK = (PAUSED, RUNNING, WARNED, BREACHED).index


class TargetClock(NamedTuple):
    """One limit of one ticket at one moment."""

    target: Literal["response", "resolution"]
    started: Instant
    budget: int
    """Seconds of service."""
    state: str
    """``running``, ``paused``, ``warned``, ``breached`` (open and late), ``met`` or ``missed`` (ended)."""
    due: Instant | None
    """The last instant that is in time; None while a pause keeps it from being known."""
    ended: Instant | None
    """When it was responded to or resolved."""
    pauses: Pauses
    """Stretches cut out of the service hours, those still lasting left out."""
    paused_since: Instant | None
    level: float
    """The highest share of `warn_at` that is used up, 0.0 for none."""
    next_at: Instant | None
    """When the state will change by itself."""

    @property
    def in_time(self) -> bool | None:
        """Kept or not; None while that is open. A limit that has passed unanswered is not kept."""
        if self.state == MET:
            return True
        return False if self.state in (MISSED, BREACHED) else None


class SlaClock(NamedTuple):
    """Both limits of a ticket; None where the policy sets none, or it cannot be told."""

    response: TargetClock | None
    resolution: TargetClock | None

    @property
    def responded_in_time(self) -> bool | None:
        """R-E3; None while that is open, or without a response limit."""
        return self.response.in_time if self.response is not None else None

    @property
    def resolved_in_time(self) -> bool | None:
        """R-E6; None while that is open, or without a resolution limit."""
        return self.resolution.in_time if self.resolution is not None else None

    @property
    def state(self) -> str | None:
        """What the column ``clock`` says: the worst of the limits that still run, else how they ended."""
        return _worst(*self)


def _worst(response: TargetClock | None, resolution: TargetClock | None) -> str | None:
    if resolution is None:
        return None if response is None else response.state
    if response is None:
        return resolution.state
    if response.ended is None:
        if resolution.ended is not None:
            return response.state
        return max(response.state, resolution.state, key=_RANK)
    if resolution.ended is None:
        return resolution.state
    return MISSED if response.state is MISSED else resolution.state


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
        kept_class = _KEPT_CLASS[ticket.fault_class]
        if ticket.state is _CANCELED:
            return Verdict("canceled, no limits", (kept_class, *self._nothing_due))
        response, resolution = self._targets(ticket, at)
        state = _worst(response, resolution)
        intents: list[Intent] = [kept_class]
        look_again: Instant | None = None
        if self.respond_within is not None:
            due = response.due if response is not None else None
            intents.append(_new(Keep, ("respond_by", due, "R-E3")))
        if self.resolve_within is not None:
            due = resolution.due if resolution is not None else None
            intents.append(_new(Keep, ("resolve_by", due, "R-E6")))
            if resolution is None:
                state = None
            else:
                look_again = resolution.next_at
                if resolution.level or resolution.state is BREACHED:
                    intents += self._note(ticket, resolution, at)
        if response is not None and response.ended is None:
            upcoming = response.next_at
            if upcoming is not None and (look_again is None or upcoming < look_again):
                look_again = upcoming
            if response.level or response.state is BREACHED:
                intents += self._note(ticket, response, at)
        intents.append(_KEPT_CLOCK[state])
        return Verdict(state or "resolved, but nobody recorded when", tuple(intents), look_again)

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
            pauses, since = self._pauses(ticket, ended)
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
    def _nothing_due(self) -> tuple[Keep, ...]:
        limits = (self.respond_within, self.resolve_within)
        kept = tuple(Keep(k, None, "R-C3") for k, limit in zip(_KEPT_DUE, limits, strict=True) if limit)
        return (*kept, Keep("clock", None, "R-C3"))

    @cached_property
    def _warnings(self) -> dict[str, tuple[tuple[float, int], ...]]:
        """Target → (share, seconds), ascending: a warning is a due computation with a smaller budget."""
        shares = sorted(set(self.warn_at))
        return {
            name: tuple((share, round(share * budget)) for share in shares)
            for name, budget in (("response", self.respond_within), ("resolution", self.resolve_within))
            if budget is not None
        }

    @cached_property
    def _held(self) -> frozenset[str] | None:
        return those_held(self.pause_on)

    def _pauses(self, ticket: Ticket, ended: Instant | None) -> tuple[Pauses, Instant | None]:
        """Pauses before the end, and since when one lasts that has not ended."""
        spans = ticket.spans
        if len(spans) < 2 and ticket.state is not _ON_HOLD:
            return (), None
        pauses: list[tuple[Instant, Instant]] = []
        since = None
        held = self._held
        for span in spans:
            if ended is not None and span.start >= ended:
                break
            state = span.state
            if state is _ON_HOLD:
                if held is not None and span.hold_reason not in held:
                    continue
            elif state not in ENDED_STATES or span.end is None:
                continue
            if span.end is None:
                since = span.start
            else:
                pauses.append((span.start, span.end))
        return pauses, since

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
        shown: Instant | None = due
        level, upcoming = 0.0, None
        if ended is not None:
            state, since = (MET if ended <= due else MISSED), None
        elif since is not None and due > since:
            state, shown = PAUSED, None
        elif now > due:
            state = BREACHED
        else:
            upcoming = due + 1
            for share, seconds in self._warnings[name]:
                instant = hours.add(started, seconds, pauses)
                if now < instant:
                    upcoming = instant
                    break
                level = share
            state = WARNED if level else RUNNING
        return _new(TargetClock, (name, started, budget, state, shown, ended, pauses, since, level, upcoming))

    def _note(self, ticket: Ticket, target: TargetClock, at: Moment) -> tuple[Note, ...]:
        """The note for where the target stands, unless it or a graver one has been written."""
        name, budget, marks = target.target, target.budget, ticket.marks
        breach = occasion(self.name, ticket.sys_id, name, BREACHED, budget)
        if breach.mark in marks:
            return ()
        levels = [share for share, _ in self._warnings[name] if share >= target.level] if target.level else []
        graver = [occasion(self.name, ticket.sys_id, name, WARNED, share, budget) for share in levels]
        if any(warning.mark in marks for warning in graver):
            return ()
        happened = graver[0] if target.level else breach
        text = at.wording.tell(
            f"{name}_{WARNED if target.level else BREACHED}",
            due=at.wording.when(target.due),
            limit=budget,
            share=round(target.level * 100),
        )
        return (Note(text, happened, "R-C3"),)


_KEPT_DUE = ("respond_by", "resolve_by")
_KEPT_CLASS = {kind: Keep("class", kind.value, "R-C1") for kind in FaultClass}
_KEPT_CLOCK = {
    state: Keep("clock", state, "R-C3") for state in (RUNNING, PAUSED, WARNED, BREACHED, MET, MISSED, None)
}
_SHOWN = 12


def _hms(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
