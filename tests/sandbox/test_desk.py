"""The believable desk: its figures, its determinism, and how its people react to what others do."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.desk import Desk
from connector.sandbox.instance import Instance

DAY, HOUR, MINUTE = 86_400, 3600, 60
MONDAY = int(datetime(2026, 3, 1, 16, tzinfo=UTC).timestamp())  # midnight in China
OPEN = {"1", "2", "3"}


def seconds(text: str) -> int:
    """A platform date-time as an instant."""
    return int(datetime.fromisoformat(text + "+00:00").timestamp())


class World:
    """A desk, its instance and their clock."""

    def __init__(self, *, days: int = 5, seed: int = 7, tickets: int = 60) -> None:
        self.time = MONDAY
        self.instance = Instance(now=lambda: self.time)
        self.desk = Desk(
            self.instance, seed=seed, start=MONDAY, days=days, tickets_per_day=tickets, set_time=self.set
        )

    def set(self, at: int) -> None:
        """Move the clock."""
        self.time = at

    def close(self) -> None:
        """It is over."""
        self.instance.close()

    def play(self, until: int) -> int:
        """Play up to so many seconds after the first midnight."""
        return self.desk.play(MONDAY + until)

    def tables(self) -> dict[str, list[dict[str, str]]]:
        """Everything that happened, table by table."""
        names = ("incident", "interaction", "sys_journal_field", "kb_knowledge", "m2m_kb_task", "sys_audit")
        return {name: self.instance.rows(name, "ORDERBYsys_id") for name in names}

    def some(self, query: str) -> dict[str, str]:
        """A ticket that the query finds."""
        return self.instance.rows("incident", query, limit=1)[0]

    def group(self, sys_id: str) -> str:
        """The name of a group."""
        found = self.instance.get("sys_user_group", sys_id)
        return found["name"] if found else ""


@pytest.fixture(scope="module")
def week() -> Iterator[World]:
    """Five working days, played."""
    with closing(World()) as world:
        world.play(5 * DAY)
        yield world


@pytest.fixture
def world() -> Iterator[World]:
    """A small desk, Monday until eleven."""
    with closing(World(days=2, tickets=40)) as world:
        world.play(11 * HOUR)
        yield world


@pytest.fixture
def worlds() -> Iterator[Callable[..., World]]:
    """Makes further ones."""
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(closing(World(**more)))


def test_five_working_days_bring_about_three_hundred_tickets(week: World) -> None:
    """Sixty a day, most of them over by Friday night."""
    tickets = week.instance.rows("incident")
    assert 270 <= len(tickets) <= 350
    assert sum(row["state"] not in OPEN for row in tickets) > 0.8 * len(tickets)
    assert week.desk.refused == 0


def test_every_policy_has_something_to_show(week: World) -> None:
    """Breaches, holds, escalations, majors, owed articles, unasked closes: the week has them all."""
    tickets = week.instance.rows("incident")
    linked = {row["task"] for row in week.instance.rows("m2m_kb_task")}
    closed = [row for row in tickets if row["state"] == "7"]
    slow = [
        r for r in tickets if r["resolved_at"] and seconds(r["resolved_at"]) > seconds(r["opened_at"]) + DAY
    ]
    held = week.instance.rows("sys_audit", "tablename=incident^fieldname=state^newvalue=3")
    majors = [row for row in tickets if row["priority"] == "1"]
    assert len(majors) == 2
    assert all(row["impact"] == row["urgency"] == "1" for row in majors)
    assert 10 <= len(slow) <= 60
    assert len(held) >= 15
    assert sum(row["u_desk_escalate"] == "true" for row in tickets) >= 5
    assert sum(int(row["reassignment_count"]) > 0 for row in tickets) >= 30
    assert sum(int(row["reopen_count"]) > 0 for row in tickets) >= 5
    assert sum(row["u_desk_confirmed"] != "true" for row in closed) >= 15
    assert sum(row["sys_id"] not in linked for row in closed) >= 30
    assert sum(row["sys_id"] in linked for row in closed) >= 30
    assert week.instance.count("asmt_metric_result") >= 40


def test_changes_problems_and_a_complaint_go_on_beside_the_tickets(week: World) -> None:
    """Some in order and some not: one without approval, an emergency, a release, a problem that lies."""
    changes = {row["type"]: row for row in week.instance.rows("change_request", "type!=normal")}
    assert {kind: row["state"] for kind, row in changes.items()} == {"emergency": "0", "release": "-5"}
    normal = week.instance.rows("change_request", "type=normal")
    assert sorted((row["state"], row["approval"]) for row in normal) == [
        ("3", "approved"),
        ("3", "not requested"),
    ]
    problems = Counter(row["state"] for row in week.instance.rows("problem"))
    assert problems == {"101": 1, "102": 1, "106": 1}
    assert week.instance.count("incident", "category=complaint") == 1
    crises = week.instance.rows("incident", "impact=1^urgency=1")
    assert sorted(bool(row["problem_id"]) for row in crises) == [False, True]


def test_each_week_something_goes_wrong_that_is_not_everyday(week: World) -> None:
    """A ticket lies, one goes to and fro, a service fails for many callers, a warning says little."""
    moves = week.instance.rows("sys_audit", "tablename=incident^fieldname=assignment_group")
    ways: dict[str, list[str]] = defaultdict(list)
    for row in sorted(moves, key=lambda row: row["sys_created_on"]):
        ways[row["documentkey"]].append(week.group(row["newvalue"]))
    assert max(len(way) - len(set(way)) for way in ways.values()) >= 2
    waits = []
    for row in moves:
        taken = week.instance.rows(
            "sys_audit",
            f"documentkey={row['documentkey']}^fieldname=assigned_to^newvalueISNOTEMPTY"
            f"^sys_created_on>{row['sys_created_on']}^ORDERBYsys_created_on",
            limit=1,
        )
        same_day = [one for one in taken if one["sys_created_on"][:10] == row["sys_created_on"][:10]]
        waits += [seconds(one["sys_created_on"]) - seconds(row["sys_created_on"]) for one in same_day]
    assert max(waits) >= 6 * HOUR
    services = week.instance.rows("incident", "business_serviceISNOTEMPTY^ORDERBYopened_at")
    assert len(services) >= 5
    assert seconds(services[4]["opened_at"]) - seconds(services[0]["opened_at"]) < 30 * MINUTE
    warnings = week.instance.rows("incident", "contact_type=monitoring")
    told = ["Suggestion:" in row["description"] or "初步建议：" in row["description"] for row in warnings]
    assert 0 < sum(told) < len(told)


def test_on_friday_evening_nobody_picks_up_for_a_while(week: World) -> None:
    """Everybody is in a meeting: for more than a quarter of an hour each call is given up."""
    calls = week.instance.rows("interaction", "type=phone^direction=inbound^ORDERBYopened_at")
    meeting = MONDAY + 4 * DAY + 17 * HOUR + 20 * MINUTE
    during = [row for row in calls if meeting <= seconds(row["opened_at"]) < meeting + 24 * MINUTE]
    assert len(during) >= 2
    assert {row["state"] for row in during} == {"closed_abandoned"}


def test_both_desks_and_all_tiers_have_work(week: World) -> None:
    """Every group of the two desks has had tickets."""
    groups = {row["newvalue"] for row in week.instance.rows("sys_audit", "fieldname=assignment_group")}
    groups |= {row["assignment_group"] for row in week.instance.rows("incident")}
    assert {week.group(sys_id) for sys_id in groups} == {
        "Service Desk",
        "Network Operations",
        "ERP Support",
        "Infrastructure",
        "Vendor Support",
        "Service Desk South",
        "Field Support South",
    }


def test_tickets_are_told_in_two_languages(week: World) -> None:
    """Some subjects are Chinese, some are plain ASCII English."""
    english = [row["short_description"].isascii() for row in week.instance.rows("incident")]
    assert 0.15 < sum(english) / len(english) < 0.5


def test_most_calls_are_answered(week: World) -> None:
    """Three quarters to nine tenths of the inbound calls, and each call ends one way or the other."""
    calls = Counter(row["state"] for row in week.instance.rows("interaction", "type=phone^direction=inbound"))
    assert set(calls) == {"closed_complete", "closed_abandoned"}
    assert 0.75 <= calls["closed_complete"] / calls.total() <= 0.95
    assert not week.instance.rows("interaction", "state=closed_complete^assigned_toISEMPTY")
    assert not week.instance.rows("interaction", "state=closed_abandoned^assigned_toISNOTEMPTY")


def test_tickets_are_taken_up_by_somebody_at_work_in_the_group(week: World) -> None:
    """Whoever takes a ticket belongs to its group, and is on shift unless it is a crisis."""
    people = week.desk.crew.people
    crises = {row["sys_id"] for row in week.instance.rows("incident", "priority=1")}
    group_of: dict[str, str] = {}
    changes = week.instance.rows(
        "sys_audit", "tablename=incident^ORDERBYsys_created_on^ORDERBYrecord_checkpoint"
    )
    tickets = {row["sys_id"]: row for row in week.instance.rows("incident")}
    writes: dict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(dict)
    for row in changes:
        writes[row["documentkey"], row["record_checkpoint"]][row["fieldname"]] = row
    firsts = {}
    for (key, _), fields in writes.items():
        if "assignment_group" in fields:
            firsts.setdefault(key, fields["assignment_group"]["oldvalue"])
    for (key, _), fields in writes.items():
        here = group_of.setdefault(key, firsts.get(key, tickets[key]["assignment_group"]))
        if "assignment_group" in fields:
            group_of[key] = fields["assignment_group"]["newvalue"]
        elif "assigned_to" in fields and fields["assigned_to"]["newvalue"] and "state" in fields:
            row = fields["assigned_to"]
            who = people[row["newvalue"]]
            assert who.group == week.group(here)
            assert key in crises or who.hours.is_open(seconds(row["sys_created_on"]))


def test_events_carry_their_own_time(week: World) -> None:
    """Stamps lie between the start and the end, and tickets are numbered as they were opened."""
    tickets = week.instance.rows("incident", "ORDERBYnumber")
    opened = [seconds(row["opened_at"]) for row in tickets]
    assert opened == sorted(opened)
    assert all(MONDAY <= seconds(row["sys_updated_on"]) <= MONDAY + 5 * DAY for row in tickets)
    assert all(row["sys_created_on"] == row["opened_at"] for row in tickets)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(1, DAY), max_size=4))
def test_a_seed_is_a_world(seed: int, cuts: list[int]) -> None:
    """The same seed gives the same records to the last sys_id, however the play is cut into pieces."""
    with (
        closing(World(days=1, seed=seed, tickets=15)) as whole,
        closing(World(days=1, seed=seed, tickets=15)) as pieces,
    ):
        whole.play(DAY)
        for cut in sorted(cuts):
            pieces.play(cut)
        pieces.play(DAY)
        assert whole.tables() == pieces.tables()


def test_another_seed_is_another_world(worlds: Callable[..., World]) -> None:
    """Other dice, other tickets."""
    one, other = (worlds(days=1, seed=seed, tickets=15) for seed in (1, 2))
    for world in (one, other):
        world.play(DAY)
    assert one.tables() != other.tables()


def test_nothing_happens_before_next_at(world: World) -> None:
    """Up to the second before `next_at` the records stay as they are; at it, something is done."""
    for _ in range(20):
        due = world.desk.next_at()
        assert due is not None
        before = world.tables()
        assert world.desk.play(due - 1) == 0
        assert world.tables() == before
        assert world.desk.play(due) > 0


def test_every_story_ends(world: World) -> None:
    """A month later no ticket is open and nothing is planned."""
    world.play(40 * DAY)
    assert world.desk.next_at() is None
    assert {row["state"] for row in world.instance.rows("incident")} <= {"7", "8"}


def test_one_ticket_meddled_with_leaves_the_others_alone(worlds: Callable[..., World]) -> None:
    """What a connector does to one ticket does not change what happens to the rest."""
    both = [worlds(days=1, tickets=25), worlds(days=1, tickets=25)]
    for world in both:
        world.play(10 * HOUR)
    touched = both[1].some("active=true^assignment_group.name=Service Desk^priority>1")
    moved = both[1].desk.crew.groups["Infrastructure"]
    both[1].instance.update("incident", touched["sys_id"], {"assignment_group": moved}, user="connector")
    for world in both:
        world.play(3 * DAY)
    plain, meddled = (
        {
            row["number"]: (
                row["state"],
                row["resolved_at"],
                row["closed_at"],
                row["assigned_to"],
                row["close_code"],
            )
            for row in world.instance.rows("incident", f"number!={touched['number']}")
        }
        for world in both
    )
    assert plain == meddled


def test_a_ticket_moved_is_taken_up_by_the_new_group(world: World) -> None:
    """Somebody of the group it was moved to gets it, and resolves it."""
    ticket = world.some("state=2^assignment_group.name=Service Desk^priority>1")
    group = world.desk.crew.groups["ERP Support"]
    world.instance.update(
        "incident", ticket["sys_id"], {"assignment_group": group, "assigned_to": ""}, user="connector"
    )
    world.play(14 * DAY)
    ticket = world.instance.get("incident", ticket["sys_id"]) or {}
    takers = world.instance.rows(
        "sys_audit", f"documentkey={ticket['sys_id']}^fieldname=assigned_to^newvalueISNOTEMPTY"
    )
    assert "ERP Support" in {world.desk.crew.people[row["newvalue"]].group for row in takers}
    assert ticket["state"] in ("7", "8")


def test_call_backs_are_made_and_scored(world: World) -> None:
    """Of the call-back tasks most end with a score from 1 to 5 and what the caller said."""
    fields = {"assignment_group": world.desk.crew.groups["Service Desk"], "correlation_display": "x:callback"}
    for row in world.instance.rows("incident", "", limit=12):
        world.instance.insert("incident_task", fields | {"incident": row["sys_id"]}, user="connector")
    world.play(3 * DAY)
    tasks = world.instance.rows("incident_task")
    scored = [row for row in tasks if row["state"] == "3"]
    assert len(scored) >= 9
    assert {row["state"] for row in tasks} <= {"3", "4"}
    assert {row["u_desk_score"] for row in scored} <= {"1", "2", "3", "4", "5"}
    assert all(row["close_notes"] and row["assigned_to"] and row["closed_at"] for row in tasks)


def test_a_report_reaches_the_maintenance_lead(world: World) -> None:
    """A report task assigned to the lead is started by the lead, mostly within half an hour, and closed."""
    fields = {"assigned_to": world.desk.crew.lead, "correlation_display": "x:major_report"}
    begun = world.time
    for row in world.instance.rows("incident", "", limit=20):
        world.instance.insert("incident_task", fields | {"incident": row["sys_id"]}, user="connector")
    world.play(2 * DAY)
    starts = [
        seconds(row["sys_created_on"]) - begun
        for row in world.instance.rows("sys_audit", "tablename=incident_task^fieldname=state^newvalue=2")
    ]
    assert len(starts) == 20
    assert 10 <= sum(wait <= 30 * MINUTE for wait in starts) < 20
    assert {row["state"] for row in world.instance.rows("incident_task")} == {"3"}
    assert {row["assigned_to"] for row in world.instance.rows("incident_task")} == {world.desk.crew.lead}


def test_improvements_are_carried_out(world: World) -> None:
    """A task of an unknown kind, assigned to nobody, is found by the first line and closed with notes."""
    ticket = world.some("")
    task = world.instance.insert("incident_task", {"parent": ticket["sys_id"]}, user="connector")
    world.play(5 * DAY)
    done = world.instance.get("incident_task", task["sys_id"]) or {}
    assert done["state"] == "3"
    assert done["close_notes"]
    assert world.desk.crew.people[done["assigned_to"]].group in ("Service Desk", "Service Desk South")


def test_a_ticket_set_back_is_worked_on_again(worlds: Callable[..., World]) -> None:
    """Resolved tickets without an article that come back are mostly documented, and resolved again."""
    world = worlds(days=2)
    world.play(20 * HOUR)
    linked = {row["task"] for row in world.instance.rows("m2m_kb_task")}
    owed = [row for row in world.instance.rows("incident", "state=6") if row["sys_id"] not in linked]
    for row in owed:
        world.instance.update("incident", row["sys_id"], {"state": "2"}, user="connector")
    world.play(8 * DAY)
    linked = {row["task"] for row in world.instance.rows("m2m_kb_task")}
    assert len(owed) >= 5
    assert sum(row["sys_id"] in linked for row in owed) >= 0.6 * len(owed)
    again = [world.instance.get("incident", row["sys_id"]) or {} for row in owed]
    assert {row["state"] for row in again} == {"7"}


def test_a_close_undone_is_confirmed_with_the_caller(world: World) -> None:
    """Closed without asking and set back to resolved: the caller is asked, and it is closed confirmed."""
    world.play(20 * HOUR)
    unasked = world.some("state=7^u_desk_confirmed=false")
    world.instance.update("incident", unasked["sys_id"], {"state": "6"}, user="connector")
    world.play(3 * DAY)
    asked = world.instance.get("incident", unasked["sys_id"]) or {}
    assert (asked["state"], asked["u_desk_confirmed"]) == ("7", "true")


def test_a_ticket_that_somebody_else_opened_is_taken_up(world: World) -> None:
    """With a group or without, it finds a first line and comes to its end."""
    opened = world.instance.insert("incident", {"short_description": "x"}, user="caller.001")
    world.play(40 * DAY)
    done = world.instance.get("incident", opened["sys_id"]) or {}
    assert done["state"] in ("7", "8")
    assert done["assignment_group"]


def test_people_and_columns_that_are_there_are_used(worlds: Callable[..., World]) -> None:
    """A second desk on the same instance finds its people, groups and columns instead of doubling them."""
    world = worlds(days=1, tickets=5)
    counts = [world.instance.count(table) for table in ("sys_user", "sys_user_group", "sys_user_grmember")]
    Desk(world.instance, start=MONDAY, days=1)
    assert counts == [
        world.instance.count(table) for table in ("sys_user", "sys_user_group", "sys_user_grmember")
    ]
    assert world.instance.count("sys_dictionary", "name=incident^element=u_desk_confirmed") == 1


def test_columns_are_named_by_the_caller() -> None:
    """Other names for score, confirmed and escalate are other columns."""
    with closing(Instance(now=lambda: MONDAY)) as instance:
        Desk(
            instance,
            start=MONDAY,
            days=1,
            score_column="u_score",
            confirmed_column="u_ok",
            escalate_column="u_up",
        )
        assert instance.count("sys_dictionary", "name=incident^elementINu_ok,u_up") == 2
        assert instance.count("sys_dictionary", "name=incident_task^element=u_score") == 1
