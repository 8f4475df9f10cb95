"""Small tickets for tests: built by hand, or drawn by hypothesis as a life from opening to now.

``MON`` is Monday 2026-06-01 09:00 in Shanghai. ``HOURS`` has an uneven week on purpose: what passes on it
does not pass by symmetry.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from connector.intent import Create, Keep, Note, Set
from connector.rules.base import Moment, Policy
from connector.service_hours import Calendar, ServiceHours
from connector.ticket import (
    ENDED_STATES,
    Article,
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
from connector.wording import Wording

MON = 1_780_275_600
MINUTE, HOUR, DAY = 60, 3600, 86_400

FIRST = Group("f1" * 16, "Service Desk", "main", Tier.FIRST_LINE)
SECOND = Group("a2" * 16, "Infrastructure", "main", Tier.SECOND_LINE)
NETWORK = Group("b2" * 16, "Network Operations", "main", Tier.SECOND_LINE, ("network",))
VENDOR = Group("c3" * 16, "Vendor Support", "main", Tier.VENDOR)
SOUTH = Group("d1" * 16, "Service Desk South", "south", Tier.FIRST_LINE)
GROUPS = (FIRST, SECOND, NETWORK, VENDOR, SOUTH)
LEAD = Person("1e" * 16, "lead.zhao", "Zhao Lei")
WANG, LI = "aa" * 16, "bb" * 16
DIRECTORY = Directory({group.sys_id: group for group in GROUPS}, {LEAD.user_name: LEAD})

HOURS: Mapping[str, ServiceHours] = {
    "onsite": ServiceHours.compile(
        Calendar.parse(
            "onsite",
            "Asia/Shanghai",
            {"mon-thu": ["08:30-12:00", "13:30-18:00"], "fri": ["08:30-12:00"], "sat": ["09:15-11:00"]},
            closed=["2026-06-04"],
        )
    ),
    "remote": ServiceHours.compile(Calendar.always("remote", "Asia/Shanghai")),
}


def moment(now: Instant, **more: object) -> Moment:
    """What a rule may know at ``now``: both service hours, the groups above, English."""
    base: dict[str, object] = {
        "hours": HOURS,
        "directory": DIRECTORY,
        "wording": Wording("en", "Asia/Shanghai"),
    }
    return Moment(now, **{**base, **more})  # type: ignore[arg-type]


def spans(opened: Instant, *steps: tuple[object, ...]) -> tuple[Span, ...]:
    """A life in steps of (seconds after opening, state[, assignee, group, hold reason, priority])."""
    found = []
    for index, step in enumerate(steps):
        after, state, assignee, group, hold_reason, priority = (*step, *("", "", "", "")[len(step) - 2 :])
        end = opened + steps[index + 1][0] if index + 1 < len(steps) else None  # type: ignore[operator]
        found.append(Span(opened + after, end, state, hold_reason, group, assignee, priority))  # type: ignore[operator, arg-type]
    return tuple(found)


def ticket(number: int = 1, *, life: Sequence[Span] = (), **fields: object) -> Ticket:
    """A ticket opened at ``MON``, urgent, with the first line; it stands where its life ends."""
    opened = life[0].start if life else MON
    last = life[-1] if life else Span(MON, None, TicketState.NEW, group=FIRST.sys_id)
    base: dict[str, object] = {
        "sys_id": f"{number:032x}",
        "number": f"INC{number:07}",
        "opened_at": opened,
        "updated_at": last.start,
        "mod_count": len(life),
        "state": last.state,
        "hold_reason": last.hold_reason,
        "priority": last.priority or "1",
        "fault_class": FaultClass.URGENT,
        "assignee": last.assignee,
        "group": DIRECTORY.groups.get(last.group, FIRST),
        "caller": "ca" * 16,
        "spans": tuple(life) or (last,),
    }
    if last.state in ENDED_STATES:
        run = [span for span in life if span.state in ENDED_STATES]
        base["resolved_at"] = run[-1].start if run[-1].state is TicketState.RESOLVED else run[0].start
        if last.state is TicketState.CLOSED:
            base["closed_at"] = last.start
    return Ticket(**{**base, **fields})  # type: ignore[arg-type]


def marked(policy: Policy, of: Ticket, at: Moment) -> Ticket:
    """The ticket as it stands after what the policy says once has been said, and nothing else changed."""
    said = {i.occasion.mark for i in policy.judge(of, at).intents if isinstance(i, Set | Note)}
    return replace(of, marks=of.marks | said)


def said(policy: Policy, of: Ticket, at: Moment) -> list[Set | Note]:
    """What the policy wants said or set now that the ticket's marks do not show as done."""
    return [
        intent
        for intent in policy.judge(of, at).intents
        if isinstance(intent, Set | Note) and intent.occasion.mark not in of.marks
    ]


