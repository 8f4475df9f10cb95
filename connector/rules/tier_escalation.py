"""From tier to tier: what is beyond a tier's capability or has used up its time moves on."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.intent import Intent, Keep, Note, Occasion, Occasions, Set, Verdict, occasion
from connector.rules.base import Duration, Moment, as_tuple
from connector.rules.condition import Where, further, value_in
from connector.rules.hand_over import HandOver
from connector.ticket import ENDED_STATES, Group, Instant, Ticket, TicketState, Tier
from connector.wording import piece

_ON_HOLD = TicketState.ON_HOLD
_ORDER = tuple(Tier)
_CLAUSES = {Tier.FIRST_LINE: "R-A2", Tier.SECOND_LINE: "R-A3", Tier.VENDOR: "R-A4"}


class Cause(NamedTuple):
    """Why a ticket has to move on, and the key of that having happened."""

    why: str
    """Name of the sentence."""
    values: Mapping[str, Hashable]
    occasion: Occasion


class TierEscalation(HandOver):
    """First line → second line → vendor: within capability, or on to the next tier (R-A2, R-A3, R-A4, R-B2).

    An open ticket in a group of the tier `from` moves to the tier `to` when one of these holds:

    * **out of capability**: its category is listed in `out_of_capability`, or a column has a value listed in
      `beyond`: a configuration item, a business service, a skill;
    * **marked**: a consultant ticked the column `marked_by` since the ticket came into this tier. A tick made
      in the first line does not carry on to the vendor; the second line unticks it and ticks it again;
    * **limit used up**: it spent `after` of service hours in the tier since it was opened or last reopened.
      On hold does not count, nor does the time it lay elsewhere.

    Whom to, the first that says something: `to_groups` by columns; `to_group`; the turn of `on_call` that is
    on; the groups of the tier with the ticket's category as their speciality, else those for any, the
    ticket's own desk before the others: the first of them, or with `choose = "load"` the one with the fewest
    open tickets. The assignee is cleared, for the new group decides who takes it, unless the rota names a
    person. With `watch` who had it stays on the watch list. One work note says why, from where to where, the
    reference of the contract (`contracts`), and which of the
    information that must go along (`required`: a name for people = the column it stands in) is missing;
    missing information is named, it does not hold the ticket back. ``work_notes`` as a column means:
    somebody wrote a work note, so what was found so far is recorded (R-B2).

    **A person who hands it back has the last word.** The same category, the same tick and the same limit
    never move a ticket twice; only a new category, a new tick or a reopening does. Where nobody can be
    found to escalate to, a note says so once.

    **Back down** it goes on the consultant's word: a tick in `returned_by`, or one of the words of
    `returned_on` in a column, each text once. It goes to the group of the tier below that had it last. A
    policy whose `to` is a lower tier than its `from` does nothing but that (the vendor gives back).

    The column ``tier`` follows the ticket while it stands in the tier `from`, with the vendor, in no tier, or
    is no longer open. So give each tier below the vendor one policy, and the column is always right.

    ```toml
    [[policy]]
    rule = "tier_escalation"
    name = "to-second-line"
    from = "first_line"
    to = "second_line"
    out_of_capability = ["network", "database"]
    marked_by = "u_desk_escalate"
    after = "4h"
    service_hours = "onsite"
    required = { need = "description", environment = "cmdb_ci", findings = "work_notes" }
    beyond = { "cmdb_ci.name" = ["SAP ERP"], "business_service.name" = ["Payroll"] }
    to_groups = [{ group = "ERP Support", where = { "cmdb_ci.name" = ["SAP ERP"] } }]
    choose = "load"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-A2", "R-A3", "R-A4", "R-B2")

    rule: Literal["tier_escalation"] = "tier_escalation"
    from_tier: Tier = Field(alias="from", description="The tier that hands over")
    to_tier: Tier = Field(alias="to", description="The tier that takes over")
    out_of_capability: Annotated[
        tuple[str, ...], BeforeValidator(as_tuple, json_schema_input_type=str | list[str])
    ] = Field(default=(), description="Categories beyond the tier's capability")
    marked_by: str | None = Field(
        default=None, description='Column that a consultant ticks to say "beyond me"; none by default'
    )
    after: Duration | None = Field(
        default=None, description="Service hours the tier has for a ticket; needs service_hours"
    )
    service_hours: str | None = Field(default=None, description="Name of the service hours `after` counts in")
    beyond: Where = Field(
        default_factory=dict,
        description="Column → values beyond the tier's capability: configuration item, service, skill; "
        'through a reference with a dot: `"cmdb_ci.name" = ["SAP ERP"]`',
    )
    returned_by: str | None = Field(
        default=None, description="Column that a consultant ticks to send it back to the tier below"
    )
    returned_on: Where = Field(
        default_factory=dict, description="Column → words in it that send it back to the tier below"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        up = (self.out_of_capability, self.beyond, self.marked_by, self.after)
        back = self.returned_by or self.returned_on
        if self.to_tier is self.from_tier:
            raise ValueError(
                f"from {self.from_tier} to {self.to_tier} is not an escalation; to must be another tier"
            )
        if self.after is not None and self.service_hours is None:
            raise ValueError("after needs service_hours: in which hours does the limit count?")
        if self._down and (any(up) or not back):
            raise ValueError(
                f"from {self.from_tier} to {self.to_tier} is not an escalation, it goes back on a "
                "consultant's word only: set returned_by or returned_on, and no other cause"
            )
        if not self._down and not any(up):
            raise ValueError(
                "set out_of_capability, beyond, marked_by or after; without one nothing ever escalates"
            )
        if back and self.from_tier is Tier.FIRST_LINE:
            raise ValueError("below first_line is no tier to which returned_by or returned_on could lead")
        return self

    def columns(self) -> frozenset[str]:
        """The columns of the ticks and words, and those that say what it is about and must go along."""
        ticks = {column for column in (self.marked_by, self.returned_by) if column}
        return super().columns() | ticks | further((*self.beyond, *self.returned_on))

    def flags(self) -> frozenset[str]:
        """The columns of the ticks."""
        return frozenset(column for column in (self.marked_by, self.returned_by) if column)

    def hours_named(self) -> tuple[str, ...]:
        """The service hours the tier's limit counts in, and those of the rota."""
        return (*((self.service_hours,) if self.service_hours else ()), *super().hours_named())

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether the ticket stays in its tier, and where it goes if not."""
        tier = ticket.tier
        if tier is not self.from_tier or not ticket.is_open:
            return self._elsewhere[ticket.is_open, tier]
        back = self._word(ticket, at)
        if back is not None and back.occasion.mark not in ticket.marks:
            return self._return(ticket, at, back)
        due = self._due(ticket, at)
        causes = self._causes(ticket, at, due)
        if not causes:
            return Verdict("within the tier", self._stays, due)
        upcoming = due if due is not None and due > at.now else None
        fresh = [cause for cause in causes if cause.occasion.mark not in ticket.marks]
        if not fresh:
            return Verdict("handed back; that stands", self._stays, upcoming)
        return self._escalate(ticket, at, fresh, upcoming)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The tier's limit, the time spent in it, and what is missing for handing over."""
        if ticket.tier is not self.from_tier or not ticket.is_open:
            return []
        lines = []
        if self.after is not None and self.service_hours is not None:
            start, pauses, since = self._visits(ticket, at)
            until = at.now if since is None else since
            spent = at.hours[self.service_hours].elapsed(start, until, pauses)
            due = self._due(ticket, at)
            ends = f"used up at {at.wording.time(due)}" if due is not None else "stopped while on hold"
            lines.append(
                f"{self.from_tier}: {spent // 60} of {self.after // 60} min of service spent, {ends}"
            )
        target, _ = self._target(ticket, at)
        lines.append(f"would go to {target.name}" if target else f"no group of tier {self.to_tier} for it")
        if target and self.choose == "load":
            lines.append(f"open tickets of {target.name}: {at.loads.get(target.sys_id, 0)}")
        missing = self.missing(ticket)
        if missing:
            lines.append("missing for handing over: " + ", ".join(missing))
        return lines

    @cached_property
    def _elsewhere(self) -> dict[tuple[bool, Tier | None], Verdict]:
        """Verdicts for tickets that this policy does not move, made once."""
        verdicts = {}
        for tier in (None, *Tier):
            kept = (Keep("tier", tier.value if tier else None, "R-B2"),)
            verdicts[False, tier] = Verdict("not open", kept)
            sure = tier is None or tier is Tier.VENDOR
            reason = f"tier {tier.value if tier else '(none)'} is not {self.from_tier.value}"
            verdicts[True, tier] = Verdict(reason, kept if sure else ())
        return verdicts

    @cached_property
    def _stays(self) -> tuple[Intent, ...]:
        return (Keep("tier", self.from_tier.value, "R-B2"),)

    @cached_property
    def _clause(self) -> str:
        return _CLAUSES[self.from_tier]

    def _causes(self, ticket: Ticket, at: Moment, due: Instant | None) -> list[Cause]:
        causes = []
        if ticket.category in self.out_of_capability:
            key = self._occasion(ticket, "category", ticket.category, ticket.reopen_count)
            causes.append(Cause("why_category", {"category": ticket.category}, key))
        for column, values in self.beyond.items():
            value = value_in(ticket, column)
            if value in values:
                key = self._occasion(ticket, column, value, ticket.reopen_count)
                causes.append(Cause("why_beyond", {"column": column, "value": value}, key))
        if self.marked_by and ticket.extra.get(self.marked_by) == "true":
            ticked = self._ticked(ticket, at, self.marked_by)
            if ticked is not None:
                causes.append(Cause("why_marked", {}, self._occasion(ticket, "marked", ticked)))
        if due is not None and at.now >= due:
            causes.append(Cause("why_after", {"limit": self.after}, self._limit_occasion(ticket)))
        return causes

    def _word(self, ticket: Ticket, at: Moment) -> Cause | None:
        """The consultant's word that it belongs to the tier below; a text is one word, however long."""
        if self.returned_by and ticket.extra.get(self.returned_by) == "true":
            ticked = self._ticked(ticket, at, self.returned_by)
            if ticked is not None:
                return Cause("why_returned", {}, self._occasion(ticket, "returned", ticked))
        for column, words in self.returned_on.items():
            text = value_in(ticket, column)
            for word in words:
                if word.casefold() in text.casefold():
                    key = self._occasion(ticket, "word", column, text, ticket.reopen_count)
                    return Cause("why_word", {"column": column, "word": word}, key)
        return None

    def _ticked(self, ticket: Ticket, at: Moment, column: str) -> str | None:
        """Which tick it is, if it was made in this tier and the ticket has not left the tier since.

        Where history does not tell when, it counts only for a ticket that was in no other tier.
        """
        stamp, past = ticket.extra.get(f"{column}@"), ticket.spans[:-1]
        if stamp:
            past = tuple(span for span in past if (span.end or 0) > int(stamp))
        for span in past:
            group = at.directory.groups.get(span.group)
            if group is not None and group.tier is not self.from_tier:
                return None
        return stamp or f"opening {ticket.reopen_count}"

    def _escalate(self, ticket: Ticket, at: Moment, causes: list[Cause], upcoming: Instant | None) -> Verdict:
        (target, person), told = self._target(ticket, at), causes[0]
        why = piece(told.why, **told.values)
        tiers = {
            "origin": piece(self.from_tier.value),
            "target": piece(self.to_tier.value),
        }
        if target is None:
            reason = f"no group of tier {self.to_tier.value} to escalate to"
            nobody = occasion(self.name, "nobody", told.occasion)
            if nobody.mark in ticket.marks:
                return Verdict(reason, self._stays, upcoming)
            text = at.wording.tell("nobody_to_escalate_to", why=why, **tiers)
            return Verdict(reason, (*self._stays, Note(text, nobody, self._clause)), upcoming)
        watches = self.stays(ticket, told.occasion)
        text = at.wording.tell(
            "escalated",
            why=why,
            group=target.name,
            missing=self.missing(ticket),
            contract=self.contracts.get(target.name, ""),
            watches=watches is not None,
            **tiers,
        )
        intents: list[Intent] = [Keep("tier", self.to_tier.value, "R-B2"), Note(text, told.occasion, "R-B2")]
        # All causes that hold are spoken of at once, and the limit with them: none is left over to move the
        # ticket again after it was handed back.
        moved = dict.fromkeys(cause.occasion for cause in causes)
        if self.after is not None:
            moved[self._limit_occasion(ticket)] = None
        intents += [Set("group", target.sys_id, key, self._clause) for key in moved]
        if person != ticket.assignee:
            intents.append(Set("assignee", person, told.occasion, self._clause))
        if watches is not None:
            intents.append(watches)
        return Verdict(f"to {self.to_tier.value}: {why.en}", tuple(intents), None)

    def _return(self, ticket: Ticket, at: Moment, word: Cause) -> Verdict:
        """Back to the tier below. That the vendor has it any policy may say, so that is not contradicted."""
        below, why = self._below, piece(word.why, **word.values)
        target = self._had_it(ticket, at, below)
        tiers = {"origin": piece(self.from_tier.value), "target": piece(below.value)}
        if target is None:
            text = at.wording.tell("nobody_to_hand_down_to", why=why, **tiers)
            return Verdict(
                f"no group of tier {below.value} to hand it back to",
                (*self._stays, Note(text, word.occasion, self._clause)),
            )
        text = at.wording.tell("handed_down", why=why, group=target.name, **tiers)
        intents: list[Intent] = [
            *(() if self._down else (Keep("tier", below.value, "R-B2"),)),
            Note(text, word.occasion, "R-B2"),
            Set("group", target.sys_id, word.occasion, self._clause),
        ]
        if ticket.assignee:
            intents.append(Set("assignee", "", word.occasion, self._clause))
        return Verdict(f"back to {below.value}: {why.en}", tuple(intents))

    @property
    def _down(self) -> bool:
        return _ORDER.index(self.to_tier) < _ORDER.index(self.from_tier)

    @property
    def _below(self) -> Tier:
        return self.to_tier if self._down else _ORDER[_ORDER.index(self.from_tier) - 1]

    def _had_it(self, ticket: Ticket, at: Moment, tier: Tier) -> Group | None:
        """The group of a tier that had it last, else the one for its category."""
        for span in reversed(ticket.spans):
            group = at.directory.groups.get(span.group)
            if group is not None and group.tier is tier:
                return group
        return at.directory.speciality(tier, ticket.category, ticket.desk)

    def _occasion(self, ticket: Ticket, *discriminator: object) -> Occasion:
        return occasion(self.name, ticket.sys_id, *discriminator)

    def _limit_occasion(self, ticket: Ticket) -> Occasion:
        return self._used_up.of(ticket.sys_id, ticket.reopen_count)

    @cached_property
    def _used_up(self) -> Occasions:
        return Occasions(self.name, "after", self.after)

    def _target(self, ticket: Ticket, at: Moment) -> tuple[Group | None, str]:
        if self._down:
            return self._had_it(ticket, at, self.to_tier), ""
        return self.target(ticket, at, self.to_tier)

    def _due(self, ticket: Ticket, at: Moment) -> Instant | None:
        """When the tier's limit is, or was, used up; None without a limit, or while a pause keeps it open."""
        if self.after is None or self.service_hours is None:
            return None
        start, pauses, since = self._visits(ticket, at)
        due = at.hours[self.service_hours].add(start, self.after, pauses)
        return None if since is not None and due > since else due

    def _visits(
        self, ticket: Ticket, at: Moment
    ) -> tuple[Instant, list[tuple[Instant, Instant]], Instant | None]:
        """Start of the present opening, what does not count since, and since when it is on hold now."""
        spans, groups = ticket.spans, at.directory.groups
        begin = len(spans)
        while begin and spans[begin - 1].state not in ENDED_STATES:
            begin -= 1
        start = spans[begin].start if begin < len(spans) else ticket.opened_at
        pauses: list[tuple[Instant, Instant]] = []
        since = None
        for span in spans[begin:]:
            if span.end is None:
                # The ticket itself is in the tier now, whatever its history knows of groups.
                since = span.start if span.state is _ON_HOLD else None
                continue
            group = groups.get(span.group)
            if span.state is _ON_HOLD or group is None or group.tier is not self.from_tier:
                pauses.append((span.start, span.end))
        return start, pauses, since
