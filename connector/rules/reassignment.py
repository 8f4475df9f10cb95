"""A ticket that goes to and fro between groups is reported to who can decide where it belongs."""

from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from connector.intent import Verdict, occasion
from connector.rules.base import Moment
from connector.rules.notice import Reporting
from connector.ticket import ENDED_STATES, Ticket

PING_PONG = "ping_pong"
_SHOWN = 8
"""Groups named in a note; of a longer way the last ones."""


class Way(NamedTuple):
    """The groups that had a ticket since it was opened, or last reopened."""

    groups: tuple[str, ...]
    """sys_ids in order, none twice in a row; stretches without a group left out."""

    @property
    def hand_overs(self) -> int:
        """How often it went from one group to another."""
        return max(len(self.groups) - 1, 0)

    @property
    def returns(self) -> int:
        """How often it came to a group that had had it before."""
        return len(self.groups) - len(set(self.groups))


class Reassignment(Reporting):
    """Ping-pong between groups is reported to the project manager, once (R-A1, R-B2).

    An open ticket is reported when it was handed over between groups more than `hand_overs` times, or came
    back to a group that had had it before more than `returns` times. The report is a work note that names
    the groups in the order in which they had it, a task for `person`, or both (`by`). First line,
    second line, vendor are two hand-overs and in order; many more mean that nobody knows where it belongs.

    * Hand-overs count since the ticket was opened, or last reopened; those of `tier_escalation` count too.
      Lying in no group for a while is no hand-over.
    * It is said once per opening, however often it goes on; what follows is the project manager's.
    * The way is read from the ticket's history. With ``history = "observed"`` it begins when the connector
      first saw the ticket.

    ```toml
    [[policy]]
    rule = "reassignment"
    name = "ping-pong"
    hand_overs = 3
    returns = 1
    person = "lead.zhao"
    by = "both"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-A1", "R-B2")

    rule: Literal["reassignment"] = "reassignment"
    hand_overs: int | None = Field(
        default=None,
        ge=1,
        description="Hand-overs between groups that are in order; not counted if not given",
    )
    returns: int | None = Field(
        default=None,
        ge=0,
        description="Returns to an earlier group that are in order; 0: the first is reported",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.hand_overs is None and self.returns is None:
            raise ValueError("set hand_overs, returns or both; without one nothing is ever reported")
        return self

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether it has gone to and fro too often."""
        if not ticket.is_open:
            return _OVER
        if not ticket.moved:
            return _AT_HOME
        way = _way(ticket)
        if not self._too_often(way):
            return Verdict(f"{way.hand_overs} hand-overs, {way.returns} returns")
        key = occasion(self.name, ticket.sys_id, PING_PONG, ticket.reopen_count)
        told = {"hand_overs": way.hand_overs, "returns": way.returns, "way": _names(way, at)}
        intents = self.report(ticket, at, PING_PONG, key, "R-A1", **told)
        return Verdict(f"ping-pong: {way.hand_overs} hand-overs, {way.returns} returns", tuple(intents))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The way it took, and what of it is in order."""
        if not ticket.is_open:
            return []
        way = _way(ticket)
        if not way.groups:
            return ["no group had it so far"]
        lines = ["its way: " + " → ".join(_names(way, at))]
        for what, count, most in (
            ("hand-overs", way.hand_overs, self.hand_overs),
            ("returns", way.returns, self.returns),
        ):
            if most is not None:
                lines.append(f"{what}: {count}, up to {most} in order")
        return lines

    def _too_often(self, way: Way) -> bool:
        return (self.hand_overs is not None and way.hand_overs > self.hand_overs) or (
            self.returns is not None and way.returns > self.returns
        )


_OVER = Verdict("not open")
_AT_HOME = Verdict("0 hand-overs, 0 returns")


def _way(ticket: Ticket) -> Way:
    """Since the present opening; the ticket's own group last, whatever its history knows of groups."""
    spans = ticket.spans
    begin = len(spans)
    while begin and spans[begin - 1].state not in ENDED_STATES:
        begin -= 1
    groups: list[str] = []
    for group in (*(span.group for span in spans[begin:]), ticket.group.sys_id if ticket.group else ""):
        if group and (not groups or groups[-1] != group):
            groups.append(group)
    return Way(tuple(groups))


def _names(way: Way, at: Moment) -> list[str]:
    """Names of the last groups in order; a group that the directory does not know goes by its sys_id."""
    named = [at.directory.groups[each].name if each in at.directory.groups else each for each in way.groups]
    return named if len(named) <= _SHOWN else ["…", *named[-_SHOWN:]]
