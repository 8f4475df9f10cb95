"""The believable desk: its determinism, and how its people react to what others do."""

from collections.abc import Callable
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.desk import Desk
from connector.sandbox.instance import Instance
from tests.sandbox.desk.world import DAY, HOUR, MINUTE, MONDAY, World, seconds


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
