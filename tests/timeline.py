"""Any days at a desk, for the laws.

A timeline is a list of moments: time goes on, then a person does something to a ticket (which is opened if it
is not there yet), and perhaps the connector makes a pass. Everything has a fixed id, so that two desks that
live the same timeline can be compared.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from hypothesis import strategies as st

from connector.instant import platform_time
from connector.reconcile import PassReport
from connector.sandbox.change_state import WAYS
from connector.sandbox.stock import EVENT_MANAGEMENT
from tests.world import DAY, HOUR, MINUTE, Desk, record_id


def _retires(desk: Desk, number: str) -> None:
    for row in desk.instance.rows("kb_knowledge", f"source={number}"):
        desk.instance.update("kb_knowledge", row["sys_id"], {"workflow_state": "retired"}, user="li")


def _takes_up(desk: Desk, number: str) -> None:
    query = f"incident={record_id(number)}^state=1"
    for row in desk.instance.rows("incident_task", query):
        desk.instance.update("incident_task", row["sys_id"], {"state": "2"}, user="li")


def _change_goes_on(desk: Desk, number: str) -> None:
    """The change that belongs to a ticket is asked for, or goes on to its next state; a closed one stays."""
    name, now = f"CHG-{number}", desk.clock.now()
    row = desk.instance.get("change_request", record_id(name))
    if row is None:
        window = {"start_date": platform_time(now + HOUR), "end_date": platform_time(now + 2 * HOUR)}
        kind = "emergency" if number in NUMBERS[::2] else "standard"
        desk.writes("change_request", name, type=kind, short_description="Replace it", **window)
        return
    way = WAYS[row["type"]]
    place = way.index(row["state"]) + 1 if row["state"] in way else len(way)
    if place < len(way):
        desk.writes("change_request", name, state=way[place])


def _change_is_completed(desk: Desk, number: str) -> None:
    if desk.instance.get("change_request", record_id(f"CHG-{number}")) is not None:
        filled = dict.fromkeys(
            ("justification", "risk_impact_analysis", "backout_plan", "implementation_plan"), "Said"
        )
        desk.writes("change_request", f"CHG-{number}", approval="approved", **filled)


def _problem_goes_on(desk: Desk, number: str) -> None:
    """The problem linked to a ticket gets its cause and goes on; without one, one is opened and linked."""
    row = desk.instance.get("incident", record_id(number))
    linked = row["problem_id"] if row else ""
    problem = desk.instance.get("problem", linked) if linked else None
    if problem is None:
        desk.writes("problem", f"PRB-{number}", short_description="Why?", state="101")
        desk.sets(number, problem_id=record_id(f"PRB-{number}"))
        return
    following = {"101": "102", "102": "103", "103": "104", "104": "106", "106": "107"}
    state = following.get(problem["state"], "107")
    desk.instance.update("problem", linked, {"state": state, "cause_notes": "Old"}, user="li")


def _alert_goes_on(desk: Desk, number: str) -> None:
    """The monitoring warns of what a ticket is about, tells more, and closes it, whoever reads alerts."""
    desk.instance.activate(EVENT_MANAGEMENT)
    name = f"ALERT-{number}"
    row = desk.instance.get("em_alert", record_id(name))
    if row is None:
        rank = str(1 + NUMBERS.index(number))
        desk.writes("em_alert", name, severity=rank, node="db1", cmdb_ci=record_id("server"))
    elif not row["description"]:
        desk.writes("em_alert", name, description="Disk full")
    else:
        desk.writes("em_alert", name, state="Open" if row["state"] == "Closed" else "Closed")


DEEDS: Mapping[str, Callable[[Desk, str], object]] = {
    "wang takes": lambda desk, n: desk.takes(n),
    "li takes": lambda desk, n: desk.takes(n, "li"),
    "waits for the caller": lambda desk, n: desk.holds(n, "1"),
    "waits for a problem": lambda desk, n: desk.holds(n, "3"),
    "goes on": lambda desk, n: desk.resumes(n),
    "to first line": lambda desk, n: desk.moves(n, "Service Desk"),
    "to second line": lambda desk, n: desk.moves(n, "Infrastructure"),
    "to no desk": lambda desk, n: desk.moves(n, "Printer Room"),
    "to nobody": lambda desk, n: desk.moves(n, ""),
    "is network": lambda desk, n: desk.sets(n, category="network"),
    "is software": lambda desk, n: desk.sets(n, category="software"),
    "is urgent": lambda desk, n: desk.sets(n, impact="1", urgency="1"),
    "is general": lambda desk, n: desk.sets(n, impact="3", urgency="2"),
    "beyond me": lambda desk, n: desk.ticks(n, "u_desk_escalate"),
    "not beyond me": lambda desk, n: desk.ticks(n, "u_desk_escalate", value="false"),
    "confirmed": lambda desk, n: desk.ticks(n, "u_desk_confirmed"),
    "draft, please": lambda desk, n: desk.ticks(n, "u_desk_draft"),
    "is noted": lambda desk, n: desk.sets(n, work_notes="Looked at it."),
    "is an event": lambda desk, n: desk.sets(n, contact_type="event"),
    "is described": lambda desk, n: desk.sets(n, description="Disk full\nTry: empty it"),
    "is the server's": lambda desk, n: desk.sets(n, cmdb_ci=record_id("server")),
    "an alert goes on": _alert_goes_on,
    "resolved": lambda desk, n: desk.resolves(n),
    "resolved as duplicate": lambda desk, n: desk.resolves(n, code="Duplicate"),
    "closed": lambda desk, n: desk.closes(n),
    "closed by the caller": lambda desk, n: desk.closes(n, by="chen"),
    "canceled": lambda desk, n: desk.cancels(n),
    "task done": lambda desk, n: desk.finishes(n),
    "task scored 1": lambda desk, n: desk.finishes(n, u_desk_score="1"),
    "task scored 5": lambda desk, n: desk.finishes(n, u_desk_score="5"),
    "task skipped": lambda desk, n: desk.finishes(n, state="7"),
    "tasks taken up": _takes_up,
    "article attached": lambda desk, n: desk.attaches(n),
    "articles retired": _retires,
    "a change goes on": _change_goes_on,
    "a change is completed": _change_is_completed,
    "its problem goes on": _problem_goes_on,
    "no problem any more": lambda desk, n: desk.sets(n, problem_id=""),
    "an item is done": lambda desk, n: desk.finishes(""),
    "an item is dropped": lambda desk, n: desk.finishes("", state="4"),
}
"""What people do to a ticket, and to what stands beside it."""

OPENINGS: tuple[Mapping[str, str], ...] = (
    {},
    {"impact": "2", "urgency": "2", "caller": "zhou"},
    {"impact": "3", "urgency": "3", "category": "network"},
    {"category": "network", "group": "Infrastructure"},
)
"""How the tickets INC1 to INC4 begin."""

NUMBERS = tuple(f"INC{index}" for index in range(1, len(OPENINGS) + 1))


class Then(NamedTuple):
    """Time goes on, somebody does something (``deed`` "": nobody), and perhaps the connector looks."""

    after: int
    """Seconds since the moment before."""
    deed: str = ""
    number: str = ""
    look: bool = True


STORIES: tuple[tuple[str, ...], ...] = (
    ("wang takes", "resolved", "closed"),
    ("closed", "closed"),
    ("resolved", "closed", "goes on", "resolved", "closed"),
    ("wang takes", "waits for the caller", "goes on", "resolved"),
    ("closed", "", "", "task scored 1", "", "task done", "task done"),
    ("resolved", "closed", "", "", "task scored 5", "goes on", "closed"),
    ("beyond me", "to first line", "", "beyond me", "to first line"),
    ("is network", "to first line", "to second line", "to first line"),
    ("li takes", "draft, please", "resolved", "", "articles retired", "closed"),
    ("resolved", "article attached", "closed by the caller"),
    ("is general", "is urgent", "tasks taken up", "resolved"),
    ("a change goes on", "a change goes on", "a change goes on", "a change goes on"),
    ("a change goes on", "", "a change is completed", "a change goes on", ""),
    ("is the server's", "resolved", "an alert goes on", "", "an alert goes on", "an alert goes on"),
    ("resolved", "its problem goes on", "its problem goes on", "", "its problem goes on"),
    ("resolved", "", "its problem goes on", "no problem any more", ""),
    ("is network", "wang takes", "resolved", "", "task done", ""),
    ("", "an item is done", "", "an item is dropped", ""),
    ("", "", ""),
)
"""What usually comes after what; single deeds stand between."""

_GAP = st.sampled_from((0, 1, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, DAY, 2 * DAY)) | st.integers(0, DAY)
_PAUSE = st.sampled_from((HOUR, DAY, DAY + HOUR))
_NUMBER = st.sampled_from((*NUMBERS, *NUMBERS[:2], NUMBERS[0]))


@st.composite
def _chapters(draw: st.DrawFn) -> list[Then]:
    """A story of one ticket, or a single deed."""
    number = draw(_NUMBER)
    story = draw(st.one_of(st.sampled_from(STORIES), st.sampled_from(tuple(DEEDS)).map(lambda deed: (deed,))))
    return [
        Then(draw(_GAP), deed, number, draw(st.booleans())) if deed else Then(draw(_PAUSE)) for deed in story
    ]


_REST = st.tuples(st.sampled_from((5 * MINUTE, 20 * MINUTE, HOUR, 5 * HOUR)), st.integers(2, 14))

rests = _REST.map(lambda rest: [Then(rest[0])] * rest[1])
"""Nothing happens, and the connector looks at regular intervals."""


def timelines(most: int = 5) -> st.SearchStrategy[list[Then]]:
    """Up to ``most`` stories and single deeds one after the other, with passes in between; days to weeks."""
    chapters = st.lists(_chapters(), min_size=2, max_size=most)
    return chapters.map(lambda found: [then for each in found for then in each])


def opens(desk: Desk, number: str) -> None:
    """The ticket begins as `OPENINGS` says."""
    desk.opens(number, **OPENINGS[NUMBERS.index(number)])


def happens(desk: Desk, then: Then) -> None:
    """Time goes on and a person does what they do; a ticket that is not there is opened instead."""
    desk.clock.advance(then.after)
    if not then.deed:
        return
    if then.number not in NUMBERS:  # what stands beside a ticket: something happens to the ticket
        then = then._replace(number=next((n for n in NUMBERS if n in then.number), NUMBERS[0]))
    if desk.instance.get("incident", record_id(then.number)) is None:
        opens(desk, then.number)
    else:
        DEEDS[then.deed](desk, then.number)


def lives(
    desk: Desk, timeline: Iterable[Then], passing: Callable[[Desk], PassReport] = Desk.looks
) -> list[PassReport]:
    """All of it happens; what the passes came to."""
    reports = []
    for then in timeline:
        happens(desk, then)
        if then.look:
            reports.append(passing(desk))
    return reports
