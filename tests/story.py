"""A day at the desk as a timeline: who does what when, and what the records say afterwards.

    desk = Story(LIMITS)
    desk.at("Mon 09:00").opens("INC1", fault_class="urgent")
    desk.at("Mon 09:30").expects("INC1", clock="breached", notes=1)
    desk.plays()

Times are Shanghai's, in the week of Monday 2026-06-01; ``"2nd Mon 09:00"`` is a week later. The connector
makes a pass every five minutes (those in which nothing has happened and nothing is due are left out: a law
says that they do nothing). In one and the same minute people come first, then the pass, then expectations.
"""

from collections.abc import Callable
from typing import Self

from connector.cli.option import clock_time
from tests.world import DAY, HOUR, MINUTE, MON, Desk, utc

STEP = 5 * MINUTE
URGENCY = {"urgent": "1", "important": "2", "general": "3"}
PLACES = {"first_line": "Service Desk", "second_line": "Infrastructure", "vendor": "Vendor Support"}
STATES = {"new": "1", "in_progress": "2", "on_hold": "3", "resolved": "6", "closed": "7", "canceled": "8"}
REASONS = {"caller": "1", "problem": "3", "vendor": "4", "change": "5"}
DATES = frozenset({"start_date", "end_date", "work_start", "work_end", "opened_at"})
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Deed = Callable[[Desk], object]


def instant(when: str) -> int:
    """``"Tue 14:30"`` or ``"2nd Mon 09:00"`` → seconds since 1970."""
    *week, day, time = when.split()
    hours, minutes = time.split(":")
    weeks = int(week[0].rstrip("stndrh")) - 1 if week else 0
    days = weeks * 7 + _DAYS.index(day)
    return MON - 9 * HOUR + days * DAY + int(hours) * HOUR + int(minutes) * MINUTE


class Story:
    """What happens under these policies (TOML tables); nothing runs until it `plays`."""

    def __init__(self, *policies: str, more: str = "") -> None:
        self._policies = policies
        self._more = more
        self._told: list[tuple[int, int, Deed]] = []
        self._asleep: list[tuple[int, int]] = []

    def at(self, when: str) -> "Point":
        """From here on things happen at this time."""
        return Point(self, instant(when))

    def sleeps(self, start: str, end: str) -> None:
        """The connector makes no pass after ``start`` and before ``end``."""
        self._asleep.append((instant(start), instant(end)))

    def tells(self, at: int, order: int, deed: Deed) -> None:
        """For `Point`: ``order`` 0 is done before the pass of that minute, 2 after it."""
        self._told.append((at, order, deed))

    def plays(self) -> None:
        """Everything happens; in the end nothing is left to do, nothing was said twice, none of it needed us
        to remember.
        """
        told = sorted(self._told, key=lambda each: each[:2])
        busy, due = True, None
        with Desk(*self._policies, more=self._more) as desk:
            desk.clock.set(min(told[0][0], MON))
            for tick in range(desk.clock.now(), told[-1][0] + STEP, STEP):
                while told and told[0][:2] < (tick, 1):
                    busy = self._does(desk, told.pop(0)) or busy
                desk.at(tick)
                if self._awake(tick) and (busy or (due is not None and due <= tick)):
                    busy = bool(desk.looks().plan.changes)
                    due = desk.store.next_due()
                while told and told[0][0] == tick:
                    self._does(desk, told.pop(0))
            assert not told
            assert desk.repeated() == []
            desk.settles()
            desk.forgets()
            assert desk.looks(full=True, apply=False).plan.empty

    def _does(self, desk: Desk, told: tuple[int, int, Deed]) -> bool:
        at, order, deed = told
        desk.at(at)
        deed(desk)
        return order == 0

    def _awake(self, tick: int) -> bool:
        return not any(start < tick < end for start, end in self._asleep)