def kept(policy: Policy, of: Ticket, at: Moment) -> dict[str, str | Instant | None]:
    """Owned field → the value that the policy keeps in it now."""
    return {i.field: i.value for i in policy.judge(of, at).intents if isinstance(i, Keep)}


def created(policy: Policy, of: Ticket, at: Moment) -> list[Create]:
    """Records that the policy wants beside the ticket now."""
    return [intent for intent in policy.judge(of, at).intents if isinstance(intent, Create)]


_LIFE_STATES = (
    TicketState.NEW,
    TicketState.IN_PROGRESS,
    TicketState.ON_HOLD,
    TicketState.RESOLVED,
    TicketState.CLOSED,
    TicketState.CANCELED,
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Span, ...]:
    """Histories of up to seven stretches, from minutes to days long, through any states and groups."""
    gaps = draw(st.lists(st.integers(1, 2 * DAY), max_size=6))
    at, edges = MON + draw(st.integers(-DAY, DAY)), []
    for gap in (0, *gaps):
        at += gap
        edges.append(at)
    found = []
    for start, end in zip(edges, (*edges[1:], None), strict=True):
        found.append(
            Span(
                start,
                end,
                draw(st.sampled_from(_LIFE_STATES)),
                draw(st.sampled_from(("", "1", "4"))),
                draw(st.sampled_from([group.sys_id for group in GROUPS])),
                draw(st.sampled_from(("", WANG, LI))),
                draw(st.sampled_from(("1", "2"))),
            )
        )
    return tuple(found)


def _tasks(start: Instant) -> st.SearchStrategy[tuple[DeskTask, ...]]:
    task = st.builds(
        DeskTask,
        sys_id=st.sampled_from(("01" * 16, "02" * 16)),
        kind=st.sampled_from(("callback", "improvement", "callback_2", "major_report", "complaint")),
        occasion=st.just(""),
        opened_at=st.just(start),
        closed_at=st.sampled_from((None, start)),
        complete=st.booleans(),
        started=st.booleans(),
        score=st.sampled_from((None, 1.0, 5.0)),
    )
    return st.lists(task, max_size=3).map(tuple)


_ARTICLES = st.lists(
    st.builds(
        Article,
        sys_id=st.sampled_from(("91" * 16, "92" * 16)),
        number=st.just("KB1"),
        workflow_state=st.sampled_from(("draft", "review", "published", "retired", "odd")),
        linked=st.booleans(),
    ),
    max_size=2,
    unique_by=lambda article: article.sys_id,
).map(tuple)


_DATE_TEXTS = st.sampled_from(("", "no date")) | st.integers(MON - 2 * DAY, MON + 9 * DAY).map(
    lambda at: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """Any ticket that the platform could show, consistent or not: stamps may be missing, stale or edited."""
    life = draw(lives())
    last = life[-1]
    around = st.none() | st.integers(life[0].start - HOUR, last.start + HOUR)
    return ticket(
        draw(st.integers(1, 50)),
        life=life,
        category=draw(st.sampled_from(("network", "inquiry", ""))),
        close_code=draw(st.sampled_from(("", "Duplicate"))),
        fault_class=draw(st.sampled_from(FaultClass)),
        caller=draw(st.sampled_from(("", WANG, "ca" * 16))),
        closed_by=draw(st.sampled_from(("", WANG))),
        group=draw(st.sampled_from((None, *GROUPS))),
        resolved_at=draw(around),
        closed_at=draw(around),
        reopen_count=draw(st.integers(0, 2)),
        tasks=draw(_tasks(life[0].start)),
        articles=draw(_ARTICLES),
        owned={"callback": draw(st.sampled_from(("", "drawn", "not_drawn", "improving", "odd")))},
        extra={
            "u_desk_confirmed": draw(st.sampled_from(("true", "false", ""))),
            "u_desk_escalate": draw(st.sampled_from(("true", "false", ""))),
            "short_description": "VPN <down>",
            "problem_id": draw(st.sampled_from(("", "9b" * 16))),
            "type": draw(st.sampled_from(("normal", "emergency", "standard", "odd"))),
            "approval": draw(st.sampled_from(("approved", "rejected", ""))),
            **{column: draw(_DATE_TEXTS) for column in ("start_date", "end_date", "work_start", "work_end")},
            **{column: draw(st.sampled_from(("", "Said"))) for column in ("justification", "close_notes")},
            **draw(
                st.just({})
                | st.builds(lambda at: {"u_desk_escalate@": str(at)}, st.integers(life[0].start, last.start))
            ),
            **draw(
                st.just({})
                | st.just({"work_notes@": "", "comments@": ""})
                | st.builds(
                    lambda at: {"work_notes@": "", "comments@": str(at)},
                    st.integers(life[0].start, last.start),
                )
            ),
        },
    )


def cohort_of(members: Iterable[Ticket]) -> tuple[Ticket, ...]:
    """A closed set, in the order of sys_ids as the store gives it."""
    return tuple(sorted(members, key=lambda member: member.sys_id))
