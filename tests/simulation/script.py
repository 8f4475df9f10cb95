"""What happens in a simulated run: days at a desk, and all that goes wrong meanwhile, drawn from a seed.

A script is data. The same seed gives the same script as long as what is drawn from stays the same: the lists
here and those of `tests.mix` and `tests.timeline`. A script can be cut down to some of its steps and played
again, which is how a failure is made short.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from connector.sandbox import Fault
from connector.sync.poll import LAG
from tests.mix import CHAINS, SETS_BACK, SLOTS, Table
from tests.timeline import DEEDS, NUMBERS, STORIES
from tests.world import DAY, HOUR, MINUTE, MON

TICK = 5 * MINUTE
"""The connector's polls."""
DAYS = 2
PLACES = (
    (MON, "Asia/Shanghai"),
    (MON, "Asia/Shanghai"),
    (1_792_828_800, "Europe/Berlin"),
    (1_806_138_000, "Europe/Berlin"),
)
"""Monday 2026-06-01 09:00 in Shanghai; Saturday 2026-10-24 and 2027-03-27 10:00 in Berlin, a day before the
clock goes back and forth there."""
SIGNS_IN = ("basic", "basic", "client credentials", "password")
"""How the connector signs in; the last two by OAuth with tokens that end after twenty minutes."""

NOT_FOUND = (
    b'{"error":{"message":"No Record found","detail":"Record doesn\'t exist or ACL restricts the record'
    b' retrieval"},"status":"failure"}'
)

OUTAGES: Mapping[str, Callable[[], Fault]] = {
    "connection refused": Fault.refused,
    "reset before": Fault.reset_before,
    "reset after the write": Fault.reset_after,
    "time-out before": Fault.timeout_before,
    "time-out after the write": Fault.timeout_after,
    "answer cut": Fault.truncated,
    "429 of a rate rule": lambda: Fault.rate_limited(retry_after=0),
    "429 for ten minutes": lambda: Fault.rate_limited(retry_after=600),
    "429 without headers": Fault.busy,
    "500": Fault.server_error,
    "500 after the write": lambda: Fault.server_error("after"),
    "503": Fault.unavailable,
    "HTML 200": Fault.hibernating,
    "empty 200": Fault.empty,
    "202": Fault.accepted,
    "error in a 200": Fault.cancelled,
    "broken error in a 200": lambda: Fault.cancelled(broken=True),
}
"""What can become of every request for a while, or of a single one."""
SINGLE: Mapping[str, Callable[[], Fault]] = {
    **OUTAGES,
    "404": lambda: Fault("answer", status=404, body=NOT_FOUND),
    "403": Fault.forbidden,
    "401": Fault.unauthorised,
}
AFTER = ("reset after the write", "time-out after the write", "500 after the write", "answer cut")
"""After these nobody knows at once whether the write was done."""
TELLING = ("wang takes", "closed", "resolved", "waits for the caller", "is network", "is urgent", "canceled")
"""Deeds that the connector must not overlook for long."""
LASTING = ("outage", "clock off", "clock ahead", "hidden", "late", "column refused", "disk full")
"""What begins and ends; each at most once in a script, for two of a kind would end each other."""
MOST_LATE = LAG + 120 - 3
"""Seconds by which a row that becomes visible late is seen by the next poll: lag and overlap, almost."""
BROKEN = ("cut", "unknown setting", "unknown rule", "open bracket")
"""What is wrong with a policy file that is put in the place of a good one."""
FATES = ("kept", "kept", "restored", "lost")
"""What becomes of the store when the process has died."""


class Step(NamedTuple):
    """One thing that happens."""

    at: int
    """Seconds after the start."""
    kind: str
    """See `KINDS`."""
    what: str = ""
    """The deed, the fault, the column, or the fate of the store."""
    number: str = ""
    """The ticket, if it is about one."""
    count: int = 0
    """Which request or statement of the next pass, or for how many seconds."""

    def __str__(self) -> str:
        """For people: ``day 1 03:25  outage: 503, 1800``."""
        day, rest = divmod(self.at, DAY)
        words = [word for word in (self.number, self.what, str(self.count or "")) if word]
        return (
            f"day {day + 1} {rest // HOUR:02d}:{rest % HOUR // MINUTE:02d}  {self.kind}: {', '.join(words)}"
        )