class Point:
    """One moment of a story; every method gives it back, so that several things can happen in it."""

    def __init__(self, story: Story, at: int, by: str = "wang") -> None:
        self._story = story
        self._at = at
        self._by = by

    def person(self, name: str) -> "Point":
        """What follows is done by this person: wang, li, lead.zhao, or the callers chen and zhou."""
        return Point(self._story, self._at, name)

    def _tells(self, deed: Deed) -> Self:
        self._story.tells(self._at, 0, deed)
        return self

    def opens(
        self, number: str, fault_class: str = "urgent", tier: str = "first_line", **fields: str
    ) -> Self:
        """A fault is written down."""
        rank = URGENCY[fault_class]
        return self._tells(
            lambda desk: desk.opens(number, impact=rank, urgency=rank, group=PLACES[tier], **fields)
        )

    def sets(self, number: str, *, tier: str = "", fault_class: str = "", **fields: str) -> Self:
        """A person moves it to a tier, ranks it anew, or writes any columns."""
        rank = URGENCY.get(fault_class, "")
        if rank:
            fields |= {"impact": rank, "urgency": rank}

        def deed(desk: Desk) -> None:
            if tier:
                desk.moves(number, PLACES[tier], self._by)
            if fields:
                desk.sets(number, self._by, **fields)

        return self._tells(deed)

    def writes(self, table: str, number: str, **fields: str) -> Self:
        """The person writes a record of another table; columns that hold an instant as ``"Mon 09:00"``."""
        told = {name: utc(instant(text)) if name in DATES else text for name, text in fields.items()}
        return self._tells(lambda desk: desk.writes(table, number, self._by, **told))

    def takes(self, number: str) -> Self:
        """The person takes it up."""
        return self._tells(lambda desk: desk.takes(number, self._by))

    def holds(self, number: str, waiting_for: str = "caller") -> Self:
        """It waits."""
        return self._tells(lambda desk: desk.holds(number, REASONS[waiting_for], self._by))

    def resumes(self, number: str) -> Self:
        """Work goes on."""
        return self._tells(lambda desk: desk.resumes(number, self._by))

    reopens = resumes

    def resolves(self, number: str) -> Self:
        """It is solved, the person says."""
        return self._tells(lambda desk: desk.resolves(number, self._by))

    def closes(self, number: str) -> Self:
        """It is closed."""
        return self._tells(lambda desk: desk.closes(number, self._by))

    def ticks(self, number: str, column: str, value: str = "true") -> Self:
        """One of the desk's own marks."""
        return self._tells(lambda desk: desk.ticks(number, column, self._by, value))

    def attaches_an_article(self, number: str, state: str = "published") -> Self:
        """Knowledge is written and attached."""
        return self._tells(lambda desk: desk.attaches(number, state, self._by))

    def takes_up(self, number: str, kind: str) -> Self:
        """The person takes up the open task of this kind."""
        return self._tells(lambda desk: desk.finishes(number, kind, self._by, state="2"))

    def finishes(self, number: str, kind: str, score: int | None = None) -> Self:
        """The person closes the open task of this kind, with what the caller answered."""
        told = {} if score is None else {"u_desk_score": str(score)}

        def deed(desk: Desk) -> None:
            assert desk.finishes(number, kind, self._by, **told), f"there is no open task {kind} for {number}"

        return self._tells(deed)

    def finds(self, number: str, *, notes: int, says: str = "", tasks: dict[str, int] | None = None) -> Self:
        """What stands on a record of another table after the pass of this minute, as in `expects`.

        ``number`` may be "": tasks that belong to no record.
        """

        def check(desk: Desk) -> None:
            said = desk.said(number) if number else []
            kinds = [
                row[2].removeprefix("desk-policy:") for row in desk.made() if row[:2] == ("task", number)
            ]
            when = clock_time(self._at, "Asia/Shanghai")
            texts = "\n".join(f"  {note.policy}: {note.text}" for note in said)
            assert len(said) == notes, f"{number} at {when}, noted:\n{texts}"
            assert says in (said[-1].text if said else ""), f"{number} at {when}, noted:\n{texts}"
            assert {kind: kinds.count(kind) for kind in kinds} == (tasks or {}), f"{number} at {when}"

        self._story.tells(self._at, 2, check)
        return self

    def expects(
        self,
        number: str,
        *,
        notes: int | None = None,
        says: str = "",
        tasks: dict[str, int] | None = None,
        state: str = "",
        **shown: str,
    ) -> Self:
        """What the record says after the pass of this minute.

        ``notes``: how many notes of ours; ``says``: words of the last one; ``tasks``: kind → how many;
        ``state`` in words; owned fields by their role (instants as ``"Mon 13:00"``), ``group``, ``assignee``.
        """

        def check(desk: Desk) -> None:
            now = desk.shows(number)
            said = desk.said(number)
            wanted = dict(shown)
            for limit in ("respond_by", "resolve_by"):
                if wanted.get(limit):
                    wanted[limit] = utc(instant(wanted[limit]))
            if state:
                wanted["state"] = STATES[state]
            found: dict[str, object] = {name: now[name] for name in wanted}
            if notes is not None:
                wanted["notes"], found["notes"] = notes, len(said)  # type: ignore[assignment]
            if tasks is not None:
                kinds = [
                    row[2].removeprefix("desk-policy:") for row in desk.made() if row[:2] == ("task", number)
                ]
                wanted["tasks"] = tasks  # type: ignore[assignment]
                found["tasks"] = {kind: kinds.count(kind) for kind in (*tasks, *kinds)}
            when = clock_time(self._at, "Asia/Shanghai")
            texts = "\n".join(f"  {note.policy}: {note.text}" for note in said)
            assert found == wanted, f"{number} at {when}: {found}, not {wanted}; it was noted:\n{texts}"
            assert says in (said[-1].text if said else ""), f"{number} at {when}, noted:\n{texts}"

        self._story.tells(self._at, 2, check)
        return self
