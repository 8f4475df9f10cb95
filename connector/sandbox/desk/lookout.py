"""People look at their queues: what others put there, they take up.

Every five minutes the desk reads what changed: tickets that another hand moved, set back or opened, and tasks
that another hand created beside a ticket.  The people do not know who did it.
"""

from typing import TYPE_CHECKING

from connector.sandbox.desk import matter as words
from connector.sandbox.desk.life import OPEN, Life, Row
from connector.sandbox.desk.people import MAIN, first_line
from connector.sandbox.desk.story import HOUR, MINUTE, draw
from connector.sandbox.moment import stamp

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk


class Lookout:
    """What the people of the desk notice, and what they make of it."""

    def __init__(self, desk: "Desk", start: int, score_column: str) -> None:
        self._desk = desk
        self._since = stamp(start)
        self._score = score_column
        self._tasks: set[str] = set()

    def look(self, at: int) -> None:
        """Notice what changed since the last look."""
        instance, since, self._since = self._desk.instance, self._since, stamp(at)
        for row in instance.rows("incident", f"sys_updated_on>={since}"):
            self._ticket(at, row)
        for row in instance.rows("incident_task", f"active=true^sys_updated_on>={since}"):
            if row["sys_id"] not in self._tasks:
                self._tasks.add(row["sys_id"])
                self._task(at, row)

    # -- tickets -------------------------------------------------------------------------------------------

    def _ticket(self, at: int, row: Row) -> None:
        desk = self._desk
        life = desk.lives.get(row["sys_id"])
        if life is None:
            if row["state"] in OPEN:
                self._adopt(at, row)
            return
        group = desk.crew.named(row["assignment_group"])
        is_open, was_open = row["state"] in OPEN, life.state in OPEN
        if is_open and not was_open:
            self._set_back(at, life, group)
        elif is_open and group != life.group:
            self._moved(at, life, row, group)
        elif row["state"] == "6" and life.state == "7":
            self._unclosed(at, life)
        life.state = row["state"]

    def _adopt(self, at: int, row: Row) -> None:
        """A ticket that somebody else opened: the desk's all the same."""
        desk = self._desk
        group = desk.crew.named(row["assignment_group"])
        if row["assignment_group"] and not group:
            return  # some other team's
        story = draw(desk.seed, row["sys_id"], desk.crew.callers, row["category"])
        life = Life(row["sys_id"], story, group or MAIN[0], row["state"])
        desk.lives[life.sys_id] = life
        if not group:
            self._dispatch(at, life)
        desk.next_step(desk.when(at + story.take_after, life), desk.take, life)

    def _moved(self, at: int, life: Life, row: Row, group: str) -> None:
        """Another group has it now; somebody there takes it up."""
        life.turn += 1
        life.group = group
        if not row["assignment_group"]:
            life.group = first_line(life.story.caller.south)
            self._dispatch(at, life)
        if life.group:
            after = life.story.span(16 * MINUTE)
            self._desk.next_step(self._desk.when(at + after, life), self._desk.take, life)

    def _dispatch(self, at: int, life: Life) -> None:
        """Nobody's ticket becomes the first line's."""
        fields = {"assignment_group": self._desk.crew.groups[life.group]}
        self._desk.write(life, fields, self._desk.anybody(at, life.group, life.story.rng))

    def _set_back(self, at: int, life: Life, group: str) -> None:
        """It was thought done and is open again: mend what was missing, and resolve it once more."""
        self._mend(at, life)
        life.group = group or life.group
        after = life.story.span(80 * MINUTE)
        self._desk.next_step(self._desk.when(at + after, life), self._desk.handle, life)

    def _unclosed(self, at: int, life: Life) -> None:
        """It was closed and is only resolved again: the caller is asked, then it is closed."""
        self._mend(at, life)
        desk_group = first_line(life.story.caller.south)
        after = life.story.span(3 * HOUR)
        self._desk.next_step(self._desk.crew.when_present(desk_group, at + after), self._desk.close, life)

    def _mend(self, at: int, life: Life) -> None:
        life.turn += 1
        life.story.ending = "confirmed"
        if not life.documented and life.story.rng.random() < 0.85:
            after = life.story.span(25 * MINUTE, 0.3)
            later = self._desk.crew.when_present(life.group, at + after)
            self._desk.plan(later, self._desk.library.write, life)

    # -- tasks ---------------------------------------------------------------------------------------------

    def _task(self, at: int, row: Row) -> None:
        desk, rng = self._desk, self._desk.dice_for(row["sys_id"])
        kind = row["correlation_display"].rpartition(":")[2]
        person = desk.crew.people.get(row["assigned_to"])
        life = desk.lives.get(row["incident"] or row["parent"])
        group = desk.crew.named(row["assignment_group"]) or (person.group if person else "")
        if not group and row["assigned_to"] != desk.crew.lead:
            group = first_line(life.story.caller.south) if life else MAIN[0]
        if "report" in kind or row["assigned_to"] == desk.crew.lead:
            wait, work = _about(rng.lognormvariate(0, 0.5), 9 * MINUTE), 25 * MINUTE
            wait += 35 * MINUTE if rng.random() < 0.15 else 0
        elif "call" in kind:
            wait, work = _about(rng.lognormvariate(0, 0.7), 90 * MINUTE), 7 * MINUTE
        else:
            wait, work = _about(rng.lognormvariate(0, 0.5), 4 * HOUR), 9 * HOUR
        start = desk.crew.when_present(group, at + wait)
        desk.plan(start, self._start, row["sys_id"], group, kind, life, work)

    def _start(self, at: int, task: str, group: str, kind: str, life: Life | None, work: int) -> None:
        desk, rng = self._desk, self._desk.dice_for(task)
        row = desk.instance.get("incident_task", task)
        if row is None or row["active"] != "true":
            return
        who = desk.crew.people.get(row["assigned_to"]) or desk.anybody(at, group, rng)
        if who is None:
            desk.plan(desk.crew.when_present(group, at + HOUR), self._start, task, group, kind, life, work)
            return
        fields = {"state": "2", "assigned_to": who.sys_id}
        desk.instance.update("incident_task", task, fields, user=who.user_name)
        desk.plan(desk.crew.when_present(group, at + work), self._finish, task, kind, life)

    def _finish(self, at: int, task: str, kind: str, life: Life | None) -> None:
        desk, rng = self._desk, self._desk.dice_for(task + "finish")
        row = desk.instance.get("incident_task", task)
        if row is None or row["active"] != "true":
            return
        who = desk.crew.people.get(row["assigned_to"])
        language = life.story.caller.language if life else "zh"
        fields = {"state": "3"}
        if "call" in kind:
            content = life.story.content if life else rng.choices((5, 4, 3, 2), (55, 30, 10, 5))[0]
            if kind.endswith("2"):
                content = min(5, content + 2)
            if rng.random() < 0.05:
                fields = {"state": "4", "close_notes": words.UNREACHED.told(language)}
            else:
                said = rng.choice(words.PRAISE if content >= 4 else words.COMPLAINTS)
                fields |= {self._score: str(content), "close_notes": said.told(language)}
        else:
            told = words.REPORTED if "report" in kind else words.IMPROVED
            fields["close_notes"] = told.told(language)
        desk.instance.update("incident_task", task, fields, user=who.user_name if who else "admin")


def _about(factor: float, seconds: int) -> int:
    return max(60, round(factor * seconds))
