"""Plays a script on a stage: people's deeds, the connector's polls, and what befalls them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from connector.errors import SettingsError
from connector.instant import instant
from connector.reconcile.recipe import sweep_world
from connector.sandbox import Fault
from tests.simulation.course import Course
from tests.simulation.policy_file import file_of
from tests.simulation.script import DAYS, MOST_LATE, OUTAGES, SINGLE, TICK, Script, Step
from tests.simulation.stage import Stage
from tests.timeline import DEEDS, opens
from tests.world import DAY, HOUR, US, Desk, record_id


class Window(NamedTuple):
    """Something that lasts."""

    begin: int
    until: int
    end: Callable[[], object]

    def wants(self, tick: int) -> bool:
        """Whether a pass is made though nothing has happened: at its first polls and its last, and hourly.

        Those between would find the rows, the cursors and the clocks of the one before.
        """
        return (
            tick - self.begin < EDGE * TICK
            or self.until - tick <= TICK
            or (tick - self.begin) // TICK % (HOUR // TICK) == 0
        )


EDGE = 3
"""Polls at the beginning of a window that are made whatever happens."""


@contextmanager
def played(script: Script, folder: Path, like: Course | None = None) -> Iterator[Stage]:
    """The whole script, and then quiet days: the desk as it is left.

    The connector makes a pass at every tick at which something happened or is due; in the others nothing
    could be found. ``like``: the course of the same days with faults; then it passes only where that one got
    through, and its own writes need no look afterwards unless that one wrote there.
    """
    with Stage(script, folder) as desk:
        desk.tick = desk.script.start
        _plays(desk, like)
        _rests(desk)
        yield desk


def _plays(desk: Stage, like: Course | None) -> None:
    start, steps = desk.script.start, list(desk.script.steps)
    windows: list[Window] = []
    busy, due = True, None
    for tick in range(start, start + DAYS * DAY + TICK, TICK):
        blows: list[Step] = []
        while steps and start + steps[0].at <= tick:
            step = steps.pop(0)
            busy = True
            at = start + step.at
            _ends(desk, windows, at)
            if step.kind in ("deed", "edit", "broken edit"):
                desk.at(at)
                _happens(desk, step)
            elif step.kind in WINDOWS:
                windows.append(Window(at, at + step.count, WINDOWS[step.kind](desk, step)))
            else:
                blows.append(step)
        busy = _ends(desk, windows, tick) or busy
        desk.at(tick)
        desk.tick = tick
        daily = not (tick - start) % DAY
        wanted = daily or busy or bool(blows) or (due is not None and due <= tick)
        if like is None:
            wanted = wanted or any(each.wants(tick) for each in windows)
        else:
            wanted = tick in like.good and (wanted or tick in like.wrote)
        if wanted:
            went, wrote = _goes(desk, blows)
            busy = not went or (wrote and like is None)
            if wrote:
                desk.course.wrote.add(tick)
            due = desk.store.next_due()
    for window in windows:
        window.end()


def _ends(desk: Stage, windows: list[Window], now: int) -> bool:
    """Whatever lasts until now ends at its time; True if anything did."""
    over = sorted((each for each in windows if each.until <= now), key=lambda each: each.until)
    for each in over:
        windows.remove(each)
        desk.at(each.until)
        each.end()
    return bool(over)


def _rests(desk: Stage) -> None:
    """The faults have stopped; a day goes by, and the connector of that day has been started anew."""
    desk.rest.faults.clear()
    desk.restarts()
    end = desk.clock.now()
    desk.settles(full=True)
    while (due := desk.store.next_due()) is not None and due <= end + DAY:
        desk.at(due)
        desk.settles()
    desk.at(end + DAY)
    if desk.course.unseen:  # what was hidden when a sweep came is found again by the next
        sweep_world(desk.world)
    desk.settles(full=True)


def _goes(desk: Stage, blows: list[Step]) -> tuple[bool, bool]:
    """The pass of a tick with all that befalls it; whether it went through, and whether it wrote."""
    desk.takes_up()
    for step in blows:
        if step.kind.startswith("killed "):
            desk.dies(step)
        elif step.kind == "store damaged":
            desk.damages()
        else:
            _BLOWS[step.kind](desk, step)
    return desk.passes(), bool(desk.rest.wrote())


def _happens(desk: Stage, step: Step) -> None:
    if step.kind == "edit":
        _edits(desk, step.what)
        return
    if step.kind == "broken edit":
        _edits_badly(desk, step.what)
        return
    desk.course.touched.setdefault(step.number, set()).add(desk.clock.now())
    if desk.instance.get("incident", record_id(step.number)) is None:
        if step.what == "opens":
            opens(desk, step.number)
    elif step.what != "opens":
        DEEDS[step.what](desk, step.number)


def _edits(desk: Stage, name: str) -> None:
    """The admin ends a policy and reloads."""
    desk.policies = tuple(
        {**policy, "mode": "observe"} if policy["name"] == name else policy for policy in desk.policies
    )
    desk.unread = True
    desk.takes_up()


def _edits_badly(desk: Stage, how: str) -> None:
    """The admin makes a mistake and reloads; it is found, and the next reload has the good file again."""
    good = file_of(desk.script, desk.policies)
    bad = {
        "cut": good[: len(good) * 9 // 10].rpartition("=")[0],
        "unknown setting": good + "\nmoed = 'enforce'\n",
        "unknown rule": good + "\n[[policy]]\nrule = 'sla_time'\nname = 'x'\n",
        "open bracket": good.replace('"Vendor Support"]', '"Vendor Support"'),
    }[how]
    before = desk.settings, desk._world
    with pytest.raises(SettingsError):
        desk.reloads(bad)
    assert before == (desk.settings, desk._world), "a broken file was taken"
    desk.file.write_text(good, encoding="utf-8")


def _meanwhile(desk: Stage, step: Step) -> None:
    """In the middle of the pass a person writes to the ticket, or deletes it (no deed)."""
    desk.course.odd.add(step.number)

    def deed() -> None:
        if desk.instance.get("incident", record_id(step.number)) is None:
            return
        if step.what:
            DEEDS[step.what](desk, step.number)
        else:
            desk.instance.delete("incident", record_id(step.number), user="wang")

    desk.strikes(step.count, Fault.between(deed))


def _struck(desk: Stage, step: Step) -> None:
    desk.strikes(step.count, SINGLE[step.what]())


def _struck_writing(desk: Stage, step: Step) -> None:
    desk.strikes_a_write(step.count, SINGLE[step.what]())


def _revoked(desk: Stage, step: Step) -> None:
    """Somebody takes the tokens back in the middle of the pass."""

    def deed() -> None:
        for row in desk.instance.rows("oauth_credential"):
            desk.instance.delete("oauth_credential", row["sys_id"], user="admin")

    desk.strikes(step.count, Fault.between(deed))


def _doubled(desk: Stage, step: Step) -> None:
    desk.course.doubled = True

    def other() -> None:
        with Desk(settings=desk.settings, beside=desk) as second:
            second.looks(full=True)

    desk.strikes(step.count, Fault.between(other))


_BLOWS: Mapping[str, Callable[[Stage, Step], object]] = {
    "strike": _struck,
    "strike at a write": _struck_writing,
    "meanwhile": _meanwhile,
    "deleted meanwhile": _meanwhile,
    "second connector": _doubled,
    "tokens revoked": _revoked,
}


def _outage(desk: Stage, step: Step) -> Callable[[], object]:
    desk.rest.faults.add(OUTAGES[step.what](), times=None)
    desk.backs_up()
    return desk.rest.faults.clear


def _clock_off(desk: Stage, step: Step) -> Callable[[], object]:
    desk.rest.faults.add(Fault.clock_offset(float(step.what)), times=None)
    return desk.rest.faults.clear


def _clock_ahead(desk: Stage, step: Step) -> Callable[[], object]:
    """The instance lives in the future for a while, then its clock is set back."""
    right = desk.instance.now
    desk.instance.now = lambda: right() + float(step.what)
    begin = desk.script.start + step.at
    desk.course.odd_times.append((begin, begin + step.count, int(step.what)))

    def ends() -> None:
        desk.instance.now = right

    return ends


def _late(desk: Stage, step: Step) -> Callable[[], object]:
    """Out of sight at one poll; seen by the next, unless it had been written too long before."""
    end = _hides(desk, step)
    begin = desk.script.start + step.at
    desk.course.overlooked.append((step.number, begin, begin + step.count + TICK))
    row = desk.instance.get("incident", record_id(step.number))
    written = instant(row["sys_updated_on"]) if row else None
    fast = (
        float(other.what)
        for other in desk.script.steps
        if other.kind == "clock off"
        and other.at <= step.at + step.count
        and step.at <= other.at + other.count
    )
    # By the clock that the answers tell: while it is ahead, so is where the next poll begins.
    excused = (
        written is not None and written < desk.instance.now() + max(0.0, max(fast, default=0.0)) - MOST_LATE
    )

    def ends() -> None:
        end()
        if not excused:
            desk.course.unseen.discard(step.number)

    return ends


def _hidden(desk: Stage, step: Step) -> Callable[[], object]:
    desk.course.odd.add(step.number)
    return _hides(desk, step)


def _hides(desk: Stage, step: Step) -> Callable[[], object]:
    desk.course.unseen.add(step.number)
    desk.instance.hide("incident", f"number={step.number}", US)
    return lambda: desk.instance.unhide("incident", US)


def _refused(desk: Stage, step: Step) -> Callable[[], object]:
    desk.instance.deny_write("incident", step.what, US)
    begin = desk.script.start + step.at
    desk.course.refused.append((step.what, begin - TICK, begin + step.count + 2 * TICK))

    def ends() -> None:
        desk.instance.denied.discard((US, "incident", step.what))
        desk.restarts()

    return ends


def _disk_full(desk: Stage, _: Step) -> Callable[[], object]:
    context = desk.full_disk()
    context.__enter__()
    return lambda: context.__exit__(None, None, None)


WINDOWS: Mapping[str, Callable[[Stage, Step], Callable[[], object]]] = {
    "outage": _outage,
    "clock off": _clock_off,
    "clock ahead": _clock_ahead,
    "hidden": _hidden,
    "late": _late,
    "column refused": _refused,
    "disk full": _disk_full,
}
"""What begins and lasts; each gives back how it ends."""
