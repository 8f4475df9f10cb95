"""What a ticket will go through, drawn once when it is opened.

Each ticket has dice of its own, seeded by the desk's seed and its serial number: what a connector does to one
ticket does not change what happens to the next.
"""

import random
from dataclasses import dataclass, field

from connector.sandbox.desk.matter import CRISES, MATTERS, SYMPTOMS, Matter, Text
from connector.sandbox.desk.people import Caller

MINUTE = 60
HOUR = 3600

_MIX = ((3, 3, 30), (3, 2, 19), (2, 2, 24), (2, 3, 14), (2, 1, 6), (1, 2, 4), (1, 3, 2), (1, 1, 1))
"""(impact, urgency, how often)."""


@dataclass(slots=True)
class Story:
    """The draws of one ticket.  Spans are seconds, stretched to the next shift where nobody is in."""

    rng: random.Random
    matter: Matter
    caller: Caller
    channel: str
    impact: int
    urgency: int
    told: Text
    """The subject as the caller puts it."""
    crisis: bool = False
    echo: bool = False
    """One of the callers after the first in the same crisis."""
    described: bool = True
    advised: bool = True
    """A warning of the monitoring tells how far it reaches and what to try first, if it tells anything."""
    news: int = 3
    """How often who works on a crisis writes how it stands."""
    take_after: int = 300
    need: int = 0
    """The tier that is able to solve it."""
    manner: str = "hands over"
    """How a consultant lets go of what is beyond the group: hands over, ticks, sits on it."""
    way: list[str] = field(default_factory=list)
    """Groups that it goes through after another before anybody solves it."""
    lies: int = 0
    """Seconds until somebody of the next group takes it up; 0: as ever."""
    work: list[int] = field(default_factory=list)
    """Seconds of work in each tier."""
    hold: str = ""
    hold_for: int = 0
    cancel: bool = False
    close_code: str = "Solution provided"
    article: str = ""
    """"", attach, write, late."""
    ending: str = "confirmed"
    """confirmed, caller, unconfirmed, job."""
    ending_after: int = HOUR
    reopen_after: int = 0
    content: int = 5
    """How content the caller is, 1 to 5."""

    def span(self, median: float, spread: float = 0.7) -> int:
        """A span of time around ``median`` seconds, seldom much longer."""
        return max(45, round(median * self.rng.lognormvariate(0, spread)))


def draw(seed: int, serial: str, callers: list[Caller], category: str = "") -> Story:
    """The story of an ordinary ticket; of that category, if it is one of the desk's."""
    rng = random.Random(f"{seed}:{serial}")
    matters = [matter for matter in MATTERS if matter.category == category] or MATTERS
    matter = rng.choices(matters, [matter.weight for matter in matters])[0]
    caller = rng.choice(callers)
    impact, urgency, _ = rng.choices(_MIX, [often for *_, often in _MIX])[0]
    if impact + urgency == 2:  # a crisis comes by itself, an everyday matter is never one
        impact = 2
    if matter.category in ("password_reset", "inquiry"):
        impact, urgency = 3, max(urgency, 2)
    channel = (
        "monitoring" if matter.warns else rng.choices(("phone", "self-service", "email"), (58, 27, 15))[0]
    )
    story = Story(rng, matter, caller, channel, impact, urgency, matter.subject)
    story.described = rng.random() < 0.85
    _pace(story)
    _ending(story)
    return story


def draw_crisis(seed: int, serial: str, callers: list[Caller], which: int, *, echo: bool) -> Story:
    """The story of a major incident, or of a further call about it."""
    rng = random.Random(f"{seed}:{serial}")
    matter = CRISES[which % len(CRISES)]
    north = [caller for caller in callers if not caller.south]
    caller = rng.choice(north)
    told = rng.choice(SYMPTOMS[matter.category]) if echo else matter.subject
    story = Story(rng, matter, caller, "phone", 2 if echo else 1, 2 if echo else 1, told)
    story.echo, story.crisis = echo, not echo
    story.need = 0 if echo else 2 if which % 2 else 1
    story.take_after = 60
    if which % 2:  # at the ERP's database nobody finds the time to write, nor who is to take over at once
        story.news, story.lies = 1, 20 * MINUTE
    story.work = [story.span(12 * MINUTE, 0.2), story.span(70 * MINUTE, 0.2), story.span(140 * MINUTE, 0.2)]
    _ending(story)
    if echo:
        story.work[0] = story.span(3 * HOUR, 0.2)
        story.close_code, story.article = "Duplicate", ""
    story.reopen_after, story.content = 0, min(story.content, 4)
    return story


def _pace(story: Story) -> None:
    rng, impact, urgency = story.rng, story.impact, story.urgency
    urgent = impact + urgency <= 3
    simple = story.matter.category in ("password_reset", "inquiry")
    story.take_after = story.span(4 * MINUTE if urgent else 9 * MINUTE)
    if rng.random() < (0.08 if urgent else 0.05):
        story.take_after = story.span(3 * HOUR, 0.4)  # overlooked
    if not simple:
        story.need = rng.choices((0, 1, 2), (58, 34, 8))[0]
    story.manner = rng.choices(("hands over", "ticks", "sits"), (55, 25, 20))[0]
    first = (9 if simple else 22) * MINUTE
    second = (75 if urgent else 150) * MINUTE
    story.work = [story.span(first), story.span(second), story.span(5 * HOUR, 0.6)]
    if rng.random() < 0.06:
        story.work[story.need] += story.span(9 * HOUR, 0.4)  # forgotten: a breach
    if not simple and rng.random() < 0.22:
        story.hold = rng.choices("1345", (60, 10, 22, 8))[0]
        story.hold_for = story.span(4 * HOUR if story.hold == "1" else 11 * HOUR)
        if rng.random() < 0.12:
            story.hold_for += 30 * HOUR  # nobody asks again
    story.cancel = not simple and rng.random() < 0.02


def _ending(story: Story) -> None:
    rng = story.rng
    code = rng.choices(
        ("Solution provided", "Workaround provided", "User error", "Known error", "Resolved by caller"),
        (64, 14, 10, 7, 5),
    )[0]
    story.close_code = code
    simple = story.matter.category in ("password_reset", "inquiry")
    weights = (70, 18, 4, 8) if simple else (34, 26, 22, 18)
    story.article = rng.choices(("", "attach", "write", "late"), weights)[0]
    story.ending = rng.choices(("confirmed", "caller", "unconfirmed", "job"), (48, 12, 14, 26))[0]
    story.ending_after = story.span(100 * MINUTE, 0.8)
    if rng.random() < 0.06:
        story.reopen_after = story.span(5 * HOUR, 0.7)
    story.content = rng.choices((5, 4, 3, 2, 1), (52, 31, 9, 5, 3))[0]
    if story.reopen_after:
        story.content = max(1, story.content - 2)