class Script(NamedTuple):
    """A run before it is played."""

    seed: int
    start: int
    """Epoch seconds."""
    zone: str
    policies: tuple[Table, ...]
    steps: tuple[Step, ...]
    signs_in: str = "basic"
    """One of `SIGNS_IN`."""
    page: int = 1000
    """Rows a request."""
    patience: int = 0
    """Seconds for which a request may be repeated within a pass."""
    batch: bool = False
    """Writes go through the Batch API."""

    def only(self, kept: Iterable[int]) -> "Script":
        """The same days with these steps and no others, by their index."""
        wanted = set(kept)
        return self._replace(steps=tuple(step for index, step in enumerate(self.steps) if index in wanted))

    def two_clocks(self, at: int) -> bool:
        """Whether on this day (``at``: seconds from the start) the instance's clock and that of its answers
        have both been wrong at once: what is stamped then may wait for the sweep of the next.
        """
        wrong = {
            kind: [(step.at, step.at + step.count) for step in self.steps if step.kind == kind]
            for kind in ("clock off", "clock ahead")
        }
        both = [
            max(begin, start)
            for begin, end in wrong["clock off"]
            for start, stop in wrong["clock ahead"]
            if begin < stop and start < end
        ]
        return any(begin // DAY == at // DAY and begin <= at for begin in both)

    @property
    def faultless(self) -> "Script":
        """The same days without anything that goes wrong."""
        return self._replace(steps=tuple(step for step in self.steps if step.kind in ("deed", "edit")))


def write(seed: int) -> Script:
    """The script of a seed."""
    dice = random.Random(seed)
    start, zone = dice.choice(PLACES)
    policies = _policies(dice)
    steps = _deeds(dice)
    lasting = set(LASTING)
    for _ in range(dice.randint(2, 7)):
        kind = dice.choice([kind for kind in KINDS if kind not in LASTING or kind in lasting])
        lasting.discard(kind)
        at = dice.randrange(TICK, DAYS * DAY, TICK)
        if steps and dice.random() < 0.7:  # where something is going on
            at = min(dice.choice(steps).at // TICK * TICK + TICK * dice.choice((0, 1, 1, 3)), DAYS * DAY)
        steps.append(KINDS[kind](dice, at)._replace(kind=kind))
        steps += _that_go_with(dice, steps[-1], steps)
    if dice.random() < 0.15:
        steps.append(Step(dice.randrange(TICK, DAYS * DAY, TICK), "edit", dice.choice(policies)["name"]))
    steps.sort(key=lambda step: step.at)
    return Script(
        seed,
        start,
        zone,
        policies,
        tuple(steps),
        dice.choice(SIGNS_IN),
        dice.choice((1, 2, 1000, 1000)),
        dice.choice((0, 30, 30)),
        dice.random() < 0.4,
    )


def _that_go_with(dice: random.Random, step: Step, steps: Iterable[Step]) -> list[Step]:
    """Deeds at the moment at which this fault would do harm, on tickets that are there if possible."""
    there = [one.number for one in steps if one.what == "opens" and one.at < step.at - TICK]
    number, other = dice.sample(there if len(there) > 1 else NUMBERS, 2)
    moments: tuple[tuple[str, int], ...] = ()
    if step.kind == "late":  # before the poll, of which the first is seen after the second
        other = other if other != step.number else number
        earlier, later = dice.choice(((45, 20), (MOST_LATE, 1), (MOST_LATE, 1)))
        moments = ((step.number, step.at - earlier), (other, step.at - later))
    elif step.kind == "clock ahead":  # right after the clock has been set back, and before the next poll
        moments = ((number, step.at - 30), (number, step.at + step.count + dice.choice((1, 30))))
        if step.what.startswith("-"):
            moments = ((number, step.at + 1),)
    elif step.kind == "hidden":  # the page that it is taken out of is not the last
        other = other if other != step.number else number
        moments = ((step.number, step.at - 20), (other, step.at - 10))
    elif step.kind == "column refused":  # something is to be written to it
        moments = ((number, step.at + 30), (other, step.at + TICK + 30))
    elif step.kind in ("killed at the store", "killed at a commit"):  # two, of which the overlap holds one
        return [
            Step(max(0, step.at - earlier), "deed", "is noted", one)
            for one, earlier in ((number, TICK - 10), (other, 10))
        ]
    elif step.kind == "strike at a write" or step.kind.startswith("killed "):  # something is to be said
        moments = ((number, step.at - 10),)
    return [Step(max(0, at), "deed", dice.choice(TELLING), number) for number, at in moments]


def _policies(dice: random.Random) -> tuple[Table, ...]:
    picked = [{**dice.choice(slot), "mode": "enforce"} for slot in SLOTS if dice.random() < 0.7]
    if dice.random() < 0.6:  # then the days without faults must come out the same
        picked = [policy for policy in picked if policy["name"] not in SETS_BACK | CHAINS]
    return tuple(picked) or ({**SLOTS[0][0], "mode": "enforce"},)


def _deeds(dice: random.Random) -> list[Step]:
    """Tickets are opened and go through their stories, side by side."""
    steps = []
    for number in NUMBERS:
        at = dice.randrange(0, DAY)
        steps.append(Step(at, "deed", "opens", number))
        for _ in range(dice.randint(1, 3)):
            single = (dice.choice(tuple(DEEDS)),)
            for deed in dice.choice((*STORIES, single, single)):
                at += dice.choice((MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 5 * HOUR)) + dice.randrange(TICK)
                if deed and at < DAYS * DAY:
                    steps.append(Step(at, "deed", deed, number))
    return steps


def _any_ticket(dice: random.Random) -> str:
    return dice.choice(NUMBERS)


KINDS: Mapping[str, Callable[[random.Random, int], Step]] = {
    "outage": lambda d, at: Step(at, "", d.choice(tuple(OUTAGES)), count=d.choice((TICK, HOUR, 6 * HOUR))),
    "strike": lambda d, at: Step(at, "", d.choice(tuple(SINGLE)), count=d.randint(1, 14)),
    "strike at a write": lambda d, at: Step(at, "", d.choice((*SINGLE, *AFTER * 4)), count=d.randint(1, 3)),
    "killed before": lambda d, at: Step(at, "", d.choice(FATES), count=d.randint(1, 14)),
    "killed after": lambda d, at: Step(at, "", d.choice(FATES), count=d.randint(1, 14)),
    "killed before a write": lambda d, at: Step(at, "", d.choice(FATES), count=d.randint(1, 3)),
    "killed after a write": lambda d, at: Step(at, "", d.choice(FATES), count=d.randint(1, 3)),
    "killed at the store": lambda d, at: Step(at, "", d.choice(FATES), count=d.randint(1, 60)),
    "killed at a commit": lambda d, at: Step(at, "", d.choice(FATES), count=d.randint(2, 6)),
    "meanwhile": lambda d, at: Step(at, "", d.choice(tuple(DEEDS)), _any_ticket(d), d.randint(1, 14)),
    "deleted meanwhile": lambda d, at: Step(at, "", "", _any_ticket(d), d.randint(1, 14)),
    "clock off": lambda d, at: Step(at, "", d.choice(("-300", "-90", "90", "300")), count=2 * HOUR),
    "clock ahead": lambda d, at: Step(
        at, "", d.choice(("400", "1800", "1800", "-900")), count=d.choice((TICK, HOUR)) + 1
    ),
    "hidden": lambda d, at: Step(at, "", "", _any_ticket(d), d.choice((TICK, 2 * HOUR))),
    "late": lambda d, at: Step(at, "", "", _any_ticket(d), MINUTE),
    "column refused": lambda d, at: Step(
        at, "", d.choice(("u_desk_clock", "u_desk_class")), count=d.choice((TICK, 3 * HOUR))
    ),
    "second connector": lambda d, at: Step(at, "", count=d.randint(1, 14)),
    "disk full": lambda d, at: Step(at, "", count=d.choice((TICK, HOUR))),
    "tokens revoked": lambda d, at: Step(at, "", count=d.randint(1, 14)),
    "broken edit": lambda d, at: Step(at, "", d.choice(BROKEN)),
    "store damaged": lambda d, at: Step(at, "", ""),
}
"""Everything that goes wrong; how each is drawn."""
