"""The floor of a desk: people who take up tickets, hold, hand over, resolve and close them."""

import heapq
import random
from collections.abc import Callable
from itertools import count

from connector.sandbox.desk import matter as words
from connector.sandbox.desk.hotline import Hotline
from connector.sandbox.desk.library import Library
from connector.sandbox.desk.life import OPEN, Life, Row
from connector.sandbox.desk.lookout import Lookout
from connector.sandbox.desk.mishap import Mishap
from connector.sandbox.desk.office import Office
from connector.sandbox.desk.people import (
    JOB,
    MONITOR,
    VENDOR,
    Consultant,
    first_line,
    hire,
    second_line,
    tier,
)
from connector.sandbox.desk.rhythm import DAY, arrivals, midnight, weekday
from connector.sandbox.desk.story import HOUR, MINUTE, Story, draw, draw_crisis
from connector.sandbox.desk.survey import Survey
from connector.sandbox.error import RecordError
from connector.sandbox.instance import Instance
from connector.sandbox.moment import stamp

LOOK_EVERY = 300
AUTOCLOSE_AFTER = 3 * DAY


class Desk:
    """A believable desk over weeks, played into an instance event by event; seeded and repeatable.

    ``start`` is an instant (seconds, UTC); calls come in for ``days`` days from then, an ordinary working day
    bringing ``tickets_per_day``; what is open then is worked to its end. ``set_time`` is called with an
    event's time before the event, so that the instance's clock can follow; without it the caller's clock
    must be right. The custom columns are added if the instance lacks them: score (integer) on
    `incident_task`, confirmed and escalate (booleans) on `incident`.

    ``crew`` says who is who; ``refused`` counts what the instance did not let people do: a record that is
    gone, a rule that forbids it.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        seed: int = 7,
        start: int,
        days: int = 14,
        tickets_per_day: int = 60,
        score_column: str = "u_desk_score",
        confirmed_column: str = "u_desk_confirmed",
        escalate_column: str = "u_desk_escalate",
        set_time: Callable[[int], None] | None = None,
    ) -> None:
        self.instance = instance
        self.seed = seed
        self.confirmed_column = confirmed_column
        self.escalate_column = escalate_column
        self._set_time = set_time or (lambda at: None)
        self._set_time(start)
        _columns(instance, score_column, confirmed_column, escalate_column)
        rng = self.dice_for("desk")
        self.crew = hire(instance, rng)
        self.lives: dict[str, Life] = {}
        self.refused = 0
        self._heap: list[tuple[int, int, Callable[..., None], tuple[object, ...]]] = []
        self._order = count()
        self._echoes: dict[int, str] = {}
        self.hotline = Hotline(self)
        self.library = Library(self, start)
        self.survey = Survey(self)
        self.lookout = Lookout(self, start, score_column)
        self._look_at = start + LOOK_EVERY
        self._end = start + days * DAY
        self.office = Office(self, start, self._end)
        self.mishap = Mishap(self, start, self._end)
        self._plan_calls(rng, start, days, tickets_per_day)

    # -- the clockwork -------------------------------------------------------------------------------------

    def next_at(self) -> int | None:
        """When something is going to happen next by itself, or None when every story has ended.

        People also look round every five minutes for what others put on their desks; that alone is nothing.
        """
        return self._heap[0][0] if self._heap else None

    def play(self, until: int) -> int:
        """Perform everything due up to ``until`` (seconds, UTC), in order; the number of things done.

        Leaves the time at ``until``.
        """
        done = 0
        while True:
            due = self._heap[0][0] if self._heap else until + 1
            if min(due, self._look_at) > until:
                break
            if self._look_at <= due:
                self._set_time(self._look_at)
                self.lookout.look(self._look_at)
                self._look_at += LOOK_EVERY
            else:
                at, _, action, arguments = heapq.heappop(self._heap)
                self._set_time(at)
                try:
                    action(at, *arguments)
                except RecordError:
                    self.refused += 1
                done += 1
        self._set_time(until)
        return done

    def plan(self, at: int, action: Callable[..., None], *arguments: object) -> None:
        """Have ``action(at, *arguments)`` done at that time."""
        heapq.heappush(self._heap, (at, next(self._order), action, arguments))

    def next_step(self, at: int, step: Callable[[int, Life], None], life: Life) -> None:
        """Plan a step of a ticket; it is dropped if the ticket's plan has changed by then."""
        self.plan(at, self._step, step, life, life.turn)

    def _step(self, at: int, step: Callable[[int, Life], None], life: Life, turn: int) -> None:
        if turn == life.turn:
            step(at, life)

    # -- a ticket comes ------------------------------------------------------------------------------------

    def _plan_calls(self, rng: random.Random, start: int, days: int, tickets_per_day: int) -> None:
        first, serial, workday, crisis = midnight(start), count(1), 0, 0
        for day in range(first, first + (days + 1) * DAY, DAY):
            for at in arrivals(rng, day, tickets_per_day):
                if start <= at < self._end:
                    self.plan(at, self._arrive, next(serial))
            self.hotline.plan_idle_calls(rng, day, start, self._end, tickets_per_day)
            if weekday(day) < 5:
                if tickets_per_day >= 20 and _has_crisis(workday):
                    at = day + (10 * HOUR + 20 * MINUTE if crisis % 2 == 0 else 14 * HOUR + 40 * MINUTE)
                    if start <= at < self._end:
                        self._plan_crisis(at, crisis)
                    crisis += 1
                workday += 1

    def _plan_crisis(self, at: int, which: int) -> None:
        self.plan(at, self._crisis, which, 0)
        for echo in range(1, 6):
            self.plan(at + echo * 4 * MINUTE, self._crisis, which, echo)

    def _arrive(self, at: int, serial: int) -> None:
        self._call(at, draw(self.seed, str(serial), self.crew.callers))

    def _crisis(self, at: int, which: int, echo: int) -> None:
        story = draw_crisis(self.seed, f"crisis {which}.{echo}", self.crew.callers, which, echo=echo > 0)
        self._call(at, story, which)

    def _call(self, at: int, story: Story, crisis: int = -1) -> None:
        if story.channel == "phone":
            self.hotline.ring(at, story, crisis)
        else:
            self.open(at, story, None, crisis)

    def open(
        self, at: int, story: Story, agent: Consultant | None, crisis: int = -1, more: Row | None = None
    ) -> None:
        """A request becomes a ticket (R-B1): written down by an agent, the caller or the monitoring.

        ``more`` are columns that it has beside its own.
        """
        caller, language, matter = story.caller, story.caller.language, story.matter
        group = first_line(caller.south)
        monitored = story.channel == "monitoring"
        fields = {
            "short_description": story.told.told(language),
            "description": words.described(story.matter, language, story.described, story.advised),
            "category": matter.category,
            "subcategory": matter.subcategory,
            "impact": str(story.impact),
            "urgency": str(story.urgency),
            "contact_type": story.channel,
            "assignment_group": self.crew.groups[group],
        }
        if not monitored:
            fields |= {"caller_id": caller.sys_id, "company": caller.company, "location": caller.location}
        fields |= more or {}
        if story.echo and crisis in self._echoes:
            fields["parent_incident"] = self._echoes[crisis]
        who = MONITOR if monitored else agent.user_name if agent else caller.user_name
        if agent:
            fields["opened_by"] = agent.sys_id
        row = self.instance.insert("incident", fields, user=who)
        life = Life(row["sys_id"], story, group)
        self.lives[life.sys_id] = life
        if story.crisis:
            self._echoes[crisis] = life.sys_id
        self.next_step(self.when(at + story.take_after, life), self.take, life)

    # -- steps of a ticket ---------------------------------------------------------------------------------

    def take(self, at: int, life: Life) -> None:
        """Somebody of the group takes it up."""
        row = self.instance.get("incident", life.sys_id)
        if row is None or row["state"] not in OPEN:
            return
        who = self.crew.people.get(row["assigned_to"])
        if who is None or who.group != life.group:
            who = self._somebody(at, life)
        if who is None:
            self.next_step(self.when(at + 15 * MINUTE, life), self.take, life)
            return
        self.write(
            life, {"assigned_to": who.sys_id, "state": "2", "work_notes": self.say(life, words.TAKEN)}, who
        )
        work = life.story.work[tier(life.group)]
        if life.story.crisis and tier(life.group):
            for number in range(life.story.news):
                self.plan(at + work * (number + 1) // 4, self._news, life, life.turn, number)
        self.next_step(self.when(at + work, life), self.handle, life)

    def _news(self, at: int, life: Life, turn: int, number: int) -> None:
        row = self._open(life)
        if row is not None and turn == life.turn:
            sentence = words.CRISIS_NEWS[number]
            self.write(life, {"work_notes": self.say(life, sentence)}, self._owner(at, life, row))

    def handle(self, at: int, life: Life) -> None:
        """Within capability? (R-B2)  Resolve it, put it on hold, or let go of it."""
        row = self._open(life)
        if row is None:
            return
        story, who = life.story, self._owner(at, life, row)
        if tier(life.group) < story.need or story.way:
            self._beyond(at, life, row, who)
        elif story.cancel:
            self.write(life, {"state": "8", "work_notes": self.say(life, words.PRAISE[1])}, who)
        elif story.hold and not life.held:
            life.held = True
            self.write(
                life,
                {
                    "state": "3",
                    "hold_reason": story.hold,
                    "comments": self.say(life, words.WAITING[story.hold]),
                },
                who,
            )
            self.next_step(self.when(at + story.hold_for, life), self.resume, life)
        else:
            self.resolve(at, life, row, who)

    def _beyond(self, at: int, life: Life, row: Row, who: Consultant | None) -> None:
        story = life.story
        if story.manner == "hands over" or life.group == VENDOR:
            self.hand_over(at, life)
            return
        later = story.span(2 * HOUR) if story.manner == "ticks" else story.span(9 * HOUR, 0.4)
        if story.manner == "ticks":
            self.write(life, {self.escalate_column: "true", "work_notes": self.say(life, words.TICKED)}, who)
        self.next_step(self.when(at + later, life), self.hand_over, life)

    def hand_over(self, at: int, life: Life) -> None:
        """Give it to the next tier by hand."""
        row = self._open(life)
        if row is None:
            return
        story = life.story
        target = VENDOR if tier(life.group) == 1 else second_line(life.group, row["category"])
        if story.way:
            target = story.way.pop(0)
        who = self._owner(at, life, row)
        cause = story.matter.cause if story.described and not story.way else words.UNKNOWN_CAUSE
        note = self.say(life, words.HANDED).format(group=target, cause=cause.told(story.caller.language))
        life.group = target
        fields = {"assignment_group": self.crew.groups[target], "assigned_to": "", "work_notes": note}
        self.write(life, fields, who)
        self.next_step(self.when(at + (story.lies or story.span(18 * MINUTE)), life), self.take, life)

    def resume(self, at: int, life: Life) -> None:
        """Go on after a hold."""
        row = self._open(life)
        if row is None:
            return
        fields = {"state": "2", "hold_reason": "", "work_notes": self.say(life, words.ANSWERED)}
        self.write(life, fields, self._owner(at, life, row))
        self.next_step(self.when(at + life.story.span(30 * MINUTE), life), self.handle, life)

    def resolve(self, at: int, life: Life, row: Row, who: Consultant | None) -> None:
        """Solved: write down how, and see to knowledge, confirmation and the close."""
        story = life.story
        remedy = story.matter.remedy.told(story.caller.language)
        fields = {"state": "6", "close_code": story.close_code, "close_notes": remedy, "comments": remedy}
        if not row["assigned_to"] and who:
            fields["assigned_to"] = who.sys_id
        self.write(life, fields, who)
        self.library.document(at, life, who)
        if story.reopen_after:
            self.next_step(self.when(at + story.reopen_after, life), self._reopen, life)
        elif story.ending != "job":
            agent_group = first_line(story.caller.south)
            self.next_step(self.crew.when_present(agent_group, at + story.ending_after), self.close, life)
        else:
            self.next_step(at + AUTOCLOSE_AFTER, self._job, life)

    def _reopen(self, at: int, life: Life) -> None:
        row = self.instance.get("incident", life.sys_id)
        if row is None or row["state"] != "6":
            return
        story = life.story
        story.reopen_after = 0
        back = self.say(life, words.BACK)
        self.instance.update("incident", life.sys_id, {"comments": back}, user=story.caller.user_name)
        self.write(life, {"state": "2"}, self._owner(at, life, row))
        self.next_step(self.when(at + story.span(70 * MINUTE), life), self.handle, life)

    def close(self, at: int, life: Life) -> None:
        """The caller confirms and it is closed (R-B4); or somebody closes it without asking."""
        row = self.instance.get("incident", life.sys_id)
        if row is None or row["state"] != "6":
            return
        story, desk = life.story, first_line(life.story.caller.south)
        if story.ending == "caller":
            self.write(life, {"state": "7", self.confirmed_column: "true"}, None, story.caller.user_name)
        else:
            fields = {"state": "7"}
            if story.ending == "confirmed":
                fields |= {self.confirmed_column: "true", "work_notes": self.say(life, words.CONFIRMED)}
            self.write(life, fields, self.anybody(at, desk, story.rng))
        self.survey.send(at, life)

    def _job(self, at: int, life: Life) -> None:
        """The job that closes what has lain resolved and untouched for three days."""
        row = self.instance.get("incident", life.sys_id)
        if row is None or row["state"] != "6":
            return
        if row["sys_updated_on"] > stamp(at - AUTOCLOSE_AFTER):
            self.next_step(at + 6 * HOUR, self._job, life)
            return
        self.write(life, {"state": "7"}, None, JOB)
        self.survey.send(at, life)

    # -- who and what --------------------------------------------------------------------------------------

    def _open(self, life: Life) -> Row | None:
        row = self.instance.get("incident", life.sys_id)
        return row if row is not None and row["state"] in OPEN else None

    def _owner(self, at: int, life: Life, row: Row) -> Consultant | None:
        """Whoever has it, else somebody of the group who is at work."""
        return self.crew.people.get(row["assigned_to"]) or self._somebody(at, life)

    def _somebody(self, at: int, life: Life) -> Consultant | None:
        if life.story.crisis and life.group:  # in a crisis people come in, or stay
            return self.crew.present(life.group, at, all_hands=True)[0]
        return self.anybody(at, life.group, life.story.rng)

    def when(self, at: int, life: Life) -> int:
        """The earliest instant from ``at`` on at which somebody can go on with a ticket."""
        return at if life.story.crisis else self.crew.when_present(life.group, at)

    def dice_for(self, what: str) -> random.Random:
        """Dice for one thing, the same in every run of the same seed."""
        return random.Random(f"{self.seed}:{what}")

    def anybody(self, at: int, group: str, rng: random.Random) -> Consultant | None:
        """Somebody of that group who is at work now, or None."""
        present = self.crew.present(group, at)
        return rng.choice(present) if present else None

    def say(self, life: Life, sentence: words.Text) -> str:
        """A sentence in the caller's language, with the cause filled in where it asks for it."""
        return sentence.told(life.story.caller.language)

    def write(self, life: Life, fields: Row, who: Consultant | None, user: str = "") -> None:
        """One update of a ticket, remembered."""
        name = user or (who.user_name if who else JOB)
        row = self.instance.update("incident", life.sys_id, fields, user=name)
        life.state = row["state"]


def _has_crisis(workday: int) -> bool:
    """The second and the fourth working day, then one a week."""
    return workday in (1, 3) or (workday > 5 and workday % 5 == 2)


def _columns(instance: Instance, score: str, confirmed: str, escalate: str) -> None:
    wanted = (
        ("incident_task", score, "integer", "Call-back score"),
        ("incident", confirmed, "boolean", "Confirmed by the customer"),
        ("incident", escalate, "boolean", "Beyond me, please escalate"),
    )
    for table, element, kind, label in wanted:
        if not instance.count("sys_dictionary", f"name={table}^element={element}"):
            default = "false" if kind == "boolean" else ""
            instance.add_column(table, element, type=kind, label=label, default=default)
