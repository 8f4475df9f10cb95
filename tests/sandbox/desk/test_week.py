"""Five working days of the believable desk: its figures, and what goes wrong."""

from collections import Counter, defaultdict

from tests.sandbox.desk.world import DAY, HOUR, MINUTE, MONDAY, OPEN, World, seconds


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
