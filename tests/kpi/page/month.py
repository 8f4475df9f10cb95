"""An invented desk's half a year, built by hand of tickets, call-backs and calls; the same each time.

Nothing here comes from a real desk. The figures are counted by the same code as any others.
"""

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from connector.kpi.catalogue import Terms, indicators
from connector.kpi.figure import Figures
from connector.kpi.grade import Scheme, grades
from connector.kpi.indicator import TicketFact
from connector.kpi.period import period_on, periods_between
from connector.kpi.score import measure
from connector.kpi.source import State
from connector.kpi.trend import trends
from connector.kpi.watch import class_lowered, closed_and_reopened, silent_pauses
from connector.ticket import (
    Call,
    DeskTask,
    Directory,
    FaultClass,
    Group,
    Instant,
    Person,
    Span,
    Ticket,
    TicketState,
    Tier,
)

ZONE = ZoneInfo("Asia/Shanghai")
HOUR, DAY = 3600, 86400
TARGETS = {"R-E1": 90.0, "R-E2": 75.0, "R-E3": 90.0, "R-E4": 40.0, "R-E5": 90.0, "R-E6": 90.0}

GROUPS = {
    group.sys_id: group
    for group in (
        Group("f1" * 16, "总服务台一线", "main", Tier.FIRST_LINE),
        Group("f2" * 16, "南区服务台", "south", Tier.FIRST_LINE),
        Group("a2" * 16, "Network Operations", "main", Tier.SECOND_LINE),
        Group("b2" * 16, "应用支持 <二线>", "main", Tier.SECOND_LINE),
        Group("c3" * 16, "Vendor Support", "main", Tier.VENDOR),
    )
}
FIRST, SOUTH, NETWORK, APPLICATION, VENDOR = GROUPS.values()
PEOPLE = {f"{n:02x}" * 16: name for n, name in enumerate(
    ("王芳", "李娜", "张伟", "刘洋", "陈静", "Zhao Lei", "Sun Qi", "周敏", "吴磊"), 0x31)}  # fmt: skip
DIRECTORY = Directory(GROUPS, {key: Person(key, key[:4], name) for key, name in PEOPLE.items()})
LIMIT = {FaultClass.URGENT: 4 * HOUR, FaultClass.IMPORTANT: 16 * HOUR, FaultClass.GENERAL: 3 * DAY}
PERIOD = period_on(date(2026, 3, 1), "month", ZONE)


def ticket_fact(dice: Random, number: int, opened: Instant, now: Instant, skill: float) -> TicketFact:
    """One request from its opening to its end or to ``now``."""
    kind = dice.choices(list(FaultClass), (60, 28, 12))[0]
    people = list(PEOPLE)
    first = dice.choices((FIRST, SOUTH), (65, 35))[0]
    steps = [(opened, TicketState.NEW, first, "")]
    at = opened + int(dice.expovariate(1 / 300)) + 20
    steps.append((at, TicketState.IN_PROGRESS, first, dice.choice(people[:5])))
    if dice.random() < 0.36:
        at += int(dice.expovariate(1 / HOUR)) + 60
        second = dice.choice((NETWORK, APPLICATION))
        steps.append((at, TicketState.IN_PROGRESS, second, dice.choice(people[5:])))
        if dice.random() < 0.18:
            at += int(dice.expovariate(1 / (6 * HOUR))) + 60
            steps.append((at, TicketState.IN_PROGRESS, VENDOR, ""))
    if dice.random() < 0.15:
        at += int(dice.expovariate(1 / HOUR))
        steps.append((at, TicketState.ON_HOLD, steps[-1][2], steps[-1][3]))
        at += int(dice.expovariate(1 / (8 * HOUR)))
        steps.append((at, TicketState.IN_PROGRESS, steps[-1][2], steps[-1][3]))
    if len(steps) == 2 and dice.random() < 0.3 + 0.3 * skill:
        at = opened + 120 + dice.randrange(1500)  # settled on the telephone
    else:
        at += int(dice.lognormvariate(0, 1.3) * LIMIT[kind] * (0.34 - 0.2 * skill))
    steps.append((at, TicketState.RESOLVED, steps[-1][2], steps[-1][3]))
    again = 0
    if dice.random() < 0.04:
        again = 1
        steps.append((at + 3 * HOUR, TicketState.IN_PROGRESS, steps[-1][2], steps[-1][3]))
        at += 9 * HOUR
        steps.append((at, TicketState.RESOLVED, steps[-1][2], steps[-1][3]))
    steps.append((at + DAY, TicketState.CLOSED, steps[-1][2], steps[-1][3]))
    if dice.random() < 0.02:
        steps = [*steps[:2], (steps[1][0] + HOUR, TicketState.CANCELED, first, steps[1][3])]
    steps = [step for step in steps if step[0] <= now]
    spans = tuple(
        Span(start, steps[place + 1][0] if place + 1 < len(steps) else None, state, "", group.sys_id, who)
        for place, (start, state, group, who) in enumerate(steps)
    )
    state, group, who = steps[-1][1], steps[-1][2], steps[-1][3]
    closed = steps[-1][0] if state is TicketState.CLOSED else None
    resolved = max((s[0] for s in steps if s[1] is TicketState.RESOLVED), default=None)
    tasks = _calls_after(dice, number, closed, now, skill) if closed and dice.random() < 0.22 else ()
    ticket = Ticket(
        f"{number:032x}", f"INC{number:07}", opened, steps[-1][0], len(steps), state, "1", kind,
        group=group, assignee=who, spans=spans, tasks=tasks, reopen_count=again,
        resolved_at=resolved, closed_at=closed, company="co" * 16, category="network",
    )  # fmt: skip
    responded = ticket.responded_at
    in_time = None if responded is None else responded - opened <= 15 * 60
    ended = ticket.ended_at
    kept = None if ended is None else ended - opened <= LIMIT[kind]
    return TicketFact(ticket, in_time, kept)


