"""Ping-pong between groups: counted on the history, reported once, with the groups by name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.reassignment import Reassignment
from connector.ticket import Group, Ticket, TicketState
from tests.builder import (
    DAY,
    FIRST,
    GROUPS,
    HOUR,
    LEAD,
    MON,
    NETWORK,
    SECOND,
    VENDOR,
    created,
    marked,
    moment,
    said,
    spans,
    ticket,
)

WORK, RESOLVED = TicketState.IN_PROGRESS, TicketState.RESOLVED
NOW = moment(MON + DAY)


def rule(**more: object) -> Reassignment:
    """Three hand-overs and one return are in order."""
    return Reassignment.model_validate({"name": "ping-pong", "hand_overs": 3, "returns": 1} | more)


def way(*groups: Group | None, state: TicketState = WORK) -> Ticket:
    """An hour in each group, in the end in the last one."""
    steps = [
        (i * HOUR, state if i == len(groups) - 1 else WORK, "", group.sys_id if group else "")
        for i, group in enumerate(groups)
    ]
    return ticket(life=spans(MON, *steps), group=groups[-1])


def test_the_orderly_way_is_not_reported() -> None:
    """First line, second line, vendor; and one hand back."""
    for groups in ((FIRST,), (FIRST, SECOND, VENDOR), (FIRST, SECOND, FIRST)):
        assert rule().judge(way(*groups), NOW).intents == ()
    assert rule().judge(way(FIRST, SECOND, FIRST), NOW).reason == "2 hand-overs, 1 returns"


def test_too_many_hand_overs_are_reported_with_the_groups() -> None:
    """Once, however often it goes on."""
    t = way(FIRST, SECOND, NETWORK, VENDOR, SECOND)
    (note,) = said(rule(), t, NOW)
    assert str(note.text) == (  # type: ignore[union-attr]
        "Handed over 4 times, 1 of them back to a group that had it before: Service Desk → Infrastructure → "
        "Network Operations → Vendor Support → Infrastructure. The project manager should decide where it "
        "belongs."
    )
    done = marked(rule(), t, NOW)
    further = replace(way(FIRST, SECOND, NETWORK, VENDOR, SECOND, FIRST, SECOND), marks=done.marks)
    assert rule().judge(further, NOW).intents == ()
    assert rule().judge(further, NOW).reason == "ping-pong: 6 hand-overs, 3 returns"


def test_the_second_return_is_one_too_many() -> None:
    """To and fro between two groups."""
    assert said(rule(), way(FIRST, SECOND, FIRST, SECOND), NOW)
    assert said(rule(returns=0), way(FIRST, SECOND, FIRST), NOW)
    assert not said(rule(returns=None), way(FIRST, SECOND, FIRST, SECOND), NOW)


def test_lying_in_no_group_is_no_hand_over() -> None:
    """Taken out of a group and given back to it."""
    assert rule(returns=0).judge(way(FIRST, None, FIRST), NOW).intents == ()
    assert rule(returns=0).judge(way(None, None), NOW).reason == "0 hand-overs, 0 returns"


def test_a_reopening_begins_anew() -> None:
    """What went to and fro before it was resolved was settled; after it, it is said once more."""
    life = spans(
        MON, (0, WORK, "", FIRST.sys_id), (1, WORK, "", SECOND.sys_id), (2, WORK, "", FIRST.sys_id),
        (3, RESOLVED, "", FIRST.sys_id), (4, WORK, "", FIRST.sys_id), (5, WORK, "", SECOND.sys_id),
    )  # fmt: skip
    strict = rule(returns=0)
    t = replace(
        ticket(life=life, group=SECOND, reopen_count=1),
        marks=marked(strict, way(FIRST, SECOND, FIRST), NOW).marks,
    )
    assert strict.judge(t, NOW).intents == ()
    again = replace(
        t, spans=(*t.spans[:-1], *spans(MON + 5, (0, WORK, "", SECOND.sys_id), (1, WORK, "", FIRST.sys_id)))
    )
    assert len(said(strict, replace(again, group=FIRST), NOW)) == 1


def test_a_task_for_the_project_manager() -> None:
    """In their name; found again by its occasion."""
    policy = rule(person="lead.zhao", by="task")
    t = way(FIRST, SECOND, FIRST, SECOND)
    (task,) = created(policy, t, NOW)
    assert task.fields["assigned_to"] == LEAD.sys_id
    assert task.fields["correlation_display"] == "desk-policy:ping_pong"
    assert str(task.fields["short_description"]) == "Decide where INC0000001 belongs"
    assert "Service Desk → Infrastructure → Service Desk → Infrastructure" in str(task.fields["description"])
    assert said(policy, t, NOW) == []
    (note,) = said(rule(person="lead.zhao", by="both"), t, NOW)
    assert "The project manager Zhao Lei should decide" in str(note.text)  # type: ignore[union-attr]
    assert policy.people_named() == ("lead.zhao",)


def test_of_a_long_way_the_end_is_told() -> None:
    """A note stays readable."""
    (note,) = said(rule(), way(*((FIRST, SECOND) * 9)), NOW)
    assert "Handed over 17 times, 16 of them" in str(note.text)  # type: ignore[union-attr]
    assert str(note.text).count("→") == 8  # type: ignore[union-attr]


def test_only_open_tickets_are_reported() -> None:
    """Once it is resolved it has found its place."""
    t = way(FIRST, SECOND, FIRST, SECOND, state=RESOLVED)
    assert rule().judge(t, NOW) == ("not open", (), None)
    assert rule().explain(t, NOW) == []


def test_the_way_is_explained() -> None:
    """With what of it is in order."""
    assert rule().explain(way(FIRST, SECOND, FIRST), NOW) == [
        "its way: Service Desk → Infrastructure → Service Desk",
        "hand-overs: 2, up to 3 in order",
        "returns: 1, up to 1 in order",
    ]


@given(st.lists(st.sampled_from((None, *GROUPS)), min_size=1, max_size=9))
def test_a_way_counts_what_happened(groups: list[Group | None]) -> None:
    """Hand-overs are changes between groups; returns those of them to a group that had it before."""
    met: list[Group] = []
    hand_overs = returns = 0
    for group in filter(None, groups):
        if met and met[-1] != group:
            hand_overs += 1
            returns += group in met
        met.append(group)
    reason = rule(hand_overs=99, returns=99).judge(way(*groups), NOW).reason
    assert reason == f"{hand_overs} hand-overs, {returns} returns"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"hand_overs": None, "returns": None}, "set hand_overs, returns or both"),
        ({"by": "task"}, "whose task is it"),
        ({"hand_overs": 0}, "greater than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object], told: str) -> None:
    """In the words of the setting."""
    with pytest.raises(ValidationError, match=told):
        rule(**wrong)
