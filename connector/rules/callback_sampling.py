"""Call-backs: a keyed draw over the closed tickets of a period, and the loop that follows a bad answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from connector.intent import Create, Keep, Verdict, occasion
from connector.rules.base import Moment, Policy, as_tuple
from connector.rules.peer import Cohort
from connector.ticket import DeskTask, Instant, Ticket, TicketState
from connector.wording import Bilingual, Sentence, piece

CALLBACK, IMPROVEMENT, SECOND_CALL = "callback", "improvement", "callback_2"
_TAKEN = frozenset({"drawn", "called", "improving", "second_call", "done"})
_WHOLE = 2**64

Stratum = Literal["class", "group", "consultant", "desk"]
_STRATA: dict[Stratum, Callable[[Ticket], str]] = {
    "class": lambda ticket: ticket.fault_class.value,
    "group": lambda ticket: ticket.group.sys_id if ticket.group else "",
    "consultant": lambda ticket: ticket.assignee,
    "desk": lambda ticket: ticket.desk,
}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{name}" is not an IANA time zone; write one such as "Asia/Shanghai"') from None
    return name


@dataclass(slots=True)
class _Draws:
    """What was drawn from the closed sets of a moment; forgotten with them."""

    cohorts: Mapping[Cohort, tuple[Ticket, ...]] = field(default_factory=dict)
    drawn: dict[Cohort, frozenset[str]] = field(default_factory=dict)


class CallbackSampling(Policy):
    """Closed tickets are called back (用户回访): drawn by chance, bad answers followed up (R-B6, R-D1, R-D2).

    **The draw.** When a day or week (`per`, in `zone`) has ended, the tickets closed in it are drawn from:
    each with the probability `rate`, and in each stratum (`strata`: any of class, group, consultant, desk)
    at least `minimum`, but no more than `cap_per_caller` of one caller; the cap is stronger than the
    minimum. Chance is a hash of the ticket under `key`: repeatable for who knows the key, not to be foreseen
    by who does not, and out of the consultants' reach. A new key changes the draws to come, not those made.

    The result stands in the column ``callback`` of every ticket, drawn or not. A ticket is drawn over once:
    neither reopening nor closing again repeats it.

    **The loop.** A drawn ticket gets a task to call the customer, for `assign_to` (a user name), or
    `assign_group`, or else the ticket's own group. A score below `low_score` brings a task to improve
    (`improvement`), for the ticket's own group; that done, a task to call again (`second_call`). A
    task that is closed incomplete or skipped ends the loop; it counts as not answered. With `phrases` the
    task of a call ends with the set phrases for greeting, waiting, refusing, apologising, closing (R-F4).

    The column ``callback``: ``not_drawn``, or ``drawn`` (call owed), ``called`` (and nothing follows),
    ``improving``, ``second_call`` (owed), ``done``. Let only one policy of this rule apply to a ticket: the
    steps are known by their kind, whatever the policy's name.

    ```toml
    [[policy]]
    rule = "callback_sampling"
    name = "weekly-callbacks"
    rate = 0.05
    key = "choose a sentence of your own"
    per = "week"
    zone = "Asia/Shanghai"
    strata = ["class", "group"]
    minimum = 1
    cap_per_caller = 1
    low_score = 3
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-B6", "R-D1", "R-D2", "R-F4")
    follows_tasks: ClassVar[bool] = True

    rule: Literal["callback_sampling"] = "callback_sampling"
    rate: float = Field(ge=0, le=1, description="Share of the closed tickets to call back, 0 to 1")
    key: str = Field(min_length=1, description="Text under which tickets are hashed; keep it to yourself")
    per: Literal["day", "week"] = Field(default="week", description="Period over which a draw is settled")
    zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="UTC", description="Time zone in which the day or week ends"
    )
    strata: Annotated[
        tuple[Stratum, ...], BeforeValidator(as_tuple, json_schema_input_type=Stratum | list[Stratum])
    ] = Field(default=(), description="What makes a stratum: class, group, consultant, desk")
    minimum: int = Field(default=0, ge=0, description="At least this many per stratum and period")
    cap_per_caller: int | None = Field(
        default=None, ge=1, description="At most this many of one caller per period; no cap if not given"
    )
    assign_to: str | None = Field(default=None, description="User name of who calls back")
    assign_group: str | None = Field(
        default=None, description="Name of the group that calls back; the ticket's own if not given"
    )
    phrases: Literal["standard"] | tuple[str, ...] = Field(
        default=(),
        description='Set phrases at the end of the call-back task: your own, or "standard"; none by default',
    )
    low_score: float | None = Field(
        default=None, description="A score below this is followed up; none is if not given"
    )
    improvement: bool = Field(default=True, description="Whether a low score brings an improvement task")
    second_call: bool = Field(default=True, description="Whether an improvement is followed by a second call")

    def groups_named(self) -> tuple[str, ...]:
        """The group that calls back, if one is named."""
        return (self.assign_group,) if self.assign_group else ()

    def people_named(self) -> tuple[str, ...]:
        """Who calls back, if a person is named."""
        return (self.assign_to,) if self.assign_to else ()

    def goes_by(self) -> frozenset[str]:
        """What was decided stays."""
        return frozenset({"callback"})

    def cohort(self, ticket: Ticket, at: Moment) -> Cohort | None:
        """The tickets closed in the same period, once it has ended and unless this one is decided."""
        if ticket.state is not TicketState.CLOSED or ticket.closed_at is None or self._decided(ticket):
            return None
        cohort = _period(self.zone, self.per, ticket.closed_at // _QUARTER)
        return cohort if at.now >= cohort.end else None

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether the ticket is drawn, and which step of the loop is owed."""
        decided = self._decided(ticket)
        if decided == "not_drawn":
            return _NOT_DRAWN
        if decided:
            return self._loop(ticket, at)
        if ticket.state is not TicketState.CLOSED:
            return _NOT_CLOSED
        if ticket.closed_at is None:
            return _UNDATED
        cohort = _period(self.zone, self.per, ticket.closed_at // _QUARTER)
        if at.now < cohort.end:
            return Verdict("waits for the end of the period", _UNDECIDED, cohort.end)
        if cohort not in at.cohorts:
            return Verdict("the period's tickets are not at hand", _UNDECIDED, cohort.end)
        if ticket.sys_id not in self._drawn_of(cohort, at):
            return _NOT_DRAWN
        return self._loop(ticket, at)

    def draw(self, members: Iterable[Ticket]) -> frozenset[str]:
        """sys_ids of those drawn among the tickets closed in one period, whatever their order.

        In the order of their hashes, each is taken that falls under the rate or that its stratum still needs,
        unless its caller has enough. Tickets decided before keep their decision and count for both.
        """
        per_caller: Counter[str] = Counter()
        per_stratum: Counter[tuple[str, ...]] = Counter()
        drawn: set[str] = set()
        open_draws = []

        def take(ticket: Ticket, stratum: tuple[str, ...]) -> None:
            drawn.add(ticket.sys_id)
            per_stratum[stratum] += 1
            if ticket.caller:
                per_caller[ticket.caller] += 1

        for ticket in members:
            if not self.applies(ticket):
                continue
            decided = self._decided(ticket)
            if decided == "not_drawn":
                continue
            if decided:
                take(ticket, self._stratum(ticket))
            elif ticket.state is TicketState.CLOSED:
                open_draws.append((self._lot(ticket), ticket.sys_id, ticket))
        limit, cap = self.rate * _WHOLE, self.cap_per_caller
        for lot, _, ticket in sorted(open_draws, key=lambda candidate: candidate[:2]):
            stratum = self._stratum(ticket)
            if cap is not None and ticket.caller and per_caller[ticket.caller] >= cap:
                continue
            if lot < limit or per_stratum[stratum] < self.minimum:
                take(ticket, stratum)
        return frozenset(drawn)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The ticket's lot against the rate, its stratum and the period's size."""
        if ticket.state is not TicketState.CLOSED or ticket.closed_at is None:
            return []
        start, end = cohort = _period(self.zone, self.per, ticket.closed_at // _QUARTER)
        lines = [f"period {at.wording.time(start)} to {at.wording.time(end)}"]
        lines.append(f"lot {self._lot(ticket) / _WHOLE:.4f}, drawn below {self.rate:g}")
        if self.strata:
            told = ", ".join(f"{name} {_named(_STRATA[name](ticket), at)}" for name in self.strata)
            lines.append(f"stratum {told}; at least {self.minimum}")
        if cohort in at.cohorts:
            drawn, members = self._drawn_of(cohort, at), at.cohorts[cohort]
            lines.append(f"{len(drawn)} drawn of {len(members)} closed in the period")
        return lines

    def _decided(self, ticket: Ticket) -> str:
        """What the record says of an earlier draw, or "": the column, or a task that only a draw creates."""
        value = ticket.owned.get("callback", "")
        if value in _TAKEN or value == "not_drawn":
            return value
        return "drawn" if ticket.tasks and _task(ticket, CALLBACK) is not None else ""

    def _stratum(self, ticket: Ticket) -> tuple[str, ...]:
        return tuple(_STRATA[name](ticket) for name in self.strata)

    @cached_property
    def _secret(self) -> bytes:
        return blake2b(self.key.encode(), digest_size=32).digest()

    def _lot(self, ticket: Ticket) -> int:
        """A number in [0, 2^64) that only the key and the ticket decide."""
        return int.from_bytes(
            blake2b(ticket.sys_id.encode(), key=self._secret, digest_size=8).digest(), "big"
        )

    @cached_property
    def _draws(self) -> _Draws:
        return _Draws()

    def _drawn_of(self, cohort: Cohort, at: Moment) -> frozenset[str]:
        """The draw over a closed set at hand: made once for all its tickets, not once for each."""
        draws = self._draws
        if draws.cohorts is not at.cohorts:
            same = {c: drawn for c, drawn in draws.drawn.items() if at.cohorts.get(c) is draws.cohorts[c]}
            draws.cohorts, draws.drawn = at.cohorts, same
        if cohort not in draws.drawn:
            draws.drawn[cohort] = self.draw(at.cohorts[cohort])
        return draws.drawn[cohort]

    def _loop(self, ticket: Ticket, at: Moment) -> Verdict:
        """Call, improve, call again: the step that the tasks say is next."""
        call = _task(ticket, CALLBACK)
        if call is None:
            state = self._decided(ticket) or "drawn"
            if state != "drawn":
                return _step(state, "its call-back task is gone")
            if ticket.state is not TicketState.CLOSED:
                return _step("drawn", "reopened before the call")
            return self._owed("drawn", CALLBACK, ticket, at)
        if call.closed_at is None and not call.complete:
            return _step("drawn", "to be called")
        low = self.low_score is not None and call.score is not None and call.score < self.low_score
        if not (call.complete and low and self.improvement):
            return _step("called", "called" if call.complete else "could not be called")
        improvement = _task(ticket, IMPROVEMENT)
        if improvement is None:
            return self._owed("improving", IMPROVEMENT, ticket, at, score=f"{call.score:g}")
        if improvement.closed_at is None and not improvement.complete:
            return _step("improving", "being improved")
        if not (improvement.complete and self.second_call):
            return _step("done", "improved" if improvement.complete else "not improved")
        again = _task(ticket, SECOND_CALL)
        if again is None:
            return self._owed("second_call", SECOND_CALL, ticket, at)
        if again.closed_at is None and not again.complete:
            return _step("second_call", "to be called again")
        return _step("done", "called again" if again.complete else "could not be called again")

    @property
    def _script(self) -> Bilingual | str:
        """The set phrases that the task of a call ends with."""
        if self.phrases == "standard":
            return piece("set_phrases")
        own = "\n".join(self.phrases)
        return Bilingual(own, own) if own else ""

    def _owed(self, state: str, kind: str, ticket: Ticket, at: Moment, **told: str) -> Verdict:
        """The step is a task that does not exist yet."""
        group = ticket.group.sys_id if ticket.group else ""
        person = ""
        if kind != IMPROVEMENT:
            if self.assign_group is not None:
                named = at.directory.group_named(self.assign_group)
                group = named.sys_id if named else group
            if self.assign_to is not None:
                caller = at.directory.people.get(self.assign_to)
                person = caller.sys_id if caller else ""
        fields: dict[str, str | Sentence] = {
            "incident": ticket.sys_id,
            "parent": ticket.sys_id,
            "short_description": at.wording.title(f"{kind}_subject", number=ticket.number),
            "description": at.wording.tell(
                f"{kind}_task",
                number=ticket.number,
                script=self._script if kind != IMPROVEMENT else "",
                **told,
            ),
            "assignment_group": group,
            "assigned_to": person,
            "correlation_display": f"desk-policy:{kind}",
        }
        clause = "R-D1" if kind == CALLBACK else "R-D2"
        task = Create("incident_task", fields, occasion(self.name, ticket.sys_id, kind), clause)
        return Verdict(f"{kind} owed", (*_KEPT[state], task))


_QUARTER = 900
_UNDECIDED = (Keep("callback", None, "R-D1"),)
_KEPT = {
    state: (Keep("callback", state, "R-D1" if state in ("drawn", "not_drawn") else "R-D2"),)
    for state in sorted(_TAKEN | {"not_drawn"})
}
_NOT_DRAWN = Verdict("not drawn", _KEPT["not_drawn"])
_NOT_CLOSED = Verdict("not closed", _UNDECIDED)
_UNDATED = Verdict("closed, but nobody recorded when", _UNDECIDED)


def _task(ticket: Ticket, kind: str) -> DeskTask | None:
    """The first task of that kind."""
    tasks = [task for task in ticket.tasks if task.kind == kind]
    return min(tasks, key=lambda task: (task.opened_at, task.sys_id)) if tasks else None


def _named(key: str, at: Moment) -> str:
    """What makes a stratum, for people: the name of a group or person as far as the directory knows it."""
    group = at.directory.groups.get(key)
    if group is not None:
        return group.name
    person = next((person for person in at.directory.people.values() if person.sys_id == key), None)
    return person.name if person else key or "(none)"


def _step(state: str, reason: str) -> Verdict:
    return Verdict(reason, _KEPT[state])


@lru_cache(maxsize=8192)
def _period(zone: str, per: Literal["day", "week"], quarter: Instant) -> Cohort:
    """The local day or week (from Monday) that a quarter of an hour lies in; no zone changes within one."""
    where = ZoneInfo(zone)
    day = datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(where).date()
    if per == "week":
        day -= timedelta(days=day.weekday())
    following = day + timedelta(days=7 if per == "week" else 1)
    start, end = (datetime.combine(d, time.min, where).astimezone(UTC) for d in (day, following))
    return Cohort(int(start.timestamp()), int(end.timestamp()))