def _calls_after(
    dice: Random, number: int, closed: Instant, now: Instant, skill: float
) -> tuple[DeskTask, ...]:
    called = closed + DAY + dice.randrange(DAY)
    if called > now:
        return (DeskTask(f"c{number:031x}", "callback", "", closed + HOUR, None),)
    done = dice.random() < 0.85
    score = float(dice.choices((1, 2, 3, 4, 5), (1, 2, 6, 30, 40 + 60 * skill))[0]) if done else None
    first = DeskTask(f"c{number:031x}", "callback", "", closed + HOUR, called, done, True, score=score)
    if score is None or score > 2:
        return (first,)
    better = DeskTask(f"d{number:031x}", "improvement", "", called, called + DAY, True, True)
    return (first, better)


def phone_calls(dice: Random, day: Instant, skill: float) -> list[Call]:
    """A day of the hotline: two peaks, fewer hands at noon."""
    found = []
    for hour in range(24):
        busy = {8: 6, 9: 13, 10: 12, 11: 8, 12: 4, 13: 7, 14: 12, 15: 11, 16: 8, 17: 6, 18: 3}.get(hour, 0.4)
        for number in range(int(dice.expovariate(1 / busy)) if busy > 1 else int(dice.random() < busy / 4)):
            at = day + hour * HOUR + dice.randrange(HOUR)
            answered = dice.random() < 0.7 + 0.22 * skill - (0.2 if hour == 12 else 0)
            group = dice.choice((FIRST, SOUTH)).sys_id
            found.append(Call(f"ca{at:020x}{number:010x}", at, answered, at + 60, group, ""))
    return found


def figures(problems: tuple[str, ...] = (), *, calls: bool = True) -> Figures:
    """The look at March 2026 from the 12th of April, with the five months before it."""
    dice = Random(20260301)
    now = PERIOD.end + 11 * DAY
    periods = list(periods_between(PERIOD.start - 150 * DAY, PERIOD.end, "month", ZONE))
    facts, rung, number = [], [], 10_000
    for place, period in enumerate(periods):
        skill = place / (len(periods) - 1)
        for day in range(period.start, period.end, DAY):
            weekend = (day // DAY + 4) % 7 in (5, 6)
            for _ in range(dice.randrange(2, 6) if weekend else dice.randrange(16, 28)):
                number += 1
                opened = day + 8 * HOUR + dice.randrange(10 * HOUR)
                facts.append(ticket_fact(dice, number, opened, now, skill))
            rung += [] if weekend else phone_calls(dice, day, skill)
    known = indicators(Terms(targets=TARGETS), DIRECTORY)
    lines = measure(known, facts, rung if calls else None, periods, DIRECTORY, now=now)
    scores = [score for score in lines if score.period == PERIOD]
    scheme = Scheme("一线考核 first line", "group", {"R-E3": 40, "R-E5": 30, "R-E6": 30}, {})
    return Figures(
        now,
        "Asia/Shanghai",
        PERIOD,
        tuple(periods),
        tuple(scores),
        tuple(trends(lines)),
        tuple(grades(scheme, scores)),
        (
            closed_and_reopened(facts, PERIOD),
            class_lowered(facts, PERIOD, {}, lambda ticket, at: None),
            silent_pauses(facts, PERIOD, None),
        ),
        (
            State("tickets", "tickets", "incident", len(facts), now - HOUR, now),
            State("calls", "calls", "interaction", len(rung), now - 2 * HOUR, now),
        ),
        problems,
        {group.sys_id: group.name for group in GROUPS.values()} | PEOPLE,
        {fact.id: fact.ticket.number for fact in facts},
        {fact.id: f"https://desk.example.com/incident.do?sys_id={fact.id}" for fact in facts},
        tuple(facts),
        tuple(rung) if calls else None,
        DIRECTORY,
    )
