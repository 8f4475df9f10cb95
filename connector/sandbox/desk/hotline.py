"""The hotline: inbound calls as `interaction` rows, answered or given up."""

import random
from typing import TYPE_CHECKING

from connector.sandbox.desk.people import Caller, Consultant, first_line
from connector.sandbox.desk.rhythm import arrivals
from connector.sandbox.desk.story import MINUTE, Story
from connector.sandbox.moment import stamp

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk

IDLE_SHARE = 0.5
"""Calls that bring no ticket (where does mine stand?), as a share of the tickets."""
PATIENCE = 0.11
"""Share of callers who hang up before somebody answers; more in a crisis."""


class Hotline:
    """Rings, answers, gives up.  A call is `new` while it rings, then in progress, then closed."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._away: list[tuple[int, int]] = []

    def leave(self, start: int, end: int) -> None:
        """From ``start`` on nobody picks up until ``end``, though two callers ring."""
        self._away.append((start, end))
        rng = self._desk.dice_for(f"away {start}")
        for at in (start + MINUTE, start + 7 * MINUTE):
            self._desk.plan(at, self._idle, rng.randrange(1 << 32))

    def plan_idle_calls(
        self, rng: random.Random, day: int, start: int, end: int, tickets_per_day: float
    ) -> None:
        """Plan the calls of one day that bring no ticket."""
        for at in arrivals(rng, day, tickets_per_day * IDLE_SHARE):
            if start <= at < end:
                self._desk.plan(at, self._idle, rng.randrange(1 << 32))

    def _idle(self, at: int, draw: int) -> None:
        rng = random.Random(draw)
        self._ring(at, rng.choice(self._desk.crew.callers), rng, None, -1, 3)

    def ring(self, at: int, story: Story, crisis: int) -> None:
        """A caller with a ticket rings; who gives up tries again, at last by the self-service page."""
        self._ring(at, story.caller, story.rng, story, crisis, 0)

    def _ring(
        self, at: int, caller: Caller, rng: random.Random, story: Story | None, crisis: int, attempt: int
    ) -> None:
        desk, group = self._desk, first_line(caller.south)
        agent = desk.anybody(at, group, rng)
        fields = {
            "type": "phone",
            "channel": "phone",
            "direction": "inbound",
            "opened_for": caller.sys_id,
            "contact": caller.sys_id,
            "assignment_group": desk.crew.groups[group],
            "short_description": story.told.told(caller.language) if story else "",
        }
        call = desk.instance.insert("interaction", fields, user=caller.user_name)["sys_id"]
        impatient = rng.random() < PATIENCE * (3 if crisis >= 0 and story and story.echo else 1)
        away = any(start <= at < end for start, end in self._away)
        if agent is None or impatient or away:
            again = (story, crisis, attempt + 1) if story else None
            desk.plan(at + rng.randint(20, 150), self._give_up, call, caller, rng, again)
        else:
            wait = min(110, max(4, round(rng.lognormvariate(2.9, 0.6))))
            desk.plan(at + wait, self._answer, call, agent, rng, story, crisis)

    def _give_up(
        self,
        at: int,
        call: str,
        caller: Caller,
        rng: random.Random,
        again: tuple[Story, int, int] | None,
    ) -> None:
        desk = self._desk
        fields = {"state": "closed_abandoned", "closed_at": stamp(at)}
        desk.instance.update("interaction", call, fields, user=caller.user_name)
        if again is None:
            return
        story, crisis, attempt = again
        if attempt < 2:
            desk.plan(at + rng.randint(2, 8) * MINUTE, self._ring, caller, rng, story, crisis, attempt)
        else:
            story.channel = "self-service"
            desk.plan(at + rng.randint(3, 12) * MINUTE, self._write, story, crisis)

    def _write(self, at: int, story: Story, crisis: int) -> None:
        self._desk.open(at, story, None, crisis)

    def _answer(
        self, at: int, call: str, agent: Consultant, rng: random.Random, story: Story | None, crisis: int
    ) -> None:
        fields = {"state": "work_in_progress", "assigned_to": agent.sys_id}
        self._desk.instance.update("interaction", call, fields, user=agent.user_name)
        talk = max(40, round(rng.lognormvariate(5.2, 0.5)))
        if story:
            self._desk.plan(at + talk // 2, self._note, story, agent, crisis)
        self._desk.plan(at + talk, self._hang_up, call, agent)

    def _note(self, at: int, story: Story, agent: Consultant, crisis: int) -> None:
        self._desk.open(at, story, agent, crisis)

    def _hang_up(self, at: int, call: str, agent: Consultant) -> None:
        fields = {"state": "closed_complete", "closed_at": stamp(at)}
        self._desk.instance.update("interaction", call, fields, user=agent.user_name)
